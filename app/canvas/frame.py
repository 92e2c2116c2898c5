"""Which part of a grid of cells a viewport shows: all the arithmetic of zooming and scrolling.

A matrix may have 2^32 rows, and at 64 pixels each they reach far beyond Qt's 32-bit coordinates. So
places are Python integers here, and what leaves this module is clipped to the viewport.

A cell takes a whole number of device pixels, or a whole number of cells shares one pixel. Anything
between would draw cells of unequal size, and a regular pattern of weights would show beats that are
not in the file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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
        magnify: device pixels of a cell's side; 1 where `stride` is not.
        stride: cells along the side of one pixel; 1 where `magnify` is not.
        left, top: the viewport's corner, in device pixels from the corner of the picture.
    """

    rows: int
    cols: int
    width: int
    height: int
    magnify: int = 1
    stride: int = 1
    left: int = 0
    top: int = 0

    @property
    def picture_width(self) -> int:
        """Device pixels that the whole grid takes across."""
        return -(-self.cols // self.stride) * self.magnify

    @property
    def picture_height(self) -> int:
        """Device pixels that the whole grid takes down."""
        return -(-self.rows // self.stride) * self.magnify

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
        x, y = self._place(col), self._place(row)
        right = self._place(col + cols - 1) + self.magnify
        bottom = self._place(row + rows - 1) + self.magnify
        return replace(
            self,
            left=_revealing(self.left, self.width, x, right),
            top=_revealing(self.top, self.height, y, bottom),
        ).clamped()

    def centred(self, row: int, col: int, rows: int = 1, cols: int = 1) -> Frame:
        """The frame scrolled so that the middle of these cells is in its middle."""
        x = self._place(col + cols // 2) + self.magnify // 2
        y = self._place(row + rows // 2) + self.magnify // 2
        return replace(self, left=x - self.width // 2, top=y - self.height // 2).clamped()

    # Zooming

    def scaled(self, magnify: int, stride: int, x: int, y: int) -> Frame:
        """The frame at another scale, the cell at viewport pixel (x, y) kept where it is."""
        old, new = (self.magnify, self.stride), (magnify, stride)
        return replace(
            self,
            magnify=magnify,
            stride=stride,
            left=_rescaled(self.left + x, old, new) - x,
            top=_rescaled(self.top + y, old, new) - y,
        ).clamped()

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
        magnify = min(self.width // self.cols, self.height // self.rows)
        return min(max(magnify, 1), MAGNIFICATIONS[-1]), stride

    # Finding

    def cell_at(self, x: int, y: int) -> tuple[int, int] | None:
        """Row and column of the (first) cell at a viewport pixel; None beside the grid."""
        row = (y + self.top) // self.magnify * self.stride
        col = (x + self.left) // self.magnify * self.stride
        return (row, col) if 0 <= row < self.rows and 0 <= col < self.cols else None

    def cells_in_sight(self) -> tuple[int, int, int, int]:
        """First row, row behind the last, first column, column behind the last."""
        return (
            *_in_sight(self.top, self.height, self.magnify, self.stride, self.rows),
            *_in_sight(self.left, self.width, self.magnify, self.stride, self.cols),
        )

    def box(self, row: int, col: int, rows: int = 1, cols: int = 1) -> Box:
        """The pixels of some cells, cut off a little outside the viewport."""
        return Box(
            _cut(self._place(col) - self.left, self.width),
            _cut(self._place(row) - self.top, self.height),
            _cut(self._place(col + cols - 1) + self.magnify - self.left, self.width),
            _cut(self._place(row + rows - 1) + self.magnify - self.top, self.height),
        )

    def x_of(self, col: int) -> int:
        """The viewport pixel at which a column begins, cut off a little outside the viewport."""
        return _cut(self._place(col) - self.left, self.width)

    def y_of(self, row: int) -> int:
        """The viewport pixel at which a row begins, cut off a little outside the viewport."""
        return _cut(self._place(row) - self.top, self.height)

    def _place(self, cell: int) -> int:
        return cell // self.stride * self.magnify


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


def _in_sight(origin: int, viewport: int, magnify: int, stride: int, cells: int) -> tuple[int, int]:
    first = max(origin, 0) // magnify * stride
    end = -(-(origin + viewport) // magnify) * stride
    return min(first, cells), min(max(end, 0), cells)


def _cut(pixel: int, viewport: int) -> int:
    """Keeps a coordinate inside what Qt can hold; what is cut away is out of sight anyway."""
    return min(max(pixel, -viewport - 8), 2 * viewport + 8)
