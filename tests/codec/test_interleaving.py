"""Which lane codes which symbol, told symbol by symbol and step by step alike."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from codec.interleaving import SINGLE, Interleaving

SOME = st.builds(Interleaving, st.integers(1, 9), st.integers(1, 9))


@settings(derandomize=True, deadline=None)
@given(SOME, st.integers(0, 300))
def test_steps_and_symbols_are_each_others_inverse(interleaving: Interleaving, count: int) -> None:
    order = interleaving.order(count).tolist()
    assert sorted(order) == list(range(count))
    assert [interleaving.step_of(symbol, count) for symbol in order] == list(range(count))
    assert interleaving.steps_of(interleaving.order(count), count).tolist() == list(range(count))
    assert [interleaving.symbol_of(step, count) for step in range(count)] == order


@settings(derandomize=True, deadline=None)
@given(SOME, st.integers(0, 300))
def test_a_place_is_that_of_the_walk(interleaving: Interleaving, count: int) -> None:
    for lane, symbol in interleaving.places(count):
        block, turn, found = interleaving.place_of(symbol)
        assert (found, interleaving.lane_of(symbol)) == (lane, lane)
        assert 0 <= turn < interleaving.run
        assert symbol == block * interleaving.block + lane * interleaving.run + turn


def test_a_single_lane_keeps_the_order() -> None:
    assert [SINGLE.step_of(symbol, 10) for symbol in range(10)] == list(range(10))
