"""The states of all lanes of a stream, one curve a lane, laid over one another in one plot.

However many steps there are, all curves together have a few points a pixel: where a pixel holds many steps of
a lane, the curve is their mean. They are one item of the plot: pyqtgraph spends a millisecond on each item
that comes, goes or is asked for its bounds, and a click on another tile changes all of them.
"""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app import theme
from app.models.lane_states import LaneStates, Points
from app.models.trace_series import Series
from app.plots import pg
from app.tracks import Track

POINTS_A_PIXEL = 4
"""Points that all curves together have, at most, for each pixel of the plot's width."""

LEAST_POINTS = 16
"""Points that each curve may have in any case."""


class LaneCurves:
    """The curves, in the plot that they were made for."""

    def __init__(self, track: Track) -> None:
        self._item = _Curves()
        self._series: Series | None = None
        self._lanes: list[int] = []
        self._states: list[LaneStates] = []
        self._points: dict[int, Points] = {}
        self._lines: dict[int, QPolygonF] = {}
        self._pens: dict[tuple[int, int], QPen] = {}
        self._marked: int | None = None
        track.addItem(self._item)

    @property
    def shown(self) -> int:
        """Lanes that are drawn."""
        return len(self._lanes)

    def show(self, series: Series | None) -> None:
        """Shows the lanes of a trace, or none, as soon as they are drawn."""
        self._series, self._points, self._lines = series, {}, {}
        self._states = [] if series is None else [series.lane_states]
        self._lanes = [] if series is None else list(series.drawn_lanes)
        self._paint()

    def mark(self, lane: int | None) -> None:
        """Draws the curve of one lane, which is added if it is not among them, above all others."""
        self._marked = lane
        series = self._series
        if series is not None and lane in series.lanes and lane not in self._lanes:
            self._lanes = sorted([*self._lanes, lane])
            self._states.append(series.states_of([lane]))
        self._paint()

    def draw(self, begin: float, end: float, pixels: int) -> None:
        """Draws the steps from `begin` to `end`, on so many pixels."""
        series = self._series
        if series is None:
            return
        most = max(LEAST_POINTS, POINTS_A_PIXEL * pixels // max(self.shown, 1))
        origin = series.trace.first_step
        first, last = (math.ceil(edge) - origin for edge in (begin, end))
        self._points = {
            lane: (places + origin, values)
            for states in self._states
            for lane, (places, values) in states.points(first, last, most).items()
        }
        self._lines = {
            lane: pg.functions.arrayToQPolygonF(*points) for lane, points in self._points.items()
        }
        self._paint()

    def recolour(self) -> None:
        """Takes up the colours of the theme."""
        self._pens.clear()
        self._paint()

    def _paint(self) -> None:
        """Hands the curves over: each in a colour of its own, the marked one last and strongest."""
        count = max(self._lanes, default=0) + 1
        ordered = sorted(self._lines, key=lambda lane: (lane == self._marked, lane))
        self._item.show_curves([(self._lines[lane], self._pen(lane, count)) for lane in ordered])

    def _pen(self, lane: int, lanes: int) -> QPen:
        if lane == self._marked:
            return QPen(pg.mkPen(theme.current().foreground, width=2))
        if (lane, lanes) not in self._pens:
            self._pens[lane, lanes] = pg.mkPen(lane_colour(lane, lanes), width=1)
        return self._pens[lane, lanes]


class _Curves(pg.GraphicsObject):  # type: ignore[misc]
    """Lines in the coordinates of a plot; it fills what is in sight and never asks for more room."""

    def __init__(self) -> None:
        super().__init__()
        self._curves: list[tuple[QPolygonF, QPen]] = []

    def show_curves(self, curves: list[tuple[QPolygonF, QPen]]) -> None:
        """Shows other curves, the first at the bottom."""
        self._curves = curves
        self.update()

    def boundingRect(self) -> QRectF:
        """All that the plot shows."""
        sight: QRectF | None = self.viewRect()
        return QRectF() if sight is None else sight

    def viewRangeChanged(self) -> None:
        """Follows what the plot shows."""
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, *_options: Any) -> None:
        """Draws the curves in their order."""
        for line, pen in self._curves:
            painter.setPen(pen)
            painter.drawPolyline(line)


def lane_colour(lane: int, lanes: int) -> QColor:
    """A hue for each lane, as readable on the ground of the theme as the others."""
    dark = theme.current().dark
    return QColor.fromHslF(lane / max(lanes, 1), 0.65, 0.62 if dark else 0.42)
