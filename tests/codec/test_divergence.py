"""Where two traces part: found wherever it lies, whatever the order of rows, and nowhere where nothing differs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.comparison import divergence as divergence_module
from codec.comparison.divergence import first_divergence
from codec.decoders import make
from codec.trace import STEP_COLUMNS, Trace, concatenate
from tests.codec.files import batched_file, noise, only_tensor, parsed, stream_place, with_bytes
from tests.codec.native_files import native_bytes

LEGACY = batched_file(noise(23, 17), 12)
NATIVE = native_bytes({"a": noise(23, 17, sigma=2)}, tile_rows=12, tile_cols=12, lanes=4, run=2)


def traced(
    data: bytes = LEGACY, tile: int = 1, *, first: int = 0, last: int | None = None
) -> Trace:
    container = parsed(data)
    return make("cpu").trace(container, only_tensor(container), tile, first, last)


def changed(trace: Trace, row: int, **values: int) -> Trace:
    """The trace with other values in a row."""
    columns = {name: column.copy() for name, column in trace.columns.items()}
    for name, value in values.items():
        columns[name][row] = value
    return replace(trace, columns=columns)


def reordered(trace: Trace, order: Any) -> Trace:
    return replace(trace, columns={name: column[order] for name, column in trace.columns.items()})


def with_frame(trace: Trace, **values: Any) -> Trace:
    (frame,) = trace.streams
    return replace(trace, streams=(replace(frame, **values),))


@pytest.mark.parametrize("data", [LEGACY, NATIVE])
def test_the_judge_and_the_fast_decoder_do_not_part(data: bytes) -> None:
    container = parsed(data)
    slow = make("reference").trace(container, only_tensor(container), 1)
    assert len(slow) > 50
    assert first_divergence(slow, traced(data)) is None


@given(
    st.integers(0, 143),
    st.sets(st.sampled_from(sorted(set(STEP_COLUMNS) - {"tile", "stream", "step"})), min_size=1),
    st.integers(1, 40),
)
def test_any_column_of_any_step_is_found(row: int, names: set[str], at_once: int) -> None:
    one = traced()
    values = {name: int(one[name][row]) ^ 1 for name in names}
    other = changed(one, row, **values)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(divergence_module, "STEPS_AT_ONCE", at_once)
        found = first_divergence(one, other)
    assert (found.tile, found.stream, found.step) == (1, 0, row)
    assert (found.left_row, found.right_row) == (row, row)
    assert set(found.columns) == names
    assert (found.left, found.right) == (one, other)


@given(st.permutations(range(144)), st.sets(st.integers(0, 143), max_size=3))
def test_steps_are_found_in_any_order_of_rows(order: list[int], rows: set[int]) -> None:
    """As of a decoder that records lane by lane: rows elsewhere, numbered by their steps all the same."""
    one = other = traced(NATIVE, 0)
    assert len(one) == 144
    for row in rows:
        other = changed(other, row, slot=int(other["slot"][row]) ^ 1)
    found = first_divergence(one, reordered(other, order))
    back = first_divergence(reordered(other, order), one)
    if not rows:
        assert found is None
        assert back is None
        return
    step = min(rows)
    assert (found.step, found.left_row, found.right_row) == (step, step, order.index(step))
    assert (back.step, back.left_row, back.right_row) == (step, order.index(step), step)


@pytest.mark.parametrize(
    "values",
    [
        {"offset": 1},
        {"size": 2},
        {"symbol_count": 3},
        {"initial_state": 4},
        {"lane_states": (5,)},
        {"frequencies": np.ones(256, dtype=np.int64)},
        {"size": 2, "initial_state": 4},
    ],
    ids=lambda values: ", ".join(values),
)
def test_the_frame_comes_before_the_first_step(values: dict[str, Any]) -> None:
    one = traced()
    other = with_frame(changed(one, 0, slot=int(one["slot"][0]) ^ 1), **values)
    found = first_divergence(one, other)
    assert (found.tile, found.stream, found.step) == (1, 0, -1)
    assert (found.left_row, found.right_row) == (None, None)
    assert set(found.columns) == set(values)


def test_lane_states_that_are_not_told_are_no_difference() -> None:
    assert first_divergence(traced(), with_frame(traced(), lane_states=())) is None


@pytest.mark.parametrize(
    ("parts", "step"),
    [
        (((0, 40), (20, 60)), 30),
        (((20, 60), (0, 40)), 30),
        (((0, 20), (0, 60)), 5),
        (((0, 40), (10, 20)), None),
        (((0, 40), (40, 60)), None),
        (((0, 0), (0, 60)), None),
    ],
)
def test_only_steps_that_both_have_are_compared(
    parts: tuple[tuple[int, int], tuple[int, int]], step: int | None
) -> None:
    one, other = traced(), traced()
    for row in (5, 30):
        other = changed(other, row, slot=int(other["slot"][row]) ^ 1)
    one, other = (reordered(t, slice(*part)) for t, part in zip((one, other), parts, strict=True))
    found = first_divergence(one, other)
    assert (found and found.step) == step
    if step is not None:
        assert (found.left_row, found.right_row) == (step - parts[0][0], step - parts[1][0])


def test_a_stream_that_stopped_parts_where_the_other_goes_on() -> None:
    whole = traced()
    short = replace(reordered(whole, slice(0, 50)), stopped="runs out of bytes at step 50")
    found = first_divergence(whole, short)
    assert (found.step, found.left_row, found.right_row, found.columns) == (50, 50, None, ())
    back = first_divergence(short, whole)
    assert (back.step, back.left_row, back.right_row, back.columns) == (50, None, 50, ())
    assert first_divergence(replace(short, stopped=""), whole) is None
    assert first_divergence(short, short) is None
    assert first_divergence(reordered(whole, slice(0, 50)), short) is None


def test_of_a_stream_that_really_runs_out_the_step_is_named() -> None:
    offset, size = stream_place(LEGACY, 1)
    # The words behind the half are gone: the stream begins later, with its count in their place.
    cut = with_bytes(LEGACY, offset + size // 2, (144).to_bytes(4, "little"))
    container = parsed(cut)
    tensor = only_tensor(container)
    tiles = tensor.tiles.copy()
    tiles["offset"][1] += size // 2
    tiles["size"][1] -= size // 2
    short = make("cpu").trace(container, replace(tensor, tiles=tiles), 1)
    assert short.stopped
    assert 0 < len(short) < 144
    found = first_divergence(traced(), replace(short, streams=traced().streams))
    assert 0 < found.step <= len(short)
    assert first_divergence(traced(), short).columns == ("offset", "size")


def test_a_stream_that_stopped_at_once_parts_at_the_first_step_of_the_other() -> None:
    nothing = replace(traced(last=0), stopped="no room")
    found = first_divergence(nothing, traced(first=3))
    assert (found.step, found.left_row, found.right_row) == (3, None, 0)


def test_of_several_streams_the_first_that_differs_counts() -> None:
    one = traced()
    second = replace(one, columns=one.columns | {"stream": one["stream"] + np.uint32(1)})
    both = concatenate([one, second])
    frames = (both.streams[0], replace(both.streams[1], size=1))
    assert first_divergence(both, replace(both, streams=frames)).stream == 1
    early = replace(changed(both, 100, slot=4096), streams=frames)
    found = first_divergence(both, early)
    assert (found.stream, found.step) == (0, 100)
    assert first_divergence(both, both) is None
