"""The list of breakpoints: to be ticked, edited, taken away, and made for one tile or for all."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.breakpoints import symbol_of
from app.canvas.controls import button, strip
from app.debugging import Debugging
from app.models.debug_breakpoints import CONDITION, NAMES, BreakpointTable
from app.views.debugger.parts import Page
from app.views.debugger.tables import DebugTable

NONE_YET = "No breakpoint is set. Set one at the selected symbol, or on a condition with Break; runs stop there."


class BreakpointPanel(Page):
    """The breakpoints of a file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._debugging: Debugging | None = None
        self._model = BreakpointTable(self)
        self._model.refused.connect(self._say)
        tooltip = "Where runs stop. Space ticks, F2 edits, Delete takes away, Enter runs to it."
        self.table = DebugTable(self._model, "Breakpoints", tooltip)
        self.table.setEditTriggers(
            DebugTable.EditTrigger.EditKeyPressed | DebugTable.EditTrigger.DoubleClicked
        )
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setStretchLastSection(True)
        self._note = QLabel(NONE_YET)
        self._note.setWordWrap(True)
        self._remove = button("Remove", "Take the selected breakpoints away (Delete)")
        self._scope = button(
            "This tile ⇄ all",
            "Make the selected breakpoints about this tile alone, or about all tiles",
        )
        self._remove.clicked.connect(self._remove_selected)
        self._scope.clicked.connect(self._change_scope)
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.table)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._remove_selected)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addWidget(strip((self._remove, self._scope)))
        column.addWidget(self._note)
        column.addWidget(self.table, 1)

    def show_debugging(self, debugging: Debugging | None) -> None:
        """Shows the breakpoints of a file as they are now."""
        before = self._model.rowCount()
        self._debugging = debugging
        self._model.show(debugging)
        rows = self._model.rowCount()
        if rows != before:
            texts = [
                max((self._model.index(r, c).data() for r in range(rows)), key=len, default="")
                for c in range(len(NAMES))
            ]
            texts[CONDITION] += "    "  # the check box takes room, too
            self.table.fit_columns(texts)
        self._say("" if rows else NONE_YET)
        for each in (self._remove, self._scope):
            each.setEnabled(rows > 0)

    def entered_symbol(self, row: int) -> int | None:
        """The symbol that the breakpoint of a row is set at, where it is set at one."""
        return symbol_of(self._model.breakpoint_at(row))

    def _say(self, note: str) -> None:
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def _remove_selected(self) -> None:
        if self._debugging is not None and self.table.selected_rows():
            self._debugging.breakpoints.remove(self.table.selected_rows())

    def _change_scope(self) -> None:
        """Makes the selected ones about the tile that is stepped through, or about all."""
        debugging = self._debugging
        place = None if debugging is None else debugging.place
        if debugging is None or place is None:
            self._say("Step through a tile first, to make a breakpoint about it alone.")
            return
        for row in self.table.selected_rows():
            each = self._model.breakpoint_at(row)
            if each.tile is None:
                other = replace(each, tensor=place.course.tensor, tile=place.course.tile)
            else:
                other = replace(each, tensor=None, tile=None)
            debugging.breakpoints.replace(row, other, "Change the scope of a breakpoint")
