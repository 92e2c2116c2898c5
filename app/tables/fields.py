"""The fields of a file as a table: the tree that Structure shows, from its root down, a row a field."""

from __future__ import annotations

from collections.abc import Iterator

from app.document import Document
from app.exporting.table import ROWS_AT_ONCE, Part, Table
from codec.spans import Span

COLUMNS = ("depth", "name", "value", "offset", "size", "kind", "tensor", "tile", "meaning")


def field_tables(document: Document | None) -> list[Table]:
    """All fields, each behind the one that it lies in; `depth` is 0 for the file itself."""
    if document is None:
        return []
    root = document.container.root
    return [Table("Fields", COLUMNS, None, lambda: _parts(root))]


def _parts(root: Span) -> Iterator[Part]:
    rows: list[tuple[object, ...]] = []
    for depth, span in _walk(root):
        rows.append(
            (
                depth, span.name, span.value, span.offset, span.size, str(span.kind), span.tensor,
                span.tile, span.meaning,
            )
        )  # fmt: skip
        if len(rows) == ROWS_AT_ONCE:
            yield _columns(rows)
            rows = []
    if rows:
        yield _columns(rows)


def _columns(rows: list[tuple[object, ...]]) -> Part:
    return tuple(list(column) for column in zip(*rows, strict=True))


def _walk(root: Span) -> Iterator[tuple[int, Span]]:
    """Every span with its depth, those inside a span behind it; without recursion, and one at a time."""
    yield 0, root
    way = [iter(root.children)]
    while way:
        span = next(way[-1], None)
        if span is None:
            way.pop()
            continue
        yield len(way), span
        way.append(iter(span.children))
