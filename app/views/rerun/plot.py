"""One figure of a sweep against one setting, as curves: every point is a row of the table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent, QPen

from app import theme
from app.canvas.picked_plot import MOST_DRAWN, PickedPlot
from app.canvas.signs import look
from app.models.sweep_columns import SweepColumn
from app.models.sweep_series import Curves, Point, Series
from app.plots import pg
from codec.problems import Severity

STEPS: dict[Qt.Key, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
"""What keys do: points along the curve, and curves."""

TIP = (
    "Each point is a row of the table, and clicking one selects it; × are files that do not give the weights back. "
    "The dashed line is what the order-0 entropy of the weights allows without prediction. The wheel zooms, "
    "dragging moves. Keys: ← → along a curve, ↑ ↓ to the next curve, 0 for all."
)


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """Values of a setting at equal distances, whatever they are."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.values: tuple[str, ...] = ()

    def tickValues(self, begin: float, end: float, pixels: float) -> list[tuple[float, list[int]]]:
        """All that are in sight, or every second, third… where they would cover each other."""
        shown = [place for place in range(len(self.values)) if begin <= place <= end]
        widest = max((len(self.values[place]) for place in shown), default=1)
        room = max(1, int(pixels / (9 * (widest + 2))))
        step = max(1, -(-len(shown) // room))
        return [(step, shown[::step])]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """The values."""
        return [self.values[round(value)] for value in values]


class SweepPlot(PickedPlot):
    """The plot of a sweep: the key of a point is the number of its row."""

    def __init__(self) -> None:
        axis = ValueAxis()
        super().__init__("Plot of the sweep", TIP, {"bottom": axis})
        self._curves: Curves | None = None
        self._axis = axis
        self._plot.showGrid(y=True, alpha=0.25)
        self._plot.setMinimumHeight(6 * self.fontMetrics().height())
        self._bound = pg.InfiniteLine(angle=0, movable=False)

    def show_curves(self, curves: Curves, setting: SweepColumn, figure: SweepColumn) -> None:
        """Shows a figure against a setting."""
        self._curves = curves
        self._axis.values = curves.values
        self._plot.setLabel("bottom", setting.title)
        self._plot.setLabel("left", figure.heading)
        self._draw()
        self.show_all()

    def show_all(self) -> None:
        """Shows all points, and the bound where it is not far from them."""
        points = [point for series in self._series for point in series.points]
        if self._curves is None or not points:
            return
        values = [point.y for point in points]
        if self._curves.bound is not None:
            values.append(self._curves.bound)
        least, most = min(values), max(values)
        room = 0.08 * (most - least) or max(abs(most) * 0.05, 0.5)
        self._plot.setYRange(least - room, most + room, padding=0)
        self._plot.setXRange(-0.5, len(self._curves.values) - 0.5, padding=0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Goes from point to point; 0 shows all."""
        if event.key() in STEPS and self._series:
            self._go(*STEPS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _go(self, along: int, across: int) -> None:
        """Picks a point further along its curve, or the nearest one of another curve; at first the very first."""
        places = [
            (i, k)
            for i, series in enumerate(self._series)
            for k, point in enumerate(series.points)
            if point.number == self._picked
        ]
        curve, place = places[0] if places else (0, -along)
        points = self._series[(curve + across) % len(self._series)].points
        self.picked.emit(points[min(max(place + along, 0), len(points) - 1)].number)

    @property
    def _series(self) -> tuple[Series, ...]:
        return self._curves.series if self._curves else ()

    def _draw(self) -> None:
        self._plot.clear()
        if self._curves is None:
            return
        if len(self._series) <= MOST_DRAWN:
            for place, series in enumerate(self._series):
                self._add(series, *look(place))
        else:
            points = [point for series in self._series for point in series.points]
            self._add_marks(points, *look(0))
        if self._curves.bound is not None:
            self._bound.setValue(self._curves.bound)
            self._bound.setPen(QPen(theme.current().dim, 0, Qt.PenStyle.DashLine))
            self._plot.addItem(self._bound)
        self._add_ring()

    def _add(self, series: Series, colour: QColor, sign: str) -> None:
        """Draws a curve through the points whose weights come back, and marks all of them."""
        sound = [point for point in series.points if point.sound]
        xs, ys = [point.x for point in sound], [point.y for point in sound]
        self._plot.addItem(pg.PlotCurveItem(np.array(xs, float), np.array(ys, float), pen=colour))
        self._add_marks(series.points, colour, sign)

    def _add_marks(self, points: Sequence[Point], colour: QColor, sign: str) -> None:
        """Marks points; those whose weights do not come back as such."""
        sound = [point for point in points if point.sound]
        lost = [point for point in points if not point.sound]
        error = theme.current().severities[Severity.ERROR]
        for marked, ink, shape in ((sound, colour, sign), (lost, error, "x")):
            self._add_points(
                [point.x for point in marked],
                [point.y for point in marked],
                [point.number for point in marked],
                symbol=shape,
                pen=ink,
                brush=ink,
            )

    def _place_picked(self) -> tuple[list[int], list[float]]:
        found = [p for series in self._series for p in series.points if p.number == self._picked]
        return [p.x for p in found], [p.y for p in found]

    def _names(self) -> list[str]:
        return [series.name for series in self._series]

    def _about_one(self) -> str:
        """Which of several curves the row that is picked lies on."""
        if not any(self._names()):
            return ""
        count = f"{len(self._series):,} curves"
        for series in self._series:
            if any(point.number == self._picked for point in series.points):
                return f"{count}; the ring is on that of {series.name}."
        return f"{count}: select a row of the table, or click a point, to see which one it is."
