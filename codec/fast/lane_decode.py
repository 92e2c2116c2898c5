"""Fast decoding of the native layout on the CPU: tiles of any coding, straight into a matrix.

A tile's symbols are decoded into a buffer that stays in the second-level cache, where prediction is undone and
the checksum is made; then they are stored. `lane_stream` decodes the streams.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding
from codec.fast.compile import kernel, part, sealed
from codec.fast.lane_checksums import checksum_of, new_sums
from codec.fast.lane_steps import STATE_SIZE, Lookup, stored_u32
from codec.fast.lane_stream import Scratch, decode_stream, open_lanes, unfinished
from codec.fast.places import Bytes, Cells, Matrix, Places, cells_of, require_columns
from codec.fast.tile_buffers import (
    BIAS,
    COLS,
    ROWS,
    new_buffer,
    require_inside,
    store_tile,
    undo_prediction,
)
from codec.fast.walk import BAD_FRAME, OK, STATE_OUT_OF_RANGE

FIRST_SYMBOLS = 8
"""Symbols and weights of each tile that are reported."""

RAW, CONSTANT = int(Coding.RAW), int(Coding.CONSTANT)


class StoredTiles(NamedTuple):
    """What a file says of n tiles.

    Attributes:
        spans: int64[n, 2], begin and end of each stream in the data.
        tiles: int64[n, 4], where each lies: see `tile_buffers`.
        codings: u8[n], numbers of `Coding`.
        predictors: u8[n], numbers in `NATIVE_PREDICTORS`; others count as none. Only rANS tiles are predicted.
        constants: int8[n], the weight of each constant tile.
    """

    spans: NDArray[np.int64]
    tiles: Places
    codings: NDArray[np.uint8]
    predictors: NDArray[np.uint8]
    constants: NDArray[np.int8]


class LaneReport(NamedTuple):
    """How each of n tiles ended.

    Attributes:
        status: u8[n] of `walk.Status`.
        initial_states: u32[n], the stored state of lane 0; 0 of a tile that is not coded.
        decoded: int64[n], steps taken; of a tile that is not coded, its weights.
        end_states: u32[n]: as `DecodedStream.final_state` has it.
        bytes_left: int64[n], as `DecodedStream.bytes_left` has it.
        checksums: u32[n], of the weights; 0 where none was wanted, or the status is not OK.
        first_symbols: u8[n, 8], symbols at the start of the first row; 0 where there are fewer.
        first_weights: u8[n, 8], what they stand for.
    """

    status: NDArray[np.uint8]
    initial_states: NDArray[np.uint32]
    decoded: NDArray[np.int64]
    end_states: NDArray[np.uint32]
    bytes_left: NDArray[np.int64]
    checksums: NDArray[np.uint32]
    first_symbols: NDArray[np.uint8]
    first_weights: NDArray[np.uint8]


def decode_tiles(
    job: Lookup, stored: StoredTiles, matrix: Matrix, *, weights: bool = True, checksums: bool
) -> LaneReport:
    """Decodes tiles into a matrix, without the GIL; threads may fill tiles of one matrix.

    Args:
        job: from `lookup`.
        stored: the tiles.
        matrix: int8 or u8[rows, cols], C-contiguous. A tile that fails is 0 from `Interleaving.whole` of the
            steps taken on.
        weights: undo prediction; else the matrix gets the symbols, and no checksum is made.
        checksums: make the checksum of each tile.

    Raises:
        ValueError: the matrix is not C-contiguous or read-only, a tile is not inside it, or the columns of
            `stored` do not go together. What is wrong with a stream is never raised, but reported.
    """
    if not matrix.flags.writeable:
        raise ValueError("the matrix is read-only")
    count = len(stored.tiles)
    require_columns(stored.spans, 2, count)
    require_inside(stored.tiles, matrix)
    if {len(column) for column in stored} != {count}:
        raise ValueError("the columns of the tiles differ in length")
    report = _empty_report(count)
    columns = StoredTiles._make(sealed(column) for column in stored)
    lanes, buffer = int(job.shape.lanes), new_buffer(stored.tiles)
    states, gathered = np.zeros(lanes, dtype=np.uint32), np.zeros(lanes, dtype=np.uint32)
    scratch = Scratch(buffer, buffer.view(np.uint8), states, gathered, new_sums())
    _decode(job, columns, cells_of(matrix), scratch, report, weights, weights and checksums)
    return report


def _empty_report(count: int) -> LaneReport:
    return LaneReport(
        np.zeros(count, dtype=np.uint8),
        np.zeros(count, dtype=np.uint32),
        np.zeros(count, dtype=np.int64),
        np.zeros(count, dtype=np.uint32),
        np.zeros(count, dtype=np.int64),
        np.zeros(count, dtype=np.uint32),
        np.zeros((count, FIRST_SYMBOLS), dtype=np.uint8),
        np.zeros((count, FIRST_SYMBOLS), dtype=np.uint8),
    )


@kernel
def _decode(
    job: Lookup,
    stored: StoredTiles,
    cells: Cells,
    scratch: Scratch,
    report: LaneReport,
    weights: bool,
    checksums: bool,
) -> None:
    """Decodes one tile after the other."""
    values, shape = scratch.values, job.shape
    for i in range(len(stored.tiles)):
        tile = stored.tiles[i]
        count = np.uint64(tile[ROWS]) * np.uint64(tile[COLS])
        _fill(job, stored, i, count, scratch, report)
        _note_first(values, tile, report.first_symbols[i])
        if weights:
            coded = stored.codings[i] not in (RAW, CONSTANT)
            undo_prediction(tile, np.int64(stored.predictors[i] if coded else 0), values)
            _clear(values, np.uint64(report.decoded[i]), count, shape.lanes * shape.run)
            _note_first(values, tile, report.first_weights[i])
        if checksums and report.status[i] == OK:
            report.checksums[i] = checksum_of(scratch.buffer, values, count, scratch.sums)
        store_tile(values, tile, cells)


@part
def _fill(
    job: Lookup,
    stored: StoredTiles,
    i: int,
    count: np.uint64,
    scratch: Scratch,
    report: LaneReport,
) -> None:
    """Puts the symbols of tile `i` into the buffer, and reports how that ended."""
    begin, end, coding = stored.spans[i, 0], stored.spans[i, 1], stored.codings[i]
    values, least = scratch.values, np.int64(0)
    if coding == RAW:
        least = np.int64(count)
    elif coding != CONSTANT:
        least = np.int64(job.shape.lanes * STATE_SIZE)
    if not (0 <= begin <= end <= len(job.data) and end - begin >= least):
        report.status[i] = BAD_FRAME
    elif coding in (CONSTANT, RAW):
        for place in range(count):
            value = np.uint8(stored.constants[i])
            if coding == RAW:
                value = job.data[np.uint64(begin) + place]
            values[place] = value + BIAS
        report.decoded[i], report.end_states[i] = np.int64(count), job.shape.lower_bound
    else:
        _open_and_decode(job, np.uint64(begin), np.uint64(end), count, i, scratch, report)
    _clear(values, np.uint64(report.decoded[i]), count, job.shape.lanes * job.shape.run)


@part
def _clear(values: Bytes, decoded: np.uint64, count: np.uint64, block: np.uint64) -> None:
    """Zeros what lies behind the last whole block, if not all `count` symbols were decoded."""
    if decoded < count:
        for place in range(decoded // block * block, count):
            values[place] = 0


@part
def _note_first(values: Bytes, tile: Places, first: Bytes) -> None:
    """Keeps the start of the first row."""
    if tile[ROWS] > 0:
        for place in range(min(np.uint64(FIRST_SYMBOLS), np.uint64(tile[COLS]))):
            first[place] = values[place]


@part
def _open_and_decode(
    job: Lookup,
    begin: np.uint64,
    end: np.uint64,
    count: np.uint64,
    i: int,
    scratch: Scratch,
    report: LaneReport,
) -> None:
    """Decodes the rANS stream data[begin:end], which has room for its states."""
    shape, states = job.shape, scratch.states
    words = begin + shape.lanes * STATE_SIZE
    half = (end - words) % shape.word_bytes
    report.bytes_left[i] = np.int64(end - words)
    report.initial_states[i] = report.end_states[i] = stored_u32(job.data, begin)
    if not open_lanes(job, begin, states):
        report.status[i] = STATE_OUT_OF_RANGE
        return
    status, done, lane, position = decode_stream(job, words, end - half, count, scratch)
    report.status[i], report.decoded[i] = status, np.int64(done)
    report.bytes_left[i] = np.int64(end - half - position)
    if status == OK:
        report.bytes_left[i] += np.int64(half)
        lane = unfinished(states, shape.lower_bound)
    report.end_states[i] = states[lane]
