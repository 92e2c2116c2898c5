"""The steps of a trace as a table that shows a row without choosing it, and tells when one is chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSignalBlocker, Signal
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.models.step_table import LANE_COLUMNS, NEXT, StepTable, widest_of
from app.plain_cells import PlainCells, paint_rows, plain_font, rows_in_selection
from codec.container import Tensor
from codec.interleaving import SINGLE
from codec.trace import Trace


class StepList(QTableView):
    """The table of steps.

    Attributes:
        steps: its model.
    """

    chosen = Signal(int)
    """Carries the row of the trace that the user chose."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps = StepTable(self)
        self.setModel(self.steps)
        self._fitted: tuple[Tensor, int] | None = None
        self._cells = PlainCells(self.steps, self)
        self.setItemDelegate(self._cells)
        self.setFont(plain_font())
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

    def show_trace(
        self,
        trace: Trace | None,
        tensor: Tensor | None,
        tile: int | None,
        rows: NDArray[np.int64] | None = None,
    ) -> None:
        """Shows the steps of a tile, all or only some rows of the trace; or none."""
        before = self.steps.rowCount()
        with QSignalBlocker(self.selectionModel()):
            self.clearSelection()
        self.steps.show(trace, tensor, tile, rows)
        whole = self._stream_of_window(trace, tensor, tile)
        if whole is None or whole != self._fitted:
            self._fitted = whole
            single = tensor is None or tensor.interleaving == SINGLE
            for column in LANE_COLUMNS:
                self.setColumnHidden(column, single)
            self._fit_columns(self.steps.widest_texts() if whole is None else _widest(*whole))
        if self.steps.rowCount() != before:
            self.updateGeometries()  # or the scroll bar still has the range of the trace before

    def _stream_of_window(
        self, trace: Trace | None, tensor: Tensor | None, tile: int | None
    ) -> tuple[Tensor, int] | None:
        """The stream that a trace is a part of; None for a trace of all of one, or for none."""
        if trace is None or tensor is None or tile is None:
            return None
        return (tensor, tile) if len(trace) < tensor.symbol_count(tile) else None

    def _fit_columns(self, texts: Sequence[str]) -> None:
        """By the largest values: Qt would measure the rows in sight only."""
        metrics = QFontMetrics(self.font())
        margin = metrics.horizontalAdvance("00")
        for column, text in enumerate(texts):
            self.setColumnWidth(column, metrics.horizontalAdvance(text) + margin)

    def show_row(self, trace_row: int | None) -> None:
        """Makes a row of the trace the current one, in sight, without telling; None leaves none."""
        chosen = self.selectionModel()
        before = rows_in_selection(self)
        row = None if trace_row is None else self.steps.row_of(trace_row)
        with QSignalBlocker(chosen):
            if row is None:
                self.clearSelection()
            elif self.currentIndex().row() != row or not chosen.hasSelection():
                index = self.steps.index(row, max(self.currentIndex().column(), 0))
                flags = QItemSelectionModel.SelectionFlag
                chosen.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
                self.scrollTo(index)
        # Its own selection model has just told it nothing.
        paint_rows(self, before ^ rows_in_selection(self))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the rows in sight."""
        left = self._cells.paint_rows(event.region())
        if not left.isEmpty():
            super().paintEvent(QPaintEvent(left))

    def _on_current_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self.steps.trace_row(current.row()))


def _widest(tensor: Tensor, tile: int) -> list[str]:
    """As `widest_of`, with the mark where the debugger stands."""
    step, *others = widest_of(tensor, tile)
    return [f"{NEXT} {step}", *others]
