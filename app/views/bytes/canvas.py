"""The hex view's own widget: pages of a file of any size, a cursor, and a selection by mouse and keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontDatabase,
    QFontMetricsF,
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
from app.models.byte_texts import edit_sentence, tooltip
from app.views.bytes.cursor_keys import PAGES, Step
from app.views.bytes.geometry import Geometry, columns_that_fit, offset_digits
from app.views.bytes.page import Sight
from app.views.bytes.painting import PagePainter
from app.views.bytes.scrolling import RowScale
from app.views.bytes.typing import digit_of, drops

WHEEL_NOTCH = 120
"""Qt's measure of one notch of a mouse wheel."""


class HexCanvas(QAbstractScrollArea):
    """Shows the bytes of a file."""

    chosen = Signal(object, object)
    """The user chose bytes; carries their offset and how many they are."""
    cursor_moved = Signal()
    """`sight.cursor` is another byte."""
    typed = Signal(object, int)
    """The user typed a byte; carries its offset and its value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sight: Sight | None = None
        self.bookmarks_told: Callable[[int], list[str]] = _nothing_told
        self._first = 0
        self._columns_wanted = 0
        self._anchor: int | None = None
        self._dragged = False
        self._wheel = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Bytes of the file")
        self.viewport().setMouseTracking(False)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.verticalScrollBar().valueChanged.connect(self._on_bar)
        self.horizontalScrollBar().valueChanged.connect(self.viewport().update)
        self._measure()

    # What the view sets

    def set_sight(self, sight: Sight | None, *, stay: bool = False) -> None:
        """Shows another file, from its beginning; or, to `stay`, the same one with other bytes, where it was."""
        before, self.sight = self.sight, sight
        if stay and before is not None and sight is not None and sight.source.size:
            sight.take_over(before)
        else:
            self._first, self._anchor = 0, None
        self._measure()

    def set_columns(self, columns: int) -> None:
        """Sets the bytes a row; 0 for as many as fit."""
        self._columns_wanted = columns
        self._measure()

    def select(self, selected: tuple[int, int] | None) -> None:
        """Shows what is selected, and moves the cursor and the page there where they are elsewhere."""
        if self.sight is None or self._dragged:
            return
        self.sight.selected = selected
        if selected is not None and not _holds(selected, self.sight.cursor):
            self.reveal(selected[0])
        self.viewport().update()

    @property
    def selected(self) -> tuple[int, int]:
        """(offset, size) of what is selected; of the byte at the cursor where nothing is."""
        if self.sight is None:
            return 0, 0
        return self.sight.selected or (self.sight.cursor, min(1, self.sight.source.size))

    # Measures

    @property
    def geometry_(self) -> Geometry:
        """Where everything stands now."""
        return self._geometry

    @property
    def first_row(self) -> int:
        """The row of the file at the top of the page."""
        return self._first

    def _measure(self) -> None:
        """Takes up the font, the size of the widget and that of the file."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        if self.font().pointSizeF() > 0:
            font.setPointSizeF(self.font().pointSizeF())
        font.setKerning(False)
        font.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
        self.viewport().setFont(font)
        metrics = QFontMetricsF(font)
        char = metrics.horizontalAdvance("0" * 64) / 64
        size = self.sight.source.size if self.sight else 0
        digits = offset_digits(size)
        columns = self._columns_wanted
        if not columns:
            room = self.contentsRect().width() - self.verticalScrollBar().sizeHint().width()
            columns = columns_that_fit(room, char, digits)
        self._geometry = Geometry(char, float(round(metrics.height() * 1.25)), digits, columns)
        self._scale = RowScale(-(-size // columns), self._whole_rows())
        self._set_bars()

    def _whole_rows(self) -> int:
        return max(int(self.viewport().height() / self._geometry.line) - 1, 1)

    def _set_bars(self) -> None:
        across = self.horizontalScrollBar()
        across.setRange(0, max(int(self._geometry.width) - self.viewport().width(), 0))
        across.setPageStep(self.viewport().width())
        across.setSingleStep(int(self._geometry.char))
        down = self.verticalScrollBar()
        with QSignalBlocker(down):
            down.setRange(0, self._scale.maximum)
            down.setPageStep(max(self._scale.page // self._scale.per_value, 1))
        self._scroll_to(self._first)

    def _scroll_to(self, row: int) -> None:
        self._first = self._scale.clamp(row)
        with QSignalBlocker(self.verticalScrollBar()):
            self.verticalScrollBar().setValue(self._scale.value(self._first))
        self.viewport().update()

    def _on_bar(self, value: int) -> None:
        self._first = self._scale.row(value)
        self.viewport().update()

    # Cursor and selection

    def _move_cursor(self, offset: int, stepping: bool) -> None:
        if self.sight is None or not self.sight.source.size:
            return
        self.sight.cursor = min(max(offset, 0), self.sight.source.size - 1)
        self.sight.digit = None
        row = self.sight.cursor // self._geometry.columns
        self._scroll_to(self._scale.revealing(row, self._first, stepping))
        self.cursor_moved.emit()

    def reveal(self, offset: int) -> None:
        """Moves the cursor to a byte without choosing it."""
        self._anchor = None
        self._move_cursor(offset, stepping=False)

    def go_to(self, offset: int) -> None:
        """Moves the cursor to a byte and chooses it."""
        self.reveal(offset)
        self._choose(offset, extend=False)

    def _choose(self, offset: int, extend: bool) -> None:
        """Moves the cursor and chooses its byte, or all bytes from where the selection began."""
        if self.sight is None or not self.sight.source.size:
            return
        anchor = self.sight.cursor if self._anchor is None else self._anchor
        self._move_cursor(offset, stepping=True)
        self._anchor = anchor if extend else self.sight.cursor
        self.chosen.emit(*self._range())

    def _range(self) -> tuple[int, int]:
        cursor = self.sight.cursor if self.sight else 0
        anchor = cursor if self._anchor is None else self._anchor
        return min(anchor, cursor), abs(anchor - cursor) + 1

    def offset_at(self, x: float, y: float) -> int | None:
        """The byte at a place of the viewport; None where there is none."""
        column = self._geometry.column_at(x + self.horizontalScrollBar().value())
        row = self._geometry.row_at(y)
        if column is None or row < 0 or self.sight is None:
            return None
        offset = (self._first + row) * self._geometry.columns + column
        return offset if offset < self.sight.source.size else None

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the page."""
        painter = QPainter(self.viewport())
        colours = theme.current()
        painter.fillRect(self.viewport().rect(), colours.background)
        if self.sight is None:
            return
        rows = self._scale.page + 2
        page = self.sight.page(self._geometry, self._first, rows, self.hasFocus())
        painter.setFont(self.viewport().font())
        painter.translate(-self.horizontalScrollBar().value(), 0)
        PagePainter(painter, page, colours).paint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits the row to the new width; the byte at the top stays there."""
        top = self._first * self._geometry.columns
        super().resizeEvent(event)
        self._measure()
        self._scroll_to(top // self._geometry.columns)

    def changeEvent(self, event: QEvent) -> None:
        """Takes up another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._measure()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Shows that the keyboard is here."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Shows that the keyboard is elsewhere."""
        super().focusOutEvent(event)
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolls by rows, however many rows one step of the scroll bar stands for."""
        across = event.angleDelta().x()
        if across:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - across // 4)
        self._wheel += event.angleDelta().y() * QApplication.wheelScrollLines()
        rows = int(self._wheel / WHEEL_NOTCH)
        self._wheel -= rows * WHEEL_NOTCH
        self._scroll_to(self._first - rows)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chooses the byte; with Shift, all bytes from where the selection began."""
        place = event.position()
        offset = self.offset_at(place.x(), place.y())
        if offset is not None and event.button() == Qt.MouseButton.LeftButton:
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._choose(offset, extend)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Selects from where the button was pressed; scrolls where the mouse leaves the page."""
        if self.sight is None or self._anchor is None:
            return
        offset = self._nearest(event.position().x(), event.position().y())
        if not event.buttons() & Qt.MouseButton.LeftButton or offset == self.sight.cursor:
            return
        self._dragged = True
        self._move_cursor(offset, stepping=True)
        self.sight.selected = self._range()
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Chooses what was dragged over."""
        if event.button() == Qt.MouseButton.LeftButton and self._dragged:
            self._dragged = False
            self.chosen.emit(*self._range())

    def _nearest(self, x: float, y: float) -> int:
        """The byte nearest to a place of the viewport, or outside of it."""
        x += self.horizontalScrollBar().value()
        column = self._geometry.column_at(x)
        if column is None:
            column = 0 if x < self._geometry.hex_x(0) else self._geometry.columns - 1
        return (self._first + self._geometry.row_at(y)) * self._geometry.columns + column

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves the cursor; with Shift, selects what it passes. Hex digits are typed."""
        target = self._target(event)
        if target is None:
            if not self._type(event):
                super().keyPressEvent(event)
            return
        self._scroll_to(self._first + PAGES.get(Qt.Key(event.key()), 0) * self._scale.page)
        self._choose(target, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def _type(self, event: QKeyEvent) -> bool:
        """Takes a digit, which waits for the second one of its byte, or takes it back; whether a key was that."""
        sight, digit = self.sight, digit_of(event)
        if sight is None or not sight.source.size:
            return False
        if digit is None:
            if sight.digit is None or not drops(event):
                return False
            sight.digit = None
        elif sight.digit is None:
            sight.digit = digit
        else:
            self._put(sight, sight.digit * 16 + digit)
        self.viewport().update()
        return True

    def _put(self, sight: Sight, value: int) -> None:
        """Tells of a byte that was typed, and goes on to the next."""
        at, sight.digit = sight.cursor, None
        self.typed.emit(at, value)
        if at + 1 < sight.source.size:
            self._choose(at + 1, extend=False)

    def _target(self, event: QKeyEvent) -> int | None:
        """Where a key moves the cursor to; None for a key that does not move it."""
        if self.sight is None or not self.sight.source.size:
            return None
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        step = Step(self.sight.source.size, self._geometry.columns, self._scale.page)
        return step.target(Qt.Key(event.key()), control, self.sight.cursor)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tells about the byte that is pointed at."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tooltip(event), self.viewport())
            return True
        return super().viewportEvent(event)

    def _tooltip(self, event: QHelpEvent) -> str:
        offset = self.offset_at(event.pos().x(), event.pos().y())
        if offset is None or self.sight is None:
            return ""
        sight = self.sight
        told = tooltip(sight.root, sight.problems, sight.steps, offset)
        edited = edit_sentence(sight.source, offset).capitalize()
        return "\n".join(filter(None, [told, edited, *self.bookmarks_told(offset)]))


def _nothing_told(_offset: int) -> list[str]:
    return []


def _holds(selected: tuple[int, int], offset: int) -> bool:
    return selected[0] <= offset < selected[0] + max(selected[1], 1)
