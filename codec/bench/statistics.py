"""What times say: the typical one, how they scatter, and how sure one can be of both, and of a ratio of two.

Times of runs are skewed, with a few that took far longer, so everything here goes by ranks: medians and quartiles,
no means. Intervals hold with 95% confidence and assume no distribution:

- of a median, between two order statistics, by the binomial distribution (Conover, Practical Nonparametric
  Statistics, 1999, 3.2): exact, and none below six runs;
- of a ratio of two medians, by the percentile bootstrap with a fixed seed (Efron and Tibshirani, An Introduction
  to the Bootstrap, 1993, 13.3). Of candidates that took turns whole rounds are drawn, so that what a round did to both
  stays together; of runs of different times each side is drawn for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from codec.bench.result import Measurement, Outcome

CONFIDENCE = 0.95
RESAMPLES = 2000
SEED = 20261123
DRAWN_AT_ONCE = 1 << 14
"""Runs."""

LEAST_RUNS = 6
"""Below, no two order statistics hold the median with this confidence: 1 - 2 · 2^-5 is 0.94."""

Times = tuple[float, ...]


@dataclass(frozen=True)
class Interval:
    """Holds the true value with `CONFIDENCE`."""

    low: float
    high: float


@dataclass(frozen=True)
class Summary:
    """Some times, in seconds.

    Attributes:
        runs: how many there are.
        median: the typical one.
        interval: of the median; None where there are too few runs for one.
        least, most: of all.
        lower_quartile, upper_quartile: half of the runs lie between them.
        deviation: the median distance from the median (MAD).
    """

    runs: int
    median: float
    interval: Interval | None
    least: float
    most: float
    lower_quartile: float
    upper_quartile: float
    deviation: float

    @property
    def spread(self) -> float:
        """The range of the middle half of the runs, as a share of the median."""
        width = self.upper_quartile - self.lower_quartile
        return width / self.median if self.median > 0 else 0.0


@dataclass(frozen=True)
class Speed:
    """How many times as fast one is as another.

    Attributes:
        times: the other's median over its own: 2 is twice as fast.
        interval: of it; None where there are too few runs for one.
        paired: whether both took turns; else a change between them, of heat or of load, is in it.
        runs: of the one that has fewer; or rounds that both took part in.
    """

    times: float
    interval: Interval | None
    paired: bool
    runs: int

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves no doubt who is faster."""
        return self.interval is not None and not self.interval.low <= 1.0 <= self.interval.high


def summary(seconds: Sequence[float]) -> Summary | None:
    """What some times say; None where there are none."""
    return _summary(tuple(seconds)) if len(seconds) else None


@lru_cache(maxsize=4096)
def _summary(seconds: Times) -> Summary:
    times = np.sort(np.array(seconds, dtype=np.float64))
    lower, median, upper = np.quantile(times, (0.25, 0.5, 0.75)).tolist()
    deviation = float(np.median(np.abs(times - median)))
    least, most = float(times[0]), float(times[-1])
    return Summary(len(times), median, _of_median(times), least, most, lower, upper, deviation)


def _of_median(times: NDArray[np.float64]) -> Interval | None:
    """Between the k-th least and the k-th largest of n sorted times, k as large as the confidence allows."""
    rank = _rank_of_interval(len(times))
    return Interval(float(times[rank - 1]), float(times[len(times) - rank])) if rank else None


