"""The breakpoints of a file: which of them are about a stream, and each change of them as one step of undo."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from app.debug_place import Course
from app.session.breakpoint import Breakpoint
from app.session.file_work import FileWork
from codec.conditions.condition import parse
from codec.conditions.language import ConditionError

_AT_SYMBOL = re.compile(r"symbol_index == (\d+)")
_AT_STEP = re.compile(r"step == (\d+)")


def at_symbol(course: Course, symbol: int) -> Breakpoint:
    """A breakpoint at the step of a symbol, whichever coder takes it."""
    return Breakpoint(f"symbol_index == {symbol}", tensor=course.tensor, tile=course.tile)


def symbol_of(breakpoint_: Breakpoint) -> int | None:
    """The symbol that a breakpoint stops at, where it is one of `at_symbol`."""
    found = _AT_SYMBOL.fullmatch(breakpoint_.condition)
    return int(found[1]) if found else None


def step_of(breakpoint_: Breakpoint) -> int | None:
    """The step that a breakpoint stops at, of whichever coder, where its condition says no more than that."""
    found = _AT_STEP.fullmatch(breakpoint_.condition.strip())
    return int(found[1]) if found else None


def concerns(breakpoint_: Breakpoint, course: Course) -> bool:
    """Whether a breakpoint is about a stream, switched on or not."""
    return breakpoint_.tensor in (None, course.tensor) and breakpoint_.tile in (None, course.tile)


def why_wrong(breakpoint_: Breakpoint) -> str:
    """Why a breakpoint's condition is none, as a sentence; "" where it is one."""
    try:
        parse(breakpoint_.condition)
    except ConditionError as error:
        return error.sentence()
    return ""


def place_of(breakpoint_: Breakpoint) -> Breakpoint:
    """The same breakpoint, whatever is noted of it and whether or not it is switched on."""
    return replace(breakpoint_, enabled=True, note="")


def in_force(all_of_them: Iterable[Breakpoint], course: Course) -> tuple[Breakpoint, ...]:
    """Those that stop a run over a stream; what is no condition, as one of an older session may be, stops none."""
    return tuple(
        each
        for each in all_of_them
        if each.enabled and concerns(each, course) and not why_wrong(each)
    )


class BreakpointList:
    """Changes the breakpoints of one file's work."""

    def __init__(self, work: FileWork) -> None:
        self._work = work

    @property
    def all(self) -> tuple[Breakpoint, ...]:
        """All of them, in the order in which they were made."""
        return self._work.now.breakpoints

    def toggle(self, course: Course, symbol: int) -> bool:
        """Sets a breakpoint at a symbol, or takes away the one that is there; whether one is there now."""
        wanted = at_symbol(course, symbol)
        kept = tuple(each for each in self.all if place_of(each) != wanted)
        if len(kept) < len(self.all):
            self._change("Remove breakpoint", kept)
            return False
        self.add(wanted)
        return True

    def add(self, breakpoint_: Breakpoint) -> None:
        """Adds one; the same condition in the same scope is there only once."""
        kept = tuple(each for each in self.all if place_of(each) != place_of(breakpoint_))
        self._change("Add breakpoint", (*kept, breakpoint_))

    def remove(self, places: Iterable[int]) -> None:
        """Takes away those at some places of the list."""
        gone = set(places)
        kept = tuple(each for place, each in enumerate(self.all) if place not in gone)
        self._change("Remove breakpoint" if len(gone) == 1 else "Remove breakpoints", kept)

    def replace(
        self, place: int, breakpoint_: Breakpoint, title: str = "Change breakpoint"
    ) -> None:
        """Puts another in the place of one."""
        changed = list(self.all)
        changed[place] = breakpoint_
        self._change(title, tuple(changed))

    def enable(self, places: Iterable[int], on: bool) -> None:
        """Switches some on or off."""
        chosen = set(places)
        changed = tuple(
            replace(each, enabled=on) if place in chosen else each
            for place, each in enumerate(self.all)
        )
        word = "Enable" if on else "Disable"
        self._change(f"{word} breakpoint" + ("" if len(chosen) == 1 else "s"), changed)

    def _change(self, title: str, breakpoints: tuple[Breakpoint, ...]) -> None:
        self._work.change(title, replace(self._work.now, breakpoints=breakpoints))
