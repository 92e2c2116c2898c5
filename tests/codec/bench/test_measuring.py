"""Candidates take turns, every output is checked before its time counts, and what befalls one is its own affair."""

from __future__ import annotations

import gc
import sys
import time
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from codec.bench import measuring
from codec.bench.data import load
from codec.bench.measuring import measure
from codec.bench.plan import Action, Data, Stopping
from codec.bench.result import Outcome
from codec.errors import Cancelled, DecodeError, DeviceError, DeviceMemory, InputError
from tests.codec.bench.fake_contenders import Fake, Heard, candidate, install

DATA = Data("small", "generated:normal-10:8x16:1")
QUICK = Stopping(warm_up_s=0.0, rounds=5, limit_s=10.0)
BOTH = (Action.ENCODE, Action.DECODE)


@pytest.fixture(autouse=True)
def no_looking_around(monkeypatch):
    monkeypatch.setattr(measuring, "busy_cores", lambda: 0.5)
    monkeypatch.setattr("codec.bench.load.highest_clock", lambda: 3000.0)


def by_name(found):
    return {(each.candidate, each.action): each for each in found}


def test_what_is_measured_is_all_there(monkeypatch):
    fake = Fake(script=lambda run: 0.001 * (run + 1))
    install(monkeypatch, {"a": fake})
    (found,) = measure(DATA, [candidate("a")], QUICK)
    assert (found.outcome, found.reason, found.wrong) == (Outcome.MEASURED, "", 0)
    assert found.warm_up == (0.001,)
    assert found.seconds == pytest.approx((0.003, 0.004, 0.005, 0.006, 0.007))
    assert found.rounds == (0, 1, 2, 3, 4)
    assert found.stages == {"kernel": pytest.approx(tuple(s / 2 for s in found.seconds))}
    assert (found.weights, found.stored_bytes, found.tiles, found.threads) == (128, 100, 4, 1)
    assert (found.moved_bytes, found.device, found.load) == (1000, "cpu", 0.5)
    assert found.megahertz == (3000.0,) * 5
    assert len(found.processor_seconds) == 5
    assert found.digest == found.expected == load(DATA)[1].digest
    assert found.peak_bytes is None or found.peak_bytes >= 0


def test_candidates_take_turns_in_an_order_that_changes_and_is_always_the_same(monkeypatch):
    logs = []
    for _ in range(2):
        log: list[str] = []
        install(monkeypatch, {name: Fake(log=log) for name in "abc"})
        measure(DATA, [candidate(name) for name in "abc"], Stopping(0.0, rounds=9))
        logs.append(log)
    runs = [line for line in logs[0] if "decode" in line][6:]  # warm-up, and a look at memory
    rounds = [tuple(runs[i : i + 3]) for i in range(0, len(runs), 3)]
    assert all(set(each) == {"a decode", "b decode", "c decode"} for each in rounds)
    assert len(set(rounds)) > 2
    assert logs[0] == logs[1]
    assert logs[0][-3:] == ["a close", "b close", "c close"]


def test_warming_up_ends_when_two_runs_are_alike(monkeypatch):
    seconds = [1.0, 0.5, 0.3, 0.2, 0.199]
    fake = Fake(script=lambda run: seconds[min(run, 4)])
    install(monkeypatch, {"a": fake})
    (found,) = measure(DATA, [candidate("a")], Stopping(warm_up_s=60.0, rounds=1))
    assert found.warm_up == tuple(seconds)


def test_rounds_go_on_for_as_long_as_they_are_to_and_no_longer_than_they_may(monkeypatch):
    install(monkeypatch, {"a": Fake()})
    (found,) = measure(DATA, [candidate("a")], Stopping(0.0, 1, seconds=60.0, most_rounds=17))
    assert len(found.seconds) == 17

    def slow(_):
        time.sleep(0.01)
        return 0.01

    install(monkeypatch, {"a": Fake(script=slow)})
    (found,) = measure(DATA, [candidate("a")], Stopping(0.0, 1, seconds=0.05))
    assert 2 <= len(found.seconds) <= 5


