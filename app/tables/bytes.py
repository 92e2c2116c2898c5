"""The bytes of a file as tables: all of it in rows as Bytes shows them, and what is selected byte by byte."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from app.document import Document
from app.exporting.table import Part, Table
from codec.source import Source
from codec.spans import Span

PER_ROW = 16
"""Bytes of a row."""

ROWS_AT_ONCE = 1 << 13
"""Rows of a part."""


def byte_tables(document: Document | None) -> list[Table]:
    """The selected bytes with their fields, where some are selected, and the whole file in hex."""
    if document is None:
        return []
    source, root, span = document.container.source, document.container.root, document.selection.span
    rows = -(-source.size // PER_ROW)
    tables = [
        Table("All bytes", ("offset", "hex", "text"), rows, lambda: _rows(source)),
    ]
    if span is not None and span[1] > 0:
        begin, end = span[0], min(sum(span), source.size)
        columns = ("offset", "byte", "field", "kind")
        selected = Table(
            "Selected bytes", columns, end - begin, lambda: _selected(source, root, begin, end)
        )
        tables.insert(0, selected)
    return tables


def _rows(source: Source) -> Iterator[Part]:
    """The file in rows of `PER_ROW` bytes."""
    step = PER_ROW * ROWS_AT_ONCE
    for begin in range(0, source.size, step):
        data = source.read(begin, min(step, source.size - begin))
        pieces = [data[at : at + PER_ROW] for at in range(0, len(data), PER_ROW)]
        offsets = begin + PER_ROW * np.arange(len(pieces), dtype=np.int64)
        yield offsets, [piece.hex(" ") for piece in pieces], [_text(piece) for piece in pieces]


def _text(piece: bytes) -> str:
    """Bytes as ASCII, a point for each that has no sign."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in piece)


def _selected(source: Source, root: Span, begin: int, end: int) -> Iterator[Part]:
    """Bytes one by one, with the innermost field of each."""
    for leaf, first, last in root.leaves(begin, end):
        for at in range(first, last, PER_ROW * ROWS_AT_ONCE):
            size = min(PER_ROW * ROWS_AT_ONCE, last - at)
            values = np.frombuffer(source.read(at, size), dtype=np.uint8)
            offsets = at + np.arange(size, dtype=np.int64)
            yield offsets, values, [leaf.name] * size, [str(leaf.kind)] * size
