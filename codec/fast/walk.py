"""One step of decoding with every check, and walks made of it: what the fast paths fall back on.

`checked_step` takes exactly the step that `codec.rans.steps` takes, on any state and any table.
Traces and the ends of streams are built on it.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import Whole, part
from codec.fast.places import Bytes
from codec.fast.slots import SLOTS

COUNT_BYTES = 4
"""Bytes of a stream before its renormalisation bytes: u32 symbol count."""

STATE_BYTES = 4
"""Bytes of a stream behind its renormalisation bytes: u32, the encoder's last state."""

LOWER_BOUND = np.uint64(1 << 23)
SLOT_MASK = np.uint64(SLOTS - 1)
ONE, TWO, THREE, EIGHT, SCALE_BITS, SIXTEEN, TWENTY_FOUR = (
    np.uint64(n) for n in (1, 2, 3, 8, 12, 16, 24)
)

Steps = NDArray[np.uint16]


class Status(IntEnum):
    """How the decoding of a stream ended."""

    OK = 0
    UNDERRUN = 1
    """The state is below L and no byte is left to move in."""
    UNOWNED_SLOT = 2
    """The state points at a slot that no symbol owns."""
    BAD_FRAME = 3
    """The byte range is outside the data or too short for a frame, or the place is not sound."""
    STATE_OUT_OF_RANGE = 4
    """A stored state is not one that an encoder can end in; told of native streams only."""


OK, UNDERRUN, UNOWNED_SLOT, BAD_FRAME, STATE_OUT_OF_RANGE = (int(status) for status in Status)
"""The same as plain integers, which kernels can hold."""


@part
def is_frame(data: Bytes, begin: Whole, end: Whole) -> bool:
    """Whether data[begin:end] exists and can hold a stream."""
    return bool(0 <= begin <= end <= len(data) and end - begin >= COUNT_BYTES + STATE_BYTES)


@part
def stored_state(data: Bytes, end: Whole) -> np.uint64:
    """The little-endian u32 before `end`, the end of a frame."""
    first = np.uint64(end - STATE_BYTES)
    return (
        np.uint64(data[first])
        | np.uint64(data[first + ONE]) << EIGHT
        | np.uint64(data[first + TWO]) << SIXTEEN
        | np.uint64(data[first + THREE]) << TWENTY_FOUR
    )


@part
def checked_step(
    state: np.uint64, unread: np.uint64, floor: np.uint64, data: Bytes, steps: Steps
) -> tuple[int, np.uint64, np.uint64]:
    """One step as the reference takes it.

    Args:
        state: below 2^32.
        unread: index behind the next byte to be read; at most len(data).
        floor: index of the last byte that may be read; at most `unread`.
        data: u8[any].
        steps: as in `SlotTable`.

    Returns:
        A `Status`; the state after renormalisation; and the bytes taken. The last two hold only
        where the status is OK.
    """
    slot = state & SLOT_MASK
    frequency, taken = np.uint64(steps[slot * TWO]), np.uint64(0)
    after = frequency * (state >> SCALE_BITS) + np.uint64(steps[slot * TWO + ONE])
    if frequency == 0:
        return UNOWNED_SLOT, after, taken
    while after < LOWER_BOUND:
        if unread - taken == floor:
            return UNDERRUN, after, taken
        taken += ONE
        after = after << EIGHT | np.uint64(data[unread - taken])
    return OK, after, taken


@part
def walk(
    state: np.uint64, unread: np.uint64, floor: np.uint64, count: int, data: Bytes, steps: Steps
) -> tuple[int, int, np.uint64, np.uint64]:
    """Takes up to `count` steps and records nothing; the arguments are those of `checked_step`.

    Returns:
        A `Status`, the steps taken, and the state and `unread` after them.
    """
    for done in range(count):
        status, after, taken = checked_step(state, unread, floor, data, steps)
        if status != OK:
            return status, done, state, unread
        state, unread = after, unread - taken
    return OK, count, state, unread
