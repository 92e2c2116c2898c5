"""Pages of cells for the pictures of a comparison, made only of what is in sight, a few at a time.

All pictures of a comparison share them: a page holds both values and the error of each cell, from which each
picture takes what it shows. A layer of 60 million weights is never looked at as a whole while somebody waits.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.models.comparison_blocks import Blocks, Values, blocks, reduced, shares_of
from app.models.weight_pages import Region
from codec.comparison.comparison import Comparison
from codec.comparison.output import Output

LARGEST_PAGE = 256
"""Cells along the side of a page at most."""

SMALLEST_PAGE = 4
"""Cells along the side of a page at least."""

WEIGHTS_ALONG = 1024
"""Weights along the side of a page where a cell stands for many: a page is made within a few milliseconds."""

PAGES = 192
"""Pages that are kept where fewer are in sight."""


@dataclass(eq=False)
class Page:
    """A rectangle of cells.

    Attributes:
        row, col: the first cell, in cells of the page's stride.
        stride: weights along the side of a cell.
        cells: what stands for each block of stride × stride weights.
        blank: for each side bool[h, w], where it wrote nothing; None where that is not known.
        shares: int16[h, w], the share of each block that differs, in parts of WHOLE; None until
            they are asked for.
    """

    row: int
    col: int
    stride: int
    cells: Blocks
    blank: tuple[NDArray[np.bool_] | None, NDArray[np.bool_] | None]
    shares: Values | None = None

    def part(self, region: Region) -> tuple[range, range]:
        """The rows and the columns of the page that lie in a region of the matrix."""
        rows, cols = self.cells.left.shape
        return (
            _lines(self.row, rows, region.row, region.row_end, self.stride),
            _lines(self.col, cols, region.col, region.col_end, self.stride),
        )


def _lines(origin: int, cells: int, begin: int, end: int, stride: int) -> range:
    """The cells of a page, counted from its own first, that weights [begin, end) lie in."""
    return range(max(0, begin // stride - origin), min(cells, -(-end // stride) - origin))


class ComparisonPages:
    """Makes and keeps the pages of one comparison.

    Attributes:
        comparison: whose pages they are.
    """

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self._kept: OrderedDict[tuple[int, int, int], Page] = OrderedDict()

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the matrix."""
        return self.comparison.tensor.rows, self.comparison.tensor.cols

    def pages(
        self, region: Region, stride: int, seconds: float, *, shares: bool = False
    ) -> tuple[list[Page], bool]:
        """The pages that cover a region of the matrix.

        Args:
            region: the region.
            stride: weights along the side of a cell.
            seconds: how long pages are made; at least one is, where one is lacking.
            shares: whether they must have their shares.

        Returns:
            Those that are there, and whether that is all of them.
        """
        span = page_side(stride) * stride
        keys = [
            (stride, row, col)
            for row in range(region.row // span, -(-region.row_end // span))
            for col in range(region.col // span, -(-region.col_end // span))
        ]
        until = time.perf_counter() + seconds
        found, late = [], False
        for key in keys:
            page = self._kept.get(key)
            if page is None or (shares and page.shares is None):
                if late:
                    continue
                page = self._made(key, page, shares=shares)
                late = time.perf_counter() > until
            self._kept.move_to_end(key)
            found.append(page)
        while len(self._kept) > max(PAGES, len(found)):
            self._kept.popitem(last=False)
        return found, len(found) == len(keys)

    def _made(self, key: tuple[int, int, int], page: Page | None, *, shares: bool) -> Page:
        """The page, with shares if they are wanted."""
        if page is None:
            page = self._kept[key] = self._make(*key)
        if shares:
            rows, cols = self._span(page.row, page.col, page.cells.left.shape, page.stride)
            page.shares = shares_of(self.comparison.differs(rows, cols), page.stride)
        return page

    @property
    def _sides(self) -> tuple[Output, Output]:
        return self.comparison.left, self.comparison.right

    def _make(self, stride: int, row: int, col: int) -> Page:
        side = page_side(stride)
        rows, cols = self._span(row * side, col * side, (side, side), stride)
        left, right = (output.weights[rows, cols] for output in self._sides)
        blank = [_unwritten(output, rows, cols, stride) for output in self._sides]
        cells = blocks(left, right, stride)
        return Page(row * side, col * side, stride, cells, (blank[0], blank[1]))

    def _span(self, row: int, col: int, shape: tuple[int, int], stride: int) -> tuple[slice, slice]:
        """The weights that some cells stand for."""
        rows, cols = self.shape
        return (
            slice(row * stride, min((row + shape[0]) * stride, rows)),
            slice(col * stride, min((col + shape[1]) * stride, cols)),
        )


def page_side(stride: int) -> int:
    """Cells along the side of a page."""
    return min(LARGEST_PAGE, max(SMALLEST_PAGE, WEIGHTS_ALONG // stride))


def _unwritten(output: Output, rows: slice, cols: slice, stride: int) -> Any:
    """bool[h, w], the blocks in which nothing was written; None where that is not known."""
    if output.written is None:
        return None
    return ~reduced(output.written[rows, cols], stride, np.logical_or)
