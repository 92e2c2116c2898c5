"""Walking a native stream from places that were noted: checkpoints of all its lanes, and the way on from each.

A *spot* is where a walk stands, u64[8 + lanes / 2, rounded up]: the walk of `lane_trace`, then the states, two
to a number, as they lie in memory. A checkpoint is a spot kept.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import Index, kernel, part
from codec.fast.lane_steps import NOTHING, Lookup, States
from codec.fast.lane_trace import (
    COUNT,
    DONE,
    END,
    FIRST,
    LANE,
    POSITION,
    ROW,
    STATE,
    LaneColumns,
    walk_lanes,
)
from codec.fast.walk import EIGHT, OK, ONE, SIXTEEN, TWO

STATES = STATE + 1
"""Where the states begin in a spot."""

Spot = NDArray[np.uint64]


def spot_width(lanes: int) -> int:
    """Numbers of a spot."""
    return STATES + (lanes + 1) // 2


def walk_of(spot: Spot) -> NDArray[np.uint64]:
    """The walk at a spot, in the same memory."""
    return spot[:STATES]


def states_of(spot: Spot) -> States:
    """The states at a spot, in the same memory; one more than lanes where their number is odd."""
    return spot[STATES:].view(np.uint32)


@kernel
def lay_checkpoints(
    job: Lookup,
    walk: NDArray[np.uint64],
    states: States,
    until: np.uint64,
    interval: np.uint64,
    kept: NDArray[np.uint64],
    nothing: LaneColumns,
) -> int:
    """Walks on as `walk_lanes`, and keeps the spot before every step that is a multiple of `interval`.

    Args:
        job: what is walked.
        walk, states: of a step at which a spot is to be kept; they move.
        until: at most the symbols of the stream, and the intervals that `kept` has rows for.
        interval: at least 1.
        kept: u64[any, `spot_width`], the spots.
        nothing: columns without rows.

    Returns:
        A `walk.Status`.
    """
    for row in range(np.uint64(len(kept))):
        spot = kept[row]
        spot[:STATES] = walk
        spot[STATES:].view(np.uint32)[:] = states
        step = min(until, walk[DONE] + interval)
        status = walk_lanes(job, states, walk, step, nothing, np.uint64(0))
        if status != OK or walk[DONE] == until:
            return status
    return OK


@kernel
def record_turns(
    job: Lookup,
    walk: NDArray[np.uint64],
    states: States,
    columns: LaneColumns,
    data_offset: np.uint64,
) -> Index:
    """Records whole turns of all lanes, without checks, for as long as nothing speaks against it.

    Args:
        job: what is walked; all steps that there are columns for can be taken.
        walk, states: where to begin; they move.
        columns: to be filled.
        data_offset: file offset of the stream.

    Returns:
        The steps recorded, from the first row on: none where the walk is inside a turn, in a block that is not
        whole, or where words may not be there for all lanes.
    """
    shape, done, room = job.shape, NOTHING, np.uint64(len(columns.slot))
    block, words_of_turn = shape.lanes * shape.run, shape.lanes * shape.word_bytes
    if walk[LANE] == shape.lanes:
        walk[LANE], walk[ROW] = NOTHING, walk[ROW] + ONE
    if walk[ROW] == shape.run:
        walk[ROW], walk[FIRST] = NOTHING, walk[FIRST] + block
    while job.quick and walk[LANE] == 0 and walk[FIRST] + block <= walk[COUNT]:
        turns = min(
            shape.run - walk[ROW],
            (walk[END] - walk[POSITION]) // words_of_turn,
            (room - done) // shape.lanes,
        )
        if turns == 0:
            break
        symbol = walk[FIRST] + walk[ROW]
        begun = (symbol, walk[POSITION], turns, done)
        walk[POSITION] = _record_turns(job, states, begun, columns, data_offset)
        done += turns * shape.lanes
        walk[ROW] += turns
        if walk[ROW] == shape.run:
            walk[ROW], walk[FIRST] = NOTHING, walk[FIRST] + block
    walk[DONE] += done
    return done


@part
def _record_turns(
    job: Lookup,
    states: States,
    begun: tuple[np.uint64, np.uint64, np.uint64, np.uint64],
    columns: LaneColumns,
    data_offset: np.uint64,
) -> np.uint64:
    """One step of each lane, so many times; returns the position after them.

    Indices are inside: a word is looked at even where it is not taken, but no more than one a step.

    Args:
        job: what is walked; `job.quick` holds, and a word is there for each step.
        states: of the lanes.
        begun: the symbol of lane 0, the position, the turns, and the row of the columns to begin with.
        columns: to be filled.
        data_offset: file offset of the stream.
    """
    data, steps, symbols, shape = job.data, job.steps, job.symbols, job.shape
    mask = (ONE << shape.scale_bits) - ONE
    symbol, position, turns, row = begun
    for turn in range(turns):
        for lane in range(shape.lanes):
            state = np.uint64(states[lane])
            slot = state & mask
            frequency, inside = np.uint64(steps[slot * TWO]), np.uint64(steps[slot * TWO + ONE])
            after = frequency * (state >> shape.scale_bits) + inside
            word = np.uint64(data[position]) | np.uint64(data[position + ONE]) << EIGHT
            needy = after < shape.lower_bound
            after = (after << SIXTEEN | word) if needy else after
            taken = np.uint64(needy) << ONE
            columns.lane[row], columns.symbol_index[row] = lane, symbol + turn + lane * shape.run
            columns.state_before[row], columns.state_after[row] = state, after
            columns.slot[row], columns.symbol[row] = slot, symbols[slot]
            columns.freq[row], columns.start[row] = frequency, slot - inside
            columns.position[row], columns.bytes_read[row] = data_offset + position, taken
            states[lane] = after
            position += taken
            row += ONE
    return position
