"""Which part of a grid of cells a viewport shows: all the arithmetic of zooming and scrolling.

A matrix may have 2^32 rows, and at 64 pixels each they reach far beyond Qt's 32-bit coordinates. So
places are Python integers here, and what leaves this module is clipped to the viewport.

Each side of a cell takes a whole number of device pixels, or a whole number of cells shares one pixel.
Anything between would draw cells of unequal size, and a regular pattern of weights would show beats that are
not in the file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

MAGNIFICATIONS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
"""Device pixels of a cell's side that zooming in goes through."""

SMALLEST_PICTURE = 48
"""Zooming out ends where the longer side of the grid takes no more pixels than this."""


@dataclass(frozen=True, slots=True)
class Box:
    """Device pixels [left, right) × [top, bottom) of a viewport."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Frame:
    """A viewport upon a grid.

    Attributes:
        rows, cols: cells of the grid.
        width, height: device pixels of the viewport.
        magnify: device pixels of a cell's longer side; 1 where `stride` is not.
        stride: cells along the side of one pixel; 1 where `magnify` is not.
        left, top: the viewport's corner, in device pixels from the corner of the picture.
        shape: height and width of a cell, in any unit; (1, 1) is a square.
    """

    rows: int
    cols: int
    width: int
    height: int
    magnify: int = 1
    stride: int = 1
    left: int = 0
    top: int = 0
    shape: tuple[int, int] = (1, 1)

    @property
    def cell_width(self) -> int:
        """Device pixels of a cell across."""
        return _side(self.magnify, self.shape[1], max(self.shape))

    @property
    def cell_height(self) -> int:
        """Device pixels of a cell down."""
        return _side(self.magnify, self.shape[0], max(self.shape))

    @property
    def picture_width(self) -> int:
        """Device pixels that the whole grid takes across."""
        return -(-self.cols // self.stride) * self.cell_width

    @property
    def picture_height(self) -> int:
        """Device pixels that the whole grid takes down."""
        return -(-self.rows // self.stride) * self.cell_height

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show, or nothing to show it on."""
        return min(self.rows, self.cols, self.width, self.height) <= 0

    # Moving

    def clamped(self) -> Frame:
        """The frame moved back over the grid; a picture smaller than the viewport is centred."""
        return replace(
            self,
            left=_clamped(self.left, self.picture_width, self.width),
            top=_clamped(self.top, self.picture_height, self.height),
        )

    def moved(self, across: int, down: int) -> Frame:
        """The frame scrolled by device pixels."""
        return replace(self, left=self.left + across, top=self.top + down).clamped()

    def resized(self, width: int, height: int) -> Frame:
        """The frame with another viewport; what is in the middle stays there."""
        left = self.left + (self.width - width) // 2
        top = self.top + (self.height - height) // 2
        return replace(self, width=width, height=height, left=left, top=top).clamped()

    def showing(self, row: int, col: int, rows: int = 1, cols: int = 1) -> Frame:
        """The frame scrolled as little as possible so that these cells, or most of them, are in sight."""
        x, y = self._across(col), self._down(row)
        right = self._across(col + cols - 1) + self.cell_width
        bottom = self._down(row + rows - 1) + self.cell_height
        return replace(
            self,
            left=_revealing(self.left, self.width, x, right),
            top=_revealing(self.top, self.height, y, bottom),
        ).clamped()

    def centred(self, row: int, col: int, rows: int = 1, cols: int = 1) -> Frame:
        """The frame scrolled so that the middle of these cells is in its middle."""
        x = self._across(col + cols // 2) + self.cell_width // 2
        y = self._down(row + rows // 2) + self.cell_height // 2
        return replace(self, left=x - self.width // 2, top=y - self.height // 2).clamped()

    # Zooming

    def scaled(self, magnify: int, stride: int, x: int, y: int) -> Frame:
        """The frame at another scale, the cell at viewport pixel (x, y) kept where it is."""
        new = replace(self, magnify=magnify, stride=stride)
        across = (self.cell_width, self.stride), (new.cell_width, stride)
        down = (self.cell_height, self.stride), (new.cell_height, stride)
        left = _rescaled(self.left + x, *across) - x
        top = _rescaled(self.top + y, *down) - y
        return replace(new, left=left, top=top).clamped()

    def inward(self) -> tuple[int, int]:
        """Magnification and stride of the next larger scale; the same where this is the largest."""
        if self.stride > 1:
            return 1, 1 << (self.stride - 1).bit_length() - 1
        return next((m for m in MAGNIFICATIONS if m > self.magnify), self.magnify), 1

    def outward(self) -> tuple[int, int]:
        """Magnification and stride of the next smaller scale; the same where this is the smallest."""
        if self.magnify > 1:
            return max(m for m in MAGNIFICATIONS if m < self.magnify), 1
        if max(self.picture_width, self.picture_height) <= SMALLEST_PICTURE:
            return 1, self.stride
        return 1, 1 << self.stride.bit_length()

    def fitting(self) -> tuple[int, int]:
        """Magnification and stride of the largest scale at which the whole grid is in sight."""
        if self.empty:
            return 1, 1
        stride = max(-(-self.cols // self.width), -(-self.rows // self.height))
        down, across = self.shape
        magnify = min(
            _longest(self.width // self.cols, across, max(self.shape)),
            _longest(self.height // self.rows, down, max(self.shape)),
        )
        return min(magnify, MAGNIFICATIONS[-1]), stride

    # Finding

    def cell_at(self, x: int, y: int) -> tuple[int, int] | None:
        """Row and column of the (first) cell at a viewport pixel; None beside the grid."""
        row = (y + self.top) // self.cell_height * self.stride
        col = (x + self.left) // self.cell_width * self.stride
        return (row, col) if 0 <= row < self.rows and 0 <= col < self.cols else None

    def cells_in_sight(self) -> tuple[int, int, int, int]:
        """First row, row behind the last, first column, column behind the last."""
        return (
            *_in_sight(self.top, self.height, self.cell_height, self.stride, self.rows),
            *_in_sight(self.left, self.width, self.cell_width, self.stride, self.cols),
        )

    def box(self, row: int, col: int, rows: int = 1, cols: int = 1) -> Box:
        """The pixels of some cells, cut off a little outside the viewport."""
        return Box(
            _cut(self._across(col) - self.left, self.width),
            _cut(self._down(row) - self.top, self.height),
            _cut(self._across(col + cols - 1) + self.cell_width - self.left, self.width),
            _cut(self._down(row + rows - 1) + self.cell_height - self.top, self.height),
        )

    def edges(self, cells: NDArray[np.int64]) -> NDArray[np.int64]:
        """The pixels of many rectangles of cells at once, each as `box` has them.

        Args:
            cells: int64[n, 4], (row, column, rows, columns) of each.

        Returns:
            int64[n, 4], (left, top, right, bottom) of each.
        """
        row, col, rows, cols = cells.T
        across = (col, col + cols - 1), self.stride, self.cell_width, self.left, self.width
        down = (row, row + rows - 1), self.stride, self.cell_height, self.top, self.height
        (left, right), (top, bottom) = _spans(*across), _spans(*down)
        return np.stack([left, top, right, bottom], axis=1)

    def x_of(self, col: int) -> int:
        """The viewport pixel at which a column begins, cut off a little outside the viewport."""
        return _cut(self._across(col) - self.left, self.width)

    def y_of(self, row: int) -> int:
        """The viewport pixel at which a row begins, cut off a little outside the viewport."""
        return _cut(self._down(row) - self.top, self.height)

    def _across(self, col: int) -> int:
        return col // self.stride * self.cell_width

    def _down(self, row: int) -> int:
        return row // self.stride * self.cell_height


def _side(longer: int, part: int, whole: int) -> int:
    """Pixels of a side that is to the longer one as `part` to `whole`; at least one."""
    return max(1, (2 * longer * part + whole) // (2 * whole))


def _longest(side: int, part: int, whole: int) -> int:
    """The longest longer side for which `_side` gives no more pixels than `side`; at least one."""
    return ((2 * side + 1) * whole - 1) // (2 * part) if side else 1


def _clamped(origin: int, picture: int, viewport: int) -> int:
    if picture <= viewport:
        return -((viewport - picture) // 2)
    return min(max(origin, 0), picture - viewport)


def _revealing(origin: int, viewport: int, begin: int, end: int) -> int:
    """The origin nearest to this one from which [begin, end), or as much of it as fits, is in sight."""
    if end - begin >= viewport:
        covered = begin <= origin and origin + viewport <= end
        return origin if covered else begin
    return min(max(origin, end - viewport), begin)


def _rescaled(place: int, old: tuple[int, int], new: tuple[int, int]) -> int:
    return place * old[1] * new[0] // (old[0] * new[1])


def _in_sight(origin: int, viewport: int, side: int, stride: int, cells: int) -> tuple[int, int]:
    first = max(origin, 0) // side * stride
    end = -(-(origin + viewport) // side) * stride
    return min(first, cells), min(max(end, 0), cells)


def _spans(
    ends: tuple[NDArray[np.int64], NDArray[np.int64]], stride: int, cell: int, shift: int, room: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pixels from the first to behind the last cell, cut off as `_cut` does."""
    first, last = (end // np.int64(stride) * np.int64(cell) - np.int64(shift) for end in ends)
    bounds = np.int64(-room - 8), np.int64(2 * room + 8)
    return np.clip(first, *bounds), np.clip(last + np.int64(cell), *bounds)


def _cut(pixel: int, viewport: int) -> int:
    """Keeps a coordinate inside what Qt can hold; what is cut away is out of sight anyway."""
    return min(max(pixel, -viewport - 8), 2 * viewport + 8)
