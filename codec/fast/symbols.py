"""From weights to symbols on the fly: read a tile's symbols segment by segment, and count them.

The table must be known before the first symbol is coded, so encoding walks the weights twice. The
symbols are made anew each time, a segment at a time in a buffer that stays in the first-level cache:
that runs at several GB/s, takes no memory, and is faster than storing them and reading them back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import jit, sealed
from codec.fast.places import (
    COUNT,
    LEFT,
    TOP,
    WIDTH,
    Bytes,
    Places,
    matrix_bytes,
    require_sound,
)

SEGMENT = 1024
"""Symbols made at a time."""

ONE = np.uint64(1)
SYMBOLS = 256


def symbol_histogram(
    matrix: NDArray[np.int8] | NDArray[np.uint8], places: Places, *, difference: bool
) -> NDArray[np.int64]:
    """int64[256]: how often each symbol occurs in tiles of a matrix, padding included.

    Args:
        matrix: int8 or u8[rows, cols], C-contiguous: weights with `difference`, else symbols.
        places: int64[n, 4], see `places`.
        difference: count x[i] - x[i-1] + 128 modulo 256 over each tile in row-major order; x[-1] is 0.

    Raises:
        ValueError: a place is negative or huge, or the matrix is not C-contiguous.
    """
    require_sound(places)
    cols = max(matrix.shape[1], 1)
    return _count(sealed(matrix_bytes(matrix)), cols, sealed(places), difference)


def tile_symbols(
    matrix: NDArray[np.int8] | NDArray[np.uint8], place: Places, *, difference: bool
) -> Bytes:
    """u8[count]: the symbols of the tile at `place`, int64[4]; see `symbol_histogram`.

    Raises:
        ValueError: the place is negative or huge, or the matrix is not C-contiguous.
    """
    require_sound(place.reshape(1, 4))
    symbols = np.empty(int(place[COUNT]), dtype=np.uint8)
    cols, count = max(matrix.shape[1], 1), len(symbols)
    read(sealed(matrix_bytes(matrix)), cols, sealed(place), 0, count, difference, symbols, 0)
    return symbols


@jit
def _count(matrix: Bytes, cols: int, places: Places, difference: bool) -> NDArray[np.int64]:
    """Counts with four histograms in turn: equal neighbours would wait for each other's addition."""
    counts = np.zeros((4, SYMBOLS), dtype=np.int64)
    buffer = np.zeros(SEGMENT, dtype=np.uint8)
    for index in range(len(places)):
        for first in range(0, places[index, COUNT], SEGMENT):
            count = min(SEGMENT, places[index, COUNT] - first)
            read(matrix, cols, places[index], first, count, difference, buffer, 0)
            whole = count // 4 * 4
            for i in range(0, whole, 4):
                counts[0, buffer[i]] += 1
                counts[1, buffer[i + 1]] += 1
                counts[2, buffer[i + 2]] += 1
                counts[3, buffer[i + 3]] += 1
            for i in range(whole, count):
                counts[0, buffer[i]] += 1
    return counts[0] + counts[1] + counts[2] + counts[3]


@jit
def read(
    matrix: Bytes, cols: int, place: Places, first: int, count: int, difference: bool,
    symbols: Bytes, begin: int,
) -> None:
    """Puts symbols number `first` to `first + count` of a tile into symbols[begin : begin + count].

    Args:
        matrix: u8[rows * cols], row-major.
        cols: columns of the matrix, above 0.
        place: int64[4], sound.
        first: number of the first symbol within the tile.
        count: at most what the tile has behind `first`.
        difference: as for `symbol_histogram`.
        symbols: u8[any].
        begin: index in `symbols`.

    Indices are inside: the `visible` values of a run end at most at column `cols`, of a row that exists.
    """
    rows = len(matrix) // cols
    row, col = place[TOP] + first // place[WIDTH], first % place[WIDTH]
    keep, bias = np.uint8(255 if difference else 0), np.uint8(128 if difference else 0)
    before = _value_before(matrix, rows, cols, place, row, col) & keep
    done = 0
    while done < count:
        run = min(place[WIDTH] - col, count - done)
        visible = max(0, min(run, cols - place[LEFT] - col)) if row < rows else 0
        source, target = np.uint64(row * cols + place[LEFT] + col), np.uint64(begin + done)
        if visible > 0:
            symbols[target] = matrix[source] - before + bias
            for i in range(ONE, np.uint64(visible)):
                symbols[target + i] = matrix[source + i] - (matrix[source + i - ONE] & keep) + bias
            before = matrix[source + np.uint64(visible - 1)] & keep
        if visible < run:
            symbols[target + np.uint64(visible)] = bias - before
            symbols[target + np.uint64(visible + 1) : target + np.uint64(run)] = bias
            before = np.uint8(0)
        done += run
        row += 1
        col = 0


@jit
def _value_before(matrix: Bytes, rows: int, cols: int, place: Places, row: int, col: int) -> int:
    """The value before (row, column `col` of the tile) in the tile's order; 0 where there is none."""
    if col == 0:
        row, col = row - 1, place[WIDTH]
    column = place[LEFT] + col - 1
    if row < place[TOP] or row >= rows or column >= cols:
        return np.uint8(0)
    return matrix[np.uint64(row * cols + column)]
