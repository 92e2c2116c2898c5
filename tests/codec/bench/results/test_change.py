"""What changed from run to run: told with its interval, or refused where the two are not the same thing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codec.bench.change import compare
from codec.bench.plan import Action
from codec.bench.result import Outcome
from tests.codec.bench.results.made import MACHINE, PLAN, RESULT, lost, measurement, with_

SLOW = tuple(1.0 + 0.001 * n for n in range(12))
FAST = tuple(0.5 + 0.001 * n for n in range(12))
KEY = ("small", "ours", Action.DECODE)


def change(before, after):
    (found,) = compare(before, after).changes
    assert found.key == KEY
    return found


def test_a_change_is_told_with_its_interval():
    found = change(with_(measurement(seconds=SLOW)), with_(measurement(seconds=FAST)))
    assert found.speed.times == pytest.approx(2.0, rel=0.01)
    assert found.speed.interval.low < 2.0 < found.speed.interval.high
    assert found.speed.is_clear
    assert not found.speed.paired
    back = change(with_(measurement(seconds=FAST)), with_(measurement(seconds=SLOW)))
    assert back.speed.times == pytest.approx(0.5, rel=0.01)


def test_no_change_is_not_clear():
    run = with_(measurement(seconds=SLOW))
    assert not change(run, run).speed.is_clear


def candidate(**more):
    first, *others = PLAN.candidates
    return replace(PLAN, candidates=(replace(first, **more), *others))


@pytest.mark.parametrize(
    ("before", "says"),
    [
        (with_(), "the earlier run has nothing of it"),
        (with_(lost("ours", Outcome.CRASHED, "x")), "the earlier run has no time of it: crashed"),
        (with_(measurement(outcome=Outcome.WRONG)), "the earlier run has no time of it: wrong output"),
        (with_(measurement(), data=()), "what its weights were is not known"),
        (
            with_(measurement(), data=(replace(RESULT.data[0], digest="0"),)),
            "its weights were others in the earlier run",
        ),
        (with_(measurement(), plan=candidate(options={"threads": 1})), "its options was another"),
        (with_(measurement(), plan=candidate(recipe=None, coder="x")), "its coder and recipe was"),
    ],
)  # fmt: skip
def test_what_is_not_the_same_thing_is_not_compared(before, says):
    found = change(before, with_(measurement()))
    assert found.speed is None
    assert says in found.refusal


def test_a_wrong_output_has_no_time_to_compare():
    found = change(with_(measurement()), with_(measurement(outcome=Outcome.WRONG)))
    assert found.refusal == "the later run has no time of it: wrong output"


def test_what_is_timed_and_for_how_long_may_differ():
    plan = replace(candidate(actions=(Action.DECODE,)), stopping=replace(PLAN.stopping, rounds=99))
    assert change(with_(measurement(), plan=plan), with_(measurement())).speed is not None


def test_another_machine_and_other_versions_are_warned_of():
    before = with_(
        measurement(),
        machine=replace(MACHINE, processor="z80", cores=1, versions={"numpy": "1", "old": "2"}),
    )
    assert compare(before, with_(measurement())).warnings == (
        "another processor: z80 before, a processor now",
        "another number of cores: 1 before, 2 now",
        "other versions: numpy 1 before, 2.0 now, old 2 before, not installed now",
    )
    assert compare(RESULT, RESULT).warnings == ()


def test_what_is_missing_now_is_told():
    found = compare(with_(measurement(), measurement(candidate="zstd")), with_(measurement()))
    assert found.missing == (("small", "zstd", Action.DECODE),)
