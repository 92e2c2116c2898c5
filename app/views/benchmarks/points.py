"""Points of a benchmark over two numbers, as curves or one by one: every point is a row of the table, or a tile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QPen

from app import theme
from app.canvas.picked_plot import MOST_DRAWN, PickedPlot
from app.canvas.signs import look
from app.models.bench_series import Line, Spot
from app.plots import pg

LABELLED = (1, 2, 5)
"""First digits of the numbers that a logarithmic axis names."""


class NumberAxis(pg.AxisItem):  # type: ignore[misc]
    """Numbers as a person reads them, also where the axis goes by logarithms."""

    def logTickValues(
        self, low: float, high: float, size: float, standard: list[tuple[float, Any]]
    ) -> list[tuple[float | None, Any]]:
        """As pyqtgraph has them, but each once: it names powers of ten at two levels, one over the other."""
        levels = super().logTickValues(low, high, size, standard)
        tens = {
            round(value, 6) for spacing, values in levels if spacing is not None for value in values
        }
        return [
            (spacing, values if spacing is not None else [v for v in values if round(v, 6) not in tens])
            for spacing, values in levels
        ]  # fmt: skip

    def logTickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """Those that begin with 1, 2 or 5: the others would cover each other."""
        numbers = [10.0**value for value in values]
        return [_number(each) if int(f"{each:.0e}"[0]) in LABELLED else "" for each in numbers]


class PointPlot(PickedPlot):
    """Points and the lines between them."""

    def __init__(self, name: str, tip: str) -> None:
        keys = "The wheel zooms, dragging moves. Keys: ← → from point to point, 0 for all."
        axes = {side: NumberAxis(side) for side in ("left", "bottom")}
        super().__init__(name, f"{tip} {keys}", axes)
        self._lines: tuple[Line, ...] = ()
        self._front: Line | None = None
        self._logs = (False, False)
        self._moved = False
        self._plot.getViewBox().sigRangeChangedManually.connect(self._on_moved)
        self._plot.showGrid(x=True, y=True, alpha=0.25)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def show_lines(
        self,
        lines: Sequence[Line],
        titles: tuple[str, str],
        logs: tuple[bool, bool] = (False, False),
        front: Line | None = None,
    ) -> None:
        """Shows other points; what the user has brought into sight stays where the points are of the same rows.

        Args:
            lines: those that belong together; between them a line is drawn.
            titles: of the lower axis, and of the left one.
            logs: whether each of them goes by logarithms.
            front: a line through some of the points; None for none.
        """
        same = _keys(lines) == _keys(self._lines) and logs == self._logs
        same = same and self._plot.getAxis("bottom").labelText == titles[0]
        self._lines, self._front, self._logs = tuple(lines), front, logs
        self._plot.setLogMode(x=logs[0], y=logs[1])
        self._plot.setLabel("bottom", titles[0])
        self._plot.setLabel("left", titles[1])
        self._draw()
        if not (same and self._moved):
            self.show_all()

    def show_all(self) -> None:
        """Shows all points."""
        self._moved = False
        self._plot.getViewBox().autoRange(padding=0.08)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Goes from point to point; 0 shows all."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps and self._lines:
            keys = _keys(self._lines)
            at = keys.index(self._picked) if self._picked in keys else -1
            self.picked.emit(keys[min(max(at + steps[Qt.Key(event.key())], 0), len(keys) - 1)])
        else:
            super().keyPressEvent(event)

    def _draw(self) -> None:
        self._plot.clear()
        if len(self._lines) <= MOST_DRAWN:
            for place, line in enumerate(self._lines):
                if line.name and len(line.spots) > 1:
                    self._plot.addItem(
                        pg.PlotCurveItem(*self._places(line.spots), pen=look(place)[0])
                    )
        self._add_all_points()
        if self._front is not None and len(self._front.spots) > 1:
            pen = QPen(theme.current().dim, 0, Qt.PenStyle.DashLine)
            self._plot.addItem(pg.PlotCurveItem(*self._places(self._front.spots), pen=pen))
        self._add_ring()

    def _add_all_points(self) -> None:
        """Marks all points; as one item, since there may be hundreds of lines of a point each."""
        looks = [(look(place), line) for place, line in enumerate(self._lines)]
        spots = [spot for line in self._lines for spot in line.spots]
        inks = [ink for (ink, _), line in looks for _ in line.spots]
        signs = [sign for (_, sign), line in looks for _ in line.spots]
        self._add_points(
            *self._places(spots), _keys(self._lines), symbol=signs, pen=inks, brush=inks
        )

    def _places(self, spots: Sequence[Spot]) -> tuple[Any, Any]:
        """Where points lie on the axes: pyqtgraph takes the logarithm of none of what is drawn here."""
        xs, ys = np.array([s.x for s in spots], float), np.array([s.y for s in spots], float)
        return (
            np.log10(np.maximum(xs, 1e-300)) if self._logs[0] else xs,
            np.log10(np.maximum(ys, 1e-300)) if self._logs[1] else ys,
        )

    def _ringed(self) -> list[Spot]:
        return [s for line in self._lines for s in line.spots if s.key == self._picked]

    def _place_picked(self) -> tuple[Any, Any]:
        return self._places(self._ringed())

    def _names(self) -> list[str]:
        return [line.name for line in self._lines]

    def _about_one(self) -> str:
        none = "Click a point to see what it is." if self._lines else ""
        return next((spot.says for spot in self._ringed()), none)

    @Slot(object)
    def _on_moved(self, _sides: object = None) -> None:
        self._moved = True


def _keys(lines: Sequence[Line]) -> list[object]:
    return [spot.key for line in lines for spot in line.spots]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:.3g}"
