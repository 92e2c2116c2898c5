"""Bookmarks in the hex view: a ribbon at the first byte and in the margin of its row, a dotted line under all bytes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QPainter

from app.canvas.ribbons import paint_ribbons
from app.theme import Theme
from app.views.bytes.geometry import Geometry

RIBBON = 0.7
"""Of a row that a ribbon is high."""

Piece = tuple[int, int, int]
"""Row of the page, first column, last column."""


def paint_bookmarks(
    painter: QPainter,
    geometry: Geometry,
    covered: list[Piece],
    begins: list[Piece],
    colours: Theme,
) -> None:
    """Marks bookmarked bytes.

    Args:
        painter: of the page.
        geometry: where bytes are.
        covered: the bytes that bookmarks are on.
        begins: those at which one begins.
        colours: to paint with.
    """
    boxes = [box for piece in covered for box in geometry.boxes(*piece)]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(colours.bookmark, Qt.BrushStyle.Dense4Pattern))
    painter.drawRects([QRectF(box.left(), box.bottom() - 2, box.width(), 2) for box in boxes])
    # Before the digits there is room for half of one; the ribbon makes up in height what it lacks in width.
    places = [QPointF(geometry.hex_x(column), geometry.y(row)) for row, column, _ in begins]
    places += [QPointF(0, geometry.y(row)) for row in sorted({row for row, _, _ in begins})]
    paint_ribbons(painter, places, QSizeF(geometry.char / 2, RIBBON * geometry.line))
