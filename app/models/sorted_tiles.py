"""Tables with a row for each tile, in any order, all of them or only those that matter: what they have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt

from app.models.headed_table import NO_PARENT, HeadedTable, Heading, Index


class SortedTiles(HeadedTable):
    """One row a tile; a subclass says which tiles there are, by what they are ordered, and what is in a cell."""

    def __init__(self, headings: Iterable[Heading], parent: QObject | None = None) -> None:
        super().__init__(headings, parent)
        self._only_some = False
        self._sorted_by = 0
        self._order = Qt.SortOrder.AscendingOrder
        self._tiles: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._rows: NDArray[np.int64] = self._tiles

    @abstractmethod
    def tile_count(self) -> int:
        """How many tiles there are; 0 where nothing is shown."""

    @abstractmethod
    def tiles_that_matter(self) -> NDArray[np.int64]:
        """int64[any]: those that are left where others are filtered out; asked only where there are tiles."""

    @abstractmethod
    def keys(self, column: int) -> NDArray[np.float64] | NDArray[np.int64]:
        """[tiles]: by what tiles are ordered; what is not known is NaN, and comes last either way."""

    def show_some(self, only: bool) -> None:
        """Leaves out the tiles that do not matter, or not."""
        self.beginResetModel()
        self._only_some = only
        self.arrange()
        self.endResetModel()

    def tile_of(self, row: int) -> int:
        """The tile in a row."""
        return int(self._tiles[row])

    def row_of(self, tile: int) -> int | None:
        """The row of a tile; None where it is filtered out."""
        if not 0 <= tile < len(self._rows) or self._rows[tile] < 0:
            return None
        return int(self._rows[tile])

    def rows_of(self, tiles: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64[any]: the rows of those of the tiles that are shown, in order."""
        rows = np.sort(self._rows[tiles])
        return rows[rows >= 0]

    def arrange(self) -> None:
        """Puts the tiles that are shown in order."""
        count = self.tile_count()
        self._tiles = np.arange(count, dtype=np.int64)
        if count:
            tiles = self.tiles_that_matter() if self._only_some else self._tiles
            keys = self.keys(self._sorted_by)[tiles]
            descending = self._order == Qt.SortOrder.DescendingOrder
            self._tiles = tiles[np.argsort(-keys if descending else keys, kind="stable")]
        self._rows = np.full(count, -1, dtype=np.int64)
        self._rows[self._tiles] = np.arange(len(self._tiles), dtype=np.int64)

    # What Qt asks

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Tiles that are shown."""
        return 0 if parent.isValid() else len(self._tiles)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Orders the rows by a column; tiles with equal values by number."""
        if not 0 <= column < len(self.headings):
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        tiles = [self.tile_of(index.row()) for index in held]
        self._sorted_by, self._order = column, order
        self.arrange()
        places = zip(held, tiles, strict=True)
        moved = [self.index(int(self._rows[tile]), index.column()) for index, tile in places]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()
