"""One plot over the steps of a stream: its axes, its mouse, and a series drawn by what pixels there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent

from app import theme
from app.models.envelope import Blocks
from app.plots import adopt_menus, dress, pg
from app.track_items import Ground, UprightLine

DONE_TINT = 0.12
"""Share of its colour in what marks the steps that the debugger is done with."""

BELOW_CURVES = -10
"""Where that lies among what is drawn."""

ABOVE_CURVES = 10
"""Where the bounds lie among what is drawn: their names stay readable."""


LEAST_LINES = 2.7
"""Height of a plot, at least, in lines of text."""


class StepAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of whole numbers, written with separators; where it is low, no more of them than fit."""

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """The whole numbers among the ticks that have room."""
        wanted = [value for value in values if float(value).is_integer()]
        kept = self._apart(wanted) if self.orientation == "left" else set(wanted)
        return [f"{round(value):,}" if value in kept else "" for value in values]

    def _apart(self, values: Sequence[float]) -> set[float]:
        """Those of some values, from the largest on, whose numbers stand wholly in sight and not in one another.

        pyqtgraph wants two ticks at least, however low the axis is.
        """
        height, (low, high) = self.height(), self.range
        line = QFontMetrics(self.font()).ascent()
        kept, above = set(), height + line / 2
        for value in sorted(values, reverse=True):
            place = (value - low) / (high - low) * height
            if line / 2 <= place <= above - line:
                kept.add(value)
                above = place
        return kept


