"""From weights to symbols and back: what the layouts do before and after rANS.

All arithmetic is modulo 256, in unsigned bytes. `scalar_prediction` states the same rules one weight at a
time and is the judge of this module.

FLAT_LEFT (batched): with x the tile, filled up with 0 to its full shape, in row-major order as one sequence,
    s[i] = x[i] - x[i-1] + 128, and s[0] = x[0] + 128.
DIFFERENCED (wcdc): residual = weight - prediction, then over the residuals in row-major order
    s[i] = residual[i] - residual[i-1] + 128, the one before the first being 0. LEFT predicts a weight by the one
to its left, TOP by the one above, inside the tile. In TOP's first row that is the weight above in the matrix.
In LEFT's first column it is the weight at the flat position row0 * cols + col0 - 1 + r of the matrix: the
original forgot the row stride there, and files are written so. At the left edge (LEFT) and the upper
edge (TOP) it is 0.
WITHIN_TILE (native): with x the tile, cut at the edge of the matrix, in row-major order as one sequence,
    s[i] = x[i] - p[i] + 128;  NONE: p[i] = 0;  LEFT: p[i] = x[i-1];  TOP: p[i] = x[i-cols],
and p[i] = 0 where that lies before the tile.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Prediction, Predictor, Rectangle, Tensor

Bytes = NDArray[np.uint8]
Lookup = Callable[[NDArray[np.int64]], Bytes]
"""Gives the weights, as unsigned bytes, at flat positions of the matrix."""

BIAS = np.uint8(128)


def difference(values: Bytes) -> Bytes:
    """u8[n] of consecutive differences, biased by 128; the value before the first is 0."""
    flat = values.reshape(-1)
    symbols = flat + BIAS
    symbols[1:] -= flat[:-1]
    return symbols


def undo_difference(symbols: Bytes) -> Bytes:
    """The values whose `difference` is `symbols`: their running sum."""
    values: Bytes = np.cumsum(symbols - BIAS, dtype=np.uint8)
    return values


def within_tile_symbols(tile: Bytes, predictor: Predictor) -> Bytes:
    """u8[rows, cols]: the symbols of a tile's weights, for WITHIN_TILE."""
    if predictor is Predictor.LEFT:
        return difference(tile).reshape(tile.shape)
    symbols = tile + BIAS
    if predictor is Predictor.TOP:
        symbols[1:] -= tile[:-1]
    return symbols


def undo_within_tile(symbols: Bytes, predictor: Predictor) -> Bytes:
    """u8[rows, cols]: the weights whose `within_tile_symbols` are `symbols`."""
    if predictor is Predictor.LEFT:
        return undo_difference(symbols.reshape(-1)).reshape(symbols.shape)
    values = symbols - BIAS
    if predictor is Predictor.TOP:
        return np.cumsum(values, axis=0, dtype=np.uint8)
    return values


def within_tile_predictor(tensor: Tensor, tile: int) -> Predictor:
    """The predictor to undo: none where the tile is not coded by rANS, or names one that does not exist."""
    coded = tensor.coding(tile) is Coding.RANS
    return (tensor.predictor(tile) or Predictor.NONE) if coded else Predictor.NONE


def padded_tile(matrix: NDArray[np.int8], place: Rectangle, shape: tuple[int, int]) -> Bytes:
    """u8[shape]: the weights of a tile, filled up with 0 on the right and below."""
    tile = np.zeros(shape, dtype=np.uint8)
    inside = matrix[place.row : place.row + place.rows, place.col : place.col + place.cols]
    tile[: place.rows, : place.cols] = inside.view(np.uint8)
    return tile


def edge_positions(
    place: Rectangle, predictor: Predictor, matrix_cols: int
) -> NDArray[np.int64] | None:
    """Flat matrix positions that predict LEFT's first column or TOP's first row.

    Returns:
        int64[rows] for LEFT, int64[cols] for TOP; None at the matrix's own edge, where 0 predicts.
    """
    if predictor is Predictor.LEFT:
        if place.col == 0:
            return None
        return place.row * matrix_cols + place.col - 1 + np.arange(place.rows, dtype=np.int64)
    if place.row == 0:
        return None
    return (place.row - 1) * matrix_cols + place.col + np.arange(place.cols, dtype=np.int64)


