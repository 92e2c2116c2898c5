"""What the commands of the menu "Debug" do, on the document that is shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot

from app.actions import Actions, Effect
from app.command_group import CommandContext, CommandGroup
from app.debug_jump import ask_for_step
from app.debug_rival import rival_of, step_with_rival
from app.debugging import Debugging
from app.panel_layouts import DEBUGGING
from codec.stepping.units import Unit
from codec.stepping.walk import Direction

PANEL = "Debugger"
"""The panel in which a stream is stepped through."""

UNITS = {
    "symbol": Unit.SYMBOL,
    "renormalisation": Unit.RENORMALISATION,
    "row": Unit.ROW,
    "lanes": Unit.LANE_GROUP,
}
"""What commands call the units."""


class DebugCommands(CommandGroup):
    """The effects of the commands that debug."""

    def __init__(self, context: CommandContext) -> None:
        super().__init__(context)
        self._actions: Actions | None = None
        self._shown: Debugging | None = None
        self._workspace.current_changed.connect(self._on_current)

    def effects(self) -> dict[str, Effect]:
        """What each of the commands does, by name."""
        steps = {
            name: self._stepping(unit, forward)
            for command, unit in UNITS.items()
            for name, forward in ((f"debug.{command}", True), (f"debug.{command}_back", False))
        }
        return {
            **steps,
            "debug.run": self._with(lambda debugging: debugging.run(True)),
            "debug.run_back": self._with(lambda debugging: debugging.run(False)),
            "debug.pause": self._with(Debugging.pause),
            "debug.run_to_cursor": self._with(Debugging.run_to_cursor),
            "debug.jump_to_cursor": self._with(Debugging.jump_to_cursor),
            "debug.jump": self._with(self._jump),
            "debug.first": self._with(lambda debugging: debugging.jump(0)),
            "debug.last": self._with(Debugging.jump_to_end),
            "debug.divergence": lambda: self._run_to_divergence(forward=True),
            "debug.divergence_back": lambda: self._run_to_divergence(forward=False),
            "debug.breakpoint": self._toggle_breakpoint,
            "debug.condition": self._write_condition,
            "debug.enable_all": self._with(_enable_all),
            "debug.direction": self._set_direction,
            "debug.other": self._step_with_other,
            "debug.stop": self._with(Debugging.stop),
            "view.debug_layout": self._arrange,
        }

    def use(self, actions: Actions) -> None:
        """Takes the actions that the effects have become: they show what is going on."""
        self._actions = actions
        self._on_current()

    def _with(self, effect: Callable[[Debugging], object]) -> Effect:
        """The effect of a command on the debugger of the document that is shown."""

        def act() -> None:
            document = self._workspace.current
            if document is not None:
                effect(document.debugging)
                if document.debugging.place is None and document.debugging.note:
                    self._say(document.debugging.note)

        return act

    def _stepping(self, unit: Unit, forward: bool) -> Effect:
        return self._with(lambda debugging: debugging.step_by(unit, forward))

    def _jump(self, debugging: Debugging) -> None:
        if debugging.standing is None:
            debugging.start()
            return
        step = ask_for_step(debugging, self._window)
        if step is not None:
            debugging.jump(step)

    def _arrange(self) -> None:
        self._panels.arrange(DEBUGGING)

    def _set_direction(self, encodes: bool) -> None:
        document = self._workspace.current
        if document is not None:
            document.debugging.set_direction(Direction.ENCODE if encodes else Direction.DECODE)

    def _step_with_other(self, other: bool) -> None:
        document = self._workspace.current
        refusal = "" if document is None else step_with_rival(document, other)
        if refusal:
            self._say(refusal)
            self._on_changed()

    # Where runs stop

    def _run_to_divergence(self, *, forward: bool) -> None:
        document = self._workspace.current
        if document is not None:
            document.debugging.run_to_divergence(rival_of(document), forward)

    def _toggle_breakpoint(self) -> None:
        document = self._workspace.current
        if document is None:
            return
        if document.debugging.toggle_breakpoint():
            self._say("Breakpoint set")
        elif document.selection.symbol is None:
            self._say("Select a weight or one of its bytes to set a breakpoint there")
        else:
            self._say("Breakpoint taken away")

    def _write_condition(self) -> None:
        self._panels.go(PANEL)
        view = self._panels.view(PANEL)
        if view is not None:
            view.focus_filter()

    # What menus show

    @Slot()
    def _on_current(self) -> None:
        """Listens to the debugger that is shown now."""
        document = self._workspace.current
        debugging = None if document is None else document.debugging
        if debugging is not self._shown:
            self._shown = debugging
            if debugging is not None:
                debugging.changed.connect(self._on_changed)
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        document, actions = self._workspace.current, self._actions
        if document is None or actions is None:
            return
        debugging = document.debugging
        actions["debug.direction"].setChecked(debugging.direction is Direction.ENCODE)
        actions["debug.other"].setChecked(debugging.walker is not None)
        busy = debugging.running or debugging.opening
        actions.forbid("debug.pause", "" if busy else "Nothing runs.")
        there = debugging.place is not None
        actions.forbid("debug.stop", "" if there else "No stream is stepped through.")
        many = len(debugging.breakpoints.all)
        actions.forbid("debug.enable_all", "" if many else "There are no breakpoints.")


def _enable_all(debugging: Debugging) -> None:
    """Switches all breakpoints off, or on where all are off."""
    listed = debugging.breakpoints
    any_on = any(each.enabled for each in listed.all)
    listed.enable(range(len(listed.all)), not any_on)
