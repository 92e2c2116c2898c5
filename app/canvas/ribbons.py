"""The mark of a bookmark: a ribbon with a notch, with a margin that sets it off from whatever it lies on.

Many of them become one picture, which is painted again as it is until the cells, the scale or the colours are
others: a file may have thousands of bookmarks, and painting has 16 ms.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap, QPolygonF

from app import theme
from app.canvas.colours import packed
from app.canvas.frame import Frame

SLENDER = 1.4
"""How many times as high as wide a ribbon is."""

NARROWEST = 5
"""Device pixels of the width of a ribbon, without its margin, however small the cells are."""

SHARE = 3 / 8
"""Of a cell's shorter side that a ribbon takes, where that is enough."""


def paint_ribbons(painter: QPainter, places: list[QPointF], size: QSizeF) -> None:
    """Paints ribbons of one size, without margins, each below and right of its place.

    One is drawn, and the others are copies of it: drawing takes ten times as long.
    """
    ratio = painter.device().devicePixelRatioF()
    picture = _picture(size.width(), size.height(), ratio, theme.current().bookmark.rgb())
    for place in places:
        painter.drawPixmap(place, picture)


@lru_cache(maxsize=16)
def _picture(width: float, height: float, ratio: float, colour: int) -> QPixmap:
    """A ribbon on nothing."""
    picture = QPixmap(math.ceil(width * ratio), math.ceil(height * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    notch = height - min(width / 2, height / 3)
    corners = (0, 0), (width, 0), (width, height), (width / 2, notch), (0, height)
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
    painter.end()
    return picture


class RibbonLayer:
    """Ribbons in the upper left corners of some cells of a canvas."""

    def __init__(self) -> None:
        self._cells: NDArray[np.int64] = np.zeros((0, 2), dtype=np.int64)
        self._key: tuple[Frame, int, str] | None = None
        self._picture: QImage | None = None
        self._shape: NDArray[np.uint8] = _shape(NARROWEST)

    @property
    def cells(self) -> NDArray[np.int64]:
        """int64[n, 2], row and column of each marked cell."""
        return self._cells

    def mark(self, cells: NDArray[np.int64]) -> None:
        """Marks other cells.

        Args:
            cells: int64[n, 2], row and column of each.
        """
        self._cells, self._key = cells, None

    def paint(self, painter: QPainter, frame: Frame, widest: int) -> None:
        """Paints the ribbons in sight.

        Args:
            painter: in device pixels.
            frame: where the cells are.
            widest: pixels of the width of a ribbon, however large the cells are.
        """
        key = frame, widest, theme.current().name
        if key != self._key:
            self._key = key
            self._picture = self._drawn(frame, widest)
        if self._picture is not None:
            painter.drawImage(0, 0, self._picture)

    def covering(self, frame: Frame, row: int, col: int) -> tuple[range, range]:
        """Rows and columns of the cells whose ribbons, as last painted, lie on a cell: they may be larger than it."""
        high, wide = self._shape.shape
        above = (high - 3) // frame.cell_height * frame.stride
        before = (wide - 3) // frame.cell_width * frame.stride
        return (
            range(max(row - above, 0), row + frame.stride),
            range(max(col - before, 0), col + frame.stride),
        )

    def _drawn(self, frame: Frame, widest: int) -> QImage | None:
        """The ribbons in sight as a picture of the whole viewport; None where there are none."""
        side = min(frame.cell_width, frame.cell_height)
        self._shape = shape = _shape(max(NARROWEST, min(round(side * SHARE), widest)))
        places = _in_sight(self._cells, frame, shape)
        if not len(places):
            return None
        high, wide = shape.shape
        pixels = np.zeros((frame.height + 2 * high, frame.width + 2 * wide), dtype=np.uint32)
        colours = theme.current()
        # Margins first, so that none lies on a neighbour's ribbon.
        for level, ink in enumerate(packed([colours.background, colours.bookmark]), start=1):
            down, across = np.nonzero(shape == level)
            pixels[places[:, :1] + down, places[:, 1:] + across] = ink
        seen = np.ascontiguousarray(pixels[high : high + frame.height, wide : wide + frame.width])
        form = QImage.Format.Format_ARGB32_Premultiplied
        return QImage(seen.data, frame.width, frame.height, 4 * frame.width, form).copy()


def _in_sight(
    cells: NDArray[np.int64], frame: Frame, shape: NDArray[np.uint8]
) -> NDArray[np.int64]:
    """int64[k, 2]: upper left corners of the ribbons that reach into the viewport, where the picture has its margin.

    Of several that would hide one another, one is left.
    """
    high, wide = shape.shape
    boxes = np.concatenate([cells, np.ones_like(cells)], axis=1)
    left, top, _, _ = frame.edges(boxes).T
    places = np.stack([top + high, left + wide], axis=1)
    reach = frame.height + high, frame.width + wide
    places = places[((places >= 0) & (places < reach)).all(axis=1)]
    _, kept = np.unique(places // (high, wide) @ (1 << 32, 1), return_index=True)
    return places[kept]


def _shape(width: int) -> NDArray[np.uint8]:
    """uint8[h, w]: 2 where the ribbon is, 1 on its margin, else 0."""
    height = round(SLENDER * width)
    down, across = np.indices((height, width))
    from_middle = np.abs(2 * across - (width - 1)) // 2
    inside = np.pad(from_middle >= down - (height - 1 - width // 2), 1)
    near = inside.copy()
    for axis in (0, 1):
        near |= np.roll(near, 1, axis) | np.roll(near, -1, axis)
    return near.astype(np.uint8) + inside.astype(np.uint8)
