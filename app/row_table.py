"""How the tables look whose rows are things with words or figures: problems, bookmarks, commands, measurements."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.models.sorting_table import SortingTable


def dress_rows(table: QTableView, name: str) -> None:
    """Has a table show whole rows, every other one on another ground; `name` is for those who do not see it."""
    _show_rows(table, name)
    table.setAlternatingRowColors(True)
    table.setShowGrid(False)
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 6)


def dress_sorted(table: QTableView, model: SortingTable, name: str, tip: str) -> None:
    """Has a table show whole rows of such a model, one selected at a time, sorted by a click on a head."""
    _show_rows(table, name)
    table.setModel(model)
    table.setSortingEnabled(True)
    heads, lines = table.horizontalHeader(), table.verticalHeader()
    heads.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    heads.setSortIndicatorClearable(True)
    heads.setHighlightSections(False)
    lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    lines.setDefaultSectionSize(round(1.4 * table.fontMetrics().height()))
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setToolTip(tip)
    table.setMinimumHeight(4 * table.fontMetrics().height())


def sort_anew(table: QTableView) -> None:
    """Sorts what came last into its place."""
    heads = table.horizontalHeader()
    table.model().sort(heads.sortIndicatorSection(), heads.sortIndicatorOrder())


def select_line(table: QTableView, line: int | None) -> None:
    """Selects a line, as the user would; nothing where there is none."""
    if line is not None:
        index = table.model().index(line, max(0, table.currentIndex().column()))
        table.setCurrentIndex(index)
        table.scrollTo(index)


def width_of(table: QTableView, title: str, texts: Iterable[str]) -> int:
    """The width that a column needs for its head, with the sign of its order, and for these texts."""
    metrics = table.fontMetrics()
    return max(metrics.horizontalAdvance(f"  {text}  ") for text in {f"{title}  ▾", *texts})


def _show_rows(table: QTableView, name: str) -> None:
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setAccessibleName(name)
    table.verticalHeader().hide()
    table.horizontalHeader().setStretchLastSection(True)
