"""The rows of a sweep as a table that sorts by any column, and grows while the sweep runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app import theme
from app.models.sweep_columns import COLUMNS, Figures, Texts, setting_texts
from codec.problems import Severity
from codec.rerun.choices import Row
from codec.rerun.figures import figures
from codec.rerun.measured import Measured, Outcome

Index = QModelIndex | QPersistentModelIndex
NO_PARENT = QModelIndex()

RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class SweepTable(QAbstractTableModel):
    """One row a combination.

    Attributes:
        rows: what was measured, in the order in which it came.
        known: the same as figures.
        texts: the settings of each as they are read.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self.known: list[Figures] = []
        self.texts: list[Texts] = []
        self._shown: list[int] = []

    def clear(self) -> None:
        """Forgets all rows."""
        self.beginResetModel()
        self.rows, self.known, self.texts, self._shown = [], [], [], []
        self.endResetModel()

    def add(self, rows: Sequence[Row]) -> None:
        """Adds rows below those that are shown; `sort` puts them into their places."""
        if not rows:
            return
        begin = len(self._shown)
        self.beginInsertRows(NO_PARENT, begin, begin + len(rows) - 1)
        self.rows.extend(rows)
        self.known.extend(figures(row) for row in rows)
        self.texts.extend(setting_texts(self.known[begin:]))
        self._shown.extend(range(begin, begin + len(rows)))
        self.endInsertRows()

    def number_at(self, line: int) -> int | None:
        """The number of the row that a line shows; None where there is none."""
        return self._shown[line] if 0 <= line < len(self._shown) else None

    def line_of(self, number: int) -> int:
        """The line that shows the row of a number."""
        return self._shown.index(number)

    def smallest(self) -> int | None:
        """The number of the row with the smallest file that gives the weights back; None without one."""
        sizes = [
            (row.file_size, not row.recipe.table_rule.usual, number)
            for number, row in enumerate(self.rows)
            if isinstance(row, Measured) and row.outcome is Outcome.EXACT
        ]
        return min(sizes)[2] if sizes else None

    # What Qt asks

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Rows there are."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        """Always the same."""
        return 0 if parent.isValid() else len(COLUMNS)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Orders the rows by a column; what is not known comes last either way."""
        if not 0 <= column < len(COLUMNS):
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        numbers = [self._shown[index.row()] for index in held]
        keys = {number: COLUMNS[column].order(self.known[number]) for number in self._shown}
        self._shown.sort()
        known = [number for number in self._shown if not keys[number][0]]
        known.sort(
            key=lambda number: keys[number][1], reverse=order == Qt.SortOrder.DescendingOrder
        )
        self._shown = known + [number for number in self._shown if keys[number][0]]
        places = {number: line for line, number in enumerate(self._shown)}
        moved = [
            self.index(places[number], index.column())
            for index, number in zip(held, numbers, strict=True)
        ]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell, its colour where the row is not exact, and how it is aligned."""
        if not index.isValid():
            return None
        column, known = COLUMNS[index.column()], self.known[self._shown[index.row()]]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(known)
        if role == Qt.ItemDataRole.ToolTipRole:
            return known["says"]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT if column.words else RIGHT
        if role == Qt.ItemDataRole.ForegroundRole:
            return _ink(known["outcome"], column.setting)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The title of a column, and what it means."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            unit = f" In {column.unit}." if column.unit else ""
            return f"{column.meaning}{unit} Click to sort."
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT if column.words else RIGHT
        return None


def _ink(outcome: str, setting: bool) -> Any:
    """The colour of a cell; None for the usual one."""
    if outcome == Outcome.EXACT:
        return None
    colours = theme.current()
    if outcome == Outcome.REFUSED:
        return colours.dim
    return None if setting else colours.severities[Severity.ERROR]
