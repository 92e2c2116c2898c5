"""One rANS stream of the native layout, from its states to its last symbol, on the CPU.

Rows of a stream are taken eight lanes at a time, or lane by lane without checks, for as long as words for all
lanes are there; the rest, which is little, is decoded with every check as `codec.rans.lane_steps` does it. So
the result, and the place where a broken stream stops, are the reference's.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import Index, part
from codec.fast.lane_steps import (
    NOTHING,
    ROWS_AT_ONCE,
    STATE_SIZE,
    Lookup,
    States,
    checked_row,
    quick_rows,
    stored_u32,
    vector_rows,
)
from codec.fast.places import Bytes
from codec.fast.walk import OK, ONE, THREE


class Scratch(NamedTuple):
    """Memory that one tile after the other is decoded in.

    Attributes:
        buffer, values: the same memory as u32 and as u8, with room for the largest tile.
        states, gathered: u32[lanes].
        sums: of `lane_checksums`.
    """

    buffer: NDArray[np.uint32]
    values: Bytes
    states: States
    gathered: States
    sums: NDArray[np.uint32]


@part
def open_lanes(job: Lookup, begin: np.uint64, states: States) -> bool:
    """Loads the state of each lane; returns whether all are within bounds."""
    low, high = job.shape.lower_bound, job.shape.lower_bound << (job.shape.word_bytes << THREE)
    sound = True
    for lane in range(job.shape.lanes):
        state = stored_u32(job.data, begin + lane * STATE_SIZE)
        states[lane] = state
        if not low <= state < high:
            sound = False
    return sound


@part
def unfinished(states: States, bound: np.uint64) -> Index:
    """The first lane whose state is not L; lane 0 where there is none."""
    for lane in range(np.uint64(len(states))):
        if states[lane] != bound:
            return lane
    return NOTHING


@part
def decode_stream(
    job: Lookup, position: np.uint64, end: np.uint64, count: np.uint64, scratch: Scratch
) -> tuple[int, Index, Index, np.uint64]:
    """Decodes `count` symbols from the words data[position:end].

    Returns:
        A `walk.Status`; the steps taken; the lane whose step could not be taken, and the position, after
        the last step that could.
    """
    shape, states, values = job.shape, scratch.states, scratch.values
    memory = (states, scratch.gathered, values)
    block, a_row = shape.lanes * shape.run, shape.lanes * shape.word_bytes
    done, first = NOTHING, NOTHING
    while first < count:
        step, quick = NOTHING, job.quick and first + block <= count
        while step < shape.run:
            # So many steps have a word for every lane, which is more than they will take.
            rows = min(shape.run - step, (end - position) // a_row) if quick else NOTHING
            # Where vectors cannot go on there is less than four rows left, of the run or of the words;
            # so they always begin at a multiple of four.
            if job.vectors and rows >= ROWS_AT_ONCE:
                rows -= rows % ROWS_AT_ONCE
                position = vector_rows(job, memory, first + step, position, rows)
                taken = rows * shape.lanes
            elif rows > 0:
                position = quick_rows(job, states, first + step, position, rows, values)
                taken = rows * shape.lanes
            else:
                rows = ONE
                status, lane, position = checked_row(
                    job, states, first + step, count, position, end, values
                )
                taken = np.uint64(lane)
                if status != OK:
                    return status, done + taken, taken, position
            step += rows
            done += taken
        first += block
    return OK, done, NOTHING, position
