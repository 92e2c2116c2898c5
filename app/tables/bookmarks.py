"""The bookmarks of a file as a table, with the numbers of their places."""

from __future__ import annotations

from app.bookmarking import symbol_of, why_gone
from app.debug_place import DebugPlace
from app.document import Document
from app.exporting.table import Table, table_of_rows
from app.models.bookmark_places import place_details, place_title
from app.selection import Selection
from app.session.bookmark import Bookmark
from codec.container import Container
from codec.stepping.walk import Direction

COLUMNS = (
    "place", "where", "tensor", "tile", "row", "column", "symbol", "direction", "step", "offset",
    "size", "note",
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
    if isinstance(place, DebugPlace):
        numbers = _of_step(place, container)
    elif place.span is not None:
        return (*words, *[None] * 7, *place.span, bookmark.note)
    else:
        numbers = _of_selected(place, container)
    return (*words, *numbers, None, None, bookmark.note)


def _of_step(place: DebugPlace, container: Container) -> tuple[object, ...]:
    """The numbers of a step, from tensor to step; None each of what there is not, or not any more."""
    course = place.course
    tensor = None if why_gone(place, container) else container.tensors[course.tensor]
    symbol = None if tensor is None else symbol_of(place, tensor)
    weight = None
    if tensor is not None and symbol is not None:
        weight = tensor.weight_of(course.tile, symbol)
    row, column = weight or (None, None)
    return course.tensor, course.tile, row, column, symbol, str(course.direction), place.step


def _of_selected(place: Selection, container: Container) -> tuple[object, ...]:
    """The same of a weight, with its decode step; of a tile; or of a tensor."""
    at = place.tensor, place.tile
    if place.tile is None or place.symbol is None or why_gone(place, container):
        return (*at, None, None, place.symbol, None, None)
    tensor = container.tensors[place.tensor]
    row, column = tensor.weight_of(place.tile, place.symbol) or (None, None)
    step = tensor.interleaving.step_of(place.symbol, tensor.symbol_count(place.tile))
    return (*at, row, column, place.symbol, str(Direction.DECODE), step)
