"""The edits of a file as a table whose rows can be switched on and off."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app import theme
from app.editing import Editing
from codec.edits.byte_edits import both_shown
from codec.edits.edit import Edit

Index = QModelIndex | QPersistentModelIndex
ROOT_INDEX = QModelIndex()


class Column(IntEnum):
    """What a column shows of an edit."""

    TITLE = 0
    OFFSET = 1
    SIZE = 2
    BEFORE = 3
    AFTER = 4
    REMARK = 5


HEADINGS = {
    Column.TITLE: ("Edit", "What it changes; the check box says whether it is in force."),
    Column.OFFSET: ("Offset", "First byte, counted from the start of the file."),
    Column.SIZE: ("Size", "Bytes that it puts in the place of as many others."),
    Column.BEFORE: (
        "Before",
        "The bytes that stood there as it was made, from the first on that is another.",
    ),
    Column.AFTER: ("After", "The bytes that it puts there, from the first on that is another."),
    Column.REMARK: ("Remark", "Why it is not in force, or what is odd about it."),
}

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_ROLE = Qt.ItemDataRole


class EditTableModel(QAbstractTableModel):
    """One row an edit, in the order in which they are laid over the file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
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

    def rowCount(self, parent: Index = ROOT_INDEX) -> int:
        """As many as there are edits."""
        return 0 if parent.isValid() else len(self._edits)

    def columnCount(self, parent: Index = ROOT_INDEX) -> int:
        """Always the same."""
        return 0 if parent.isValid() else len(Column)

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
            return _RIGHT if column in (Column.OFFSET, Column.SIZE) else _LEFT
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

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:
        """Names of the columns, and what they mean; numbers of the rows."""
        if orientation is Qt.Orientation.Vertical:
            return str(section + 1) if role == _ROLE.DisplayRole else None
        heading, meaning = HEADINGS[Column(section)]
        return {_ROLE.DisplayRole: heading, _ROLE.ToolTipRole: meaning}.get(_ROLE(role))

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
