"""The steps of a trace as a table, straight on its columns: a million rows cost no more than one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log2
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from app import theme
from app.models.headed_table import FLUSH_RIGHT, NO_PARENT, HeadedTable, Heading, Index
from codec.container import Tensor
from codec.interleaving import SINGLE
from codec.trace import Trace

NEXT = "▶"
"""Stands before the step that the debugger takes next."""


@dataclass(frozen=True)
class Column(Heading):
    """One column of the table.

    Attributes:
        text: the cell of a row.
    """

    text: Callable[[StepTable, int], str]


def _number(name: str) -> Callable[[StepTable, int], str]:
    """The cells of a trace's column, in decimal."""
    return lambda table, row: f"{table.number(name, row):,}"


COLUMNS: tuple[Column, ...] = (
    Column(
        "step",
        "Number of the step within the stream; ▶ marks the one before which the debugger stands.",
        lambda table, row: table.step_text(row),
    ),
    Column("lane", "The lane whose state it is.", _number("lane")),
    Column(
        "block",
        "The block of symbols that the lanes share out.",
        lambda table, row: f"{table.turn(row)[0]:,}",
    ),
    Column(
        "turn",
        "The step of the block: in each turn every lane decodes one symbol.",
        lambda table, row: f"{table.turn(row)[1]:,}",
    ),
    Column(
        "symbol at",
        "The symbol's place in the tile, row by row; ↵ marks the first of a row.",
        lambda table, row: table.place_text(row),
    ),
    Column("row", "The symbol's row in the tile.", lambda table, row: f"{table.place(row)[0]:,}"),
    Column(
        "col", "The symbol's column in the tile.", lambda table, row: f"{table.place(row)[1]:,}"
    ),
    Column("state before", "The state that the slot is taken from.", _number("state_before")),
    Column(
        "hex",
        "The state before, in hexadecimal: its lowest bits, as many as scale bits, are the slot.",
        lambda table, row: f"{table.number('state_before', row):08X}",
    ),
    Column("slot", "State before, modulo the number of slots.", _number("slot")),
    Column("symbol", "The slot's owner.", _number("symbol")),
    Column("freq", "Slots that the symbol owns.", _number("freq")),
    Column("start", "The symbol's first slot.", _number("start")),
    Column("state after", "The next state, renormalisation included.", _number("state_after")),
    Column(
        "bits",
        "Bits that the symbol cost: scale bits - log2(freq).",
        lambda table, row: table.bits_text(row),
    ),
    Column(
        "position",
        "File offset of the next unread byte before the step. The native layout takes words from there "
        "on, the legacy layouts bytes from there backwards.",
        _number("position"),
    ),
    Column("bytes", "Renormalisation bytes that the step took.", _number("bytes_read")),
)


