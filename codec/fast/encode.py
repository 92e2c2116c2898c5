"""Fast encoding on the CPU: tiles of a matrix, four at a time, straight to finished streams.

One step codes a symbol of frequency f and start b by x' = (x // f) * 4096 + x % f + b, which is

    q = x // f,   x' = x + b + q * (4096 - f).

The division is a multiplication: q = x * r >> 43 with r = ceil(2^43 / f). This is exact. Let e = r * f - 2^43, so
0 <= e < f. With x = q * f + s, s < f:  x * r / 2^43 = q + s / f + x * e / (f * 2^43). After renormalisation x < f * 2^19,
and e < f <= 2^12, so x * e < 2^43 and the last term is below 1 / f: it cannot carry s / f <= (f - 1) / f to the next
integer. And nothing overflows: x * r < f * 2^19 * (2^43 / f + 1) <= 2^62 + 2^31.

Renormalisation takes no branch. Before coding, x < 2^31 must come below f * 2^19, which takes 0, 1 or 2 bytes: two are
always stored, and the write position moves by as many as were needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import jit, sealed
from codec.fast.places import COUNT, Bytes, Places, matrix_bytes, require_sound
from codec.fast.symbols import SEGMENT, read, symbol_histogram
from codec.frequency import FrequencyTable

LANES = 4
"""Streams encoded at a time, for the reason that `lanes` gives."""

FRAME_BYTES = 8
"""Bytes of a stream beside its renormalisation bytes: u32 symbol count before, u32 state behind."""

STATE, WRITTEN, ROOM_END, REMAINING, SEEN = range(5)
"""Columns of u64[LANES, 5], one row a lane: the state; the index where the next byte goes; the index where
its room ends; symbols not yet coded; the reciprocals of all symbols so far, or-ed (of lane 0: those of all lanes
while they run together)."""

RECIPROCAL, LIMIT, START, COMPLEMENT = range(4)
"""Columns of the coding table, u64[256, 4]: ceil(2^43 / f); f * 2^19; the symbol's start; 4096 - f."""

ABSENT = np.uint64(1 << 63)
"""The reciprocal of a symbol without a frequency; others are below 2^44."""

_DONE, _OUT_OF_ROOM, _ABSENT_SYMBOL = range(3)

Lanes = NDArray[np.uint64]
Coding = NDArray[np.uint64]

LOWER_BOUND = np.uint64(1 << 23)
ONE, THREE, FOUR, EIGHT = (np.uint64(n) for n in (1, 3, 4, 8))
SIXTEEN, RECIPROCAL_BITS = np.uint64(16), np.uint64(43)
LANE_1, LANE_2, LANE_3 = (np.uint64(n * SEGMENT) for n in (1, 2, 3))


@dataclass(frozen=True, eq=False)
class EncodedStreams:
    """Finished streams, one behind the other.

    Attributes:
        data: u8[any], frames included, as they stand in a file.
        sizes: int64[n], bytes of each stream.
    """

    data: Bytes
    sizes: NDArray[np.int64]


def encode_streams(
    matrix: NDArray[np.int8] | NDArray[np.uint8],
    places: Places,
    table: FrequencyTable,
    *,
    difference: bool,
) -> EncodedStreams:
    """Encodes tiles of a matrix, one stream each, without the GIL.

    Args:
        matrix: int8 or u8[rows, cols], C-contiguous: weights with `difference`, else symbols.
        places: int64[n, 4], see `places`; counts below 2^32.
        table: 4096 slots; its frequencies sum to at most that.
        difference: code x[i] - x[i-1] + 128 modulo 256 over each tile in row-major order (LEFT of the batched
            layout); else the values themselves.

    Raises:
        ValueError: a symbol that occurs has frequency 0, a place is not sound, the table has a fault, or the
            matrix is not C-contiguous.
    """
    require_sound(places)
    coding, flat = sealed(coding_table(table)), sealed(matrix_bytes(matrix))
    cols, sizes = max(matrix.shape[1], 1), np.zeros(len(places), dtype=np.int64)
    worst = _worst_size(int(places[:, COUNT].max(initial=0)))
    room = min(worst, _likely_size(min(int(places[:, COUNT].max(initial=0)), matrix.size)))
    parts, done = [], 0
    while done < len(places):
        total = min(int(places[done:, COUNT].sum()), matrix.size)
        out = np.empty(_likely_size(total) + LANES * room, dtype=np.uint8)
        scratch = np.empty(LANES * room, dtype=np.uint8)
        rest = sealed(places[done:])
        status, tiles, used = _encode(flat, cols, rest, coding, difference, scratch, out, sizes[done:])
        if status == _ABSENT_SYMBOL:
            counts = symbol_histogram(matrix, places, difference=difference)
            symbol = int(np.flatnonzero((counts > 0) & (table.frequencies == 0))[0])
            raise ValueError(f"symbol {symbol} has frequency 0 and cannot be coded")
        parts.append(out[:used])
        done += tiles
        room = min(worst, room * 4) if status == _OUT_OF_ROOM else room
    return EncodedStreams(np.concatenate(parts) if len(parts) != 1 else parts[0], sizes)


