"""Fast traces of the native layout: the columns of any stretch of a stream, without Python in the loop."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import kernel, part
from codec.fast.lane_steps import STATE_SIZE, Lookup, States, checked_lane_step
from codec.fast.lane_stream import open_lanes
from codec.fast.trace import StreamTrace
from codec.fast.walk import BAD_FRAME, OK, ONE, STATE_OUT_OF_RANGE, TWO, Status
from codec.trace import empty_columns

POSITION, END, COUNT, DONE, FIRST, ROW, LANE, STATE = range(8)
"""A walk, u64[8]: index of the next word, and behind the last whole one; symbols of the stream; steps taken; first
symbol of the block, row within the block, and lane of the next step; and its lane's state."""


class LaneColumns(NamedTuple):
    """The columns that walking fills, named as in `STEP_COLUMNS`."""

    lane: NDArray[np.uint16]
    symbol_index: NDArray[np.uint32]
    state_before: NDArray[np.uint32]
    slot: NDArray[np.uint32]
    symbol: NDArray[np.uint8]
    freq: NDArray[np.uint32]
    start: NDArray[np.uint32]
    state_after: NDArray[np.uint32]
    position: NDArray[np.uint64]
    bytes_read: NDArray[np.uint8]


def trace_lanes(
    job: Lookup, count: int, steps: tuple[int, int], data_offset: int = 0
) -> StreamTrace:
    """The steps from steps[0] to before steps[1] of a stream; fewer where it stops before that.

    The stretch is walked once to see how many steps there are, and once more to record them, so
    that a count that lies costs no memory.

    Args:
        job: from `lookup`, its data the bytes of the stream.
        count: symbols of the stream.
        steps: not negative.
        data_offset: file offset of the stream.

    Raises:
        ValueError: the data cannot be a stream, or `steps` begins below 0.
    """
    first, last = steps[0], min(steps[1], count)
    if first < 0:
        raise ValueError(f"there is no step {first}")
    walk = np.zeros(STATE + 1, dtype=np.uint64)
    walk[COUNT] = count
    states = np.zeros(int(job.shape.lanes), dtype=np.uint32)
    opened = Status(begin_lanes(job, states, walk))
    if opened is not Status.OK:
        raise ValueError(f"{len(job.data)} bytes hold no stream: {opened.name}")
    nothing, offset = lane_columns(empty_columns(0)), np.uint64(data_offset)
    walk_lanes(job, states, walk, np.uint64(min(first, last)), nothing, offset)
    begun, begun_walk, skipped = states.copy(), walk.copy(), int(walk[DONE])
    status = walk_lanes(job, states, walk, np.uint64(last), nothing, offset)
    found = empty_columns(int(walk[DONE]) - skipped)
    found["step"][:] = np.arange(first, first + len(found["step"]))
    walk_lanes(job, begun, begun_walk, walk[DONE], lane_columns(found), offset)
    left = int(walk[END] - walk[POSITION])
    return StreamTrace(found, Status(status), int(walk[DONE]), int(walk[STATE]), left)


def lane_columns(columns: dict[str, NDArray[Any]]) -> LaneColumns:
    """Those columns of a trace that walking fills."""
    return LaneColumns(*(columns[name] for name in LaneColumns._fields))


@kernel
def begin_lanes(job: Lookup, states: States, walk: NDArray[np.uint64]) -> int:
    """Loads the states and puts the walk before the first step; returns a `Status`."""
    size, shape = np.uint64(len(job.data)), job.shape
    words = shape.lanes * STATE_SIZE
    if size < words:
        return BAD_FRAME
    walk[POSITION] = words
    walk[END] = size - (size - words) % shape.word_bytes
    return OK if open_lanes(job, np.uint64(0), states) else STATE_OUT_OF_RANGE


@kernel
def walk_lanes(
    job: Lookup,
    states: States,
    walk: NDArray[np.uint64],
    until: np.uint64,
    columns: LaneColumns,
    data_offset: np.uint64,
) -> int:
    """Walks on until so many steps are done, or the stream stops; returns a `Status`.

    `until` is at most the symbols of the stream. Columns with rows have one for each step, and are filled.
    """
    begun, recorded = walk[DONE], len(columns.slot) > 0
    while walk[DONE] < until:
        symbol = _next_symbol(job, walk)
        lane, position = walk[LANE], walk[POSITION]
        state = np.uint64(states[lane])
        walk[STATE] = state
        status, slot, after, behind = checked_lane_step(state, position, walk[END], job)
        if status != OK:
            return status
        if recorded:
            row = walk[DONE] - begun
            columns.lane[row], columns.symbol_index[row] = lane, symbol
            columns.state_before[row], columns.state_after[row] = state, after
            columns.slot[row], columns.symbol[row] = slot, job.symbols[slot]
            columns.freq[row] = job.steps[slot * TWO]
            columns.start[row] = slot - np.uint64(job.steps[slot * TWO + ONE])
            columns.position[row] = data_offset + position
            columns.bytes_read[row] = behind - position
        states[lane], walk[STATE], walk[POSITION] = after, after, behind
        walk[LANE] += ONE
        walk[DONE] += ONE
    return OK


@part
def _next_symbol(job: Lookup, walk: NDArray[np.uint64]) -> np.uint64:
    """The symbol of the next step, which there is; moves on to its row where lanes are at an end."""
    lanes, run = job.shape.lanes, job.shape.run
    symbol = walk[FIRST] + walk[LANE] * run + walk[ROW]
    # In the last block, the lanes behind the first that has no symbol have none either.
    while walk[LANE] == lanes or symbol >= walk[COUNT]:
        walk[LANE] = 0
        walk[ROW] += ONE
        if walk[ROW] == run:
            walk[ROW] = 0
            walk[FIRST] += lanes * run
        symbol = walk[FIRST] + walk[ROW]
    return np.uint64(symbol)
