"""The bookmarks of a file as a table that can be sorted and filtered."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from app import theme
from app.bookmarking import why_gone
from app.models.bookmark_places import place_details, place_title
from app.selection import Selection
from app.session.bookmark import Bookmark
from codec.container import Container

Index = QModelIndex | QPersistentModelIndex
ROOT_INDEX = QModelIndex()

SORT_ROLE = Qt.ItemDataRole.UserRole
"""What a column is sorted by: a place by what it is and by its numbers."""


class Column(IntEnum):
    """What a column shows of a bookmark."""

    PLACE = 0
    NOTE = 1
    WHERE = 2


_HEADINGS = {
    Column.PLACE: ("Place", "What was bookmarked: a weight and its step, a tile, or bytes."),
    Column.NOTE: ("Note", "The first line of the note; all of it stands below the table."),
    Column.WHERE: ("Where", "The tile and the step, or the fields that the bytes are in."),
}


class BookmarkTable(QAbstractTableModel):
    """One row a bookmark, in the order in which they were made."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bookmarks: tuple[Bookmark, ...] = ()
        self._container: Container | None = None

    @property
    def bookmarks(self) -> tuple[Bookmark, ...]:
        """All of them."""
        return self._bookmarks

    def show(self, bookmarks: Sequence[Bookmark], container: Container | None) -> None:
        """Shows the bookmarks of a file; where only notes are others, nothing moves."""
        shown = tuple(bookmarks)
        if container is self._container and _places(shown) == _places(self._bookmarks):
            self._bookmarks = shown
            if shown:
                last = self.index(len(shown) - 1, len(Column) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._bookmarks, self._container = shown, container
        self.endResetModel()

    def text(self, bookmark: Bookmark, column: Column) -> str:
        """What a column shows of a bookmark."""
        if self._container is None:
            return ""
        match column:
            case Column.PLACE:
                return place_title(bookmark.place, self._container)
            case Column.NOTE:
                return bookmark.note.strip().partition("\n")[0].strip()
            case Column.WHERE:
                return place_details(bookmark.place, self._container)

    def rowCount(self, parent: Index = ROOT_INDEX) -> int:
        """One row a bookmark."""
        return 0 if parent.isValid() else len(self._bookmarks)

    def columnCount(self, parent: Index = ROOT_INDEX) -> int:
        """Always the same."""
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles of the columns, explained in tooltips."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        title, explanation = _HEADINGS[Column(section)]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return title
            case Qt.ItemDataRole.ToolTipRole:
                return explanation
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, tooltip and sorting key of a cell; what is gone is dim."""
        if not index.isValid():
            return None
        bookmark, column = self._bookmarks[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(bookmark, column)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tooltip(bookmark)
            case Qt.ItemDataRole.ForegroundRole if self._gone(bookmark):
                return theme.current().dim
            case _ if role == SORT_ROLE:
                return self._key(bookmark, index.row(), column)
        return None

    def _tooltip(self, bookmark: Bookmark) -> str:
        parts = (self.text(bookmark, column) for column in (Column.PLACE, Column.WHERE))
        return "\n".join(filter(None, (*parts, bookmark.note.strip())))

    def _gone(self, bookmark: Bookmark) -> bool:
        return self._container is not None and bool(why_gone(bookmark.place, self._container))

    def _key(self, bookmark: Bookmark, row: int, column: Column) -> str:
        """Text that sorts as the places do, which are too large for the numbers that Qt compares."""
        if column is not Column.PLACE:
            return f"{self.text(bookmark, column).lower()} {row:09}"
        place = bookmark.place
        span = (None, None) if place.span is None else place.span
        numbers = (*span, place.tensor, place.tile, place.symbol)
        return " ".join(_padded(number) for number in numbers)


def _padded(number: int | None) -> str:
    return f"{0 if number is None else number + 1:020}"


def _places(bookmarks: Sequence[Bookmark]) -> list[Selection]:
    return [each.place for each in bookmarks]


class BookmarkFilter(QSortFilterProxyModel):
    """The bookmarks that hold every word of a text, sorted by any column."""

    def __init__(self, model: BookmarkTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = model
        self._words: list[str] = []
        self.setSourceModel(model)
        self.setSortRole(SORT_ROLE)

    def show_only(self, text: str) -> None:
        """Shows the bookmarks that hold all words of `text` in their place or note."""
        self._words = text.lower().split()
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        """Whether a bookmark holds all words."""
        if not self._words:
            return True
        bookmark = self._table.bookmarks[row]
        texts = [self._table.text(bookmark, column) for column in Column]
        whole = " ".join((*texts, bookmark.note)).lower()
        return all(word in whole for word in self._words)

    def number_at(self, index: Index) -> int | None:
        """Which bookmark stands in a row; None where the row does not exist."""
        return self.mapToSource(index).row() if index.isValid() else None

    def row_of(self, number: int) -> int | None:
        """The row of a bookmark; None where it is filtered out."""
        index = self.mapFromSource(self._table.index(number, 0))
        return index.row() if index.isValid() else None
