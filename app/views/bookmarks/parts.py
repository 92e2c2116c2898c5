"""What the panel of bookmarks is put together from."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.models.bookmark_table import BookmarkTable, Column
from app.row_table import dress_rows
from app.shortcuts import keymap
from app.shortcuts.keys import native

WIDTHS = {Column.PLACE: 20, Column.NOTE: 26, Column.WHERE: 40}
"""First widths of the columns, in digits."""


def none_yet() -> str:
    """That there is no bookmark, and how there will be one."""
    keys = native(keymap.keys_of("bookmark.add"))
    how = f"press {keys}" if keys else "choose Bookmark"
    return f"No place is bookmarked yet: select one and {how}."


def stack(*parts: QWidget) -> QWidget:
    """Some widgets, one below the other."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    for part in parts:
        column.addWidget(part)
    return whole


def filter_line() -> QLineEdit:
    """The field that filters the bookmarks."""
    line = QLineEdit()
    line.setPlaceholderText("Filter: words")
    line.setToolTip(
        "Show only bookmarks that hold all of these words in their place or note; Return goes to the first"
    )
    line.setClearButtonEnabled(True)
    return line


class _Table(QTableView):
    """A table that can be made so low that one row is left."""

    def minimumSizeHint(self) -> QSize:
        """The header, a row and the scroll bar: Qt's own is twice as high."""
        header, bar = self.horizontalHeader().sizeHint(), self.horizontalScrollBar().sizeHint()
        height = header.height() + self.verticalHeader().defaultSectionSize() + bar.height()
        return QSize(super().minimumSizeHint().width(), height + 2 * self.frameWidth())


def table_of(model: BookmarkTable) -> QTableView:
    """The table of the bookmarks."""
    table = _Table()
    table.setModel(model)
    table.setSortingEnabled(True)
    table.sortByColumn(
        -1, Qt.SortOrder.AscendingOrder
    )  # as they were made, until a column is chosen
    dress_rows(table, "Bookmarks")
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    digit = table.fontMetrics().horizontalAdvance("0")
    for column, digits in WIDTHS.items():
        table.setColumnWidth(column, digits * digit)
    return table
