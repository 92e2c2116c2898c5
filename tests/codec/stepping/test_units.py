"""How far a press goes: held against a search through every step of small streams."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.interleaving import Interleaving
from codec.stepping.opening import open_walk
from codec.stepping.units import Unit, _RowEdges, _TurnEdges, next_stop
from codec.stepping.walk import Direction, Walk
from tests.codec.stepping.walks import LAYOUTS, stream_of, streams


def stops(walk: Walk, unit: Unit) -> list[int]:
    """Every moment at which a unit begins, the walk's ends included."""
    count, trace = walk.tensor.symbol_count(walk.tile), walk.trace(0, walk.steps)
    order = walk.tensor.interleaving.order(count)
    if walk.direction is Direction.ENCODE:
        order = order[::-1]
    lanes = [walk.tensor.interleaving.lane_of(symbol) for symbol in order.tolist()]
    match unit:
        case Unit.SYMBOL:
            found = list(range(walk.steps))
        case Unit.RENORMALISATION:
            found = np.flatnonzero(trace["bytes_read"]).tolist()
        case Unit.ROW:
            rows = order // walk.tensor.coded_shape(walk.tile)[1]
            found = [int(np.flatnonzero(rows == row)[0]) for row in np.unique(rows)]
        case Unit.LANE_GROUP:
            behind = 1 if walk.direction is Direction.ENCODE else 0
            found = [step + behind for step, lane in enumerate(lanes) if lane == 0]
    return sorted({0, walk.steps, *(step for step in found if step < walk.steps)})


def check_presses(walk: Walk, unit: Unit, steps: list[int]) -> None:
    """Presses from some moments lead to the nearest stops."""
    expected = stops(walk, unit)
    for step in steps:
        step %= walk.steps + 1
        ahead = [stop for stop in expected if stop > step]
        behind = [stop for stop in expected if stop < step]
        assert next_stop(walk, step, unit) == min(ahead, default=walk.steps)
        assert next_stop(walk, step, unit, forward=False) == max(behind, default=0)


@settings(max_examples=80)
@given(
    stream=streams(24),
    unit=st.sampled_from(list(Unit)),
    steps=st.lists(st.integers(0, 600), min_size=5, max_size=15),
)
def test_presses_lead_to_the_nearest_stop(stream, unit, steps):
    check_presses(open_walk(stream.container, stream.tensor, stream.tile), unit, steps)


@settings(max_examples=60)
@given(
    layout=st.sampled_from(LAYOUTS),
    rows=st.integers(16, 24),
    cols=st.integers(16, 24),
    unit=st.sampled_from(list(Unit)),
    steps=st.lists(st.integers(0, 600), min_size=5, max_size=15),
)
def test_presses_of_the_encoder_too(layout, rows, cols, unit, steps):
    stream = stream_of(layout, rows, cols, sigma=5)
    walk = open_walk(stream.container, stream.tensor, 0, direction=Direction.ENCODE)
    assert walk.steps == stream.count
    check_presses(walk, unit, steps)


@given(
    lanes=st.integers(1, 6),
    run=st.integers(1, 6),
    cols=st.integers(1, 40),
    rows=st.integers(1, 9),
    ends=st.booleans(),
)
def test_edges_of_any_interleaving(lanes, run, cols, rows, ends):
    interleaving, count = Interleaving(lanes, run), rows * cols
    blocks = range(-(-count // interleaving.block))
    step_of = [interleaving.step_of(symbol, count) for symbol in range(count)]
    of_rows = [step_of[row * cols : (row + 1) * cols] for row in range(rows)]
    expected = [max(steps) + 1 if ends else min(steps) for steps in of_rows]
    edges = _RowEdges(interleaving, count, cols, ends)
    found = [edge for block in blocks for edge in edges.of_block(block).tolist()]
    assert sorted(found) == sorted(expected)
    turns = _TurnEdges(interleaving, count)
    found = [edge for block in blocks for edge in turns.of_block(block).tolist()]
    first_lane = [step for step, (lane, _) in enumerate(interleaving.places(count)) if lane == 0]
    assert found == first_lane


def test_a_row_far_wider_than_a_block_is_gone_over_at_once():
    stream = stream_of("batched", 3, 200)
    walk = open_walk(stream.container, stream.tensor, 0)
    assert next_stop(walk, 0, Unit.ROW) == 200
    assert next_stop(walk, 399, Unit.ROW, forward=False) == 200
    assert next_stop(walk, 199 * 200 + 1, Unit.ROW) == walk.steps == 40_000


@pytest.mark.parametrize("step", [-1, 10_000])
def test_there_is_no_press_from_outside(step):
    stream = stream_of("wcdc", 9, 9)
    walk = open_walk(stream.container, stream.tensor, 0)
    with pytest.raises(IndexError):
        next_stop(walk, step, Unit.ROW)
