"""Where the symbols of a stream lie in a matrix: the one description that all kernels share.

A place is a row of four int64: the matrix row and column of the tile's first weight, the number of
symbols in one row of the tile, and the number of symbols. Symbol i belongs to the weight at

    (top + i // width, left + i % width)

of the matrix. What falls outside the matrix is padding: it counts as 0 when read, and is dropped
when written. A plain run of symbols is a place in a matrix of one row. So the same kernels serve
padded tiles, tiles that are cut at the edge, and symbols without a matrix.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import Whole, part

TOP, LEFT, WIDTH, COUNT = range(4)
"""Columns of a places array, int64[n, 4]."""

LARGEST = np.int64(1 << 32)
"""Coordinates, widths and counts are below this, so no product or sum of two wraps in 64 bits."""

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
Matrix = NDArray[np.int8] | NDArray[np.uint8]


class Cells(NamedTuple):
    """A matrix as kernels see it.

    Attributes:
        values: u8[rows * cols], row-major.
        cols: columns, above 0.
    """

    values: Bytes
    cols: int


def cells_of(matrix: Matrix) -> Cells:
    """The cells of int8 or u8[rows, cols], in the same memory.

    Raises:
        ValueError: the matrix is not C-contiguous.
    """
    if not matrix.flags.c_contiguous:
        raise ValueError("the matrix is not C-contiguous")
    return Cells(matrix.view(np.uint8).reshape(-1), max(matrix.shape[1], 1))


def grid_places(shape: tuple[int, int], tile_size: int) -> Places:
    """int64[n, 4]: places of all padded square tiles of a matrix, row-major."""
    tops = np.arange(0, shape[0], tile_size, dtype=np.int64)
    lefts = np.arange(0, shape[1], tile_size, dtype=np.int64)
    places = np.empty((len(tops) * len(lefts), 4), dtype=np.int64)
    places[:, TOP] = np.repeat(tops, len(lefts))
    places[:, LEFT] = np.tile(lefts, len(tops))
    places[:, WIDTH] = tile_size
    places[:, COUNT] = np.int64(tile_size) * np.int64(tile_size)
    return places


def flat_places(counts: NDArray[np.int64]) -> Places:
    """int64[n, 4]: places of runs of symbols, one behind the other in a matrix of one row."""
    places = np.zeros((len(counts), 4), dtype=np.int64)
    places[1:, LEFT] = np.cumsum(counts[:-1], dtype=np.int64)
    places[:, WIDTH] = np.maximum(counts, 1)
    places[:, COUNT] = counts
    return places


def require_columns(array: NDArray[np.int64], columns: int, rows: int) -> None:
    """Raises ValueError where an array is not int64[rows, columns]."""
    if array.dtype != np.int64 or array.shape != (rows, columns):
        raise ValueError(f"not int64[{rows}, {columns}]: {array.dtype}{list(array.shape)}")


def require_sound(places: Places) -> None:
    """Raises ValueError where a place is not four int64, negative, huge, or without a width."""
    require_columns(places, 4, len(places))
    least = np.array([0, 0, 1, 0])
    if not ((least <= places) & (places < LARGEST)).all():
        raise ValueError("a tile lies outside of what a matrix can be")


@part
def is_sound(place: Places) -> bool:
    """Whether a place can be walked without overflow: nothing negative or huge, a width above 0."""
    corner = 0 <= place[TOP] < LARGEST and 0 <= place[LEFT] < LARGEST
    return bool(corner and 1 <= place[WIDTH] < LARGEST and 0 <= place[COUNT] < LARGEST)


@part
def store(
    values: Bytes, begin: Whole, count: Whole, first: Whole, place: Places, cells: Cells
) -> None:
    """Writes values[begin : begin + count], the symbols from number `first` on, into the matrix.

    `place` is sound. Indices are inside: what is `visible` of a run ends at most at the last column
    of a row that exists.
    """
    cols, width = cells.cols, place[WIDTH]
    rows = len(cells.values) // cols
    row, col = place[TOP] + first // width, first % width
    done = 0
    while done < count and row < rows:
        run = min(width - col, count - done)
        visible = max(0, min(run, cols - place[LEFT] - col))
        source, target = np.uint64(begin + done), np.uint64(row * cols + place[LEFT] + col)
        for i in range(np.uint64(visible)):
            cells.values[target + i] = values[source + i]
        done += run
        row += 1
        col = 0
