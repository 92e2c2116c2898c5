"""Paints the decoded weights that are in sight: pages of cells, tile lines, numbers, marks.

All of it in device pixels, and of nothing that is out of sight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QWidget

from app import theme
from app.canvas import numbers
from app.canvas.canvas import CellCanvas
from app.canvas.frame import Box, Frame
from app.canvas.marks import paint_mark
from app.canvas.ribbons import RibbonLayer
from app.models.stepped import Stepped
from app.models.weight_mosaic import WeightMosaic
from app.models.weight_pages import CODES, Codes, Page, Region, weight_text
from app.models.weight_stores import PAGES
from app.views.weights.stepping import paint_next, paint_open
from codec.container import Tensor
from codec.problems import Severity

SMALLEST_TILE = 8
"""Device pixels of a tile's side from which on its borders and faults are drawn."""

REFRESH_SECONDS = 0.004
"""How long one painting brings pages up to date; while many tiles come in, the rest waits for the next."""

MOST_FAULTS_DRAWN = 2000
"""Failed tiles in sight of which each is hatched; where there are more, their tint must do."""


@dataclass(eq=False)
class _Picture:
    """A page's image; it paints from `pixels`, which must live as long."""

    page: Page
    version: int
    colours: NDArray[np.uint32]
    pixels: NDArray[np.uint32]
    image: QImage

    def shows(self, page: Page, colours: NDArray[np.uint32]) -> bool:
        """Whether it is of this page, which may have been made anew, as it is now."""
        same = self.page is page and self.version == page.version
        return same and self.colours is colours


