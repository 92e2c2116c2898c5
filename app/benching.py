"""Runs a plan in a process of its own, whatever its candidates do there, and loses nothing that was measured.

The window's worker and the command line call this alike. A candidate that ends the process, holds it up or uses up the
memory is noted as such, and the others go on without it in a new process. Time is taken by the monotonic clock alone;
the wall clock gives the run its date and nothing else.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import cast

from app.beacon import Beacon
from app.bench_tasks import ACTIONS, AskData, AskMachine, Engine, Sitting
from app.bench_watch import Stopped, Watch, memory_limit
from app.child import Child, Task
from app.child.order import ChildDied, Order
from codec.bench.begun import begun, changes_of_machine
from codec.bench.merging import (
    Key,
    gone_on_with,
    joined,
    key_of,
    keys_of,
    moved_on,
    next_round,
    remaining,
    with_measurement,
)
from codec.bench.plan import Candidate, Data, Plan
from codec.bench.result import DataFacts, Machine, Measurement, Outcome, RunResult
from codec.bench.turns import SETTLED, batches, bytes_of_one, still_wanted
from codec.errors import Cancelled, InputError, RanscopeError

GRACE_S = 5.0
"""Seconds that a cancelled sitting gets to hand over what it has measured."""

LEAST_SHARE = 0.01
"""Of the work, that must be done before it is said how long the rest will take."""

UNKNOWN_DEATHS = 2
"""Deaths of a process in which no candidate had the word, after which a sitting is given up."""


@dataclass(frozen=True)
class Standing:
    """How far a run is.

    Attributes:
        share: of the work, from 0 to 1.
        says: what is being done.
        seconds_left: an estimate; None while there is nothing to go by.
    """

    share: float
    says: str
    seconds_left: float | None = None


class Benching:
    """One run of a plan, or what an earlier run has left to do.

    Attributes:
        result: as far as it is known.
        warnings: what a person should know about the run as a whole, in sentences.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        before: RunResult | None = None,
        cancelled: threading.Event | None = None,
        changed: Callable[[RunResult], None] = lambda _result: None,
        told: Callable[[Standing], None] = lambda _standing: None,
        engine: Engine | None = None,
    ) -> None:
        """A run that is not begun yet.

        Args:
            plan: what is measured; that of `before`, where there is one.
            before: an earlier run of it, which is gone on with.
            cancelled: set when it shall stop.
            changed: called with the result whenever more is known, in the thread that runs it.
            told: called with how far it is, in that thread.
            engine: what measures; another in tests.
        """
        self.plan = plan
        self.warnings: list[str] = []
        self._cancelled = cancelled or threading.Event()
        self._changed, self._told = changed, told
        self._engine = engine or Engine()
        self._begun = time.monotonic()
        self._elapsed_before = 0.0 if before is None else before.elapsed_s
        self._before = before
        self.result = begun(plan) if before is None else gone_on_with(before)
        self._child = Child()
        self._work = max(len(remaining(plan, self.result.measurements)), 1)
        self._work_done = 0.0
        self._deaths = 0

    def run(self) -> RunResult:
        """Measures what is left of the plan; returns all that is known then. Stops where `cancelled` is set.

        Raises:
            InputError: the earlier run was of another machine.
            RanscopeError: not even the machine could be looked at.
        """
        self._begun = time.monotonic()
        try:
            with suppress(Cancelled):
                self._look_at_machine()
                for data in self.plan.data:
                    self._measure_data(data)
        finally:
            self._child.end()
        done = {key_of(m) for m in self.result.measurements if m.outcome is not Outcome.CANCELLED}
        self._keep(replace(self.result, complete=done.issuperset(keys_of(self.plan))))
        return self.result

    def _look_at_machine(self) -> None:
        machine = self._machine()
        if self._before is not None:
            self.warnings += changes_of_machine(self._before.machine, machine)
        self._keep(replace(self.result, machine=machine))

    def _machine(self) -> Machine:
        """What machine this is; without its card where looking at that ends the process."""
        title = "Looking at the machine"
        try:
            return cast(Machine, self._ask(AskMachine(self.plan, self._engine), title))
        except ChildDied as error:
            self._child.end()
            self.warnings.append(f"the card cannot be looked at: {error.sentence()}")
            without_card = replace(self.plan, candidates=())
            return cast(Machine, self._ask(AskMachine(without_card, self._engine), title))

    def _measure_data(self, data: Data) -> None:
        """Measures whatever is left to do with some data."""
        keys = [
            key for key in remaining(self.plan, self.result.measurements) if key[0] == data.name
        ]
        if not keys:
            return
        try:
            facts = cast(DataFacts, self._ask(AskData(data, self._engine), f"Loading {data.name}"))
            self._take_facts(facts)
        except Cancelled:
            raise
        except RanscopeError as error:
            self._without_data(keys, error.sentence())
            return
        except MemoryError:
            self._without_data(keys, f"{data.name} does not fit into memory")
            return
        room = memory_limit(self.plan.stopping) // bytes_of_one(facts)
        for batch in batches(self.plan, self.result, keys, room):
            self._measure_batch(data, batch)

    def _without_data(self, keys: Sequence[Key], reason: str) -> None:
        """Notes that the weights cannot be had; they may be another time, so what was measured of them stays."""
        known = {key_of(each) for each in self.result.measurements if each.seconds}
        for key in keys:
            if key not in known:
                self._add(Measurement(*key, Outcome.UNAVAILABLE, reason))
        self._work_done += len(keys)

    def _take_facts(self, facts: DataFacts) -> None:
        """Notes what data are.

        Raises:
            InputError: they are not those that were measured before.
        """
        known = next((each for each in self.result.data if each.name == facts.name), None)
        if known is not None and known.digest != facts.digest:
            raise InputError(
                f"the weights of {facts.name} are others than those of the earlier run"
            )
        if known is None:
            self._keep(replace(self.result, data=(*self.result.data, facts)))

    def _measure_batch(self, data: Data, batch: tuple[Candidate, ...]) -> None:
        """Lets candidates take turns, those that end the process taken out one by one."""
        done_before = self._work_done
        self._deaths = 0
        wanted = still_wanted(self.plan, self.result, data.name, batch)
        work = sum(len(each.actions) for each in wanted)
        while wanted:
            left = sum(len(each.actions) for each in wanted)
            self._work_done = done_before + work - left
            if self._sit(data, wanted, left):
                break
            wanted = still_wanted(self.plan, self.result, data.name, batch)
        self._work_done = done_before + work

    def _sit(self, data: Data, batch: tuple[Candidate, ...], work: int) -> bool:
        """One sitting; returns whether it came to its end. If not, whose fault that was is noted."""
        before = {key_of(m): m for m in self.result.measurements}
        first_round = next_round(self.result.measurements, data.name)

        def take(part: object) -> None:
            found = moved_on(cast(Measurement, part), first_round)
            earlier = before.get(key_of(found))
            self._add(found if earlier is None else joined(earlier, found))

        who = f"{len(batch):,} taking turns" if len(batch) > 1 else batch[0].name
        beacon = Beacon.new()
        sitting = Sitting(data, batch, self.plan.stopping, beacon.path, self._engine)
        watch = Watch(self._child, beacon, self.plan.stopping)
        ended = False
        try:
            with watch:
                self._ask(sitting, f"Measuring {data.name}: {who}", take, work)
            ended = True
        except Cancelled:
            raise
        except (RanscopeError, MemoryError) as error:
            self._blame(data, batch, watch, error)
        finally:
            beacon.remove()
        if not ended or watch.stopped is not None:  # which may have been a moment too late
            self._child.end()
            self._child = Child()
        return ended

    def _blame(
        self,
        data: Data,
        batch: Sequence[Candidate],
        watch: Watch,
        error: RanscopeError | MemoryError,
    ) -> None:
        """Notes whose turn it was when the process came to an end; after some that are nobody's fault, all give up."""
        outcome, reason = _fault(watch.stopped, error)
        turn = watch.turn
        if turn.candidate is not None:
            candidate = batch[turn.candidate]
            actions = candidate.actions if not turn.action else (ACTIONS[turn.action - 1],)
            self._give_up([(data.name, candidate.name, each) for each in actions], outcome, reason)
            return
        self._deaths += 1
        if self._deaths == UNKNOWN_DEATHS:
            known = {key_of(m): m.outcome for m in self.result.measurements}
            keys = [(data.name, each.name, action) for each in batch for action in each.actions]
            keys = [key for key in keys if known.get(key) not in SETTLED]
            says = f"its process ended again and again while no candidate had its turn: {reason}"
            self._give_up(keys, Outcome.CRASHED, says)

    def _give_up(self, keys: Sequence[Key], outcome: Outcome, reason: str) -> None:
        """Notes that nothing more can be had of something; runs that there were are kept with it."""
        known = {key_of(each): each for each in self.result.measurements}
        for key in keys:
            found = known.get(key, Measurement(*key, outcome))
            self._add(replace(found, outcome=outcome, reason=reason))

    def _ask(
        self,
        task: Task,
        title: str,
        take: Callable[[object], None] = lambda _part: None,
        work: int = 0,
    ) -> object:
        """Has the child do a task; `work` measurements are done when it is."""

        def report(done: int, total: int) -> None:
            self._tell(title, work * min(done / max(total, 1), 1.0))

        self._tell(title, 0.0)
        order = Order(task, title, self._cancelled, lambda: GRACE_S, report, handed=take)
        return self._child.run(order)

    def _tell(self, says: str, done: float) -> None:
        share = min((self._work_done + done) / self._work, 1.0)
        elapsed = time.monotonic() - self._begun
        left = elapsed * (1 - share) / share if share >= LEAST_SHARE else None
        self._told(Standing(share, says, left))

    def _add(self, measurement: Measurement) -> None:
        self._keep(with_measurement(self.result, measurement))

    def _keep(self, result: RunResult) -> None:
        elapsed = self._elapsed_before + time.monotonic() - self._begun
        self.result = replace(result, elapsed_s=elapsed)
        self._changed(self.result)


def _fault(stopped: Stopped | None, error: RanscopeError | MemoryError) -> tuple[Outcome, str]:
    """How a candidate has ended its process, and what to say of it."""
    if stopped is not None:
        return stopped.outcome, stopped.reason
    if isinstance(error, MemoryError):
        return Outcome.OUT_OF_MEMORY, "there is not enough memory for it"
    if isinstance(error, ChildDied):
        return Outcome.CRASHED, f"it ended its process: {error.how or 'killed'}"
    return Outcome.CRASHED, error.sentence()
