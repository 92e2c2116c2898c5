"""Looking for the step at which another decoder, or another file, goes another way than the debugger's walk.

Plain data, for a worker thread or for the child: nothing here imports Qt.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.debug_tasks import Arrived, DebugTask, arrived
from app.debug_walks import Walks, walk_of
from codec.comparison.other_files import open_other
from codec.comparison.output import SideKind
from codec.comparison.side import Side
from codec.container import Container
from codec.decoders.base import Tick
from codec.errors import InputError
from codec.stepping.parting import COMPARED, next_parting
from codec.stepping.walk import Walk


@dataclass(frozen=True, eq=False)
class Parted:
    """A step that two walks take differently.

    Attributes:
        arrived: the place on the debugger's walk.
        differing: the columns that differ, with the values of both; none where only one takes the step.
    """

    arrived: Arrived
    differing: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, eq=False)
class Part(DebugTask):
    """Looks where another decoder, or file, parts from the walk; the result is `Parted`, or None.

    Attributes:
        start: where to begin, as in `Walk.find`.
        forward: whether to look ahead.
        rival: the other: a decoder, or a compressed file.
    """

    start: int
    forward: bool
    rival: Side

    @property
    def brought(self) -> str:
        """As `Task.brought`."""
        return super().brought or (self.rival.title if self.rival.isolated else "")

    def run_with(self, walks: Walks, container: Container, tick: Tick) -> Parted | None:
        """Looks, with both walks from among those that are kept."""
        walk = walks.of(container, self.which, tick)
        other = self._other(walks, container, tick)
        start = min(self.start, max(walk.steps, other.steps))
        step = next_parting(walk, other, start, forward=self.forward, tick=tick)
        if step is None:
            return None
        return Parted(arrived(walk, step), _differing(walk, other, step))

    def _other(self, walks: Walks, container: Container, tick: Tick) -> Walk:
        rival, course = self.rival, self.which.course
        if rival.kind is SideKind.DECODER:
            return walks.of(container, walk_of(course, rival.name), tick)
        if rival.kind is not SideKind.FILE:
            raise InputError(f"{rival.title} cannot be stepped: a decoder or a compressed file can")
        tensor = container.tensors[course.tensor]
        other = open_other(rival.name, rival.tensor, container, tensor, tick, anew=False)
        there = replace(course, tensor=other.tensor.index)
        return walks.of(other.container, replace(self.which, course=there), tick)


def _differing(walk: Walk, other: Walk, step: int) -> tuple[tuple[str, int, int], ...]:
    """What differs of a step, and both values; nothing where only one walk takes it."""
    mine, theirs = walk.trace(step, step + 1), other.trace(step, step + 1)
    if not len(mine) or not len(theirs):
        return ()
    pairs = ((name, int(mine[name][0]), int(theirs[name][0])) for name in COMPARED)
    return tuple(pair for pair in pairs if pair[1] != pair[2])
