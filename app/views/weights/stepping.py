"""How far the debugger has got, in the picture of the weights: what is not done yet is veiled and hatched."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QPainter

from app import theme
from app.canvas.frame import Box, Frame
from app.canvas.marks import paint_outline
from app.models.stepped import Stepped, open_runs, rectangles
from codec.container import Tensor

VEIL = 0.72
"""Opacity of what is laid over weights that are not done yet."""


def paint_open(painter: QPainter, frame: Frame, tensor: Tensor, cursor: Stepped) -> None:
    """Veils the weights of the cursor's tile that are not decoded, or not encoded, yet.

    As many boxes are painted as the tile's lanes ask for, however many weights it has.
    """
    boxes = open_boxes(frame, tensor, cursor)
    colours = theme.current()
    veil = QColor(colours.window)
    veil.setAlphaF(VEIL)
    painter.setPen(Qt.PenStyle.NoPen)
    for brush in (QBrush(veil), QBrush(colours.dim, Qt.BrushStyle.BDiagPattern)):
        painter.setBrush(brush)
        painter.drawRects(boxes)


def open_boxes(frame: Frame, tensor: Tensor, cursor: Stepped) -> list[QRect]:
    """Where those weights are in sight, without the padding of the tile."""
    place, width = tensor.rectangle(cursor.tile), max(tensor.coded_shape(cursor.tile)[1], 1)
    cells = np.array(rectangles(open_runs(tensor, cursor), width), dtype=np.int64).reshape(-1, 4)
    cells[:, 2:] = np.minimum(cells[:, 2:], (place.rows, place.cols) - cells[:, :2])
    cells = cells[(cells[:, 2:] > 0).all(axis=1)]
    cells[:, :2] += (place.row, place.col)
    return [
        QRect(left, top, right - left, bottom - top)
        for left, top, right, bottom in frame.edges(cells).tolist()
    ]


def paint_next(painter: QPainter, frame: Frame, tensor: Tensor, cursor: Stepped) -> None:
    """Outlines the weight of the step that comes next, so large that it is seen."""
    coming = cursor.next
    weight = None if coming is None else tensor.weight_of(cursor.tile, coming.symbol_index)
    if weight is not None:
        box, thick = frame.box(*weight), max(2, round(painter.fontMetrics().height() / 8))
        grow = max(0, 3 * thick - box.width) // 2
        around = Box(box.left - grow, box.top - grow, box.right + grow, box.bottom + grow)
        paint_outline(painter, around, theme.current().stepping, thick)
