"""Fast encoding on the CPU: tiles of a matrix, four at a time, straight to finished streams.

The symbols are read, padded and differenced a segment at a time, and coded by `coding` into scratch
memory with room for four streams; finished streams are put one behind the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.fast.coding import (
    ABSENT,
    LANES,
    REMAINING,
    ROOM_END,
    SEEN,
    STATE,
    WRITTEN,
    Coding,
    Lanes,
    coding_table,
    encode_lanes,
    encode_segment,
)
from codec.fast.compile import Whole, kernel, part, sealed
from codec.fast.places import COUNT, Bytes, Cells, Matrix, Places, require_sound
from codec.fast.symbols import SEGMENT, read_symbols, sealed_cells, symbol_histogram
from codec.fast.walk import COUNT_BYTES, EIGHT, LOWER_BOUND, ONE, STATE_BYTES
from codec.frequency import FrequencyTable

_DONE, _OUT_OF_ROOM, _ABSENT_SYMBOL = range(3)

FOUR = np.uint64(4)


@dataclass(frozen=True, eq=False)
class EncodedStreams:
    """Finished streams, one behind the other.

    Attributes:
        data: u8[any], frames included, as they stand in a file.
        sizes: int64[n], bytes of each stream.
    """

    data: Bytes
    sizes: NDArray[np.int64]


class Job(NamedTuple):
    """What is encoded, and how.

    Attributes:
        cells: the matrix.
        coding: from `coding_table`.
        difference: as for `encode_streams`.
    """

    cells: Cells
    coding: Coding
    difference: bool


def encode_streams(
    matrix: Matrix, places: Places, table: FrequencyTable, *, difference: bool
) -> EncodedStreams:
    """Encodes tiles of a matrix, one stream each, without the GIL.

    Args:
        matrix: int8 or u8[rows, cols], C-contiguous: weights with `difference`, else symbols.
        places: int64[n, 4], see `places`.
        table: of 4096 slots.
        difference: code x[i] - x[i-1] + 128 modulo 256 over each tile in row-major order, with
            x[-1] = 0 (LEFT of the batched layout); else the values themselves.

    Raises:
        ValueError: a symbol that occurs has frequency 0, a place is not sound, the table has a
            fault, or the matrix is not C-contiguous.
    """
    require_sound(places)
    job = Job(sealed_cells(matrix), sealed(coding_table(table)), difference)
    largest = int(places[:, COUNT].max(initial=0))
    room = min(_worst_size(largest), _likely_size(min(largest, matrix.size)))
    sizes, parts, done = np.zeros(len(places), dtype=np.int64), [np.empty(0, np.uint8)], 0
    while done < len(places):
        rest = sealed(places[done:])
        likely = _likely_size(min(int(rest[:, COUNT].sum()), matrix.size))
        out = np.empty(likely + LANES * room, dtype=np.uint8)
        scratch = np.empty(LANES * room, dtype=np.uint8)
        status, tiles, used = _encode(job, rest, scratch, out, sizes[done:])
        if status == _ABSENT_SYMBOL:
            _raise_absent(symbol_histogram(matrix, places, difference=difference), table)
        parts.append(out[:used])
        done += tiles
        room = min(_worst_size(largest), room * 4) if status == _OUT_OF_ROOM else room
    return EncodedStreams(np.concatenate(parts), sizes)


def _raise_absent(counts: NDArray[np.int64], table: FrequencyTable) -> None:
    symbol = int(np.flatnonzero((counts > 0) & (table.frequencies == 0))[0])
    raise ValueError(f"symbol {symbol} has frequency 0 and cannot be coded")


def _worst_size(count: int) -> int:
    """Bytes of room in which any stream of `count` symbols can be encoded.

    After renormalisation x >= f * 2^11, so a step adds at most log2(4096 / f) + log2(1 + 2^-11)
    bits: 12 and a little. The encoder wants 2 bytes a symbol free for the segment before it.
    """
    return count + count // 2 + count // 8192 + COUNT_BYTES + STATE_BYTES + 2 * SEGMENT + 16


def _likely_size(count: int) -> int:
    """Bytes that streams of `count` weights rarely exceed."""
    return count + count // 4 + (1 << 16)


@kernel
def _encode(
    job: Job, places: Places, scratch: Bytes, out: Bytes, sizes: NDArray[np.int64]
) -> tuple[int, int, Whole]:
    """Encodes tiles, `LANES` at a time, until all are done or `out` may not hold the next ones.

    Returns:
        Why it stopped, the tiles done, and the bytes of `out` used.
    """
    lanes = np.zeros((LANES, 5), dtype=np.uint64)
    buffer = np.zeros(LANES * SEGMENT, dtype=np.uint8)
    used: Whole = 0
    for first in range(0, len(places), LANES):
        if len(out) - used < len(scratch):
            return _DONE, first, used
        group = places[first : first + LANES]
        status = _encode_group(job, group, lanes, buffer, scratch)
        if status != _DONE:
            return status, first, used
        for lane in range(len(group)):
            begin, target = np.uint64(lane * (len(scratch) // LANES)), np.uint64(used)
            size = lanes[lane, WRITTEN] - begin
            for i in range(size):
                out[target + i] = scratch[begin + i]
            sizes[first + lane] = size
            used += np.int64(size)
    return _DONE, len(places), used


@part
def _encode_group(job: Job, group: Places, lanes: Lanes, buffer: Bytes, scratch: Bytes) -> int:
    """Encodes up to `LANES` tiles, each into its part of the scratch memory."""
    for lane in range(LANES):
        _open(np.uint64(group[_tile_of(lane, group), COUNT]), lane, lanes, scratch)
    count = _steps_together(lanes) if len(group) > 1 else np.int64(0)
    while count > 0:
        for lane in range(LANES):
            place, first = group[_tile_of(lane, group)], np.int64(lanes[lane, REMAINING]) - count
            read_symbols(job.cells, place, first, count, job.difference, buffer, lane * SEGMENT)
        encode_lanes(job.coding, buffer, count, lanes, scratch)
        for lane in range(LANES):
            lanes[lane, REMAINING] -= np.uint64(count)
        count = _steps_together(lanes)
    status = _DONE
    for lane in range(len(group)):
        status = max(status, _encode_rest(job, group[lane], lane, lanes, buffer, scratch))
    return status


@part
def _tile_of(lane: Whole, group: Places) -> Whole:
    """The tile on a lane: a lane too many repeats the first, and nobody reads its stream."""
    return lane if lane < len(group) else 0


@part
def _open(count: np.uint64, lane: Whole, lanes: Lanes, scratch: Bytes) -> None:
    """Starts a stream: its symbol count, and the state L."""
    room = len(scratch) // LANES
    lanes[lane, STATE], lanes[lane, WRITTEN] = LOWER_BOUND, np.uint64(lane * room)
    lanes[lane, ROOM_END] = np.uint64((lane + 1) * room)
    lanes[lane, REMAINING], lanes[lane, SEEN] = count, np.uint64(0)
    _put_u32(count, lane, lanes, scratch)


@part
def _put_u32(value: np.uint64, lane: Whole, lanes: Lanes, scratch: Bytes) -> None:
    """Appends a little-endian u32 to a lane's stream; `_steps_of` leaves room for it."""
    for i in range(FOUR):
        scratch[lanes[lane, WRITTEN] + i] = value >> (i * EIGHT)
    lanes[lane, WRITTEN] += FOUR


