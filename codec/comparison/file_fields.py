"""The fields of two compressed files, side by side: each by its path, with both values and where they stand.

Fields are those of the header, of the tensor's record and of its name; tables, tile records and streams are held
against each other as what they are. Before them come the facts that every layout states in its own way, so that
files of two layouts can be compared too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codec.container import Container, Tensor
from codec.padding_checks import padding_problems
from codec.source import Source
from codec.spans import ListedSpans, Span, SpanKind

FIELD_KINDS = (SpanKind.HEADER, SpanKind.NAME)
"""Spans whose leaves are fields."""


@dataclass(frozen=True)
class FieldValue:
    """A field of one file.

    Attributes:
        text: its value, as a person reads it.
        offset, size: where it stands; None where no one place of the file states it.
    """

    text: str
    offset: int | None = None
    size: int = 0


@dataclass(frozen=True)
class FieldPair:
    """A field of two files.

    Attributes:
        path: what it is called, with what it lies in.
        left, right: what stands there; None where a file has no such field.
        equal: whether both say the same.
    """

    path: str
    left: FieldValue | None
    right: FieldValue | None
    equal: bool


def facts(left: Tensor, right: Tensor) -> list[FieldPair]:
    """What every layout says of a tensor, wherever it says so."""
    here, there = _facts(left), _facts(right)
    return [
        FieldPair(path, FieldValue(text), FieldValue(there[path]), text == there[path])
        for path, text in here.items()
    ]


def _facts(tensor: Tensor) -> dict[str, str]:
    coder, lanes = tensor.coder, tensor.interleaving
    return {
        "shape": f"{tensor.rows:,} × {tensor.cols:,} {tensor.dtype}",
        "tile": f"{tensor.tile_rows:,} × {tensor.tile_cols:,}",
        "tiles": f"{len(tensor.tiles):,}",
        "prediction": str(tensor.prediction),
        "edge tiles": "filled up with 0" if tensor.padded else "cut",
        "stream": str(tensor.framing),
        "lanes": f"{lanes.lanes:,} of {lanes.run:,} side by side",
        "slots": f"{1 << coder.scale_bits:,}",
        "word": f"{coder.word_bits} bits",
        "lower bound": f"{coder.lower_bound:,}",
    }


def field_pairs(left: tuple[Container, Tensor], right: tuple[Container, Tensor]) -> list[FieldPair]:
    """Every field of both files, in the order of the left one; those that only the right one has come last.

    Raises:
        SourceError: the bytes cannot be read.
    """
    here, there = dict(_fields(*left)), dict(_fields(*right))
    sources = left[0].source, right[0].source
    return [
        _pair(path, here.get(path), there.get(path), sources)
        for path in dict.fromkeys([*here, *there])
    ]


def padding_pair(left: Container, right: Container) -> list[FieldPair]:
    """What stands in the bytes that a layout wants to be 0; nothing where neither layout has such bytes.

    They are not compared byte by byte: how many there are follows from the sizes of the streams.
    """
    sides = [_padding(container) for container in (left, right)]
    values = [None if side is None else side[0] for side in sides]
    return [FieldPair("padding", values[0], values[1], sides[0] == sides[1])] if any(values) else []


def _padding(container: Container) -> tuple[FieldValue, list[tuple[int, str]]] | None:
    """What to tell of a file's padding, and where it is not 0 and what stands there."""
    if not len(container.blank):
        return None
    found = [(problem.offset, problem.found) for problem in padding_problems(container)]
    if not found:
        return FieldValue("all 0"), found
    first, value = found[0]
    ranges = (
        f"{len(found):,} of {len(container.blank):,} ranges are not all 0, the first has {value}"
    )
    return FieldValue(ranges, first, 1), found


def _fields(container: Container, tensor: Tensor) -> Iterator[tuple[str, Span]]:
    """Path and span of each field that is the tensor's or the whole file's."""
    for part in container.root.children:
        if part.kind not in FIELD_KINDS:
            continue
        if isinstance(part.children, ListedSpans):
            yield from _leaves(part.name, part)
            continue
        own = _own(part, tensor.index)
        if own is not None:
            yield from _leaves(part.name, own)


def _own(array: Span, tensor: int) -> Span | None:
    """The child that belongs to a tensor; there is one for each, usually at its number."""
    children = array.children
    if tensor < len(children) and children[tensor].tensor == tensor:
        return children[tensor]
    return next((child for child in children if child.tensor == tensor), None)


def _leaves(path: str, span: Span) -> Iterator[tuple[str, Span]]:
    if not len(span.children):
        yield path, span
    for child in span.children:
        yield from _leaves(f"{path} / {child.name}", child)


def _pair(
    path: str, left: Span | None, right: Span | None, sources: tuple[Source, Source]
) -> FieldPair:
    return FieldPair(path, _value(left), _value(right), _same(left, right, sources))


def _value(span: Span | None) -> FieldValue | None:
    return None if span is None else FieldValue(span.value, span.offset, span.size)


def _same(left: Span | None, right: Span | None, sources: tuple[Source, Source]) -> bool:
    """Whether two fields say the same; of one size, to the byte, since a long value is shown cut."""
    if left is None or right is None:
        return left is right
    if left.size != right.size:
        return left.value == right.value
    here = sources[0].read(left.offset, left.size)
    return here == sources[1].read(right.offset, right.size)
