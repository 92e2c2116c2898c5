"""A table of the debugger: it shows a row without choosing it, and tells when the user goes to one or enters it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView, QWidget

from app.models.step_table import StepTable
from app.plain_cells import PlainCells, paint_rows, plain_font, rows_in_selection


class DebugTable(QTableView):
    """A table whose rows can be gone to and entered."""

    chosen = Signal(int)
    """Carries the row that the user went to."""
    entered_row = Signal(int)
    """Carries the row that was double-clicked, or on which Enter was pressed."""

    def __init__(
        self, model: QAbstractTableModel, name: str, tooltip: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setModel(model)
        self._cells: PlainCells | None = None
        self.setAccessibleName(name)
        self.setToolTip(tooltip)
        self.setFont(plain_font())
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        metrics = QFontMetrics(self.font())
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(metrics.height() + 4)
        rows.setFixedWidth(metrics.horizontalAdvance("●▶") + metrics.height() // 2)
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.horizontalHeader().setFont(QApplication.font())
        for head in (rows, self.horizontalHeader()):
            head.setHighlightSections(False)
        if isinstance(model, StepTable):
            self._cells = PlainCells(model, self)
            self.setItemDelegate(self._cells)
            model.dataChanged.connect(lambda *_: self.verticalHeader().viewport().update())
        self.selectionModel().currentRowChanged.connect(self._on_current_row)
        self.doubleClicked.connect(lambda index: self.entered_row.emit(index.row()))

    def fit_columns(self, texts: Sequence[str]) -> None:
        """Makes each column as wide as a text and its title: Qt would measure the rows in sight only."""
        cells, titles = QFontMetrics(self.font()), QFontMetrics(self.horizontalHeader().font())
        margin = cells.horizontalAdvance("00")
        for column, text in enumerate(texts):
            title = self.model().headerData(column, Qt.Orientation.Horizontal)
            width = max(cells.horizontalAdvance(text), titles.horizontalAdvance(str(title)))
            self.setColumnWidth(column, width + margin)
        self.updateGeometries()

    def choose_row(self, row: int | None) -> None:
        """Makes a row the selected one, or none, without telling."""
        chosen = self.selectionModel()
        before = rows_in_selection(self)
        with QSignalBlocker(chosen):
            if row is None or not 0 <= row < self.model().rowCount():
                self.clearSelection()
            elif self.currentIndex().row() != row or not chosen.hasSelection():
                index = self.model().index(row, max(self.currentIndex().column(), 0))
                flags = QItemSelectionModel.SelectionFlag
                chosen.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        # Its own selection model has just told it nothing.
        paint_rows(self, before ^ rows_in_selection(self))

    def reveal_row(self, row: int | None) -> None:
        """Brings a row into the middle, if it is out of sight; the last where there is none."""
        count = self.model().rowCount()
        index = self.model().index(count - 1 if row is None else min(row, count - 1), 0)
        place, inside = self.visualRect(index), self.viewport().rect()
        if count and (place.top() < inside.top() or place.bottom() > inside.bottom()):
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def selected_rows(self) -> list[int]:
        """The rows that are selected, ascending."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the rows in sight."""
        left = event.region() if self._cells is None else self._cells.paint_rows(event.region())
        if not left.isEmpty():
            super().paintEvent(QPaintEvent(left))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter enters the current row."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.currentIndex().isValid() and self.state() != self.State.EditingState:
            self.entered_row.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def _on_current_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(current.row())
