"""A decoder with mistakes in it: what comes out of a file when somebody's decoder makes some of `Slips`.

Tile after tile it takes the symbols (`wrong_streams`), undoes the prediction (`wrong_weights`) and writes the
weights into the matrix, which is where this module's mistakes are made. Without slips it is right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.comparison.output import Output, SideKind
from codec.container import Container, Tensor
from tests.codec.diagnosis.slips import NONE, Slips
from tests.codec.diagnosis.wrong_streams import symbols_of
from tests.codec.diagnosis.wrong_weights import weights_of

Matrix = Any
"""An array of any whole numbers, int8[rows, cols] unless it was dumped wrongly."""
PITCH = 64
"""Weights that a padded row is a multiple of."""


def decode(container: Container, tensor: Tensor, slips: Slips = NONE) -> Matrix:
    """integers[rows, cols]: the tensor as the faulty decoder gives it."""
    memory = memory_before(tensor, slips)
    own = np.zeros(tensor.weights, dtype=np.int64)
    for tile in range(len(tensor.tiles)):
        symbols = symbols_of(container, tensor, tile, slips)
        weights = weights_of(tensor, tile, symbols, own if slips.copied else memory, slips)
        if slips.copied:
            _write(tensor, tile, weights, own, NONE)
        _write(tensor, tile, weights, memory, slips)
    return put_out(memory.reshape(tensor.rows, tensor.cols).astype(np.int8), slips)


def output_of(container: Container, tensor: Tensor, slips: Slips = NONE) -> Output:
    """The same as one side of a comparison."""
    return side(decode(container, tensor, slips))


def side(weights: Matrix, title: str = "the decoder under test", **more: Any) -> Output:
    return Output(title, SideKind.DECODER, weights, **more)


def memory_before(tensor: Tensor, slips: Slips) -> NDArray[np.int64]:
    """i64[rows * cols]: what stands in the memory that the decoder writes to."""
    size = tensor.weights
    if slips.memory == "0xCD":
        return np.full(size, 0xCD - 256, dtype=np.int64)
    if slips.memory == "rubbish":
        return np.random.default_rng(99).integers(-128, 128, size)
    return np.zeros(size, dtype=np.int64)


def grid_place(tensor: Tensor, tile: int, slips: Slips) -> tuple[int, int]:
    """Row and column of the grid that a tile is written to."""
    row, col = int(tensor.tiles["row"][tile]), int(tensor.tiles["col"][tile])
    count = len(tensor.tiles)
    number = {
        "swapped": {0: 1, 1: 0}.get(tile, tile),
        "ends swapped": {0: count - 1, count - 1: 0}.get(tile, tile),
        "shifted": tile + 1,
        "shifted round": (tile + 1) % count,
        "shifted back": tile - 1,
    }.get(slips.place, tile)
    match slips.place:
        case "transposed":
            return col, row
        case "column by column":
            return tile % tensor.grid_rows, tile // tensor.grid_rows
        case "shifted right":
            return row, col + 1
    return divmod(number, tensor.grid_cols) if number >= 0 else (tensor.grid_rows, 0)


def _inside(
    tensor: Tensor, tile: int, shape: tuple[int, int], slips: Slips
) -> tuple[Matrix, Matrix]:
    """i64[n], i64[n]: the row and column within the tile that each of its weights is written to."""
    width = {"whole width": tensor.tile_cols, "cut width": tensor.rectangle(tile).cols}
    number = np.arange(shape[0] * shape[1])
    row, col = np.divmod(number, width.get(slips.tile, shape[1]))
    if slips.tile == "transposed":
        return col, row
    if slips.tile == "upside down":
        return shape[0] - 1 - row, col
    return row, col


def _wanted(
    tensor: Tensor, row: Matrix, col: Matrix, corner: tuple[int, int], slips: Slips
) -> Matrix:
    """bool[n]: which weights of a tile the decoder takes to lie inside the matrix."""
    down, across = row + corner[0], col + corner[1]
    match slips.clip:
        case "none":
            return down * tensor.cols + across < tensor.weights
        case "limits exchanged":
            rows = min(tensor.tile_rows, tensor.cols - corner[1])
            cols = min(tensor.tile_cols, tensor.rows - corner[0])
            return (row < rows) & (col < cols)
        case "row by cols":
            return (down < min(tensor.rows, tensor.cols)) & (across < tensor.cols)
        case "bounds exchanged":
            return (down < tensor.cols) & (across < tensor.rows)
        case "one row short":
            return (down < tensor.rows - 1) & (across < tensor.cols)
        case "one column short":
            return (down < tensor.rows) & (across < tensor.cols - 1)
        case "whole tiles alone":
            whole_rows, whole_cols = (
                tensor.rows // tensor.tile_rows,
                tensor.cols // tensor.tile_cols,
            )
            return (down < whole_rows * tensor.tile_rows) & (across < whole_cols * tensor.tile_cols)
    return (down < tensor.rows) & (across < tensor.cols)


class Written(NamedTuple):
    """The weights of a tile as they are about to be written.

    Attributes:
        tensor, tile: whose they are.
        row, col: i64[n], where each goes in the matrix.
        number: i64[n], its number in the tile.
    """

    tensor: Tensor
    tile: int
    row: Matrix
    col: Matrix
    number: Matrix

    @property
    def in_middle_tile(self) -> Matrix:
        return np.full(len(self.number), self.tile == len(self.tensor.tiles) // 2)

    @property
    def flat(self) -> Matrix:
        return self.row * self.tensor.cols + self.col


SKIPPED: dict[str, Callable[[Written], Matrix]] = {
    "rows": lambda at: at.row >= at.tensor.rows * 2 // 3,
    "columns": lambda at: at.col >= at.tensor.cols * 2 // 3,
    "a row": lambda at: at.row == at.tensor.rows // 2,
    "a column": lambda at: at.col == at.tensor.cols // 2,
    "every 32nd row": lambda at: at.row % 32 == 31,
    "every 4th column": lambda at: at.col % 4 == 3,
    "a tile": lambda at: at.in_middle_tile,
    "last tile": lambda at: np.full(len(at.number), at.tile == len(at.tensor.tiles) - 1),
    "tail of a tile": lambda at: (at.number >= len(at.number) * 4 // 5) & at.in_middle_tile,
    "tail of every tile": lambda at: at.number >= len(at.number) // 100 * 100,
    "tail of the matrix": lambda at: at.flat >= at.tensor.weights * 4 // 5 + 3,
    "head of the matrix": lambda at: at.flat < at.tensor.weights // 7,
}
"""Which weights of a tile are never written, bool[n]."""


def _write(
    tensor: Tensor, tile: int, weights: NDArray[np.int64], memory: NDArray[np.int64], slips: Slips
) -> None:
    """Writes a tile's weights into the matrix, later ones over earlier ones."""
    grid_row, grid_col = grid_place(tensor, tile, slips)
    if grid_row >= tensor.grid_rows or grid_col >= tensor.grid_cols:
        return
    corner = grid_row * tensor.tile_rows, grid_col * tensor.tile_cols
    row, col = _inside(tensor, tile, (weights.shape[0], weights.shape[1]), slips)
    stride = {
        "tile": tensor.tile_cols,
        "padded": tensor.grid_cols * tensor.tile_cols,
        "pitch": -(-tensor.cols // PITCH) * PITCH,
        "rows": tensor.rows,
    }.get(slips.stride, tensor.cols)
    down, across = row + corner[0], col + corner[1]
    flat = down * stride + across
    wanted = _wanted(tensor, row, col, corner, slips) & (flat < tensor.weights)
    if slips.skipped:
        at = Written(tensor, tile, down, across, np.arange(len(flat)))
        wanted &= ~SKIPPED[slips.skipped](at)
    memory[flat[wanted]] = weights.reshape(-1)[wanted]


def put_out(weights: NDArray[np.int8], slips: Slips) -> Matrix:
    """The weights as they are read back from what the decoder dumped."""
    match slips.dump:
        case "unsigned":
            return weights.view(np.uint8)
        case "plus 128":
            return (weights.astype(np.int16) + 128).astype(np.uint8)
        case "sign bit":
            return (weights.view(np.uint8) ^ np.uint8(128)).view(np.int8)
        case "big-endian":
            return weights.astype(">i2").view("<i2").astype(np.int16)
        case "big-endian 32":
            return weights.astype(">i4").view("<i4").astype(np.int32)
        case "wide":
            wide = weights.astype("<i2").reshape(-1).view(np.int8)
            return wide[: weights.size].reshape(weights.shape)
        case "wide 32":
            wide = weights.astype("<i4").reshape(-1).view(np.int8)
            return wide[: weights.size].reshape(weights.shape)
        case "magnitude":
            return np.where(weights < 0, -128 - weights.astype(np.int16), weights).astype(np.int8)
    return weights
