"""Sittings put together: runs that did not take turns never share a round, and no verdict gets lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codec.bench.merging import (
    gone_on_with,
    joined,
    key_of,
    keys_of,
    moved_on,
    next_round,
    remaining,
    with_measurement,
)
from codec.bench.plan import Action
from codec.bench.result import LayerMeasurement, Outcome
from codec.bench.statistics import speed
from tests.codec.bench.results.made import PLAN, RESULT, lost, measurement, with_


def test_rounds_of_another_sitting_are_numbered_on():
    first = measurement(seconds=(1.0, 2.0), load=0.5)
    assert next_round([first], "small") == 2
    assert next_round([first], "file") == 0
    second = moved_on(measurement(seconds=(3.0,)), 2)
    both = joined(first, second)
    assert (both.seconds, both.rounds) == ((1.0, 2.0, 3.0), (0, 1, 2))


def test_two_that_never_took_turns_are_not_paired():
    ours = measurement(seconds=(1.0, 1.0))
    base = moved_on(measurement(candidate="zstd", seconds=(2.0, 2.0)), 2)
    assert not speed(ours, base).paired
    assert speed(ours, replace(base, rounds=(0, 1))).paired


@pytest.mark.parametrize(
    ("before", "after", "both"),
    [
        (Outcome.CANCELLED, Outcome.MEASURED, Outcome.MEASURED),
        (Outcome.MEASURED, Outcome.CANCELLED, Outcome.MEASURED),
        (Outcome.CANCELLED, Outcome.CANCELLED, Outcome.CANCELLED),
        (Outcome.MEASURED, Outcome.WRONG, Outcome.WRONG),
        (Outcome.WRONG, Outcome.MEASURED, Outcome.WRONG),
        (Outcome.CANCELLED, Outcome.CRASHED, Outcome.CRASHED),
    ],
)
def test_what_was_bad_once_is_bad(before, after, both):
    found = joined(
        measurement(outcome=before, reason="b"), moved_on(measurement(outcome=after, reason="a"), 3)
    )
    assert found.outcome is both
    assert found.reason == ("b" if both is before and both is not after else "a")
    assert len(found.seconds) == 6


def test_layers_of_a_model_are_put_together_one_by_one():
    layers = tuple(
        LayerMeasurement(name, 8, 4, 1, (1.0, 2.0, 3.0), {"kernel": (0.5, 0.5, 0.5)})
        for name in ("a", "b")
    )
    both = joined(measurement(layers=layers), moved_on(measurement(layers=layers), 3))
    assert [layer.seconds for layer in both.layers] == [(1.0, 2.0, 3.0) * 2] * 2
    assert both.layers[1].stages == {"kernel": (0.5,) * 6}
    other = measurement(layers=layers[:1])
    assert joined(measurement(layers=layers), other) == other


def test_a_second_sitting_without_a_run_takes_nothing_away():
    found = joined(measurement(), lost("ours", Outcome.CANCELLED, "ended after 0 runs"))
    assert found == measurement()


def test_what_is_another_thing_takes_the_place_of_the_first():
    after = measurement(stored_bytes=1)
    assert joined(measurement(), after) == after
    assert joined(lost("ours", Outcome.UNAVAILABLE, "x"), after) == after


def test_what_is_left_of_a_plan_is_what_nothing_settled():
    left = remaining(PLAN, RESULT.measurements)
    assert set(left) == set(keys_of(PLAN)) - {
        (m.data, m.candidate, m.action) for m in RESULT.measurements
    }
    open_ = with_(lost("ours", Outcome.CANCELLED, "x"), lost("zstd", Outcome.UNAVAILABLE, "y"))
    assert remaining(PLAN, open_.measurements) == keys_of(PLAN)
    assert len(keys_of(PLAN)) == 2 * (2 + 2 + 1)


def test_what_had_no_memory_is_left_again_when_a_run_is_gone_on_with():
    found = with_(lost("ours", Outcome.OUT_OF_MEMORY, "x"), lost("zstd", Outcome.CRASHED, "y"))
    before = remaining(PLAN, found.measurements)
    after = remaining(PLAN, gone_on_with(found).measurements)
    assert set(after) - set(before) == {key_of(lost("ours", Outcome.OUT_OF_MEMORY, "x"))}
    assert not gone_on_with(replace(found, complete=True)).complete


def test_a_measurement_takes_the_place_of_its_own_kind_alone():
    changed = with_measurement(RESULT, measurement(seconds=(9.0,)))
    assert len(changed.measurements) == len(RESULT.measurements)
    assert changed.measurements[-1].seconds == (9.0,)
    encoded = [m for m in changed.measurements if m.action is Action.ENCODE]
    assert encoded == [m for m in RESULT.measurements if m.action is Action.ENCODE]


def test_times_of_a_card_that_has_gone_since_are_still_times():
    before = measurement(outcome=Outcome.CANCELLED, reason="ended after 3 runs")
    found = joined(before, lost("ours", Outcome.UNAVAILABLE, "there is no card"))
    assert (found.outcome, found.seconds) == (Outcome.CANCELLED, before.seconds)
    assert found.reason == "3 runs, then: there is no card"
    assert joined(measurement(), lost("ours", Outcome.UNAVAILABLE, "x")) == measurement()
