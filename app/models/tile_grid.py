"""Which tile stands where in the grid: the index of a broken file may name places twice, or none."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from codec.container import Tensor

MOST_PLACES = 1 << 22
"""Places of a grid up to which an array of them is made; headers may claim any number."""

MOST_ELONGATED = 4
"""How many times as long as wide a place is drawn at most: a tile of one row would be a line."""

UNITS = 16
"""Units of the longer side of a place that is drawn; the shorter one has a whole number of them."""

NO_TILE = -1
"""Marks a place that no tile claims."""


class TileGrid:
    """The tiles of one tensor by their places.

    Attributes:
        rows, cols: places down and across.
        claims: int64[n], the tiles that name a place inside the grid, by place, then by number.
        outside: int64[m], the tiles that name a place outside.
        shape: height and width of a place, as they are drawn: about those of a tile, see `drawn_shape`.
    """

    def __init__(self, tensor: Tensor) -> None:
        self.rows, self.cols = tensor.grid_rows, tensor.grid_cols
        # A matrix of one row has no tile of more, whatever its header says.
        self.shape = drawn_shape(
            min(tensor.tile_rows, tensor.rows), min(tensor.tile_cols, tensor.cols)
        )
        self._row = tensor.tiles["row"].astype(np.int64)
        self._col = tensor.tiles["col"].astype(np.int64)
        inside = (self._row < self.rows) & (self._col < self.cols)
        self.outside: NDArray[np.int64] = np.flatnonzero(~inside)
        # Rows and columns of tiles have 32 bits at most, and those inside fit the grid: no overflow.
        places = self._row * self.cols + self._col
        tiles = np.flatnonzero(inside)
        self.claims: NDArray[np.int64] = tiles[np.argsort(places[tiles], kind="stable")]
        self._places = places[self.claims]

    @cached_property
    def first(self) -> NDArray[np.bool_]:
        """bool[n]: whether each tile is the first to claim its place; that one is shown there."""
        shown = np.zeros(len(self._row), dtype=np.bool_)
        _, starts = np.unique(self._places, return_index=True)
        shown[self.claims[starts]] = True
        return shown

    @property
    def places(self) -> int:
        """Places of the grid."""
        return self.rows * self.cols

    @property
    def drawable(self) -> bool:
        """Whether the grid is small enough for an array of its places."""
        return 0 < self.places <= MOST_PLACES

    @property
    def repeated(self) -> int:
        """Tiles inside the grid whose place an earlier tile has claimed."""
        return len(self.claims) - int(self.first.sum())

    @property
    def missing(self) -> int:
        """Places that no tile claims."""
        return self.places - int(self.first.sum())

    def place(self, tile: int) -> tuple[int, int]:
        """Row and column that the tile names; they may lie outside the grid."""
        return int(self._row[tile]), int(self._col[tile])

    def places_inside(self, tiles: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64[k, 2]: row and column of those of some tiles that name a place inside the grid."""
        places = np.stack([self._row[tiles], self._col[tiles]], axis=1)
        return places[(places < (self.rows, self.cols)).all(axis=1)]

    def at(self, row: int, col: int) -> list[int]:
        """All tiles that claim a place, by number."""
        begin, end = np.searchsorted(self._places, [place := row * self.cols + col, place + 1])
        return [int(tile) for tile in self.claims[begin:end]]

    def tiles_at(self, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64[...]: the first tile at each of some places inside the grid; NO_TILE where none is."""
        wanted = rows * self.cols + cols
        found = np.searchsorted(self._places, wanted)
        known = np.append(self._places, -1)[found] == wanted
        return np.where(known, np.append(self.claims, NO_TILE)[found], NO_TILE)

    @cached_property
    def picture(self) -> NDArray[np.int64]:
        """int64[rows, cols]: the first tile at every place; only of a grid that is `drawable`."""
        if not self.drawable:
            raise ValueError(f"a grid of {self.places:,} places is not drawn")
        places = np.full(self.places, NO_TILE, dtype=np.int64)
        shown = self.claims[self.first[self.claims]]
        places[self._row[shown] * self.cols + self._col[shown]] = shown
        return places.reshape(self.rows, self.cols)

    def step(self, tile: int, down: int, across: int) -> int | None:
        """The tile shown at the next claimed place in a direction; None where there is none."""
        row, col = self.place(tile)
        shown = np.flatnonzero(self.first)
        rows, cols = self._row[shown], self._col[shown]
        if down:
            ahead, way = cols == col, (rows - row) * down
        else:
            ahead, way = rows == row, (cols - col) * across
        ahead &= way > 0
        if not ahead.any():
            return None
        return int(shown[ahead][np.argmin(way[ahead])])


def drawn_shape(rows: int, cols: int) -> tuple[int, int]:
    """Height and width, in units, of the rectangle that stands for a tile of so many rows and columns.

    The longer side has UNITS of them, the shorter one at least a share of MOST_ELONGATED.
    """
    longer = max(rows, cols, 1)
    least = UNITS // MOST_ELONGATED
    height, width = (max(least, (UNITS * side + longer // 2) // longer) for side in (rows, cols))
    return height, width
