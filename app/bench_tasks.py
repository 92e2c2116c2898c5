"""What measuring is asked of the child process: what machine this is, what the data are, and one sitting.

A candidate may crash, hang or use up the memory; so it runs there, tells what it has measured as it goes, and shows
who has the word. Nothing here imports Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from app.beacon import Beacon
from app.child.task import HandsOver, Task
from codec.bench.data import Matrix, load
from codec.bench.plan import Action, Candidate, Data, Plan, Stopping
from codec.bench.result import DataFacts, Machine, Measurement
from codec.bench.telling import Teller
from codec.decoders.base import Tick

if TYPE_CHECKING:
    from codec.bench.case import Case

_last: dict[Data, tuple[Matrix, DataFacts]] = {}
"""The weights that this process has loaded last: most sittings are of those of the one before."""

ACTIONS = tuple(Action)
"""Their order gives each the number under which the beacon shows it, from 1 on."""


def _machine(plan: Plan, tick: Tick) -> Machine:
    from codec.bench.machine import machine

    return machine(plan, tick)


def _loaded(data: Data, tick: Tick) -> tuple[Matrix, DataFacts]:
    """The weights, and what they are; they are loaded where they are not there already."""
    if data not in _last:
        _last.clear()
        _last[data] = load(data, tick)
    return _last[data]


def _facts(data: Data, tick: Tick) -> DataFacts:
    return _loaded(data, tick)[1]


def _measure(
    data: Data, candidates: tuple[Candidate, ...], stopping: Stopping, tick: Tick, told: Teller
) -> None:
    from codec.bench.measuring import measure

    measure(data, candidates, stopping, tick, told, _loaded(data, tick))


@dataclass(frozen=True)
class Engine:
    """What really measures; functions of modules, since they are sent to the child by their names.

    Attributes:
        machine: says what machine this is, as far as it matters for a plan.
        facts: says what data are.
        measure: measures candidates over data, and tells what it finds.
    """

    machine: Callable[[Plan, Tick], Machine] = _machine
    facts: Callable[[Data, Tick], DataFacts] = _facts
    measure: Callable[[Data, tuple[Candidate, ...], Stopping, Tick, Teller], None] = _measure


@dataclass(frozen=True, eq=False)
class AskMachine(Task):
    """Asks what machine this is; the result is a `Machine`."""

    plan: Plan
    engine: Engine = field(default_factory=Engine)

    def run(self, tick: Tick) -> Machine:
        """Asks it."""
        return self.engine.machine(self.plan, tick)


@dataclass(frozen=True, eq=False)
class AskData(Task):
    """Loads data; the result is its `DataFacts`."""

    data: Data
    engine: Engine = field(default_factory=Engine)

    def run(self, tick: Tick) -> DataFacts:
        """Loads it."""
        return self.engine.facts(self.data, tick)


@dataclass(frozen=True, eq=False)
class Sitting(Task):
    """Measures candidates that take turns; hands over each `Measurement` as it is known.

    Attributes:
        data: that all of them code.
        candidates: each with the actions that are to be timed.
        stopping: when it is enough.
        beacon: path of the `Beacon` that shows who has the word.
    """

    data: Data
    candidates: tuple[Candidate, ...]
    stopping: Stopping
    beacon: str
    engine: Engine = field(default_factory=Engine)
    pause_s: ClassVar[float] = 0.5

    def run(self, tick: Tick) -> None:
        """Measures them."""
        teller = _Telling(self, tick)
        self.engine.measure(self.data, self.candidates, self.stopping, tick, teller)


@dataclass(frozen=True, eq=False)
class WriteCase(Task):
    """Writes a wrong output as files that can be opened; the result is a `codec.bench.case.Case`.

    Attributes:
        data: whose weights they are.
        candidate: who was wrong.
        action: at what.
        folder: that the files go to.
    """

    data: Data
    candidate: Candidate
    action: Action
    folder: Path

    def run(self, tick: Tick) -> Case:
        """Writes them; an encoder is run once more for that."""
        from codec.bench.case import write_case

        return write_case(self.data, self.candidate, self.action, self.folder, tick)


class _Telling:
    """The `Teller` of a sitting."""

    def __init__(self, sitting: Sitting, tick: Tick) -> None:
        assert isinstance(tick, HandsOver)
        self._hand_over = tick.hand_over
        self._beacon = Beacon(sitting.beacon)
        self._beacon.remove()  # both sides have it now: nothing is left behind, however they end
        self._numbers = {each.name: number for number, each in enumerate(sitting.candidates)}
        self._actions: dict[Action | None, int] = {None: 0}
        self._actions |= {action: number for number, action in enumerate(ACTIONS, 1)}

    def turn(self, candidate: str, action: Action | None) -> None:
        """As `Teller.turn`."""
        self._beacon.show(self._numbers[candidate], self._actions[action])

    def checking(self, candidate: str, action: Action) -> None:
        """As `Teller.checking`."""
        self._beacon.show(self._numbers[candidate], self._actions[action], checking=True)

    def idle(self) -> None:
        """As `Teller.idle`."""
        self._beacon.show(None)

    def measured(self, measurement: Measurement) -> None:
        """As `Teller.measured`."""
        self._hand_over(measurement)