class StepTable(HeadedTable):
    """The rows of a trace, all or some. It copies nothing and computes a cell when it is asked for it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent)
        self._trace: Trace | None = None
        self._rows: NDArray[np.int64] | None = None
        self._interleaving = SINGLE
        self._tile_cols = 1
        self._scale_bits = 0
        self._marked: int | None = None
        self._marked_row: int | None = None

    def show(
        self,
        trace: Trace | None,
        tensor: Tensor | None,
        tile: int | None,
        rows: NDArray[np.int64] | None = None,
    ) -> None:
        """Shows the trace of a tile, all of it or some of its rows, ascending; or nothing."""
        shown = trace if rows is None else rows
        # Qt lays out all rows anew where they are others, not where they only hold something else.
        same = shown is not None and len(shown) == self.rowCount() > 0
        if not same:
            self.beginResetModel()
        self._trace, self._rows = trace, rows
        if tensor is not None and tile is not None and not tensor.refusal:
            self._tile_cols = max(tensor.coded_shape(tile)[1], 1)
            self._scale_bits = tensor.coder.scale_bits
            self._interleaving = tensor.interleaving
        self._marked_row = self._row_of_step(self._marked)
        if same:
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        else:
            self.endResetModel()

    def mark_step(self, step: int | None) -> None:
        """Marks the step that the debugger takes next, or none."""
        self._marked = step
        before, self._marked_row = self._marked_row, self._row_of_step(step)
        if before != self._marked_row:
            for row in (before, self._marked_row):
                if row is not None:
                    self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def _row_of_step(self, step: int | None) -> int | None:
        if step is None or self._trace is None:
            return None
        trace_row = step - self._trace.first_step
        return self.row_of(trace_row) if 0 <= trace_row < len(self._trace) else None

    def step_text(self, row: int) -> str:
        """The number of the step; an arrow before it where the debugger stands."""
        step = self.number("step", row)
        return f"{NEXT} {step:,}" if row == self._marked_row else f"{step:,}"

    @property
    def trace(self) -> Trace | None:
        """The trace that is shown."""
        return self._trace

    def trace_row(self, row: int) -> int:
        """The row of the trace that a row of the table shows."""
        return row if self._rows is None else int(self._rows[row])

    def row_of(self, trace_row: int) -> int | None:
        """The row that shows a row of the trace; None where none does."""
        if self._rows is None:
            return trace_row
        row = int(np.searchsorted(self._rows, trace_row))
        return row if row < len(self._rows) and self._rows[row] == trace_row else None

    def number(self, name: str, row: int) -> int:
        """A value of the trace."""
        return 0 if self._trace is None else int(self._trace[name][self.trace_row(row)])

    def turn(self, row: int) -> tuple[int, int, int]:
        """Block, step of the block and lane of the symbol that the step decoded."""
        return self._interleaving.place_of(self.number("symbol_index", row))

    def place(self, row: int) -> tuple[int, int]:
        """Row and column, in the tile, of the symbol that the step decoded."""
        return divmod(self.number("symbol_index", row), self._tile_cols)

    def place_text(self, row: int) -> str:
        """The symbol's place in the tile."""
        mark = "↵ " if self.place(row)[1] == 0 else ""
        return f"{mark}{self.number('symbol_index', row):,}"

    def bits_text(self, row: int) -> str:
        """Bits that the step's symbol cost."""
        freq = self.number("freq", row)
        return f"{self._scale_bits - log2(freq):.3f}" if freq else "∞"

    def text(self, row: int, column: int) -> str:
        """A cell's text; see `app.plain_cells`."""
        return COLUMNS[column].text(self, row)

    def plain_text(self, row: int, column: int) -> str | None:
        """A cell's text, unless it is in the row where the debugger stands; see `app.plain_cells`."""
        return None if row == self._marked_row else COLUMNS[column].text(self, row)

    def plain_ground(self, _row: int) -> QColor | None:
        """That of the table; see `app.plain_cells`."""
        return None

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Steps in the trace."""
        if parent.isValid() or self._trace is None:
            return 0
        return len(self._trace) if self._rows is None else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text, alignment or explanation."""
        if not index.isValid():
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return COLUMNS[index.column()].text(self, index.row())
            case Qt.ItemDataRole.TextAlignmentRole:
                return FLUSH_RIGHT
            case Qt.ItemDataRole.ForegroundRole if index.row() == self._marked_row:
                return theme.current().stepping
            case Qt.ItemDataRole.ToolTipRole:
                return COLUMNS[index.column()].meaning
            case _:
                return None

    def widest_texts(self) -> list[str]:
        """For each column a text as wide as its widest, from the largest values: no row is walked."""
        if self._trace is None or not self.rowCount():
            return [column.title for column in COLUMNS]
        shown = slice(None) if self._rows is None else self._rows
        rows = {int(np.argmax(self._trace[name][shown])) for name in _WIDE_BY}
        rows.add(self.rowCount() - 1)
        found = [
            max((column.title, *(column.text(self, row) for row in rows)), key=len)
            for column in COLUMNS
        ]
        return [f"{NEXT} {found[0]}", *found[1:]]


def widest_of(tensor: Tensor, tile: int) -> list[str]:
    """For each column a text as wide as any of a tile's whole stream, so that columns keep their width."""
    rows, cols = tensor.coded_shape(tile)
    count, state = f"{tensor.symbol_count(tile):,}", f"{(1 << 32) - 1:,}"
    slots, end = f"{tensor.table.total:,}", int(tensor.tiles["offset"][tile])
    widest = {
        "step": count, "symbol at": f"↵ {count}", "row": f"{rows:,}", "col": f"{cols:,}",
        "lane": f"{tensor.interleaving.lanes:,}", "block": count, "turn": "9,999",
        "state before": state, "state after": state, "hex": "FFFFFFFF", "slot": slots,
        "freq": slots, "start": slots, "symbol": "255", "bits": "99.999",
        "position": f"{end + int(tensor.tiles['size'][tile]):,}",
    }  # fmt: skip
    return [max(widest.get(column.title, ""), column.title, key=len) for column in COLUMNS]


LANE_COLUMNS = tuple(
    number for number, column in enumerate(COLUMNS) if column.title in ("lane", "block", "turn")
)
"""Columns that tell nothing of a stream with one lane."""

_WIDE_BY = (
    "symbol_index",
    "state_before",
    "state_after",
    "slot",
    "start",
    "freq",
    "position",
    "lane",
)
"""Columns whose largest value makes some column of the table as wide as it gets."""


def next_row(rows: NDArray[np.int64], current: int, forward: bool) -> int | None:
    """The first of some rows, sorted, behind the current one, or the last before it; None if none."""
    if forward:
        place = int(np.searchsorted(rows, current, side="right"))
        return int(rows[place]) if place < len(rows) else None
    place = int(np.searchsorted(rows, current, side="left")) - 1
    return int(rows[place]) if place >= 0 else None
