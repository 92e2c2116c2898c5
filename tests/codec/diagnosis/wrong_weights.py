"""The back half of the faulty decoder: from the symbols of a tile to its weights.

The rules of the three layouts are written out one weight at a time, with a switch for each mistake.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Prediction, Predictor, Rectangle, Tensor
from tests.codec.diagnosis.slips import Slips

Values = Any
"""i64[any]: sums that may not be cut to int8 yet."""

LAYOUT, NOTHING, ABOVE, ACROSS, BEFORE = range(5)
ROW_STARTS = {"": LAYOUT, "nothing": NOTHING, "above": ABOVE, "across": ACROSS, "before": BEFORE}
"""What predicts a row's first weight: as the layout has it, 0, the weight above, the one at the flat position
before it in the whole matrix, the last of the row before."""
WRAP, EACH, END = range(3)
SUMS = {"": WRAP, "each": EACH, "end": END}


@numba.njit(cache=True)
def _put(value, sums):
    """What an int8 variable holds after a sum was put into it."""
    if sums == EACH:
        return min(max(value, -128), 127)
    if sums == END:
        return value
    return (value + 128) % 256 - 128


@numba.njit(cache=True)
def _as_int8(value, sums):
    return min(max(value, -128), 127) if sums != WRAP else value


@numba.njit(cache=True)
def _memory_at(memory, at):
    """What stands at a flat position of the matrix by now."""
    return memory[at] if 0 <= at < len(memory) else 0


@numba.njit(cache=True)
def undo_left(steps, cols, memory, place, row_start, sums):
    """A tile of the batched or native layout: each weight is the one before it and a step.

    Args:
        steps: i64[n], symbols without their bias.
        cols: of the tile; `place`: flat position of the tile's first weight, columns of the matrix.
        memory: i64[any], the matrix so far.
    """
    found = np.zeros(len(steps), dtype=np.int64)
    for i in range(len(steps)):
        before = found[i - 1] if i > 0 else 0
        row = i // cols
        if i % cols == 0 and row_start != LAYOUT:
            if row_start == NOTHING:
                before = 0
            elif row_start == ABOVE:
                before = found[i - cols] if row > 0 else 0
            elif row_start == ACROSS:
                before = _memory_at(memory, place[0] + row * place[1] - 1)
        found[i] = _put(before + steps[i], sums)
    for i in range(len(steps)):
        found[i] = _as_int8(found[i], sums)
    return found


@numba.njit(cache=True)
def undo_top(steps, cols, memory, place, row_start, sums):
    """A tile of the batched or native layout, each weight predicted by the one above."""
    found = np.zeros(len(steps), dtype=np.int64)
    for i in range(len(steps)):
        above = found[i - cols] if i >= cols else 0
        if i < cols and row_start == ACROSS:
            above = _memory_at(memory, place[0] + i - place[1])
        found[i] = _put(above + steps[i], sums)
    for i in range(len(steps)):
        found[i] = _as_int8(found[i], sums)
    return found


@numba.njit(cache=True)
def undo_difference(steps, cols, restarts, sums):
    """The residuals of a wcdc tile."""
    found = np.zeros(len(steps), dtype=np.int64)
    for i in range(len(steps)):
        before = found[i - 1] if i > 0 and not (restarts and i % cols == 0) else 0
        found[i] = _put(before + steps[i], sums)
    return found


@numba.njit(cache=True)
def undo_residuals(residuals, cols, memory, place, left, row_start, sums):
    """The weights of a wcdc tile.

    Args:
        residuals: i64[n].
        cols: of the tile; `place`: row and column of its first weight, columns of the matrix.
        memory: i64[any], the matrix so far.
        left: whether LEFT predicts, else TOP.
    """
    row0, col0, stride = place
    found = np.zeros(len(residuals), dtype=np.int64)
    for i in range(len(residuals)):
        row, col = i // cols, i % cols
        expected = 0
        if left and col > 0:
            expected = found[i - 1]
        elif left and row_start == ABOVE:
            expected = found[i - cols] if row > 0 else 0
        elif left and row_start == BEFORE:
            expected = found[i - 1] if row > 0 else 0
        elif left and row_start == ACROSS:
            expected = _memory_at(memory, (row0 + row) * stride + col0 - 1) if col0 > 0 else 0
        elif left and row_start == LAYOUT and col0 > 0:
            at = row0 * stride + col0 - 1 + row
            inside = at // stride == row0 and col0 <= at % stride < col0 + cols
            expected = found[at % stride - col0] if inside else _memory_at(memory, at)
        elif not left and row > 0:
            expected = found[i - cols]
        elif not left and row0 > 0 and row_start != NOTHING:
            expected = _memory_at(memory, (row0 - 1) * stride + col0 + col)
        found[i] = _put(expected + residuals[i], sums)
    for i in range(len(residuals)):
        found[i] = _as_int8(found[i], sums)
    return found


def in_order(symbols: NDArray[np.uint8], cols: int, slips: Slips) -> NDArray[np.uint8]:
    """The symbols as the faulty decoder lays them into a tile."""
    match slips.order:
        case "reversed":
            return symbols[::-1]
        case "rows reversed":
            return symbols.reshape(-1, cols)[:, ::-1].reshape(-1)
        case "swapped in pairs":
            whole = len(symbols) // 2 * 2
            pairs = symbols[:whole].reshape(-1, 2)[:, ::-1].reshape(-1)
            return np.concatenate([pairs, symbols[whole:]])
    return symbols


def weights_of(
    tensor: Tensor, tile: int, symbols: NDArray[np.uint8], memory: Values, slips: Slips
) -> Values:
    """i64[coded rows, coded cols]: a tile's weights, -128…127.

    Args:
        tensor: the tensor.
        tile: number of one of its tiles.
        symbols: of the tile.
        memory: i64[rows * cols], the matrix so far.
        slips: the mistakes.
    """
    place, shape = tensor.rectangle(tile), tensor.coded_shape(tile)
    coded = tensor.coding(tile) is Coding.RANS
    steps = in_order(symbols, shape[1], slips if coded else Slips()).astype(np.int64)
    steps = (steps - (slips.bias if coded else 128)).astype(np.int64)
    if tensor.prediction is Prediction.DIFFERENCED:
        found = _wcdc(tensor, tile, steps, place, memory, slips)
    else:
        found = _single(tensor, tile, steps, place, memory, slips)
    return ((found + 128) % 256 - 128).reshape(shape)


def _single(
    tensor: Tensor, tile: int, steps: Values, place: Rectangle, memory: Values, slips: Slips
) -> Values:
    predictor = tensor.predictor(tile)
    if predictor is Predictor.NONE or slips.undone or tensor.coding(tile) is not Coding.RANS:
        return steps
    left = (predictor is Predictor.LEFT) != slips.direction
    undo = undo_left if left else undo_top
    corner = (place.row * tensor.cols + place.col, tensor.cols)
    cols = tensor.coded_shape(tile)[1]
    return undo(steps, cols, memory, corner, ROW_STARTS[slips.row_start], SUMS[slips.sums])


def _wcdc(
    tensor: Tensor, tile: int, steps: Values, place: Rectangle, memory: Values, slips: Slips
) -> Values:
    if slips.undone == "nothing":
        return steps
    sums = SUMS[slips.sums]
    residuals = undo_difference(steps, place.cols, slips.row_start == "difference", sums)
    if slips.undone == "difference":
        return residuals
    if slips.undone == "prediction":
        residuals = steps
    left = (tensor.predictor(tile) is Predictor.LEFT) != slips.direction
    corner = (place.row, place.col, tensor.cols)
    rule = ROW_STARTS.get(slips.row_start, LAYOUT)
    return undo_residuals(residuals, place.cols, memory, corner, left, rule, sums)
