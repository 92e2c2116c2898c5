"""Steps of interleaved lanes: with every check, with none, and eight lanes at a time.

The step of `codec.rans.lane_steps`, on any state within bounds and any table. A *row* is one step of each lane
of a block, as `codec.interleaving` has it; all lanes take their words from one position, one after the other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import Index, part, sealed
from codec.fast.lane_tables import LaneShape, LaneTable
from codec.fast.lane_vector import ORDERS, decode_eight
from codec.fast.places import Bytes
from codec.fast.vectors import AVX2, WIDTH
from codec.fast.walk import EIGHT, OK, ONE, SIXTEEN, THREE, TWENTY_FOUR, TWO, UNDERRUN, UNOWNED_SLOT

ROWS_AT_ONCE = np.uint64(4)
"""Rows that vectors take together: the symbols of four fill a u32 a lane."""

STATE_SIZE = np.uint64(4)
VECTOR = np.uint64(WIDTH)
NOTHING = np.uint64(0)

States = NDArray[np.uint32]


class Lookup(NamedTuple):
    """Streams of one tensor, and what their steps look up.

    Attributes:
        data: u8[any], bytes of a file.
        steps, symbols, packed: as in `LaneTable`.
        orders: of `lane_vector`.
        shape: the constants.
        quick: whether rows without checks may be taken: 16-bit words, and an owner for every slot.
        vectors: whether eight lanes may be taken at a time.
    """

    data: Bytes
    steps: NDArray[np.uint16]
    symbols: Bytes
    packed: NDArray[np.uint32]
    orders: Bytes
    shape: LaneShape
    quick: bool
    vectors: bool


def lookup(data: Bytes, table: LaneTable, shape: LaneShape, *, vectors: bool = AVX2) -> Lookup:
    """What kernels need to decode streams in `data`.

    Raises:
        ValueError: the table has not as many slots as the constants say.
    """
    slots = 1 << int(shape.scale_bits)
    if (len(table.steps), len(table.symbols)) != (2 * slots, slots):
        raise ValueError(f"the table has {len(table.symbols):,} slots, not {slots:,}")
    quick = table.complete and int(shape.word_bytes) == 2
    whole = int(shape.lanes) % WIDTH == 0 and int(shape.run) % int(ROWS_AT_ONCE) == 0
    able = vectors and quick and whole and len(table.packed) == slots
    steps, symbols, packed = sealed(table.steps), sealed(table.symbols), sealed(table.packed)
    return Lookup(sealed(data), steps, symbols, packed, ORDERS, shape, quick, able)


@part
def stored_u32(data: Bytes, at: np.uint64) -> np.uint64:
    """The little-endian u32 at an index; its four bytes are inside."""
    return (
        np.uint64(data[at])
        | np.uint64(data[at + ONE]) << EIGHT
        | np.uint64(data[at + TWO]) << SIXTEEN
        | np.uint64(data[at + THREE]) << TWENTY_FOUR
    )


@part
def checked_lane_step(
    state: np.uint64, position: np.uint64, end: np.uint64, job: Lookup
) -> tuple[int, np.uint64, np.uint64, np.uint64]:
    """One step as the reference takes it.

    Args:
        state: within [L, L * 2^word_bits).
        position: index of the next word.
        end: index behind the last whole word; at most len(data).
        job: what is decoded.

    Returns:
        A `walk.Status`, the slot, and the state and the position after renormalisation; the last two hold
        only where the status is OK.
    """
    shape = job.shape
    slot = state & ((ONE << shape.scale_bits) - ONE)
    frequency = np.uint64(job.steps[slot * TWO])
    state = frequency * (state >> shape.scale_bits) + np.uint64(job.steps[slot * TWO + ONE])
    if frequency == 0:
        return UNOWNED_SLOT, slot, state, position
    while state < shape.lower_bound:
        if position == end:
            return UNDERRUN, slot, state, position
        word = np.uint64(job.data[position])
        if shape.word_bytes == TWO:
            word |= np.uint64(job.data[position + ONE]) << EIGHT
        state = state << (shape.word_bytes << THREE) | word
        position += shape.word_bytes
    return OK, slot, state, position


@part
def checked_row(
    job: Lookup,
    states: States,
    symbol: np.uint64,
    count: np.uint64,
    position: np.uint64,
    end: np.uint64,
    buffer: Bytes,
) -> tuple[int, Index, np.uint64]:
    """One step of each lane that has a symbol below `count`; lane 0's is number `symbol`.

    Returns:
        A `walk.Status`, the steps taken, and the position after them.
    """
    for lane in range(job.shape.lanes):
        if symbol >= count:
            return OK, lane, position
        status, slot, after, behind = checked_lane_step(np.uint64(states[lane]), position, end, job)
        if status != OK:
            return status, lane, position
        buffer[symbol] = job.symbols[slot]
        states[lane] = after
        position = behind
        symbol += job.shape.run
    return OK, job.shape.lanes, position


@part
def quick_rows(
    job: Lookup,
    states: States,
    symbol: np.uint64,
    position: np.uint64,
    rows: np.uint64,
    buffer: Bytes,
) -> np.uint64:
    """`rows` steps of each lane; returns the position after them.

    `job.quick` holds, all lanes have the symbols, and a word is there for each. Indices are inside: a word
    is looked at even where it is not taken, but no more than one a step.
    """
    data, steps, symbols, shape = job.data, job.steps, job.symbols, job.shape
    mask = (ONE << shape.scale_bits) - ONE
    for row in range(rows):
        target = symbol + row
        for lane in range(shape.lanes):
            state = np.uint64(states[lane])
            slot = state & mask
            buffer[target] = symbols[slot]
            frequency = np.uint64(steps[slot * TWO])
            state = frequency * (state >> shape.scale_bits) + np.uint64(steps[slot * TWO + ONE])
            word = np.uint64(data[position]) | np.uint64(data[position + ONE]) << EIGHT
            needy = state < shape.lower_bound
            states[lane] = (state << SIXTEEN | word) if needy else state
            position += np.uint64(needy) << ONE
            target += shape.run
    return position


@part
def vector_rows(
    job: Lookup,
    scratch: tuple[States, States, Bytes],
    symbol: np.uint64,
    position: np.uint64,
    rows: np.uint64,
) -> np.uint64:
    """`rows` steps of each lane, a multiple of four; returns the position after them.

    `job.vectors` holds, all lanes have the symbols, and a word is there for each. Indices are inside:
    eight words are looked at where at most eight are taken.

    Args:
        job: what is decoded.
        scratch: states and gathered symbols, u32[lanes], and the buffer.
        symbol: number of lane 0's first one.
        position: index of the next word.
        rows: how many.
    """
    states, gathered, buffer = scratch
    packed, orders, data, shape = job.packed, job.orders, job.data, job.shape
    scale, bound = shape.scale_bits, shape.lower_bound
    for _ in range(NOTHING, rows, ROWS_AT_ONCE):
        for _ in range(ROWS_AT_ONCE):
            for first in range(NOTHING, shape.lanes, VECTOR):
                position = decode_eight(
                    states, gathered, packed, orders, data, first, position, scale, bound
                )
        target = symbol
        for lane in range(shape.lanes):
            four = np.uint64(gathered[lane])
            buffer[target] = four
            buffer[target + ONE] = four >> EIGHT
            buffer[target + TWO] = four >> SIXTEEN
            buffer[target + THREE] = four >> TWENTY_FOUR
            target += shape.run
        symbol += ROWS_AT_ONCE
    return position