@lru_cache(maxsize=4096)
def _rank_of_interval(count: int) -> int:
    """That k; 0 where there are too few times for any. Twice the binomial tail below it is no more than is left over.

    In whole numbers, each coefficient from the one before: there may be thousands.
    """
    most = (1 << count) * (1 - Fraction(str(CONFIDENCE))) / 2
    coefficient, tail = 1, 0
    for rank in range(count // 2):
        tail += coefficient
        if tail > most:
            return rank
        coefficient = coefficient * (count - rank) // (rank + 1)
    return count // 2


def speed(measured: Measurement, baseline: Measurement) -> Speed | None:
    """How many times as fast a candidate is as the baseline of the same data and action.

    None where one of them has no time that counts: only what is `MEASURED` has.
    """
    if any(
        each.outcome is not Outcome.MEASURED or not each.seconds for each in (measured, baseline)
    ):
        return None
    own, other = (
        dict(zip(each.rounds, each.seconds, strict=False)) for each in (measured, baseline)
    )
    shared = tuple(sorted(own.keys() & other.keys()))
    if not shared:
        return change(baseline.seconds, measured.seconds)
    return _paired(tuple(own[n] for n in shared), tuple(other[n] for n in shared))


def change(before: Sequence[float], after: Sequence[float]) -> Speed | None:
    """How many times as fast it is after as before, of runs that did not take turns; None without runs."""
    return _unpaired(tuple(before), tuple(after)) if len(before) and len(after) else None


@lru_cache(maxsize=4096)
def _paired(own: Times, other: Times) -> Speed:
    times = np.array((own, other), dtype=np.float64)
    alike = own == other  # the baseline itself: whatever is drawn, the ratio is 1
    medians = np.median(times, axis=1, keepdims=True) if alike else _drawn_medians(times)
    return _speed(times[0], times[1], medians, paired=True)


@lru_cache(maxsize=4096)
def _unpaired(before: Times, after: Times) -> Speed:
    own, other = np.array(after, dtype=np.float64), np.array(before, dtype=np.float64)
    medians = [_drawn_medians(own[None]), _drawn_medians(other[None], SEED + 1)]
    return _speed(own, other, np.concatenate(medians), paired=False)


def _drawn_medians(times: NDArray[np.float64], seed: int = SEED) -> NDArray[np.float64]:
    """float64[k, RESAMPLES]: medians of runs that are drawn with replacement, the same ones of each row.

    A few resamples at a time: tens of megabytes that are written and read again would take memory bandwidth away from
    a run that is being measured meanwhile.

    Args:
        times: float64[k, runs].
        seed: of what is drawn.
    """
    random, count = np.random.default_rng(seed), times.shape[1]
    at_once = max(DRAWN_AT_ONCE // count, 1)
    parts = []
    for first in range(0, RESAMPLES, at_once):
        drawn = random.integers(0, count, (min(at_once, RESAMPLES - first), count))
        parts.append(np.median(times[:, drawn], axis=2))
    return np.concatenate(parts, axis=1)


def _speed(
    own: NDArray[np.float64],
    other: NDArray[np.float64],
    medians: NDArray[np.float64],
    *,
    paired: bool,
) -> Speed:
    """The ratio of two medians, and its interval from the medians of what was drawn, float64[2, RESAMPLES]."""
    runs = min(len(own), len(other))
    ratio = _ratio(float(np.median(other)), float(np.median(own)))
    if runs < LEAST_RUNS or not (medians[0] > 0).all():
        return Speed(ratio, None, paired, runs)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(medians[1] / medians[0], (tail, 1 - tail)).tolist()
    return Speed(ratio, Interval(low, high), paired, runs)


def _ratio(other: float, own: float) -> float:
    return other / own if own > 0 else float("inf")


def rate(measured: Measurement) -> float | None:
    """Bytes of weights a second, of the median run; a weight is a byte. None without a time."""
    found = summary(measured.seconds)
    return measured.weights / found.median if found and found.median > 0 else None


def tile_milliseconds(measured: Measurement) -> float | None:
    """Milliseconds a tile, of the median run; None without a time or tiles."""
    found = summary(measured.seconds)
    return 1e3 * found.median / measured.tiles if found and measured.tiles else None


def ratio(measured: Measurement) -> float | None:
    """How many times smaller what is stored is than the weights; None where nothing is stored."""
    return measured.weights / measured.stored_bytes if measured.stored_bytes else None
