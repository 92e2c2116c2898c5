"""Two frequency tables beside each other, symbol by symbol: what each side decoded with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt

from app.models.divergence_marks import different_font, different_ground
from app.models.divergence_pairs import LEFT, RIGHT
from app.models.headed_table import FLUSH_RIGHT, NO_PARENT, HeadedTable, Heading, Index

Table = NDArray[np.int64]
"""int64[2, 256]: the frequency and the first slot of each symbol."""

FREQUENCY, START = 0, 1

COLUMNS = (
    Heading("Symbol", "The symbol, 0 to 255."),
    Heading("Freq left", "Slots that the symbol owns, by the left side."),
    Heading("Freq right", "Slots that the symbol owns, by the right side."),
    Heading("Start left", "The symbol's first slot, by the left side."),
    Heading("Start right", "The symbol's first slot, by the right side."),
)


class FrequencyPairTable(HeadedTable):
    """One row a symbol, all of them or only those in which the sides differ."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent)
        self._tables: tuple[Table, Table] | None = None
        self._only_differing = False
        self._symbols: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def set_tables(self, left: Table | None, right: Table | None) -> None:
        """Shows two tables; nothing where a side has not told its own."""
        self.beginResetModel()
        self._tables = None if left is None or right is None else (left, right)
        self._choose()
        self.endResetModel()

    def set_only_differing(self, only: bool) -> None:
        """Leaves out symbols in which the sides agree, or not."""
        self.beginResetModel()
        self._only_differing = only
        self._choose()
        self.endResetModel()

    def _choose(self) -> None:
        count = 0 if self._tables is None else self._tables[LEFT].shape[1]
        everything = np.arange(count, dtype=np.int64)
        self._symbols = self.differing if self._only_differing else everything

    @property
    def differing(self) -> NDArray[np.int64]:
        """The symbols in whose frequency or first slot the sides differ."""
        if self._tables is None:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero((self._tables[LEFT] != self._tables[RIGHT]).any(axis=0))

    def differing_rows(self) -> NDArray[np.int64]:
        """The rows of the symbols in which the sides differ, ascending."""
        return np.flatnonzero(np.isin(self._symbols, self.differing))

    def totals(self) -> tuple[int, int]:
        """What the frequencies of both sides sum to."""
        if self._tables is None:
            return 0, 0
        left, right = (int(table[FREQUENCY].sum()) for table in self._tables)
        return left, right

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Symbols that are shown."""
        return 0 if parent.isValid() else len(self._symbols)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, mark and alignment of a cell."""
        if self._tables is None or not index.isValid():
            return None
        symbol, column = int(self._symbols[index.row()]), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{self._number(self._tables, symbol, column):,}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return FLUSH_RIGHT
            case Qt.ItemDataRole.BackgroundRole if self._differs(self._tables, symbol, column):
                return different_ground()
            case Qt.ItemDataRole.FontRole if self._differs(self._tables, symbol, column):
                return different_font()
            case Qt.ItemDataRole.ToolTipRole:
                return COLUMNS[column].meaning
        return None

    def _number(self, tables: tuple[Table, Table], symbol: int, column: int) -> int:
        if not column:
            return symbol
        what, side = divmod(column - 1, len(tables))
        return int(tables[side][what, symbol])

    def _differs(self, tables: tuple[Table, Table], symbol: int, column: int) -> bool:
        what = (column - 1) // len(tables)
        return bool(column) and tables[LEFT][what, symbol] != tables[RIGHT][what, symbol]
