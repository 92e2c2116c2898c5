"""Fast decoding on the CPU: any number of streams, four at a time, straight into a matrix.

Sound streams go through `lanes.decode_lanes` in segments short enough that no byte runs out inside
one. Whatever is left over (the last few bytes of a stream, streams of unequal length, states and tables that the
lanes cannot take) is decoded one step at a time, checking everything, by the rules of
`codec.rans.steps`. So the result and the place where a broken stream stops are the reference's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import jit, sealed
from codec.fast import places as at
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
    Lanes,
    decode_lanes,
    fits_lanes,
)
from codec.fast.places import Bytes, Places, is_sound, matrix_bytes, require_columns, store
from codec.fast.slots import SlotTable
from codec.fast.walk import (
    BAD_FRAME,
    COUNT_BYTES,
    LOWER_BOUND,
    OK,
    ONE,
    SLOT_MASK,
    STATE_BYTES,
    Steps,
    checked_step,
    is_frame,
    stored_state,
)

BEGIN, END = range(2)
"""Columns of int64[n, 2]: byte range of each stream within the data."""

_STATUS, _DECODED, _END_STATE, _BYTES_LEFT = range(4)
"""Columns of the kernel's results, int64[n, 4]."""

SHORTEST_SEGMENT = 4
"""Fewer steps than this are not worth starting the four lanes for."""

