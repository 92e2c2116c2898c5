"""A list of what two files differ in, as a table: what is listed, `divergence_files` says."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt

from app.models.divergence_files import NOTHING, Listing
from app.models.divergence_marks import different_font, different_ground
from app.models.headed_table import FLUSH_LEFT, FLUSH_RIGHT, NO_PARENT, HeadedTable, Heading, Index


class ListingTable(HeadedTable):
    """The rows of a list."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), parent)
        self.listing: Listing = NOTHING

    def show(self, listing: Listing) -> None:
        """Shows another list."""
        self.beginResetModel()
        self.listing = listing
        self.headings = tuple(Heading(*column) for column in listing.columns)
        self.endResetModel()

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Rows of the list."""
        return 0 if parent.isValid() else self.listing.count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, mark, alignment and explanation of a cell."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return self.listing.text(row, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(column)
            case Qt.ItemDataRole.BackgroundRole if self.listing.differs(row, column):
                return different_ground()
            case Qt.ItemDataRole.FontRole if self.listing.differs(row, column):
                return different_font()
        return None

    def alignment(self, column: int) -> int:
        """Numbers stand on the right."""
        return FLUSH_RIGHT if column in self.listing.numbers else FLUSH_LEFT

    def row_heading(self, row: int, role: int) -> Any:
        """As the list has it, where it has any."""
        known = role == Qt.ItemDataRole.DisplayRole and row < len(self.listing.heads)
        return self.listing.heads[row] if known else None
