"""Encoding one stream step by step, with all that each step does: what the debugger's encode walk is made of.

`coding` and `lane_encode` make streams and tell nothing of their steps. These kernels take the same steps on one
stream of any interleaving, from wherever they are put, and fill the columns of a trace if they are wanted. A
stream of the legacy layouts is one of a single lane with a run of 1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import kernel, part, sealed
from codec.fast.lane_coding import (
    ABSENT,
    COMPLEMENT,
    LIMIT,
    RECIPROCAL,
    START,
    coding_table,
    room_bits,
)
from codec.fast.lane_tables import LaneShape
from codec.fast.lane_trace import LaneColumns
from codec.fast.places import Bytes
from codec.fast.walk import ONE, THREE
from codec.frequency import FrequencyTable

DONE, FIRST, ROW, LANE, MOVED = range(5)
"""Where an encoder stands, u64[5]: steps taken; first symbol of the block, row within the block, and lane of the
next step; bytes moved out so far."""

FOUR, LONG_BITS = np.uint64(4), np.uint64(64)

States = NDArray[np.uint32]


class EncodeJob(NamedTuple):
    """What is encoded, and how.

    Attributes:
        symbols: u8[n], by their place in the tile.
        coding: from `lane_coding.coding_table`.
        shape: the constants.
        room: as `lane_coding.room_bits` says.
        slots: M.
    """

    symbols: Bytes
    coding: NDArray[np.uint64]
    shape: LaneShape
    room: np.uint64
    slots: np.uint64


def encode_job(symbols: Bytes, table: FrequencyTable, shape: LaneShape) -> EncodeJob:
    """What the kernels need to encode one stream.

    Args:
        symbols: u8[n], by their place in the tile.
        table: the frequencies; a symbol of frequency 0 stops the encoder.
        shape: from `lane_tables.lane_shape`.

    Raises:
        ValueError: the table has a fault, or not as many slots as the constants say.
    """
    room = np.uint64(room_bits(shape))
    coding = sealed(coding_table(table, shape))
    return EncodeJob(sealed(symbols), coding, shape, room, np.uint64(table.total))


@kernel
def encode_on(
    job: EncodeJob,
    states: States,
    place: NDArray[np.uint64],
    until: np.uint64,
    columns: LaneColumns,
    origin: np.uint64,
    upward: bool,
) -> bool:
    """Encodes on until so many steps are done, or the next symbol has no frequency.

    Indices are inside: `until` is at most the symbols there are, and `place` names one of them while steps are left.

    Args:
        job: from `encode_job`.
        states: u32[lanes], the state of each; left as they are behind the last step taken.
        place: u64[5], where the encoder stands; likewise.
        until: steps done.
        columns: none of them has rows, or each has one for every step to be taken; they are filled.
        origin: position of the byte that is moved out first.
        upward: whether bytes come to stand towards higher positions.

    Returns:
        Whether all steps were taken.
    """
    begun, recorded = place[DONE], len(columns.slot) > 0
    while place[DONE] < until:
        lane = place[LANE]
        index = place[FIRST] + lane * job.shape.run + place[ROW]
        symbol, before = np.uint64(job.symbols[index]), np.uint64(states[lane])
        if job.coding[symbol * FOUR + RECIPROCAL] == ABSENT:
            return False
        after, moved = _coded(job, symbol, before)
        if recorded:
            row = place[DONE] - begun
            columns.lane[row], columns.symbol_index[row] = lane, index
            columns.position[row] = origin + place[MOVED] if upward else origin - place[MOVED]
            columns.bytes_read[row] = moved
            _record(job, columns, row, symbol, before, after)
        states[lane] = after
        place[MOVED] += moved
        place[DONE] += ONE
        if place[DONE] < np.uint64(len(job.symbols)):
            _to_previous(job, place)
    return True


@part
def _coded(job: EncodeJob, symbol: np.uint64, state: np.uint64) -> tuple[np.uint64, np.uint64]:
    """The state behind a symbol, which has a frequency, and the bytes moved out before it; see `lane_coding`."""
    entry, moved = symbol * FOUR, np.uint64(0)
    while state >= job.coding[entry + LIMIT]:
        state = state >> (job.shape.word_bytes << THREE)
        moved += job.shape.word_bytes
    quotient = (state * job.coding[entry + RECIPROCAL]) >> (LONG_BITS - job.room)
    after = state + job.coding[entry + START] + quotient * job.coding[entry + COMPLEMENT]
    return after, moved


@part
def _record(
    job: EncodeJob,
    columns: LaneColumns,
    row: np.uint64,
    symbol: np.uint64,
    before: np.uint64,
    after: np.uint64,
) -> None:
    """Fills the columns that follow from a step's symbol and states."""
    columns.symbol[row] = symbol
    columns.state_before[row], columns.state_after[row] = before, after
    columns.slot[row] = after & (job.slots - ONE)
    columns.start[row] = job.coding[symbol * FOUR + START]
    columns.freq[row] = job.slots - job.coding[symbol * FOUR + COMPLEMENT]


@part
def _to_previous(job: EncodeJob, place: NDArray[np.uint64]) -> None:
    """Goes to the symbol that is coded next, which there is: the one before in the decoder's order."""
    shape, first, row, lane = job.shape, place[FIRST], place[ROW], place[LANE]
    count, missing = np.uint64(len(job.symbols)), True
    # In the last block, the lanes behind the first that has no symbol have none either.
    while missing:
        if lane == 0:
            lane = shape.lanes
            if row == 0:
                row = shape.run
                first -= shape.lanes * shape.run
            row -= ONE
        lane -= ONE
        missing = first + lane * shape.run + row >= count
    place[FIRST], place[ROW], place[LANE] = first, row, lane
