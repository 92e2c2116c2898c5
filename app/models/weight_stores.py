"""The two stores that make the pages of a picture of weights from decoded tiles.

Pages are made only for what is in sight:

- `Overview` keeps the whole tensor, at such a stride that it fits `OVERVIEW_CELLS`: at stride 1, unless the
  layer is very large. It makes pages at all multiples of its stride without asking for a tile twice.
- `Detail` makes pages at smaller strides from decoded tiles. Only a tensor whose overview is coarser
  than stride 1 needs it.
"""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.models.downsample import Statistic, Weights, downsample
from app.models.tile_grid import TileGrid
from app.models.weight_pages import BIAS, FAILED, NOWHERE, UNKNOWN, Codes, Ints, Page, Region, State
from codec.container import Rectangle, Tensor
from codec.decoders.base import DecodedTile
from codec.decoders.streams import Status

PAGE = 256
"""Cells along the side of a page."""

PAGES = 128
"""Pages that are kept where fewer are in sight: 16 MiB of codes."""

OVERVIEW_CELLS = 1 << 24
"""Cells that the overview has at most."""

Look = Callable[[int], DecodedTile | None]
"""Gives a decoded tile, or None where it is not at hand."""


class PageStore(ABC):
    """Makes and keeps pages of one stride."""

    def __init__(self, tensor: Tensor, grid: TileGrid, stride: int, statistic: Statistic) -> None:
        self.tensor = tensor
        self.grid = grid
        self.stride = stride
        self.statistic = statistic
        self._pages: OrderedDict[tuple[int, int], Page] = OrderedDict()

    @abstractmethod
    def put(self, tile: int, place: Rectangle, decoded: DecodedTile) -> None:
        """Takes in a tile."""

    @abstractmethod
    def lacking(self, tiles: Ints, region: Region) -> Ints:
        """Those of some tiles in a region that must be decoded to complete its pages."""

    @abstractmethod
    def _fill(self, page: Page) -> None:
        """Makes the codes of a page anew."""

    def pages(self, region: Region, seconds: float = math.inf) -> list[Page]:
        """The pages that cover a region of the matrix.

        Args:
            region: the region.
            seconds: how long old pages are brought up to date; those that are left stay `stale`.
        """
        span = self.stride * PAGE
        found = [
            self._page(row, col)
            for row in range(region.row // span, -(-region.row_end // span))
            for col in range(region.col // span, -(-region.col_end // span))
        ]
        while len(self._pages) > max(PAGES, len(found)):
            self._pages.popitem(last=False)
        until = time.perf_counter() + seconds
        # The page that has changed least has waited longest; what was never made comes first.
        for page in sorted((page for page in found if page.stale), key=lambda page: page.version):
            if page.version == 0 or time.perf_counter() < until:
                self._refresh(page)
        return found

    def _refresh(self, page: Page) -> None:
        page.stale = False
        self._fill(page)
        page.changed()

    def _page(self, row: int, col: int) -> Page:
        page = self._pages.get((row, col))
        if page is None:
            rows = min(PAGE, -(-self.tensor.rows // self.stride) - row * PAGE)
            cols = min(PAGE, -(-self.tensor.cols // self.stride) - col * PAGE)
            blank = np.full((rows, cols), UNKNOWN, dtype=np.int16)
            page = Page(row * PAGE, col * PAGE, blank, self.stride)
            self._pages[row, col] = page
        self._pages.move_to_end((row, col))
        return page

    def _touched(self, place: Rectangle) -> list[Page]:
        """The pages made so far that a rectangle of weights reaches into."""
        span = self.stride * PAGE
        rows = range(place.row // span, -(-(place.row + place.rows) // span))
        cols = range(place.col // span, -(-(place.col + place.cols) // span))
        if len(rows) * len(cols) > len(self._pages):
            return [p for (row, col), p in self._pages.items() if row in rows and col in cols]
        found = (self._pages.get((row, col)) for row in rows for col in cols)
        return [page for page in found if page is not None]


class Overview(PageStore):
    """The whole tensor at one stride, from which pages at its multiples are made."""

    def __init__(
        self, tensor: Tensor, grid: TileGrid, states: NDArray[np.uint8], statistic: Statistic
    ) -> None:
        self.base_stride = _base_stride(tensor)
        super().__init__(tensor, grid, self.base_stride, statistic)
        rows, cols = (-(-length // self.base_stride) for length in (tensor.rows, tensor.cols))
        self.base: Weights = np.zeros((rows, cols), dtype=np.int8)
        self._states = states

    def set_stride(self, stride: int) -> None:
        """Makes pages at a multiple of the base stride."""
        if stride != self.stride:
            self.stride = stride
            self._pages.clear()

    def restart(self, statistic: Statistic) -> None:
        """Forgets all that depends on the statistic."""
        self.statistic = statistic
        self._pages.clear()

    def put(self, tile: int, place: Rectangle, decoded: DecodedTile) -> None:
        """Takes in a tile."""
        _put(self.base, (0, 0), place, decoded.weights, self.base_stride, self.statistic)
        for page in self._touched(place):
            page.stale = True

    def lacking(self, tiles: Ints, region: Region) -> Ints:
        """The tiles that were never decoded."""
        undecoded: Ints = tiles[self._states[tiles] == State.UNDECODED]
        return undecoded

    def _fill(self, page: Page) -> None:
        factor = self.stride // self.base_stride
        height, width = page.codes.shape
        rows = slice(page.row * factor, (page.row + height) * factor)
        cols = slice(page.col * factor, (page.col + width) * factor)
        values = downsample(self.base[rows, cols], factor, self.statistic)
        page.codes[...] = _coded(values, _cell_states(self, page, self._states))


class Detail(PageStore):
    """Pages finer than the overview, each made of the decoded tiles that it covers."""

    def __init__(
        self, tensor: Tensor, grid: TileGrid, look: Look, stride: int, statistic: Statistic
    ) -> None:
        super().__init__(tensor, grid, stride, statistic)
        self._look = look

    def put(self, tile: int, place: Rectangle, decoded: DecodedTile) -> None:
        """Takes in a tile."""
        for page in self._touched(place):
            self._put(page, tile, place, decoded)
            page.changed()

    def lacking(self, tiles: Ints, region: Region) -> Ints:
        """The tiles that are not in all of their pages."""
        pages = self.pages(region)
        span, missing = self.stride * PAGE, []
        by_place = {(page.row // PAGE, page.col // PAGE): page for page in pages}
        for tile in tiles.tolist():
            place = self.tensor.rectangle(tile)
            rows = range(place.row // span, -(-(place.row + place.rows) // span))
            cols = range(place.col // span, -(-(place.col + place.cols) // span))
            touched = (by_place.get((row, col)) for row in rows for col in cols)
            if any(page is not None and tile not in page.tiles for page in touched):
                missing.append(tile)
        return np.array(missing, dtype=np.int64)

    def _fill(self, page: Page) -> None:
        """Fills a page with the tiles that are at hand; the others come by `put`."""
        states = np.zeros(len(self.tensor.tiles) + 1, dtype=np.uint8)
        states[-1] = State.MISSING
        blank = np.zeros(page.codes.shape, dtype=np.int8)
        page.codes[...] = _coded(blank, _cell_states(self, page, states))
        for tile in _tiles_of(self, page):
            decoded = self._look(tile)
            if decoded is not None:
                self._put(page, tile, self.tensor.rectangle(tile), decoded)

    def _put(self, page: Page, tile: int, place: Rectangle, decoded: DecodedTile) -> None:
        page.tiles.add(tile)
        origin = page.row, page.col
        shift = BIAS if decoded.stream.status is Status.OK else BIAS + FAILED
        _put(page.codes, origin, place, decoded.weights, self.stride, self.statistic, shift)


def _base_stride(tensor: Tensor) -> int:
    """The smallest power of two at which the tensor takes no more than OVERVIEW_CELLS."""
    stride = 1
    while -(-tensor.rows // stride) * -(-tensor.cols // stride) > OVERVIEW_CELLS:
        stride *= 2
    return stride


def _put(
    target: NDArray[np.integer],
    origin: tuple[int, int],
    place: Rectangle,
    weights: Weights,
    stride: int,
    statistic: Statistic,
    shift: int = 0,
) -> None:
    """Writes a tile's values, plus `shift`, to those cells of `target` whose first weight is the tile's.

    Args:
        target: cells; the first stands at `origin`, counted in cells of `stride`.
        origin: row and column.
        place: the part of the matrix that the tile fills.
        weights: int8[place.rows, place.cols].
        stride: weights along the side of a cell.
        statistic: what stands for a block.
        shift: added to each value.
    """
    rows = _overlap(place.row, place.rows, origin[0], target.shape[0], stride)
    cols = _overlap(place.col, place.cols, origin[1], target.shape[1], stride)
    if not (weights.size and rows and cols):
        return
    part = weights[
        rows.start * stride - place.row : rows.stop * stride - place.row,
        cols.start * stride - place.col : cols.stop * stride - place.col,
    ]
    values = downsample(part, stride, statistic)
    rows_in = slice(rows.start - origin[0], rows.stop - origin[0])
    cols_in = slice(cols.start - origin[1], cols.stop - origin[1])
    np.add(values, shift, out=target[rows_in, cols_in], dtype=target.dtype, casting="unsafe")


def _overlap(begin: int, length: int, origin: int, cells: int, stride: int) -> range:
    """The cells whose first weight lies in [begin, begin + length), of those from `origin` on."""
    first, end = -(-begin // stride), -(-(begin + length) // stride)
    return range(max(first, origin), min(end, origin + cells))


def _coded(values: Weights, states: NDArray[np.uint8]) -> Codes:
    """The codes of cells with these values, in tiles of these states."""
    codes = values.astype(np.int16)
    codes += BIAS
    if (states == State.SOUND).all():
        return codes
    codes[states == State.BROKEN] += FAILED
    codes[states == State.UNDECODED] = UNKNOWN
    codes[states == State.MISSING] = NOWHERE
    return codes


def _grid_lines(store: PageStore, page: Page) -> tuple[Ints, Ints]:
    """int64[h], int64[w]: the row and the column of the tile grid that each cell begins in."""
    tensor, (height, width) = store.tensor, page.codes.shape
    rows = np.arange(page.row, page.row + height, dtype=np.int64) * store.stride
    cols = np.arange(page.col, page.col + width, dtype=np.int64) * store.stride
    return rows // tensor.tile_rows, cols // tensor.tile_cols


def _tiles_of(store: PageStore, page: Page) -> list[int]:
    """The tiles that cells of a page begin in."""
    rows, cols = (np.unique(lines) for lines in _grid_lines(store, page))
    tiles = store.grid.tiles_at(rows[:, np.newaxis], cols[np.newaxis])
    return [int(tile) for tile in tiles[tiles >= 0]]


def _cell_states(store: PageStore, page: Page, states: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """uint8[h, w]: the state of the tile that each cell of a page begins in."""
    lines = [np.unique(lines, return_inverse=True) for lines in _grid_lines(store, page)]
    (rows, row_of), (cols, col_of) = lines
    tiles = store.grid.tiles_at(rows[:, np.newaxis], cols[np.newaxis])
    found = states[tiles]
    if (found == found.flat[0]).all():
        return np.full(page.codes.shape, found.flat[0], dtype=np.uint8)
    return found[row_of][:, col_of]
