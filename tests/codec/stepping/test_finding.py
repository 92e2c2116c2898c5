"""Seeking a step: what is found is what looking at every step finds, both ways; it tells how far it is, and stops."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec import decoders
from codec.errors import Cancelled, DecodeError
from codec.stepping import decoder_walk, walk
from codec.stepping.opening import open_walk
from codec.stepping.parting import next_parting
from codec.stepping.walk import Test, Walk
from codec.trace import Trace
from tests.codec.stepping.walks import (
    LAYOUTS,
    Stream,
    damaged,
    dense_checkpoints,
    stream_of,
    streams,
)


@pytest.fixture(autouse=True)
def small_windows(monkeypatch):
    dense_checkpoints(monkeypatch)
    monkeypatch.setattr(walk, "FIRST_WINDOW", 4)
    monkeypatch.setattr(walk.Walk, "window", 64)
    monkeypatch.setattr("codec.stepping.stepper.Stepper.window", 64)


class Given(Test):
    """Holds at steps that are listed; remembers those that it was asked about."""

    def __init__(self, *steps: int) -> None:
        self.steps = steps
        self.asked: set[int] = set()

    def holds(self, walk: Walk, trace: Trace) -> np.ndarray:
        assert not self.asked & set(trace["step"].tolist()), "a step is looked at once"
        self.asked |= set(trace["step"].tolist())
        return np.isin(trace["step"], self.steps)


def opened(stream: Stream, decoder: str = "cpu") -> Walk:
    return open_walk(stream.container, stream.tensor, stream.tile, decoder)


@settings(max_examples=60)
@given(
    stream=streams(),
    decoder=st.sampled_from(["cpu", "reference"]),
    steps=st.lists(st.integers(0, 1600), max_size=6),
    start=st.integers(0, 1600),
)
def test_the_nearest_step_is_found(stream, decoder, steps, start):
    walk = opened(stream, decoder)
    start = min(start, walk.steps)
    there = [step for step in steps if step < walk.steps]
    ahead = [step for step in there if step >= start]
    behind = [step for step in there if step < start]
    assert walk.find(Given(*steps), start) == min(ahead, default=None)
    assert walk.find(Given(*steps), start, forward=False) == max(behind, default=None)


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_step_is_looked_at_once_and_told(layout, forward):
    walk = opened(stream_of(layout, 30, 21))
    told: list[tuple[int, int]] = []
    test = Given()
    begin = 100
    total = walk.steps - begin if forward else begin
    found = walk.find(test, begin, forward=forward, tick=lambda done, of: told.append((done, of)))
    assert found is None
    assert test.asked == set(range(begin, walk.steps) if forward else range(begin))
    assert (told[0], told[-1]) == ((0, total), (total, total))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {of for _, of in told} == {total}


@pytest.mark.parametrize("decoder", ["cpu", "reference"])
def test_seeking_can_be_stopped(decoder):
    walk = opened(stream_of("native", 40, 40), decoder)
    test, threads = Given(), threading.active_count()

    def tick(done: int, total: int) -> None:
        if done > 100:
            raise Cancelled

    with pytest.raises(Cancelled):
        walk.find(test, 0, tick=tick)
    assert 100 < len(test.asked) < 300
    assert threading.active_count() == threads


def test_a_test_that_fails_is_heard():
    class Fails(Test):
        def holds(self, walk: Walk, trace: Trace) -> np.ndarray:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        opened(stream_of("wcdc", 20, 20)).find(Fails(), 0)


def test_there_is_nothing_beyond_the_ends():
    walk = opened(stream_of("wcdc", 9, 9))
    assert walk.find(Given(0), 0, forward=False) is None
    assert walk.find(Given(80), walk.steps) is None
    assert walk.find(Given(80), 0) == 80
    assert walk.find(Given(0), walk.steps, forward=False) == 0


# ---- where two walks part


def parting_steps(left: Walk, right: Walk) -> list[int]:
    """The steps at which two walks part, by whole traces."""
    one, other = left.trace(0, left.steps), right.trace(0, right.steps)
    begins = one.streams[0].offset, other.streams[0].offset
    both = min(len(one), len(other))
    names = ("symbol_index", "state_before", "slot", "symbol", "freq", "start", "state_after")
    parts = np.zeros(both, dtype=np.bool_)
    for name in (*names, "lane", "bytes_read"):
        parts |= one[name][:both] != other[name][:both]
    parts |= (
        one["position"][:both].astype(np.int64) - begins[0]
        != other["position"][:both].astype(np.int64) - begins[1]
    )
    return [*np.flatnonzero(parts).tolist(), *([both] if len(one) != len(other) else [])]


@settings(max_examples=60)
@given(
    layout=st.sampled_from(LAYOUTS),
    at=st.floats(0, 1),
    bit=st.integers(0, 7),
    start=st.integers(0, 700),
    swapped=st.booleans(),
)
def test_the_step_is_found_at_which_an_edit_is_felt(layout, at, bit, start, swapped):
    sound = stream_of(layout, 30, 21)
    left, right = opened(sound), opened(damaged(sound, at, bit))
    if swapped:
        left, right = right, left
    parting = parting_steps(left, right)
    ahead = [step for step in parting if step >= start]
    behind = [step for step in parting if step < start]
    assert next_parting(left, right, start) == min(ahead, default=None)
    assert next_parting(left, right, start, forward=False) == max(behind, default=None)


def test_decoders_of_ours_do_not_part():
    stream = damaged(stream_of("native", 30, 21), 0.3, 1)
    assert next_parting(opened(stream), opened(stream, "reference"), 0) is None


def test_a_decoder_that_fails_is_heard(monkeypatch):
    stream = stream_of("wcdc", 20, 20)
    monkeypatch.setattr(decoder_walk, "STEPS_AT_ONCE", 64)
    monkeypatch.setattr(decoder_walk, "WINDOWS_KEPT", 1)
    decoder = decoders.make("cpu")
    failing = decoder_walk.DecoderWalk(stream.container, stream.tensor, 0, decoder)

    def fail(*_: object) -> Trace:
        raise DecodeError("the card is gone")

    monkeypatch.setattr(decoder, "trace", fail)
    with pytest.raises(DecodeError, match="the card is gone"):
        next_parting(opened(stream), failing, 0)


@pytest.mark.parametrize("forward", [True, False])
def test_a_slow_test_can_ask_for_small_windows(forward):
    walk = opened(stream_of("native", 30, 21))
    lengths = []

    class Measures(Test):
        def holds(self, walk: Walk, trace: Trace) -> np.ndarray:
            lengths.append(len(trace))
            return np.isin(trace["step"], [333])

    start = 0 if forward else walk.steps
    assert walk.find(Measures(), start, forward=forward, window=8) == 333
    assert max(lengths) == 8
