"""Saves a picture of a widget whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtWidgets import QWidget

from codec.errors import RanscopeError


def save_picture(widget: QWidget, path: Path) -> None:
    """Saves how `widget` looks as a PNG file at `path`; an older file is replaced at the end.

    Raises:
        RanscopeError: the file cannot be written.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    widget.grab().save(buffer, "PNG")
    try:
        _write(path, bytes(buffer.data().data()))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RanscopeError(f"{path} cannot be written: {reason}") from None


def _write(path: Path, data: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as temporary:
        try:
            temporary.write(data)
            temporary.close()
            Path(temporary.name).chmod(0o666 & ~_umask())
            Path(temporary.name).replace(path)
        except BaseException:
            Path(temporary.name).unlink(missing_ok=True)
            raise


def _umask() -> int:
    """The permissions that this process withholds from new files."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
