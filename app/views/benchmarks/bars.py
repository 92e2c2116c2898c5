"""Bars of a benchmark: one a row, its name beside it, the middle half of the runs as a whisker."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import theme
from app.canvas.picked_plot import bare_plot
from app.models.bench_series import Bar
from app.plots import dress, pg
from app.views.benchmarks.points import NumberAxis

FEWEST_IN_SIGHT = 4
"""Bars that are shown at once, however low the plot is; the wheel, or a drag, shows the others."""

LONGEST_NAME, SHORTEST_NAME, MOST_NAME = 34, 10, 0.36
"""Characters of a name beside its bar at most, and where it is cut at least; the table has all of it. And the share of
the plot's width that names take."""

MOST_LINEAR = 100.0
"""Times as long as the shortest bar, the longest may be on a linear axis, where it may be logarithmic at all."""

BEFORE_SHORTEST = 0.5
"""Share of the shortest bar at which a logarithmic axis begins: it has no 0."""


class BarPlot(QWidget):
    """Horizontal bars, the first at the top."""

    picked = Signal(object)
    """Carries the key of the bar that was clicked."""

    def __init__(
        self, label: str, tip: str, parent: QWidget | None = None, *, may_be_log: bool = False
    ) -> None:
        """An empty plot.

        Args:
            label: of the axis: the unit, and behind a comma what it means.
            tip: what the bars are.
            parent: of the widget.
            may_be_log: whether the axis goes by logarithms where the bars are of very different lengths.
        """
        super().__init__(parent)
        self._bars: tuple[Bar, ...] = ()
        self._picked: object = None
        self._label, self._unit, self._may_be_log = label, label.partition(",")[0], may_be_log
        self._begin: float | None = None
        self._moved = False
        self._named = LONGEST_NAME
        keys = "The wheel zooms, dragging moves. Keys: ↑ ↓ from bar to bar, 0 for all."
        self._plot = bare_plot(f"{tip} {keys}", {"bottom": NumberAxis("bottom")})
        self._plot.setLabel("bottom", label)
        self._plot.showGrid(x=True, alpha=0.25)
        self._plot.showAxis("right")
        self._plot.invertY(True)
        self._plot.scene().sigMouseClicked.connect(self._on_click)
        self._plot.getViewBox().sigRangeChangedManually.connect(self._on_moved)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(label)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._plot)

    def minimumSizeHint(self) -> QSize:
        """Room for a few bars."""
        return QSize(1, 7 * self.fontMetrics().height())

    @property
    def bars(self) -> tuple[Bar, ...]:
        """What is shown."""
        return self._bars

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Shows other bars; what the user has brought into sight stays where the bars are of the same rows."""
        same = [bar.key for bar in bars] == [bar.key for bar in self._bars]
        before, self._begin = self._begin, beginning(bars) if self._may_be_log else None
        self._bars = tuple(bars)
        by_logs = self._begin is not None
        self._plot.setLogMode(x=by_logs)
        self._plot.setLabel("bottom", f"{self._unit}, logarithmic" if by_logs else self._label)
        self._draw()
        if not (same and self._moved and by_logs is (before is not None)):
            self.show_all()

    def show_all(self) -> None:
        """Shows the first bars, from where they begin to the end of the longest."""
        self._moved = False
        if self._bars:
            most = max(max(bar.high, bar.value) for bar in self._bars) or 1.0
            begin, end = self._place(0.0), self._place(most)
            self._plot.setXRange(begin, end + 0.04 * (end - begin), padding=0)
            room = int(self._plot.getViewBox().height() / (1.3 * self.fontMetrics().height()))
            seen = min(len(self._bars), max(room, FEWEST_IN_SIGHT))
            self._plot.setYRange(-0.6, seen - 0.4, padding=0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shows as many bars as there is room for."""
        super().resizeEvent(event)
        if self._named != self._name_length():
            self._draw()
        if not self._moved:
            self.show_all()

    def pick(self, key: object) -> None:
        """Marks the bar of a row."""
        if key != self._picked:
            self._picked = key
            self._draw()

    def recolour(self) -> None:
        """Takes up the theme's colours."""
        dress(self._plot)
        self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Goes from bar to bar; 0 shows all."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() == Qt.Key.Key_0:
            self.show_all()
        elif event.key() in steps and self._bars:
            keys = [bar.key for bar in self._bars]
            at = keys.index(self._picked) if self._picked in keys else -1
            place = min(max(at + steps[Qt.Key(event.key())], 0), len(keys) - 1)
            self.picked.emit(keys[place])
        else:
            super().keyPressEvent(event)

    def _draw(self) -> None:
        self._plot.clear()
        self._named = self._name_length()
        names = [(place, short(bar.name, self._named)) for place, bar in enumerate(self._bars)]
        self._plot.getAxis("left").setTicks([names])
        says = [(place, bar.says) for place, bar in enumerate(self._bars)]
        self._plot.getAxis("right").setTicks([says])
        if not self._bars:
            return
        colours = theme.current()
        places = np.arange(len(self._bars), dtype=float)
        begin = self._place(0.0)
        values = np.array([self._place(bar.value) for bar in self._bars])
        inks = [self._ink(bar) for bar in self._bars]
        pens = [
            QPen(colours.foreground if bar.key == self._picked else ink, 0)
            for bar, ink in zip(self._bars, inks, strict=True)
        ]
        self._plot.addItem(
            pg.BarGraphItem(
                x0=begin, y=places, height=0.7, width=values - begin, brushes=inks, pens=pens
            )
        )
        low = values - np.array([self._place(bar.low) for bar in self._bars])
        high = np.array([self._place(bar.high) for bar in self._bars]) - values
        whiskers = pg.ErrorBarItem(
            x=values, y=places, left=low, right=high, beam=0.3, pen=QPen(colours.foreground, 0)
        )
        self._plot.addItem(whiskers)

    def _name_length(self) -> int:
        """Characters of a name that there is room for."""
        room = int(MOST_NAME * self.width() / self.fontMetrics().averageCharWidth())
        return min(max(room, SHORTEST_NAME), LONGEST_NAME)

    def _place(self, value: float) -> float:
        """Where a value lies on the axis; what is below its beginning, there."""
        return value if self._begin is None else math.log10(max(value, self._begin))

    @Slot(object)
    def _on_moved(self, _sides: object = None) -> None:
        self._moved = True

    def _ink(self, bar: Bar) -> QColor:
        colours = theme.current()
        if bar.key == self._picked:
            return colours.selection
        return colours.series[1] if bar.base else colours.series[0]

    def _on_click(self, event: Any) -> None:
        place = round(self._plot.getViewBox().mapSceneToView(event.scenePos()).y())
        if 0 <= place < len(self._bars):
            self.picked.emit(self._bars[place].key)


def beginning(bars: Sequence[Bar]) -> float | None:
    """Where a logarithmic axis begins; None where a linear one shows the lengths of all bars."""
    lengths = [bar.value for bar in bars if bar.value > 0]
    if not lengths or max(lengths) <= MOST_LINEAR * min(lengths):
        return None
    return BEFORE_SHORTEST * min(lengths)


def short(name: str, most: int) -> str:
    """A name in so many characters; names often differ at their ends."""
    if len(name) <= most:
        return name
    end = (most - 1) // 2
    return f"{name[: most - 1 - end]}…{name[-end:]}"
