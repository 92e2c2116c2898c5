"""The tile grid coloured by how much of each tile differs: whether a mistake is everywhere or in some place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QImage, QPainter
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from app import theme
from app.canvas.canvas import CellCanvas
from app.canvas.colour_bar import ColourBar, Scale
from app.canvas.colours import takes_white
from app.canvas.marks import paint_mark, paint_outline
from app.models.comparison_blocks import WHOLE
from app.models.comparison_scale import ErrorKind
from app.models.comparison_sentences import percent, tile_sentence, tile_shares
from app.models.tile_grid import NO_TILE, TileGrid
from app.views.comparison.palette import Colours, error_colours, legend, places
from codec.comparison.comparison import Comparison

BORDERED = 6
"""Device pixels of a cell from which on it is parted from its neighbours."""


class ShareCanvas(CellCanvas):
    """The picture of the grid."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid: TileGrid | None = None
        self._shares = np.zeros(0)
        self._varying = np.zeros(0, dtype=np.bool_)
        self._colours: Colours = np.zeros((0, 0), dtype=np.uint32)
        self._selected: tuple[int, int] | None = None

    def show_tiles(
        self, grid: TileGrid | None, shares: NDArray[np.float64], varying: NDArray[np.bool_]
    ) -> None:
        """Shows another grid, one that is drawable.

        Args:
            grid: the places of the tiles.
            shares: float64[tiles], the share of each that differs; nan where it has no weight.
            varying: bool[tiles], those that came out differently when they were decoded again.
        """
        self._grid, self._shares, self._varying = grid, shares, varying
        self._selected = None
        shape = (0, 0) if grid is None else (grid.rows, grid.cols)
        cell = (1, 1) if grid is None else grid.shape
        if (*shape, cell) != (self.frame.rows, self.frame.cols, self.frame.shape):
            self.set_grid(*shape, cell)
        self.recolour()

    def recolour(self) -> None:
        """Takes up the colours of the theme."""
        if self._grid is not None:
            parts = np.ceil(np.nan_to_num(self._shares) * WHOLE).astype(np.int32)
            table = error_colours(ErrorKind.SHARE, WHOLE, theme.current().dark)
            cells = np.append(table.take(places(parts)), np.uint32(0))
            self._colours = cells[self._grid.picture]
        self.viewport().update()

    def select(self, tile: int | None) -> None:
        """Outlines the place of a tile and scrolls it into sight; nothing where it has none."""
        self._selected = None
        if self._grid is not None and tile is not None and tile < len(self._shares):
            row, col = self._grid.place(tile)
            if row < self._grid.rows and col < self._grid.cols:
                self._selected = row, col
                self.reveal(row, col)
        self.viewport().update()

    def stride_from(self, stride: int) -> int:
        """Always 1: a tile that differs and shares its pixel with equal ones could be overlooked."""
        return 1

    def anchor_cell(self) -> tuple[int, int] | None:
        """The place of the selected tile."""
        return self._selected

    def sizeHint(self) -> QSize:
        """Enough to see where tiles differ."""
        line = self.fontMetrics().height()
        return QSize(10 * line, 7 * line)

    def minimumSizeHint(self) -> QSize:
        """Less is no map."""
        line = self.fontMetrics().height()
        return QSize(5 * line, 5 * line)

    # Painting

    def paint_cells(self, painter: QPainter) -> None:
        """Paints hatching for places without a tile, cells, their texts, and marks."""
        if self._grid is None:
            return
        row, row_end, col, col_end = self.frame.cells_in_sight()
        frame, seen = self.frame, np.s_[row:row_end, col:col_end]
        target = QRect(
            frame.x_of(col),
            frame.y_of(row),
            (col_end - col) * frame.cell_width,
            (row_end - row) * frame.cell_height,
        )
        cells = np.ascontiguousarray(self._colours[seen])
        painter.fillRect(target, QBrush(theme.current().dim, Qt.BrushStyle.BDiagPattern))
        form = QImage.Format.Format_ARGB32_Premultiplied
        height, width = cells.shape
        painter.drawImage(target, QImage(cells.data, width, height, 4 * width, form))
        tiles = self._grid.picture[seen]
        self._paint_borders(painter, target, height, width)
        self._paint_texts(painter, row, col, tiles, cells)
        self._paint_varying(painter, row, col, tiles)
        if self._selected is not None:
            thickness = max(1, round(self.devicePixelRatioF()))
            paint_mark(painter, frame.box(*self._selected), thickness)

    def _paint_borders(self, painter: QPainter, target: QRect, rows: int, cols: int) -> None:
        width, height, line = self.frame.cell_width, self.frame.cell_height, theme.current().dim
        if min(width, height) < BORDERED:
            return
        for col in range(cols + 1):
            painter.fillRect(target.left() + col * width, target.top(), 1, target.height(), line)
        for row in range(rows + 1):
            painter.fillRect(target.left(), target.top() + row * height, target.width(), 1, line)

    def _paint_texts(
        self,
        painter: QPainter,
        row: int,
        col: int,
        tiles: NDArray[np.int64],
        cells: Colours,
    ) -> None:
        """Writes number and share into the cells, where they have room."""
        metrics = painter.fontMetrics()
        roomy = self.frame.cell_width >= metrics.horizontalAdvance(" > 99.9 % ")
        if not roomy or self.frame.cell_height < metrics.height():
            return
        white = takes_white(cells.reshape(-1)).reshape(cells.shape)
        both = self.frame.cell_height >= 2 * metrics.height()
        for (down, across), tile in np.ndenumerate(tiles):
            if tile == NO_TILE or np.isnan(self._shares[tile]):
                continue
            painter.setPen(Qt.GlobalColor.white if white[down, across] else Qt.GlobalColor.black)
            box = self.frame.box(row + down, col + across)
            text = percent(float(self._shares[tile]))
            text = f"{tile:,}\n{text}" if both else text
            place = QRect(box.left, box.top, box.width, box.height)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_varying(
        self, painter: QPainter, row: int, col: int, tiles: NDArray[np.int64]
    ) -> None:
        """Outlines the tiles that did not always come out the same."""
        if not self._varying.any():
            return
        varies = np.append(self._varying, np.False_)[tiles]
        thickness = max(2, round(2 * self.devicePixelRatioF()))
        for down, across in np.argwhere(varies).tolist():
            box = self.frame.box(row + down, col + across)
            paint_outline(painter, box, theme.current().series[2], min(thickness, box.width))


