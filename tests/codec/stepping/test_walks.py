"""Walks: back undoes forward exactly, jumps come where steps come, and what is walked is what the decoder does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.errors import Cancelled, DecodeError, InputError
from codec.fast import lane_stepping, lane_trace, stepping, trace
from codec.interleaving import Interleaving
from codec.stepping import decoder_walk, stepper
from codec.stepping.lane_history import last_step_of_lane
from codec.stepping.opening import open_walk
from codec.stepping.stepper import interval_for
from codec.stepping.walk import WINDOW, Walk
from codec.warmup import warm
from tests.codec.brought_files import template, written
from tests.codec.files import batched_file, noise, parsed
from tests.codec.native_files import mixed, native_bytes
from tests.codec.stepping.walks import (
    LAYOUTS,
    Stream,
    damaged,
    dense_checkpoints,
    moments_of,
    same_columns,
    shortened,
    stream_of,
    streams,
    with_hole,
)

OURS = ("reference", "cpu")


@pytest.fixture(autouse=True)
def many_checkpoints(monkeypatch):
    dense_checkpoints(monkeypatch)
    monkeypatch.setattr(decoder_walk, "STEPS_AT_ONCE", 64)


@pytest.fixture(scope="module")
def brought(tmp_path_factory) -> str:
    """A decoder in Python that the user brought: the template."""
    return str(written(tmp_path_factory.mktemp("brought"), template("decoder.py")))


def opened(stream: Stream, decoder: str) -> Walk:
    return open_walk(stream.container, stream.tensor, stream.tile, decoder)


def check_walk(walk: Walk, stream: Stream, decoder: str, jumps: list[int]) -> None:
    """What must hold of every walk."""
    whole = stream.traced(decoder)
    assert (walk.steps, walk.stopped) == (len(whole), whole.stopped)
    same_columns(walk.trace(0, stream.count), whole)
    moments = moments_of(walk, whole)
    at = 0
    for jump in jumps:
        jump %= walk.steps + 1
        assert walk.moment(jump) == moments[jump]
        at = max(at - 1, 0) if jump < at else min(at + 1, walk.steps)
        assert walk.moment(at) == moments[at]


@settings(max_examples=60)
@given(
    stream=streams(),
    jumps=st.lists(st.integers(0, 2000), max_size=20),
    decoder=st.sampled_from(OURS),
)
def test_back_undoes_forward_and_jumps_come_where_steps_come(stream, jumps, decoder):
    check_walk(opened(stream, decoder), stream, decoder, jumps)


@settings(max_examples=15)
@given(layout=st.sampled_from(LAYOUTS), jumps=st.lists(st.integers(0, 2000), max_size=20))
def test_a_brought_decoder_is_walked_as_it_traces(brought, layout, jumps):
    stream = stream_of(layout, 23, 17)
    check_walk(opened(stream, brought), stream, brought, jumps)


@settings(max_examples=25)
@given(stream=streams(), jumps=st.lists(st.integers(0, 2000), max_size=20))
def test_windows_of_a_trace_make_the_walk_that_checkpoints_make(stream, jumps):
    from codec import decoders

    given_one = stream.container, stream.tensor, stream.tile
    by_windows = decoder_walk.DecoderWalk(*given_one, decoders.make("cpu"))
    check_walk(by_windows, stream, "cpu", jumps)


@settings(max_examples=40)
@given(
    stream=streams(),
    ends=st.tuples(st.integers(-5, 2000), st.integers(-5, 2000)),
    decoder=st.sampled_from(OURS),
)
def test_a_window_is_what_the_decoder_traces(stream, ends, decoder):
    walk = opened(stream, decoder)
    same_columns(walk.trace(*ends), stream.traced("cpu", max(ends[0], 0), ends[1]))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_moment_of_both_our_decoders_is_one(layout):
    stream = damaged(stream_of(layout, 30, 21), 0.4, 3)
    walks = [opened(stream, decoder) for decoder in OURS]
    assert walks[0].steps == walks[1].steps > 200
    for step in range(walks[0].steps + 1):
        assert walks[0].moment(step) == walks[1].moment(step)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("decoder", OURS)
def test_a_stream_that_stops_says_where_and_whose_turn_it_was(layout, decoder):
    sound = stream_of(layout, 30, 21)
    runs_out = opened(shortened(sound, 0.5), decoder)
    assert runs_out.stopped == f"runs out of bytes at step {runs_out.steps:,}"
    no_owner = opened(with_hole(sound, 20), decoder)
    assert no_owner.stopped == f"slot without a symbol at step {no_owner.steps:,}"
    for walk in (runs_out, no_owner):
        assert 0 < walk.steps < sound.count
        symbol = sound.tensor.interleaving.symbol_of(walk.steps, sound.count)
        assert walk.moment(walk.steps).lane == sound.tensor.interleaving.lane_of(symbol)
        assert walk.trace(0, walk.steps).stopped == ""
        assert walk.trace(5, walk.steps + 1).stopped == walk.stopped


@pytest.mark.parametrize("decoder", OURS)
def test_there_is_no_moment_outside(decoder):
    walk = opened(stream_of("wcdc", 9, 9), decoder)
    for step in (-1, walk.steps + 1):
        with pytest.raises(IndexError, match="there is no step"):
            walk.moment(step)
    assert walk.moment(walk.steps).lane == 0


@pytest.mark.parametrize("decoder", OURS)
def test_a_tile_without_steps_says_why(decoder):
    container = parsed(native_bytes(mixed(), tile_rows=8, tile_cols=8))
    refused = []
    for tensor in container.tensors:
        for tile in range(len(tensor.tiles)):
            try:
                assert open_walk(container, tensor, tile, decoder).steps > 0
            except DecodeError as error:
                refused.append(str(error).partition(": ")[2])
    assert set(refused) == {"it is stored raw", "it is constant"}
    with pytest.raises(DecodeError, match="there is no tile 9,999"):
        open_walk(container, container.tensors[0], 9999, decoder)


def test_an_unknown_decoder_is_refused():
    with pytest.raises(InputError, match="there is no decoder called 'abacus'"):
        opened(stream_of("wcdc", 9, 9), "abacus")


@pytest.mark.parametrize("decoder", OURS)
def test_laying_tells_how_far_it_is_and_can_be_stopped(decoder):
    stream = stream_of("batched", 20, 20)
    told: list[tuple[int, int]] = []

    def tick(done: int, total: int) -> None:
        told.append((done, total))
        if len(told) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        open_walk(stream.container, stream.tensor, 0, decoder, tick=tick)
    assert [total for _, total in told] == [400] * 3
    assert [done for done, _ in told] == sorted({done for done, _ in told})


def test_a_file_that_changes_under_a_walk_does_not_part_it_from_its_checkpoints(tmp_path):
    from codec.formats import open_file

    data, path = batched_file(noise(20, 20), 20), tmp_path / "a file"
    path.write_bytes(data)
    container = open_file(path)
    walk = open_walk(container, container.tensors[0], 0)
    before = walk.trace(0, walk.steps)
    path.write_bytes(bytes(len(data)))
    same_columns(walk.trace(0, walk.steps), before)


@given(
    lanes=st.integers(1, 9),
    run=st.integers(1, 9),
    count=st.integers(1, 200),
    data=st.data(),
)
def test_the_last_step_of_a_lane_is_the_last(lanes, run, count, data):
    interleaving = Interleaving(lanes, run)
    before = data.draw(st.integers(0, count))
    taken = [lane for lane, _ in interleaving.places(count)][:before]
    for lane in range(lanes):
        steps = [step for step, whose in enumerate(taken) if whose == lane]
        assert last_step_of_lane(interleaving, count, lane, before) == (
            steps[-1] if steps else None
        )


def test_checkpoints_are_many_enough_and_few_enough(monkeypatch):
    monkeypatch.undo()
    for lanes in (1, 32, 64, 1000, 1024):
        for count in (0, 1, 1000, 1 << 20, 1 << 24, 1 << 32):
            interval = interval_for(count, lanes)
            assert stepper.LAID_AT_ONCE % interval == 0
            assert interval >= min(64 * lanes, WINDOW)
            assert count / interval * (64 + 4 * lanes) <= 1 << 27
            if count <= 1 << 24:
                assert WINDOW % interval == 0
    assert interval_for(1 << 24, 64) == 4096


@pytest.mark.parametrize("layout", LAYOUTS)
def test_intervals_as_they_are_in_use(layout, monkeypatch):
    monkeypatch.undo()
    stream = stream_of(layout, 100, 90)
    walk, whole = opened(stream, "cpu"), stream.traced("cpu")
    same_columns(walk.trace(0, stream.count), whole)
    moments = moments_of(walk, whole)
    for step in np.random.default_rng(1).integers(0, walk.steps + 1, 200).tolist():
        assert walk.moment(step) == moments[step]


KERNELS: dict[str, Any] = {
    "take": stepping.take_steps,
    "lay": stepping.lay_checkpoints,
    "record": trace.record,
    "lay lanes": lane_stepping.lay_checkpoints,
    "record turns": lane_stepping.record_turns,
    "walk lanes": lane_trace.walk_lanes,
}


def test_warming_compiles_all_that_is_used_later():
    warm()
    before = {name: len(kernel.signatures) for name, kernel in KERNELS.items()}
    assert all(before.values())
    for layout in LAYOUTS:
        walk = opened(stream_of(layout, 30, 21), "cpu")
        walk.moment(100)
        walk.trace(50, 300)
    assert {name: len(kernel.signatures) for name, kernel in KERNELS.items()} == before
