"""Outlines: of what has the keyboard, and of what is selected."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app import theme
from app.canvas.frame import Box


def paint_outline(painter: QPainter, box: Box, colour: QColor, thickness: int) -> None:
    """Paints a line along the inside of the edges of `box`."""
    pen = QPen(colour, thickness)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = thickness / 2
    painter.drawRect(
        QRectF(box.left + half, box.top + half, box.width - thickness, box.height - thickness)
    )


def paint_mark(painter: QPainter, box: Box, thickness: int) -> None:
    """Outlines what is selected, on its outside, so that it stands out from cells of any colour."""
    colours = theme.current()
    for colour, grown in ((colours.selection_ink, 2), (colours.selection, 1)):
        by = grown * thickness
        around = Box(box.left - by, box.top - by, box.right + by, box.bottom + by)
        paint_outline(painter, around, colour, thickness)
