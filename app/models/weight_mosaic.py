"""The decoded weights of a tensor as a picture at any scale, put together from the tiles that are known.

It says which tiles are wanted for what is in sight, takes them in as they come, and answers for every cell
what is known of it. `weight_stores` keep the picture itself.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from app.models.downsample import Statistic
from app.models.tile_grid import TileGrid
from app.models.weight_pages import CODES, FAILED, UNKNOWN, Codes, Ints, Page, Region, State
from app.models.weight_stores import Detail, Look, Overview, PageStore
from codec.container import Tensor
from codec.decoders.base import DecodedTile
from codec.decoders.streams import Status


class WeightMosaic:
    """The picture of one tensor.

    Attributes:
        tensor: whose weights they are.
        grid: its tiles by place.
        failures: why each failed tile failed, as a few words.
    """

    def __init__(self, tensor: Tensor, look: Look, statistic: Statistic = Statistic.MEAN) -> None:
        """Starts with no tile known.

        Args:
            tensor: the matrix.
            look: gives a decoded tile, or None; it may forget tiles.
            statistic: what stands for a block of weights.
        """
        self.tensor = tensor
        self.grid = TileGrid(tensor)
        self.failures: dict[int, str] = {}
        self._look = look
        self._row = tensor.tiles["row"].astype(np.int64) * tensor.tile_rows
        self._col = tensor.tiles["col"].astype(np.int64) * tensor.tile_cols
        # One more at the end, so that TileGrid's NO_TILE, -1, finds it.
        self._states = np.zeros(len(tensor.tiles) + 1, dtype=np.uint8)
        self._states[-1] = State.MISSING
        self._overview = Overview(tensor, self.grid, self._states, statistic)
        self._store: PageStore = self._overview

    @property
    def statistic(self) -> Statistic:
        """What stands for a block of weights."""
        return self._overview.statistic

    def set_statistic(self, statistic: Statistic) -> None:
        """Lets something else stand for a block of weights."""
        if statistic is self.statistic:
            return
        if self._overview.base_stride > 1:
            self._states[:-1] = State.UNDECODED
            self.failures.clear()
        self._overview.restart(statistic)
        stride, self._store = self._store.stride, self._overview
        self.set_stride(stride)

    def stride_from(self, stride: int) -> int:
        """The smallest stride from `stride` on at which there can be pages."""
        base = self._overview.base_stride
        return stride if stride < base else -(-stride // base) * base

    def set_stride(self, stride: int) -> None:
        """Makes pages at this stride from now on; one that `stride_from` has returned."""
        if stride >= self._overview.base_stride:
            self._overview.set_stride(stride)
            self._store = self._overview
        elif not isinstance(self._store, Detail) or self._store.stride != stride:
            self._store = Detail(self.tensor, self.grid, self._look, stride, self.statistic)

    def add(self, tile: int, decoded: DecodedTile) -> None:
        """Takes in the weights of a tile."""
        status = decoded.stream.status
        if status is not Status.OK:
            self.failures[tile] = decoded.stream.detail or status.word
        self._states[tile] = State.SOUND if status is Status.OK else State.BROKEN
        if self.grid.first[tile]:
            place = self.tensor.rectangle(tile)
            self._overview.put(tile, place, decoded)
            if self._store is not self._overview:
                self._store.put(tile, place, decoded)

    def pages(self, region: Region, seconds: float = math.inf) -> list[Page]:
        """The pages that cover a region of the matrix.

        Args:
            region: the region.
            seconds: how long old pages are brought up to date; those that are left stay `stale`.
        """
        return self._store.pages(region, seconds)

    def tiles_in(self, region: Region) -> Ints:
        """int64[n]: the tiles shown somewhere in a region, by number."""
        tensor = self.tensor
        seen = self.grid.first.copy()
        seen &= (self._row < region.row_end) & (self._row + tensor.tile_rows > region.row)
        seen &= (self._col < region.col_end) & (self._col + tensor.tile_cols > region.col)
        return np.flatnonzero(seen)

    def wanted(self, region: Region, most: int) -> list[int]:
        """The tiles in a region that its pages lack, those nearest to its middle first."""
        tiles = self.tiles_in(region)
        tiles = self._store.lacking(tiles[self._has_cells(tiles)], region)
        row, col = (region.row + region.row_end) / 2, (region.col + region.col_end) / 2
        down = self._row[tiles] + self.tensor.tile_rows / 2 - row
        across = self._col[tiles] + self.tensor.tile_cols / 2 - col
        nearest = np.argsort(down * down + across * across, kind="stable")[:most]
        return [int(tile) for tile in tiles[nearest]]

    def _has_cells(self, tiles: Ints) -> NDArray[np.bool_]:
        """Whether a cell has its first weight in each tile; at a large stride some are skipped."""
        stride, tensor = self._store.stride, self.tensor
        row, col = -(-self._row[tiles] // stride) * stride, -(-self._col[tiles] // stride) * stride
        found: NDArray[np.bool_] = (row < self._row[tiles] + tensor.tile_rows) & (
            col < self._col[tiles] + tensor.tile_cols
        )
        return found

    def failed_in(self, region: Region) -> Ints:
        """int64[n]: the failed tiles in a region."""
        tiles = self.tiles_in(region) if self.failures else np.zeros(0, dtype=np.int64)
        failed: Ints = tiles[self._states[tiles] == State.BROKEN]
        return failed

    def state(self, tile: int) -> State:
        """What is known of a tile."""
        return State(int(self._states[tile]))

    def weight(self, row: int, col: int) -> int | None:
        """The weight at (row, col); None where it is not known (any more)."""
        tile = self.tensor.tile_at(row, col)
        if tile is None:
            return None
        decoded = self._look(tile)
        if decoded is not None and decoded.weights.size:
            place = self.tensor.rectangle(tile)
            return int(decoded.weights[row - place.row, col - place.col])
        if self._overview.base_stride == 1 and self._states[tile] != State.UNDECODED:
            return int(self._overview.base[row, col])
        return None

    def symbol(self, tile: int, place: int) -> int | None:
        """The value of the symbol at a place of a tile; None where it is not known (any more)."""
        decoded = self._look(tile)
        if decoded is None or place >= decoded.stream.decoded:
            return None
        return int(decoded.stream.symbols[place])

    def counts(self, region: Region, seconds: float = math.inf) -> Ints:
        """int64[256]: how many cells in a region show each value from -128 on.

        What failed tiles show does not count, unless there is nothing else; `seconds` as for `pages`.
        """
        counts = np.zeros(CODES, dtype=np.int64)
        for page in self.pages(region, seconds):
            rows, cols = page.part(region)
            part = page.codes[rows.start : rows.stop, cols.start : cols.stop]
            counts += np.bincount(part.reshape(-1), minlength=CODES)
        sound = counts[:256]
        return sound if sound.any() else counts[FAILED:]

    def code(self, row: int, col: int) -> int:
        """The code of the cell that a weight lies in."""
        return int(self.codes(Region(row, row + 1, col, col + 1))[0, 0])

    def codes(self, region: Region) -> Codes:
        """int16[h, w]: the cells of a region."""
        pages, stride = self.pages(region), self._store.stride
        first_row, first_col = region.row // stride, region.col // stride
        height = -(-region.row_end // stride) - first_row
        width = -(-region.col_end // stride) - first_col
        codes = np.full((height, width), UNKNOWN, dtype=np.int16)
        for page in pages:
            rows, cols = page.part(region)
            row, col = page.row + rows.start - first_row, page.col + cols.start - first_col
            codes[row : row + len(rows), col : col + len(cols)] = page.codes[
                rows.start : rows.stop, cols.start : cols.stop
            ]
        return codes
