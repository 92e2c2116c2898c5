"""Running plans in a process of its own: whatever a candidate does there, the rest is measured and nothing is lost."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from app import bench_watch
from app.benching import Benching, Standing
from codec.bench import turns
from codec.bench.begun import begun
from codec.bench.merging import keys_of
from codec.bench.plan import Action
from codec.bench.result import Machine, Outcome, RunResult
from codec.errors import InputError
from tests.app.bench_work import ENGINE, plan_of


def run(plan, **more):
    return Benching(plan, engine=ENGINE, **more).run()


def outcomes(result):
    return {(m.data, m.candidate, m.action): m.outcome for m in result.measurements}


def by_candidate(result, action=Action.DECODE):
    return {m.candidate: m for m in result.measurements if m.action is action}


def test_all_of_a_plan_is_measured_and_told():
    states: list[RunResult] = []
    standings: list[Standing] = []
    plan = plan_of("one", "two", data=("a", "b"))
    result = run(plan, changed=states.append, told=standings.append)
    assert result.complete
    assert outcomes(result) == dict.fromkeys(keys_of(plan), Outcome.MEASURED)
    assert result.machine.processor == "fake"
    assert [each.name for each in result.data] == ["a", "b"]
    assert states[-1] == result
    shares = [standing.share for standing in standings]
    assert shares == sorted(shares)
    assert 0 == shares[0] < shares[-1] <= 1
    assert standings[-1].seconds_left is not None


@pytest.mark.parametrize(
    ("coder", "outcome", "says"),
    [
        ("crash", Outcome.CRASHED, "it ended its process: signal SIGSEGV, a segmentation fault"),
        ("hang", Outcome.TIMED_OUT, "it did not end within 1.5 s"),
        ("eat", Outcome.OUT_OF_MEMORY, "of memory, more than the"),
        ("lost-card", Outcome.CRASHED, "the card has gone"),
    ],
)
def test_the_rest_goes_on_without_one_that_ends_its_process(coder, outcome, says):
    limit = 1.5 if coder == "hang" else 60.0  # on a busy machine memory fills up slowly
    result = run(plan_of("base", coder, "other", limit_s=limit))
    assert result.complete
    found = by_candidate(result)
    assert (found[coder].outcome, found["base"].outcome, found["other"].outcome) == (
        outcome, Outcome.MEASURED, Outcome.MEASURED,
    )  # fmt: skip
    assert says in found[coder].reason
    assert len(found[coder].seconds) == 2  # of the rounds before
    assert by_candidate(result, Action.ENCODE)[coder].outcome is Outcome.MEASURED


def test_what_was_measured_before_a_crash_is_kept_under_rounds_of_its_own():
    found = by_candidate(run(plan_of("base", "crash", "other")))
    assert found["base"].rounds == (0, 1, 2, 3, 4, 5, 6)  # the third was its turn before the crash
    assert found["other"].rounds == (0, 1, 3, 4, 5, 6)
    assert len(found["base"].seconds) == 7


def test_one_that_cannot_even_be_prepared_loses_both_actions():
    result = run(plan_of("base", "crash-prepare", "other"))
    lost = {key for key, outcome in outcomes(result).items() if outcome is Outcome.CRASHED}
    assert lost == {("a", "crash-prepare", action) for action in Action}
    assert len(result.measurements) == 6


def test_preparing_may_take_longer_than_a_run_but_not_for_ever(monkeypatch):
    monkeypatch.setattr(bench_watch, "PREPARING_S", 3.0)
    found = by_candidate(run(plan_of("base", "hang-prepare")))
    assert found["hang-prepare"].outcome is Outcome.TIMED_OUT
    assert found["hang-prepare"].reason == "preparing it did not end within 3 s"
    assert found["base"].outcome is Outcome.MEASURED


def test_checking_may_take_longer_than_a_run_but_not_for_ever(monkeypatch):
    found = by_candidate(run(plan_of("base", "slow-check", limit_s=0.5)))
    assert found["slow-check"].outcome is Outcome.MEASURED
    monkeypatch.setattr(bench_watch, "PREPARING_S", 1.0)
    found = by_candidate(run(plan_of("base", "hang-check", limit_s=0.5)))
    assert found["hang-check"].outcome is Outcome.TIMED_OUT
    assert found["hang-check"].reason == "checking its output did not end within 1 s"
    assert found["base"].outcome is Outcome.MEASURED


def test_several_end_their_process_one_after_the_other():
    result = run(plan_of("crash", "base", "hang", "crash 2", data=("a", "b")))
    assert result.complete
    decoded = {
        key[:2]: outcome for key, outcome in outcomes(result).items() if key[2] is Action.DECODE
    }
    assert decoded == {
        (data, name): outcome
        for data in ("a", "b")
        for name, outcome in {
            "crash": Outcome.CRASHED, "crash 2": Outcome.CRASHED, "hang": Outcome.TIMED_OUT,
            "base": Outcome.MEASURED,
        }.items()
    }  # fmt: skip


def test_deaths_that_are_nobodys_fault_end_after_a_few():
    result = run(plan_of("base", "idle-crash"))
    assert {m.outcome for m in result.measurements} == {Outcome.CRASHED}
    assert (
        "while no candidate had its turn: it ended its process: signal SIGABRT"
        in result.measurements[0].reason
    )


@pytest.mark.parametrize(
    ("source", "says"),
    [("missing", "missing is no file"), ("crash", "The decoder's process died: signal SIGABRT")],
)
def test_data_that_cannot_be_had_cost_their_own_measurements_alone(source, says):
    result = run(plan_of("base", data=(source, "b")))
    assert result.complete
    refused = [m for m in result.measurements if m.data == source]
    assert {m.outcome for m in refused} == {Outcome.UNAVAILABLE}
    assert says in refused[0].reason
    assert [m.outcome for m in result.measurements if m.data == "b"] == [Outcome.MEASURED] * 2


def test_a_card_that_ends_the_process_that_looks_at_it_costs_a_warning():
    benching = Benching(plan_of("base", "crash-card"), engine=ENGINE)
    result = benching.run()
    assert result.complete
    assert "the card cannot be looked at: The decoder's process died" in benching.warnings[0]


def test_a_refusal_is_as_it_is():
    found = by_candidate(run(plan_of("base", "refuse")))
    assert found["refuse"].outcome is Outcome.REFUSED
    assert found["base"].outcome is Outcome.MEASURED


def cancelled_after(rounds, plan):
    """A run that is cancelled when its first candidate has had so many rounds."""
    stop = threading.Event()

    def look(result):
        if any(len(m.seconds) >= rounds for m in result.measurements):
            stop.set()

    return run(plan, cancelled=stop, changed=look)


def test_what_was_measured_is_kept_when_it_is_cancelled_and_gone_on_with():
    plan = plan_of("slow", "slow 2", data=("a", "b"), rounds=40)
    result = cancelled_after(3, plan)
    assert not result.complete
    assert {m.data for m in result.measurements} == {"a"}
    assert {m.outcome for m in result.measurements} == {Outcome.CANCELLED}
    had = {m.candidate: len(m.seconds) for m in result.measurements if m.action is Action.DECODE}
    assert all(3 <= each < 40 for each in had.values())

    whole = Benching(plan, before=result, engine=ENGINE).run()
    assert whole.complete
    assert whole.id == result.id
    assert whole.elapsed_s > result.elapsed_s
    assert outcomes(whole) == dict.fromkeys(keys_of(plan), Outcome.MEASURED)
    for each in whole.measurements:
        assert len(set(each.rounds)) == len(each.rounds) == len(each.seconds)
        if each.data == "a" and each.action is Action.DECODE:
            assert len(each.seconds) == 40 + had[each.candidate]


def test_what_is_resumed_takes_turns_with_the_baseline_again():
    plan = plan_of("base", "x")
    result = run(plan)
    parted = replace(
        result, measurements=tuple(m for m in result.measurements if m.candidate == "base")
    )
    whole = run(plan, before=parted)
    found = by_candidate(whole)
    assert found["x"].rounds == (4, 5, 6, 7)
    assert found["base"].rounds == tuple(range(8))


def test_a_crash_is_not_tried_again_when_the_run_is_resumed():
    plan = plan_of("base", "crash-prepare", "other")
    result = run(plan)
    left = tuple(m for m in result.measurements if m.candidate != "other")
    whole = run(plan, before=replace(result, measurements=left))
    assert by_candidate(whole)["crash-prepare"] == by_candidate(result)["crash-prepare"]
    assert by_candidate(whole)["other"].outcome is Outcome.MEASURED


@pytest.mark.parametrize("outcome", [Outcome.OUT_OF_MEMORY, Outcome.UNAVAILABLE])
@pytest.mark.parametrize("name", ["base", "x"])
def test_what_had_no_memory_or_no_card_is_tried_again_when_the_run_is_resumed(name, outcome):
    plan = plan_of("base", "x")
    result = run(plan)
    lost = tuple(
        replace(m, outcome=outcome, reason="it was not there", seconds=(), rounds=(), stages={})
        if m.candidate == name
        else m
        for m in result.measurements
    )
    again = run(plan, before=replace(result, measurements=lost))
    assert outcomes(again) == dict.fromkeys(keys_of(plan), Outcome.MEASURED)


def test_a_run_is_not_gone_on_with_while_its_card_is_gone():
    plan = plan_of("base")
    result = run(plan)
    before = replace(result, machine=replace(result.machine, card="a fast card"), measurements=())
    with pytest.raises(InputError, match="on a fast card, which cannot be used now"):
        run(plan, before=before)


def test_a_run_of_another_machine_is_not_gone_on_with():
    plan = plan_of("base", "x")
    elsewhere = replace(run(plan), machine=Machine("z80", 1, 1, "", "", {}), measurements=())
    with pytest.raises(InputError, match="another machine, whose processor was z80, not fake"):
        run(plan, before=elsewhere)


def test_other_versions_are_told_when_a_run_is_resumed():
    plan = plan_of("base")
    result = run(plan)
    older = replace(result, machine=replace(result.machine, versions={"ranscope": "older"}))
    benching = Benching(plan, before=replace(older, measurements=()), engine=ENGINE)
    benching.run()
    assert benching.warnings == ["the run goes on with other versions: ranscope older then, 0 now"]


def test_other_weights_under_the_same_name_are_not_mixed_with_the_earlier_ones():
    plan = plan_of("base")
    result = run(plan)
    changed = replace(result, measurements=(), data=(replace(result.data[0], digest="other"),))
    found = run(plan, before=changed).measurements
    assert {m.outcome for m in found} == {Outcome.UNAVAILABLE}
    assert "others than those of the earlier run" in found[0].reason


def test_data_that_is_gone_when_a_run_is_resumed_take_nothing_away():
    plan = plan_of("slow", "slow 2", rounds=40)
    part = cancelled_after(3, plan)
    gone = replace(plan, data=(replace(plan.data[0], source="missing"),))
    resumed = run(gone, before=replace(part, plan=gone))
    assert resumed.measurements == part.measurements
    assert not resumed.complete


def test_more_candidates_than_fit_take_turns_in_parts_each_with_the_baseline(monkeypatch):
    monkeypatch.setattr(turns, "MOST_AT_ONCE", 4)
    names = [f"x {number}" for number in range(8)]
    found = by_candidate(run(plan_of("base", *names)))
    assert found["base"].rounds == tuple(range(12))
    assert [found[name].rounds[0] for name in names] == [0, 0, 0, 4, 4, 4, 8, 8]


def test_a_wall_clock_that_jumps_changes_no_time(monkeypatch):
    import time

    monkeypatch.setattr(time, "time", lambda: 0.0)
    result = run(plan_of("base"))
    assert 0 < result.elapsed_s < 60


def test_two_hundred_configurations_are_done_and_told_as_they_go():
    told: list[RunResult] = []
    result = run(plan_of("base", *(f"x {n}" for n in range(199))), changed=told.append)
    assert result.complete
    assert len(result.measurements) == 400
    assert len(told) > 400


def test_a_run_that_ended_before_it_knew_its_machine_can_be_gone_on_with():
    plan = plan_of("base")
    result = run(plan, before=begun(plan))
    assert result.complete
    assert result.machine.processor == "fake"
