"""Measuring candidates over one data: prepared, warmed up, then taking turns, and every output checked.

Rounds. In each every candidate has its turn at each of its actions, in an order that is drawn anew for every round,
from a fixed seed; so whatever changes while it all goes on (the clock of a card that sinks, what others do on the
machine, who ran before whom) falls on all of them alike, and only runs of the same round are compared.

No timing without a checked output: a run whose output is wrong ends a candidate's action as `WRONG`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np

from codec.bench import contenders
from codec.bench.card_health import require_sound_card
from codec.bench.contender import Contender
from codec.bench.data import Matrix, load
from codec.bench.load import Clock, busy_cores
from codec.bench.plan import Action, Candidate, Data, Stopping
from codec.bench.result import DataFacts, Measurement, Outcome
from codec.bench.running import Run, run_once, run_once_and_watch
from codec.bench.sheet import Sheet
from codec.bench.telling import SECONDS_BETWEEN, Silent, Teller
from codec.decoders.base import Tick, no_tick
from codec.errors import Cancelled, DeviceError, DeviceMemory, InputError, RanscopeError

SEED = 20261123
"""Of the order of turns."""

TOLD_TOTAL = 1000
"""What `tick` is told of is thousandths; see `_Progress` for what they are made of."""

PREPARING, WARMING = 0.1, 0.25
"""Shares of the work that are done when all are prepared, and when all are warm."""


def measure(
    data: Data,
    candidates: Sequence[Candidate],
    stopping: Stopping,
    tick: Tick = no_tick,
    told: Teller | None = None,
    loaded: tuple[Matrix, DataFacts] | None = None,
) -> list[Measurement]:
    """Measures candidates over one data of a plan, all of them taking turns.

    Whatever happens to one candidate is what is measured of it, and the others go on.

    Args:
        data: what all of them code.
        candidates: who codes, with the actions that are timed.
        stopping: when it is enough.
        tick: told (thousandths done, 1000).
        told: told whose turn it is, and of each measurement: those that are finished, and the others now and then.
        loaded: the data, where they are there already.

    Returns:
        Every action of every candidate, in the order in which they ended.

    Raises:
        Cancelled: `tick` says so. What was measured until then was told as `CANCELLED`.
        DeviceError: the card has failed, in the hands of the one whose turn it was last; nothing more is to be had
            of it in this process. What was measured until then was told.
        RanscopeError: the data cannot be had.
    """
    weights, facts = load(data, tick) if loaded is None else loaded
    return _Measuring(facts, weights, candidates, stopping, tick, told or Silent()).run()


class _Progress:
    """How far it is, in thousandths: preparing, warming up, rounds."""

    def __init__(self, tick: Tick) -> None:
        self._tick = tick
        self._done = 0

    def tell(self, begin: float, end: float, share: float) -> None:
        """So much of the part from `begin` to `end` is done; raises Cancelled."""
        share = begin + (end - begin) * min(max(share, 0.0), 1.0)
        self._done = int(TOLD_TOTAL * share)
        self.tell_again()

    def tell_again(self) -> None:
        """It is as far as before; raises Cancelled."""
        self._tick(self._done, TOLD_TOTAL)


class _Measuring:
    """One sitting."""

    def __init__(
        self,
        facts: DataFacts,
        weights: Matrix,
        candidates: Sequence[Candidate],
        stopping: Stopping,
        tick: Tick,
        told: Teller,
    ) -> None:
        self._facts, self._weights, self._stopping = facts, weights, stopping
        self._candidates, self._told = candidates, told
        self._progress = _Progress(tick)
        self._sheets: list[Sheet] = []
        self._ended: list[Measurement] = []
        self._next_telling = 0.0

    def run(self) -> list[Measurement]:
        """As `measure`."""
        try:
            self._told.idle()
            load = busy_cores()
            for number, candidate in enumerate(self._candidates):
                self._progress.tell(0.0, PREPARING, number / len(self._candidates))
                self._prepare(candidate, load)
            self._look_at_card()
            for number, sheet in enumerate(self._sheets):
                self._progress.tell(PREPARING, WARMING, number / len(self._sheets))
                if sheet.outcome is None:
                    self._warm_up(sheet)
            self._take_turns()
            for sheet in self._running:
                self._end(sheet, Outcome.MEASURED)
        finally:
            self._tell_unfinished()
            self._close()
        self._told.idle()
        return self._ended

    @property
    def _running(self) -> list[Sheet]:
        return [sheet for sheet in self._sheets if sheet.outcome is None]

    def _prepare(self, candidate: Candidate, load: float | None) -> None:
        """Makes a contender and has it take the weights."""
        self._told.turn(candidate.name, None)
        sheets = [Sheet(self._facts, candidate.name, each, load=load) for each in candidate.actions]
        self._sheets += sheets

        def prepare() -> None:
            if reason := contenders.unavailable(candidate):
                for sheet in sheets:
                    self._end(sheet, Outcome.UNAVAILABLE, reason)
                return
            contender = contenders.make(candidate, self._facts.layers)
            for sheet in sheets:
                sheet.contender = contender
            contender.prepare(self._weights)

        self._guarded(sheets, prepare, refusing=RanscopeError)
        self._told.idle()

    def _look_at_card(self) -> None:
        """Notes whether others use the card, where anybody is measured on it; nothing of ours runs meanwhile."""
        on_card = [
            each for each in self._running if each.contender and each.contender.device != "cpu"
        ]
        if on_card:
            from codec.bench.gpu.others import busy_card

            share = busy_card()
            for sheet in on_card:
                sheet.card_load = share

    def _warm_up(self, sheet: Sheet) -> None:
        """Runs until two runs are alike, or for as long as it may; then once more to see how much memory it takes."""
        begin = time.perf_counter()
        while True:
            run = self._run(sheet)
            if run is None:
                return
            sheet.warm_up.append(run.timing.seconds)
            self._tell_now_and_then()
            if sheet.stable or time.perf_counter() - begin > self._stopping.warm_up_s:
                break
            self._progress.tell_again()
        watched = self._run(sheet, run_once_and_watch)
        sheet.peak_bytes = None if watched is None else watched.peak_bytes

    def _take_turns(self) -> None:
        """The rounds."""
        order, begin, clock = np.random.default_rng(SEED), time.perf_counter(), Clock()
        for number in range(self._stopping.most_rounds):
            spent = time.perf_counter() - begin
            if number >= self._stopping.rounds and spent >= self._stopping.seconds:
                return
            running, megahertz = self._running, clock()
            if not running:
                return
            turns = [running[place] for place in order.permutation(len(running)).tolist()]
            for turn, sheet in enumerate(turns):
                rounds = number + turn / len(turns)
                self._progress.tell(WARMING, 1.0, self._share(rounds, spent))
                run = self._run(sheet)
                if run is not None:
                    sheet.add(run, number, megahertz)
                self._tell_now_and_then()

    def _share(self, rounds: float, spent: float) -> float:
        """Of the rounds, how much is done: of their number, or of their time, whichever is behind."""
        stopping = self._stopping
        by_number = rounds / stopping.rounds
        by_time = spent / stopping.seconds if stopping.seconds else 1.0
        return max(min(by_number, by_time), rounds / stopping.most_rounds)

    def _run(self, sheet: Sheet, once: Callable[[Contender, Action], Run] = run_once) -> Run | None:
        """A run with a right output; None where something is amiss, which the sheet then says."""
        contender, found = sheet.contender, []
        assert contender is not None, "only what was prepared is run"
        self._told.turn(sheet.candidate, sheet.action)

        def run() -> None:
            found.append(once(contender, sheet.action))
            self._told.checking(sheet.candidate, sheet.action)
            self._check(sheet, contender)
            if sheet.outcome is None:
                contender.clear()

        self._guarded([sheet], run, refusing=InputError)
        self._told.idle()
        if sheet.outcome is None and found[0].elapsed > self._stopping.limit_s:
            limit = self._stopping.limit_s
            reason = f"a run took {found[0].elapsed:,.1f} s, where {limit:,.1f} s are allowed"
            self._end(sheet, Outcome.TIMED_OUT, reason)
        return found[0] if sheet.outcome is None else None

    def _check(self, sheet: Sheet, contender: Contender) -> None:
        """Holds the last output against the weights."""
        wrong = contender.wrong(sheet.action)
        if wrong or not sheet.digest:
            sheet.digest = contender.digest(sheet.action)
        if wrong:
            sheet.wrong = wrong
            share = f"{wrong:,} of {self._weights.size:,} weights"
            self._end(sheet, Outcome.WRONG, f"{share} came out wrong in run {sheet.runs + 1:,}")
        elif sheet.digest != self._facts.digest:
            reason = "it finds nothing wrong, but the hash of its output is another"
            self._end(sheet, Outcome.WRONG, reason)

    def _guarded(
        self, sheets: Sequence[Sheet], work: Callable[[], None], refusing: type[Exception]
    ) -> None:
        """Does some work of a candidate; whatever it raises ends these sheets, errors of one kind as `REFUSED`.

        Raises:
            Cancelled, DeviceError: as `measure`.
        """
        try:
            work()
            require_sound_card()
        except Cancelled:
            raise
        except DeviceError as error:
            self._end_all(sheets, Outcome.CRASHED, error.sentence())
            raise
        except DeviceMemory as error:
            self._end_all(sheets, Outcome.OUT_OF_MEMORY, error.sentence())
        except MemoryError:
            self._end_all(sheets, Outcome.OUT_OF_MEMORY, "there is not enough memory for it")
        except Exception as error:  # whatever somebody's code comes up with
            is_refusal = isinstance(error, refusing)
            outcome = Outcome.REFUSED if is_refusal else Outcome.CRASHED
            self._end_all(sheets, outcome, contenders.sentence(error))
            require_sound_card()

    def _end_all(self, sheets: Sequence[Sheet], outcome: Outcome, reason: str) -> None:
        for sheet in sheets:
            if sheet.outcome is None:
                self._end(sheet, outcome, reason)

    def _end(self, sheet: Sheet, outcome: Outcome, reason: str = "") -> None:
        """No more is measured of it: told at once."""
        sheet.end(outcome, reason)
        found = sheet.measurement()
        self._ended.append(found)
        self._told.measured(found)
        self._give_back(sheet)

    def _tell_now_and_then(self) -> None:
        if time.monotonic() >= self._next_telling:
            self._tell_unfinished()
            self._next_telling = time.monotonic() + SECONDS_BETWEEN

    def _tell_unfinished(self) -> None:
        """Tells of those that have more runs than when they were told of last."""
        for sheet in self._running:
            if sheet.told != len(sheet.seconds):
                sheet.told = len(sheet.seconds)
                self._told.measured(sheet.measurement())

    def _close(self) -> None:
        """Has every contender give back what it holds."""
        for sheet in self._sheets:
            self._give_back(sheet)

    def _give_back(self, sheet: Sheet) -> None:
        """Parts a sheet from its contender, which is closed when no sheet needs it any more.

        One that fails at that has been measured all the same.
        """
        contender, sheet.contender = sheet.contender, None
        if contender is not None and all(each.contender is not contender for each in self._sheets):
            with suppress(Exception):
                contender.close()
