"""What plots share whose points are rows of a table: one is picked and has a ring, and a legend says which is which."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app import theme
from app.canvas.signs import SIGN_TEXTS, look
from app.plots import adopt_menus, dress, pg

MOST_DRAWN = 48
"""Curves up to which lines are drawn; of more, only the points."""

MOST_NAMED = 12
"""Curves up to which the legend names all."""

LEGEND_SHARE = 0.35
"""Of the height, at most so much is for the legend."""


def bare_plot(tip: str, axes: Mapping[str, pg.AxisItem]) -> pg.PlotWidget:
    """A plot without menus and buttons, whose widget has the keyboard, and whose axes name numbers as they are."""
    plot = pg.PlotWidget(enableMenu=False, axisItems=dict(axes))
    adopt_menus(plot)
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.setToolTip(tip)
    plot.hideButtons()
    for side in ("left", "bottom"):
        plot.getAxis(side).enableAutoSIPrefix(False)
    return plot


class PickedPlot(QWidget):
    """Curves and their points, which have a key each; those who show something draw it and name it."""

    picked = Signal(object)
    """Carries the key of the point that was clicked."""

    def __init__(self, name: str, tip: str, axes: Mapping[str, pg.AxisItem]) -> None:
        """An empty plot; `axes` are those that are not pyqtgraph's own, by their sides."""
        super().__init__()
        self._picked: object = None
        self._plot = bare_plot(tip, axes)
        self._legend = QLabel()
        self._legend.setTextFormat(Qt.TextFormat.RichText)  # escaped text looks plain to Qt
        self._legend.setWordWrap(True)
        self._legend.setMinimumWidth(1)
        self._legend.setToolTip("Which is which, or what the ring is on")
        self._ring = pg.ScatterPlotItem(size=17, brush=None)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._legend)
        column.addWidget(self._plot, 1)

    def minimumSizeHint(self) -> QSize:
        """Room for the plot; the legend breaks into lines."""
        return QSize(1, 7 * self.fontMetrics().height())

    def pick(self, key: object) -> None:
        """Marks the point of a row."""
        self._picked = key
        self._mark()
        self._write_legend()

    def recolour(self) -> None:
        """Takes up the theme's colours."""
        dress(self._plot)
        self._draw()

    @abstractmethod
    def show_all(self) -> None:
        """Shows all points."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """0 shows all."""
        if event.key() == Qt.Key.Key_0:
            self.show_all()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names the curves where there is room for it."""
        super().resizeEvent(event)
        self._write_legend()

    @abstractmethod
    def _draw(self) -> None:
        """Draws all anew."""

    @abstractmethod
    def _place_picked(self) -> tuple[ArrayLike, ArrayLike]:
        """Where the points lie that are picked: one, or none."""

    @abstractmethod
    def _names(self) -> Sequence[str]:
        """What the curves are called; "" for those that the legend does not name."""

    @abstractmethod
    def _about_one(self) -> str:
        """What the ring is on, where the legend does not name all curves."""

    def _add_points(
        self, xs: ArrayLike, ys: ArrayLike, keys: Sequence[object], **looks: Any
    ) -> None:
        """Marks points that can be clicked; `looks` are pyqtgraph's symbol, pen and brush."""
        held = np.fromiter(keys, object, len(keys))  # an array of tuples would have an axis more
        marks = pg.ScatterPlotItem(xs, ys, data=held, size=9, **looks)
        marks.sigClicked.connect(self._on_click)
        self._plot.addItem(marks)

    def _add_ring(self) -> None:
        """Lays the ring, and the legend, over what is drawn."""
        self._plot.addItem(self._ring)
        self._mark()
        self._write_legend()

    def _mark(self) -> None:
        self._ring.setPen(QPen(theme.current().foreground, 0))
        self._ring.setData(*self._place_picked())

    def _write_legend(self) -> None:
        """Names all curves; where they are too many, or take too much of the height, says what the ring is on."""
        named = [(place, name) for place, name in enumerate(self._names()) if name]
        self._legend.setText(self._all_named(named) if len(named) <= MOST_NAMED else "")
        too_high = self._legend.heightForWidth(self.width()) > LEGEND_SHARE * self.height()
        if too_high or not self._legend.text():
            self._legend.setText(escape(self._about_one()))
        self._legend.setVisible(bool(self._legend.text()))

    def _all_named(self, named: Sequence[tuple[int, str]]) -> str:
        """Signs of curves and their names, none of which breaks: one too long for a line is cut in its middle."""
        metrics, middle = self._legend.fontMetrics(), Qt.TextElideMode.ElideMiddle
        parts = []
        for place, name in named:
            ink, sign = look(place)
            room = self.width() - metrics.horizontalAdvance(f"{SIGN_TEXTS[sign]}   ")
            short = unbroken(metrics.elidedText(name, middle, room))
            parts.append(
                f'<span style="color: {ink.name()}">{SIGN_TEXTS[sign]}</span>&nbsp;{escape(short)}'
            )
        return "&nbsp;&nbsp; ".join(parts)

    def _on_click(self, _item: object, points: Any, _event: object = None) -> None:
        if len(points):
            self.picked.emit(points[0].data())


def unbroken(text: str) -> str:
    """The same text with no place at which a line may be broken: spaces do not break, and nothing behind a sign."""
    return re.sub(r"([^\w\s])", "\\1\N{WORD JOINER}", text).replace(" ", "\N{NO-BREAK SPACE}")
