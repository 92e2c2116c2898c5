"""The tables of benchmarks: whole rows, sorted by a click on a head, columns as wide as what stands in them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTableView

from app.models.sorting_table import SortingTable


def sorted_table(model: SortingTable, name: str) -> QTableView:
    """A table view of such a model: whole rows, one at a time, sorted by a click on a head."""
    table = QTableView()
    table.setModel(model)
    table.setSortingEnabled(True)
    heads, lines = table.horizontalHeader(), table.verticalHeader()
    heads.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    heads.setSortIndicatorClearable(True)
    heads.setHighlightSections(False)
    heads.setStretchLastSection(True)
    lines.hide()
    lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    lines.setDefaultSectionSize(round(1.4 * table.fontMetrics().height()))
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
    table.setAccessibleName(name)
    table.setToolTip(name)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setMinimumHeight(4 * table.fontMetrics().height())
    return table


MEASURED_ROWS = 60
"""Of a long table, so many first rows say how wide its columns are."""

WIDEST = 36
"""Characters that a column is wide at most."""


def fit_columns(table: QTableView) -> None:
    """Makes columns as wide as what stands in them; the last takes the rest."""
    model, metrics = table.model(), table.fontMetrics()
    assert isinstance(model, SortingTable)
    rows = [model.row_at(line) for line in range(min(model.rowCount(), MEASURED_ROWS))]
    most = WIDEST * metrics.averageCharWidth()
    for place, column in enumerate(model.columns[:-1]):
        texts = {f"{column.title}  ▾", *(column.text(row) for row in rows)}
        width = max(metrics.horizontalAdvance(f"  {text}  ") for text in texts)
        table.setColumnWidth(place, min(width, most))
