"""The steps around the cursor of the debugger as a table, with the cursor and the breakpoints marked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QModelIndex as Index
from PySide6.QtCore import QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from app import theme
from app.debug_standing import Standing
from app.models.step_table import StepTable
from codec.trace import Trace

CURSOR = "▶"
BREAKPOINT = "●"
CURSOR_SHARE = 0.22
"""How strongly the row of the cursor is tinted."""


class DebugStepTable(StepTable):
    """The steps of a stretch; the row of the step that comes next is tinted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cursor: int | None = None
        self._breaks: frozenset[int] = frozenset()

    @property
    def cursor(self) -> int | None:
        """The row of the step that comes next; None at the end of the stream, or without a stream."""
        return self._cursor

    def show_standing(self, standing: Standing | None) -> bool:
        """Shows the steps around a place; whether they are others than before."""
        trace: Trace | None = None if standing is None else standing.stretch.trace
        fresh = trace is not self.trace
        if fresh:
            self._cursor = None
            tensor = None if standing is None else standing.tensor
            self.show(trace, tensor, None if standing is None else standing.course.tile)
        before, self._cursor = self._cursor, None if standing is None else standing.row
        if not fresh and before != self._cursor:
            self._repaint({before, self._cursor} - {None})  # type: ignore[arg-type]
        return fresh

    def show_breaks(self, symbols: Iterable[int]) -> None:
        """Marks the steps of some symbols, by their places in the tile."""
        breaks = frozenset(symbols)
        if breaks != self._breaks:
            self._breaks = breaks
            if self.rowCount():
                self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, self.rowCount() - 1)

    def _repaint(self, rows: Iterable[int]) -> None:
        """Tells of rows; not of their headers, or Qt would ask for hundreds of them to find how wide they are."""
        for row in rows:
            self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))

    def plain_ground(self, row: int) -> QColor | None:
        """The cursor's row has a ground of its own."""
        if row != self._cursor:
            return None
        colours = theme.current()
        return theme.blend(colours.accent, colours.background, CURSOR_SHARE)

    def data(
        self, index: Index | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """As for any steps; the cursor's row has a ground of its own."""
        if role == Qt.ItemDataRole.BackgroundRole:
            return self.plain_ground(index.row())
        return super().data(index, role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles above; before the rows, where the cursor and the breakpoints are."""
        if orientation is Qt.Orientation.Horizontal:
            return super().headerData(section, orientation, role)
        breaks = self._breaks and self.number("symbol_index", section) in self._breaks
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (BREAKPOINT if breaks else "") + (CURSOR if section == self._cursor else "")
            case Qt.ItemDataRole.ToolTipRole:
                said = ["The step that comes next."] if section == self._cursor else []
                return " ".join([*said, "A breakpoint is set here."] if breaks else said)
        return None