Columns = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class DecodeReport:
    """How each of n streams ended.

    Attributes:
        status: u8[n] of `walk.Status`.
        decoded: int64[n], symbols decoded: where the status is not OK, the number of the one that could not be.
        end_states: u32[n]: the state after the last symbol decoded; L where the stream is sound.
        bytes_left: int64[n]: renormalisation bytes not used; 0 where the stream is sound.
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
    matrix: NDArray[np.int8] | NDArray[np.uint8],
    *,
    difference: bool,
) -> DecodeReport:
    """Decodes streams into the matrix, without the GIL; two calls may write other tiles of one matrix.

    Args:
        data: u8[any], bytes of a file.
        spans: int64[n, 2]: begin and end of each stream in `data`, frame included. The stored count is not
            looked at: `places` says how many symbols to decode.
        places: int64[n, 4], see `places`.
        table: from `slot_table`.
        matrix: int8 or u8[rows, cols], C-contiguous; written where the streams could be decoded. Elsewhere
            it keeps its values.
        difference: write running sums of symbol - 128 modulo 256, which undoes the difference from weight to
            weight (LEFT of the batched layout); else the symbols themselves.

    Raises:
        ValueError: the matrix is not C-contiguous, or `spans` and `places` do not go together. What is wrong
            with a stream is never raised, but reported.
    """
    require_columns(spans, 2, len(places))
    require_columns(places, 4, len(places))
    report = np.zeros((len(spans), 4), dtype=np.int64)
    symbols = table.symbols ^ np.uint8(128) if difference else table.symbols
    keep = np.uint64(255 if difference else 0)
    _decode(
        sealed(data), sealed(spans), sealed(places), sealed(table.steps), sealed(symbols), keep,
        max(matrix.shape[1], 1), matrix_bytes(matrix), report,
    )  # fmt: skip
    return DecodeReport(
        report[:, _STATUS].astype(np.uint8),
        report[:, _DECODED],
        report[:, _END_STATE].astype(np.uint32),
        report[:, _BYTES_LEFT],
    )


@jit
def _decode(
    data: Bytes, spans: Columns, places: Places, steps: Steps, symbols: Bytes, keep: np.uint64,
    cols: int, matrix: Bytes, report: Columns,
) -> None:
    """Decodes all streams, `LANES` at a time; the arguments are those of `decode_streams`."""
    unrolled = fits_lanes(steps)
    lanes = np.zeros((LANES, 6), dtype=np.uint64)
    buffer = np.zeros(LANES * SEGMENT, dtype=np.uint8)
    for first in range(0, len(spans), LANES):
        used = min(LANES, len(spans) - first)
        for lane in range(LANES):
            # A lane without a stream repeats the first; what it decodes is not stored.
            i = first + (lane if lane < used else 0)
            report[i, _STATUS] = _open(data, spans, places, i, lane, lanes)
        if unrolled and used > 1:
            _decode_group(
                data, places, steps, symbols, keep, first, used, lanes, cols, matrix, buffer
            )
        for lane in range(used):
            i = first + lane
            if report[i, _STATUS] == OK:
                report[i, _STATUS] = _decode_rest(
                    data, places[i], steps, symbols, keep, lane, lanes, cols, matrix, buffer
                )
            report[i, _DECODED] = lanes[lane, DONE]
            report[i, _END_STATE] = lanes[lane, STATE]
            report[i, _BYTES_LEFT] = lanes[lane, UNREAD] - lanes[lane, FLOOR]


@jit
def _open(
    data: Bytes, spans: Columns, places: Places, index: int, lane: int, lanes: Lanes
) -> int:
    """Puts a stream on a lane, ready for its first step; a lane with a bad frame has no steps."""
    begin, end = spans[index, BEGIN], spans[index, END]
    lanes[lane] = 0
    if not (is_frame(data, begin, end) and is_sound(places, index)):
        return BAD_FRAME
    lanes[lane, STATE] = stored_state(data, end)
    lanes[lane, UNREAD] = np.uint64(end - STATE_BYTES)
    lanes[lane, FLOOR] = np.uint64(begin + COUNT_BYTES)
    lanes[lane, COUNT] = np.uint64(places[index, at.COUNT])
    return OK


@jit
def _decode_group(
    data: Bytes, places: Places, steps: Steps, symbols: Bytes, keep: np.uint64, first: int,
    used: int, lanes: Lanes, cols: int, matrix: Bytes, buffer: Bytes,
) -> None:
    """Decodes the first `used` lanes together, for as long as none of them needs a check."""
    count = _steps_without_checks(lanes)
    while count >= SHORTEST_SEGMENT:
        decode_lanes(data, steps, symbols, keep, count, lanes, buffer)
        for lane in range(used):
            done = np.int64(lanes[lane, DONE])
            store(buffer, lane * SEGMENT, done, count, places[first + lane], cols, matrix)
        for lane in range(LANES):
            lanes[lane, DONE] += np.uint64(count)
        count = _steps_without_checks(lanes)


@jit
def _steps_without_checks(lanes: Lanes) -> int:
    """Steps that every lane can take without an end, at 2 bytes a step, and with its state in bounds."""
    count = np.uint64(SEGMENT)
    for lane in range(LANES):
        if not LOWER_BOUND <= lanes[lane, STATE] < UPPER_BOUND:
            return 0
        count = min(count, lanes[lane, COUNT] - lanes[lane, DONE])
        count = min(count, (lanes[lane, UNREAD] - lanes[lane, FLOOR]) >> ONE)
    return np.int64(count)


@jit
def _decode_rest(
    data: Bytes, place: Columns, steps: Steps, symbols: Bytes, keep: np.uint64, lane: int,
    lanes: Lanes, cols: int, matrix: Bytes, buffer: Bytes,
) -> int:
    """Decodes what is left of one lane, checking every step.

    Returns:
        How it ended, as a `Status`.
    """
    status = OK
    while status == OK and lanes[lane, DONE] < lanes[lane, COUNT]:
        done = lanes[lane, DONE]
        status = _decode_segment(data, steps, symbols, keep, lane, lanes, buffer)
        count = np.int64(lanes[lane, DONE] - done)
        store(buffer, 0, np.int64(done), count, place, cols, matrix)
    return status


@jit
def _decode_segment(
    data: Bytes, steps: Steps, symbols: Bytes, keep: np.uint64, lane: int, lanes: Lanes,
    buffer: Bytes,
) -> int:
    """Decodes up to `SEGMENT` symbols of one lane into the buffer, checking every step."""
    state, unread, value = lanes[lane, STATE], lanes[lane, UNREAD], lanes[lane, VALUE]
    floor, status = lanes[lane, FLOOR], OK
    count = min(np.uint64(SEGMENT), lanes[lane, COUNT] - lanes[lane, DONE])
    done = np.uint64(0)
    while done < count:
        status, after, taken = checked_step(state, unread, floor, data, steps)
        if status != OK:
            break
        value = (value & keep) + np.uint64(symbols[state & SLOT_MASK])
        buffer[done] = value
        state, unread, done = after, unread - taken, done + ONE
    lanes[lane, STATE], lanes[lane, UNREAD], lanes[lane, VALUE] = state, unread, value
    lanes[lane, DONE] += done
    return status
