"""The buttons of the debugger: runs, steps of a chosen unit, jumps, and which coder takes the steps."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QToolButton, QToolTip, QWidget

from app.canvas.controls import Options, named
from app.commands import COMMANDS
from app.debug_jump import step_from
from app.debugging import Debugging
from app.flow_layout import FlowLayout
from app.shortcuts.keymap import KeyTip
from codec.stepping.units import Unit
from codec.stepping.walk import Direction

UNITS = (
    ("symbol", Unit.SYMBOL, "One step: one symbol is decoded or encoded."),
    ("renormalisation", Unit.RENORMALISATION, "To before the next step that moves bytes."),
    ("row", Unit.ROW, "To before the first step of the next row of the tile."),
    ("turn of lanes", Unit.LANE_GROUP, "Until every lane has had its turn."),
)
"""What one press of a step button goes over."""

COMMAND_OF = {
    Unit.SYMBOL: "debug.symbol",
    Unit.RENORMALISATION: "debug.renormalisation",
    Unit.ROW: "debug.row",
    Unit.LANE_GROUP: "debug.lanes",
}
"""The command that goes forward by a unit; with "_back", the one that goes back."""

DIRECTIONS = (
    (
        "decode",
        Direction.DECODE,
        "From the first symbol to the last: states shrink, bytes come in.",
    ),
    ("encode", Direction.ENCODE, "From the last symbol to the first: states grow, bytes go out."),
)

_TOOLTIPS = {command.name: command.tooltip for command in COMMANDS}


class DebugControls(QWidget):
    """Buttons, in as many lines as the width asks for."""

    other_wanted = Signal(bool)
    """Carries whether the other decoder is to take the steps."""

    def __init__(self, debugging: Callable[[], Debugging | None]) -> None:
        """`debugging` tells which debugger they move."""
        super().__init__()
        self._debugging = debugging
        self._flow = FlowLayout(self)
        self._flow.setSpacing(4)
        self._add("|◀", "debug.first", lambda it: it.jump(0))
        self._add("◀◀", "debug.run_back", lambda it: it.run(False))
        self._back = self._add("◀", "debug.symbol_back", lambda it: it.step_by(self.unit, False))
        self._units = Options(UNITS, "What one press of ◀ and ▶ goes over")
        self._units.box.setAccessibleName("Unit of a step")
        self._flow.addWidget(self._units.box)
        self._forward = self._add("▶", "debug.symbol", lambda it: it.step_by(self.unit, True))
        self._add("▶▶", "debug.run", lambda it: it.run(True))
        self._add("▶|", "debug.last", Debugging.jump_to_end)
        self._pause = self._add("Pause", "debug.pause", Debugging.pause)
        self._add("To selected", "debug.run_to_cursor", Debugging.run_to_cursor)
        self._add("Jump there", "debug.jump_to_cursor", Debugging.jump_to_cursor)
        self._step = _StepField()
        self._step.returnPressed.connect(self._jump)
        self._flow.addWidget(named("Ste&p", self._step))
        self._directions = Options(DIRECTIONS, "Which coder takes the steps")
        self._directions.box.setAccessibleName("Direction")
        KeyTip(self._directions.box, _TOOLTIPS["debug.direction"], "debug.direction")
        self._flow.addWidget(self._directions.box)
        self._other = self._add_other()
        self._stop = self._add("End", "debug.stop", Debugging.stop)
        self._units.box.currentIndexChanged.connect(self._tell_unit)
        self._directions.box.currentIndexChanged.connect(self._turn)
        self._tell_unit()

    @property
    def unit(self) -> Unit:
        """What one press of a step button goes over."""
        return self._units.value

    def show_state(self) -> None:
        """Takes up where the debugger is, and what can be done there."""
        debugging = self._debugging()
        if debugging is None:
            return
        busy = debugging.running or debugging.opening
        self._pause.setEnabled(busy)
        self._stop.setEnabled(debugging.place is not None)
        self._other.setChecked(debugging.walker is not None)
        with QSignalBlocker(self._directions.box):
            self._directions.choose(debugging.direction)
        self._step.show_step(debugging.step, debugging.steps)

    def _add(self, text: str, command: str, act: Callable[[Debugging], object]) -> _Button:
        button = _Button(text, command)
        button.clicked.connect(lambda: self._act(act))
        self._flow.addWidget(button)
        return button

    def _add_other(self) -> _Button:
        """A button that is down while the other decoder takes the steps; who that is, only the document knows."""
        button = _Button("Other", "debug.other")
        button.setCheckable(True)
        button.clicked.connect(self.other_wanted)
        self._flow.addWidget(button)
        return button

    def _act(self, act: Callable[[Debugging], object]) -> None:
        debugging = self._debugging()
        if debugging is not None:
            act(debugging)

    def _tell_unit(self) -> None:
        command = COMMAND_OF[self.unit]
        self._forward.call(command)
        self._back.call(f"{command}_back")

    def _turn(self) -> None:
        direction = self._directions.value
        self._act(lambda debugging: debugging.set_direction(direction))

    def _jump(self) -> None:
        debugging = self._debugging()
        if debugging is None:
            return
        try:
            step = step_from(self._step.text(), debugging.step or 0, debugging.steps)
        except ValueError as error:
            self._step.refuse(str(error))
        else:
            self._step.setModified(False)
            debugging.jump(step)
            self._step.show_step(debugging.step, debugging.steps)


class _Button(QToolButton):
    """A button that does what a command does."""

    def __init__(self, text: str, command: str) -> None:
        super().__init__()
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._tip: KeyTip | None = None
        self.call(command)

    def call(self, command: str) -> None:
        """Says what command it does the same as from now on."""
        if self._tip is not None:
            self._tip.deleteLater()
        tooltip = _TOOLTIPS[command]
        self._tip = KeyTip(self, tooltip, command)
        self.setAccessibleName(tooltip)


class _StepField(QLineEdit):
    """The number of the step that comes next; another can be typed over it."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Step")
        self.setPlaceholderText("step")
        self.setToolTip("The next step. Type 1234, 0x4d2, +16, -16, 50% or end and press Enter.")
        self.setMaximumWidth(self.fontMetrics().horizontalAdvance("0,000,000,000") + 16)

    def show_step(self, step: int | None, steps: int) -> None:
        """Shows a step, unless the user is typing one."""
        self.setEnabled(step is not None)
        if not (self.hasFocus() and self.isModified()):
            self.setText("" if step is None else f"{step:,}")

    def refuse(self, reason: str) -> None:
        """Says why what was typed is no step."""
        QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), reason, self)
        self.selectAll()
