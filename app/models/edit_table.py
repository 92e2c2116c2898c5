"""The edits of a file as a table whose rows can be switched on and off."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt

from app import theme
from app.editing import Editing
from app.models.headed_table import FLUSH_LEFT, FLUSH_RIGHT, NO_PARENT, HeadedTable, Heading, Index
from codec.edits.byte_edits import both_shown
from codec.edits.edit import Edit


class Column(IntEnum):
    """What a column shows of an edit."""

    TITLE = 0
    OFFSET = 1
    SIZE = 2
    BEFORE = 3
    AFTER = 4
    REMARK = 5


_HEADINGS = (
    Heading("Edit", "What it changes; the check box says whether it is in force."),
    Heading("Offset", "First byte, counted from the start of the file."),
    Heading("Size", "Bytes that it puts in the place of as many others."),
    Heading(
        "Before",
        "The bytes that stood there as it was made, from the first on that is another.",
    ),
    Heading("After", "The bytes that it puts there, from the first on that is another."),
    Heading("Remark", "Why it is not in force, or what is odd about it."),
)
"""In the order of the columns."""

_ROLE = Qt.ItemDataRole


class EditTableModel(HeadedTable):
    """One row an edit, in the order in which they are laid over the file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_HEADINGS, parent)
        self._editing: Editing | None = None
        self._edits: tuple[Edit, ...] = ()

    def show(self, editing: Editing | None) -> None:
        """Shows the edits that there are now."""
        self.beginResetModel()
        self._editing = editing
        self._edits = () if editing is None else editing.edits
        self.endResetModel()

    def edit(self, row: int) -> Edit | None:
        """The edit in a row; None where there is none."""
        return self._edits[row] if 0 <= row < len(self._edits) else None

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """As many as there are edits."""
        return 0 if parent.isValid() else len(self._edits)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The first cell of a row can be checked."""
        found = super().flags(index)
        return found | Qt.ItemFlag.ItemIsUserCheckable if index.column() == Column.TITLE else found

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """What a cell shows."""
        edit = self.edit(index.row()) if index.isValid() else None
        if edit is None or self._editing is None:
            return None
        column = Column(index.column())
        if role == _ROLE.DisplayRole:
            return self._text(index.row(), edit, column)
        if role == _ROLE.CheckStateRole and column is Column.TITLE:
            return Qt.CheckState.Checked if edit.enabled else Qt.CheckState.Unchecked
        if role == _ROLE.ToolTipRole:
            return self._tooltip(index.row(), edit)
        if role == _ROLE.TextAlignmentRole:
            return FLUSH_RIGHT if column in (Column.OFFSET, Column.SIZE) else FLUSH_LEFT
        if role == _ROLE.ForegroundRole and not self._editing.counts(index.row()):
            return theme.current().dim
        return None

    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:
        """Switches an edit on or off."""
        if role != _ROLE.CheckStateRole or self._editing is None or self.edit(index.row()) is None:
            return False
        on = Qt.CheckState(value) is Qt.CheckState.Checked
        self._editing.switch([index.row()], on=on)
        return True

    def row_heading(self, row: int, role: int) -> Any:
        """Its number."""
        return str(row + 1) if role == _ROLE.DisplayRole else None

    def _text(self, row: int, edit: Edit, column: Column) -> str:
        match column:
            case Column.TITLE:
                return edit.title
            case Column.OFFSET:
                return f"{edit.offset:,}"
            case Column.SIZE:
                return f"{len(edit.after):,}"
            case Column.BEFORE:
                return both_shown(edit.before, edit.after)[0]
            case Column.AFTER:
                return both_shown(edit.before, edit.after)[1]
            case Column.REMARK:
                return self._editing.remark(row) if self._editing is not None else ""

    def _tooltip(self, row: int, edit: Edit) -> str:
        place = f"{edit.offset:,} (0x{edit.offset:X})"
        remark = self._editing.remark(row) if self._editing is not None else ""
        return "\n".join(filter(None, [edit.title, f"From byte {place} on", remark]))
