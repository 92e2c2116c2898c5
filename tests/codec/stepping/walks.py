"""Small streams of all layouts to walk over, sound and damaged, and what every walk must do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from codec import decoders
from codec.container import Coding, Container, Tensor
from codec.decoders.opening import frame_for_trace
from codec.frequency import FrequencyTable
from codec.stepping import byte_stepper, lane_stepper, reference_stepper
from codec.stepping import stepper as steppers
from codec.stepping.walk import Moment, Walk
from codec.trace import STEP_COLUMNS, Trace
from tests.codec.files import batched_file, noise, only_tensor, parsed, wcdc_file, with_bytes
from tests.codec.native_files import native_bytes

LAYOUTS = ("batched", "wcdc", "native", "native of bytes", "native of many lanes")


@dataclass(frozen=True)
class Stream:
    """A tile that has steps.

    Attributes:
        container: the file.
        tensor: in it.
        tile: its index.
    """

    container: Container
    tensor: Tensor
    tile: int

    @property
    def count(self) -> int:
        return self.tensor.symbol_count(self.tile)

    def traced(self, decoder: str, first: int = 0, last: int | None = None) -> Trace:
        return decoders.make(decoder).trace(self.container, self.tensor, self.tile, first, last)


def stream_of(layout: str, rows: int, cols: int, seed: int = 1, sigma: float = 10) -> Stream:
    """A tile of noise; legacy tiles are square, and padded where the noise is not."""
    weights = noise(rows, cols, seed, sigma)
    side = max(rows, cols)
    match layout:
        case "batched":
            return stream_in(batched_file(weights, side))
        case "wcdc":
            return stream_in(wcdc_file(weights, side))
    settings: dict[str, Any] = {
        "native": {"lanes": 8, "run": 4},
        "native of bytes": {"lanes": 3, "run": 5, "word_bits": 8, "lower_bound_bits": 23},
        "native of many lanes": {"lanes": 16, "run": 16, "scale_bits": 9},
    }[layout]
    return stream_in(native_bytes({"w": weights}, tile_rows=rows, tile_cols=cols, **settings))


def stream_in(data: bytes) -> Stream:
    container = parsed(data)
    return Stream(container, only_tensor(container), 0)


def damaged(stream: Stream, at: float, bit: int) -> Stream:
    """The same with a bit of its words flipped; `at` 0…1 says how deep in the stream."""
    frame = frame_for_trace(stream.container, stream.tensor, stream.tile)
    size = frame.words_end - frame.words_begin
    deep = min(int(at * size), size - 1)
    offset = frame.words_begin + deep if frame.forward else frame.words_end - 1 - deep
    source = stream.container.source
    data = source.read(0, source.size)
    return stream_in(with_bytes(data, offset, bytes([data[offset] ^ 1 << bit])))


def with_hole(stream: Stream, symbol: int) -> Stream:
    """The same, where the table gives one of its symbols' slots to nobody."""
    table = stream.tensor.table
    used = np.flatnonzero(table.frequencies)
    frequencies = table.frequencies.copy()
    frequencies[used[symbol % len(used)]] = 0
    holed = FrequencyTable(frequencies, table.starts, table.scale_bits)
    return replace(stream, tensor=replace(stream.tensor, table=holed))


def shortened(stream: Stream, lost: float) -> Stream:
    """The same without some of its words, those that are taken last."""
    frame = frame_for_trace(stream.container, stream.tensor, stream.tile)
    gone = int(lost * (frame.words_end - frame.words_begin))
    tiles = stream.tensor.tiles.copy()
    tiles["size"][stream.tile] -= gone
    if not frame.forward:
        tiles["offset"][stream.tile] += gone
    return replace(stream, tensor=replace(stream.tensor, tiles=tiles))


@st.composite
def streams(draw: DrawFn, largest: int = 40) -> Stream:
    """Any layout, any shape, sound or not; coded by rANS."""
    sides = st.integers(6, largest)
    rows, cols = draw(sides), draw(sides)
    sigma = draw(st.sampled_from([0.5, 10, 40]))
    stream = stream_of(draw(st.sampled_from(LAYOUTS)), rows, cols, draw(st.integers(1, 99)), sigma)
    if stream.tensor.coding(0) is not Coding.RANS:
        stream = stream_of("batched", rows, cols)
    match draw(st.sampled_from(["sound", "damaged", "table with a hole", "short"])):
        case "damaged":
            return damaged(stream, draw(st.floats(0, 1)), draw(st.integers(0, 7)))
        case "table with a hole":
            return with_hole(stream, draw(st.integers(0, 255)))
        case "short":
            return shortened(stream, draw(st.floats(0, 1)))
    return stream


def dense_checkpoints(monkeypatch) -> None:
    """So many checkpoints that small streams have several, laid in several goes."""
    monkeypatch.setattr(steppers, "SHORTEST_INTERVAL", 16)
    monkeypatch.setattr(steppers, "STEPS_PER_STATE", 1)
    monkeypatch.setattr(byte_stepper.ByteStepper, "laid_at_once", 64)
    monkeypatch.setattr(lane_stepper.LaneStepper, "laid_at_once", 128)
    monkeypatch.setattr(reference_stepper, "STEPS_AT_ONCE", 64)


def same_columns(left: Trace, right: Trace) -> None:
    for name in STEP_COLUMNS:
        np.testing.assert_array_equal(left[name], right[name], name)
        assert left[name].dtype == right[name].dtype == np.dtype(STEP_COLUMNS[name])
    assert left.stopped == right.stopped
    assert [(s.offset, s.lane_states, s.forward) for s in left.streams] == [
        (s.offset, s.lane_states, s.forward) for s in right.streams
    ]


def moments_of(walk: Walk, trace: Trace) -> list[Moment]:
    """Every moment of a walk, made of its whole trace alone."""
    frame = frame_for_trace(walk.container, walk.tensor, walk.tile)
    states = list(frame.states)
    position = frame.words_begin if frame.forward else frame.words_end - 1
    found = [Moment(0, tuple(states), position, walk.lane_of(0))]
    for row in range(len(trace)):
        lane, read = int(trace["lane"][row]), int(trace["bytes_read"][row])
        assert int(trace["state_before"][row]) == states[lane]
        assert int(trace["position"][row]) == position
        states[lane] = int(trace["state_after"][row])
        position += read if frame.forward else -read
        found.append(Moment(row + 1, tuple(states), position, walk.lane_of(row + 1)))
    return found
