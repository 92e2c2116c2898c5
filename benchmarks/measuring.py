"""What being measured costs a candidate: the same one timed by the benchmarks, and outside of them.

    python benchmarks/measuring.py > benchmarks/measuring.txt     # a quarter of an hour, on a quiet machine

A machine that others use, too, changes its speed by a fifth within seconds, so what is compared lies as near to each
other as can be, and only ratios of neighbours count. Wanted: under one percent.

- The engine: one candidate in one process is run in turns by a loop that only clears its last output, times it and
  checks what came out, and by the engine with all that it does in a round: it looks at the clock of the cores, shows
  who has the word, switches off the collector, and reads the time of a core. Which of the two is first is drawn. A
  candidate that does nothing shows what that is in microseconds: of what is timed, and around it.
- The window: a candidate in the process that measures, while the window with the panel of benchmarks watches it,
  and while that stands still; see `watching.py`. The median run around each stop tells of the typical run. That of all
  runs together also has in it the few that meet the window when it draws anew; it scatters more.

The interval holds with 95% confidence. Only where all of it lies under one percent, and not all below none, that is
called shown.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from watching import SIDE, STRETCH_S, measure_watched

from app.beacon import Beacon
from codec.bench.card_health import require_sound_card
from codec.bench.contender import Contender, Timing
from codec.bench.contenders import make
from codec.bench.data import load
from codec.bench.load import Clock, busy_cores
from codec.bench.ours import FileContender
from codec.bench.plan import Action, Candidate, Data
from codec.bench.running import run_once
from codec.bench.statistics import CONFIDENCE, RESAMPLES, Interval, summary
from codec.decoders.platform import processor_name
from codec.rerun.recipe import usual

CASE_S = {512: 15.0, 2048: 30.0, 4096: 100.0}
"""Seconds for the pairs of a case, by the side of its matrix: the longer a run takes, the more it needs for as many."""
MOST_PAIRS = 3000
WARM_UP_S = 1.0
EMPTY_PAIRS, EMPTY_S = 5000, 15.0
SEED = 20261123
WANTED = 0.01

SHOWN, UNDECIDED, NOT_SO = "shown", "not decided", "NOT SO"


class Run(NamedTuple):
    """Seconds of what is timed of a run, and of all that is done for it, checking included."""

    timed: float
    whole: float


class Share(NamedTuple):
    """What is added, as a share of what there is without it."""

    typical: float
    interval: Interval | None


class Empty(FileContender):
    """Does nothing, so that what is left is what is done around it."""

    def clear(self) -> None:
        """There is no output."""

    def run(self, _action: Action) -> Timing:
        """Takes no time."""
        return Timing(0.0)

    def wrong(self, _action: Action) -> int:
        """Nothing is."""
        return 0


Way = Callable[[Contender, Action], Run]


def outside(contender: Contender, action: Action) -> Run:
    """What a loop of one's own does: the last output is cleared, and what comes out is checked, as by the engine."""
    before = time.perf_counter()
    contender.clear()
    begin = time.perf_counter()
    contender.run(action)
    timed = time.perf_counter() - begin
    require_right(contender, action)
    return Run(timed, time.perf_counter() - before)


def by_engine(beacon: Beacon) -> Way:
    """What the engine does in a round of one candidate."""
    clock = Clock()

    def run(contender: Contender, action: Action) -> Run:
        before = time.perf_counter()
        clock()
        beacon.show(0, 1)
        found = run_once(contender, action)
        beacon.show(0, 1, checking=True)
        require_right(contender, action)
        require_sound_card()
        beacon.show(None)
        return Run(found.elapsed, time.perf_counter() - before)

    return run


def require_right(contender: Contender, action: Action) -> None:
    """Ends it all where the last output is wrong."""
    if wrong := contender.wrong(action):
        raise SystemExit(f"{wrong:,} weights came out wrong")


def taking_turns(
    contender: Contender, action: Action, ways: Sequence[Way], pairs: int, seconds: float
) -> list[list[Run]]:
    """Runs of each way, one after the other in an order that is drawn for each pair; warmed up before."""
    found: list[list[Run]] = [[] for _ in ways]
    order, until = np.random.default_rng(SEED), time.perf_counter() + WARM_UP_S
    while time.perf_counter() < until:
        for way in ways:
            way(contender, action)
    until = time.perf_counter() + seconds
    while len(found[0]) < pairs and time.perf_counter() < until:
        for place in order.permutation(len(ways)).tolist():
            found[place].append(ways[place](contender, action))
    return found


def contender_of(side: int) -> Contender:
    """The native layout on one core, at some size."""
    contender = make(Candidate("it", "cpu", usual("native"), {"threads": 1}))
    contender.prepare(load(Data("it", f"generated:normal-10:{side}x{side}:10"))[0])
    return contender


