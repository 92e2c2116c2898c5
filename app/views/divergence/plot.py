"""The states of both sides in one plot, one curve inside the other where they agree, parting where they part."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app import theme
from app.models.divergence_curves import StateCurve
from app.models.divergence_pairs import LEFT, RIGHT
from app.models.envelope import Blocks
from app.plots import adopt_menus, dress, frame_focus, pg
from app.tracks import ScrubBox, StepAxis, bound
from codec.problems import Severity
from codec.rans import Coder

MARGIN = 0.5
"""Room above and below the states, in powers of two."""

WIDTHS = (5, 1.5)
"""How wide the curves are: the right one lies inside the left one where they agree."""

CURVE_PIXELS = 2
"""Pixels for each point of a curve: the two of them are told apart better than they would be at one."""

BAND = 0.22
"""Opacity of the bands from the least to the greatest state, which lie over each other."""

ROOMY_LINES = 9
"""Lines of text that the plot is high before there is room for the names of its axes."""

LEGIBLE_LINES = 6
"""Lines of text that the plot is high before names and numbers in it do not cover each other and the curves."""

LABEL_GROUND = 0.65
"""Opacity of what is laid under a name that curves may cross."""

NEAR_STEPS = 24
"""Steps at each side of one that is gone to."""

TIP = (
    "The rANS state before each step, as a power of two: the wide curve is the left side's, the "
    "narrow one inside it the right side's. The line marks where they part. Click or drag to select a "
    "step; the wheel zooms. Keys: ← → Page Up/Down Home End, + - and 0 for all."
)

Curves = tuple[StateCurve, StateCurve]


class StatePairPlot(QWidget):
    """The plot of both sides' states."""

    chosen = Signal(int)
    """Carries the number of the step that was clicked, dragged to, or gone to by a key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("States of both sides by step")
        self.setToolTip(TIP)
        self._curves: Curves | None = None
        self._step = 0
        self.box = ScrubBox()
        self._plot = pg.PlotWidget(
            viewBox=self.box, axisItems={side: StepAxis(side) for side in ("bottom", "left")}
        )
        adopt_menus(self._plot)
        self._bands = [pg.PlotCurveItem(fillLevel="enclosed", pen=None) for _ in WIDTHS]
        self._lines = [pg.PlotCurveItem(skipFiniteCheck=True) for _ in WIDTHS]
        self._bounds = [bound(above=True), bound(above=False)]
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._parting = _parting_line()
        self._legend = QLabel()
        self._names = ("left", "right")
        self._label = ""
        self._lay_out()
        self.recolour()

    def _lay_out(self) -> None:
        plot, lines = self._plot, (*self._bounds, self._cursor, self._parting)
        for item in (*self._bands, *self._lines, *lines):
            plot.addItem(item)
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setToolTip(TIP)
        plot.hideButtons()
        for side in ("left", "bottom"):
            plot.getAxis(side).enableAutoSIPrefix(False)
            plot.getAxis(side).setStyle(maxTickLevel=0)
        plot.setLabel("bottom", "step")
        # Of one width, or the plot is laid out anew for every other number on its axis.
        wide = self.fontMetrics().horizontalAdvance("88.88") + 2 * self.fontMetrics().height()
        plot.getAxis("left").setWidth(wide)
        plot.setMinimumHeight(3 * self.fontMetrics().height())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        self._legend.setMinimumWidth(1)
        self._legend.setToolTip("Which curve is whose")
        layout.addWidget(self._legend)
        layout.addWidget(plot, 1)
        self.box.sigXRangeChanged.connect(self._draw)
        self.box.chosen.connect(self._choose)
        self.box.clicked.connect(self._choose)

    # What is shown

    def name_sides(self, left: str, right: str) -> None:
        """Says what the sides are called."""
        self._names = left, right
        self._write_legend()

    def _write_legend(self) -> None:
        inks = theme.current().series
        signs = (("━", LEFT), ("─", RIGHT))
        self._legend.setText(
            " &nbsp; ".join(
                f'<span style="color: {inks[side].name()}">{sign * 2}</span> {escape(self._names[side])}'
                for sign, side in signs
            )
        )

    def show_curves(self, curves: Curves | None, coder: Coder | None, label: str = "") -> None:
        """Shows the states of two traces, all of them; or nothing."""
        self._curves = None
        self._cursor.hide()
        self._parting.hide()
        known = curves if curves is not None and any(len(curve) for curve in curves) else None
        self.setEnabled(known is not None)
        if known is None or coder is None:
            for item in (*self._bands, *self._lines):
                item.setData([], [])
            return
        if label != self._label:
            self._label = label
            self._plot.setLabel("left", label)
        self._fit(known, coder)
        begin, end = _extent(known)
        self.box.setLimits(
            xMin=begin, xMax=end, minXRange=min(8, end - begin), maxXRange=end - begin
        )
        self._curves = known
        self.show_all()

    def _fit(self, curves: Curves, coder: Coder) -> None:
        """Sets the range of states; it holds for any zoom, so that parts compare."""
        low, high = np.log2(coder.lower_bound), np.log2(coder.upper_bound)
        names = "L", "L·256" if coder.word_bits == 8 else f"L·2^{coder.word_bits}"
        for line, power, name in zip(self._bounds, (low, high), names, strict=True):
            line.setValue(power)
            line.label.setFormat(f"{name} = 2^{power:g}")
        least = min(low, *(curve.states.least for curve in curves if len(curve)))
        most = max(high, *(curve.states.most for curve in curves if len(curve)))
        self._plot.setYRange(least - MARGIN, most + MARGIN, padding=0)

    def mark(self, step: int | None) -> None:
        """Marks where the traces part; None where they do not."""
        self._parting.setVisible(step is not None)
        if step is not None:
            self._parting.setValue(step - 0.5)

    def show_step(self, step: int | None) -> None:
        """Puts the cursor on a step, moving the plot where it is out of sight; None hides it."""
        self._cursor.setVisible(step is not None)
        if step is None:
            return
        self._step = step
        self._cursor.setValue(step)
        begin, end = self.visible_steps
        if not begin <= step <= end:
            half = (end - begin) / 2
            self.box.setXRange(step - half, step + half, padding=0)

    def show_around(self, step: int) -> None:
        """Zooms in to the steps around one."""
        self.box.setXRange(step - NEAR_STEPS, step + NEAR_STEPS, padding=0)

    def show_all(self) -> None:
        """Zooms out to all steps."""
        if self._curves is not None:
            self.box.setXRange(*_extent(self._curves), padding=0)
            self._draw()

    @property
    def visible_steps(self) -> tuple[float, float]:
        """The first and the last step in sight."""
        begin, end = self.box.viewRange()[0]
        return begin, end

    def _draw(self) -> None:
        """Draws what is in sight."""
        if self._curves is None:
            return
        most = max(int(self.box.width()), 16) // CURVE_PIXELS
        for curve, band, line in zip(self._curves, self._bands, self._lines, strict=True):
            steps, blocks = curve.part(*self.visible_steps, most)
            line.setData(steps, blocks.mean)
            band.setData(*_outline(steps, blocks))

    # Going about

    def _choose(self, place: float, *_value: float) -> None:
        if self._curves is not None:
            self.chosen.emit(_nearest(self._steps, place))

    @property
    def _steps(self) -> NDArray[np.uint32]:
        """The steps of the side that has more of them."""
        curves = self._curves or ()
        return max((curve.steps for curve in curves), key=len)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves the cursor by a step, a page or to an end; + and - zoom, 0 shows all."""
        key, (begin, end) = Qt.Key(event.key()), self.visible_steps
        if self._curves is None:
            super().keyPressEvent(event)
            return
        steps = self._steps
        page = max(1, len(steps) // 10)
        moves = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -len(steps),
            Qt.Key.Key_End: len(steps),
        }
        if key in moves:
            place = int(np.searchsorted(steps, np.uint32(max(self._step, 0)))) + moves[key]
            self.chosen.emit(int(steps[min(max(place, 0), len(steps) - 1)]))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            factor = 2.0 if key == Qt.Key.Key_Minus else 0.5
            centre = self._step if begin <= self._step <= end else (begin + end) / 2
            reach = centre - (centre - begin) * factor, centre + (end - centre) * factor
            self.box.setXRange(*reach, padding=0)
        elif key == Qt.Key.Key_0:
            self.show_all()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draws anew for another number of pixels."""
        super().resizeEvent(event)
        roomy = self.height() > ROOMY_LINES * self.fontMetrics().height()
        for side in ("left", "bottom"):
            self._plot.getAxis(side).showLabel(roomy)
        legible = self.height() > LEGIBLE_LINES * self.fontMetrics().height()
        self._plot.getAxis("left").setStyle(showValues=legible)
        for item in (*self._bounds, self._parting):
            item.label.setVisible(legible)
        self._draw()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Frames the plot while it has the keyboard."""
        super().paintEvent(event)
        frame_focus(self)

    def sizeHint(self) -> QSize:
        """High enough to tell curves apart."""
        line = self.fontMetrics().height()
        return QSize(30 * line, 9 * line)

    def recolour(self) -> None:
        """Takes up the colours of the theme."""
        dress(self._plot)
        colours = theme.current()
        inks = colours.series[LEFT], colours.series[RIGHT]
        for ink, width, band, line in zip(inks, WIDTHS, self._bands, self._lines, strict=True):
            faint = theme.blend(ink, colours.background, 0.5)
            line.setPen(pg.mkPen(faint if width == WIDTHS[LEFT] else ink, width=width))
            ground = QColor(ink)
            ground.setAlphaF(BAND)
            band.setBrush(ground)
        for item in self._bounds:
            item.setPen(pg.mkPen(colours.dim, style=Qt.PenStyle.DashLine))
            item.label.setColor(colours.foreground)
        self._write_legend()
        self._cursor.setPen(pg.mkPen(colours.foreground, width=1, style=Qt.PenStyle.DashLine))
        error = colours.severities[Severity.ERROR]
        self._parting.setPen(pg.mkPen(error, width=2))
        self._parting.label.setColor(error)
        ground = QColor(colours.background)
        ground.setAlphaF(LABEL_GROUND)
        for item in (*self._bounds, self._parting):
            item.label.fill = pg.mkBrush(ground)


def _parting_line() -> Any:
    options = {"position": 0.4, "anchors": [(0, 1), (1, 1)]}
    return pg.InfiniteLine(angle=90, movable=False, label="they part", labelOpts=options)


def _extent(curves: Curves) -> tuple[float, float]:
    """Where the steps of both begin and end."""
    known = [curve.steps for curve in curves if len(curve)]
    begin, end = min(int(s[0]) for s in known), max(int(s[-1]) for s in known)
    return begin - 0.5, end + 0.5


def _outline(
    steps: NDArray[np.float64], blocks: Blocks
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """The band between the least and the greatest of each block; none where a block is one step."""
    if blocks.size == 1:
        return np.zeros(0), np.zeros(0, dtype=np.float32)
    around = np.concatenate([blocks.high, blocks.low[::-1]])
    return np.concatenate([steps, steps[::-1]]), around


def _nearest(steps: NDArray[np.uint32], place: float) -> int:
    """The step nearest to a place."""
    after = min(int(np.searchsorted(steps, max(place, 0.0))), len(steps) - 1)
    around = steps[max(after - 1, 0) : after + 1].astype(np.float64)
    return int(around[np.argmin(np.abs(around - place))])
