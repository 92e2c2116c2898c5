"""The prediction rules of both layouts, one weight at a time: the judge of the fast versions.

See `prediction` for the rules. Weights here are Python integers in 0…255, the int8 value modulo 256.
"""

from __future__ import annotations

from collections.abc import Sequence

from codec.container import Predictor, Rectangle

Matrix = Sequence[Sequence[int]]


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


def predict(matrix: Matrix, place: Rectangle, predictor: Predictor, row: int, col: int) -> int:
    """The prediction of the weight at (row, col) of a tile in the per-tile layout.

    `matrix` must hold the weights before it; the ones not yet known are not read in sound order.
    """
    if predictor is Predictor.TOP:
        above = place.row + row - 1
        return matrix[above][place.col + col] if above >= 0 else 0
    if col > 0:
        return matrix[place.row + row][place.col + col - 1]
    if place.col == 0:
        return 0
    cols = len(matrix[0])
    # The original's slip, which must be followed: `row` is added without the row stride.
    position = place.row * cols + place.col - 1 + row
    return matrix[position // cols][position % cols]


def differenced_symbols(matrix: Matrix, place: Rectangle, predictor: Predictor) -> list[int]:
    """The symbols of a tile in the per-tile layout."""
    symbols, before = [], 0
    for row in range(place.rows):
        for col in range(place.cols):
            weight = matrix[place.row + row][place.col + col]
            residual = (weight - predict(matrix, place, predictor, row, col)) % 256
            symbols.append((residual - before + 128) % 256)
            before = residual
    return symbols


def undo_differenced(
    symbols: Sequence[int], matrix: list[list[int]], place: Rectangle, predictor: Predictor
) -> None:
    """Writes the weights of a tile in the per-tile layout into `matrix`."""
    residual = 0
    for index, symbol in enumerate(symbols):
        row, col = divmod(index, place.cols)
        residual = (residual + symbol - 128) % 256
        weight = (residual + predict(matrix, place, predictor, row, col)) % 256
        matrix[place.row + row][place.col + col] = weight
