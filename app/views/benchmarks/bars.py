"""Bars of a benchmark: one a row, its name beside it, the middle half of the runs as a whisker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import theme
from app.models.bench_series import Bar
from app.plots import adopt_menus, dress, pg

FEWEST_IN_SIGHT = 4
"""Bars that are shown at once, however low the plot is; the wheel, or a drag, shows the others."""

LONGEST_NAME = 34
"""Characters of a name beside its bar; the table has all of it."""


class BarPlot(QWidget):
    """Horizontal bars, the first at the top."""

    picked = Signal(object)
    """Carries the key of the bar that was clicked."""

    def __init__(self, label: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[Bar, ...] = ()
        self._picked: object = None
        self._plot = pg.PlotWidget(enableMenu=False)
        adopt_menus(self._plot)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setToolTip(
            f"{tip} The wheel zooms, dragging moves. Keys: ↑ ↓ from bar to bar, 0 for all."
        )
        self._plot.setLabel("bottom", label)
        self._plot.hideButtons()
        self._plot.showGrid(x=True, alpha=0.25)
        self._plot.getAxis("bottom").enableAutoSIPrefix(False)
        self._plot.showAxis("right")
        self._plot.invertY(True)
        self._plot.scene().sigMouseClicked.connect(self._on_click)
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
        """Shows other bars; what is in sight stays where there are as many as before."""
        as_many = len(bars) == len(self._bars)
        self._bars = tuple(bars)
        self._draw()
        if not as_many:
            self.show_all()

    def show_all(self) -> None:
        """Shows the first bars from 0 to the longest."""
        if self._bars:
            most = max(max(bar.high, bar.value) for bar in self._bars) or 1.0
            self._plot.setXRange(0, 1.04 * most, padding=0)
            room = int(self._plot.getViewBox().height() / (1.3 * self.fontMetrics().height()))
            seen = min(len(self._bars), max(room, FEWEST_IN_SIGHT))
            self._plot.setYRange(-0.6, seen - 0.4, padding=0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shows as many bars as there is room for."""
        super().resizeEvent(event)
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
        names = [(place, _short(bar.name)) for place, bar in enumerate(self._bars)]
        self._plot.getAxis("left").setTicks([names])
        says = [(place, bar.says) for place, bar in enumerate(self._bars)]
        self._plot.getAxis("right").setTicks([says])
        if not self._bars:
            return
        colours = theme.current()
        places = np.arange(len(self._bars), dtype=float)
        values = np.array([bar.value for bar in self._bars])
        inks = [self._ink(bar) for bar in self._bars]
        pens = [
            QPen(colours.foreground if bar.key == self._picked else ink, 0)
            for bar, ink in zip(self._bars, inks, strict=True)
        ]
        self._plot.addItem(
            pg.BarGraphItem(x0=0, y=places, height=0.7, width=values, brushes=inks, pens=pens)
        )
        low = np.array([bar.value - bar.low for bar in self._bars])
        high = np.array([bar.high - bar.value for bar in self._bars])
        whiskers = pg.ErrorBarItem(
            x=values, y=places, left=low, right=high, beam=0.3, pen=QPen(colours.foreground, 0)
        )
        self._plot.addItem(whiskers)

    def _ink(self, bar: Bar) -> QColor:
        colours = theme.current()
        if bar.key == self._picked:
            return colours.selection
        return colours.series[1] if bar.base else colours.series[0]

    def _on_click(self, event: Any) -> None:
        place = round(self._plot.getViewBox().mapSceneToView(event.scenePos()).y())
        if 0 <= place < len(self._bars):
            self.picked.emit(self._bars[place].key)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
