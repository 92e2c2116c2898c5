"""What the debugger has done, in the hex view: a band over the bytes taken or moved out, and a mark at its end."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.theme import Theme

TINT = 0.22
"""Opacity of the tint; what is under it stays readable."""


def paint_band(painter: QPainter, boxes: list[QRectF], colours: Theme) -> None:
    """Tints bytes and draws a line along their upper edges."""
    tint = QColor(colours.stepping)
    tint.setAlphaF(TINT)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint)
    painter.drawRects(boxes)
    painter.setBrush(colours.stepping)
    painter.drawRects([QRectF(box.left(), box.top(), box.width(), 2) for box in boxes])


def paint_frontier(painter: QPainter, places: list[QPointF], height: float, colours: Theme) -> None:
    """Draws an upright line of this height from each place down, with a wedge at both ends."""
    wedge = height / 5
    painter.setPen(QPen(colours.stepping, 2))
    painter.setBrush(colours.stepping)
    for place in places:
        foot = place + QPointF(0, height)
        painter.drawLine(place, foot)
        for end, inward in ((place, wedge), (foot, -wedge)):
            left, right = end + QPointF(-wedge, 0), end + QPointF(wedge, 0)
            painter.drawPolygon(QPolygonF([left, right, end + QPointF(0, inward)]))
