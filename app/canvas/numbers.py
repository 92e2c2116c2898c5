"""Cells with numbers written into them.

Writing thousands of numbers takes Qt longer than a frame. But there are only some hundred different
cells: each is painted once, and the picture is put together from them by one indexing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from app.canvas.colours import takes_white

SHARE = 0.35
"""Height of a number, as a share of its cell's: "−128" then just fits."""

SMALLEST = 8
"""Height in pixels, at 100% scale, below which a number is hard to read."""

HIGHEST_IMAGE = 1 << 14
"""Pixels that Qt can safely paint one below the other."""


def height_in(side: int, largest: int) -> int:
    """Height in pixels of a number in a cell of `side` pixels, where no text is higher than `largest`."""
    return min(round(side * SHARE), largest)


def numbered(
    kind_of: NDArray[np.intp],
    side: int,
    colours: NDArray[np.uint32],
    texts: Sequence[str],
    font: QFont,
) -> NDArray[np.uint32]:
    """uint32[rows * side, cols * side]: the picture of some cells, premultiplied.

    Args:
        kind_of: intp[rows, cols], which of the different cells each one is.
        side: pixels of a cell.
        colours: uint32[kinds], of each kind, premultiplied.
        texts: what stands in each kind; its lines are written one below the other.
        font: with its size in pixels.
    """
    rows, cols = kind_of.shape
    cells = _painted(side, colours, texts, font)
    lines = np.arange(side)[np.newaxis, :, np.newaxis]
    picture = cells[kind_of.reshape(rows, 1, cols), lines]
    return picture.reshape(rows * side, cols * side)


def image_of(pixels: NDArray[np.uint32]) -> QImage:
    """An image that paints from premultiplied `pixels`, uint32[h, w], which must live as long."""
    height, width = pixels.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)


def _painted(
    side: int, colours: NDArray[np.uint32], texts: Sequence[str], font: QFont
) -> NDArray[np.uint32]:
    """uint32[kinds, side, side]: a cell of each kind."""
    at_once = max(1, HIGHEST_IMAGE // side)
    parts = [
        _column(side, colours[begin : begin + at_once], texts[begin : begin + at_once], font)
        for begin in range(0, len(texts), at_once)
    ]
    return np.concatenate(parts)


def _column(
    side: int, colours: NDArray[np.uint32], texts: Sequence[str], font: QFont
) -> NDArray[np.uint32]:
    image = QImage(side, side * len(texts), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setFont(font)
    white = takes_white(colours)
    for place, text in enumerate(texts):
        box = QRect(0, place * side, side, side)
        painter.fillRect(box, QColor.fromRgba(int(colours[place])))
        painter.setPen(Qt.GlobalColor.white if white[place] else Qt.GlobalColor.black)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32)
    return pixels.reshape(len(texts), side, side).copy()
