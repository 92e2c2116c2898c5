"""Decode and encode beside each other: a row a symbol, what the one does and what the other undoes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt

from app import theme
from app.debug_standing import Standing
from app.models.headed_table import FLUSH_RIGHT, NO_PARENT, HeadedTable, Heading, Index
from codec.problems import Severity
from codec.stepping.walk import Direction


@dataclass(frozen=True)
class Column(Heading):
    """A column of both.

    Attributes:
        side: whose step it tells of; None for what belongs to both.
        name: column of that side's trace.
        equals: column of the other side's trace that it must be equal to; "" for none.
    """

    side: Direction | None
    name: str
    equals: str = ""


DECODE, ENCODE = Direction.DECODE, Direction.ENCODE

COLUMNS = (
    Column("symbol at", "The symbol's place in the tile, row by row.", None, "symbol_index"),
    Column("symbol", "The symbol.", None, "symbol"),
    Column("decode step", "Number of the step that decodes it.", DECODE, "step"),
    Column("x before", "The decoder's state before.", DECODE, "state_before", "state_after"),
    Column("x after", "The decoder's state after.", DECODE, "state_after", "state_before"),
    Column("taken", "Bytes that the decoder takes in.", DECODE, "bytes_read", "bytes_read"),
    Column("encode step", "Number of the step that encodes it.", ENCODE, "step"),
    Column("x after", "The encoder's state after: the decoder's before.", ENCODE, "state_after", "state_before"),
    Column("x before", "The encoder's state before: the decoder's after.", ENCODE, "state_before", "state_after"),
    Column("moved out", "Bytes that the encoder moves out.", ENCODE, "bytes_read", "bytes_read"),
)  # fmt: skip


class MirrorTable(HeadedTable):
    """The steps that both sides know, in the decoder's order, so that encoding goes up."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent)
        self._sides: dict[Direction, Standing] = {}
        self._first = self._last = self._count = 0

    def show(self, one: Standing | None, other: Standing | None) -> bool:
        """Shows the steps around both places; or nothing. Returns whether they are others than before."""
        before = self._sides
        sides = (
            {} if one is None or other is None else {s.course.direction: s for s in (one, other)}
        )
        same = {k: s.stretch for k, s in sides.items()} == {k: s.stretch for k, s in before.items()}
        if same:
            self._sides = sides
            if self.rowCount():
                corner = self.index(self.rowCount() - 1, len(COLUMNS) - 1)
                self.dataChanged.emit(self.index(0, 0), corner)
                self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, self.rowCount() - 1)
            return False
        self.beginResetModel()
        self._sides = sides
        self._first = self._last = 0
        if sides:
            decode, encode = sides[DECODE], sides[ENCODE]
            self._count = decode.tensor.symbol_count(decode.course.tile)
            self._first = max(decode.stretch.first, self._count - encode.stretch.last)
            self._last = min(decode.stretch.last, self._count - encode.stretch.first)
        self.endResetModel()
        return True

    @property
    def cursor(self) -> int | None:
        """The row of the decoder's next step, which may lie behind the last row."""
        return self._sides[DECODE].step - self._first if self._sides else None

    def symbol(self, row: int) -> int:
        """The symbol of a row, by its place in the tile."""
        return self._number(COLUMNS[0], row)

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Steps that both know."""
        return 0 if parent.isValid() else max(self._last - self._first, 0)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text, and whether it mirrors the other side's."""
        if not index.isValid() or not self._sides:
            return None
        column, row = COLUMNS[index.column()], index.row()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{self._number(column, row):,}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return FLUSH_RIGHT
            case Qt.ItemDataRole.ForegroundRole if not self.mirrors(row, column):
                return theme.current().severities[Severity.ERROR]
            case Qt.ItemDataRole.BackgroundRole if row == self._next_row(column):
                colours = theme.current()
                return theme.blend(colours.accent, colours.background, 0.22)
            case Qt.ItemDataRole.ToolTipRole:
                wrong = "" if self.mirrors(row, column) else " The other side has another."
                return column.meaning + wrong
        return None

    def row_heading(self, row: int, role: int) -> Any:
        """Whose step comes next: ▼ the decoder's, ▲ the encoder's."""
        if self.cursor is None or row not in (self.cursor, self.cursor - 1):
            return None
        decodes = row == self.cursor
        if role == Qt.ItemDataRole.DisplayRole:
            return "▼" if decodes else "▲"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"The {'decoder' if decodes else 'encoder'}'s next step."
        return None

    def mirrors(self, row: int, column: Column) -> bool:
        """Whether a cell equals what it must equal on the other side."""
        if not column.equals or column.side is None:
            return True
        other = ENCODE if column.side is DECODE else DECODE
        return self._number(column, row) == self._value(other, column.equals, row)

    def widest_texts(self) -> list[str]:
        """For each column a text that is as wide as its widest."""
        rows = {0, self.rowCount() - 1} if self.rowCount() else set()
        return [
            max((c.title, *(f"{self._number(c, row):,}" for row in rows), _least(c)), key=len)
            for c in COLUMNS
        ]

    def _next_row(self, column: Column) -> int | None:
        """The row of the next step of a column's side."""
        if self.cursor is None or column.side is None:
            return None
        return self.cursor if column.side is DECODE else self.cursor - 1

    def _number(self, column: Column, row: int) -> int:
        return self._value(column.side or DECODE, column.name, row)

    def _value(self, side: Direction, name: str, row: int) -> int:
        stretch = self._sides[side].stretch
        step = self._first + row
        number = step if side is DECODE else self._count - 1 - step
        return int(stretch.trace[name][number - stretch.first])


def _least(column: Column) -> str:
    """Room that states always get, so that columns keep their width."""
    return "4,294,967,295" if column.name.startswith("state") else ""
