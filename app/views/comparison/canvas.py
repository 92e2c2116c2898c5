"""Paints a side of a comparison, its errors, or both sides parted by a line; all of it in device pixels.

Of what is out of sight, nothing is looked at.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QFont, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from app import theme
from app.canvas import numbers
from app.canvas.canvas import CellCanvas
from app.canvas.frame import Box, Frame
from app.canvas.marks import paint_mark, paint_outline
from app.models.comparison_pages import Page
from app.models.weight_pages import Region
from app.views.comparison.failed_tiles import paint_failed
from app.views.comparison.plate import Picture, Plate

SECONDS = 0.006
"""How long one painting makes pages; the rest waits for the next, so that panning never stands still."""

SMALLEST_TILE = 8
"""Device pixels of a tile's side from which on its borders are drawn."""

PAIR_SHARE = 0.3
"""Height of a number, as a share of its cell's, where two stand one below the other."""

LINE_STEP = 1 / 32
"""How far a key moves the line between the sides, as a share of the width."""

GRIP = 4
"""Pixels on both sides of that line, at 100% scale, where it can be taken hold of."""


class ComparisonCanvas(CellCanvas):
    """One picture of a comparison.

    Attributes:
        picture: what it shows; where the sides are swiped, what it shows before the line.
        other: what it shows while it blinks; what stands behind the line.
        swiped: whether a line parts the two.
        tile_lines: whether the borders of tiles are drawn.
    """

    line_moved = Signal(float)
    """The line between the sides is elsewhere; carries its place as a share of the width."""

    SWIPE_KEYS = "Drag the line between the sides, or move it with Shift+arrow keys."

    def __init__(self, plate: Plate, picture: Picture, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = self.other = picture
        self.swiped = False
        self.tile_lines = True
        self._plate = plate
        self._blinking = False
        self._line = 0.5
        self._dragging = False
        self._tile: int | None = None
        self._weight: tuple[int, int] | None = None
        self._pointed: tuple[int, int] | None = None
        plate.changed.connect(self.viewport().update)

    # What is shown

    @property
    def seen(self) -> Picture:
        """What is in sight, before the line where there is one."""
        return self.other if self._blinking else self.picture

    @property
    def line(self) -> float:
        """Where the line between the sides stands, as a share of the width."""
        return self._line

    def set_matrix(self, rows: int, cols: int) -> None:
        """Shows another matrix; what is in sight stays where the shape is the same."""
        self._tile = self._weight = self._pointed = None
        if (rows, cols) != (self.frame.rows, self.frame.cols):
            self.set_grid(rows, cols)
        self.viewport().update()

    def set_pictures(self, picture: Picture, other: Picture, swiped: bool) -> None:
        """Shows something else; see the attributes."""
        self.picture, self.other, self.swiped = picture, other, swiped
        self.viewport().update()

    def set_blinking(self, on: bool) -> None:
        """Shows the other picture in place of its own, or its own again."""
        self._blinking = on
        self.viewport().update()

    def set_marks(self, tile: int | None, weight: tuple[int, int] | None) -> None:
        """Outlines a tile, a weight, or neither."""
        self._tile, self._weight = tile, weight
        self.viewport().update()

    def set_pointed(self, cell: tuple[int, int] | None) -> None:
        """Outlines the cell that is pointed at in another picture."""
        if cell != self._pointed:
            self._pointed = cell
            self.viewport().update()

    def set_tile_lines(self, on: bool) -> None:
        """Draws the borders of the tiles, or not."""
        self.tile_lines = on
        self.viewport().update()

    def move_line(self, share: float) -> None:
        """Moves the line between the sides."""
        self._line = min(max(share, 0.0), 1.0)
        self.viewport().update()
        self.line_moved.emit(self._line)

    def follow(self, frame: Frame, fitted: bool) -> None:
        """Shows what another canvas shows."""
        self._fitted = fitted
        place = {name: getattr(frame, name) for name in ("magnify", "stride", "left", "top")}
        self._take(replace(self.frame, **place).clamped())

    def region(self) -> Region:
        """The part of the matrix that is in sight."""
        return Region(*self.frame.cells_in_sight())

    def anchor_cell(self) -> tuple[int, int] | None:
        """The selected weight."""
        return self._weight

    def sizeHint(self) -> QSize:
        """Enough to see something; it takes all that there is."""
        line = self.fontMetrics().height()
        return QSize(12 * line, 8 * line)

    def minimumSizeHint(self) -> QSize:
        """Less is no picture."""
        line = self.fontMetrics().height()
        return QSize(4 * line, 4 * line)

    # The line between the sides

    def _at_line(self, place: QPointF) -> bool:
        return self.swiped and abs(place.x() - self._line * self.viewport().width()) <= GRIP

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Takes hold of the line, where it is."""
        self._dragging = self._at_line(event.position())
        if not self._dragging:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Moves the line while it is held."""
        if self._dragging:
            self.move_line(event.position().x() / max(self.viewport().width(), 1))
            return
        super().mouseMoveEvent(event)
        if not event.buttons():
            shape = Qt.CursorShape.SplitHCursor
            if self._at_line(event.position()):
                self.viewport().setCursor(shape)
            elif self.viewport().cursor().shape() == shape:
                self.viewport().unsetCursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lets the line go."""
        if self._dragging:
            self._dragging = False
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Shift and an arrow key move the line."""
        ways = {Qt.Key.Key_Left: -LINE_STEP, Qt.Key.Key_Right: LINE_STEP}
        way = ways.get(Qt.Key(event.key()))
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if self.swiped and shifted and way is not None:
            self.move_line(self._line + way)
        else:
            super().keyPressEvent(event)

    # Painting

    def paint_cells(self, painter: QPainter) -> None:
        """Paints from the bottom up: cells, tile lines, marks."""
        region = self.region()
        if self.swiped:
            self._paint_swiped(painter, region)
        else:
            self._paint_side(painter, region, self.seen)
        whole = _rectangle(self.frame.box(0, 0, self.frame.rows, self.frame.cols))
        painter.setPen(theme.current().dim)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(whole.adjusted(-1, -1, 0, 0))
        if self.tile_lines:
            self._paint_tile_lines(painter, region)
        self._paint_marks(painter)

    def _paint_hatching(self, painter: QPainter) -> None:
        """What shows where no page is made yet, and where a side wrote nothing."""
        colours = theme.current()
        whole = _rectangle(self.frame.box(0, 0, self.frame.rows, self.frame.cols))
        painter.fillRect(whole, colours.raised)
        painter.fillRect(whole, QBrush(colours.dim, Qt.BrushStyle.BDiagPattern))

    def _paint_swiped(self, painter: QPainter, region: Region) -> None:
        """Paints both sides, each on its side of the line."""
        width, height = self.frame.width, self.frame.height
        at = round(self._line * width)
        after = self.picture if self._blinking else self.other
        for picture, part in (
            (self.seen, QRect(0, 0, at, height)),
            (after, QRect(at, 0, width - at, height)),
        ):
            painter.setClipRect(part)
            self._paint_side(painter, region, picture)
        painter.setClipping(False)
        thickness, colours = max(1, round(self.devicePixelRatioF())), theme.current()
        painter.fillRect(at - 2 * thickness, 0, 4 * thickness, height, colours.selection_ink)
        painter.fillRect(at - thickness, 0, 2 * thickness, height, colours.selection)

    def _paint_side(self, painter: QPainter, region: Region, picture: Picture) -> None:
        """Paints the cells in sight, and hatches the tiles that failed."""
        self._paint_picture(painter, region, picture)
        if self._plate.comparison is not None:
            tensor, failed = self._plate.comparison.tensor, self._plate.failed(picture)
            paint_failed(painter, self.frame, tensor, failed, region)

    def _paint_picture(self, painter: QPainter, region: Region, picture: Picture) -> None:
        """Paints the cells in sight, with their numbers where these have room."""
        blanks = self._plate.has_blanks(picture)
        paired = picture is Picture.ERROR and self._number_font(PAIR_SHARE) is not None
        font = self._number_font(PAIR_SHARE if paired else numbers.SHARE)
        if font is not None and self._plate.comparison is not None:
            if blanks:
                self._paint_hatching(painter)
            kind_of, colours, texts = self._plate.kinds(picture, region, paired)
            pixels = numbers.numbered(kind_of, self.frame.magnify, colours, texts, font)
            image = numbers.image_of(pixels)
            painter.drawImage(self.frame.x_of(region.col), self.frame.y_of(region.row), image)
            return
        pages, complete = self._plate.pages(region, self.frame.stride, SECONDS)
        if not complete:
            self.viewport().update()
        if blanks or not complete:
            self._paint_hatching(painter)
        for page in pages:
            self._paint_page(painter, page, region, picture)

    def _paint_page(self, painter: QPainter, page: Page, region: Region, picture: Picture) -> None:
        """Paints the cells of a page that are in sight, each a whole number of pixels wide."""
        frame, (rows, cols) = self.frame, page.part(region)
        target = QRect(
            frame.x_of((page.col + cols.start) * frame.stride),
            frame.y_of((page.row + rows.start) * frame.stride),
            len(cols) * frame.magnify,
            len(rows) * frame.magnify,
        )
        source = QRect(cols.start, rows.start, len(cols), len(rows))
        painter.drawImage(target, self._plate.image(page, picture), source)

    def _number_font(self, share: float) -> QFont | None:
        """The font of numbers that are so high in their cells; None where these are too small."""
        font = self.device_font()
        height = min(round(self.frame.magnify * share), font.pixelSize())
        if height < numbers.SMALLEST * self.devicePixelRatioF():
            return None
        font.setPixelSize(height)
        return font

    def _paint_tile_lines(self, painter: QPainter, region: Region) -> None:
        comparison, frame = self._plate.comparison, self.frame
        if comparison is None:
            return
        tensor = comparison.tensor
        side = min(tensor.tile_rows, tensor.tile_cols) * frame.magnify // frame.stride
        if side < SMALLEST_TILE:
            return
        whole, line = frame.box(0, 0, frame.rows, frame.cols), theme.current().dim
        step = tensor.tile_cols
        for col in range(region.col // step * step + step, region.col_end, step):
            painter.fillRect(frame.x_of(col), whole.top, 1, whole.height, line)
        step = tensor.tile_rows
        for row in range(region.row // step * step + step, region.row_end, step):
            painter.fillRect(whole.left, frame.y_of(row), whole.width, 1, line)

    def _paint_marks(self, painter: QPainter) -> None:
        """Outlines what is selected, and what is pointed at in another picture."""
        comparison = self._plate.comparison
        thickness = max(1, round(self.devicePixelRatioF()))
        if self._tile is not None and comparison is not None:
            place = comparison.tensor.rectangle(self._tile)
            if place.size:
                paint_mark(painter, self.frame.box(*place), thickness)
        if self._weight is not None:
            paint_mark(painter, self._cell_box(self._weight, 4 * thickness), 2 * thickness)
        if self._pointed is not None:
            box = self._cell_box(self._pointed, 8 * thickness)
            paint_outline(painter, box, theme.current().foreground, 2 * thickness)

    def _cell_box(self, cell: tuple[int, int], least: int) -> Box:
        """The pixels of a cell, and more around it where it would be overlooked."""
        box = self.frame.box(*cell)
        by = max(0, least - box.width) // 2
        return Box(box.left - by, box.top - by, box.right + by, box.bottom + by)


def _rectangle(box: Box) -> QRect:
    return QRect(box.left, box.top, box.width, box.height)