def coding_table(table: FrequencyTable) -> Coding:
    """u64[256, 4]: what a step of the encoder looks up.

    Raises:
        ValueError: the table has a fault, or not 4096 slots.
    """
    if table.fault or table.total != 4096:
        raise ValueError(table.fault or f"the table has {table.total:,} slots, not 4,096")
    frequencies = table.frequencies.astype(np.uint64)
    divisors = np.maximum(frequencies, ONE)
    coding = np.zeros((len(frequencies), 4), dtype=np.uint64)
    coding[:, RECIPROCAL] = ((ONE << RECIPROCAL_BITS) + divisors - ONE) // divisors
    coding[frequencies == 0, RECIPROCAL] = ABSENT
    coding[:, LIMIT] = frequencies << np.uint64(19)
    coding[:, START] = table.starts.astype(np.uint64)
    coding[:, COMPLEMENT] = np.uint64(4096) - frequencies
    return coding


def _worst_size(count: int) -> int:
    """Bytes that no stream of `count` symbols exceeds: 12 bits a symbol, the state's rounding, and slack.

    After renormalisation x >= f * 2^11, so a step adds at most log2(4096 / f) + log2(1 + 2^-11) bits.
    """
    return count + count // 2 + count // 8192 + FRAME_BYTES + 2 * SEGMENT + 16


def _likely_size(count: int) -> int:
    """Bytes that `count` weights rarely exceed."""
    return count + count // 4 + (1 << 16)


