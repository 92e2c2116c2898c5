"""The tile grid as a heat map: a cell a tile, coloured by a measure, marked where there are problems or bookmarks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from app import theme
from app.canvas.canvas import CellCanvas
from app.canvas.colours import packed, takes_white
from app.canvas.frame import Box
from app.canvas.marks import paint_mark
from app.canvas.ribbons import RibbonLayer
from app.models.tile_grid import NO_TILE, TileGrid
from codec.problems import Severity

LEAST_TRIANGLE = 5
"""Device pixels of a cell from which on a triangle in its corner marks a problem; smaller ones are
tinted as a whole."""

TINT = 0xB0
"""Opacity of that tint, of 255."""


class TileMap(CellCanvas):
    """The picture of a tile grid; it knows places and colours, not what they stand for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid: TileGrid | None = None
        self.text: Callable[[int], str] = str
        self.marks_problems = True
        self._colours = np.zeros((0, 0), dtype=np.uint32)
        self._severity = np.zeros((0, 0), dtype=np.uint8)
        self._selected: tuple[int, int] | None = None
        self.ribbons = RibbonLayer()

    def show_grid(self, grid: TileGrid | None) -> None:
        """Shows another grid, one that is drawable; what is in sight stays if it looks the same."""
        self.grid, self._selected = grid, None
        self.ribbons.mark(np.zeros((0, 2), dtype=np.int64))
        shape = (0, 0) if grid is None else (grid.rows, grid.cols)
        self._colours = np.zeros(shape, dtype=np.uint32)
        self._severity = np.zeros(shape, dtype=np.uint8)
        cell = (1, 1) if grid is None else grid.shape
        if (*shape, cell) != (self.frame.rows, self.frame.cols, self.frame.shape):
            self.set_grid(*shape, cell)
        self.viewport().update()

    def colour(self, colours: NDArray[np.uint32], severity: NDArray[np.uint8]) -> None:
        """Colours the cells.

        Args:
            colours: uint32[n], of each tile, as premultiplied 0xAARRGGBB.
            severity: uint8[n], the worst problem of each.
        """
        if self.grid is None:
            return
        tiles = self.grid.picture
        self._colours = np.append(colours, np.uint32(0))[tiles]
        self._severity = np.append(severity, np.uint8(0))[tiles]
        self.viewport().update()

    def set_marks_problems(self, on: bool) -> None:
        """Marks cells with problems, or not."""
        self.marks_problems = on
        self.viewport().update()

    def mark_bookmarked(self, tiles: NDArray[np.int64]) -> None:
        """Marks the places of some tiles, int64[k], with ribbons; a tile outside the grid has none."""
        if self.grid is not None:
            self.ribbons.mark(self.grid.places_inside(tiles))
            self.viewport().update()

    def select(self, tile: int | None) -> None:
        """Outlines the place of a tile and scrolls it into sight; nothing where it has none."""
        self._selected = None
        if self.grid is not None and tile is not None:
            row, col = self.grid.place(tile)
            if row < self.grid.rows and col < self.grid.cols:
                self._selected = row, col
                self.reveal(row, col)
        self.viewport().update()

    def stride_from(self, stride: int) -> int:
        """Always 1: a broken tile that shared its pixel with sound ones could be overlooked."""
        return 1

    def anchor_cell(self) -> tuple[int, int] | None:
        """The place of the selected tile."""
        return self._selected

    # Painting

    def paint_cells(self, painter: QPainter) -> None:
        """Paints from the bottom up: hatching for places without a tile, cells, texts, marks."""
        if self.grid is None:
            return
        row, row_end, col, col_end = self.frame.cells_in_sight()
        seen = np.s_[row:row_end, col:col_end]
        target = QRect(
            self.frame.x_of(col),
            self.frame.y_of(row),
            (col_end - col) * self.frame.cell_width,
            (row_end - row) * self.frame.cell_height,
        )
        colours = np.ascontiguousarray(self._colours[seen])
        if not colours.all():
            painter.fillRect(target, QBrush(theme.current().dim, Qt.BrushStyle.BDiagPattern))
        painter.drawImage(target, _image(colours))
        self._paint_borders(painter, target, row_end - row, col_end - col)
        if self.marks_problems and self._severity[seen].any():
            cell = self.frame.cell_height, self.frame.cell_width
            marks = problem_marks(self._severity[seen], cell, _mark_colours())
            painter.drawImage(target.topLeft(), _image(marks))
        self.ribbons.paint(painter, self.frame, painter.fontMetrics().height() // 2)
        self._paint_texts(painter, row, col, colours)
        if self._selected is not None:
            thickness = max(1, round(self.devicePixelRatioF()))
            paint_mark(painter, self.frame.box(*self._selected), thickness)

    def _paint_borders(self, painter: QPainter, target: QRect, rows: int, cols: int) -> None:
        """Parts the cells by lines of the background, where they are large enough."""
        width, height = self.frame.cell_width, self.frame.cell_height
        if min(width, height) < 2 * LEAST_TRIANGLE:
            return
        line = theme.current().window
        for col in range(1, cols):
            painter.fillRect(target.left() + col * width, target.top(), 1, target.height(), line)
        for row in range(1, rows):
            painter.fillRect(target.left(), target.top() + row * height, target.width(), 1, line)

    def _paint_texts(
        self, painter: QPainter, row: int, col: int, colours: NDArray[np.uint32]
    ) -> None:
        """Writes number and measure into the cells, where they have room."""
        metrics = painter.fontMetrics()
        room = (self.frame.cell_height - 4) // metrics.height()
        if self.grid is None or not room:
            return
        if self.frame.cell_width < metrics.horizontalAdvance("000.000"):
            return
        height, width = colours.shape
        tiles = self.grid.picture[row : row + height, col : col + width]
        white = takes_white(colours.reshape(-1)).reshape(colours.shape)
        for (down, across), tile in np.ndenumerate(tiles):
            if tile == NO_TILE:
                continue
            ink = Qt.GlobalColor.white if white[down, across] else Qt.GlobalColor.black
            painter.setPen(ink)
            box = _inner(self.frame.box(row + down, col + across))
            lines = [f"{tile:,}", self.text(int(tile))]
            fitting = [line for line in lines if metrics.horizontalAdvance(line) <= box.width()]
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "\n".join(fitting[:room]))


