"""A list of what two files differ in, in which a row can be chosen, and its bytes be gone to."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent

from app.models.divergence_file_table import ListingTable
from app.models.divergence_files import Listing
from app.models.step_table import next_row
from app.views.divergence.tables import PairTable

SAMPLED = 256
"""Rows whose texts are looked at for the width of a column."""

WIDEST = 40
"""Digits that a column is made wide at most; what is longer is in the tooltip of its cell."""


class DifferenceList(PairTable):
    """A list of what two files differ in."""

    entered_row = Signal(int)
    """Carries a row that was double-clicked, or on which Enter was pressed."""

    def __init__(self, name: str) -> None:
        self._table = ListingTable()
        super().__init__(self._table, name)
        self._table.setParent(self)
        self.verticalHeader().hide()
        self.setAlternatingRowColors(True)
        self.setToolTip(
            "Click to select it in the open file; Enter or a double click goes to its bytes."
        )
        self.doubleClicked.connect(lambda index: self.entered_row.emit(index.row()))

    @property
    def listing(self) -> Listing:
        """What is listed."""
        return self._table.listing

    def show_listing(self, listing: Listing) -> None:
        """Lists something else; chooses nothing."""
        with QSignalBlocker(self.selectionModel()):
            self._table.show(listing)
        rows = range(min(listing.count, SAMPLED))
        columns = range(len(listing.columns))
        self.fit_columns(
            [
                max((listing.text(row, c)[:WIDEST] for row in rows), key=len, default="")
                for c in columns
            ]
        )

    def run(self, forward: bool) -> None:
        """Goes to the next row that differs in some cell, or the one before."""
        found = next_row(self.listing.apart, self.currentIndex().row(), forward)
        if found is not None:
            self.show_row(found)
            self.chosen.emit(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the bytes of the current row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.entered_row.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)
