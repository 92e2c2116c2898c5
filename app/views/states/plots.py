"""Three plots over the steps of a stream, one above the other, with one cursor through all of them.

They draw no more than there are pixels, whatever the zoom: see `envelope`. pyqtgraph's own
down-sampling would look at every step again whenever the plot is moved.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import theme
from app.models.envelope import Blocks
from app.models.trace_series import Series
from app.plots import frame_focus, pg
from app.track_items import Levels
from app.tracks import ABOVE_CURVES, Track
from app.views.states.lane_curves import LaneCurves
from app.views.states.tips import BITS_TIP, BYTES_TIP, MOVING, STATE_TIP
from codec.rans import Coder
from codec.spans import SpanKind

PIXELS_PER_MARK = 5
"""Marks are drawn where each step has at least so many pixels."""

STATE_LABELS = "log2 state", "log2"
"""Titles of the plot of states, the second where it is low."""

STATE_MARGIN = 0.5
"""Room above and below what the plot of states shows, in powers of two."""


class StepPlots(QWidget):
    """The plots of a trace."""

    chosen = Signal(int)
    """Carries the number of the step that was clicked, dragged to, or gone to by a key."""
    lane_wanted = Signal(int)
    """Carries how many lanes further the step is that the keys ask for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("States by step")
        self.setToolTip(MOVING.strip())
        self._series: Series | None = None
        self._coder: Coder | None = None
        self._overlaid = False
        self._step = 0
        self._drawn: tuple[float, float, int] | None = None
        self._state = Track(STATE_LABELS, STATE_TIP, 0)
        self._bits = Track(["bits"], BITS_TIP, 1, bars=True)
        self._consumed = Track(["bytes"], BYTES_TIP, 2)
        self._tracks = (self._state, self._bits, self._consumed)
        self._marks = pg.ScatterPlotItem(symbol="t", size=7, pen=None)
        self._dots = pg.ScatterPlotItem(symbol="o", size=4, pen=None)
        self._bounds = Levels(self._state.box)
        self._bounds.setZValue(ABOVE_CURVES)
        self._lanes = LaneCurves(self._state)
        for item in (self._bounds, self._dots, self._marks):
            self._state.addItem(item)
        self._lay_out()
        self.recolour()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(4)
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance("88,888,888") + round(1.5 * metrics.height())
        for track, share in zip(self._tracks, (3, 2, 3), strict=True):
            layout.addWidget(track, share)
            track.getAxis("left").setWidth(width)
            track.showAxis("bottom", track is self._consumed)
            track.box.chosen.connect(self._choose)
            track.box.clicked.connect(self._choose_at if track is self._state else self._choose)
            if track is not self._state:
                track.setXLink(self._state)
        self._consumed.getAxis("left").setWidth(width)
        self._consumed.setLabel("bottom", "step")
        self._state.box.sigXRangeChanged.connect(self._draw)

    def show_series(self, series: Series | None, overlaid: bool = False) -> None:
        """Shows another trace, all of it; or nothing.

        Args:
            series: of the trace or of one of its lanes.
            overlaid: whether the states are drawn as one curve a lane.
        """
        self.setEnabled(series is not None)
        for track in self._tracks:
            track.cursor_line.hide()
        whole = series if series is not None and len(series) else None
        if whole is not None:
            self._step = whole.first
        self._take(whole, overlaid, (0, 0) if whole is None else _extent(whole))

    def change_series(self, series: Series, overlaid: bool) -> None:
        """Shows another lane of the same trace, or all; what is in sight stays."""
        self._take(series, overlaid, self.visible_steps)

    def _take(self, series: Series | None, overlaid: bool, sight: tuple[float, float]) -> None:
        """Shows another series, its steps in `sight`; they are drawn once all ranges are set."""
        self._series, self._drawn, self._overlaid = None, None, overlaid
        self._lanes.show(series if overlaid else None)
        if series is None:
            return
        self._fit_values(series, series.coder)
        begin, end = _extent(series)
        least = min(8 * max(series.spacing, 1), end - begin)
        for track in self._tracks:
            track.box.limit_steps(begin, end, least)
        self._state.setXRange(*sight, padding=0)
        self._series = series
        self._draw()

    def _fit_values(self, series: Series, coder: Coder) -> None:
        """Sets the ranges of states and bits; they hold for any zoom, so that parts compare."""
        low, high = np.log2(coder.lower_bound), np.log2(coder.upper_bound)
        if coder != self._coder:
            self._coder = coder
            self._name_values(coder, low, high)
        least = min(low - coder.scale_bits / 2, series.state.least)
        most = max(high, series.state.most)
        self._state.setYRange(least - STATE_MARGIN, most + STATE_MARGIN, padding=0)
        self._bits.setYRange(-0.5, max(coder.scale_bits, series.bits.most) * 1.05, padding=0)

    def _name_values(self, coder: Coder, low: float, high: float) -> None:
        """Places and names the bounds of the states, log2 of which are `low` and `high`, and names the axes."""
        names = "L", "L·256" if coder.word_bits == 8 else f"L·2^{coder.word_bits}"
        self._consumed.set_labels("bytes" if coder.word_bytes == 1 else "words")
        powers = low, high
        named = [f"{name} = 2^{power:g}" for name, power in zip(names, powers, strict=True)]
        self._bounds.show_levels(powers, named)

    def show_all(self) -> None:
        """Zooms out to all steps."""
        if self._series is not None:
            self._state.setXRange(*_extent(self._series), padding=0)
            self._draw()

    def zoom_to_step(self) -> None:
        """Zooms in to the steps around the cursor, so far that single steps can be seen."""
        spacing = 1.0 if self._series is None else max(self._series.spacing, 1)
        half = max(self._pixels() // (4 * PIXELS_PER_MARK), 8) * spacing
        self._state.setXRange(self._step - half, self._step + half, padding=0)

    def zoom(self, factor: float) -> None:
        """Shows so many times as many steps, around the cursor."""
        begin, end = self._state.box.viewRange()[0]
        centre = self._step if begin <= self._step <= end else (begin + end) / 2
        self._state.setXRange(
            centre - (centre - begin) * factor, centre + (end - centre) * factor, padding=0
        )

    def mark_lane(self, lane: int | None) -> None:
        """Brings out the curve of a lane among those of all."""
        if self._overlaid:
            shown = self._lanes.shown
            self._lanes.mark(lane)
            if self._lanes.shown != shown:  # its curve was not among them
                self._drawn = None
                self._draw()

    def show_step(self, step: int | None) -> None:
        """Puts the cursor on a step, moving the plots where it is out of sight; None hides it."""
        for track in self._tracks:
            if step is None:
                track.cursor_line.hide()
        if step is None:
            return
        self._step = step
        for track in self._tracks:
            track.place_cursor(step)
        begin, end = self._state.box.viewRange()[0]
        if not begin <= step <= end:
            half = (end - begin) / 2
            self._state.setXRange(step - half, step + half, padding=0)

    def show_done(self, boundary: int | None, encodes: bool = False) -> None:
        """Shows where the debugger stands: before which decode step; None for nowhere.

        Args:
            boundary: number of that step.
            encodes: whether the steps from there on are done, and not those before.
        """
        series = self._series
        begin, end = (0.0, 0.0) if series is None else _extent(series)
        for track in self._tracks:
            if boundary is None or series is None:
                track.show_done(None)
                continue
            edge = min(max(boundary - 0.5, begin), end)
            track.show_done((edge, end) if encodes else (begin, edge), edge)

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
        for track in self._tracks:
            track.place_exactly()
        rows = series.place_of(begin) - 1, series.place_of(end) + 1
        values = (series.state, series.bits, series.consumed)
        for track, envelope in zip(self._tracks, values, strict=True):
            blocks = envelope.part(*rows, self._pixels())
            lined = track is not self._state or not self._overlaid
            track.draw(blocks, series.centres(blocks), lined)
        self._lanes.draw(begin, end, self._pixels())
        self._fit_position(series.consumed.part(*rows, self._pixels()))
        shown = rows[1] - rows[0] - 2
        self._draw_marks(series, rows if shown * PIXELS_PER_MARK <= self._pixels() else (0, 0))
        for track in self._tracks:
            track.settle()

    def _fit_position(self, blocks: Blocks) -> None:
        """Shows the bytes that are taken in sight: over a whole stream, a step's would not show."""
        low, high = float(blocks.low.min()), float(blocks.high.max())
        self._consumed.setYRange(low, max(high, low + 4), padding=0.05)

    def _draw_marks(self, series: Series, rows: tuple[int, int]) -> None:
        """Marks single steps, and how deep the state fell where words came in."""
        begin, end = max(rows[0], 0), min(rows[1], len(series))
        steps = series.steps[begin:end].astype(np.float64)
        self._dots.setData(steps, series.state.values[begin:end])
        taking = series.taking(int(steps[0]), int(steps[-1]) + 1) if len(steps) else _NO_ROWS
        floor = self._state.box.viewRange()[1][0] + STATE_MARGIN
        places = taking + series.trace.first_step + series.spacing / 2
        self._marks.setData(places, np.maximum(series.reduced(taking), floor))

    def _choose(self, place: float) -> None:
        if self._series is not None:
            self.chosen.emit(self._series.nearest(place))

    def _choose_at(self, place: float, value: float) -> None:
        """Chooses the step at a place; of many lanes there, that of the curve next to the value."""
        series = self._series
        if series is None or not self._overlaid:
            self._choose(place)
            return
        half = len(series.lanes) / 2
        begin, end = series.place_of(place - half), max(series.place_of(place + half), 1)
        near = np.abs(series.state.values[min(begin, end - 1) : end] - value)
        self.chosen.emit(int(series.steps[min(begin, end - 1) + int(np.argmin(near))]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draws anew for another number of pixels."""
        super().resizeEvent(event)
        roomy = self.height() > 18 * self.fontMetrics().height()
        self._consumed.getAxis("bottom").showLabel(roomy)
        self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves the cursor by a step, a lane, a page or to an end; + and - zoom, 0 shows all."""
        series, (begin, end) = self._series, self.visible_steps
        key = Qt.Key(event.key())
        if series is None:
            super().keyPressEvent(event)
            return
        page = max(1, int((end - begin) / 10 / max(series.spacing, 1)))
        moves = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -len(series),
            Qt.Key.Key_End: len(series),
        }
        if key in moves:
            self.chosen.emit(series.moved(self._step, moves[key]))
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.lane_wanted.emit(1 if key == Qt.Key.Key_Up else -1)
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
        frame_focus(self)

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
        self._lanes.recolour()
        line = pg.mkPen(colours.dim, style=Qt.PenStyle.DashLine)
        self._bounds.recolour(line, colours.foreground, colours.background)


def _extent(series: Series) -> tuple[float, float]:
    """Where the trace of a series begins and ends in the plots."""
    steps = series.trace["step"]
    return int(steps[0]) - 0.5, int(steps[-1]) + 0.5


_NO_ROWS = np.zeros(0, dtype=np.int64)
