"""The inner loop of encoding: one step, and four streams at a time, for the reason `lanes` gives.

One step codes a symbol of frequency f and start b by x' = (x // f) * 4096 + x % f + b, which is

    q = x // f,   x' = x + b + q * (4096 - f).

The division is a multiplication, q = x * r >> 43 with r = ceil(2^43 / f), and it is exact. Let
e = r * f - 2^43, so 0 <= e < f. With x = q * f + s and s < f,

    x * r / 2^43 = q + s / f + x * e / (f * 2^43).

After renormalisation x < f * 2^19, and e < f <= 2^12, so x * e < 2^43: the last term is below 1 / f,
and cannot carry s / f <= (f - 1) / f to the next integer. Nor does anything overflow:
x * r < f * 2^19 * (2^43 / f + 1) <= 2^62 + 2^31.

Renormalisation takes no branch. Before coding, x < 2^31 must come below f * 2^19, which takes 0, 1
or 2 bytes: two are always stored, and the write position moves by as many as were needed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import Whole, part
from codec.fast.places import Bytes
from codec.fast.slots import SLOTS
from codec.fast.symbols import SEGMENT
from codec.fast.walk import EIGHT, ONE, THREE
from codec.frequency import FrequencyTable

LANES = 4
"""Streams encoded at a time."""

STATE, WRITTEN, ROOM_END, REMAINING, SEEN = range(5)
"""Columns of u64[LANES, 5], one row a lane: the state; the index where the next byte goes; the index
where its room ends; symbols not yet coded; the reciprocals of all symbols so far, or-ed (those of all
lanes in lane 0, while they run together)."""

RECIPROCAL, LIMIT, START, COMPLEMENT = range(4)
"""Columns of the coding table, u64[256, 4]: ceil(2^43 / f), f * 2^19, the start, and 4096 - f."""

ABSENT = np.uint64(1 << 63)
"""The reciprocal of a symbol that has no frequency; all others are below 2^44."""

RECIPROCAL_BITS = np.uint64(43)
LANE_1, LANE_2, LANE_3 = (np.uint64(n * SEGMENT) for n in (1, 2, 3))

Lanes = NDArray[np.uint64]
Coding = NDArray[np.uint64]


def coding_table(table: FrequencyTable) -> Coding:
    """u64[256, 4]: what a step of the encoder looks up.

    Raises:
        ValueError: the table has a fault, or not 4096 slots.
    """
    if table.fault or table.total != SLOTS:
        raise ValueError(table.fault or f"the table has {table.total:,} slots, not {SLOTS:,}")
    frequencies = table.frequencies.astype(np.uint64)
    divisors = np.maximum(frequencies, ONE)
    coding = np.zeros((len(frequencies), 4), dtype=np.uint64)
    coding[:, RECIPROCAL] = ((ONE << RECIPROCAL_BITS) + divisors - ONE) // divisors
    coding[frequencies == 0, RECIPROCAL] = ABSENT
    coding[:, LIMIT] = frequencies << np.uint64(19)
    coding[:, START] = table.starts.astype(np.uint64)
    coding[:, COMPLEMENT] = np.uint64(SLOTS) - frequencies
    return coding


@part
def _step(
    state: np.uint64, written: np.uint64, symbol: np.uint8, coding: Coding, out: Bytes
) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Codes one symbol; writes out[written] and the byte behind it.

    Returns:
        The state, the write position, moved by 0, 1 or 2, and the symbol's reciprocal.
    """
    reciprocal, limit = coding[symbol, RECIPROCAL], coding[symbol, LIMIT]
    out[written] = state
    out[written + ONE] = state >> EIGHT
    moved = np.uint64(state >= limit) + np.uint64((state >> EIGHT) >= limit)
    state = state >> (moved << THREE)
    quotient = (state * reciprocal) >> RECIPROCAL_BITS
    state = state + coding[symbol, START] + quotient * coding[symbol, COMPLEMENT]
    return state, written + moved, reciprocal


@part
def encode_segment(coding: Coding, buffer: Bytes, count: Whole, lane: Lanes, out: Bytes) -> None:
    """Codes the first `count` symbols of the buffer, last to first, on one lane, u64[5]."""
    state, written, seen = lane[STATE], lane[WRITTEN], lane[SEEN]
    i = np.uint64(count)
    while i > 0:
        i -= ONE
        state, written, reciprocal = _step(state, written, buffer[i], coding, out)
        seen |= reciprocal
    lane[STATE], lane[WRITTEN], lane[SEEN] = state, written, seen
    lane[REMAINING] -= np.uint64(count)


@part
def encode_lanes(coding: Coding, buffer: Bytes, count: Whole, lanes: Lanes, out: Bytes) -> None:
    """Codes the first `count` symbols of each lane's part of the buffer, last to first.

    Indices are inside: symbols are bytes and the table has 256 rows; a lane writes at most 2 bytes
    a step, and 1 behind its position, into room that `_steps_of` has seen.
    """
    s0, p0, seen = lanes[0, STATE], lanes[0, WRITTEN], lanes[0, SEEN]
    s1, p1 = lanes[1, STATE], lanes[1, WRITTEN]
    s2, p2 = lanes[2, STATE], lanes[2, WRITTEN]
    s3, p3 = lanes[3, STATE], lanes[3, WRITTEN]
    i = np.uint64(count)
    while i > 0:
        i -= ONE
        s0, p0, r0 = _step(s0, p0, buffer[i], coding, out)
        s1, p1, r1 = _step(s1, p1, buffer[i + LANE_1], coding, out)
        s2, p2, r2 = _step(s2, p2, buffer[i + LANE_2], coding, out)
        s3, p3, r3 = _step(s3, p3, buffer[i + LANE_3], coding, out)
        seen |= r0 | r1 | r2 | r3
    lanes[0, STATE], lanes[0, WRITTEN], lanes[0, SEEN] = s0, p0, seen
    lanes[1, STATE], lanes[1, WRITTEN] = s1, p1
    lanes[2, STATE], lanes[2, WRITTEN] = s2, p2
    lanes[3, STATE], lanes[3, WRITTEN] = s3, p3
