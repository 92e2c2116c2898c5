"""The tiles as both sides read them, as a table that sorts and filters all of them at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt

from app.models.divergence_marks import different_font, different_ground
from app.models.divergence_reads import COLUMNS, LISTS, Column, TileReads
from app.models.headed_table import FLUSH_LEFT, FLUSH_RIGHT, Index, sortable
from app.models.sorted_tiles import SortedTiles

_WORDS = (Column.VARIES, Column.STATUS, *LISTS)


class TileReadTable(SortedTiles):
    """One row a tile, in any order, all of them or only those in which the sides differ."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__([sortable(each.title, each.value.meaning) for each in COLUMNS], parent)
        self._reads: TileReads | None = None

    def set_reads(self, reads: TileReads | None) -> None:
        """Shows other tiles; the order and the filter stay."""
        self.beginResetModel()
        self._reads = reads
        self.arrange()
        self.endResetModel()

    def set_only_differing(self, only: bool) -> None:
        """Leaves out tiles in which the sides agree, or not."""
        self.show_some(only)

    def tile_count(self) -> int:
        """As `SortedTiles` has it."""
        return 0 if self._reads is None else self._reads.count

    def tiles_that_matter(self) -> NDArray[np.int64]:
        """Those in which the sides differ."""
        return np.zeros(0, dtype=np.int64) if self._reads is None else self._reads.differing

    def keys(self, column: int) -> NDArray[np.float64] | NDArray[np.int64]:
        """As `SortedTiles` has it."""
        return (
            np.zeros(0, dtype=np.int64) if self._reads is None else self._reads.key(COLUMNS[column])
        )

    def next_differing(self, tile: int, forward: bool) -> int | None:
        """The next row, from that of a tile on, in which the sides differ, or the one before."""
        if self._reads is None:
            return None
        apart = self.rows_of(self._reads.differing)
        row = self.row_of(tile)
        here = -1 if row is None else row
        found = apart[apart > here] if forward else apart[apart < here][::-1]
        return int(found[0]) if len(found) else None

    # What Qt asks

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, mark, alignment and explanation of a cell."""
        if self._reads is None or not index.isValid():
            return None
        column, tile = COLUMNS[index.column()], self.tile_of(index.row())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._reads.text(column, tile)
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(index.column())
            case Qt.ItemDataRole.ToolTipRole:
                return self._reads.tip(column, tile)
            case Qt.ItemDataRole.BackgroundRole if self._reads.differs(column, tile):
                return different_ground()
            case Qt.ItemDataRole.FontRole if self._reads.differs(column, tile):
                return different_font()
        return None

    def alignment(self, column: int) -> int:
        """Numbers stand on the right."""
        return FLUSH_LEFT if COLUMNS[column] in _WORDS else FLUSH_RIGHT

    def widest_texts(self) -> list[str]:
        """For each column a text about as wide as its widest: of its largest and of a differing row."""
        reads = self._reads
        if reads is None or not reads.count:
            return [column.title for column in COLUMNS]
        return [max((f"{c.title}  ▾", *_samples(reads, c)), key=len) for c in COLUMNS]


SAMPLED = 64
"""Differing tiles whose texts are looked at for the width of a column."""


def _samples(reads: TileReads, column: Column) -> list[str]:
    """Some texts of a column, the longest most likely among them."""
    tiles = {int(np.argmax(reads.key(column))), *reads.differing[:SAMPLED].tolist()}
    return [reads.text(column, tile) for tile in tiles]