@pytest.mark.parametrize("run", [0, 1, 4])
def test_a_wrong_output_is_found_in_whatever_run(monkeypatch, run):
    fakes = {"bad": Fake(spoils=lambda number: 3 if number == run else 0), "good": Fake()}
    install(monkeypatch, fakes)
    found = by_name(measure(DATA, [candidate("bad"), candidate("good")], QUICK))
    bad, good = found["bad", Action.DECODE], found["good", Action.DECODE]
    assert (bad.outcome, bad.wrong) == (Outcome.WRONG, 3)
    assert bad.reason == f"3 of 128 weights came out wrong in run {run + (run < 2)}" or run == 4
    assert bad.digest != bad.expected
    assert (good.outcome, len(good.seconds)) == (Outcome.MEASURED, 5)


def test_a_run_that_writes_nothing_is_wrong_although_the_one_before_was_right(monkeypatch):
    install(monkeypatch, {"a": Fake(writes=lambda run: run < 3)})
    (found,) = measure(DATA, [candidate("a")], QUICK)
    assert (found.outcome, found.wrong) == (Outcome.WRONG, 128)
    assert len(found.seconds) == 1


def test_one_that_finds_nothing_wrong_but_has_another_hash_is_wrong(monkeypatch):
    fake = Fake(spoils=lambda _: 1)
    fake.wrong = lambda action: 0  # type: ignore[method-assign]
    install(monkeypatch, {"a": fake})
    (found,) = measure(DATA, [candidate("a")], QUICK)
    assert found.outcome is Outcome.WRONG
    assert "hash" in found.reason


@pytest.mark.parametrize(
    ("error", "outcome", "says"),
    [
        (InputError("it encodes nothing"), Outcome.REFUSED, "it encodes nothing"),
        (DecodeError("tile 3 is broken"), Outcome.CRASHED, "tile 3 is broken"),
        (MemoryError(), Outcome.OUT_OF_MEMORY, "memory"),
        (DeviceMemory("the card is full"), Outcome.OUT_OF_MEMORY, "the card is full"),
        (ZeroDivisionError("by zero"), Outcome.CRASHED, "ZeroDivisionError: by zero"),
    ],
)
def test_what_a_run_raises_ends_that_candidate_alone(monkeypatch, error, outcome, says):
    def script(run):
        return error if run == 4 else 0.001

    install(monkeypatch, {"bad": Fake(script=script), "good": Fake()})
    found = by_name(measure(DATA, [candidate("bad"), candidate("good")], QUICK))
    assert found["bad", Action.DECODE].outcome is outcome
    assert says in found["bad", Action.DECODE].reason
    assert len(found["bad", Action.DECODE].seconds) == 2
    assert found["good", Action.DECODE].outcome is Outcome.MEASURED


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (DecodeError("no such thing"), Outcome.REFUSED),
        (MemoryError(), Outcome.OUT_OF_MEMORY),
        (KeyError("x"), Outcome.CRASHED),
    ],
)
def test_what_preparing_raises_ends_all_actions_of_that_candidate(monkeypatch, error, outcome):
    install(monkeypatch, {"bad": Fake(refuses=error), "good": Fake()})
    found = by_name(measure(DATA, [candidate("bad", *BOTH), candidate("good")], QUICK))
    assert [found["bad", action].outcome for action in BOTH] == [outcome, outcome]
    assert found["good", Action.DECODE].outcome is Outcome.MEASURED


class LaunchFailed(Exception):
    status = 719


class NoDevice(Exception):
    status = 100


def has_cupy(monkeypatch, runtime_error, fails):
    """A cupy whose card has failed as soon as `fails` says so."""

    def synchronize():
        if fails():
            raise runtime_error("cudaError")

    runtime = SimpleNamespace(deviceSynchronize=synchronize, CUDARuntimeError=runtime_error)
    cupy = SimpleNamespace(cuda=SimpleNamespace(runtime=runtime))
    monkeypatch.setitem(sys.modules, "cupy", cupy)


