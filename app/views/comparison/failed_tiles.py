"""Hatches the tiles that a side itself says it could not decode: what is painted there is no weight of the layer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QBrush, QPainter, Qt

from app import theme
from app.canvas.frame import Frame
from app.models.weight_pages import Region
from codec.container import Tensor
from codec.problems import Severity

MOST_DRAWN = 4096
"""Where more are in sight each is too small for a hatching to be seen."""


def in_region(tensor: Tensor, tiles: NDArray[np.int64], region: Region) -> NDArray[np.int64]:
    """Those of some tiles that lie in a region of the matrix, at least in part."""
    row, col = (
        tensor.tiles[name][tiles].astype(np.int64) * side
        for name, side in (("row", tensor.tile_rows), ("col", tensor.tile_cols))
    )
    down = (row < region.row_end) & (row + tensor.tile_rows > region.row)
    across = (col < region.col_end) & (col + tensor.tile_cols > region.col)
    return tiles[down & across]


def paint_failed(
    painter: QPainter, frame: Frame, tensor: Tensor, tiles: NDArray[np.int64], region: Region
) -> None:
    """Hatches those of the tiles that are in sight.

    Args:
        painter: in device pixels.
        frame: what is in sight.
        tensor: whose tiles they are.
        tiles: the tiles that failed.
        region: the part of the matrix in sight.
    """
    seen = in_region(tensor, tiles, region) if len(tiles) else tiles
    if not 0 < len(seen) <= MOST_DRAWN:
        return
    colour = theme.current().severities[Severity.ERROR]
    painter.setPen(colour)
    painter.setBrush(QBrush(colour, Qt.BrushStyle.FDiagPattern))
    for place in map(tensor.rectangle, seen.tolist()):
        if place.size:
            box = frame.box(*place)
            painter.drawRect(QRect(box.left, box.top, box.width - 1, box.height - 1))
