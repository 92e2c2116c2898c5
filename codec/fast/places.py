"""Where the symbols of a stream lie in a matrix: the one description that all kernels share.

A place is a row of four int64: the matrix row and column of the tile's first weight, the number of
symbols in one row of the tile, and the number of symbols. Symbol i belongs to the weight at

    (top + i // width, left + i % width)

of the matrix. What falls outside the matrix is padding: it counts as 0 when read, and is dropped when
written. A plain run of symbols is a place in a matrix of one row. So the same kernels serve padded tiles,
tiles that are cut at the edge, and symbols without a matrix.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import jit

TOP, LEFT, WIDTH, COUNT = range(4)
"""Columns of a places array, int64[n, 4]."""

LARGEST = np.int64(1 << 32)
"""Coordinates, widths and counts are below this, so that no product or sum of two wraps in 64 bits."""

Places = NDArray[np.int64]
Bytes = NDArray[np.uint8]


def grid_places(shape: tuple[int, int], tile_size: int) -> Places:
    """Places of all padded square tiles of a matrix, row-major: int64[n, 4]."""
    tops = np.arange(0, shape[0], tile_size, dtype=np.int64)
    lefts = np.arange(0, shape[1], tile_size, dtype=np.int64)
    places = np.empty((len(tops) * len(lefts), 4), dtype=np.int64)
    places[:, TOP] = np.repeat(tops, len(lefts))
    places[:, LEFT] = np.tile(lefts, len(tops))
    places[:, WIDTH] = tile_size
    places[:, COUNT] = np.int64(tile_size) * np.int64(tile_size)
    return places


def flat_places(counts: NDArray[np.int64]) -> Places:
    """Places of runs of symbols, one behind the other in a matrix of one row: int64[n, 4]."""
    counts = np.asarray(counts, dtype=np.int64)
    places = np.zeros((len(counts), 4), dtype=np.int64)
    places[1:, LEFT] = np.cumsum(counts)[:-1]
    places[:, WIDTH] = np.maximum(counts, 1)
    places[:, COUNT] = counts
    return places


def require_columns(array: NDArray[np.int64], columns: int, rows: int) -> None:
    """Raises ValueError where an array is not int64[rows, columns]."""
    if array.dtype != np.int64 or array.shape != (rows, columns):
        raise ValueError(f"not int64[{rows}, {columns}]: {array.dtype}{list(array.shape)}")


def require_sound(places: Places) -> None:
    """Raises ValueError where places are not int64[n, 4], or one is negative, huge or has no width."""
    require_columns(places, 4, len(places))
    least = np.array([0, 0, 1, 0])
    if len(places) and not ((least <= places) & (places < LARGEST)).all():
        raise ValueError("a tile lies outside of what a matrix can be")


def matrix_bytes(matrix: NDArray[np.int8] | NDArray[np.uint8]) -> Bytes:
    """The matrix as u8[rows * cols] in the same memory.

    Raises:
        ValueError: it is not C-contiguous.
    """
    if not matrix.flags.c_contiguous:
        raise ValueError("the matrix is not C-contiguous")
    return matrix.view(np.uint8).reshape(-1)


@jit
def is_sound(places: Places, index: int) -> bool:
    """Whether a place can be walked without overflow: nothing negative or huge, a width above 0."""
    top, left = places[index, TOP], places[index, LEFT]
    width, count = places[index, WIDTH], places[index, COUNT]
    corner = 0 <= top < LARGEST and 0 <= left < LARGEST
    return corner and 1 <= width < LARGEST and 0 <= count < LARGEST


@jit
def store(
    values: Bytes, begin: int, first: int, count: int, place: Places, cols: int, matrix: Bytes
) -> None:
    """Writes values[begin : begin + count], the symbols from number `first` on, into the matrix.

    Args:
        values: u8[any].
        begin: index of the first value.
        first: number of the first symbol within the tile.
        count: values to write.
        place: int64[4], sound.
        cols: columns of the matrix, above 0.
        matrix: u8[rows * cols], row-major.

    Indices are inside: `visible` values of a run end at most at column `cols`, of a row that exists.
    """
    rows = len(matrix) // cols
    row, col = place[TOP] + first // place[WIDTH], first % place[WIDTH]
    done = 0
    while done < count and row < rows:
        run = min(place[WIDTH] - col, count - done)
        visible = min(run, cols - place[LEFT] - col)
        source, target = np.uint64(begin + done), np.uint64(row * cols + place[LEFT] + col)
        for i in range(np.uint64(max(visible, 0))):
            matrix[target + i] = values[source + i]
        done += run
        row += 1
        col = 0
