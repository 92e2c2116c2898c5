"""The debugger of a document: a cursor in one stream that is moved by steps, by jumps and by runs, either way.

A run looks for a step at which a condition holds, or where another decoder goes another way. Workers look, many
millions of steps a second; the cursor moves when they have found one, or are stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Slot

from app.breakpoints import concerns, in_force, place_of
from app.debug_parting import Part, Parted
from app.debug_place import Course, DebugPlace
from app.debug_requests import PartRequest, SeekRequest
from app.debug_stepping import DebugStepping
from app.debug_tasks import Seek, Sought
from app.session.breakpoint import Breakpoint
from app.work import Response
from codec.comparison.side import Side

COLUMN_WORDS = {
    "symbol_index": "place",
    "state_before": "state before",
    "state_after": "state after",
    "freq": "frequency",
    "bytes_read": "bytes",
}
"""Columns that a person calls otherwise."""


class Debugging(DebugStepping):
    """Moves the cursor."""

    def run(self, forward: bool) -> None:
        """Runs to the next breakpoint in force, or to the end."""
        if not self._there(lambda: self.run(forward)):
            return
        conditions = self._conditions()
        if conditions:
            self._seek(conditions, forward, "the next breakpoint")
        else:
            end = _end(forward)
            self._go(self.steps if forward else 0, f"No breakpoint is in force: ran to the {end}.")

    def run_to(self, condition: str, forward: bool) -> None:
        """Runs to the next step at which a condition holds; the cursor stays where it holds at none."""
        if self._there(lambda: self.run_to(condition, forward)):
            self._seek((condition,), forward, condition)

    def run_to_breakpoint(self, wanted: Breakpoint) -> None:
        """Runs ahead to where one breakpoint alone stops; from the first step of its tile if that is another one."""
        place = self.place
        here = wanted.tile is None or (place is not None and concerns(wanted, place.course))
        if here:
            self.run_to(wanted.condition, True)
            return
        tensor = self._shown.selection().tensor if wanted.tensor is None else wanted.tensor
        self.resume(DebugPlace(Course(tensor, wanted.tile or 0, self._direction), 0))
        if not self.note:
            self._then = lambda: self._seek((wanted.condition,), True, wanted.condition, start=0)

    def run_to_cursor(self) -> None:
        """Runs, ahead or back, to the step of the selected symbol; breakpoints on the way stop it."""
        if not self._there(self.run_to_cursor):
            return
        step, conditions = self._selected_step(), self._conditions()
        if step is None:
            return
        if conditions and step != self._at:
            at_step = f"step == {step}"
            self._seek((*conditions, at_step), step > self._at, f"step {step:,}")
        else:
            self._go(step)

    def run_to_divergence(self, rival: Side, forward: bool) -> None:
        """Runs to the next step that another decoder, or file, takes otherwise; stays where there is none."""
        if not self._there(lambda: self.run_to_divergence(rival, forward)):
            return
        if self.standing is None:
            return
        start = self._start(forward)
        request = self._asking.request(
            PartRequest, Part, self.standing.course, start=start, forward=forward, rival=rival
        )
        self._run(replace(request, isolated=request.isolated or rival.isolated))

    def pause(self) -> None:
        """Stops a run where it is; or the laying of checkpoints, and with it everything."""
        if self.opening:
            self.stop()
        elif self.running:
            head = self._paused_at()
            self._pending.withdraw([SeekRequest.kind])
            self._go(head, f"Paused at step {head:,}.")
            self.changed.emit()

    def toggle_breakpoint(self) -> bool:
        """Sets a breakpoint at the selected symbol, or takes it away; whether one is there now."""
        selection = self._shown.selection()
        if selection.tile is None or selection.symbol is None:
            return False
        course = Course(selection.tensor, selection.tile, self._direction)
        return self.breakpoints.toggle(course, selection.symbol)

    # How

    def _paused_at(self) -> int:
        """Where a run stops that is paused: no step may be left out when it goes on, and `_start` leaves one out."""
        if self._head is None or self._seeking is None:
            return self._at
        return max(self._head - 1, self._at) if self._seeking.forward else self._head

    def _start(self, forward: bool) -> int:
        """Where a run begins to look: not at the cursor itself."""
        return min(self._at + 1, self.steps) if forward else self._at

    def _conditions(self) -> tuple[str, ...]:
        """Of the breakpoints in force, each once."""
        if self.standing is None:
            return ()
        found = in_force(self.breakpoints.all, self.standing.course)
        return tuple(dict.fromkeys(each.condition for each in found))

    def _seek(
        self, conditions: Sequence[str], forward: bool, wanted: str, start: int | None = None
    ) -> None:
        """Looks for a step, from the one behind the cursor on or from the one before it back; or from `start`."""
        if self.standing is None:
            return
        request = self._asking.request(
            SeekRequest, Seek, self.standing.course, forward=forward, conditions=tuple(conditions),
            start=self._start(forward) if start is None else start,
        )  # fmt: skip
        self._run(replace(request, wanted=wanted))

    def _run(self, request: SeekRequest | PartRequest) -> None:
        self.note, self._seeking = "", request.task
        self._head = request.task.start
        self._pending.submit(request)
        self.changed.emit()

    # Answers

    @Slot(object)
    def _on_finished(self, response: Response) -> None:
        match response.request, response.result:
            case SeekRequest() as request, Sought() as sought:
                self._found(request, sought)
            case PartRequest() as request, (Parted() | None) as parted:
                self._parted(request.task, parted)
            case _:
                super()._on_finished(response)

    def _found(self, request: SeekRequest, sought: Sought) -> None:
        """A run to a condition is over."""
        task, standing = request.task, self.standing
        if standing is None:
            return
        if sought.arrived is not None:
            self.standing = replace(standing, stretch=sought.arrived.stretch)
            held = [task.conditions[place] for place in sought.held]
            self._count(held)
            self._go(sought.arrived.step, f"Stopped where {' and '.join(map(self._noted, held))}.")
        elif request.wanted in task.conditions:
            self.note = f"{request.wanted} holds at no step {_whither(task.forward)}."
        else:
            end = self.steps if task.forward else 0
            self._go(end, f"No breakpoint was met: ran to the {_end(task.forward)}.")
        self.changed.emit()

    def _parted(self, task: Part, parted: Parted | None) -> None:
        """A run to a divergence is over."""
        standing = self.standing
        if standing is None:
            return
        if parted is None:
            self.note = f"{task.rival.title} takes every step {_whither(task.forward)} alike."
        else:
            self.standing = replace(standing, stretch=parted.arrived.stretch)
            self._go(parted.arrived.step, parting_sentence(task.rival.title, parted))
        self.changed.emit()

    def _noted(self, condition: str) -> str:
        """A condition, with what is noted of the first breakpoint in force that has it."""
        if self.standing is None:
            return condition
        forced = in_force(self.breakpoints.all, self.standing.course)
        notes = (each.note for each in forced if each.condition == condition and each.note)
        note = next(notes, "")
        return f"{condition} ({note})" if note else condition

    def _count(self, conditions: Sequence[str]) -> None:
        """Counts a stop at every breakpoint in force that has one of these conditions."""
        if self.standing is not None:
            for each in in_force(self.breakpoints.all, self.standing.course):
                if each.condition in conditions:
                    place = place_of(each)
                    self.hits[place] = self.hits.get(place, 0) + 1

    @Slot(str, object, object)
    def _on_progressed(self, kind: str, done: int, total: int) -> None:
        if kind == SeekRequest.kind and self._seeking is not None:
            start = self._seeking.start
            self._head = start + done if self._seeking.forward else start - done
            self.progressed.emit()
        else:
            super()._on_progressed(kind, done, total)


def parting_sentence(rival: str, parted: Parted) -> str:
    """What differs of a step that a rival takes otherwise, as a sentence."""
    if not parted.differing:
        return f"{rival} parts here: only one of the two takes this step."
    parts = [
        f"{COLUMN_WORDS.get(name, name)} {mine:,} here, {theirs:,} there"
        for name, mine, theirs in parted.differing[:2]
    ]
    more = len(parted.differing) - len(parts)
    return f"{rival} parts here: {'; '.join(parts)}" + (f"; and {more:,} more." if more else ".")


def _end(forward: bool) -> str:
    return "end" if forward else "start"


def _whither(forward: bool) -> str:
    return "from here on" if forward else "before this one"