def typical(inside: Sequence[float], without: Sequence[float]) -> Share:
    """The median of the ratios of pairs: what slows down both falls out of each."""
    found = summary([one / other for one, other in zip(inside, without, strict=True)])
    assert found is not None
    return Share(found.median, found.interval)


def together(inside: Sequence[float], without: Sequence[float]) -> Share:
    """The ratio of sums, so that what happens seldom counts; pairs are drawn anew for the interval (bootstrap)."""
    both = np.array([inside, without])
    drawn = np.random.default_rng(SEED).integers(0, both.shape[1], (RESAMPLES, both.shape[1]))
    sums = both[:, drawn].sum(axis=2)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(sums[0] / sums[1], (tail, 1 - tail)).tolist()
    return Share(float(both[0].sum() / both[1].sum()), Interval(low, high))


def verdict(found: Share) -> str:
    """Whether it is under what is wanted, as far as the interval tells.

    Being measured makes nothing faster: where that is what comes out, something else has got in.
    """
    around = found.interval
    if around is None or around.low - 1 < WANTED <= around.high - 1 or around.high < 1:
        return UNDECIDED
    return SHOWN if around.high - 1 < WANTED else NOT_SO


def tell(name: str, found: Share) -> str:
    """Prints what something adds; returns the verdict."""
    around, says = found.interval, verdict(found)
    interval = "" if around is None else f" ({around.low - 1:+.2%} to {around.high - 1:+.2%})"
    print(f"    {name}: {found.typical - 1:+.2%}{interval}; under {WANTED:.0%}: {says}", flush=True)
    return says


def tell_empty(ways: Sequence[Way]) -> None:
    """Prints what the engine takes where the candidate takes nothing, in microseconds."""
    empty = Empty("cpu", usual("native"), {"threads": 1})
    own, engine = taking_turns(empty, Action.DECODE, ways, EMPTY_PAIRS, EMPTY_S)
    timed, whole = (
        1e6 * (statistics.median(each) - statistics.median(other))
        for each, other in zip(zip(*engine, strict=True), zip(*own, strict=True), strict=True)
    )
    print(f"    an empty run: {timed:+.2f} µs in what is timed, {whole:+.0f} µs around it")


def tell_engine() -> list[str]:
    """Prints what the engine adds; returns the verdicts."""
    beacon = Beacon.new()
    beacon.remove()  # it stays mapped
    ways = (outside, by_engine(beacon))
    print("the engine, beside a loop of one's own; run by run")
    tell_empty(ways)
    verdicts = []
    for side, seconds in CASE_S.items():
        contender = contender_of(side)
        for action in Action:
            own, engine = (
                [run.timed for run in runs]
                for runs in taking_turns(contender, action, ways, MOST_PAIRS, seconds)
            )
            took = 1e3 * statistics.median(own)
            name = f"{side}×{side} {action.value}, {took:.3g} ms, {len(own)} pairs"
            verdicts.append(tell(name, typical(engine, own)))
        contender.close()
    return verdicts


def tell_window() -> list[str]:
    """Prints what the window adds; returns the verdicts."""
    print(f"the window that watches, beside none; {STRETCH_S:g} s before and after it is stopped")
    found = measure_watched()
    pairs = found.pairs
    runs = sum(len(one) + len(other) for one, other in pairs)
    took = 1e3 * statistics.median(float(np.median(alone)) for _, alone in pairs)
    print(
        f"    {SIDE}×{SIDE} decode, {took:.3g} ms, {runs:,} runs at {len(pairs):,} stops; "
        f"{found.dropped} more had too few"
    )
    medians = [[float(np.median(runs)) for runs in side] for side in zip(*pairs, strict=True)]
    means = [[float(np.mean(runs)) for runs in side] for side in zip(*pairs, strict=True)]
    verdicts = [
        tell("the median run", typical(*medians)),
        tell("all runs together", together(*means)),
    ]
    print(f"    the window's process used {found.share:.1%} of a core")
    return verdicts


def main() -> None:
    """Measures and prints."""
    others = busy_cores()
    busy = "?" if others is None else format(others, ".1f")
    print(f"{dt.date.today()}, {processor_name()}; native layout, one thread")
    print(f"others kept {busy} of {os.cpu_count()} cores busy when it began")
    verdicts = tell_engine() + tell_window()
    counts = (f"{verdicts.count(each)} {each}" for each in (SHOWN, UNDECIDED, NOT_SO))
    print(f"under {WANTED:.0%}: {', '.join(counts)}")


if __name__ == "__main__":
    main()
