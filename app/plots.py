"""pyqtgraph, set up the way all our plots want it: `from app.plots import pg`.

It is imported here only, since importing it takes longer than the rest of the window together: what
is to be seen at once must not import this module.
"""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from app import theme

__all__ = ["adopt_menus", "dress", "frame_focus", "pg"]

pg.setConfigOptions(antialias=False, imageAxisOrder="row-major")


def _use_theme_colours() -> None:
    colours = theme.current()
    pg.setConfigOptions(background=colours.background, foreground=colours.foreground)


_use_theme_colours()
theme.changed.connect(_use_theme_colours)


def dress(plot: pg.PlotWidget) -> None:
    """Gives a plot that exists already the colours of the current theme: background, axes, title.

    Curves, bars and images are the view's own to recolour.
    """
    colours = theme.current()
    plot.setBackground(colours.background)
    for axis in ("left", "bottom", "right", "top"):
        plot.getAxis(axis).setPen(colours.dim)
        plot.getAxis(axis).setTextPen(colours.foreground)
    title = plot.getPlotItem().titleLabel
    title.setText(title.text, color=colours.foreground)


def adopt_menus(plot: pg.PlotWidget) -> None:
    """Has a plot own the menus that pyqtgraph makes without a parent, so that they end with it."""
    menu = plot.getPlotItem().ctrlMenu
    menu.setParent(plot, menu.windowFlags())


def frame_focus(widget: QWidget) -> None:
    """Frames what holds plots while it has the keyboard; called as it is painted."""
    if widget.hasFocus():
        painter = QPainter(widget)
        painter.setPen(QPen(theme.current().accent, 2))
        painter.drawRect(widget.rect().adjusted(1, 1, -1, -1))
