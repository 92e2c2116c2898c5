"""The states of all lanes of a stream, one curve a lane, laid over one another in one plot.

However many steps there are, all curves together have a few points a pixel: where a pixel holds many steps of
a lane, the curve is their mean.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor

from app import theme
from app.plots import pg
from app.views.states.envelope import Envelope
from app.views.states.series import Series
from app.views.states.tracks import Track

MOST_CURVES = 64
"""Lanes that are drawn at once; more of them could not be told apart."""

POINTS_A_PIXEL = 4
"""Points that all curves together have, at most, for each pixel of the plot's width."""

LEAST_POINTS = 16
"""Points that each curve may have in any case."""


class LaneCurves:
    """The curves, in the plot that they were made for."""

    def __init__(self, track: Track) -> None:
        self._track = track
        self._curves: dict[int, pg.PlotCurveItem] = {}
        self._series: Series | None = None
        self._states: dict[int, Envelope] = {}
        self._marked: int | None = None

    @property
    def shown(self) -> int:
        """Lanes that are drawn."""
        return len(self._curves)

    def show(self, series: Series | None) -> None:
        """Shows the lanes of a trace, or none."""
        for curve in self._curves.values():
            self._track.removeItem(curve)
        self._curves, self._states = {}, {}
        self._series = series
        if series is None:
            return
        lanes = sorted(series.lanes)
        step = -(-len(lanes) // MOST_CURVES)
        for lane in lanes[::step]:
            self._add(lane)

    def mark(self, lane: int | None) -> None:
        """Draws the curve of one lane, which is added if it is not among them, above all others."""
        self._marked = lane
        if self._series is not None and lane in self._series.lanes and lane not in self._curves:
            self._add(lane)
        self.recolour()

    def _add(self, lane: int) -> None:
        curve = pg.PlotCurveItem(skipFiniteCheck=True)
        self._track.addItem(curve)
        self._curves[lane] = curve

    def draw(self, begin: float, end: float, pixels: int) -> None:
        """Draws the steps from `begin` to `end`, on so many pixels."""
        series = self._series
        if series is None:
            return
        most = max(LEAST_POINTS, POINTS_A_PIXEL * pixels // max(self.shown, 1))
        for lane, curve in self._curves.items():
            rows = series.lanes[lane]
            if lane not in self._states:
                self._states[lane] = Envelope(series.state.values[rows])
            steps = rows + series.trace.first_step
            first, last = np.searchsorted(steps, [begin, end])
            # One more at each side, so that the curve reaches the edge of the plot.
            blocks = self._states[lane].part(int(first) - 1, int(last) + 1, most)
            places = np.minimum(blocks.centres.astype(np.int64), len(steps) - 1)
            curve.setData(steps[places].astype(np.float64), blocks.mean)

    def recolour(self) -> None:
        """Gives each lane a colour of its own, and the marked one the strongest."""
        colours = theme.current()
        count = max(self._curves, default=0) + 1
        for lane, curve in self._curves.items():
            marked = lane == self._marked
            ink = colours.foreground if marked else lane_colour(lane, count)
            curve.setPen(pg.mkPen(ink, width=2 if marked else 1))
            curve.setZValue(2 if marked else 1)


def lane_colour(lane: int, lanes: int) -> QColor:
    """A hue for each lane, as readable on the ground of the theme as the others."""
    dark = theme.current().dark
    return QColor.fromHslF(lane / max(lanes, 1), 0.65, 0.62 if dark else 0.42)
