"""Symbol counts of the tiles of a native tensor: what its table and its tiles' predictors are chosen by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.container import NATIVE_PREDICTORS, Predictor
from codec.fast.compile import kernel, sealed
from codec.fast.places import Bytes, Cells, Matrix, Places
from codec.fast.symbols import SYMBOLS, sealed_cells
from codec.fast.tile_buffers import COLS, ROWS, new_buffer, read_symbols, require_inside
from codec.fast.walk import ONE, THREE, TWO


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
