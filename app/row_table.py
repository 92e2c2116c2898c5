"""How the tables look whose rows are things with words: problems, bookmarks, commands and their keys."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractItemView, QTableView


def dress_rows(table: QTableView, name: str) -> None:
    """Has a table show whole rows, every other one on another ground; `name` is for those who do not see it."""
    table.setAlternatingRowColors(True)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setAccessibleName(name)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 6)
    table.horizontalHeader().setStretchLastSection(True)
