"""Finding checkpoints: one pass over the streams that notes, every so many symbols, where decoding stands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import Whole, kernel, part, sealed
from codec.fast.decode import SHORTEST_SEGMENT, decode_segment, open_lane, steps_without_checks
from codec.fast.lanes import (
    COUNT,
    DONE,
    FLOOR,
    LANES,
    SEGMENT,
    STATE,
    UNREAD,
    VALUE,
    Coded,
    Lanes,
    decode_lanes,
    fits_lanes,
)
from codec.fast.places import Bytes, Places, flat_places, require_columns
from codec.fast.slots import SlotTable
from codec.fast.walk import OK

LEFT_BITS = 24
"""Bits that a checkpoint has for the number of renormalisation bytes not used."""

VALUE_SHIFT, LEFT_SHIFT = np.uint64(32), np.uint64(40)
"""A checkpoint is state | value << 32 | bytes left << 40."""

BYTE, MOST_LEFT = np.uint64(255), np.uint64((1 << LEFT_BITS) - 1)

Marks = NDArray[np.uint64]


def find_checkpoints(
    data: Bytes,
    spans: NDArray[np.int64],
    counts: NDArray[np.int64],
    table: SlotTable,
    interval: int,
) -> Marks:
    """Where decoding stands before every symbol whose number is a multiple of `interval`, but the first.

    Args:
        data: u8[any], bytes of a file.
        spans: int64[n, 2], begin and end of each stream in `data`, frame included.
        counts: int64[n], symbols of each.
        table: from `slot_table`.
        interval: at least 1.

    Returns:
        u64[n, m]: state in the low 32 bits, then in 8 bits the sum of all symbols - 128 modulo 256,
        then in 24 bits the renormalisation bytes not used. 0 behind the last symbol that can be
        decoded, and where more bytes are left than 24 bits can tell.
    """
    require_columns(spans, 2, len(counts))
    most = int(counts.max(initial=1))
    marks = np.zeros((len(counts), (most - 1) // interval), dtype=np.uint64)
    symbols = sealed(table.symbols ^ np.uint8(128))
    coded = Coded(sealed(data), sealed(table.steps), symbols, np.uint64(255))
    _find(coded, sealed(spans), sealed(flat_places(counts)), interval, marks)
    return marks


@kernel
def _find(
    coded: Coded, spans: NDArray[np.int64], places: Places, interval: int, marks: Marks
) -> None:
    """Walks all streams, `LANES` at a time."""
    unrolled = fits_lanes(coded.steps)
    lanes = np.zeros((LANES, 6), dtype=np.uint64)
    buffer = np.zeros(LANES * SEGMENT, dtype=np.uint8)
    sound = np.zeros(LANES, dtype=np.bool_)
    for first in range(0, len(spans), LANES):
        group = marks[first : first + LANES]
        for lane in range(LANES):
            i = first + (lane if lane < len(group) else 0)
            sound[lane] = open_lane(coded.data, spans[i], places[i], lane, lanes) == OK
        if unrolled and len(group) > 1:
            _walk_group(coded, interval, lanes, group, buffer)
        for lane in range(len(group)):
            if sound[lane]:
                _walk_rest(coded, interval, lanes[lane], group[lane], buffer)


@part
def _walk_group(coded: Coded, interval: int, lanes: Lanes, group: Marks, buffer: Bytes) -> None:
    """Walks the lanes together, all at the same symbol, for as long as none of them needs a check."""
    count = _steps_to_mark(lanes, interval)
    while count >= SHORTEST_SEGMENT:
        decode_lanes(coded, count, lanes, buffer)
        for lane in range(LANES):
            lanes[lane, DONE] += np.uint64(count)
        for lane in range(len(group)):
            _mark(lanes[lane], lanes[lane, COUNT], interval, group[lane])
        count = _steps_to_mark(lanes, interval)


@part
def _steps_to_mark(lanes: Lanes, interval: int) -> Whole:
    """Steps that no lane can fail in, up to the next mark."""
    return min(steps_without_checks(lanes), interval - np.int64(lanes[0, DONE]) % interval)


@part
def _walk_rest(coded: Coded, interval: int, lane: Lanes, marks: Marks, buffer: Bytes) -> None:
    """Walks what is left of one lane, checking every step, until it ends or cannot go on."""
    total, status = lane[COUNT], OK
    while status == OK and lane[DONE] < total:
        done = np.int64(lane[DONE])
        lane[COUNT] = min(total, np.uint64((done // interval + 1) * interval))
        status = decode_segment(coded, lane, buffer)
        _mark(lane, total, interval, marks)
    lane[COUNT] = total


@part
def _mark(lane: Lanes, total: np.uint64, interval: int, marks: Marks) -> None:
    """Notes where a lane stands if it stands at a mark; its numbers are 1 to len(marks)."""
    done = np.int64(lane[DONE])
    number, left = done // interval, lane[UNREAD] - lane[FLOOR]
    inside = lane[DONE] < total and 1 <= number <= len(marks)
    if inside and done == number * interval and left <= MOST_LEFT:
        value = lane[VALUE] & BYTE
        marks[number - 1] = lane[STATE] | value << VALUE_SHIFT | left << LEFT_SHIFT
