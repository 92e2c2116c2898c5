"""What the tables of the app answer alike when Qt asks: how many columns there are, their titles, what they hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
NO_PARENT = QModelIndex()

FLUSH_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
FLUSH_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
"""How numbers and words are aligned."""


@dataclass(frozen=True)
class Heading:
    """The head of a column.

    Attributes:
        title: what it is called.
        meaning: what it holds, in one sentence.
    """

    title: str
    meaning: str


def sortable(title: str, meaning: str, unit: str = "") -> Heading:
    """The head of a column that rows are sorted by with a click; `unit` is of its numbers."""
    measured = f" In {unit}." if unit else ""
    return Heading(title, f"{meaning}{measured} Click to sort.")


class HeadedTable(QAbstractTableModel):
    """A table whose columns have heads; a subclass says what its rows and cells are.

    Attributes:
        headings: from left to right.
    """

    def __init__(self, headings: Iterable[Heading], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.headings = tuple(headings)

    def alignment(self, column: int) -> int | None:
        """How a column's title stands; None for as the header has it."""
        return None

    def row_heading(self, row: int, role: int) -> Any:
        """What stands before a row, or is said of it there; None for nothing."""
        return None

    # What Qt asks

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        """As many as there are heads."""
        return 0 if parent.isValid() else len(self.headings)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The title of a column, what it holds, and how the title is aligned; or what stands before a row."""
        if orientation == Qt.Orientation.Vertical:
            return self.row_heading(section, role)
        if not 0 <= section < len(self.headings):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.headings[section].title
            case Qt.ItemDataRole.ToolTipRole:
                return self.headings[section].meaning
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(section)
        return None
