"""What a person should know before believing a time, in plain sentences: how it was measured, and what was seen."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from codec.bench.result import Machine, Measurement
from codec.bench.statistics import LEAST_RUNS, Summary, summary

NOISY = 0.05
"""Spread (the middle half of the runs, over the median) above which a time is called noisy."""

FAR_OUT = 2.0
"""A run that takes so many times the median is told of."""

SLOWED = 1.03
"""The last third of the runs over the first third, from which on a trend is told of, if it is one."""

TREND_RUNS = 9
SURE = 2.576
"""Standard deviations: chance makes such a trend once in a hundred runs of a plan (Mann 1945, Kendall 1975)."""

CLOCK_STEPS = 100
"""A time of fewer steps of the clock than this is too short: one step is more than a percent of it."""

EVENT_STEP = 0.5e-6
"""Seconds that events of a card tell apart (CUDA Runtime API, cudaEventElapsedTime)."""

COMPILED = 3.0
"""The first run over the median, from which on it is told of; and at least so many seconds longer."""
COMPILED_S = 0.001

ON_CORE = 0.9
"""Share of the time that a single thread is on a core, below which others took it away."""

CARD_IN_USE = 0.02
"""Share of a moment in which others use a card, from which on that is told of."""


class Kind(Enum):
    """What a remark is about."""

    FEW_RUNS = "few runs"
    NOISY = "noisy"
    OUTLIERS = "outliers"
    THROTTLED = "throttled"
    TOO_SHORT = "too short to time"
    FIRST_RUN = "first run"
    BUSY = "busy machine"
    BUSY_CARD = "busy card"


@dataclass(frozen=True)
class Remark:
    """One remark.

    Attributes:
        kind: what it is about, for a column.
        says: all of it, one sentence.
        doubtful: whether the time is to be doubted for it; else it only tells.
    """

    kind: Kind
    says: str
    doubtful: bool = True


def remarks(measured: Measurement, machine: Machine | None = None) -> tuple[Remark, ...]:
    """All that there is to remark of a measurement; nothing of one without times.

    Args:
        measured: what was measured.
        machine: on which, for how many cores it has; None where that is not known.
    """
    found = summary(measured.seconds)
    if found is None:
        return ()
    told = (
        _few_runs(found),
        _noisy(found),
        _outliers(measured, found),
        _throttled(measured, found),
        _too_short(measured, found),
        _first_run(measured, found),
        _taken_away(measured),
        _busy(measured, machine),
        _busy_card(measured),
    )
    return tuple(remark for remark in told if remark is not None)


def _few_runs(found: Summary) -> Remark | None:
    if found.runs >= LEAST_RUNS:
        return None
    runs = "1 run" if found.runs == 1 else f"{found.runs:,} runs"
    says = f"{runs} alone: no interval can be told below {LEAST_RUNS}"
    return Remark(Kind.FEW_RUNS, says)


def _noisy(found: Summary) -> Remark | None:
    if found.spread <= NOISY or found.runs < LEAST_RUNS:
        return None
    says = f"noisy: the middle half of the runs is spread over more than {NOISY:.0%} of the median"
    return Remark(Kind.NOISY, says)


def _outliers(measured: Measurement, found: Summary) -> Remark | None:
    far = sum(seconds > FAR_OUT * found.median for seconds in measured.seconds)
    if not far:
        return None
    took = f"more than {FAR_OUT:g} times as long as the median, the longest {_time(found.most)}"
    says = f"{far:,} of {found.runs:,} runs took {took}"
    return Remark(Kind.OUTLIERS, says, doubtful=False)


def _throttled(measured: Measurement, found: Summary) -> Remark | None:
    """Later runs take longer: as of a card or a processor that gets warm and runs slower."""
    if found.runs < TREND_RUNS:
        return None
    times = np.array(measured.seconds, dtype=np.float64)
    third = len(times) // 3
    slower = float(np.median(times[-third:]) / max(float(np.median(times[:third])), 1e-12))
    if slower < SLOWED or trend(times) < SURE:
        return None
    says = f"throttled: the last third of the runs took {slower - 1:.0%} longer than the first"
    return Remark(Kind.THROTTLED, says + _sunken_clock(measured, third))


def _sunken_clock(measured: Measurement, third: int) -> str:
    """What the clock of the cores did meanwhile, as the end of a sentence; "" where it is not told, or did nothing."""
    clock = measured.megahertz
    if measured.device != "cpu" or len(clock) < 3 * third or third == 0:
        return ""
    first, last = float(np.median(clock[:third])), float(np.median(clock[-third:]))
    if last > first / SLOWED:
        return ", while the clock of the cores stayed"
    return f", while the clock of the cores sank from {first:,.0f} to {last:,.0f} MHz"


def trend(times: NDArray[np.float64]) -> float:
    """The Mann–Kendall statistic: how many standard deviations the runs get longer, or below 0 shorter, by chance."""
    count = len(times)
    # Row by row: all pairs at once are megabytes, whose traffic would slow down what is being measured.
    score = float(sum(np.sign(times[at + 1 :] - each).sum() for at, each in enumerate(times)))
    deviation = float(np.sqrt(count * (count - 1) * (2 * count + 5) / 18))
    return (score - np.sign(score)) / deviation if deviation else 0.0


def _too_short(measured: Measurement, found: Summary) -> Remark | None:
    step = clock_step() if measured.device == "cpu" else EVENT_STEP
    if found.median >= CLOCK_STEPS * step:
        return None
    says = f"too short to time: {_time(found.median)}, and the clock goes in steps of {_time(step)}"
    return Remark(Kind.TOO_SHORT, says)


@cache
def clock_step() -> float:
    """Seconds between two different answers of the clock, at best."""
    steps = []
    for _ in range(100):
        begin = end = time.perf_counter()
        while end == begin:
            end = time.perf_counter()
        steps.append(end - begin)
    return min(steps)


def _first_run(measured: Measurement, found: Summary) -> Remark | None:
    if not measured.warm_up or found.median <= 0:
        return None
    first = measured.warm_up[0]
    if first < COMPILED * found.median or first - found.median < COMPILED_S:
        return None
    longer = f"{first / found.median:,.0f} times as long as later ones"
    says = f"the first run took {_time(first)}, {longer}: something was compiled or loaded; it is not counted"
    return Remark(Kind.FIRST_RUN, says, doubtful=False)


def _taken_away(measured: Measurement) -> Remark | None:
    """A single thread that was not on a core all the time had to wait for one."""
    total = sum(measured.seconds)
    if measured.device != "cpu" or measured.threads != 1 or total <= 0:
        return None
    if not measured.processor_seconds:
        return None
    share = sum(measured.processor_seconds) / total
    if share >= ON_CORE:
        return None
    says = f"its thread was on a core for {share:.0%} of the time alone: others had it meanwhile"
    return Remark(Kind.BUSY, says)


def _busy_card(measured: Measurement) -> Remark | None:
    if measured.card_load is None or measured.card_load < CARD_IN_USE:
        return None
    says = f"busy card: others used it for {measured.card_load:.0%} of the moment before this began"
    return Remark(Kind.BUSY_CARD, says)


def _busy(measured: Measurement, machine: Machine | None) -> Remark | None:
    if machine is None or measured.load is None or measured.device != "cpu":
        return None
    wanted = measured.load + max(measured.threads, 1)
    if wanted <= machine.cores + 0.5:
        return None
    says = (
        f"busy machine: others kept {measured.load:.1f} of {machine.cores:,} cores busy when it began, "
        f"and it wants {measured.threads:,}"
    )
    return Remark(Kind.BUSY, says)


def _time(seconds: float) -> str:
    """A time with a unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"
