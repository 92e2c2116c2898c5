"""Three plots over the steps of a stream, one above the other, with one cursor through all of them.

They draw no more than there are pixels, whatever the zoom: see `envelope`. pyqtgraph's own
down-sampling would look at every step again whenever the plot is moved.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import theme
from app.plots import pg
from app.views.states.envelope import Blocks
from app.views.states.series import Series
from app.views.states.tracks import Track
from codec.rans import Coder
from codec.spans import SpanKind

PIXELS_PER_MARK = 5
"""Marks are drawn where each step has at least so many pixels."""

STATE_MARGIN = 0.5
"""Room above and below what the plot of states shows, in powers of two."""


class StepPlots(QWidget):
    """The plots of a trace."""

    chosen = Signal(int)
    """Carries the number of the step that was clicked, dragged to, or gone to by a key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("States by step")
        self.setToolTip(_MOVING.strip())
        self._series: Series | None = None
        self._step = 0
        self._drawn: tuple[float, float, int] | None = None
        self._state = Track("log2 state", _STATE_TIP, 0)
        self._bits = Track("bits", _BITS_TIP, 1, bars=True)
        self._consumed = Track("bytes", _BYTES_TIP, 2)
        self._tracks = (self._state, self._bits, self._consumed)
        self._marks = pg.ScatterPlotItem(symbol="t", size=7, pen=None)
        self._dots = pg.ScatterPlotItem(symbol="o", size=4, pen=None)
        self._bounds = [_bound(above=True), _bound(above=False)]
        for item in (*self._bounds, self._dots, self._marks):
            self._state.addItem(item)
        self._lay_out()
        self.recolour()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(4)
        width = self.fontMetrics().horizontalAdvance("8,888,888") + self.fontMetrics().height()
        for track, share in zip(self._tracks, (3, 2, 3), strict=True):
            layout.addWidget(track, share)
            track.getAxis("left").setWidth(width)
            track.showAxis("bottom", track is self._consumed)
            track.box.chosen.connect(self._choose)
            if track is not self._state:
                track.setXLink(self._state)
        self._consumed.getAxis("left").setWidth(width)
        self._consumed.setLabel("bottom", "step")
        self._state.box.sigXRangeChanged.connect(self._draw)

    def show_series(self, series: Series | None) -> None:
        """Shows another trace, all of it; or nothing."""
        self._series, self._drawn = series, None
        self.setEnabled(series is not None)
        for track in self._tracks:
            track.cursor_line.hide()
        if series is None or not len(series):
            return
        self._step = series.first
        self._fit_values(series, series.coder)
        for track in self._tracks:
            begin, end = series.first - 0.5, series.first + len(series) - 0.5
            track.box.setLimits(
                xMin=begin, xMax=end, minXRange=min(8, len(series)), maxXRange=end - begin
            )
        self.show_all()

    def _fit_values(self, series: Series, coder: Coder) -> None:
        """Sets the ranges of states and bits; they hold for any zoom, so that parts compare."""
        low, high = np.log2(coder.lower_bound), np.log2(coder.upper_bound)
        for line, power, name in zip(self._bounds, (low, high), ("L", "L·256"), strict=True):
            line.setValue(power)
            line.label.setFormat(f"{name} = 2^{power:g}")
        least = min(low - coder.scale_bits / 2, series.state.least)
        most = max(high, series.state.most)
        self._state.setYRange(least - STATE_MARGIN, most + STATE_MARGIN, padding=0)
        self._bits.setYRange(-0.5, max(coder.scale_bits, series.bits.most) * 1.05, padding=0)

    def show_all(self) -> None:
        """Zooms out to all steps."""
        if self._series is not None:
            first, count = self._series.first, len(self._series)
            self._state.setXRange(first - 0.5, first + count - 0.5, padding=0)
            self._draw()

    def zoom_to_step(self) -> None:
        """Zooms in to the steps around the cursor, so far that single steps can be seen."""
        half = max(self._pixels() // (4 * PIXELS_PER_MARK), 8)
        self._state.setXRange(self._step - half, self._step + half, padding=0)

    def zoom(self, factor: float) -> None:
        """Shows so many times as many steps, around the cursor."""
        begin, end = self._state.box.viewRange()[0]
        centre = self._step if begin <= self._step <= end else (begin + end) / 2
        self._state.setXRange(
            centre - (centre - begin) * factor, centre + (end - centre) * factor, padding=0
        )

    def show_step(self, step: int | None) -> None:
        """Puts the cursor on a step, moving the plots where it is out of sight; None hides it."""
        for track in self._tracks:
            track.cursor_line.setVisible(step is not None)
        if step is None:
            return
        self._step = step
        for track in self._tracks:
            track.cursor_line.setValue(step)
        begin, end = self._state.box.viewRange()[0]
        if not begin <= step <= end:
            half = (end - begin) / 2
            self._state.setXRange(step - half, step + half, padding=0)

    @property
    def visible_steps(self) -> tuple[float, float]:
        """The first and the last step in sight."""
        begin, end = self._state.box.viewRange()[0]
        return begin, end

    def _pixels(self) -> int:
        return max(int(self._state.box.width()), 16)

    def _draw(self) -> None:
        """Draws what is in sight, unless it has been drawn."""
        series, (begin, end) = self._series, self._state.box.viewRange()[0]
        if series is None or self._drawn == (begin, end, self._pixels()):
            return
        self._drawn = (begin, end, self._pixels())
        rows = int(begin) - series.first - 1, int(end) - series.first + 2
        values = (series.state, series.bits, series.consumed)
        for track, envelope in zip(self._tracks, values, strict=True):
            track.draw(envelope.part(*rows, self._pixels()), series.first)
        self._fit_position(series.consumed.part(int(begin) - series.first, rows[1], self._pixels()))
        wide_enough = (end - begin) * PIXELS_PER_MARK <= self._pixels()
        self._draw_marks(series, rows if wide_enough else (0, 0))

    def _fit_position(self, blocks: Blocks) -> None:
        """Shows the bytes that are taken in sight: over a whole stream, a step's would not show."""
        low, high = float(blocks.low.min()), float(blocks.high.max())
        self._consumed.setYRange(low, max(high, low + 4), padding=0.05)

    def _draw_marks(self, series: Series, rows: tuple[int, int]) -> None:
        """Marks single steps, and how deep the state fell where bytes came in."""
        begin, end = max(rows[0], 0), min(rows[1], len(series))
        steps = np.arange(begin, end)
        self._dots.setData(steps + series.first, series.state.values[begin:end])
        taking = series.renormalising
        taking = taking[np.searchsorted(taking, begin) : np.searchsorted(taking, end)]
        floor = self._state.box.viewRange()[1][0] + STATE_MARGIN
        self._marks.setData(taking + series.first + 0.5, np.maximum(series.reduced(taking), floor))

    def _choose(self, place: float) -> None:
        if self._series is not None and len(self._series):
            last = self._series.first + len(self._series) - 1
            self.chosen.emit(min(max(round(place), self._series.first), last))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draws anew for another number of pixels."""
        super().resizeEvent(event)
        roomy = self.height() > 18 * self.fontMetrics().height()
        self._consumed.getAxis("bottom").showLabel(roomy)
        self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves the cursor by a step, a page or to an end; + and - zoom, 0 shows all."""
        begin, end = self.visible_steps
        page = max(1, int((end - begin) / 10))
        key = Qt.Key(event.key())
        moves = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -(1 << 40),
            Qt.Key.Key_End: 1 << 40,
        }
        if key in moves:
            self._choose(self._step + moves[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(0.5)
        elif key == Qt.Key.Key_Minus:
            self.zoom(2.0)
        elif key == Qt.Key.Key_0:
            self.show_all()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Frames the plots while they have the keyboard."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(theme.current().accent, 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def sizeHint(self) -> QSize:
        """High enough for three plots."""
        line = self.fontMetrics().height()
        return QSize(30 * line, 18 * line)

    def recolour(self) -> None:
        """Takes up the colours of the theme."""
        colours = theme.current()
        for track in self._tracks:
            track.recolour()
        self._dots.setBrush(colours.series[0])
        self._marks.setBrush(colours.span_inks[SpanKind.STATE])
        for line in self._bounds:
            line.setPen(pg.mkPen(colours.dim, style=Qt.PenStyle.DashLine))
            line.label.setColor(colours.foreground)


def _bound(above: bool) -> Any:
    """A line across the plot, its name above or below it at the left."""
    corner = (0, 1) if above else (0, 0)
    options = {"position": 0.01, "anchors": [corner, corner]}
    return pg.InfiniteLine(angle=0, movable=False, label=" ", labelOpts=options)


_MOVING = (
    "\n\nClick or drag to select a step. The wheel zooms; with Shift, or with the middle button, it "
    "moves. Keys: ← → Page Up/Down Home End, + - and 0 for all."
)
_STATE_TIP = (
    "The rANS state before each step, as a power of two. Between two symbols it must lie between "
    "L and L·256. Zoomed in, ▼ marks how deep it fell before bytes came in." + _MOVING
)
_BITS_TIP = (
    "Bits that each symbol cost: scale bits - log2(frequency). Zoomed out: the mean, and in the "
    "band the least and the most." + _MOVING
)
_BYTES_TIP = "Renormalisation bytes taken before each step: the position in the stream." + _MOVING
