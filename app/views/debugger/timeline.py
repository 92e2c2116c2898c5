"""The timeline of a stream: how much of it is done, where breakpoints are; the cursor can be dragged along it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app import theme
from app.document import Document
from app.models.debug_timeline import TimeScale
from app.views.debugger.bookmark_ticks import BookmarkTicks
from codec.problems import Severity

DONE_TINT = 0.35
"""Share of its colour in what marks the steps that are done."""

PAGES = 20
"""Presses of Page Down that lead through a whole stream."""


@dataclass(frozen=True)
class Marks:
    """What is shown along a stream.

    Attributes:
        steps: of the walk; 0 without one.
        cursor: the step that comes next; None without a cursor.
        head: how far a run has got; None where none runs.
        selected: the step of the selected symbol; None where there is none.
        breaks: steps at which breakpoints are set.
        interval: steps from one checkpoint to the next; 0 where there are none.
        row: steps of a row of the tile.
    """

    steps: int = 0
    cursor: int | None = None
    head: int | None = None
    selected: int | None = None
    breaks: Sequence[int] = ()
    interval: int = 0
    row: int = 0


class Timeline(QWidget):
    """All steps of a stream in a line."""

    scrubbed = Signal(int)
    """Carries the step that the user wants to go to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marks = Marks()
        self._ticked: tuple[int, int, int, QRectF] | None = None
        self._tick_lines: list[QLineF] = []
        self.bookmarks = BookmarkTicks()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Timeline")

    @property
    def marks(self) -> Marks:
        """What is shown."""
        return self._marks

    def show_marks(self, marks: Marks) -> None:
        """Shows other marks."""
        if marks != self._marks:
            self._marks = marks
            self.update()

    def show_bookmarks(self, document: Document) -> None:
        """Shows the bookmarks of the stream that is stepped through."""
        if self.bookmarks.follow(document):
            self.update()

    def sizeHint(self) -> QSize:
        """A line of text and a bar."""
        return QSize(20 * self._em, round(2.4 * self._em))

    def minimumSizeHint(self) -> QSize:
        """As high as it wants to be."""
        return QSize(4 * self._em, self.sizeHint().height())

    @property
    def _em(self) -> int:
        return self.fontMetrics().height()

    @property
    def scale(self) -> TimeScale:
        """Where each step is."""
        margin = self._em // 2
        return TimeScale(self._marks.steps, margin, max(self.width() - 2 * margin, 1))

    @property
    def _bar(self) -> QRectF:
        scale = self.scale
        return QRectF(scale.left, 0.9 * self._em, scale.width, 0.8 * self._em)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the bar, what is done of it, and the marks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, bar = theme.current(), self._bar
        painter.fillRect(bar, colours.raised)
        if self._marks.cursor is not None:
            done = QRectF(bar)
            done.setRight(self.scale.x(self._marks.cursor))
            painter.fillRect(done, theme.blend(colours.stepping, colours.background, DONE_TINT))
        self._paint_ticks(painter, bar, colours.dim)
        self.bookmarks.paint(painter, self.scale, bar)
        self._paint_lines(painter, bar)
        self._paint_cursor(painter, bar)
        if self.hasFocus():
            painter.setPen(QPen(colours.accent, 1.5))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_ticks(self, painter: QPainter, bar: QRectF, ink: QColor) -> None:
        """Rows at the lower edge and checkpoints at the upper, of both as many as keep apart."""
        painter.setPen(QPen(theme.blend(ink, theme.current().raised, 0.55), 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawLines(self._ticks(bar))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar)

    def _ticks(self, bar: QRectF) -> list[QLineF]:
        """The ticks; they are the same at every step of a stream."""
        marks, third = self._marks, bar.height() / 3
        shown = marks.steps, marks.row, marks.interval, bar
        if shown != self._ticked:
            rows = (marks.row, bar.bottom() - third)
            self._ticked, self._tick_lines = shown, []
            for distance, top in (rows, (marks.interval, bar.top())):
                places = map(self.scale.x, self.scale.ticks(distance, self._em / 2))
                self._tick_lines += [QLineF(x, top, x, top + third) for x in places]
        return self._tick_lines

    def _paint_lines(self, painter: QPainter, bar: QRectF) -> None:
        """The selected symbol, a run's head, and the breakpoints."""
        colours, marks = theme.current(), self._marks
        for step, colour in ((marks.selected, colours.foreground), (marks.head, colours.good)):
            if step is not None:
                x = self.scale.x(step)
                painter.setPen(QPen(colour, 2))
                painter.drawLine(QPointF(x, bar.top() - 2), QPointF(x, bar.bottom() + 2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.severities[Severity.ERROR])
        radius = self._em / 5
        for step in marks.breaks:
            painter.drawEllipse(QPointF(self.scale.x(step), bar.bottom() + radius), radius, radius)

    def _paint_cursor(self, painter: QPainter, bar: QRectF) -> None:
        if self._marks.cursor is None:
            return
        x, side, colours = self.scale.x(self._marks.cursor), self._em / 2.6, theme.current()
        painter.setPen(QPen(colours.background, 1))
        painter.setBrush(colours.stepping)
        top = bar.top() - 1.5 * side
        corners = ((x - side, top), (x + side, top), (x + side, top + side), (x, bar.top() + 1))
        shape = [QPointF(*corner) for corner in (*corners, (x - side, top + side))]
        painter.drawPolygon(QPolygonF(shape))
        painter.setPen(QPen(colours.stepping, 2))
        painter.drawLine(QPointF(x, bar.top()), QPointF(x, bar.bottom()))

    # The user

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Goes there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._scrub(self.scale.step_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Goes along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._scrub(self.scale.step_at(event.position().x()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Goes by what a pixel stands for."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        if turned:
            self._scrub(self._at + self.scale.steps_a_pixel * (1 if turned < 0 else -1))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go by a step, Page Up and Down by a part of the stream, Home and End to its ends."""
        page = max(1, self._marks.steps // PAGES)
        pixel = self.scale.steps_a_pixel
        distances = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -pixel,
            Qt.Key.Key_Down: pixel,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -self._marks.steps,
            Qt.Key.Key_End: self._marks.steps,
        }
        distance = distances.get(Qt.Key(event.key()))
        if distance is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        else:
            self._scrub(self._at + distance)

    @property
    def _at(self) -> int:
        return self._marks.cursor or 0

    def _scrub(self, step: int) -> None:
        self.scrubbed.emit(min(max(step, 0), self._marks.steps))

    def event(self, event: QEvent) -> bool:
        """Tells which step is pointed at."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip(event.pos().x()), self)
            return True
        return super().event(event)

    def _tip(self, x: float) -> str:
        how = "Click or drag to go there; arrows, Page Up and Down, Home and End do so, too."
        if not self._marks.steps:
            return "The steps of a stream, as soon as one is stepped through."
        found = [f"Step {self.scale.step_at(x):,} of {self._marks.steps:,}.", how]
        if self._marks.interval:
            found.append(f"Every {self._marks.interval:,} steps there is a checkpoint.")
        return "\n".join([" ".join(found), *self.bookmarks.told_at(self.scale, x)])
