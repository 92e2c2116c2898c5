"""Saves how a panel looks, as a PNG or an SVG file, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from app.focus_ring import LINE_NAME
from app.picture import save_picture
from codec.atomic_file import write_file
from codec.errors import InputError

FILTERS = "PNG (*.png);;SVG (*.svg)"
"""For the file dialog."""


def save_panel(widget: QWidget, path: str | os.PathLike[str]) -> None:
    """Saves a picture of `widget` at `path`, in the format that the name's ending asks for.

    Raises:
        InputError: the ending is neither .png nor .svg, or the file cannot be written.
    """
    with _without_focus(widget):
        match PurePath(path).suffix.lower():
            case ".png":
                save_picture(widget, path)
            case ".svg":
                write_file(path, [svg(widget)])
            case _:
                raise InputError(f"{PurePath(path).name} does not end in .png or .svg")


def svg(widget: QWidget) -> bytes:
    """The widget as an SVG 1.1 document: text and lines stay what they are, pictures are embedded."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    generator.setViewBox(QRect(QPoint(0, 0), widget.size()))
    generator.setResolution(widget.logicalDpiX())
    generator.setTitle(widget.windowTitle() or "Ranscope")
    painter = QPainter(generator)
    try:
        painter.fillRect(widget.rect(), widget.palette().window())
        _draw(painter, widget, widget, widget.rect())
    finally:
        painter.end()
    return bytes(buffer.data().data())


def _draw(painter: QPainter, widget: QWidget, root: QWidget, room: QRect) -> None:
    """Draws a widget, then those in it, each clipped: Qt itself clips none of them in an SVG.

    Args:
        painter: draws in the coordinates of `root`.
        widget: what is drawn.
        root: what the picture is of.
        room: what is left to `widget` by those that it lies in.
    """
    place = QPoint(0, 0) if widget is root else widget.mapTo(root, QPoint(0, 0))
    shown = room.intersected(QRect(place, widget.size()))
    if shown.isEmpty():
        return
    painter.save()
    painter.setClipRect(shown)
    # As any widget: what a plot calls `render` is something else.
    QWidget.render(widget, painter, place, QRegion(), QWidget.RenderFlag.DrawWindowBackground)
    painter.restore()
    for child in widget.children():
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow():
            _draw(painter, child, root, shown)


@contextmanager
def _without_focus(widget: QWidget) -> Iterator[None]:
    """Has no line round what has the keyboard: that is no part of what is shown."""
    lines = [line for line in widget.findChildren(QWidget, LINE_NAME) if line.isVisible()]
    for line in lines:
        line.hide()
    try:
        yield
    finally:
        for line in lines:
            line.show()
