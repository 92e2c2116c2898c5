"""All commands and their keys as a table for Qt: what the user changed of them stands out."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, QSortFilterProxyModel, Qt
from PySide6.QtGui import QFont

from app.commands import COMMANDS, Command
from app.models.headed_table import NO_PARENT, HeadedTable, Heading, Index
from app.shortcuts import keymap
from app.shortcuts.keys import native


class Column(IntEnum):
    """What a column shows of a command."""

    TITLE = 0
    KEYS = 1
    DEFAULT = 2
    MENU = 3


_HEADINGS = (
    Heading("Command", "What it is called in its menu."),
    Heading("Keys", "The keys that call it; bold where you have changed them."),
    Heading("At first", "The keys that it has unless you change them."),
    Heading("Menu", "The menu that it stands in."),
)
"""In the order of the columns."""


class KeyTable(HeadedTable):
    """One row for each command, in the order of the menus."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_HEADINGS, parent)
        keymap.changed.connect(self._on_change)

    def command(self, row: int) -> Command:
        """The command of a row."""
        return COMMANDS[row]

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """All commands."""
        return 0 if parent.isValid() else len(COMMANDS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, weight and explanation of a cell."""
        if not index.isValid():
            return None
        command, column = COMMANDS[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(command, column)
            case Qt.ItemDataRole.ToolTipRole:
                return command.tooltip
            case Qt.ItemDataRole.FontRole if keymap.is_changed(command.name):
                font = QFont()
                font.setBold(column is Column.KEYS)
                return font
        return None

    def _on_change(self) -> None:
        last = self.index(len(COMMANDS) - 1, len(Column) - 1)
        self.dataChanged.emit(self.index(0, 0), last)


class KeyFilter(QSortFilterProxyModel):
    """The rows that hold all of some words in any column."""

    def __init__(self, table: KeyTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: list[str] = []
        self.setSourceModel(table)

    def set_words(self, text: str) -> None:
        """Shows only rows that hold all of the words of `text`."""
        self._words = text.lower().split()
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """Whether a row holds the words."""
        texts = " ".join(_text(COMMANDS[source_row], column) for column in Column).lower()
        return all(word in texts for word in self._words)


def _text(command: Command, column: Column) -> str:
    match column:
        case Column.TITLE:
            return command.plain_title
        case Column.KEYS:
            return native(keymap.keys_of(command.name))
        case Column.DEFAULT:
            return native(command.shortcut)
        case Column.MENU:
            return command.menu_path
