"""Cells with their weights written into them.

Writing thousands of numbers takes Qt longer than a frame. But there are only some hundred different
cells: each is painted once, and the picture is put together from them by one indexing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from app.canvas.colours import takes_white
from app.models.weight_pages import Codes, weight_text

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
    codes: Codes, side: int, colours: NDArray[np.uint32], font: QFont
) -> NDArray[np.uint32]:
    """uint32[rows * side, cols * side]: the picture of some cells, premultiplied.

    Args:
        codes: int16[rows, cols].
        side: pixels of a cell.
        colours: uint32[CODES], premultiplied.
        font: with its size in pixels.
    """
    kinds, kind_of = np.unique(codes, return_inverse=True)
    rows, cols = codes.shape
    cells = _painted(kinds, side, colours, font)
    lines = np.arange(side)[np.newaxis, :, np.newaxis]
    picture = cells[kind_of.reshape(rows, 1, cols), lines]
    return picture.reshape(rows * side, cols * side)


def _painted(
    kinds: Codes, side: int, colours: NDArray[np.uint32], font: QFont
) -> NDArray[np.uint32]:
    """uint32[n, side, side]: a cell of each kind."""
    at_once = max(1, HIGHEST_IMAGE // side)
    parts = [
        _column(kinds[begin : begin + at_once], side, colours, font)
        for begin in range(0, len(kinds), at_once)
    ]
    return np.concatenate(parts)


def _column(
    kinds: Codes, side: int, colours: NDArray[np.uint32], font: QFont
) -> NDArray[np.uint32]:
    image = QImage(side, side * len(kinds), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setFont(font)
    white = takes_white(colours)
    for place, code in enumerate(kinds.tolist()):
        box = QRect(0, place * side, side, side)
        painter.fillRect(box, QColor.fromRgba(int(colours[code])))
        painter.setPen(Qt.GlobalColor.white if white[code] else Qt.GlobalColor.black)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, weight_text(code))
    painter.end()
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32)
    return pixels.reshape(len(kinds), side, side).copy()
