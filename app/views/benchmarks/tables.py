"""The tables of benchmarks: whole rows, sorted by a click on a head, columns as wide as what stands in them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QTableView

from app.models.sorting_table import SortingTable
from app.row_table import dress_sorted, width_of


def sorted_table(model: SortingTable, name: str, in_sight: int = 0) -> FittedTable:
    """A table view of such a model: whole rows, one at a time, sorted by a click on a head.

    Args:
        model: its rows.
        name: what it is called.
        in_sight: columns from the left that are to be in sight where the first, of names, can give way for them.
    """
    table = FittedTable()
    table.in_sight = in_sight
    dress_sorted(table, model, name, name)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names often differ at their ends
    return table


MEASURED_ROWS = 60
"""Of a long table, so many first rows say how wide its columns are."""

WIDEST = 36
"""Characters that a column is wide at most."""


WIDEST_NAME = 72
"""The same of names that give way for numbers."""

LEAST_NAME = 14
"""Characters of the first column that stay, however many others are to be in sight beside it."""


class FittedTable(QTableView):
    """A table whose first column, of names, gives way so that the numbers beside it are in sight.

    Attributes:
        in_sight: columns from the left that are to be; 0 where none gives way.
    """

    def __init__(self) -> None:
        super().__init__()
        self.in_sight = 0
        self._whole = 0

    def set_widths(self, widths: Sequence[int]) -> None:
        """Gives columns the widths that they need, the last taking the rest."""
        for place, width in enumerate(widths):
            self.setColumnWidth(place, width)
        self._whole = widths[0] if widths else 0
        self.fit_names()

    def fit_names(self) -> None:
        """Gives the first column what the others leave, and no more than it needs."""
        if not self.in_sight or not self._whole:
            return
        others = sum(self.columnWidth(place) for place in range(1, self.in_sight))
        least = min(self._whole, LEAST_NAME * self.fontMetrics().averageCharWidth())
        width = min(self._whole, max(self.viewport().width() - others, least))
        if width != self.columnWidth(0):
            self.setColumnWidth(0, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits the names to the new width."""
        super().resizeEvent(event)
        self.fit_names()


def fit_columns(table: FittedTable) -> None:
    """Makes columns as wide as what stands in them; the first gives way for the others, the last takes the rest."""
    model = table.model()
    assert isinstance(model, SortingTable)
    rows = [model.row_at(line) for line in range(min(model.rowCount(), MEASURED_ROWS))]
    line = table.fontMetrics().averageCharWidth()
    widths: list[int] = []
    for column in model.columns[:-1]:
        width = width_of(table, column.title, (column.text(row) for row in rows))
        first_gives_way = table.in_sight and not widths
        widths.append(min(width, line * (WIDEST_NAME if first_gives_way else WIDEST)))
    table.set_widths(widths)
