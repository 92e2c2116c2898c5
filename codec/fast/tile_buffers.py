"""Between a matrix and the symbols of a native tile: read, predict, undo, store.

A tile is a row of four int64: row, column, rows and columns of it inside the matrix. Its symbols stand in a buffer,
row-major, and are those of `codec.prediction` for WITHIN_TILE. All indices are inside: tiles went through
`require_inside`, and a buffer is at least as long as the tile.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.container import NATIVE_PREDICTORS, Predictor
from codec.fast.compile import Whole, part
from codec.fast.places import Bytes, Cells, Matrix, Places, require_columns

ROW, COL, ROWS, COLS = range(4)
"""Columns of a tile array, int64[n, 4]."""

LEFT, TOP = (NATIVE_PREDICTORS.index(predictor) for predictor in (Predictor.LEFT, Predictor.TOP))

BIAS = np.uint8(128)


def require_inside(tiles: Places, matrix: Matrix) -> None:
    """Raises ValueError where a tile is not inside the matrix; an empty one may lie anywhere."""
    require_columns(tiles, 4, len(tiles))
    filled = tiles[(tiles[:, ROWS] != 0) & (tiles[:, COLS] != 0)]
    corner, size = filled[:, :2], filled[:, 2:]
    # Compared this way round, nothing can overflow.
    room = np.array(matrix.shape, dtype=np.int64) - np.maximum(corner, 0)
    if (tiles[:, ROWS:] < 0).any() or (corner < 0).any() or (size > room).any():
        raise ValueError("a tile lies outside of the matrix")


def weight_counts(tiles: Places) -> NDArray[np.int64]:
    """int64[n]: weights of each tile."""
    counts: NDArray[np.int64] = tiles[:, ROWS] * tiles[:, COLS]
    return counts


def new_buffer(tiles: Places) -> NDArray[np.uint32]:
    """Words for the symbols of the largest tile: `buffer.view(uint8)` has room for one each."""
    largest = int(weight_counts(tiles).max(initial=0))
    return np.zeros(largest // 4 + 1, dtype=np.uint32)


@part
def read_tile(cells: Cells, tile: Places, bias: np.uint8, buffer: Bytes) -> None:
    """Copies the weights of a tile, `bias` added to each."""
    cols = np.uint64(tile[COLS])
    for row in range(tile[ROWS]):
        source = np.uint64((tile[ROW] + row) * cells.cols + tile[COL])
        target = np.uint64(row) * cols
        for col in range(cols):
            buffer[target + col] = cells.values[source + col] + bias


@part
def read_symbols(cells: Cells, tile: Places, predictor: Whole, buffer: Bytes) -> None:
    """Puts the symbols of a tile into the buffer; a predictor beside LEFT and TOP is none."""
    read_tile(cells, tile, BIAS, buffer)
    cols = np.uint64(tile[COLS])
    back = np.uint64(1) if predictor == LEFT else cols
    if predictor not in (LEFT, TOP) or cols == 0:
        return
    # From the last to the first, so that what predicts a weight is still there.
    place = np.uint64(tile[ROWS]) * cols
    while place > back:
        place -= np.uint64(1)
        buffer[place] -= buffer[place - back] + BIAS


@part
def undo_prediction(tile: Places, predictor: Whole, buffer: Bytes) -> None:
    """Turns the symbols of a tile into its weights."""
    cols = np.uint64(tile[COLS])
    count = np.uint64(tile[ROWS]) * cols
    for place in range(count):
        buffer[place] ^= BIAS
    if predictor == LEFT:
        value = np.uint8(0)
        for place in range(count):
            value = np.uint8(value + buffer[place])
            buffer[place] = value
    elif predictor == TOP:
        for place in range(cols, count):
            buffer[place] += buffer[place - cols]


@part
def store_tile(buffer: Bytes, tile: Places, cells: Cells) -> None:
    """Writes a tile's weights into the matrix."""
    cols = np.uint64(tile[COLS])
    for row in range(tile[ROWS]):
        target = np.uint64((tile[ROW] + row) * cells.cols + tile[COL])
        source = np.uint64(row) * cols
        for col in range(cols):
            cells.values[target + col] = buffer[source + col]