class ShareMap(QWidget):
    """The picture of the grid with its legend; a click selects a tile."""

    picked = Signal(int)
    """Carries the tile that was clicked, or gone to by an arrow key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = ShareCanvas()
        self.canvas.setAccessibleName("Share of wrong weights by tile")
        self.canvas.describe = self._describe
        self.canvas.picked.connect(self._on_pick)
        self.canvas.stepped.connect(self._on_step)
        self._bar = ColourBar()
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._grid: TileGrid | None = None
        self._comparison: Comparison | None = None
        self._selected: int | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self.fontMetrics().height() // 4)
        column.addWidget(self.canvas, 1)
        column.addWidget(self._bar)
        column.addWidget(self._words)

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Shows the tiles of another comparison."""
        before, self._comparison = self._comparison, comparison
        if comparison is None:
            self._grid = None
            self.canvas.show_tiles(None, np.zeros(0), np.zeros(0, dtype=np.bool_))
            return
        if self._grid is None or before is None or before.tensor is not comparison.tensor:
            self._grid = TileGrid(comparison.tensor)
        varying = _varying(comparison)
        drawable = self._grid.drawable
        self.canvas.setVisible(drawable)
        self.canvas.show_tiles(self._grid if drawable else None, tile_shares(comparison), varying)
        words = "" if drawable else "The grid is too large to be drawn."
        if varying.any():
            words = "Outlined: tiles that did not always come out the same."
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self.recolour()
        self.select(self._selected)

    def recolour(self) -> None:
        """Takes up the colours of the theme."""
        self.canvas.recolour()
        table = error_colours(ErrorKind.SHARE, WHOLE, theme.current().dark)
        scale = Scale(legend(table, 0, WHOLE), 0.0, 1.0, percent)
        self._bar.show_scale("Wrong weights of a tile", scale)

    def select(self, tile: int | None) -> None:
        """Outlines a tile."""
        self._selected = tile
        self.canvas.select(tile)

    def _describe(self, row: int, col: int) -> str:
        if self._grid is None or self._comparison is None:
            return ""
        tiles = self._grid.at(row, col)
        if not tiles:
            return "No tile of the file stands here"
        return "\n".join(tile_sentence(self._comparison, tile) for tile in tiles)

    def _on_pick(self, row: int, col: int) -> None:
        tiles = [] if self._grid is None else self._grid.at(row, col)
        if tiles:
            self.picked.emit(tiles[0])

    def _on_step(self, down: int, across: int) -> None:
        """Goes to the next tile in a direction; the first press goes to the first."""
        if self._grid is None or not len(self._grid.claims):
            return
        first = int(self._grid.claims[0])
        tile = first if self._selected is None else self._grid.step(self._selected, down, across)
        if tile is not None:
            self.picked.emit(tile)


def _varying(comparison: Comparison) -> NDArray[np.bool_]:
    """bool[tiles]: those that did not always come out the same, on either side."""
    found = np.zeros(len(comparison.tensor.tiles), dtype=np.bool_)
    for output in (comparison.left, comparison.right):
        if output.varying is not None:
            found |= output.varying
    return found
