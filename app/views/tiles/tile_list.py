"""The table of all tiles: sorted by any column, or only those with problems."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHeaderView, QTableView, QVBoxLayout, QWidget

from app.models.tile_measures import TileFacts
from app.models.tile_table import COLUMNS, TileTable


class TileList(QWidget):
    """A table with a filter."""

    picked = Signal(int)
    """The user has gone to the row of another tile; carries its number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = TileTable(self)
        self.table = QTableView()
        self.problems_only = QCheckBox("&Only tiles with problems")
        self.problems_only.setToolTip("List only the tiles that a problem is known of")
        self._selected: int | None = None
        self._make_table()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self.fontMetrics().height() // 4)
        column.addWidget(self.problems_only)
        column.addWidget(self.table, 1)
        self.problems_only.toggled.connect(self._on_filter)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)

    def _make_table(self) -> None:
        table, rows, heads = self.table, self.table.verticalHeader(), self.table.horizontalHeader()
        table.setModel(self.model)
        table.setSortingEnabled(True)
        table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        table.setAccessibleName("Table of tiles")
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(round(1.4 * self.fontMetrics().height()))
        heads.setHighlightSections(False)
        heads.setDefaultSectionSize(heads.minimumSectionSize())
        heads.setStretchLastSection(True)

    def set_facts(self, facts: TileFacts | None) -> None:
        """Lists other tiles, or more about the same."""
        with QSignalBlocker(self.table.selectionModel()):
            self.model.set_facts(facts)
        if facts is not None and facts.count:
            self._size_columns(facts)

    def _size_columns(self, facts: TileFacts) -> None:
        """Makes columns as wide as their titles and their largest numbers, but never narrower."""
        metrics = self.table.fontMetrics()
        for number, measure in enumerate(COLUMNS):
            self.table.setColumnHidden(number, not facts.tells(measure))
            values = np.where(np.isfinite(facts.column(measure)), facts.column(measure), -1)
            texts = [f"{measure.title}  ▾", facts.text(measure, int(np.argmax(values)))]
            width = max(metrics.horizontalAdvance(f"  {text}  ") for text in texts)
            self.table.setColumnWidth(number, max(width, self.table.columnWidth(number)))

    def select(self, tile: int | None) -> None:
        """Selects the row of a tile and scrolls to it, or no row; tells nobody."""
        self._selected = tile
        row = None if tile is None else self.model.row_of(tile)
        selection, current = self.table.selectionModel(), self.table.currentIndex()
        if row is None:
            with QSignalBlocker(selection):
                self.table.setCurrentIndex(QModelIndex())
            self.table.clearSelection()
        elif current.row() != row or not selection.hasSelection():
            index = self.model.index(row, max(current.column(), 0))
            with QSignalBlocker(selection):
                self.table.setCurrentIndex(index)
            self.table.selectRow(row)
            self.table.scrollTo(index)

    def _on_row(self, index: QModelIndex) -> None:
        if index.isValid():
            self.picked.emit(self.model.tile_of(index.row()))

    def _on_filter(self, on: bool) -> None:
        with QSignalBlocker(self.table.selectionModel()):
            self.model.set_only_problems(on)
        self.select(self._selected)
