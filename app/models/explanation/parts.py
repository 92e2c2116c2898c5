"""What an explanation is made of: sections of labelled lines whose places can be gone to.

Explanations are data, so that they can be tested as numbers, drawn by any view and copied as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.models.span_marks import section_path
from app.selection import Selection
from codec.checks import TensorReport
from codec.container import Container, Prediction, Tensor
from codec.decoders.base import DecodedTile
from codec.interleaving import SINGLE, Interleaving
from codec.problems import Problem
from codec.spans import Span, SpanKind
from codec.trace import Trace


@dataclass(frozen=True, slots=True)
class ToBytes:
    """Leads to bytes of the file."""

    offset: int
    size: int = 1


@dataclass(frozen=True, slots=True)
class ToWeight:
    """Leads to a weight of the matrix."""

    row: int
    col: int


@dataclass(frozen=True, slots=True)
class ToSymbol:
    """Leads to a symbol of a tile, and so to its step."""

    tile: int
    symbol: int


@dataclass(frozen=True, slots=True)
class ToTile:
    """Leads to a tile."""

    tile: int


Target = ToBytes | ToWeight | ToSymbol | ToTile


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads somewhere."""

    text: str
    target: Target


Part = str | Link


@dataclass(frozen=True, slots=True)
class Line:
    """One fact.

    Attributes:
        label: what it is about, in a word or two.
        parts: the fact in numbers; empty where it is told in words only.
        note: the same in words; "" where the numbers say it all.
    """

    label: str
    parts: tuple[Part, ...]
    note: str = ""

    @property
    def value(self) -> str:
        """The parts as plain text."""
        return plain(self.parts)


@dataclass(frozen=True, slots=True)
class Section:
    """Facts that belong together."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is selected, from one end of the chain to the other.

    Attributes:
        title: what is selected.
        chain: all of it in one line; empty where there is no chain.
        sections: the facts.
    """

    title: str
    sections: tuple[Section, ...]
    chain: tuple[Part, ...] = ()

    @property
    def text(self) -> str:
        """All of it as plain text, a fact a line."""
        lines = [self.title]
        if self.chain:
            lines.append(plain(self.chain))
        for section in self.sections:
            lines += ["", section.title]
            for line in section.lines:
                note = f"  ({line.note})" if line.note and line.parts else line.note
                lines.append(f"  {line.label}: {line.value}{note}")
        return "\n".join(lines) + "\n"

    def line(self, label: str) -> Line | None:
        """The first line of this label, or None."""
        found = (line for section in self.sections for line in section.lines)
        return next((line for line in found if line.label == label), None)


def plain(parts: Iterable[Part]) -> str:
    """Parts as text, links by their text."""
    return "".join(part if isinstance(part, str) else part.text for part in parts)


def _nothing_decoded(tile: int) -> DecodedTile | None:  # noqa: ARG001
    return None


@dataclass(frozen=True, eq=False)
class Known:
    """All that is known of a file when its selection is explained.

    Attributes:
        container: the file.
        selection: what is selected in it.
        trace: of the selected tile; None where there is none (yet).
        trace_note: why there is no trace, or why it ends early.
        decoded: gives a tile's weights and symbols; None where they are not known (yet).
        report: what the full check measured of the selected tensor; None before it has run.
        problems: all that is known to be wrong.
    """

    container: Container
    selection: Selection
    trace: Trace | None = None
    trace_note: str = ""
    decoded: Callable[[int], DecodedTile | None] = _nothing_decoded
    report: TensorReport | None = None
    problems: tuple[Problem, ...] = field(default=())

    @property
    def tensor(self) -> Tensor | None:
        """The selected tensor; None where the file has none."""
        tensors = self.container.tensors
        return tensors[self.selection.tensor] if self.selection.tensor < len(tensors) else None


def known_symbols(
    tile: DecodedTile | None, trace: Trace | None, interleaving: Interleaving = SINGLE
) -> NDArray[np.uint8] | None:
    """u8[n]: the symbols of a tile, row-major from the first to before the first one missing.

    Args:
        tile: the decoded tile, or None.
        trace: its trace, or None; it serves where it begins with the first step.
        interleaving: of the tile's stream.

    Returns:
        None where they are not known.
    """
    if tile is not None:
        symbols, decoded = tile.stream.symbols, tile.stream.decoded
        return symbols if decoded == len(symbols) else symbols[: interleaving.whole(decoded)]
    if trace is None or not len(trace) or trace.first_step:
        return None
    places, symbols = trace["symbol_index"], trace["symbol"]
    inside = np.arange(len(places))
    if np.array_equal(places, inside):
        return symbols
    order = np.argsort(places, kind="stable")
    gaps = np.flatnonzero(places[order] != inside)
    return symbols[order[: int(gaps[0]) if len(gaps) else len(order)]]


def coded_value(tensor: Tensor) -> str:
    """What a symbol of this tensor stands for, less its bias."""
    return "difference" if tensor.prediction is Prediction.DIFFERENCED else "residual"


def table_entry(tensor: Tensor, symbol: int) -> ToBytes:
    """The bytes of a symbol's entry in the frequency table of the file."""
    offset, size = tensor.table_span
    entry = size // len(tensor.table.frequencies)
    return ToBytes(offset + symbol * entry, entry)


def signed(value: int) -> int:
    """A value modulo 256 as an int8."""
    return (value + 128) % 256 - 128


def wrapped_sum(first: int, second: int) -> str:
    """The sum of two int8 written out, with the multiple of 256 that brings it back into range."""
    total = first + second
    correction = {-1: " + 256", 0: "", 1: " - 256"}[(total + 128) // 256]
    return f"{signed(total)} = {first} + {_bracketed(second)}{correction}"


def _bracketed(value: int) -> str:
    return f"({value})" if value < 0 else str(value)


def hexadecimal(offset: int) -> str:
    """A file offset as a person reads it."""
    return f"0x{offset:X}"


def tile_record(container: Container, tensor: Tensor, tile: int) -> Span | None:
    """The span of a tile's entry in the index of its tensor; None where the file has none."""
    path = section_path(container.root, SpanKind.INDEX, tensor.index)
    if path is None:
        return None
    records = container.root.descend(path).children
    return records[tile] if tile < len(records) else None
