"""Paints the cells of tables of numbers: most are plain, and there are hundreds of them at every step.

Qt asks a model eight questions for each cell that it paints, and a model in Python takes its time over each. A cell
that is not marked needs its text alone, in the fixed font of such tables, and the ground of the selection. Rows of
such cells are painted here without Qt, which takes as long to come to a cell as the cell takes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QCursor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QPainter,
    QPalette,
    QRegion,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

_State = QStyle.StateFlag
SELECTED: int = _State.State_Selected.value
MARKED: int = (_State.State_HasFocus | _State.State_MouseOver).value
"""What makes a cell look otherwise, beside being selected."""


class PlainModel(Protocol):
    """What a model says of its plain cells."""

    def plain_text(self, row: int, column: int) -> str | None:
        """The text of a cell, to stand at its right; None where more than its text is to be painted."""

    def plain_ground(self, row: int) -> QColor | None:
        """The ground of a row that is not selected; None for that of the table."""

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
        self._alternate = palette.brush(group, QPalette.ColorRole.AlternateBase)
        self._selection_ink = palette.color(group, QPalette.ColorRole.HighlightedText)
        self._margin = table.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin) + 1

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paints a cell of a row in which not all are plain."""
        state, row, column = option.state.value, index.row(), index.column()
        if not state & MARKED:
            selected, of, box = bool(state & SELECTED), self._model, option.rect
            text = of.text(row, column) if selected else of.plain_text(row, column)
            if text is not None and self._fits(text, box.width()):
                ground = self._selection if selected else of.plain_ground(row)
                if ground is not None:
                    painter.fillRect(box, ground)
                painter.setPen(self._selection_ink if selected else self._ink)
                painter.drawText(self._start(text, box), text)
                return
        super().paint(painter, option, index)

    def paint_rows(self, region: QRegion) -> QRegion:
        """Paints the rows of plain cells that a region of the table touches; what of it is left to Qt."""
        self.prepare()
        table, left = self._table, QRegion(region)
        columns, others = self._columns_in_sight(), self._rows_of_qt()
        painter = QPainter(table.viewport())
        for row in _in_sight(table):
            top, height = table.rowViewportPosition(row), table.rowHeight(row)
            box = QRect(0, top, table.viewport().width(), height)
            wanted = row not in others and region.intersects(box)
            if wanted and self._paint_row(painter, row, box, columns):
                left -= box
        painter.end()
        return left

    def _paint_row(
        self, painter: QPainter, row: int, box: QRect, columns: list[tuple[int, int, int]]
    ) -> bool:
        """Paints a row, if all its cells are plain; `columns` are (column, left edge, width)."""
        table, of = self._table, self._model
        selected = table.selectionModel().rowIntersectsSelection(row, table.rootIndex())
        text_of = of.text if selected else of.plain_text
        texts: list[str] = []
        for column, _, width in columns:
            text = text_of(row, column)
            if text is None or not self._fits(text, width):
                return False
            texts.append(text)
        end = max((left + width for _, left, width in columns), default=0)
        ground: QBrush | QColor | None = self._selection if selected else of.plain_ground(row)
        if ground is None and table.alternatingRowColors() and row % 2:
            ground = self._alternate
        if ground is not None:
            painter.fillRect(QRect(box.left(), box.top(), end, box.height()), ground)
        painter.setPen(self._selection_ink if selected else self._ink)
        base, letter = self._baseline(box), self._letter
        for text, (_, left, width) in zip(texts, columns, strict=True):
            painter.drawText(QPointF(left + width - self._margin - len(text) * letter, base), text)
        return True

    def _fits(self, text: str, width: int) -> bool:
        """Whether a text can be painted as it is in a column."""
        return text.isascii() and width - 2 * self._margin - len(text) * self._letter >= 0

    def _start(self, text: str, box: QRect) -> QPointF:
        """Where a text begins that stands at the right of its cell."""
        left = box.left() + box.width() - self._margin - len(text) * self._letter
        return QPointF(left, self._baseline(box))

    def _baseline(self, box: QRect) -> int:
        return box.top() + (box.height() - self._line) // 2 + self._ascent

    def _columns_in_sight(self) -> list[tuple[int, int, int]]:
        """(column, left edge, width)."""
        table, found = self._table, []
        for column in range(table.model().columnCount()):
            left, width = table.columnViewportPosition(column), table.columnWidth(column)
            if width and left < table.viewport().width() and left + width > 0:
                found.append((column, left, width))
        return found

    def _rows_of_qt(self) -> set[int]:
        """The rows with the cell that has the keyboard, or the mouse."""
        table, view = self._table, self._table.viewport()
        rows = {table.currentIndex().row()} if table.hasFocus() else set()
        if view.underMouse() and view.testAttribute(Qt.WidgetAttribute.WA_Hover):
            rows.add(table.rowAt(view.mapFromGlobal(QCursor.pos()).y()))
        return rows


def plain_font() -> QFont:
    """The fixed font, for a table of numbers: nothing in those is to be joined or moved together, which takes time."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
    font.setKerning(False)
    return font


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
