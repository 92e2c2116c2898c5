"""The inner loop of decoding: four streams at a time, whose steps do not wait for one another.

One step of a stream is a chain of about twenty cycles (look the slot up, multiply, renormalise), so
a core that decodes a single stream mostly waits. Four independent streams, their states in local
variables, keep it busy.

Renormalisation takes no branch, for none could be predicted: a byte is taken at about two steps in
three. For a state x in [L, 2^31) and a frequency above 0, the next state before renormalisation is

    y = f * (x >> 12) + slot - start,   2^11 <= y < 2^31,

so it needs 0, 1 or 2 bytes: as many as y << 33 has whole bytes of leading zeros. The four bytes
before the read position are put below y, and a single shift moves in those that are needed. Hence a
state is kept shifted left by 33; what stands below bit 33 are bytes to come, which the next
step drops.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import Whole, leading_zeros, part
from codec.fast.places import Bytes
from codec.fast.slots import SLOTS
from codec.fast.walk import EIGHT, ONE, SCALE_BITS, SIXTEEN, SLOT_MASK, THREE, TWO, Steps

LANES = 4
"""Streams at a time. Best on a Zen 3 core: 1 lane 165 MB/s, 2 lanes 270, 4 lanes 460, 8 lanes 430."""

STATE, UNREAD, VALUE, DONE, FLOOR, COUNT = range(6)
"""Columns of u64[LANES, 6], one row a lane: the state; the index behind the next byte to be read; the
running sum of the symbols; symbols decoded so far; the index of the first renormalisation byte,
where reading ends; symbols to decode in all."""

SEGMENT = 1024
"""Symbols of each lane between two looks at the ends; the buffer has so many bytes for each."""

UPPER_BOUND = np.uint64(1 << 31)
FOUR, WHOLE_BYTES, ALIGN = np.uint64(4), np.uint64(24), np.uint64(33)
LANE_1, LANE_2, LANE_3 = (np.uint64(n * SEGMENT) for n in (1, 2, 3))

Lanes = NDArray[np.uint64]


class Coded(NamedTuple):
    """What is decoded, and what to make of it.

    Attributes:
        data: u8[any], bytes of a file.
        steps, symbols: as in `SlotTable`.
        keep: 255 to write running sums of the symbols modulo 256, 0 to write the symbols.
    """

    data: Bytes
    steps: Steps
    symbols: Bytes
    keep: np.uint64


@part
def fits_lanes(steps: Steps) -> bool:
    """Whether every slot has an owner that keeps the state in bounds."""
    fits = True
    for slot in range(SLOTS):
        frequency, remainder = steps[2 * slot], steps[2 * slot + 1]
        fits = fits and 1 <= frequency <= SLOTS and remainder < SLOTS
    return fits


@part
def _step(
    state: np.uint64, unread: np.uint64, data: Bytes, steps: Steps
) -> tuple[np.uint64, np.uint64, np.uint64]:
    """One step of a lane.

    Returns:
        The state after renormalisation, shifted left by `ALIGN`; `unread`, less the bytes taken;
        and the slot whose symbol it is.
    """
    slot = (state >> ALIGN) & SLOT_MASK
    frequency = np.uint64(steps[slot * TWO])
    state = frequency * (state >> (ALIGN + SCALE_BITS)) + np.uint64(steps[slot * TWO + ONE])
    ahead = (
        np.uint64(data[unread - ONE]) << WHOLE_BYTES
        | np.uint64(data[unread - TWO]) << SIXTEEN
        | np.uint64(data[unread - THREE]) << EIGHT
        | np.uint64(data[unread - FOUR])
    )
    state = (state << ALIGN) + (ahead << ONE)
    bits = leading_zeros(state) & WHOLE_BYTES
    return state << bits, unread - (bits >> THREE), slot


@part
def decode_lanes(coded: Coded, count: Whole, lanes: Lanes, buffer: Bytes) -> None:
    """Decodes `count` symbols of each of the four lanes into the buffer, and moves the lanes on.

    Args:
        coded: `fits_lanes` holds of its table.
        count: at most `SEGMENT`, and half the unread bytes of the lane that has fewest.
        lanes: u64[LANES, 6]; states in [L, 2^31).
        buffer: u8[LANES * SEGMENT].

    Indices are inside: a lane takes at most 2 bytes a step, so `unread` stays at or above the first
    renormalisation byte, and the four bytes of the count lie before that. Slots are below 4096.
    """
    data, steps, symbols, keep = coded
    s0, p0, v0 = lanes[0, STATE] << ALIGN, lanes[0, UNREAD], lanes[0, VALUE]
    s1, p1, v1 = lanes[1, STATE] << ALIGN, lanes[1, UNREAD], lanes[1, VALUE]
    s2, p2, v2 = lanes[2, STATE] << ALIGN, lanes[2, UNREAD], lanes[2, VALUE]
    s3, p3, v3 = lanes[3, STATE] << ALIGN, lanes[3, UNREAD], lanes[3, VALUE]
    for i in range(np.uint64(count)):
        s0, p0, slot = _step(s0, p0, data, steps)
        v0 = (v0 & keep) + np.uint64(symbols[slot])
        buffer[i] = v0
        s1, p1, slot = _step(s1, p1, data, steps)
        v1 = (v1 & keep) + np.uint64(symbols[slot])
        buffer[i + LANE_1] = v1
        s2, p2, slot = _step(s2, p2, data, steps)
        v2 = (v2 & keep) + np.uint64(symbols[slot])
        buffer[i + LANE_2] = v2
        s3, p3, slot = _step(s3, p3, data, steps)
        v3 = (v3 & keep) + np.uint64(symbols[slot])
        buffer[i + LANE_3] = v3
    lanes[0, STATE], lanes[0, UNREAD], lanes[0, VALUE] = s0 >> ALIGN, p0, v0
    lanes[1, STATE], lanes[1, UNREAD], lanes[1, VALUE] = s1 >> ALIGN, p1, v1
    lanes[2, STATE], lanes[2, UNREAD], lanes[2, VALUE] = s2 >> ALIGN, p2, v2
    lanes[3, STATE], lanes[3, UNREAD], lanes[3, VALUE] = s3 >> ALIGN, p3, v3
