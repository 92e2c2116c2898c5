"""The tiles of a tensor as a table that sorts and filters tens of thousands of rows at once.

A proxy model would ask Python for every comparison; here an order is one `argsort` of a column.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.models.tile_measures import Measure, TileFacts

COLUMNS: tuple[Measure, ...] = tuple(Measure)
"""The measure in each column."""

_WORDS = (Measure.CODING, Measure.PREDICTOR, Measure.STATUS, Measure.PROBLEMS)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class TileTable(QAbstractTableModel):
    """One row a tile; rows are shown in any order, all of them or only those with problems."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._facts: TileFacts | None = None
        self._only_problems = False
        self._sorted_by = Measure.TILE
        self._order = Qt.SortOrder.AscendingOrder
        self._tiles: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._rows: NDArray[np.int64] = self._tiles

    def set_facts(self, facts: TileFacts | None) -> None:
        """Shows other tiles, or more about the same; the order and the filter stay."""
        self.beginResetModel()
        self._facts = facts
        self._arrange()
        self.endResetModel()

    def set_only_problems(self, only: bool) -> None:
        """Leaves out tiles without a problem, or not."""
        self.beginResetModel()
        self._only_problems = only
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

    def _arrange(self) -> None:
        """Puts the tiles that are shown in order; what is not known comes last either way."""
        facts = self._facts
        count = 0 if facts is None else facts.count
        if facts is None:
            self._tiles = np.zeros(0, dtype=np.int64)
        else:
            tiles = facts.troubled if self._only_problems else np.arange(count, dtype=np.int64)
            keys = facts.column(self._sorted_by)[tiles]
            descending = self._order == Qt.SortOrder.DescendingOrder
            self._tiles = tiles[np.argsort(-keys if descending else keys, kind="stable")]
        self._rows = np.full(count, -1, dtype=np.int64)
        self._rows[self._tiles] = np.arange(len(self._tiles), dtype=np.int64)

    # What Qt asks

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Tiles that are shown."""
        return 0 if parent.isValid() else len(self._tiles)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Measures of a tile."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell, and how it is aligned."""
        if self._facts is None or not index.isValid():
            return None
        measure = COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._facts.text(measure, self.tile_of(index.row()))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if measure in _WORDS else _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole and measure in _WORDS:
            return self._facts.text(measure, self.tile_of(index.row()))
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """The title of a column, and what it means."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        measure = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return measure.title
        if role == Qt.ItemDataRole.ToolTipRole:
            unit = f" In {measure.value.unit}." if measure.value.unit else ""
            return f"{measure.value.meaning}{unit} Click to sort."
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if measure in _WORDS else _RIGHT
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
