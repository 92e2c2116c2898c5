"""The steps of a trace as a table that shows a row without choosing it, and tells when one is chosen."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSignalBlocker, Signal
from PySide6.QtGui import QFontDatabase, QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.models.step_table import StepTable
from codec.container import Tensor
from codec.trace import Trace


class StepList(QTableView):
    """The table of steps.

    Attributes:
        steps: its model.
    """

    chosen = Signal(int)
    """Carries the row that the user chose."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps = StepTable(self)
        self.setModel(self.steps)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setAccessibleName("Steps")
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(QFontMetrics(self.font()).height() + 4)
        rows.hide()
        self.horizontalHeader().setHighlightSections(False)
        self.selectionModel().currentRowChanged.connect(self._on_current_row)

    def show_trace(self, trace: Trace | None, tensor: Tensor | None, tile: int | None) -> None:
        """Shows the steps of a tile, or none."""
        self.steps.show(trace, tensor, tile)
        metrics = QFontMetrics(self.font())
        margin = metrics.horizontalAdvance("00")
        # By the largest values: Qt would measure the rows in sight only.
        for column, text in enumerate(self.steps.widest_texts()):
            self.setColumnWidth(column, metrics.horizontalAdvance(text) + margin)

    def show_row(self, row: int | None) -> None:
        """Makes a row the current one, in sight, without telling; None leaves none selected."""
        chosen = self.selectionModel()
        with QSignalBlocker(chosen):
            if row is None:
                self.clearSelection()
            elif self.currentIndex().row() != row or not chosen.hasSelection():
                index = self.steps.index(row, max(self.currentIndex().column(), 0))
                flags = QItemSelectionModel.SelectionFlag
                chosen.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
                self.scrollTo(index)
        # Its own selection model has just told it nothing.
        self.viewport().update()

    def _on_current_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(current.row())