class ScrubBox(pg.ViewBox):  # type: ignore[misc]
    """A plot's area in which the left button chooses a step, and the wheel zooms or moves."""

    chosen = Signal(float)
    """Carries the step that was clicked or dragged to."""
    clicked = Signal(float, float)
    """Carries the step and the value that were clicked."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.setMouseEnabled(x=True, y=False)
        self.disableAutoRange()

    def limit_steps(self, begin: float, end: float, least: float) -> None:
        """Which steps can be shown, and how many at least; the range of them, to be set next, is not looked at yet."""
        limits = self.state["limits"]
        limits["xLimits"][:] = begin, end
        limits["xRange"][:] = least, end - begin

    def mouseClickEvent(self, event: Any) -> None:
        """Chooses the step under the left button."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            place = self.mapToView(event.pos())
            self.clicked.emit(place.x(), place.y())

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        """Chooses step after step with the left button; the others move the plot."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.chosen.emit(self.mapToView(event.pos()).x())
        else:
            super().mouseDragEvent(event, axis)

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:
        """Zooms around the pointer; with Shift, or sideways, moves the plot."""
        sideways = event.orientation() == Qt.Orientation.Horizontal
        if not sideways and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().wheelEvent(event, axis)
            return
        event.accept()
        begin, end = self.viewRange()[0]
        self.translateBy(x=-event.delta() / 120 * (end - begin) / 8)


class Track(pg.PlotWidget):  # type: ignore[misc]
    """One plot: the series as a line, and as a band where a pixel holds many steps."""

    def __init__(
        self, labels: Sequence[str], tooltip: str, series_colour: int, bars: bool = False
    ) -> None:
        """Makes an empty plot.

        Args:
            labels: titles of its axis, from the longest on; that is shown which there is room for.
            tooltip: what it shows.
            series_colour: which of the colours of the theme.
            bars: whether single steps are bars.
        """
        self.box = ScrubBox()
        self._labels: tuple[str, ...] = ()  # it is resized while it is made
        axes = {side: StepAxis(side) for side in ("bottom", "left")}
        super().__init__(viewBox=self.box, axisItems=axes)
        adopt_menus(self)
        self._colour, self._bars = series_colour, bars
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip(tooltip)
        self.setMinimumHeight(round(self.fontMetrics().height() * LEAST_LINES))
        self.hideButtons()
        for side in ("left", "bottom"):
            self.getAxis(side).enableAutoSIPrefix(False)
            self.getAxis(side).setStyle(maxTickLevel=0)
        self.getAxis("left").setStyle(hideOverlappingLabels=True)
        self.set_labels(*labels)
        self._band = pg.PlotCurveItem(fillLevel="enclosed", pen=None, skipFiniteCheck=True)
        self._line = pg.PlotCurveItem(skipFiniteCheck=True)
        self.cursor_line = UprightLine(self.box)
        self._done = Ground(self.box)
        self._stepping_line = UprightLine(self.box)
        self._done.setZValue(BELOW_CURVES)
        self._cursor = 0.0
        self._stands: tuple[float, float, float] | None = None
        items = self._done, self._band, self._line, self.cursor_line, self._stepping_line
        for item in items:
            self.addItem(item)
        self.cursor_line.hide()
        self.show_done(None)

    def set_labels(self, *labels: str) -> None:
        """Shows the first of some titles of the axis that there is room for, or none."""
        self._labels = labels
        self._fit_label()

    def _fit_label(self) -> None:
        """An axis that is too low for its title would cut it at both ends."""
        axis, room = self.getAxis("left"), self.box.height()
        wide = (QFontMetrics(axis.label.font()).horizontalAdvance(each) for each in self._labels)
        fits = [text for text, width in zip(self._labels, wide, strict=True) if width <= room]
        text = fits[0] if fits else ""
        if text != axis.labelText:
            axis.setLabel(text)
        axis.showLabel(bool(text))
        axis.resizeEvent()  # which is where it puts its title into the middle

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits the title of the axis."""
        super().resizeEvent(event)
        if self._labels:
            self._fit_label()

    def draw(self, blocks: Blocks, steps: NDArray[np.float64], lined: bool = True) -> None:
        """Draws a part of the series.

        Args:
            blocks: the part.
            steps: float64[n], the middle of each block.
            lined: whether its line is drawn beside its band.
        """
        banded = blocks.size > 1
        if banded:
            around = np.concatenate([blocks.high, blocks.low[::-1]])
            self._band.setData(np.concatenate([steps, steps[::-1]]), around)
        else:
            self._band.setData([], [])
        if not lined:
            self._line.setData([], [], stepMode=None, fillLevel=None)
        elif self._bars and not banded:
            edges = np.append(steps, steps[-1:] + _width(steps)) - 0.5
            self._line.setData(edges, blocks.mean, stepMode="center", fillLevel=0)
        else:
            self._line.setData(steps, blocks.mean, stepMode=None, fillLevel=None)

    def show_done(self, done: tuple[float, float] | None, edge: float = 0.0) -> None:
        """Shows which steps the debugger is done with, and at which edge of them it stands; None for nothing."""
        shown = self._stepping_line.isVisible()
        for item in (self._done, self._stepping_line):
            item.setVisible(done is not None)
        if done is None:
            self._stands = None
            return
        self._stands = (*done, edge)
        painted = (*self._done.getRegion(), self._stepping_line.value())
        if not shown or any(map(self._apart, painted, self._stands)):
            self._place_done()

    def place_cursor(self, step: float) -> None:
        """Shows the cursor at a step; it stays where it is painted if that is on the same pixel."""
        self._cursor = step
        line = self.cursor_line
        if not line.isVisible() or self._apart(line.value(), step):
            line.setValue(step)
            line.show()

    def place_exactly(self) -> None:
        """Puts the cursor and what is done where they are, not only on the same pixel: the range is another."""
        if self.cursor_line.isVisible():
            self.cursor_line.setValue(self._cursor)
        self._place_done()

    def _place_done(self) -> None:
        if self._stands is not None:
            begin, end, edge = self._stands
            self._done.setRegion((begin, end))
            self._stepping_line.setValue(edge)

    def _apart(self, one: float, other: float) -> bool:
        """Whether two steps are to be painted at different places."""
        begin, end = self.box.viewRange()[0]
        return bool(abs(one - other) * max(self.box.width(), 1) > (end - begin) / 2)

    def settle(self) -> None:
        """Moves what is drawn to its place now: pyqtgraph would while painting, and have all painted once more."""
        self.scene().prepareForPaint()

    def recolour(self) -> None:
        """Takes up the colours of the theme."""
        dress(self)
        colours = theme.current()
        self._stepping_line.setPen(pg.mkPen(colours.stepping, width=2))
        # Opaque, since blending over a whole plot takes longer than all that is drawn in it.
        self._done.setBrush(theme.blend(colours.stepping, colours.background, DONE_TINT))
        ink = colours.series[self._colour]
        faint = theme.blend(ink, colours.background, 0.3)
        self._band.setBrush(faint)
        self._line.setPen(pg.mkPen(ink, width=1))
        self._line.setBrush(faint)
        self.cursor_line.setPen(pg.mkPen(colours.foreground, width=1, style=Qt.PenStyle.DashLine))


def _width(steps: NDArray[np.float64]) -> float:
    """Width of the last bar: that of the one before it."""
    return float(steps[-1] - steps[-2]) if len(steps) > 1 else 1.0


def bound(above: bool) -> Any:
    """A line across the plot, its name above or below it at the left."""
    corner = (0, 1) if above else (0, 0)
    options = {"position": 0.01, "anchors": [corner, corner]}
    line = pg.InfiniteLine(angle=0, movable=False, label=" ", labelOpts=options)
    line.setZValue(ABOVE_CURVES)
    return line
