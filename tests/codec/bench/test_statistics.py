"""Medians, intervals and ratios: against what is known by hand, and against how often they hold."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from codec.bench import statistics as module
from codec.bench.plan import Action
from codec.bench.result import Measurement, Outcome
from codec.bench.statistics import (
    LEAST_RUNS,
    Interval,
    change,
    rate,
    ratio,
    speed,
    summary,
    tile_milliseconds,
)


def measured(*seconds, rounds=None, **more):
    numbers = tuple(range(len(seconds))) if rounds is None else rounds
    return Measurement(
        "d", "c", Action.DECODE, Outcome.MEASURED, seconds=seconds, rounds=numbers, **more
    )


def test_a_summary_by_hand():
    found = summary([5.0, 1.0, 4.0, 2.0, 3.0])
    assert found is not None
    assert (found.runs, found.median, found.least, found.most) == (5, 3.0, 1.0, 5.0)
    assert (found.lower_quartile, found.upper_quartile, found.deviation) == (2.0, 4.0, 1.0)
    assert found.spread == pytest.approx(2 / 3)
    assert found.interval is None
    assert summary([]) is None


@pytest.mark.parametrize(
    ("count", "low", "high"), [(6, 1, 6), (9, 2, 8), (15, 4, 12), (25, 8, 18), (100, 40, 61)]
)
def test_the_interval_of_a_median_is_that_of_the_tables(count, low, high):
    """Conover, table A3, and any book's table of the sign test: ranks at 95%."""
    found = summary([float(n) for n in range(count, 0, -1)])
    assert found is not None
    assert found.interval == Interval(low, high)


def test_the_interval_of_a_median_holds_it_as_often_as_it_says():
    random, held, tries = np.random.default_rng(1), 0, 400
    for _ in range(tries):
        found = summary(random.exponential(1.0, 15).tolist())
        assert found is not None
        assert found.interval is not None
        held += found.interval.low <= np.log(2) <= found.interval.high
    assert held / tries > 0.93


def test_the_interval_of_a_ratio_holds_it_as_often_as_it_says():
    """Rounds that slow both alike, as on a machine that others use: of this no interval must know."""
    random, held, tries = np.random.default_rng(2), 0, 200
    for _ in range(tries):
        slowed = random.exponential(1.0, 21) + 1
        own, other = (slowed * random.normal(center, 0.02, 21) for center in (1.0, 1.5))
        found = speed(measured(*own.tolist()), measured(*other.tolist()))
        assert found is not None
        assert found.interval is not None
        held += found.interval.low <= 1.5 <= found.interval.high
    assert held / tries > 0.9


def test_pairing_tells_apart_what_the_machine_would_hide():
    random = np.random.default_rng(3)
    slowed = random.exponential(5.0, 25) + 1
    own, other = (slowed * 1.0).tolist(), (slowed * 1.05).tolist()
    paired = speed(measured(*own), measured(*other))
    apart = change(other, own)
    assert paired is not None
    assert apart is not None
    assert paired.times == apart.times == pytest.approx(1.05)
    assert (paired.paired, apart.paired) == (True, False)
    assert paired.is_clear
    assert not apart.is_clear


def test_rounds_that_only_one_took_part_in_are_left_out():
    own = measured(1.0, 1.0, 9.0, rounds=(0, 1, 5))
    other = measured(9.0, 2.0, 2.0, rounds=(7, 0, 1))
    found = speed(own, other)
    assert found is not None
    assert (found.times, found.runs, found.interval) == (2.0, 2, None)


def test_without_a_round_together_it_is_told_that_they_did_not_take_turns():
    found = speed(measured(1.0, rounds=(0,)), measured(3.0, rounds=(1,)))
    assert found is not None
    assert (found.times, found.paired) == (3.0, False)


def test_only_what_is_measured_has_a_speed():
    sound = measured(1.0, 1.0)
    for outcome in set(Outcome) - {Outcome.MEASURED}:
        assert speed(replace(sound, outcome=outcome), sound) is None
        assert speed(sound, replace(sound, outcome=outcome)) is None
    assert speed(sound, measured()) is None
    assert change([], [1.0]) is None


def test_times_of_nothing_are_no_reason_to_fail():
    zero = measured(*[0.0] * 8)
    found = speed(zero, measured(*[1.0] * 8))
    assert found is not None
    assert (found.times, found.interval) == (inf, None)
    assert rate(replace(zero, weights=10)) is None


def test_the_same_times_give_the_same_interval():
    random = np.random.default_rng(4)
    own, other = (measured(*random.normal(5, 1, 20).tolist()) for _ in "ab")
    found = speed(own, other)
    assert found is not None
    assert found == speed(replace(own, candidate="x"), other)
    assert found.interval is not None
    assert found.interval.low < found.times < found.interval.high


def test_it_matters_not_how_many_resamples_are_drawn_at_once(monkeypatch):
    random = np.random.default_rng(5)
    own, other = (measured(*random.normal(5, 1, 37).tolist()) for _ in "ab")
    found = speed(own, other), change(own.seconds, other.seconds)
    for at_once in (1, 1000, 10**9):
        monkeypatch.setattr(module, "DRAWN_AT_ONCE", at_once)
        module._paired.cache_clear()
        module._unpaired.cache_clear()
        assert (speed(own, other), change(own.seconds, other.seconds)) == found


def test_one_against_itself_is_1():
    it = measured(*[1.0, 2.0, 3.0] * LEAST_RUNS)
    found = speed(it, it)
    assert found is not None
    assert (found.times, found.interval) == (1.0, Interval(1.0, 1.0))
    assert not found.is_clear


def test_rates():
    it = measured(0.5, 0.5, weights=1000, stored_bytes=400, tiles=4)
    assert (rate(it), tile_milliseconds(it), ratio(it)) == (2000.0, 125.0, 2.5)
    nothing = measured()
    assert (rate(nothing), tile_milliseconds(nothing), ratio(nothing)) == (None, None, None)
