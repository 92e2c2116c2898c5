"""Saves how a widget looks as a PNG file, whole or not at all."""

from __future__ import annotations

import os

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtWidgets import QFileDialog, QWidget

from codec.atomic_file import write_file


def save_picture(widget: QWidget, path: str | os.PathLike[str]) -> None:
    """Saves a picture of `widget` at `path`, over what is there.

    Raises:
        InputError: the file cannot be written.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    widget.grab().save(buffer, "PNG")
    write_file(path, [bytes(buffer.data().data())])


def save_picture_as(widget: QWidget) -> None:
    """Asks where to save a picture of `widget`, and saves it there.

    Raises:
        InputError: the file cannot be written.
    """
    path, _ = QFileDialog.getSaveFileName(widget, "Save a picture", "ranscope.png", "PNG (*.png)")
    if path:
        save_picture(widget, path)
