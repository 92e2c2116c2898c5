"""Fast encoding of the native layout on the CPU: tiles of a matrix, straight to finished streams.

One step codes a symbol of frequency f and start b by x' = (x // f) * M + x % f + b, which is

    q = x // f,   x' = x + b + q * (M - f).

The division is a multiplication, q = x * r >> k with r = ceil(2^k / f), and it is exact. Let G = 2^g with
g = log2(L) - scale_bits + word_bits, so that after renormalisation x < f * G; let k = 64 - g and
e = r * f - 2^k, so 0 <= e < f. With x = q * f + s and s < f,

    x * r / 2^k = q + s / f + x * e / (f * 2^k),

and as f <= M and g + scale_bits <= 32, x * e < f^2 * G <= 2^(2 * scale_bits + g) <= 2^(64 - g) = 2^k: the last term
is below 1 / f, and cannot carry s / f <= (f - 1) / f to the next integer. Nor does anything overflow: as
x <= f * G - 1, x * r = x * (2^k + e) / f < 2^64 - 2^k / f + G * e, and G * e * f < G * M^2 <= 2^k.

Streams are written from their end to their start, so words come to stand as the decoder takes them. With 16-bit words
a step moves one out at most: it is always stored, and the position moves if it was needed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.container import NATIVE_PREDICTORS, Predictor
from codec.fast.compile import kernel, part, sealed
from codec.fast.lane_tables import LaneShape
from codec.fast.lane_vector_encode import ORDERS, encode_eight, entries, inverses
from codec.fast.places import Bytes, Cells, Matrix, Places
from codec.fast.symbols import SYMBOLS, sealed_cells
from codec.fast.tile_buffers import (
    COLS,
    ROWS,
    new_buffer,
    read_symbols,
    require_inside,
    weight_counts,
)
from codec.fast.vectors import AVX2, WIDTH
from codec.fast.walk import EIGHT, ONE, SIXTEEN, THREE, TWO
from codec.formats.native import STREAM_ALIGNMENT
from codec.frequency import FrequencyTable

RECIPROCAL, LIMIT, START, COMPLEMENT = (np.uint64(n) for n in range(4))
"""Places in the coding table, u64[256 * 4], which holds of each symbol r, f * G, b, and M - f. It is flat,
since the rows of an array are as far apart as it says at run time."""

ABSENT = np.uint64(1 << 63)
"""The reciprocal of a symbol that has no frequency; all others are at most 2^56."""

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


class Job(NamedTuple):
    """What is encoded, and how.

    Attributes:
        cells: the matrix.
        coding: from `coding_table`.
        shape: the constants.
        room: g.
        entries, inverses, orders: of `lane_vector_encode`.
        vectors: whether eight lanes may be taken at a time.
    """

    cells: Cells
    coding: NDArray[np.uint64]
    shape: LaneShape
    room: np.uint64
    entries: NDArray[np.uint32]
    inverses: NDArray[np.float64]
    orders: Bytes
    vectors: bool


def _room_bits(shape: LaneShape) -> int:
    """g: after renormalisation a state is below f * 2^g."""
    bound = int(shape.lower_bound).bit_length() - 1
    return bound - int(shape.scale_bits) + 8 * int(shape.word_bytes)


def coding_table(table: FrequencyTable, shape: LaneShape) -> NDArray[np.uint64]:
    """u64[256 * 4]: what a step of the encoder looks up.

    Raises:
        ValueError: the table has a fault, or not as many slots as the constants say.
    """
    if table.fault or table.scale_bits != int(shape.scale_bits):
        raise ValueError(table.fault or f"the table has {table.total:,} slots")
    room = _room_bits(shape)
    frequencies = table.frequencies.astype(np.uint64)
    divisors = np.maximum(frequencies, ONE)
    coding = np.zeros((len(frequencies), 4), dtype=np.uint64)
    coding[:, RECIPROCAL] = (np.uint64(1 << 64 - room) + divisors - ONE) // divisors
    coding[frequencies == 0, RECIPROCAL] = ABSENT
    coding[:, LIMIT] = frequencies << np.uint64(room)
    coding[:, START] = table.starts.astype(np.uint64)
    coding[:, COMPLEMENT] = np.uint64(table.total) - frequencies
    return coding.reshape(-1)


def _job(matrix: Matrix, table: FrequencyTable, shape: LaneShape, vectors: bool) -> Job:
    """What kernels need to encode tiles of a matrix; raises ValueError as `encode_tiles` does."""
    # The limit of a symbol that owns all slots may be 2^32, which a vector's 32 bits cannot hold.
    lone = table.frequencies.max() == table.total
    able = vectors and not lone and int(shape.word_bytes) == 2 and int(shape.lanes) % WIDTH == 0
    return Job(
        sealed_cells(matrix),
        sealed(coding_table(table, shape)),
        shape,
        np.uint64(_room_bits(shape)),
        sealed(entries(table)),
        sealed(inverses(table)),
        ORDERS,
        able,
    )


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
    job = _job(matrix, table, shape, vectors)
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


def tile_histograms(matrix: Matrix, tiles: Places, predictor: Predictor) -> NDArray[np.int64]:
    """int64[n, 256]: how often each symbol occurs in each tile under one predictor.

    Raises:
        ValueError: a tile is not inside the matrix, or the matrix is not C-contiguous.
    """
    require_inside(tiles, matrix)
    number = NATIVE_PREDICTORS.index(predictor)
    return _count(sealed_cells(matrix), sealed(tiles), number, new_buffer(tiles).view(np.uint8))


@kernel
def _count(cells: Cells, tiles: Places, predictor: int, buffer: Bytes) -> NDArray[np.int64]:
    """The counts of each tile, four at a time: equal neighbours would wait for each other in one."""
    found = np.zeros((len(tiles), SYMBOLS), dtype=np.int64)
    counts = np.zeros((4, SYMBOLS), dtype=np.int64)
    for i in range(len(tiles)):
        read_symbols(cells, tiles[i], predictor, buffer)
        counts[:] = 0
        count = np.uint64(tiles[i, ROWS]) * np.uint64(tiles[i, COLS])
        whole = count & ~np.uint64(3)
        for place in range(np.uint64(0), whole, np.uint64(4)):
            counts[0, buffer[place]] += 1
            counts[1, buffer[place + ONE]] += 1
            counts[2, buffer[place + TWO]] += 1
            counts[3, buffer[place + THREE]] += 1
        for place in range(whole, count):
            counts[0, buffer[place]] += 1
        for symbol in range(SYMBOLS):
            found[i, symbol] = counts[:, symbol].sum()
    return found