def residuals(matrix: NDArray[np.int8], place: Rectangle, predictor: Predictor) -> Bytes:
    """u8[rows, cols]: weight - prediction of one tile, for DIFFERENCED."""
    tile = padded_tile(matrix, place, (place.rows, place.cols))
    edge = edge_positions(place, predictor, matrix.shape[1])
    known = 0 if edge is None else matrix.reshape(-1)[edge].view(np.uint8)
    residual = tile.copy()
    if predictor is Predictor.LEFT:
        residual[:, 1:] -= tile[:, :-1]
        residual[:, 0] -= known
    else:
        residual[1:] -= tile[:-1]
        residual[0] -= known
    return residual


def undo_residuals(
    residual: Bytes, place: Rectangle, predictor: Predictor, matrix_cols: int, lookup: Lookup
) -> Bytes:
    """The weights of a tile, as unsigned bytes, from its residuals.

    Args:
        residual: u8[rows, cols].
        place: where the tile lies in the matrix.
        predictor: the tile's.
        matrix_cols: columns of the matrix.
        lookup: gives weights outside the tile; they must be known already.
    """
    edge = edge_positions(place, predictor, matrix_cols)
    residual = residual.copy()
    if predictor is Predictor.TOP:
        if edge is not None:
            residual[0] += lookup(edge)
        return np.cumsum(residual, axis=0, dtype=np.uint8)
    if edge is not None:
        residual[:, 0] += _left_column(residual, place, edge, lookup)
    return np.cumsum(residual, axis=1, dtype=np.uint8)


def _left_column(
    residual: Bytes, place: Rectangle, edge: NDArray[np.int64], lookup: Lookup
) -> Bytes:
    """What predicts LEFT's first column: mostly weights of the tile's own first row."""
    first_row = residual[0].copy()
    first_row[:1] += lookup(edge[:1])
    own: Bytes = np.cumsum(first_row, dtype=np.uint8)[: place.rows - 1]
    beyond = edge[1 + len(own) :]
    parts = [lookup(edge[:1]), own, lookup(beyond) if len(beyond) else own[:0]]
    return np.concatenate(parts)


def needs(tensor: Tensor, tile: int) -> list[int]:
    """The tiles whose weights must be known before this one's prediction can be undone.

    In DIFFERENCED, LEFT reads the tile to the left, and, where its own first row is too short for its first
    column, runs on into the next row of the matrix, which lies in the first tile of the tile row; TOP
    reads the tile above.
    """
    place, predictor = tensor.rectangle(tile), tensor.predictor(tile)
    if tensor.prediction is not Prediction.DIFFERENCED or predictor is None:
        return []
    edge = edge_positions(place, predictor, tensor.cols)
    if edge is None or not place.size:
        return []
    ends = (
        edge if predictor is Predictor.TOP else np.concatenate([edge[:1], edge[place.cols + 1 :]])
    )
    rows, cols = np.divmod(np.unique(ends[[0, -1]]), tensor.cols)
    found = [tensor.tile_at(int(row), int(col)) for row, col in zip(rows, cols, strict=True)]
    return sorted({t for t in found if t is not None and t != tile})


def needs_all(tensor: Tensor, tile: int, known: Callable[[int], bool]) -> list[int]:
    """This tile and all that it needs, directly or not, in an order in which they can be undone.

    Args:
        tensor: the matrix.
        tile: the tile wanted.
        known: tells which tiles' weights are there already; those are left out.
    """
    wanted, open_tiles = {tile}, [tile]
    while open_tiles:
        for other in needs(tensor, open_tiles.pop()):
            if other not in wanted and not known(other):
                wanted.add(other)
                open_tiles.append(other)
    return sorted(wanted)
