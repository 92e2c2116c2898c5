"""The debugger's steps: going step by step and jumping, forward and back.

A worker (or the child, where the decoder is isolated) looks at the walk; here are kept the steps around the cursor,
so that most steps need no answer. Moving the cursor selects the symbol of the step that comes next; selecting another
does not move the cursor.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Slot

from app.debug_opening import DebugOpening
from app.debug_place import step_of_symbol
from app.debug_requests import LookRequest, MoveRequest
from app.debug_standing import Standing
from app.debug_tasks import Arrived, LookAt, Move, Press
from app.work import Response
from codec.stepping.units import Unit

NOT_IN_TILE = "Select a weight, symbol or step of the tile that is stepped through, or jump there instead of running."


class DebugStepping(DebugOpening):
    """Moves the cursor by steps and jumps."""

    # Moving

    def step_by(self, unit: Unit, forward: bool) -> None:
        """Goes to the next step of a unit, or to the one before; begins where nothing is debugged yet."""
        if not self._there(lambda: None):
            return
        edge = self.steps if forward else 0
        if self._at == edge and not self._presses:
            self._say(self._at_edge(forward))
        elif unit is Unit.SYMBOL and not self._presses:
            self._go(self._at + (1 if forward else -1))
        else:
            self._pending.withdraw([LookRequest.kind])
            self._presses.append(Press(unit, forward))
            self._ask(MoveRequest, Move, step=self._at, presses=tuple(self._presses))

    def jump(self, step: int) -> None:
        """Goes to a step; to the first, or behind the last, where there is none of this number."""
        if self._there(lambda: self.jump(step)):
            self._go(step)

    def jump_to_end(self) -> None:
        """Goes behind the last step."""
        if self._there(self.jump_to_end):
            self._go(self.steps)

    def jump_to_cursor(self) -> None:
        """Goes to the step of the selected symbol; in another tile, that one is stepped through from now on."""
        if not self._there(self.jump_to_cursor):
            return
        if not self.on_selected_tile:
            self._move_to_selected_tile()
        else:
            step = self._selected_step()
            if step is not None:
                self._go(step)

    # How

    @property
    def _at(self) -> int:
        """Where the cursor is, or is going."""
        return self._aim if self._aim is not None else (self.step or 0)

    def _go(self, step: int, note: str = "") -> None:
        """Puts the cursor on a step, at once if what is around it is known."""
        standing = self.standing
        if standing is None:
            return
        self._presses.clear()
        self._pending.withdraw([MoveRequest.kind])
        step = max(0, min(step, self.steps))
        if note != self.note:
            self._say(note)
        if step in standing.stretch:
            self._aim = None
            self._stand(standing.at(step))
        else:
            self._aim = step
            if self._looking_for is None or LookRequest.kind not in self._pending:
                self._look_for(step)

    def _look_for(self, step: int) -> None:
        """Asks for the steps around a place where the cursor is going; one at a time, so that it gets somewhere."""
        self._looking_for = step
        self._ask(LookRequest, LookAt, step=step)

    def _selected_step(self) -> int | None:
        """The step of the selected symbol; says why where it is none of this stream."""
        standing, symbol = self.standing, self._shown.selection().symbol
        if standing is None or symbol is None or not self.on_selected_tile:
            self._say(NOT_IN_TILE)
            return None
        return step_of_symbol(standing.tensor, standing.course, symbol)

    def _at_edge(self, forward: bool) -> str:
        if not forward:
            return "This is the first step: there is none before it."
        stopped = self.standing.stopped if self.standing is not None else ""
        return stopped or "All steps are taken: there is none behind the last."

    # Answers

    @Slot(object)
    def _on_finished(self, response: Response) -> None:
        match response.request, response.result:
            case (LookRequest() | MoveRequest()) as request, Arrived() as arrived:
                self._arrive(arrived, moves=isinstance(request, MoveRequest))
            case _:
                super()._on_finished(response)

    def _arrive(self, arrived: Arrived, moves: bool) -> None:
        """The steps are known around the place where the cursor was going, or where it is."""
        standing = self.standing
        if standing is None:
            return
        there = replace(standing, stretch=arrived.stretch, stopped=arrived.stopped)
        if moves:
            self._aim = None
            self._presses.clear()
            self._stand(there.at(arrived.step))
            if self.note:
                self._say("")
        elif self._aim is not None:
            self._approach(there, arrived.step)
        elif standing.step in arrived.stretch:
            self.standing = there
            self.moved.emit()

    def _approach(self, there: Standing, step: int) -> None:
        """The cursor is going somewhere, and the steps around there, or around where it was going before, are known."""
        aim = self._aim
        if aim is None:
            return
        if aim in there.stretch:
            self._aim = None
            self._stand(there.at(aim))
            return
        if self._looking_for is not None:
            self._stand(there.at(step))
        self._look_for(aim)
