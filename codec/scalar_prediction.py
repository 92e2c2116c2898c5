"""The prediction rules of all layouts, one weight at a time: the judge of the fast versions.

See `prediction` for the rules. Weights here are Python integers in 0…255, the int8 value modulo 256.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from codec.container import Predictor, Rectangle

Matrix = Sequence[Sequence[int]]
WeightAt = Callable[[int, int], int]


def flat_left_symbols(matrix: Matrix, place: Rectangle, shape: tuple[int, int]) -> list[int]:
    """The symbols of a tile in the batched layout, padding included."""
    symbols, before = [], 0
    for row in range(shape[0]):
        for col in range(shape[1]):
            inside = row < place.rows and col < place.cols
            weight = matrix[place.row + row][place.col + col] if inside else 0
            symbols.append((weight - before + 128) % 256)
            before = weight
    return symbols


def undo_flat_left(symbols: Sequence[int]) -> list[int]:
    """The weights of a tile in the batched layout, padding included, row-major."""
    weights, before = [], 0
    for symbol in symbols:
        before = (before + symbol - 128) % 256
        weights.append(before)
    return weights


def _prediction(weights: Sequence[int], place: int, cols: int, predictor: Predictor) -> int:
    """The prediction of the weight at a place of a native tile of `cols` columns."""
    back = {Predictor.NONE: 0, Predictor.LEFT: 1, Predictor.TOP: cols}[predictor]
    return weights[place - back] if 0 < back <= place else 0


def within_tile_symbols(weights: Sequence[int], cols: int, predictor: Predictor) -> list[int]:
    """The symbols of a native tile from its weights, row-major."""
    return [
        (weight - _prediction(weights, i, cols, predictor) + 128) % 256
        for i, weight in enumerate(weights)
    ]


def undo_within_tile(symbols: Sequence[int], cols: int, predictor: Predictor) -> list[int]:
    """The weights of a native tile, row-major."""
    weights: list[int] = []
    for place, symbol in enumerate(symbols):
        weights.append((symbol - 128 + _prediction(weights, place, cols, predictor)) % 256)
    return weights


def predict(
    weight_at: WeightAt, cols: int, place: Rectangle, predictor: Predictor, row: int, col: int
) -> int:
    """The prediction of the weight at (row, col) of a tile in the per-tile layout.

    Args:
        weight_at: gives the weight at a row and a column of the matrix; asked only for weights that
            are coded before this one.
        cols: columns of the matrix.
        place: where the tile lies.
        predictor: the tile's.
        row, col: within the tile.
    """
    if predictor is Predictor.TOP:
        above = place.row + row - 1
        return weight_at(above, place.col + col) if above >= 0 else 0
    if col > 0:
        return weight_at(place.row + row, place.col + col - 1)
    if place.col == 0:
        return 0
    # The original's slip, which must be followed: `row` is added without the row stride.
    return weight_at(*divmod(place.row * cols + place.col - 1 + row, cols))


def differenced_symbols(matrix: Matrix, place: Rectangle, predictor: Predictor) -> list[int]:
    """The symbols of a tile in the per-tile layout."""

    def weight_at(row: int, col: int) -> int:
        return matrix[row][col]

    symbols, before = [], 0
    for row in range(place.rows):
        for col in range(place.cols):
            weight = matrix[place.row + row][place.col + col]
            expected = predict(weight_at, len(matrix[0]), place, predictor, row, col)
            residual = (weight - expected) % 256
            symbols.append((residual - before + 128) % 256)
            before = residual
    return symbols


def undo_differenced(
    symbols: Sequence[int], place: Rectangle, predictor: Predictor, cols: int, outside: WeightAt
) -> list[int]:
    """The weights of a tile in the per-tile layout, row-major.

    Args:
        symbols: of the tile.
        place: where it lies in the matrix.
        predictor: the tile's.
        cols: columns of the matrix.
        outside: gives the weight at a row and a column of the matrix outside the tile.
    """
    tile: list[int] = []

    def weight_at(row: int, col: int) -> int:
        down, across = row - place.row, col - place.col
        if 0 <= down < place.rows and 0 <= across < place.cols:
            return tile[down * place.cols + across]
        return outside(row, col)

    residual = 0
    for index, symbol in enumerate(symbols):
        residual = (residual + symbol - 128) % 256
        row, col = divmod(index, place.cols)
        tile.append((residual + predict(weight_at, cols, place, predictor, row, col)) % 256)
    return tile
