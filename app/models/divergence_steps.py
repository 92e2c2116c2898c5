"""The steps of two traces as one table, left and right above each other, straight on the arrays of both."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Qt

from app import theme
from app.models.divergence_marks import UNKNOWN, different_font, different_ground
from app.models.divergence_pairs import LEFT, RIGHT, SIDE_NAMES, StepPairs
from app.models.headed_table import FLUSH_RIGHT, NO_PARENT, HeadedTable, Heading, Index

SIDES = 2
"""Rows of a step."""

COLUMNS: dict[str, Heading] = {
    "stream": Heading("stream", "Number of the stream within the tile."),
    "lane": Heading("lane", "The lane whose state it is."),
    "symbol_index": Heading("symbol at", "The symbol's place in the tile, row by row."),
    "state_before": Heading("state before", "The state that the slot is taken from."),
    "slot": Heading("slot", "State before, modulo the number of slots."),
    "symbol": Heading("symbol", "The slot's owner."),
    "freq": Heading("freq", "Slots that the symbol owns."),
    "start": Heading("start", "The symbol's first slot."),
    "state_after": Heading("state after", "The next state, renormalisation included."),
    "position": Heading("position", "File offset of the next unread byte before the step."),
    "bytes_read": Heading("bytes", "Renormalisation bytes that the step took."),
}
"""Columns of a trace: what each is called and what it means. Side and step stand at the head of a row."""

NAMES = tuple(COLUMNS)

STATES = ("state_before", "state_after")
"""Columns that are easier to compare in hexadecimal: their tooltips have it."""


class StepPairTable(HeadedTable):
    """Two rows a step, of all steps or of a single one. A cell is computed when it is asked for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS.values(), parent)
        self._pairs: StepPairs | None = None
        self._first = 0
        self._count = 0

    def show(self, pairs: StepPairs | None, only: int | None = None) -> None:
        """Shows the steps of two traces, or only one pair of them; or nothing."""
        self.beginResetModel()
        self._pairs = pairs
        self._first = 0 if only is None else only
        self._count = (0 if pairs is None else len(pairs)) if only is None else 1
        self.endResetModel()

    @property
    def pairs(self) -> StepPairs | None:
        """The steps that are shown."""
        return self._pairs

    def pair_of(self, row: int) -> int:
        """The pair that a row belongs to."""
        return self._first + row // SIDES

    def side_of(self, row: int) -> int:
        """The side that a row belongs to."""
        return row % SIDES

    def row_of(self, pair: int, side: int) -> int:
        """The row of a side of a pair that is shown."""
        return (pair - self._first) * SIDES + side

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Two for each step."""
        return 0 if parent.isValid() else self._count * SIDES

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, mark, alignment and explanation of a cell."""
        if not index.isValid() or self._pairs is None:
            return None
        pair, side, name = self.pair_of(index.row()), index.row() % SIDES, NAMES[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(self._pairs, pair, side, name)
            case Qt.ItemDataRole.TextAlignmentRole:
                return FLUSH_RIGHT
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(self._pairs, pair, name)
            case Qt.ItemDataRole.BackgroundRole | Qt.ItemDataRole.FontRole:
                return self._mark(self._pairs, pair, name, role)
        return None

    def _text(self, pairs: StepPairs, pair: int, side: int, name: str) -> str:
        number = pairs.number(pair, side, name)
        return UNKNOWN if number is None else f"{number:,}"

    def _mark(self, pairs: StepPairs, pair: int, name: str, role: int) -> Any:
        """A ground and bold letters where the sides differ; every other step has a ground of its own."""
        font = role == Qt.ItemDataRole.FontRole
        if pairs.differs(pair, name):
            return different_font() if font else different_ground()
        if font or not pair % 2:
            return None
        colours = theme.current()
        return theme.blend(colours.window, colours.background, 0.5)

    def _tip(self, pairs: StepPairs, pair: int, name: str) -> str:
        meaning = COLUMNS[name].meaning
        if not pairs.differs(pair, name):
            return meaning
        left, right = (pairs.number(pair, side, name) or 0 for side in (LEFT, RIGHT))
        texts = [f"{n:,} = {n:08X}" if name in STATES else f"{n:,}" for n in (left, right)]
        return (
            f"{meaning}\nLeft {texts[LEFT]}, right {texts[RIGHT]}: right - left = {right - left:+,}"
        )

    def row_heading(self, row: int, role: int) -> str | None:
        """Its step and its side."""
        if role != Qt.ItemDataRole.DisplayRole or self._pairs is None:
            return None
        return f"{self._pairs.step(self.pair_of(row)):,} {SIDE_NAMES[self.side_of(row)]}"

    def widest_texts(self) -> list[str]:
        """For each column a text as wide as its widest: from the largest values, no row is walked."""
        return [max((COLUMNS[name].title, self._largest(name)), key=len) for name in NAMES]

    def _largest(self, name: str) -> str:
        if self._pairs is None or not len(self._pairs):
            return ""
        traces = [trace for trace in self._pairs.traces if len(trace)]
        return f"{max(int(np.max(trace[name])) for trace in traces):,}"
