"""A table of rows that come and change while it is looked at: it sorts by any column and tells which rows are others.

A column says how a row's value reads and what it is sorted by, so what a table shows is a tuple of columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from app.models.headed_table import FLUSH_LEFT, FLUSH_RIGHT, NO_PARENT, HeadedTable, Index, sortable


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        title: at its head.
        meaning: one sentence.
        text: a row's value as a person reads it.
        order: what a row is sorted by; None for what is not known, which comes last either way.
        words: whether its values are words, which stand flush left.
        unit: of its numbers.
    """

    title: str
    meaning: str
    text: Callable[[Any], str]
    order: Callable[[Any], Any]
    words: bool = False
    unit: str = ""


class SortingTable(HeadedTable):
    """Rows that have a key each, under columns.

    Attributes:
        columns: from left to right.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        key_of: Callable[[Any], Any],
        parent: QObject | None = None,
        *,
        ink_of: Callable[[Any], QColor | None] = lambda _row: None,
        tip_of: Callable[[Any], str] = lambda _row: "",
    ) -> None:
        """An empty table.

        Args:
            columns: from left to right.
            key_of: tells a row from all others; one that comes with a known key takes that one's place.
            parent: of the object.
            ink_of: the colour of a row's text; None for the usual one.
            tip_of: what more there is to say of a row.
        """
        super().__init__([], parent)
        self._use(columns)
        self._key_of, self._ink_of, self._tip_of = key_of, ink_of, tip_of
        self._rows: dict[Any, Any] = {}
        self._shown: list[Any] = []

    @property
    def rows(self) -> tuple[Any, ...]:
        """All rows, in the order in which they came."""
        return tuple(self._rows.values())

    def show(self, rows: Sequence[Any]) -> None:
        """Shows other rows: those that stay keep their lines, what is changed is told line by line."""
        found = {self._key_of(row): row for row in rows}
        if not self._rows.keys() <= found.keys():
            self.beginResetModel()
            self._rows, self._shown = found, list(found)
            self.endResetModel()
            return
        moved = {key for key, row in self._rows.items() if found[key] is not row}
        added = [key for key in found if key not in self._rows]
        self._rows.update((key, found[key]) for key in moved)
        for line, key in enumerate(self._shown):
            if key in moved:
                last = self.index(line, len(self.columns) - 1)
                self.dataChanged.emit(self.index(line, 0), last)
        if added:
            self._insert({key: found[key] for key in added})
            self._rows = found

    def add(self, rows: Sequence[Any]) -> None:
        """Adds rows, of keys that there are none of yet, below those that are shown; `sort` puts them in place."""
        if rows:
            self._insert({self._key_of(row): row for row in rows})

    def _insert(self, added: dict[Any, Any]) -> None:
        begin = len(self._shown)
        self.beginInsertRows(NO_PARENT, begin, begin + len(added) - 1)
        self._rows.update(added)
        self._shown += added
        self.endInsertRows()

    def clear(self) -> None:
        """Forgets all rows."""
        self.beginResetModel()
        self._rows, self._shown = {}, []
        self.endResetModel()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Shows the same rows under columns with other titles, as many as before."""
        self._use(columns)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def _use(self, columns: Sequence[Column]) -> None:
        self.columns = tuple(columns)
        self.headings = tuple(sortable(each.title, each.meaning, each.unit) for each in columns)

    def row_at(self, line: int) -> Any:
        """The row that a line shows; None where there is none."""
        return self._rows[self._shown[line]] if 0 <= line < len(self._shown) else None

    def line_of(self, key: Any) -> int | None:
        """The line of a row; None where there is none of that key."""
        return self._shown.index(key) if key in self._rows else None

    def alignment(self, column: int) -> int:
        """Numbers stand on the right."""
        return FLUSH_LEFT if self.columns[column].words else FLUSH_RIGHT

    def ink(self, row: Any, column: int) -> QColor | None:
        """The colour of a cell's text; None for the usual one."""
        return self._ink_of(row)

    # What Qt asks

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Rows there are."""
        return 0 if parent.isValid() else len(self._shown)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Orders the rows by a column, or as they came where it is none; what is not known comes last either way."""
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        keys = [self._shown[index.row()] for index in held]
        self._shown = list(self._rows)
        if 0 <= column < len(self.columns):
            values = {key: self.columns[column].order(self._rows[key]) for key in self._shown}
            known = [key for key in self._shown if values[key] is not None]
            known.sort(key=values.__getitem__, reverse=order == Qt.SortOrder.DescendingOrder)
            self._shown = known + [key for key in self._shown if values[key] is None]
        places = {key: line for line, key in enumerate(self._shown)}
        moved = [
            self.index(places[key], index.column()) for index, key in zip(held, keys, strict=True)
        ]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell, its colour, what more there is to say, and how it is aligned."""
        if not index.isValid():
            return None
        column, row = self.columns[index.column()], self._rows[self._shown[index.row()]]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip_of(row) or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(index.column())
        if role == Qt.ItemDataRole.ForegroundRole:
            return self.ink(row, index.column())
        return None
