"""A list of what two files differ in, as a table: what is listed, `divergence_files` says."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.models.divergence_files import NOTHING, Listing
from app.models.divergence_marks import different_font, different_ground

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class ListingTable(QAbstractTableModel):
    """The rows of a list."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.listing: Listing = NOTHING

    def show(self, listing: Listing) -> None:
        """Shows another list."""
        self.beginResetModel()
        self.listing = listing
        self.endResetModel()

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Rows of the list."""
        return 0 if parent.isValid() else self.listing.count

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        """Columns of the list."""
        return 0 if parent.isValid() else len(self.listing.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, mark, alignment and explanation of a cell."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return self.listing.text(row, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column in self.listing.numbers else _LEFT
            case Qt.ItemDataRole.BackgroundRole if self.listing.differs(row, column):
                return different_ground()
            case Qt.ItemDataRole.FontRole if self.listing.differs(row, column):
                return different_font()
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """A column's title and explanation; of a row, its head."""
        if orientation is Qt.Orientation.Vertical:
            known = role == Qt.ItemDataRole.DisplayRole and section < len(self.listing.heads)
            return self.listing.heads[section] if known else None
        if section >= len(self.listing.columns):
            return None
        title, meaning = self.listing.columns[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return title
            case Qt.ItemDataRole.ToolTipRole:
                return meaning
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if section in self.listing.numbers else _LEFT
        return None
