"""The bookmarks of a file as a table that can be sorted and filtered.

It does both itself: Qt would ask for the text of every row again for each of the comparisons that sorting takes,
which is seconds for ten thousand bookmarks.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt

from app import theme
from app.bookmarking import why_gone
from app.debug_place import DebugPlace
from app.models.bookmark_places import place_details, place_title
from app.models.headed_table import FLUSH_LEFT, NO_PARENT, HeadedTable, Heading, Index
from app.session.bookmark import Bookmark, Place
from codec.container import Container


class Column(IntEnum):
    """What a column shows of a bookmark."""

    PLACE = 0
    NOTE = 1
    WHERE = 2


_HEADINGS = (
    Heading("Place", "What was bookmarked: a weight, a step of a coder, a tile, or bytes."),
    Heading("Note", "The first line of the note; all of it stands below the table."),
    Heading(
        "Where",
        "The tile and the step or weight, or the fields that the bytes are in.",
    ),
)
"""In the order of the columns."""


class BookmarkTable(HeadedTable):
    """One row a bookmark: in the order in which they were made, until a column is sorted by."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_HEADINGS, parent)
        self._bookmarks: tuple[Bookmark, ...] = ()
        self._container: Container | None = None
        self._numbers: dict[Place, int] = {}
        self._rows: list[int] = []
        self._row_of: dict[int, int] = {}
        self._texts: dict[tuple[Place, Column], str] = {}
        self._words: list[str] = []
        self._sorted_by: Column | None = None
        self._descending = False

    @property
    def bookmarks(self) -> tuple[Bookmark, ...]:
        """All of them, in the order in which they were made."""
        return self._bookmarks

    def show(self, bookmarks: Sequence[Bookmark], container: Container | None) -> None:
        """Shows the bookmarks of a file; where only notes are others, nothing moves."""
        shown = tuple(bookmarks)
        if container is self._container and _places(shown) == _places(self._bookmarks):
            self._show_notes(shown)
            return
        self.beginResetModel()
        if container is not self._container:
            self._texts = {}
        self._bookmarks, self._container = shown, container
        self._numbers = {each.place: number for number, each in reversed([*enumerate(shown)])}
        self._arrange()
        self.endResetModel()

    def show_only(self, text: str) -> None:
        """Shows the bookmarks that hold all words of `text` in their place or note."""
        self.beginResetModel()
        self._words = text.lower().split()
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sorts by a column; by none of them as they were made."""
        kept = self.persistentIndexList()
        numbers = [self.number_at(index) for index in kept]
        self.layoutAboutToBeChanged.emit()
        self._sorted_by = Column(column) if 0 <= column < len(Column) else None
        self._descending = order is Qt.SortOrder.DescendingOrder
        self._arrange()
        moved = [
            QModelIndex() if number is None else self.index(self._row_of[number], index.column())
            for number, index in zip(numbers, kept, strict=True)
        ]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()

    def number_of(self, place: Place) -> int | None:
        """Which bookmark is about a place; None where none is."""
        return self._numbers.get(place)

    def number_at(self, index: Index) -> int | None:
        """Which bookmark stands in a row; None where the row does not exist."""
        return self._rows[index.row()] if index.isValid() else None

    def row_of(self, number: int) -> int | None:
        """The row of a bookmark; None where it is filtered out."""
        return self._row_of.get(number)

    def text(self, bookmark: Bookmark, column: Column) -> str:
        """What a column shows of a bookmark."""
        if column is Column.NOTE:
            return bookmark.note.strip().partition("\n")[0].strip()
        if self._container is None:
            return ""
        # Sorting and filtering ask for them again and again.
        key = bookmark.place, column
        text = self._texts.get(key)
        if text is None:
            describe = place_title if column is Column.PLACE else place_details
            text = self._texts[key] = describe(bookmark.place, self._container)
        return text

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """One row a bookmark that is not filtered out."""
        return 0 if parent.isValid() else len(self._rows)

    def alignment(self, column: int) -> int:
        """All of them are words."""
        return FLUSH_LEFT

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text and tooltip of a cell; what is gone is dim."""
        number = self.number_at(index)
        if number is None:
            return None
        bookmark = self._bookmarks[number]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(bookmark, Column(index.column()))
            case Qt.ItemDataRole.ToolTipRole:
                return self._tooltip(bookmark)
            case Qt.ItemDataRole.ForegroundRole if self._gone(bookmark):
                return theme.current().dim
        return None

    def _tooltip(self, bookmark: Bookmark) -> str:
        parts = (self.text(bookmark, column) for column in (Column.PLACE, Column.WHERE))
        return "\n".join(filter(None, (*parts, bookmark.note.strip())))

    def _gone(self, bookmark: Bookmark) -> bool:
        return self._container is not None and bool(why_gone(bookmark.place, self._container))

    def _show_notes(self, bookmarks: tuple[Bookmark, ...]) -> None:
        """Shows other notes on the same places, each where it stands."""
        if bookmarks == self._bookmarks:
            return
        self._bookmarks = bookmarks
        if self._rows:
            last = self.index(len(self._rows) - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _arrange(self) -> None:
        """Puts what is not filtered out in order."""
        bookmarks = self._bookmarks
        rows = [number for number, each in enumerate(bookmarks) if self._holds_words(each)]
        match self._sorted_by:
            case Column.PLACE:
                rows.sort(key=lambda number: _order(bookmarks[number].place))
            case Column() as column:
                rows.sort(key=lambda number: self.text(bookmarks[number], column).lower())
        if self._descending and self._sorted_by is not None:
            rows.reverse()
        self._rows = rows
        self._row_of = {number: row for row, number in enumerate(rows)}

    def _holds_words(self, bookmark: Bookmark) -> bool:
        """Whether a bookmark holds all words that it is filtered by."""
        if not self._words:
            return True
        places = (self.text(bookmark, column) for column in (Column.PLACE, Column.WHERE))
        whole = " ".join((*places, bookmark.note)).lower()
        return all(word in whole for word in self._words)


def _order(place: Place) -> tuple[int, ...]:
    """What places are sorted by: tiles, weights and steps before bytes, each by its numbers."""
    if isinstance(place, DebugPlace):
        return -1, -1, place.course.tensor, place.course.tile, place.step
    offset, size = place.span or (-1, -1)
    tile, symbol = (-1 if number is None else number for number in (place.tile, place.symbol))
    return offset, size, place.tensor, tile, symbol


def _places(bookmarks: Sequence[Bookmark]) -> list[Place]:
    return [each.place for each in bookmarks]
