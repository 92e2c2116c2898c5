"""A widget that shows part of a large grid of cells, and how it is zoomed, scrolled and pointed at.

What a cell looks like is the subclass's. It paints in device pixels, so that a cell is as sharp at
150% scale as at 100%.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QToolTip, QWidget

from app import theme
from app.canvas.bars import coarseness, set_bar
from app.canvas.frame import Box, Frame
from app.canvas.marks import paint_outline

WHEEL_STEP = 120
"""What Qt reports for one notch of a wheel: 120 eighths of a degree."""

ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class CellCanvas(QAbstractScrollArea):
    """A scrollable picture of cells; the wheel zooms, dragging moves, a click picks a cell.

    Attributes:
        frame: what is in sight, and at which scale.
        describe: says what a cell's tooltip says, given its row and column.
    """

    hovered = Signal(object)
    """Carries (row, column) of the cell under the pointer, or None."""
    picked = Signal(object, object)
    """Carries row and column of the cell that was clicked."""
    stepped = Signal(int, int)
    """An arrow key wants the selection to move; carries rows and columns."""
    frame_changed = Signal()
    """Another part of the grid is in sight, or at another scale."""

    KEYS = (
        "Wheel, + and − zoom; 0 fits all; 1 goes to one pixel a cell. Dragging, Ctrl+arrow keys and "
        "Page Up and Down move the picture; arrow keys move the selection."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.frame = Frame(0, 0, 0, 0)
        self.describe: Callable[[int, int], str] = _say_nothing
        self._fitted = True
        self._wheel = 0
        self._pressed: QPoint | None = None
        self._dragged_from: QPoint | None = None
        self._setting_bars = False
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.horizontalScrollBar().valueChanged.connect(self._on_bar)
        self.verticalScrollBar().valueChanged.connect(self._on_bar)

    # For subclasses

    def paint_cells(self, painter: QPainter) -> None:
        """Paints what `frame` shows, in device pixels; called only where there is something."""
        raise NotImplementedError

    def stride_from(self, stride: int) -> int:
        """The smallest stride from `stride` on that can be painted; 1 where no other can."""
        return stride

    # The frame

    @property
    def fitted(self) -> bool:
        """Whether the whole grid is kept in sight when the canvas is resized."""
        return self._fitted

    def set_grid(self, rows: int, cols: int, shape: tuple[int, int] = (1, 1)) -> None:
        """Shows another grid, all of it; `shape` is the height and the width of a cell, in any unit."""
        self._take(Frame(rows, cols, *self._device_size(), shape=shape))
        self.fit()

    def fit(self) -> None:
        """Shows the whole grid."""
        self._fitted = True
        magnify, stride = self.frame.fitting()
        self._take(replace(self.frame, magnify=magnify, stride=self.stride_from(stride)).clamped())

    def show_one_to_one(self) -> None:
        """Gives each cell one pixel."""
        self._scale(1, 1, *self._anchor())

    def zoom(self, inward: bool) -> None:
        """Zooms one step about the selection, or else about the middle."""
        self._zoom_about(inward, *self._anchor())

    def reveal(self, row: int, col: int, rows: int = 1, cols: int = 1) -> None:
        """Scrolls these cells into sight, if they are not: a little, or else to the middle."""
        frame = self.frame
        if frame.empty:
            return
        near = frame.showing(row, col, rows, cols)
        far = max(abs(near.left - frame.left), abs(near.top - frame.top)) > frame.magnify
        self._take(frame.centred(row, col, rows, cols) if far else near)

    def anchor_cell(self) -> tuple[int, int] | None:
        """The cell that zooming by key keeps in place; None for the middle of the viewport."""
        return None

    def _anchor(self) -> tuple[int, int]:
        cell = self.anchor_cell()
        if cell is not None:
            x, y = self.frame.x_of(cell[1]), self.frame.y_of(cell[0])
            if 0 <= x < self.frame.width and 0 <= y < self.frame.height:
                return x, y
        return self.frame.width // 2, self.frame.height // 2

    def _zoom_about(self, inward: bool, x: int, y: int) -> None:
        if not self.frame.empty:
            magnify, stride = self.frame.inward() if inward else self.frame.outward()
            self._scale(magnify, stride, x, y)

    def _scale(self, magnify: int, stride: int, x: int, y: int) -> None:
        self._fitted = False
        self._take(self.frame.scaled(magnify, self.stride_from(stride), x, y))

    def _move(self, across: int, down: int) -> None:
        self._take(self.frame.moved(across, down))

    def _take(self, frame: Frame) -> None:
        if frame == self.frame:
            return
        self.frame = frame
        self._set_bars()
        self.viewport().update()
        self.frame_changed.emit()

    def _device_size(self) -> tuple[int, int]:
        size, ratio = self.viewport().size(), self.devicePixelRatioF()
        return int(size.width() * ratio), int(size.height() * ratio)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the whole grid in sight if it was, and the middle in the middle otherwise."""
        super().resizeEvent(event)
        self._follow_size()

    def changeEvent(self, event: QEvent) -> None:
        """Follows the canvas onto a screen with another scale."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._follow_size()

    def _follow_size(self) -> None:
        self._take(self.frame.resized(*self._device_size()))
        if self._fitted:
            self.fit()

    # Scroll bars

    def _set_bars(self) -> None:
        frame, self._setting_bars = self.frame, True
        set_bar(self.horizontalScrollBar(), frame.left, frame.picture_width, frame.width)
        set_bar(self.verticalScrollBar(), frame.top, frame.picture_height, frame.height)
        self._setting_bars = False

    def _on_bar(self) -> None:
        if self._setting_bars:
            return
        frame = self.frame
        left = self.horizontalScrollBar().value() << coarseness(frame.picture_width)
        top = self.verticalScrollBar().value() << coarseness(frame.picture_height)
        self._take(replace(frame, left=left, top=top).clamped())

    def scrollContentsBy(self, across: int, down: int) -> None:
        """Nothing: the frame says what is in sight, the bars only follow it."""

    # Pointing

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms about the pointer; with Shift, or a wheel that tilts, it moves sideways."""
        turn = event.angleDelta()
        sideways = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if sideways or turn.x():
            self._move(-(turn.x() or turn.y()), 0)
        else:
            self._wheel += turn.y()
            x, y = self._pixel(event.position())
            while abs(self._wheel) >= WHEEL_STEP:
                self._zoom_about(self._wheel > 0, x, y)
                self._wheel -= WHEEL_STEP if self._wheel > 0 else -WHEEL_STEP
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begins a click or a drag."""
        self._pressed = self._dragged_from = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Moves the picture while a button is held; else tells what is pointed at."""
        place = event.position().toPoint()
        if self._dragged_from is None:
            self.hovered.emit(self._cell_at(event.position()))
            return
        if self._pressed is not None:
            moved = (place - self._pressed).manhattanLength()
            if moved < QApplication.startDragDistance():
                return
            self._pressed = None
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        way = (self._dragged_from - place) * self.devicePixelRatioF()
        self._dragged_from = place
        self._fitted = False
        self._move(way.x(), way.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Picks the cell that was clicked."""
        clicked, self._pressed, self._dragged_from = self._pressed is not None, None, None
        self.viewport().unsetCursor()
        cell = self._cell_at(event.position())
        if clicked and cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(*cell)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        super().leaveEvent(event)
        self.hovered.emit(None)

    def viewportEvent(self, event: QEvent) -> bool:
        """Answers when Qt asks for a tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self._cell_at(QPointF(event.pos()))
            text = self.describe(*cell) if cell is not None else ""
            QToolTip.showText(event.globalPos(), text, self.viewport())
            return True
        return super().viewportEvent(event)

    def _pixel(self, place: QPointF) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return int(place.x() * ratio), int(place.y() * ratio)

    def _cell_at(self, place: QPointF) -> tuple[int, int] | None:
        return None if self.frame.empty else self.frame.cell_at(*self._pixel(place))

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zooms, moves the picture, or asks for the selection to be moved."""
        key = Qt.Key(event.key())
        if self.frame.empty or not (self._key_zooms(key) or self._key_moves(key, event)):
            super().keyPressEvent(event)

    def _key_zooms(self, key: Qt.Key) -> bool:
        match key:
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(inward=True)
            case Qt.Key.Key_Minus:
                self.zoom(inward=False)
            case Qt.Key.Key_0:
                self.fit()
            case Qt.Key.Key_1:
                self.show_one_to_one()
            case _:
                return False
        return True

    def _key_moves(self, key: Qt.Key, event: QKeyEvent) -> bool:
        frame, way = self.frame, ARROWS.get(key)
        if way is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._move(way[1] * frame.width // 8, way[0] * frame.height // 8)
        elif way is not None:
            self.stepped.emit(*way)
        elif key == Qt.Key.Key_PageUp:
            self._move(0, -frame.height * 7 // 8)
        elif key == Qt.Key.Key_PageDown:
            self._move(0, frame.height * 7 // 8)
        else:
            return False
        return True

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints in device pixels: the grid, and a line around it all where it has the keyboard."""
        painter, ratio = QPainter(self.viewport()), self.devicePixelRatioF()
        colours = theme.current()
        painter.scale(1 / ratio, 1 / ratio)
        painter.fillRect(0, 0, *self._device_size(), colours.window)
        if not self.frame.empty:
            painter.setFont(self.device_font())
            self.paint_cells(painter)
        if self.hasFocus():
            whole = Box(0, 0, *self._device_size())
            paint_outline(painter, whole, colours.accent, round(2 * ratio))
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Shows that the keyboard is here."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Shows that the keyboard is gone."""
        super().focusOutEvent(event)
        self.viewport().update()

    def device_font(self) -> QFont:
        """The widget's font for text that is painted in device pixels."""
        font = QFont(self.font())
        font.setPixelSize(round(self.fontInfo().pixelSize() * self.devicePixelRatioF()))
        return font

    def device_metrics(self) -> QFontMetrics:
        """Measures of `device_font`."""
        return QFontMetrics(self.device_font())


def _say_nothing(_row: int, _col: int) -> str:
    return ""
