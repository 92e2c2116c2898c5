"""Paints the cells of tables of numbers: most are plain, and there are hundreds of them at every step.

Qt asks a model eight questions for each cell that it paints, and a model in Python takes its time over each. A cell
that is not marked needs its text alone, in the fixed font of such tables, and the ground of the selection.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF
from PySide6.QtGui import QFontMetricsF, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

_State = QStyle.StateFlag
SELECTED: int = _State.State_Selected.value
MARKED: int = (_State.State_HasFocus | _State.State_MouseOver).value
"""What makes a cell look otherwise, beside being selected."""


class PlainModel(Protocol):
    """What a model says of its plain cells."""

    def plain_text(self, row: int, column: int) -> str | None:
        """The text of a cell, to stand at its right; None where more than its text is to be painted."""

    def text(self, row: int, column: int) -> str:
        """The text of a cell that is selected, whatever else it is: then it has the selection's colours."""


class PlainCells(QStyledItemDelegate):
    """Paints plain cells itself, and the others as Qt does; for a table with a font of fixed width."""

    def __init__(self, model: PlainModel, table: QTableView) -> None:
        super().__init__(table)
        self._model, self._table = model, table
        self.prepare()

    def prepare(self) -> None:
        """Takes up font and colours of the table, which is about to be painted."""
        table = self._table
        metrics = table.fontMetrics()
        # A width in whole pixels would add up to a shift.
        self._letter = QFontMetricsF(table.font()).horizontalAdvance("0")
        self._line = metrics.height()
        self._ascent = metrics.ascent()
        palette = table.palette()
        self._ink = palette.color(QPalette.ColorRole.Text)
        group = (
            QPalette.ColorGroup.Active if table.isActiveWindow() else QPalette.ColorGroup.Inactive
        )
        if not table.isEnabled():
            group = QPalette.ColorGroup.Disabled
        self._selection = palette.brush(group, QPalette.ColorRole.Highlight)
        self._selection_ink = palette.color(group, QPalette.ColorRole.HighlightedText)
        self._margin = table.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin) + 1

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paints a cell."""
        state, row, column = option.state.value, index.row(), index.column()
        if not state & MARKED:
            selected, of = state & SELECTED, self._model
            text = of.text(row, column) if selected else of.plain_text(row, column)
            if text is not None and text.isascii():
                box = option.rect
                room = box.width() - 2 * self._margin - len(text) * self._letter
                if room >= 0:
                    if selected:
                        painter.fillRect(box, self._selection)
                    painter.setPen(self._selection_ink if selected else self._ink)
                    top = box.top() + (box.height() - self._line) // 2
                    painter.drawText(
                        QPointF(box.left() + self._margin + room, top + self._ascent), text
                    )
                    return
        super().paint(painter, option, index)


def rows_in_selection(table: QTableView) -> frozenset[int]:
    """The rows in sight of which something is selected."""
    seen = _in_sight(table)
    chosen, nowhere = table.selectionModel(), table.rootIndex()
    return frozenset(row for row in seen if chosen.rowIntersectsSelection(row, nowhere))


def paint_rows(table: QTableView, rows: Iterable[int]) -> None:
    """Has some rows of a table painted anew, and no others."""
    view, seen = table.viewport(), _in_sight(table)
    for row in rows:
        if row in seen:
            view.update(0, table.rowViewportPosition(row), view.width(), table.rowHeight(row))


def _in_sight(table: QTableView) -> range:
    top, end = table.rowAt(0), table.rowAt(table.viewport().height() - 1)
    return range(max(top, 0), (table.model().rowCount() if end < 0 else end + 1))
