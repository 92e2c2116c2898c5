"""Fast decoding on the CPU: any number of streams, four at a time, straight into a matrix.

Sound streams go through `lanes.decode_lanes` in segments short enough that no byte runs out inside
one. Whatever is left over (the last few bytes of a stream, streams of unequal length, states and
tables that the lanes cannot take) is decoded one step at a time with every check, as
`codec.rans.steps` does it. So the result, and the place where a broken stream stops, are the
reference's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec.fast import places as at
from codec.fast.compile import Whole, kernel, part, sealed
from codec.fast.lanes import (
    COUNT,
    DONE,
    FLOOR,
    LANES,
    SEGMENT,
    STATE,
    UNREAD,
    UPPER_BOUND,
    VALUE,
    Coded,
    Lanes,
    decode_lanes,
    fits_lanes,
)
from codec.fast.places import Bytes, Cells, Matrix, Places
from codec.fast.slots import SlotTable
from codec.fast.walk import (
    BAD_FRAME,
    COUNT_BYTES,
    LOWER_BOUND,
    OK,
    ONE,
    SLOT_MASK,
    STATE_BYTES,
    checked_step,
    is_frame,
    stored_state,
)

BEGIN, END = range(2)
"""Columns of int64[n, 2]: byte range of each stream within the data."""

SHORTEST_SEGMENT = 4
"""Fewer steps than this are not worth starting the four lanes for."""

_STATUS, _DECODED, _END_STATE, _BYTES_LEFT = range(4)
"""Columns of the kernel's results, int64[n, 4]."""

Columns = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class DecodeReport:
    """How each of n streams ended.

    Attributes:
        status: u8[n] of `walk.Status`.
        decoded: int64[n], symbols decoded: where the status is not OK, the number of the symbol
            that could not be decoded.
        end_states: u32[n], the state after the last symbol decoded; L where the stream is sound.
        bytes_left: int64[n], renormalisation bytes not used; 0 where the stream is sound.
    """

    status: NDArray[np.uint8]
    decoded: NDArray[np.int64]
    end_states: NDArray[np.uint32]
    bytes_left: NDArray[np.int64]


def decode_streams(
    data: Bytes,
    spans: Columns,
    places: Places,
    table: SlotTable,
    matrix: Matrix,
    *,
    difference: bool,
) -> DecodeReport:
    """Decodes streams into a matrix, without the GIL; threads may fill tiles of one matrix.

    Args:
        data: u8[any], bytes of a file.
        spans: int64[n, 2], begin and end of each stream in `data`, frame included. The symbol count
            stored there is not looked at: `places` says how many symbols to decode.
        places: int64[n, 4], see `places`.
        table: from `slot_table`.
        matrix: int8 or u8[rows, cols], C-contiguous. Where nothing was decoded it keeps its values.
        difference: write running sums of symbol - 128 modulo 256, which undoes LEFT of the batched
            layout and the difference of the per-tile layout; else the symbols themselves.

    Raises:
        ValueError: the matrix is not C-contiguous or read-only, or `spans` and `places` do not go
            together. What is wrong with a stream is never raised, but reported.
    """
    if not matrix.flags.writeable:
        raise ValueError("the matrix is read-only")
    at.require_columns(spans, 2, len(places))
    at.require_columns(places, 4, len(places))
    report = np.zeros((len(spans), 4), dtype=np.int64)
    coded = Coded(
        sealed(data),
        sealed(table.steps),
        sealed(table.symbols ^ np.uint8(128) if difference else table.symbols),
        np.uint64(255 if difference else 0),
    )
    _decode(coded, sealed(spans), sealed(places), at.cells_of(matrix), report)
    return DecodeReport(
        report[:, _STATUS].astype(np.uint8),
        report[:, _DECODED],
        report[:, _END_STATE].astype(np.uint32),
        report[:, _BYTES_LEFT],
    )