def problem_marks(
    severity: NDArray[np.uint8], cell: tuple[int, int], colours: NDArray[np.uint32]
) -> NDArray[np.uint32]:
    """uint32[rows * height, cols * width]: the marks of all cells as one picture, clear elsewhere.

    Args:
        severity: uint8[rows, cols], the worst problem of each cell.
        cell: height and width of a cell, in pixels.
        colours: uint32[3], opaque, by severity.
    """
    side = min(cell)
    if side < LEAST_TRIANGLE:
        tints = np.array([0, *(_premultiplied(int(c), TINT) for c in colours[1:])], dtype=np.uint32)
        return np.kron(tints[severity], np.ones(cell, dtype=np.uint32))
    reach = max(3, side * 3 // 8)
    down, across = np.indices(cell)
    corner = (cell[1] - 1 - across + down < reach).astype(np.uint8)
    rows, cols = severity.shape
    marked = severity[:, np.newaxis, :, np.newaxis] * corner[np.newaxis, :, np.newaxis, :]
    opaque = np.array([0, *colours[1:]], dtype=np.uint32)
    return opaque.take(marked.reshape(rows * cell[0], cols * cell[1]))


def _premultiplied(colour: int, alpha: int) -> int:
    red, green, blue = ((colour >> shift & 0xFF) * alpha // 255 for shift in (16, 8, 0))
    return alpha << 24 | red << 16 | green << 8 | blue


def _mark_colours() -> NDArray[np.uint32]:
    """uint32[3], opaque, by severity; nothing marks SOUND."""
    severities = theme.current().severities
    return packed([QColor(), severities[Severity.WARNING], severities[Severity.ERROR]])


def _image(pixels: NDArray[np.uint32]) -> QImage:
    """An image that owns its pixels."""
    height, width = pixels.shape
    form = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.data, width, height, 4 * width, form).copy()


def _inner(box: Box) -> QRect:
    return QRect(box.left + 2, box.top + 2, box.width - 4, box.height - 4)
