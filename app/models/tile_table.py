"""The tiles of a tensor as a table that sorts and filters tens of thousands of rows at once.

A proxy model would ask Python for every comparison; here an order is one `argsort` of a column.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt

from app.models.headed_table import FLUSH_LEFT, FLUSH_RIGHT, Index, sortable
from app.models.sorted_tiles import SortedTiles
from app.models.tile_measures import Measure, TileFacts

COLUMNS: tuple[Measure, ...] = tuple(Measure)
"""The measure in each column."""

_WORDS = (Measure.CODING, Measure.PREDICTOR, Measure.STATUS, Measure.PROBLEMS)


class TileTable(SortedTiles):
    """One row a tile; rows are shown in any order, all of them or only those with problems."""

    def __init__(self, parent: QObject | None = None) -> None:
        heads = [(each.title, each.value) for each in COLUMNS]
        super().__init__([sortable(title, of.meaning, of.unit) for title, of in heads], parent)
        self._facts: TileFacts | None = None

    def set_facts(self, facts: TileFacts | None) -> None:
        """Shows other tiles, or more about the same; the order and the filter stay."""
        self.beginResetModel()
        self._facts = facts
        self.arrange()
        self.endResetModel()

    def set_only_problems(self, only: bool) -> None:
        """Leaves out tiles without a problem, or not."""
        self.show_some(only)

    def tile_count(self) -> int:
        """As `SortedTiles` has it."""
        return 0 if self._facts is None else self._facts.count

    def tiles_that_matter(self) -> NDArray[np.int64]:
        """Those with problems."""
        return np.zeros(0, dtype=np.int64) if self._facts is None else self._facts.troubled

    def keys(self, column: int) -> NDArray[np.float64] | NDArray[np.int64]:
        """As `SortedTiles` has it."""
        return (
            np.zeros(0, dtype=np.int64)
            if self._facts is None
            else self._facts.column(COLUMNS[column])
        )

    # What Qt asks

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell, and how it is aligned."""
        if self._facts is None or not index.isValid():
            return None
        measure = COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._facts.text(measure, self.tile_of(index.row()))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(index.column())
        if role == Qt.ItemDataRole.ToolTipRole and measure in _WORDS:
            return self._facts.text(measure, self.tile_of(index.row()))
        return None

    def alignment(self, column: int) -> int:
        """Numbers stand on the right."""
        return FLUSH_LEFT if COLUMNS[column] in _WORDS else FLUSH_RIGHT
