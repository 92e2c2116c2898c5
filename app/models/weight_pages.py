"""Pages of a picture of weights, and the two stores that make them from decoded tiles.

A picture cell stands for a block of `stride` × `stride` weights. Its code is 0 to 255 for the values
-128 to 127, `UNKNOWN`, `NOWHERE`, or `FAILED` and more for the same values where they are not to be
trusted. Cells are made page by page, and only for what is in sight:

- `Overview` keeps the whole tensor, at such a stride that it fits `OVERVIEW_CELLS`: at stride 1, unless the
  layer is very large. It makes pages at all multiples of its stride without asking for a tile twice.
- `Detail` makes pages at smaller strides from decoded tiles. Only a tensor whose overview is coarser
  than stride 1 needs it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from app.models.downsample import Statistic, Weights, downsample
from app.models.tile_grid import TileGrid
from codec.container import Rectangle, Tensor
from codec.decoders.base import DecodedTile
from codec.decoders.streams import Status

PAGE = 256
"""Cells along the side of a page."""

PAGES = 128
"""Pages that are kept where fewer are in sight: 16 MiB of codes."""

OVERVIEW_CELLS = 1 << 24
"""Cells that the overview has at most."""

BIAS = 128
"""Code of the value 0."""
UNKNOWN = 256
"""Code of cells whose tile is not decoded yet."""
NOWHERE = 257
"""Code of cells that no tile of the file covers."""
FAILED = 258
"""Code of the value -128 in a tile that failed to decode."""
CODES = FAILED + 256
"""How many codes there are."""

Codes = NDArray[np.int16]
Ints = NDArray[np.int64]
Look = Callable[[int], DecodedTile | None]


class State(IntEnum):
    """What is known of a tile."""

    UNDECODED = 0
    SOUND = 1
    BROKEN = 2
    MISSING = 3


@dataclass(frozen=True, slots=True)
class Region:
    """Rows [row, row_end) and columns [col, col_end) of the matrix."""

    row: int
    row_end: int
    col: int
    col_end: int


@dataclass(eq=False)
class Page:
    """A square of cells.

    Attributes:
        row, col: the first cell, in cells of the page's stride.
        codes: int16[h, w]; smaller than PAGE at the right and lower edge.
        stride: weights along the side of a cell.
        version: counts how often the codes have changed.
        incomplete: whether some cells are not known yet.
        stale: whether a tile has come since the codes were made.
        tiles: the tiles that are in it; kept by `Detail` only.
    """

    row: int
    col: int
    codes: Codes
    stride: int
    version: int = 0
    incomplete: bool = True
    stale: bool = True
    tiles: set[int] = field(default_factory=set)

    def changed(self) -> None:
        """Takes note that there are other codes."""
        self.version += 1
        self.incomplete = bool((self.codes == UNKNOWN).any())

    def part(self, region: Region) -> tuple[range, range]:
        """The rows and the columns of the page that lie in a region of the matrix."""
        rows, cols = self.codes.shape
        return (
            _lines(self.row, rows, region.row, region.row_end, self.stride),
            _lines(self.col, cols, region.col, region.col_end, self.stride),
        )


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

    def pages(self, region: Region) -> list[Page]:
        """The pages that cover a region of the matrix."""
        span = self.stride * PAGE
        found = [
            self._page(row, col)
            for row in range(region.row // span, -(-region.row_end // span))
            for col in range(region.col // span, -(-region.col_end // span))
        ]
        while len(self._pages) > max(PAGES, len(found)):
            self._pages.popitem(last=False)
        return found

    def _page(self, row: int, col: int) -> Page:
        page = self._pages.get((row, col))
        if page is None:
            rows = min(PAGE, -(-self.tensor.rows // self.stride) - row * PAGE)
            cols = min(PAGE, -(-self.tensor.cols // self.stride) - col * PAGE)
            blank = np.full((rows, cols), UNKNOWN, dtype=np.int16)
            page = Page(row * PAGE, col * PAGE, blank, self.stride)
            self._pages[row, col] = page
        self._pages.move_to_end((row, col))
        if page.stale:
            page.stale = False
            self._fill(page)
            page.changed()
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

    def put(self, tile: int, place: Rectangle, decoded: DecodedTile) -> None:  # noqa: ARG002
        """Takes in a tile."""
        _put(self.base, (0, 0), place, decoded.weights, self.base_stride, self.statistic)
        for page in self._touched(place):
            page.stale = True

    def lacking(self, tiles: Ints, region: Region) -> Ints:  # noqa: ARG002
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


def _lines(origin: int, cells: int, begin: int, end: int, stride: int) -> range:
    """The cells of a page, counted from its own first, that weights [begin, end) lie in."""
    return range(max(0, begin // stride - origin), min(cells, -(-end // stride) - origin))


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