@part
def _steps_of(lane: Whole, lanes: Lanes) -> Whole:
    """Symbols that a lane can code next: of one segment, at 2 bytes each, room for 8 bytes left."""
    room = lanes[lane, ROOM_END] - lanes[lane, WRITTEN] - EIGHT
    return np.int64(min(np.uint64(SEGMENT), lanes[lane, REMAINING], room >> ONE))


@part
def _steps_together(lanes: Lanes) -> Whole:
    """Symbols that all lanes can code next."""
    count = _steps_of(0, lanes)
    for lane in range(1, LANES):
        count = min(count, _steps_of(lane, lanes))
    return count


@part
def _encode_rest(
    job: Job, place: Places, lane: Whole, lanes: Lanes, buffer: Bytes, scratch: Bytes
) -> int:
    """Codes what is left of one lane, and ends its stream with the state."""
    count = _steps_of(lane, lanes)
    while count > 0:
        first = np.int64(lanes[lane, REMAINING]) - count
        read_symbols(job.cells, place, first, count, job.difference, buffer, 0)
        encode_segment(job.coding, buffer, count, lanes[lane], scratch)
        count = _steps_of(lane, lanes)
    if lanes[lane, SEEN] & ABSENT:
        return _ABSENT_SYMBOL
    if lanes[lane, REMAINING] > 0:
        return _OUT_OF_ROOM
    _put_u32(lanes[lane, STATE], lane, lanes, scratch)
    return _DONE
