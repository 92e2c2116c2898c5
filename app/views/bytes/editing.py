"""How the hex view shows edits: a frame around bytes that were edited, and a digit that waits for the second one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.theme import Theme

FRAME = 2
"""Thickness of the frame, in pixels."""


def paint_edited(painter: QPainter, boxes: Sequence[QRectF], colours: Theme) -> None:
    """Paints a thick frame around bytes that edits have changed."""
    pen = QPen(colours.edited, FRAME)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = FRAME / 2
    painter.drawRects([box.adjusted(inset, inset, -inset, -inset) for box in boxes])


def paint_digit(
    painter: QPainter, box: QRectF, baseline: QPointF, digit: int, colours: Theme
) -> None:
    """Paints a digit that was typed, in the place of the byte that it will become part of."""
    painter.fillRect(box, colours.background)
    painter.setPen(colours.edited)
    painter.drawText(baseline, f"{digit:X}_")