@pytest.mark.parametrize("raises", [True, False], ids=["it says so", "it says nothing"])
def test_whoever_breaks_the_card_is_blamed_for_it_and_not_the_next(monkeypatch, raises):
    """A brought decoder raises what it likes, or nothing where its kernels fail later than it ends."""
    fakes = {"bad": Fake(), "good": Fake()}

    def script(run):
        return ZeroDivisionError("by zero") if raises and run == 4 else 0.001

    fakes["bad"].script = script
    has_cupy(monkeypatch, LaunchFailed, lambda: fakes["bad"].runs > 4)
    install(monkeypatch, fakes)
    heard = Heard()
    with pytest.raises(DeviceError, match="the card failed: cudaError"):
        measure(DATA, [candidate("bad"), candidate("good")], QUICK, told=heard)
    outcomes = {each.candidate: each.outcome for each in heard.told}
    assert outcomes == {"bad": Outcome.CRASHED, "good": Outcome.CANCELLED}
    assert heard.turns[-1][0] == "bad"


def test_where_there_is_no_card_none_has_failed(monkeypatch):
    has_cupy(monkeypatch, NoDevice, lambda: True)
    install(monkeypatch, {"a": Fake()})
    (found,) = measure(DATA, [candidate("a")], QUICK)
    assert found.outcome is Outcome.MEASURED


def test_what_is_not_available_says_why(monkeypatch):
    install(monkeypatch, {"a": Fake(), "b": Fake()}, {"a": "it is not installed"})
    found = by_name(measure(DATA, [candidate("a"), candidate("b")], QUICK))
    absent = found["a", Action.DECODE]
    assert (absent.outcome, absent.reason) == (Outcome.UNAVAILABLE, "it is not installed")
    assert found["b", Action.DECODE].outcome is Outcome.MEASURED


def test_a_run_that_takes_too_long_is_the_last(monkeypatch):
    def script(run):
        if run == 3:
            time.sleep(0.05)
        return 0.001

    install(monkeypatch, {"a": Fake(script=script)})
    (found,) = measure(DATA, [candidate("a")], Stopping(0.0, rounds=5, limit_s=0.02))
    assert found.outcome is Outcome.TIMED_OUT
    assert "0.0 s are allowed" in found.reason
    assert len(found.seconds) == 1


@pytest.mark.parametrize("seconds", [float("nan"), -1.0, float("inf")])
def test_a_time_that_is_none_is_not_believed(monkeypatch, seconds):
    install(monkeypatch, {"a": Fake(script=lambda _: seconds)})
    (found,) = measure(DATA, [candidate("a")], QUICK)
    assert found.outcome is Outcome.CRASHED


def test_cancelling_keeps_what_was_measured(monkeypatch):
    install(monkeypatch, {"a": Fake(), "b": Fake()})
    heard, ticks = Heard(), []

    def tick(done, total):
        ticks.append(done)
        if len(ticks) == 12:
            raise Cancelled

    with pytest.raises(Cancelled):
        measure(DATA, [candidate("a"), candidate("b")], QUICK, tick, heard)
    runs = [len(each.seconds) for each in heard.last.values()]
    assert {each.outcome for each in heard.last.values()} == {Outcome.CANCELLED}
    assert min(runs) >= 1
    assert all(
        f"after {n} runs" in m.reason for n, m in zip(runs, heard.last.values(), strict=True)
    )
    assert ticks == sorted(ticks)


def test_a_card_that_fails_ends_it_all_and_the_one_whose_turn_it_was_has_the_word(monkeypatch):
    fakes = {"a": Fake(), "b": Fake(script=lambda run: DeviceError("gone") if run == 3 else 0.001)}
    install(monkeypatch, fakes)
    heard = Heard()
    with pytest.raises(DeviceError, match="gone"):
        measure(DATA, [candidate("a"), candidate("b")], QUICK, told=heard)
    assert heard.turns[-1] == ("b", Action.DECODE)
    assert heard.last["b", Action.DECODE].outcome is Outcome.CRASHED
    assert heard.last["a", Action.DECODE].outcome is Outcome.CANCELLED


