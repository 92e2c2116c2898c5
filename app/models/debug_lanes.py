"""The states of all lanes between two steps, as a table."""

from __future__ import annotations

from math import log2
from typing import Any

from PySide6.QtCore import QObject, Qt

from app import theme
from app.debug_standing import Standing
from app.models.headed_table import FLUSH_RIGHT, NO_PARENT, HeadedTable, Heading, Index
from codec.problems import Severity
from codec.stepping.walk import Moment

COLUMNS: dict[str, str] = {
    "lane": "The lane; the one that takes the next step is tinted.",
    "state": "Its state.",
    "hex": "Its state in hexadecimal.",
    "log2 x/L": "How far the state stands above L, in bits: from 0 to the bits of a word.",
}
"""What the columns are called and what they hold."""


class LaneTable(HeadedTable):
    """A row a lane."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__([Heading(*column) for column in COLUMNS.items()], parent)
        self._moment: Moment | None = None
        self._standing: Standing | None = None

    def show(self, standing: Standing | None) -> None:
        """Shows the lanes of a place, or none."""
        before = self.rowCount()
        moment = None if standing is None else standing.moment
        count = 0 if moment is None else len(moment.states)
        if count != before:
            self.beginResetModel()
        self._standing, self._moment = standing, moment
        if count != before:
            self.endResetModel()
        elif count:
            self.dataChanged.emit(self.index(0, 0), self.index(count - 1, len(COLUMNS) - 1))

    @property
    def next_lane(self) -> int | None:
        """The lane that takes the next step; None at the end."""
        if self._moment is None or self._standing is None or self._standing.row is None:
            return None
        return self._moment.lane

    def height_of(self, lane: int) -> float:
        """How far a lane's state stands above L, as a share of the whole band 0…1."""
        if self._moment is None or self._standing is None:
            return 0.0
        coder, state = self._standing.tensor.coder, self._moment.states[lane]
        bits = log2(state / coder.lower_bound) if state else 0.0
        return min(max(bits / coder.word_bits, 0.0), 1.0)

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Lanes."""
        return 0 if parent.isValid() or self._moment is None else len(self._moment.states)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        if not index.isValid() or self._moment is None or self._standing is None:
            return None
        lane, name = index.row(), tuple(COLUMNS)[index.column()]
        state, coder = self._moment.states[lane], self._standing.tensor.coder
        match role:
            case Qt.ItemDataRole.DisplayRole:
                bits = log2(state / coder.lower_bound) if state else float("-inf")
                texts = {"lane": f"{lane:,}", "state": f"{state:,}", "hex": f"{state:08X}"}
                return texts.get(name, f"{bits:.3f}")
            case Qt.ItemDataRole.TextAlignmentRole:
                return FLUSH_RIGHT
            case Qt.ItemDataRole.BackgroundRole if lane == self.next_lane:
                colours = theme.current()
                return theme.blend(colours.accent, colours.background, 0.22)
            case Qt.ItemDataRole.ForegroundRole if not (
                coder.lower_bound <= state < coder.upper_bound
            ):
                return theme.current().severities[Severity.ERROR]
            case Qt.ItemDataRole.ToolTipRole:
                return COLUMNS[name]
        return None
