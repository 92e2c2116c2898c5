"""The bookmarks of a file as a table, with the numbers of their places."""

from __future__ import annotations

from app.bookmarking import why_gone
from app.document import Document
from app.exporting.table import Table, table_of_rows
from app.models.bookmark_places import place_details, place_title
from app.session.bookmark import Bookmark
from codec.container import Container

COLUMNS = (
    "place", "where", "tensor", "tile", "row", "column", "symbol", "step", "offset", "size", "note",
)  # fmt: skip


def bookmark_tables(document: Document | None) -> list[Table]:
    """All bookmarks; a table without rows where there are none."""
    if document is None:
        return []
    container = document.container
    rows = document.work.now.bookmarks
    return [table_of_rows("Bookmarks", COLUMNS, rows, lambda each: _cells(each, container))]


def _cells(bookmark: Bookmark, container: Container) -> tuple[object, ...]:
    place = bookmark.place
    words = place_title(place, container), place_details(place, container)
    if place.span is not None:
        return (*words, *[None] * 6, *place.span, bookmark.note)
    row, column, step = _of_weight(bookmark, container)
    numbers = place.tensor, place.tile, row, column, place.symbol, step, None, None
    return (*words, *numbers, bookmark.note)


def _of_weight(bookmark: Bookmark, container: Container) -> tuple[int | None, ...]:
    """Row, column and step of a weight; None each where it is none, or is gone."""
    place = bookmark.place
    if place.tile is None or place.symbol is None or why_gone(place, container):
        return None, None, None
    tensor = container.tensors[place.tensor]
    weight = tensor.weight_of(place.tile, place.symbol) or (None, None)
    step = tensor.interleaving.step_of(place.symbol, tensor.symbol_count(place.tile))
    return (*weight, step)