def test_whose_turn_it_is_is_told_before_anything_of_it_runs(monkeypatch):
    log: list[str] = []

    class Listening(Heard):
        def turn(self, name, action):
            super().turn(name, action)
            log.append(f"turn {name}")

    install(monkeypatch, {name: Fake(log=log) for name in "ab"})
    heard = Listening()
    measure(DATA, [candidate("a"), candidate("b")], QUICK, told=heard)
    for before, line in pairwise(log):
        if line[2:] in ("decode", "prepare"):
            assert before == f"turn {line[0]}"
    assert heard.turns[0] is heard.turns[-1] is None
    for before, turn in pairwise(heard.turns):
        if turn is not None and len(turn) == 3:
            assert (*before, "checking") == turn
    assert all(each.outcome is Outcome.MEASURED for each in heard.last.values())


def test_what_is_given_up_gives_its_memory_back_at_once(monkeypatch):
    log: list[str] = []
    bad = Fake(spoils=lambda run: 1 if run == 4 else 0, log=log)
    install(monkeypatch, {"bad": bad, "good": Fake(log=log)})
    measure(DATA, [candidate("bad"), candidate("good")], QUICK)
    assert log.count("bad close") == log.count("good close") == 1
    assert "good decode" in log[log.index("bad close") :]
    log.clear()
    failing = Fake(refuses=InputError("no"), log=log)
    install(monkeypatch, {"bad": failing, "good": Fake(log=log)})
    measure(DATA, [candidate("bad", *BOTH), candidate("good")], QUICK)
    assert log[:2] == ["bad prepare", "bad close"]


def test_two_hundred_take_turns(monkeypatch):
    names = [f"c{number}" for number in range(200)]
    install(monkeypatch, {name: Fake() for name in names})
    found = measure(DATA, [candidate(name, *BOTH) for name in names], QUICK)
    assert len(found) == 400
    assert {each.outcome for each in found} == {Outcome.MEASURED}


def test_no_garbage_is_collected_while_a_run_is_timed(monkeypatch):
    seen = []

    def script(_):
        seen.append(gc.isenabled())
        return 0.001

    install(monkeypatch, {"a": Fake(script=script)})
    measure(DATA, [candidate("a")], QUICK)
    assert set(seen) == {False}
    assert gc.isenabled()


def test_progress_goes_up_to_the_end(monkeypatch):
    install(monkeypatch, {"a": Fake(), "b": Fake()})
    ticks = []
    stopping = Stopping(0.0, rounds=50)
    measure(DATA, [candidate("a"), candidate("b")], stopping, lambda *t: ticks.append(t))
    done = [each[0] for each in ticks if each[1] == 1000]
    assert done == sorted(done)
    assert done[-1] > 950


def test_data_that_cannot_be_had_are_told_before_anything_runs(monkeypatch):
    install(monkeypatch, {})
    with pytest.raises(InputError, match="no weights are called"):
        measure(Data("x", "generated:nonsense:4x4"), [], QUICK)


def test_data_that_are_there_are_not_loaded_again(monkeypatch):
    install(monkeypatch, {"a": Fake()})
    weights, facts = load(DATA)
    (found,) = measure(Data("small", "nowhere"), [candidate("a")], QUICK, loaded=(weights, facts))
    assert found.outcome is Outcome.MEASURED
    assert not weights.flags.writeable
    assert np.array_equal(weights, load(DATA)[0])


def test_a_card_that_others_use_is_told_of_by_what_runs_on_it(monkeypatch):
    looks = iter([0.97])
    monkeypatch.setattr("codec.bench.gpu.others.busy_card", lambda: next(looks))
    fakes = {"a": Fake(), "b": Fake(device="a card"), "c": Fake(device="a card")}
    install(monkeypatch, fakes)
    found = measure(DATA, [candidate(name) for name in fakes], QUICK)
    assert {each.candidate: each.card_load for each in found} == {"a": None, "b": 0.97, "c": 0.97}
