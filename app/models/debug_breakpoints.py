"""The breakpoints of a file as a table that can be edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from app import theme
from app.breakpoints import concerns, place_of, why_wrong
from app.debugging import Debugging
from app.models.headed_table import FLUSH_RIGHT, NO_PARENT, HeadedTable, Heading, Index
from app.session.breakpoint import Breakpoint
from codec.container import Tensor
from codec.problems import Severity

COLUMNS: dict[str, str] = {
    "condition": "Where it stops a run; switched on by the check box. Edit it with F2 or a double click.",
    "where": "The stream that it is about.",
    "stops": "How often it has stopped a run since the file was opened.",
    "note": "Your words about it. Edit it with F2 or a double click.",
}
"""What the columns are called and what they hold."""

NAMES = tuple(COLUMNS)
CONDITION, WHERE, STOPS, NOTE = range(4)


class BreakpointTable(HeadedTable):
    """A row a breakpoint; what is edited becomes a step of undo."""

    refused = Signal(str)
    """Carries why a condition was not taken, as a sentence."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__([Heading(*column) for column in COLUMNS.items()], parent)
        self._debugging: Debugging | None = None
        self._rows: tuple[Breakpoint, ...] = ()

    def show(self, debugging: Debugging | None) -> None:
        """Shows the breakpoints of a file as they are now; or none."""
        rows = () if debugging is None else debugging.breakpoints.all
        same = len(rows) == len(self._rows)
        if not same:
            self.beginResetModel()
        self._debugging, self._rows = debugging, rows
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(NAMES) - 1))

    def breakpoint_at(self, row: int) -> Breakpoint:
        """The breakpoint of a row."""
        return self._rows[row]

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Breakpoints."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """What can be edited and ticked."""
        flags = super().flags(index)
        if index.column() in (CONDITION, NOTE):
            flags |= Qt.ItemFlag.ItemIsEditable
        if index.column() == CONDITION:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        if not index.isValid() or self._debugging is None:
            return None
        each, column = self._rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return self._text(each, column)
            case Qt.ItemDataRole.CheckStateRole if column == CONDITION:
                return Qt.CheckState.Checked if each.enabled else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ForegroundRole:
                return self._ink(each)
            case Qt.ItemDataRole.ToolTipRole:
                return why_wrong(each) or COLUMNS[NAMES[column]]
            case Qt.ItemDataRole.TextAlignmentRole if column == STOPS:
                return FLUSH_RIGHT
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Takes what was edited; a condition that does not parse is refused."""
        debugging, row = self._debugging, index.row()
        if debugging is None or not index.isValid() or row >= len(debugging.breakpoints.all):
            return False
        each = debugging.breakpoints.all[row]
        if role == Qt.ItemDataRole.CheckStateRole:
            debugging.breakpoints.enable([row], Qt.CheckState(value) is Qt.CheckState.Checked)
        elif index.column() == NOTE:
            debugging.breakpoints.replace(row, replace(each, note=str(value)), "Note a breakpoint")
        elif reason := why_wrong(replace(each, condition=str(value))):
            self.refused.emit(reason)
            return False
        else:
            debugging.breakpoints.replace(row, replace(each, condition=str(value).strip()))
        return True

    def _text(self, each: Breakpoint, column: int) -> str:
        if self._debugging is None:
            return ""
        hits = self._debugging.hits.get(place_of(each), 0)
        return (each.condition, scope_words(each, self._debugging.tensors), f"{hits:,}", each.note)[
            column
        ]

    def _ink(self, each: Breakpoint) -> Any:
        """Errors in red, and dim what does not concern the stream that is stepped through."""
        colours = theme.current()
        if why_wrong(each):
            return colours.severities[Severity.ERROR]
        place = None if self._debugging is None else self._debugging.place
        elsewhere = place is not None and not concerns(each, place.course)
        return colours.dim if elsewhere or not each.enabled else None


def scope_words(each: Breakpoint, tensors: Sequence[Tensor]) -> str:
    """Which streams of a file a breakpoint is about."""
    if each.tensor is None and each.tile is None:
        return "all tiles"
    tile = "all tiles" if each.tile is None else f"tile {each.tile:,}"
    if each.tensor is None or (each.tensor == 0 and len(tensors) == 1):
        return tile
    known = each.tensor < len(tensors)
    return f"{tensors[each.tensor].name if known else f'tensor {each.tensor:,}'}, {tile}"
