"""Writing files whole or not at all: to a temporary file in the same folder, then renamed over the target."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from codec.errors import InputError

Piece = bytes | memoryview
"""What a file is written from."""

BYTES_AT_ONCE = 1 << 24
"""Largest piece of an array, so that interrupting a long write does not take long."""


def write_file(path: str | os.PathLike[str], pieces: Iterable[Piece]) -> None:
    """Writes the file at `path` from `pieces`; if anything fails, what was there before still is.

    A symbolic link keeps pointing where it did; an existing file keeps its permissions; a device or a pipe is
    written to directly, since it cannot be replaced.

    Raises:
        InputError: it cannot be written.
    """
    _write(path, lambda file: file.writelines(pieces))


def write_seekable(path: str | os.PathLike[str], fill: Callable[[BinaryIO], None]) -> None:
    """As `write_file`, for what is not written from its first byte to its last.

    Args:
        path: of the file.
        fill: writes to an empty file, in which it may seek.

    Raises:
        InputError: it cannot be written.
    """
    if _is_special(path):
        with tempfile.TemporaryFile() as file:
            fill(file)
            file.seek(0)
            write_file(path, iter(lambda: file.read(BYTES_AT_ONCE), b""))
    else:
        _write(path, fill)


def _write(path: str | os.PathLike[str], fill: Callable[[BinaryIO], None]) -> None:
    with _told(path):
        if _is_special(path):
            with Path(path).open("wb") as file:
                fill(file)
        else:
            _replace(Path(os.path.realpath(path)), fill)


def _is_special(path: str | os.PathLike[str]) -> bool:
    """Whether a device or a pipe is there.

    Raises:
        InputError: nothing can be there.
    """
    with _told(path):
        try:
            target = Path(os.path.realpath(path))
            return target.exists() and not target.is_file()
        except ValueError as error:  # a null character in it
            raise OSError(None, str(error)) from None


@contextlib.contextmanager
def _told(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turns what the system complains of into one sentence."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from None


def npy_pieces(array: NDArray[Any]) -> Iterator[Piece]:
    """The .npy file of a C-contiguous array."""
    header = io.BytesIO()
    described = np.lib.format.header_data_from_array_1_0(array)
    np.lib.format.write_array_header_1_0(header, described)
    yield header.getvalue()
    data = array.reshape(-1).view(np.uint8).data
    for begin in range(0, len(data), BYTES_AT_ONCE):
        yield data[begin : begin + BYTES_AT_ONCE]


def _replace(target: Path, fill: Callable[[BinaryIO], None]) -> None:
    mode = _mode(target)
    descriptor, name = tempfile.mkstemp(prefix=".ranscope-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            fill(file)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _mode(target: Path) -> int:
    """The permissions that the file shall have: those it has, or those that any new file gets.

    Raises:
        PermissionError: it is there and may not be written to.
    """
    if target.exists():
        if not os.access(target, os.W_OK):
            raise PermissionError(None, "it is write-protected")
        return stat.S_IMODE(target.stat().st_mode)
    umask = os.umask(0o077)  # there is no other way to ask for it
    os.umask(umask)
    return 0o666 & ~umask
