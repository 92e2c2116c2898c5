"""Conditions as tests of a walk: what is found, in both directions, and the ones that are offered."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.conditions import Condition, ConditionError, parse
from codec.conditions.condition import AnyOf
from codec.conditions.presets import PRESETS
from codec.container import Container
from codec.stepping.opening import open_walk
from codec.stepping.walk import Direction, Walk
from codec.trace import Trace
from tests.codec.files import batched_file, noise, parsed


@pytest.fixture(scope="module")
def container() -> Container:
    return parsed(batched_file(noise(40, 50), 16))


@pytest.fixture(scope="module", params=Direction)
def walk(request: pytest.FixtureRequest, container: Container) -> Walk:
    return open_walk(container, container.tensors[0], 3, "reference", request.param)


def test_the_next_and_the_last_step_are_found(walk):
    symbols = walk.trace(0, walk.steps)["symbol"].tolist()
    wanted = symbols[100]
    places = [step for step, symbol in enumerate(symbols) if symbol == wanted]
    condition = parse(f"symbol == {wanted}")
    assert walk.find(condition, 0) == places[0]
    assert walk.find(condition, 101) == next((step for step in places if step > 100), None)
    assert walk.find(condition, 100) == 100
    assert walk.find(condition, 100, forward=False) == max(
        (step for step in places if step < 100), default=None
    )
    assert walk.find(condition, walk.steps, forward=False) == places[-1]


def test_what_never_holds_is_not_found(walk):
    for text in ("symbol > 255", "false", "freq == 1 and freq == 2", "0"):
        assert walk.find(parse(text), 0) is None
        assert walk.find(parse(text), walk.steps, forward=False) is None


def test_what_always_holds_is_found_at_once(walk):
    for text in ("symbol >= 0", "true", "L > 0", "-1"):
        assert walk.find(parse(text), 7) == 7
        held = parse(text).holds(walk, walk.trace(3, 9))
        assert held.dtype == np.bool_
        assert held.tolist() == [True] * 6


def test_a_window_without_steps_has_nowhere_to_hold(walk):
    for text in ("true", "symbol == 3", "weight > 0 or byte0 == 3", "L"):
        assert parse(text).holds(walk, walk.trace(5, 5)).tolist() == []


@given(data=st.data())
def test_a_condition_holds_where_a_plain_loop_says_so(container, data):
    direction = data.draw(st.sampled_from(Direction))
    walk = open_walk(container, container.tensors[0], 0, "reference", direction)
    trace = walk.trace(0, walk.steps)
    least, symbol = data.draw(st.integers(1 << 23, 1 << 31)), data.draw(st.integers(100, 150))
    held = parse(f"state_after >= {least} and renormalised or symbol == {symbol}")
    rows = zip(
        *(trace[name].tolist() for name in ("state_after", "bytes_read", "symbol")), strict=True
    )
    assert held.holds(walk, trace).tolist() == [
        (after >= least and moved > 0) or found == symbol for after, moved, found in rows
    ]


def test_any_of_several_is_where_one_of_them_holds(walk):
    trace = walk.trace(0, walk.steps)
    either = AnyOf([parse("freq == 1"), parse("symbol == 130")]).holds(walk, trace)
    assert either.tolist() == parse("freq == 1 or symbol == 130").holds(walk, trace).tolist()
    assert not AnyOf([]).holds(walk, trace).any()


def test_conditions_are_equal_by_their_text_and_cross_processes():
    one = parse("state_after < 2**23 and weight in -3..3")
    assert one.names == {"state_after", "weight"}
    assert one == parse("state_after < 2**23 and weight in -3..3")
    assert len({one, parse("state_after < 2**23 and weight in -3..3"), parse("1")}) == 2
    again = pickle.loads(pickle.dumps(one))
    assert isinstance(again, Condition)
    assert (again, again.names, again.expression) == (one, one.names, one.expression)


def test_an_error_crosses_processes():
    with pytest.raises(ConditionError) as raised:
        parse("symbol = 3")
    again = pickle.loads(pickle.dumps(raised.value))
    assert (again.reason, again.position) == (raised.value.reason, 7)
    assert again.sentence() == raised.value.sentence()


def data_byte(walk: Walk, trace: Trace) -> int:
    """A byte of the file that one of the steps took in or moved out."""
    row = int(np.flatnonzero(trace["bytes_read"])[5])
    return walk.container.source.read(*trace.bytes_of_row(row))[0]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_what_is_offered_is_a_condition_for_every_value(preset, walk):
    trace = walk.trace(0, walk.steps)
    for value in (None, preset.least, preset.most):
        parse(preset.text(value)).holds(walk, trace)
    assert preset.least <= preset.usual <= preset.most
    assert bool(preset.value) == ("{" in preset.pattern)


def test_what_is_offered_finds_what_it_says(walk):
    trace = walk.trace(0, walk.steps)
    found = {p.title: parse(p.text(3)).holds(walk, trace) for p in PRESETS}
    assert found["Renormalisation"].tolist() == (trace["bytes_read"] > 0).tolist()
    assert found["Symbol of frequency 1"].tolist() == (trace["freq"] == 1).tolist()
    assert found["Symbol"].tolist() == (trace["symbol"] == 3).tolist()
    assert not found["State below"].any()
    assert found["State above"].all()
    assert found["Weight"].any()
    byte = parse(next(p for p in PRESETS if p.title == "Byte").text(data_byte(walk, trace)))
    assert byte.holds(walk, trace).any()
