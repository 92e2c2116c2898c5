"""What is said of a time: each remark where it belongs, and none where all is well."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from codec.bench import remarks as module
from codec.bench.plan import Action
from codec.bench.remarks import Kind, clock_step, remarks, trend
from codec.bench.result import Machine, Measurement, Outcome

MACHINE = Machine("a processor", 4, 1 << 30, "", "a system", {})


def measured(seconds, **more):
    return Measurement(
        "d", "c", Action.DECODE, Outcome.MEASURED,
        seconds=tuple(seconds), rounds=tuple(range(len(seconds))), **more,
    )  # fmt: skip


def steady(count=20, size=0.1):
    return (size * (1 + 0.002 * np.random.default_rng(1).normal(0, 1, count))).tolist()


def kinds(found, machine=MACHINE):
    return {remark.kind for remark in remarks(found, machine)}


def sentence(found, kind, machine=MACHINE):
    (says,) = (remark.says for remark in remarks(found, machine) if remark.kind is kind)
    return says


def test_of_a_good_measurement_there_is_nothing_to_say():
    sound = measured(steady(), warm_up=(0.11, 0.1), load=0.2, processor_seconds=(0.1,) * 20)
    assert remarks(sound, MACHINE) == ()
    assert remarks(measured([]), MACHINE) == ()


def test_few_runs():
    assert kinds(measured([0.1] * 5)) == {Kind.FEW_RUNS}
    assert sentence(measured([0.1]), Kind.FEW_RUNS).startswith("1 run alone")
    assert kinds(measured([0.1] * 6)) == set()


def test_noise():
    random = np.random.default_rng(2)
    found = measured(random.normal(0.1, 0.01, 30).tolist())
    assert Kind.NOISY in kinds(found)
    assert "the middle half" in sentence(found, Kind.NOISY)


def test_single_slow_runs_are_told_of_and_are_no_reason_to_doubt():
    found = measured([*steady(), 0.35])
    (remark,) = remarks(found, MACHINE)
    assert remark.says == (
        "1 of 21 runs took more than 2 times as long as the median, the longest 350 ms"
    )
    assert not remark.doubtful


def test_runs_that_take_longer_and_longer():
    warm = [0.1 * (1 + 0.01 * n) for n in range(30)]
    clock = tuple(np.linspace(3500, 2800, 30))
    found = measured(warm, megahertz=clock)
    assert "sank from 3,3" in sentence(found, Kind.THROTTLED)
    assert "stayed" in sentence(replace(found, megahertz=(3000.0,) * 30), Kind.THROTTLED)
    on_card = replace(found, device="a card", megahertz=(3000.0,) * 30)
    assert sentence(on_card, Kind.THROTTLED).endswith("longer than the first")
    assert Kind.THROTTLED not in kinds(measured(warm[::-1]))


def test_a_trend_is_rarely_seen_where_there_is_none():
    random = np.random.default_rng(3)
    seen = sum(trend(random.normal(0, 1, 25)) > module.SURE for _ in range(400))
    assert seen <= 8


def test_a_trend_by_hand():
    assert trend(np.array([1.0, 1.0, 1.0])) == 0
    assert trend(np.arange(10.0)) == pytest.approx(44 / np.sqrt(10 * 9 * 25 / 18))
    assert trend(-np.arange(10.0)) == -trend(np.arange(10.0))


def test_what_is_too_short_to_time():
    assert 0 < clock_step() < 1e-3
    assert Kind.TOO_SHORT in kinds(measured([clock_step() * 20] * 8))
    on_card = measured([20e-6] * 8, device="a card")
    assert sentence(on_card, Kind.TOO_SHORT) == (
        "too short to time: 20 µs, and the clock goes in steps of 500 ns"
    )
    assert Kind.TOO_SHORT not in kinds(measured([60e-6] * 8, device="a card"))


def test_a_first_run_that_compiled():
    found = measured(steady(), warm_up=(1.3, 0.1))
    says = sentence(found, Kind.FIRST_RUN)
    assert says.startswith("the first run took 1.3 s, 13 times as long as later ones")
    assert Kind.FIRST_RUN not in kinds(measured(steady(), warm_up=(0.2,)))
    assert Kind.FIRST_RUN not in kinds(measured([1e-5] * 8, warm_up=(1e-4,)))


def test_a_busy_machine():
    found = measured(steady(), load=3.5, threads=2)
    assert "others kept 3.5 of 4 cores busy" in sentence(found, Kind.BUSY)
    assert kinds(found, None) == set()
    assert kinds(replace(found, threads=1)) == set()
    assert kinds(replace(found, device="a card")) == set()


def test_a_busy_card():
    found = measured(steady(), device="a card", card_load=0.97)
    assert "others used it for 97% of the moment before" in sentence(found, Kind.BUSY_CARD)
    assert kinds(replace(found, card_load=0.0)) == kinds(replace(found, card_load=None)) == set()


def test_a_thread_that_lost_its_core():
    found = measured([0.1] * 10, processor_seconds=(0.06,) * 10, threads=1)
    assert "on a core for 60% of the time" in sentence(found, Kind.BUSY)
    assert kinds(replace(found, threads=2)) == set()
