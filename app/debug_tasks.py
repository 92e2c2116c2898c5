"""What the debugger asks of a walk, as plain data: for a worker thread or for the child. Nothing here imports Qt."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from app.debug_stretch import Stretch, stretch_around
from app.debug_walks import CHILD, WalkOf, Walks
from app.tasks import FileTask, brought_name
from codec.conditions.condition import AnyOf, parse
from codec.container import Container
from codec.decoders.base import Tick
from codec.stepping.units import Unit, next_stop
from codec.stepping.walk import Direction, Walk


@dataclass(frozen=True, eq=False)
class Arrived:
    """A place on a walk that was asked for.

    Attributes:
        step: number of the step that comes next.
        stretch: the steps around it.
        stopped: as `Walk.stopped`.
    """

    step: int
    stretch: Stretch
    stopped: str = ""


@dataclass(frozen=True, eq=False)
class Sought:
    """What came of looking for a step.

    Attributes:
        arrived: where something holds; None where nothing does.
        held: which of what was looked for holds there, by their places in the request.
    """

    arrived: Arrived | None
    held: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class DebugTask(FileTask):
    """Something asked about a walk; `tensor` is that of its course.

    Attributes:
        which: the walk.
    """

    which: WalkOf

    @property
    def brought(self) -> str:
        """As `Task.brought`."""
        decodes = self.which.course.direction is Direction.DECODE
        return brought_name(self.which.decoder) if decodes else ""

    def run_on(self, container: Container, tick: Tick) -> object:
        """Does it with the walks of the child."""
        return self.run_with(CHILD, container, tick)

    @abstractmethod
    def run_with(self, walks: Walks, container: Container, tick: Tick) -> object:
        """Does it with walks that are kept somewhere."""


@dataclass(frozen=True, eq=False)
class WalkTask(DebugTask):
    """Something asked of one walk alone."""

    def run_with(self, walks: Walks, container: Container, tick: Tick) -> object:
        """Does it."""
        return self.work(walks.of(container, self.which, tick), tick)

    @abstractmethod
    def work(self, walk: Walk, tick: Tick) -> object:
        """Does it with the walk."""


@dataclass(frozen=True, eq=False)
class LookAt(WalkTask):
    """Looks at a step, or at the end where there are not so many; the result is `Arrived`."""

    step: int

    def work(self, walk: Walk, tick: Tick) -> Arrived:
        """Looks."""
        return arrived(walk, self.step)


@dataclass(frozen=True)
class Press:
    """One press of a key that steps.

    Attributes:
        unit: what it goes over.
        forward: whether ahead.
    """

    unit: Unit
    forward: bool


@dataclass(frozen=True, eq=False)
class Move(WalkTask):
    """Goes on from a step by some presses; the result is `Arrived`."""

    step: int
    presses: tuple[Press, ...]

    def work(self, walk: Walk, tick: Tick) -> Arrived:
        """Goes press by press."""
        step = min(self.step, walk.steps)
        for press in self.presses:
            step = next_stop(walk, step, press.unit, forward=press.forward, tick=tick)
        return arrived(walk, step)


@dataclass(frozen=True, eq=False)
class Seek(WalkTask):
    """Looks for a step at which any of some conditions holds; the result is `Sought`.

    Attributes:
        start: where to begin, as in `Walk.find`.
        forward: whether to look ahead.
        conditions: in the language of `codec.conditions`.
    """

    start: int
    forward: bool
    conditions: tuple[str, ...]

    def work(self, walk: Walk, tick: Tick) -> Sought:
        """Looks."""
        tests = [parse(text) for text in self.conditions]
        step = walk.find(AnyOf(tests), self.start, forward=self.forward, tick=tick)
        if step is None:
            return Sought(None)
        trace = walk.trace(step, step + 1)
        held = tuple(place for place, test in enumerate(tests) if test.holds(walk, trace)[0])
        return Sought(arrived(walk, step), held)


def arrived(walk: Walk, step: int) -> Arrived:
    """The walk at a step, or at its end where there are not so many."""
    step = max(0, min(step, walk.steps))
    return Arrived(step, stretch_around(walk, step), walk.stopped)