@kernel
def _decode(coded: Coded, spans: Columns, places: Places, cells: Cells, report: Columns) -> None:
    """Decodes all streams, `LANES` at a time."""
    unrolled = fits_lanes(coded.steps)
    lanes = np.zeros((LANES, 6), dtype=np.uint64)
    buffer = np.zeros(LANES * SEGMENT, dtype=np.uint8)
    for first in range(0, len(spans), LANES):
        group = places[first : first + LANES]
        for lane in range(LANES):
            # A lane without a stream repeats the first; what it decodes is not stored.
            i = first + (lane if lane < len(group) else 0)
            report[i, _STATUS] = open_lane(coded.data, spans[i], places[i], lane, lanes)
        if unrolled and len(group) > 1:
            _decode_group(coded, group, lanes, cells, buffer)
        for lane in range(len(group)):
            i = first + lane
            if report[i, _STATUS] == OK:
                report[i, _STATUS] = _decode_rest(coded, places[i], lane, lanes, cells, buffer)
            report[i, _DECODED] = lanes[lane, DONE]
            report[i, _END_STATE] = lanes[lane, STATE]
            report[i, _BYTES_LEFT] = lanes[lane, UNREAD] - lanes[lane, FLOOR]


@part
def open_lane(data: Bytes, span: Columns, place: Places, lane: Whole, lanes: Lanes) -> int:
    """Puts a stream on a lane, ready for its first step; a lane with a bad frame has no steps."""
    begin, end = span[BEGIN], span[END]
    lanes[lane] = 0
    if not (is_frame(data, begin, end) and at.is_sound(place)):
        return BAD_FRAME
    lanes[lane, STATE] = stored_state(data, end)
    lanes[lane, UNREAD] = np.uint64(end - STATE_BYTES)
    lanes[lane, FLOOR] = np.uint64(begin + COUNT_BYTES)
    lanes[lane, COUNT] = np.uint64(place[at.COUNT])
    return OK


@part
def _decode_group(coded: Coded, group: Places, lanes: Lanes, cells: Cells, buffer: Bytes) -> None:
    """Decodes the lanes together for as long as none of them needs a check."""
    count = steps_without_checks(lanes)
    while count >= SHORTEST_SEGMENT:
        decode_lanes(coded, count, lanes, buffer)
        for lane in range(len(group)):
            done = np.int64(lanes[lane, DONE])
            at.store(buffer, lane * SEGMENT, count, done, group[lane], cells)
        for lane in range(LANES):
            lanes[lane, DONE] += np.uint64(count)
        count = steps_without_checks(lanes)


@part
def steps_without_checks(lanes: Lanes) -> Whole:
    """Steps that no lane can fail in: its state in bounds, and 2 bytes there for each of them."""
    count = np.uint64(SEGMENT)
    for lane in range(LANES):
        if not LOWER_BOUND <= lanes[lane, STATE] < UPPER_BOUND:
            return np.int64(0)
        count = min(count, lanes[lane, COUNT] - lanes[lane, DONE])
        count = min(count, (lanes[lane, UNREAD] - lanes[lane, FLOOR]) >> ONE)
    return np.int64(count)


@part
def _decode_rest(
    coded: Coded, place: Places, lane: Whole, lanes: Lanes, cells: Cells, buffer: Bytes
) -> int:
    """Decodes what is left of one lane, checking every step; returns a `Status`."""
    status = OK
    while status == OK and lanes[lane, DONE] < lanes[lane, COUNT]:
        done = np.int64(lanes[lane, DONE])
        status = decode_segment(coded, lanes[lane], buffer)
        at.store(buffer, 0, np.int64(lanes[lane, DONE]) - done, done, place, cells)
    return status


@part
def decode_segment(coded: Coded, lane: Lanes, buffer: Bytes) -> int:
    """Decodes up to `SEGMENT` symbols of one lane, u64[6], into the buffer; returns a `Status`."""
    data, steps, symbols, keep = coded
    state, unread, value, floor = lane[STATE], lane[UNREAD], lane[VALUE], lane[FLOOR]
    count = min(np.uint64(SEGMENT), lane[COUNT] - lane[DONE])
    status, done = OK, np.uint64(0)
    while done < count:
        status, after, taken = checked_step(state, unread, floor, data, steps)
        if status != OK:
            break
        value = (value & keep) + np.uint64(symbols[state & SLOT_MASK])
        buffer[done] = value
        state, unread, done = after, unread - taken, done + ONE
    lane[STATE], lane[UNREAD], lane[VALUE] = state, unread, value
    lane[DONE] += done
    return status