class MatrixCanvas(CellCanvas):
    """The picture of a matrix of weights."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mosaic: WeightMosaic | None = None
        self.note = ""
        self.tile_lines = True
        self._colours = np.zeros(CODES, dtype=np.uint32)
        self._pictures: dict[tuple[int, int, int], _Picture] = {}
        self._tile: int | None = None
        self._weight: tuple[int, int] | None = None
        self._stepped: Stepped | None = None
        self.ribbons = RibbonLayer()

    def set_mosaic(self, mosaic: WeightMosaic | None) -> None:
        """Shows another tensor; what is in sight stays, where its shape is the same."""
        self.mosaic = mosaic
        self._pictures.clear()
        self._tile = self._weight = None
        if mosaic is None:
            self.set_grid(0, 0)
        elif (mosaic.tensor.rows, mosaic.tensor.cols) != (self.frame.rows, self.frame.cols):
            self.set_grid(mosaic.tensor.rows, mosaic.tensor.cols)
        self.follow_frame()
        self.viewport().update()

    def set_colours(self, colours: NDArray[np.uint32]) -> None:
        """Takes up a colour for every code: uint32[CODES], premultiplied."""
        if not np.array_equal(colours, self._colours):
            self._colours = colours
            self.viewport().update()

    def set_marks(self, tile: int | None, weight: tuple[int, int] | None) -> None:
        """Outlines a tile, a weight, or neither."""
        self._tile, self._weight = tile, weight
        self.viewport().update()

    def mark_bookmarked(self, weights: NDArray[np.int64]) -> None:
        """Marks weights, int64[k, 2], with ribbons."""
        self.ribbons.mark(weights)
        self.viewport().update()

    def set_stepped(self, cursor: Stepped | None) -> None:
        """Veils what the debugger has not done yet of the tile that it is in."""
        if cursor != self._stepped:
            self._stepped = cursor
            self.viewport().update()

    def set_note(self, note: str) -> None:
        """Writes a few words into the lower left corner, or nothing."""
        if note != self.note:
            self.note = note
            self.viewport().update()

    def region(self) -> Region:
        """The part of the matrix that is in sight."""
        return Region(*self.frame.cells_in_sight())

    def stride_from(self, stride: int) -> int:
        """As the mosaic can make pages; all from one on while there is none."""
        return stride if self.mosaic is None else self.mosaic.stride_from(stride)

    def anchor_cell(self) -> tuple[int, int] | None:
        """The selected weight."""
        return self._weight

    def follow_frame(self) -> None:
        """Has the mosaic make pages at the scale of the frame."""
        if self.mosaic is not None and not self.frame.empty:
            self.mosaic.set_stride(self.frame.stride)

    # Painting

    def paint_cells(self, painter: QPainter) -> None:
        """Paints from the bottom up: hatching, weights, tile lines, faults, numbers, marks, the note."""
        mosaic = self.mosaic
        if mosaic is None:
            return
        self.follow_frame()
        region = self.region()
        pages = mosaic.pages(region, REFRESH_SECONDS)
        if any(page.stale for page in pages):
            self.viewport().update()
        if any(page.incomplete for page in pages):
            self._paint_hatching(painter)
        font = self._number_font()
        if font is not None:
            self._paint_numbered(painter, mosaic.codes(region), region, font)
        else:
            for page in pages:
                self._paint_page(painter, page, region)
        self._paint_stepped(painter, mosaic, paint_open)
        self._paint_border(painter)
        if self._tile_side() >= SMALLEST_TILE:
            if self.tile_lines:
                self._paint_tile_lines(painter, mosaic, region)
            self._paint_faults(painter, mosaic, region, labelled=font is None)
        self.ribbons.paint(painter, self.frame, painter.fontMetrics().height() // 2)
        self._paint_marks(painter, mosaic)
        self._paint_stepped(painter, mosaic, paint_next)
        self._paint_note(painter)
        self._drop_pictures(pages)

    def _paint_hatching(self, painter: QPainter) -> None:
        colours = theme.current()
        whole = _rectangle(self.frame.box(0, 0, self.frame.rows, self.frame.cols))
        painter.fillRect(whole, colours.raised)
        painter.fillRect(whole, QBrush(colours.dim, Qt.BrushStyle.BDiagPattern))

    def _paint_border(self, painter: QPainter) -> None:
        """A line around the matrix, which may have the colour of what surrounds it."""
        whole = _rectangle(self.frame.box(0, 0, self.frame.rows, self.frame.cols))
        painter.setPen(theme.current().dim)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(whole.adjusted(-1, -1, 0, 0))

    def _paint_page(self, painter: QPainter, page: Page, region: Region) -> None:
        """Paints the cells of a page that are in sight, each a whole number of pixels wide."""
        frame, (rows, cols) = self.frame, page.part(region)
        target = QRect(
            frame.x_of((page.col + cols.start) * frame.stride),
            frame.y_of((page.row + rows.start) * frame.stride),
            len(cols) * frame.magnify,
            len(rows) * frame.magnify,
        )
        source = QRect(cols.start, rows.start, len(cols), len(rows))
        painter.drawImage(target, self._image(page), source)

    def _number_font(self) -> QFont | None:
        """The font of the numbers in the cells; None where the cells are too small for them."""
        font = self.device_font()
        height = numbers.height_in(self.frame.magnify, font.pixelSize())
        if height < numbers.SMALLEST * self.devicePixelRatioF():
            return None
        font.setPixelSize(height)
        return font

    def _paint_numbered(self, painter: QPainter, codes: Codes, region: Region, font: QFont) -> None:
        """Paints the cells in sight with their weights written into them."""
        frame = self.frame
        kinds, kind_of = np.unique(codes, return_inverse=True)
        texts = [weight_text(code) for code in kinds.tolist()]
        kind_of = kind_of.reshape(codes.shape)
        pixels = numbers.numbered(kind_of, frame.magnify, self._colours[kinds], texts, font)
        painter.drawImage(frame.x_of(region.col), frame.y_of(region.row), _image_of(pixels))

    def _image(self, page: Page) -> QImage:
        key = (self.frame.stride, page.row, page.col)
        picture = self._pictures.get(key)
        if picture is None or not picture.shows(page, self._colours):
            pixels = self._colours.take(page.codes)
            image = _image_of(pixels, not page.incomplete)
            picture = _Picture(page, page.version, self._colours, pixels, image)
            self._pictures[key] = picture
        return picture.image

    def _drop_pictures(self, pages: list[Page]) -> None:
        """Forgets the images of pages out of sight when there are many."""
        if len(self._pictures) > max(PAGES, 2 * len(pages)):
            seen = {(self.frame.stride, page.row, page.col) for page in pages}
            self._pictures = {key: p for key, p in self._pictures.items() if key in seen}

    def _tile_side(self) -> int:
        """Device pixels of a tile's shorter side."""
        if self.mosaic is None:
            return 0
        tensor = self.mosaic.tensor
        return min(tensor.tile_rows, tensor.tile_cols) * self.frame.magnify // self.frame.stride

    def _paint_tile_lines(self, painter: QPainter, mosaic: WeightMosaic, region: Region) -> None:
        tensor, frame = mosaic.tensor, self.frame
        whole = frame.box(0, 0, frame.rows, frame.cols)
        line = theme.current().dim  # opaque: blending the lines takes longer than all the rest
        step = tensor.tile_cols
        for col in range(region.col // step * step + step, region.col_end, step):
            painter.fillRect(frame.x_of(col), whole.top, 1, whole.height, line)
        step = tensor.tile_rows
        for row in range(region.row // step * step + step, region.row_end, step):
            painter.fillRect(whole.left, frame.y_of(row), whole.width, 1, line)

    def _paint_faults(
        self, painter: QPainter, mosaic: WeightMosaic, region: Region, labelled: bool
    ) -> None:
        """Hatches failed tiles; says in each why, where it has room and no number stands there."""
        failed = mosaic.failed_in(region)
        if not 0 < len(failed) <= MOST_FAULTS_DRAWN:
            return
        colour = theme.current().severities[Severity.ERROR]
        boxes = [self._tile_box(mosaic, int(tile)) for tile in failed]
        painter.setPen(colour)
        painter.setBrush(QBrush(colour, Qt.BrushStyle.FDiagPattern))
        painter.drawRects([_rectangle(box).adjusted(0, 0, -1, -1) for box in boxes])
        metrics = painter.fontMetrics()
        for tile, box in zip(failed.tolist(), boxes, strict=True) if labelled else ():
            text = f" tile {tile:,}: {mosaic.failures[tile]} "
            visible = _rectangle(box).intersected(QRect(0, 0, self.frame.width, self.frame.height))
            if metrics.horizontalAdvance(text) < visible.width() and (
                metrics.height() < visible.height()
            ):
                _paint_label(painter, visible.left(), visible.top(), text, colour)

    def _tile_box(self, mosaic: WeightMosaic, tile: int) -> Box:
        place = mosaic.tensor.rectangle(tile)
        return self.frame.box(place.row, place.col, max(place.rows, 1), max(place.cols, 1))

    def _paint_marks(self, painter: QPainter, mosaic: WeightMosaic) -> None:
        thickness = max(1, round(self.devicePixelRatioF()))
        if self._tile is not None and mosaic.tensor.rectangle(self._tile).size:
            paint_mark(painter, self._tile_box(mosaic, self._tile), thickness)
        if self._weight is not None:
            box = self.frame.box(*self._weight)
            grow = max(0, 4 * thickness - box.width) // 2
            around = Box(box.left - grow, box.top - grow, box.right + grow, box.bottom + grow)
            paint_mark(painter, around, 2 * thickness)

    def _paint_stepped(
        self,
        painter: QPainter,
        mosaic: WeightMosaic,
        paint: Callable[[QPainter, Frame, Tensor, Stepped], None],
    ) -> None:
        """Has something painted of the debugger's cursor, where it is in this tensor."""
        cursor = self._stepped
        if cursor is not None and cursor.tensor == mosaic.tensor.index:
            paint(painter, self.frame, mosaic.tensor, cursor)

    def _paint_note(self, painter: QPainter) -> None:
        """Says in the lower left corner what is missing."""
        if self.note:
            metrics = painter.fontMetrics()
            text = metrics.elidedText(
                f" {self.note} ", Qt.TextElideMode.ElideRight, self.frame.width
            )
            top = self.frame.height - metrics.height()
            _paint_label(painter, 0, top, text, theme.current().foreground)


def _paint_label(painter: QPainter, left: int, top: int, text: str, ink: QColor) -> None:
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(text), metrics.height()
    painter.fillRect(left, top, width, height, theme.current().background)
    painter.setPen(ink)
    painter.drawText(left, top + metrics.ascent(), text)


def _image_of(pixels: NDArray[np.uint32], opaque: bool = False) -> QImage:
    """An image that paints from `pixels`, which must live as long; faster where all are opaque."""
    height, width = pixels.shape
    form = QImage.Format.Format_RGB32 if opaque else QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.data, width, height, 4 * width, form)


def _rectangle(box: Box) -> QRect:
    return QRect(box.left, box.top, box.width, box.height)
