"""The tiles as both sides read them, as a table that sorts and filters all of them at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.models.divergence_marks import different_font, different_ground
from app.models.divergence_reads import COLUMNS, LISTS, Column, TileReads

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_WORDS = (Column.VARIES, Column.STATUS, *LISTS)


class TileReadTable(QAbstractTableModel):
    """One row a tile, in any order, all of them or only those in which the sides differ."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reads: TileReads | None = None
        self._only_differing = False
        self._sorted_by = Column.TILE
        self._order = Qt.SortOrder.AscendingOrder
        self._tiles: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._rows: NDArray[np.int64] = self._tiles

    def set_reads(self, reads: TileReads | None) -> None:
        """Shows other tiles; the order and the filter stay."""
        self.beginResetModel()
        self._reads = reads
        self._arrange()
        self.endResetModel()

    def set_only_differing(self, only: bool) -> None:
        """Leaves out tiles in which the sides agree, or not."""
        self.beginResetModel()
        self._only_differing = only
        self._arrange()
        self.endResetModel()

    def tile_of(self, row: int) -> int:
        """The tile in a row."""
        return int(self._tiles[row])

    def row_of(self, tile: int) -> int | None:
        """The row of a tile; None where it is filtered out."""
        if not 0 <= tile < len(self._rows) or self._rows[tile] < 0:
            return None
        return int(self._rows[tile])

    def next_differing(self, tile: int, forward: bool) -> int | None:
        """The next row, from that of a tile on, in which the sides differ, or the one before."""
        if self._reads is None:
            return None
        apart = np.sort(self._rows[self._reads.differing])
        apart = apart[apart >= 0]
        row = self.row_of(tile)
        here = -1 if row is None else row
        found = apart[apart > here] if forward else apart[apart < here][::-1]
        return int(found[0]) if len(found) else None

    def _arrange(self) -> None:
        """Puts the tiles that are shown in order."""
        reads = self._reads
        count = 0 if reads is None else reads.count
        self._tiles = np.arange(count, dtype=np.int64)
        if reads is not None:
            tiles = reads.differing if self._only_differing else self._tiles
            keys = reads.key(self._sorted_by)[tiles]
            descending = self._order == Qt.SortOrder.DescendingOrder
            self._tiles = tiles[np.argsort(-keys if descending else keys, kind="stable")]
        self._rows = np.full(count, -1, dtype=np.int64)
        self._rows[self._tiles] = np.arange(len(self._tiles), dtype=np.int64)

    # What Qt asks

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Tiles that are shown."""
        return 0 if parent.isValid() else len(self._tiles)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        """Always the same."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, mark, alignment and explanation of a cell."""
        if self._reads is None or not index.isValid():
            return None
        column, tile = COLUMNS[index.column()], self.tile_of(index.row())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._reads.text(column, tile)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _LEFT if column in _WORDS else _RIGHT
            case Qt.ItemDataRole.ToolTipRole:
                return self._reads.tip(column, tile)
            case Qt.ItemDataRole.BackgroundRole if self._reads.differs(column, tile):
                return different_ground()
            case Qt.ItemDataRole.FontRole if self._reads.differs(column, tile):
                return different_font()
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The title of a column, and what it means."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.title
            case Qt.ItemDataRole.ToolTipRole:
                return f"{column.value.meaning} Click to sort."
            case Qt.ItemDataRole.TextAlignmentRole:
                return _LEFT if column in _WORDS else _RIGHT
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Orders the rows by a column; tiles with equal values by number."""
        if not 0 <= column < len(COLUMNS):
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        tiles = [self.tile_of(index.row()) for index in held]
        self._sorted_by, self._order = COLUMNS[column], order
        self._arrange()
        places = zip(held, tiles, strict=True)
        moved = [self.index(int(self._rows[tile]), index.column()) for index, tile in places]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

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
