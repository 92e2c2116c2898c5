"""The one result of comparing two outputs: picture, numbers and verdict all come from it.

Errors are right - left, in wide integers: what was found less what was expected, where the left side is the
reference. Places are counted in two orders: along the matrix, row by row, and in coding order, tile by tile and
within each symbol by symbol, in which the first difference is the one nearest to a decoder's mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.comparison.output import Output
from codec.comparison.wide import errors, unequal
from codec.container import Tensor
from codec.decoders.base import Tick, no_tick
from codec.errors import InputError

LARGEST_ERROR = 255
"""The largest difference of two int8 weights."""

WEIGHTS_AT_ONCE = 1 << 20
"""Weights, or rows, that are looked at in one go while the next difference is sought."""


class Difference(NamedTuple):
    """One weight that differs.

    Attributes:
        tile: that codes it; -1 where no tile of the file does.
        symbol_index: its symbol's place in the tile, row-major; -1 without a tile.
        row, col: in the matrix.
        left, right: its value on both sides.
    """

    tile: int
    symbol_index: int
    row: int
    col: int
    left: int
    right: int


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two outputs of one tensor, and what differs between them.

    Attributes:
        tensor: the tensor.
        left, right: the outputs.
        differing: weights that differ.
        max_abs_error: the largest difference.
        sum_abs_error: all differences together, without their signs.
        histogram: int64[511], how many weights have the error -255 … 255; larger errors count at the ends.
        tile_differing: int64[tiles], weights that differ in each tile, in coding order.
        tile_first: int64[tiles], the first symbol of each tile whose weight differs; -1 where none does.
        uncovered: weights that differ where no tile of the file lies.
        row_differing: u32[rows], weights that differ in each row of the matrix.
        first: the first difference in coding order; one that no tile covers only where there is no other.
    """

    tensor: Tensor
    left: Output
    right: Output
    differing: int
    max_abs_error: int
    sum_abs_error: int
    histogram: NDArray[np.int64]
    tile_differing: NDArray[np.int64]
    tile_first: NDArray[np.int64]
    uncovered: int
    row_differing: NDArray[np.uint32]
    first: Difference | None

    @property
    def equal(self) -> bool:
        """Whether no weight differs."""
        return self.differing == 0

    @property
    def total(self) -> int:
        """Weights compared."""
        return self.tensor.weights

    @property
    def share(self) -> float:
        """The share of the weights that differ."""
        return self.differing / self.total if self.total else 0.0

    @property
    def tiles_differing(self) -> int:
        """Tiles in which some weight differs."""
        return int(np.count_nonzero(self.tile_differing))

    def errors(self, rows: slice, cols: slice) -> NDArray[np.int32]:
        """int32[rows, cols] of a part of the matrix: right - left, cut to what 32 bits hold."""
        return errors(self.left.weights[rows, cols], self.right.weights[rows, cols])

    def differs(self, rows: slice, cols: slice) -> NDArray[np.bool_]:
        """bool[rows, cols] of a part of the matrix: where the sides differ."""
        return unequal(self.left.weights[rows, cols], self.right.weights[rows, cols])

    def difference_at(self, row: int, col: int) -> Difference:
        """Both values at a place of the matrix, differing or not."""
        tile = self.tensor.tile_at(row, col) if len(self.tensor.tiles) else None
        return self._difference(-1 if tile is None else tile, row, col)

    def next_in_matrix(self, row: int, col: int, *, forward: bool = True) -> Difference | None:
        """The next weight that differs behind (or before) a place, row by row; None where none does.

        A place before the first column or behind the last one stands before or behind all of its row.
        """
        cols = self.tensor.cols
        rest = range(max(col + 1, 0), cols) if forward else range(min(col, cols))
        found = self._in_row(row, rest, forward) if 0 <= row < self.tensor.rows else None
        if found is None:
            rows = range(max(row + 1, 0), self.tensor.rows) if forward else range(row)
            other = _sought(rows[: self.tensor.rows], forward, self._rows_differ)
            found = None if other is None else self._in_row(other, range(cols), forward)
        return found

    def next_in_coding_order(
        self, tile: int, symbol_index: int, *, forward: bool = True
    ) -> Difference | None:
        """The next weight that differs behind (or before) a symbol, in coding order; None where none does.

        Only weights that a tile codes stand in that order. Symbol -1 stands before all of its tile.
        """
        tiles = len(self.tensor.tiles)
        found = None
        if 0 <= tile < tiles and self.tile_differing[tile]:
            found = self._in_tile(tile, symbol_index, forward)
        if found is None:
            others = range(max(tile + 1, 0), tiles) if forward else range(min(tile, tiles))
            other = _sought(others, forward, self._tiles_differ)
            if other is not None:
                begin = -1 if forward else self.tensor.symbol_count(other)
                found = self._in_tile(other, begin, forward)
        return found

    def _difference(self, tile: int, row: int, col: int) -> Difference:
        symbol = self.tensor.symbol_at(tile, row, col) if tile >= 0 else -1
        values = (int(side.weights[row, col]) for side in (self.left, self.right))
        return Difference(tile, symbol, row, col, *values)

    def _rows_differ(self, rows: range) -> NDArray[np.bool_]:
        differ: NDArray[np.bool_] = self.row_differing[rows.start : rows.stop] > 0
        return differ

    def _tiles_differ(self, tiles: range) -> NDArray[np.bool_]:
        return self.tile_differing[tiles.start : tiles.stop] > 0

    def _in_row(self, row: int, cols: range, forward: bool) -> Difference | None:
        """The first (or last) difference in some columns of a row."""
        if not self.row_differing[row]:
            return None

        def differ(part: range) -> NDArray[np.bool_]:
            return self.differs(slice(row, row + 1), slice(part.start, part.stop)).reshape(-1)

        col = _sought(cols, forward, differ)
        return None if col is None else self.difference_at(row, col)

    def _in_tile(self, tile: int, symbol: int, forward: bool) -> Difference | None:
        """The next difference behind (or before) a symbol of a tile."""
        place = self.tensor.rectangle(tile)
        row, col = divmod(symbol, self.tensor.coded_shape(tile)[1])
        # In the rectangle alone: a symbol of the padding stands behind the last weight of its row.
        begin = row * place.cols + (min(col + 1, place.cols) if forward else min(col, place.cols))
        rest = range(max(begin, 0), place.size) if forward else range(min(begin, place.size))

        def differ(part: range) -> NDArray[np.bool_]:
            rows = range(part.start // place.cols, -(-part.stop // place.cols))
            down = slice(place.row + rows.start, place.row + rows.stop)
            found = self.differs(down, slice(place.col, place.col + place.cols)).reshape(-1)
            skipped = rows.start * place.cols
            return found[part.start - skipped : part.stop - skipped]

        at = _sought(rest, forward, differ)
        if at is None:
            return None
        return self._difference(tile, place.row + at // place.cols, place.col + at % place.cols)


def _sought(
    places: range, forward: bool, holds: Callable[[range], NDArray[np.bool_]]
) -> int | None:
    """The first (or last) place that something holds for; it is asked about runs of places, the nearest first."""
    ahead = places if forward else places[::-1]
    for begin in range(0, len(places), WEIGHTS_AT_ONCE):
        run = ahead[begin : begin + WEIGHTS_AT_ONCE]
        run = run if forward else run[::-1]
        found = holds(run)
        if found.any():
            at = found.argmax() if forward else len(found) - 1 - found[::-1].argmax()
            return run.start + int(at)
    return None


def compare(tensor: Tensor, left: Output, right: Output, tick: Tick = no_tick) -> Comparison:
    """Holds two outputs of a tensor against each other.

    Args:
        tensor: the tensor; both outputs have its shape.
        left: what was expected, where one of them is.
        right: what was found.
        tick: told (rows done, rows in all).

    Raises:
        InputError: an output has another shape, or holds no integers.
        Cancelled: `tick` says so.
    """
    # Imported only now: numba takes most of a second to load, and what looks at a comparison has no need of it.
    from codec.comparison.counting import Grid, count

    for side in (left, right):
        _require_fitting(tensor, side)
    shape = tensor.rows, tensor.cols
    grid = Grid.of(shape, (tensor.tile_rows, tensor.tile_cols))
    tally = count(left.weights, right.weights, grid, tick)
    tiles, places = _places(tensor, grid.across, len(tally.differing))
    by_tile = np.zeros(len(tensor.tiles), dtype=np.int64)
    by_tile[tiles] = tally.differing[places]
    covered = np.zeros(len(tally.differing), dtype=np.bool_)
    covered[places] = True
    first = np.full(len(tensor.tiles), -1, dtype=np.int64)
    first[tiles] = _symbols(tensor, tiles, tally.first[places], grid.tile_cols)
    found = Comparison(
        tensor, left, right, int(tally.differing.sum()), tally.max_abs_error, tally.sum_abs_error,
        tally.histogram, by_tile, first, int(tally.differing[~covered].sum()), tally.rows, None,
    )  # fmt: skip
    in_tile = found.next_in_coding_order(0, -1)
    return replace(found, first=in_tile or found.next_in_matrix(0, -1))


def _require_fitting(tensor: Tensor, side: Output) -> None:
    """Raises InputError where a side cannot be compared at all."""
    shape = side.weights.shape
    if shape != (tensor.rows, tensor.cols):
        found = "×".join(f"{n:,}" for n in shape)
        raise InputError(
            f"{side.title} holds {found} weights, and {tensor.name} has {tensor.rows:,}×{tensor.cols:,}"
        )
    if side.weights.dtype.kind not in "iu":
        raise InputError(
            f"{side.title} holds {side.weights.dtype}, and integers alone are compared"
        )


def _places(
    tensor: Tensor, across: int, places: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The tiles that lie in the matrix, and the place of the grid that each fills."""
    row, col = (tensor.tiles[name].astype(np.int64) for name in ("row", "col"))
    inside = np.flatnonzero((row < places // across) & (col < across))
    return inside, row[inside] * across + col[inside]


def _symbols(
    tensor: Tensor, tiles: NDArray[np.int64], at: NDArray[np.int64], cols: int
) -> NDArray[np.int64]:
    """The symbols that code weights of tiles, given as row * `cols` + column within the tile; -1 stays."""
    left = tensor.tiles["col"][tiles].astype(np.int64) * tensor.tile_cols
    widths = np.minimum(tensor.tile_cols, tensor.cols - left)
    coded = np.full_like(widths, tensor.tile_cols) if tensor.padded else widths
    row, col = np.divmod(at, cols)
    return np.where(at < 0, -1, row * coded + col)