@jit
def _encode(
    matrix: Bytes, cols: int, places: Places, coding: Coding, difference: bool, scratch: Bytes,
    out: Bytes, sizes: NDArray[np.int64],
) -> tuple[int, int, int]:
    """Encodes tiles, `LANES` at a time, until all are done or `out` may not hold the next ones.

    Returns:
        Why it stopped, the tiles done, and the bytes of `out` used.
    """
    lanes = np.zeros((LANES, 5), dtype=np.uint64)
    buffer = np.zeros(LANES * SEGMENT, dtype=np.uint8)
    used = 0
    for first in range(0, len(places), LANES):
        if len(out) - used < len(scratch):
            return _DONE, first, used
        group = places[first : first + LANES]
        status = _encode_group(matrix, cols, group, coding, difference, lanes, buffer, scratch)
        if status != _DONE:
            return status, first, used
        for lane in range(len(group)):
            begin = lane * (len(scratch) // LANES)
            size = np.int64(lanes[lane, WRITTEN]) - begin
            out[used : used + size] = scratch[begin : begin + size]
            sizes[first + lane] = size
            used += size
    return _DONE, len(places), used


@jit
def _encode_group(
    matrix: Bytes, cols: int, group: Places, coding: Coding, difference: bool, lanes: Lanes,
    buffer: Bytes, scratch: Bytes,
) -> int:
    """Encodes up to `LANES` tiles, each into its part of the scratch memory."""
    for lane in range(LANES):
        _open(np.uint64(group[_tile_of(lane, group), COUNT]), lane, lanes, scratch)
    count = _steps_together(lanes) if len(group) > 1 else 0
    while count > 0:
        for lane in range(LANES):
            place, first = group[_tile_of(lane, group)], np.int64(lanes[lane, REMAINING]) - count
            read(matrix, cols, place, first, count, difference, buffer, lane * SEGMENT)
        _encode_lanes(buffer, count, coding, lanes, scratch)
        for lane in range(LANES):
            lanes[lane, REMAINING] -= np.uint64(count)
        count = _steps_together(lanes)
    status = _DONE
    for lane in range(len(group)):
        status = max(
            status,
            _encode_rest(
                matrix, cols, group[lane], coding, difference, lane, lanes, buffer, scratch
            ),
        )
    return status


@jit
def _tile_of(lane: int, group: Places) -> int:
    """The tile that a lane codes: a lane too many repeats the first, and nobody reads its stream."""
    return lane if lane < len(group) else 0


@jit
def _open(count: np.uint64, lane: int, lanes: Lanes, scratch: Bytes) -> None:
    """Starts a stream: its symbol count, and the state L."""
    room = len(scratch) // LANES
    lanes[lane, STATE], lanes[lane, WRITTEN] = LOWER_BOUND, np.uint64(lane * room)
    lanes[lane, ROOM_END] = np.uint64((lane + 1) * room)
    lanes[lane, REMAINING], lanes[lane, SEEN] = count, np.uint64(0)
    _put_u32(count, lane, lanes, scratch)


@jit
def _put_u32(value: np.uint64, lane: int, lanes: Lanes, scratch: Bytes) -> None:
    """Appends a little-endian u32 to a lane's stream; `_steps_of` and the smallest room leave it space."""
    for i in range(FOUR):
        scratch[lanes[lane, WRITTEN] + i] = value >> (i * EIGHT)
    lanes[lane, WRITTEN] += FOUR


@jit
def _steps_of(lane: int, lanes: Lanes) -> int:
    """Symbols that a lane can code next: of one segment, at 2 bytes a step, room for the state left."""
    room = lanes[lane, ROOM_END] - lanes[lane, WRITTEN] - EIGHT
    return np.int64(min(np.uint64(SEGMENT), lanes[lane, REMAINING], room >> ONE))


@jit
def _steps_together(lanes: Lanes) -> int:
    """Symbols that all lanes can code next."""
    return min(
        min(_steps_of(0, lanes), _steps_of(1, lanes)), min(_steps_of(2, lanes), _steps_of(3, lanes))
    )


@jit
def _encode_rest(
    matrix: Bytes, cols: int, place: Places, coding: Coding, difference: bool, lane: int,
    lanes: Lanes, buffer: Bytes, scratch: Bytes,
) -> int:
    """Codes what is left of one lane, and ends its stream with the state."""
    count = _steps_of(lane, lanes)
    while count > 0:
        first = np.int64(lanes[lane, REMAINING]) - count
        read(matrix, cols, place, first, count, difference, buffer, 0)
        state, written, seen = lanes[lane, STATE], lanes[lane, WRITTEN], lanes[lane, SEEN]
        for i in range(np.uint64(count)):
            symbol = buffer[np.uint64(count) - ONE - i]
            state, written, seen = _step(state, written, seen, symbol, coding, scratch)
        lanes[lane, STATE], lanes[lane, WRITTEN], lanes[lane, SEEN] = state, written, seen
        lanes[lane, REMAINING] -= np.uint64(count)
        count = _steps_of(lane, lanes)
    if lanes[lane, SEEN] & ABSENT:
        return _ABSENT_SYMBOL
    if lanes[lane, REMAINING] > 0:
        return _OUT_OF_ROOM
    _put_u32(lanes[lane, STATE], lane, lanes, scratch)
    return _DONE


@jit
def _step(
    state: np.uint64, written: np.uint64, seen: np.uint64, symbol: np.uint8, coding: Coding,
    out: Bytes,
) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Codes one symbol; writes to out[written] and the byte behind it, and moves by 0, 1 or 2."""
    reciprocal, limit = coding[symbol, RECIPROCAL], coding[symbol, LIMIT]
    out[written] = state
    out[written + ONE] = state >> EIGHT
    moved = np.uint64(state >= limit) + np.uint64((state >> EIGHT) >= limit)
    state = state >> (moved << THREE)
    quotient = (state * reciprocal) >> RECIPROCAL_BITS
    state = state + coding[symbol, START] + quotient * coding[symbol, COMPLEMENT]
    return state, written + moved, seen | reciprocal


@jit
def _encode_lanes(
    buffer: Bytes, count: int, coding: Coding, lanes: Lanes, out: Bytes
) -> None:
    """Codes the first `count` symbols of each lane's part of the buffer, last to first.

    Indices are inside: symbols are bytes and the table has 256 rows; a lane writes at most 2 bytes a step, and 1 behind
    its position, into room that `_steps_of` has seen.
    """
    s0, p0, seen = lanes[0, STATE], lanes[0, WRITTEN], lanes[0, SEEN]
    s1, p1 = lanes[1, STATE], lanes[1, WRITTEN]
    s2, p2 = lanes[2, STATE], lanes[2, WRITTEN]
    s3, p3 = lanes[3, STATE], lanes[3, WRITTEN]
    i = np.uint64(count)
    while i > 0:
        i -= ONE
        s0, p0, seen = _step(s0, p0, seen, buffer[i], coding, out)
        s1, p1, seen = _step(s1, p1, seen, buffer[i + LANE_1], coding, out)
        s2, p2, seen = _step(s2, p2, seen, buffer[i + LANE_2], coding, out)
        s3, p3, seen = _step(s3, p3, seen, buffer[i + LANE_3], coding, out)
    lanes[0, STATE], lanes[0, WRITTEN], lanes[0, SEEN] = s0, p0, seen
    lanes[1, STATE], lanes[1, WRITTEN] = s1, p1
    lanes[2, STATE], lanes[2, WRITTEN] = s2, p2
    lanes[3, STATE], lanes[3, WRITTEN] = s3, p3
