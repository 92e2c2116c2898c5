"""Fast encoding of the native layout on the CPU: tiles of a matrix, straight to finished streams.

Streams are written from their end to their start, so words come to stand as the decoder takes them. With 16-bit words
a step moves one out at most: it is always stored, and the position moves if it was needed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.container import NATIVE_PREDICTORS, Predictor
from codec.fast.compile import kernel, part, sealed
from codec.fast.lane_coding import (
    ABSENT,
    COMPLEMENT,
    LIMIT,
    RECIPROCAL,
    START,
    Job,
    encoding_job,
)
from codec.fast.lane_histograms import tile_histograms
from codec.fast.lane_tables import LaneShape
from codec.fast.lane_vector_encode import encode_eight
from codec.fast.places import Bytes, Matrix, Places
from codec.fast.tile_buffers import (
    COLS,
    ROWS,
    new_buffer,
    read_symbols,
    require_inside,
    weight_counts,
)
from codec.fast.vectors import AVX2
from codec.fast.walk import EIGHT, ONE, SIXTEEN, THREE, TWO
from codec.formats.native import STREAM_ALIGNMENT
from codec.frequency import FrequencyTable

STATE_SIZE = np.uint64(4)
LONG_BITS = np.uint64(64)
ALIGNMENT = np.uint64(STREAM_ALIGNMENT)


class TileStreams(NamedTuple):
    """Finished streams.

    Attributes:
        data: u8[any], each stream from a multiple of 16 on, with zeros between and up to the last one.
        offsets: int64[n], where each begins.
        sizes: int64[n], bytes of each.
    """

    data: Bytes
    offsets: NDArray[np.int64]
    sizes: NDArray[np.int64]


def encode_tiles(
    matrix: Matrix,
    tiles: Places,
    predictors: NDArray[np.uint8],
    table: FrequencyTable,
    shape: LaneShape,
    *,
    vectors: bool = AVX2,
) -> TileStreams:
    """Encodes tiles of a matrix, one stream each, without the GIL.

    Args:
        matrix: int8 or u8[rows, cols], C-contiguous: weights.
        tiles: int64[n, 4]: see `tile_buffers`.
        predictors: u8[n], numbers in `NATIVE_PREDICTORS`.
        table: the frequencies.
        shape: from `lane_shape`.
        vectors: take eight lanes at a time where the numbers allow it.

    Raises:
        ValueError: a symbol that occurs has frequency 0, a tile is not inside the matrix, the matrix is not
            C-contiguous, there is not a predictor for each tile, or the table cannot be used.
    """
    require_inside(tiles, matrix)
    if predictors.dtype != np.uint8 or len(predictors) != len(tiles):
        raise ValueError("there is not one predictor for each tile")
    job = encoding_job(matrix, table, shape, vectors)
    offsets, sizes = (np.zeros(len(tiles), dtype=np.int64) for _ in range(2))
    rooms = worst_sizes(weight_counts(tiles), shape)
    scratch = np.empty(int(rooms.max(initial=0)), dtype=np.uint8)
    out = np.empty(int(rooms.sum()), dtype=np.uint8)
    buffer = new_buffer(tiles).view(np.uint8)
    done, used = _encode(
        job, sealed(tiles), sealed(predictors), buffer, scratch, out, offsets, sizes
    )
    if done < len(tiles):
        _raise_absent(matrix, tiles[done : done + 1], int(predictors[done]), table)
    return TileStreams(out[:used], offsets, sizes)


def _raise_absent(matrix: Matrix, tile: Places, predictor: int, table: FrequencyTable) -> None:
    known = NATIVE_PREDICTORS[predictor] if predictor < len(NATIVE_PREDICTORS) else Predictor.NONE
    (counts,) = tile_histograms(matrix, tile, known)
    symbol = int(np.flatnonzero((counts > 0) & (table.frequencies == 0))[0])
    raise ValueError(f"symbol {symbol} has frequency 0 and cannot be coded")


def worst_sizes(counts: NDArray[np.int64], shape: LaneShape) -> NDArray[np.int64]:
    """int64[n]: bytes that hold any streams of so many symbols, aligned: a step moves out at most 2."""
    bytes_needed = 2 * counts + 4 * np.int64(shape.lanes)
    aligned: NDArray[np.int64] = -(-bytes_needed // STREAM_ALIGNMENT) * STREAM_ALIGNMENT
    return aligned


@kernel
def _encode(
    job: Job,
    tiles: Places,
    predictors: NDArray[np.uint8],
    buffer: Bytes,
    scratch: Bytes,
    out: Bytes,
    offsets: NDArray[np.int64],
    sizes: NDArray[np.int64],
) -> tuple[int, np.uint64]:
    """Encodes one tile after the other, until all are done or one has a symbol without a frequency.

    Returns:
        The tiles done, and the bytes of `out` used. Indices are inside: see `worst_sizes`.
    """
    states = np.zeros((2, np.int64(job.shape.lanes)), dtype=np.uint32)
    used, room = np.uint64(0), np.uint64(len(scratch))
    for i in range(len(tiles)):
        count = np.uint64(tiles[i, ROWS]) * np.uint64(tiles[i, COLS])
        read_symbols(job.cells, tiles[i], np.int64(predictors[i]), buffer)
        begin, seen = _encode_stream(job, buffer, count, states, scratch, room)
        if seen & ABSENT:
            return i, used
        size = room - begin
        offsets[i], sizes[i] = np.int64(used), np.int64(size)
        for place in range(size):
            out[used + place] = scratch[begin + place]
        used += size
        while used % ALIGNMENT != 0:
            out[used] = 0
            used += ONE
    return len(tiles), used


@part
def _encode_stream(
    job: Job,
    buffer: Bytes,
    count: np.uint64,
    both: NDArray[np.uint32],
    scratch: Bytes,
    end: np.uint64,
) -> tuple[np.uint64, np.uint64]:
    """Writes a stream so that it ends at scratch[end]; `both`, u32[2, lanes], has room for states and entries.

    Returns:
        Where it begins, and the reciprocals of all symbols, or-ed.
    """
    shape, states, entered = job.shape, both[0], both[1]
    block = shape.lanes * shape.run
    for lane in range(shape.lanes):
        states[lane], entered[lane] = shape.lower_bound, 0
    first = count // block * block
    position, seen = _encode_part(job, buffer, first, count, states, scratch, end)
    while first > 0:
        first -= block
        if job.vectors:
            position = _encode_eights(job, buffer, first, states, entered, scratch, position)
            continue
        if shape.word_bytes == TWO:
            position, more = _encode_block(job, buffer, first, states, scratch, position)
        else:
            position, more = _encode_part(
                job, buffer, first, first + block, states, scratch, position
            )
        seen |= more
    for lane in range(shape.lanes):
        # An entry's highest bit means the same as a reciprocal's.
        seen |= np.uint64(entered[lane]) << np.uint64(32)
    for i in range(shape.lanes):
        position -= STATE_SIZE
        state = np.uint64(states[shape.lanes - ONE - i])
        for byte in range(STATE_SIZE):
            scratch[position + byte] = state >> (byte << THREE)
    return position, seen


@part
def _encode_eights(
    job: Job,
    buffer: Bytes,
    first: np.uint64,
    states: NDArray[np.uint32],
    entered: NDArray[np.uint32],
    scratch: Bytes,
    position: np.uint64,
) -> np.uint64:
    """Codes a whole block, eight lanes at a time; returns where its words begin.

    `job.vectors` holds. Indices are inside: there is room for a word a symbol and the states of 8 lanes or more,
    so 16 bytes before the position are there at any time.
    """
    shape = job.shape
    lanes, run, scale = shape.lanes, shape.run, shape.scale_bits
    for i in range(run):
        symbol = first + run - ONE - i
        lane = lanes
        while lane > 0:
            lane -= EIGHT
            position = encode_eight(
                states, entered, job.entries, job.inverses, job.orders, buffer, scratch,
                lane, symbol + lane * run, run, position, scale, job.room,
            )  # fmt: skip
    return position


@part
def _encode_block(
    job: Job,
    buffer: Bytes,
    first: np.uint64,
    states: NDArray[np.uint32],
    scratch: Bytes,
    position: np.uint64,
) -> tuple[np.uint64, np.uint64]:
    """Codes a whole block with 16-bit words, last step to first; returns as `_encode_stream` does."""
    coding, shape, bits = job.coding, job.shape, LONG_BITS - job.room
    seen = np.uint64(0)
    for i in range(shape.run):
        last = first + shape.run - ONE - i
        lane = shape.lanes
        while lane > 0:
            lane -= ONE
            symbol = np.uint64(buffer[last + lane * shape.run]) << TWO
            state = np.uint64(states[lane])
            reciprocal = coding[symbol + RECIPROCAL]
            scratch[position - TWO] = state
            scratch[position - ONE] = state >> EIGHT
            full = state >= coding[symbol + LIMIT]
            position -= np.uint64(full) << ONE
            state = state >> SIXTEEN if full else state
            quotient = (state * reciprocal) >> bits
            states[lane] = state + coding[symbol + START] + quotient * coding[symbol + COMPLEMENT]
            seen |= reciprocal
    return position, seen


@part
def _encode_part(
    job: Job,
    buffer: Bytes,
    first: np.uint64,
    count: np.uint64,
    states: NDArray[np.uint32],
    scratch: Bytes,
    position: np.uint64,
) -> tuple[np.uint64, np.uint64]:
    """As `_encode_block`, for words of any size, and of the block only the symbols below `count`."""
    coding, shape = job.coding, job.shape
    seen = np.uint64(0)
    for i in range(shape.run if first < count else np.uint64(0)):
        for j in range(shape.lanes):
            lane = shape.lanes - ONE - j
            place = first + (lane + ONE) * shape.run - ONE - i
            if place >= count:
                continue
            symbol, state = np.uint64(buffer[place]) << TWO, np.uint64(states[lane])
            reciprocal, limit = coding[symbol + RECIPROCAL], coding[symbol + LIMIT]
            seen |= reciprocal
            while state >= limit and limit > 0:
                position -= shape.word_bytes
                scratch[position] = state
                if shape.word_bytes == TWO:
                    scratch[position + ONE] = state >> EIGHT
                state = state >> (shape.word_bytes << THREE)
            quotient = (state * reciprocal) >> (LONG_BITS - job.room)
            states[lane] = state + coding[symbol + START] + quotient * coding[symbol + COMPLEMENT]
    return position, seen
