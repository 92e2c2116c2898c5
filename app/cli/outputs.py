"""Where commands write to: never onto what they read, and no two results to one place."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from codec.errors import InputError


def require_free(outputs: Sequence[str | Path], inputs: Iterable[str | Path]) -> None:
    """Checks what is going to be written before anything is.

    Raises:
        InputError: an output is an input, or two outputs are one file.
    """
    read = {_identity(path): path for path in inputs}
    taken: dict[object, str | Path] = {}
    for path in outputs:
        identity = _identity(path)
        if identity in read:
            raise InputError(f"{path} is the input itself and would be overwritten")
        if identity in taken:
            raise InputError(
                f"{taken[identity]} and {path} are one file, but two are to be written"
            )
        taken[identity] = path


def require_place(path: str | Path) -> None:
    """Checks that a file can be put somewhere, before the work is done that fills it.

    Raises:
        InputError: there is no such folder, or a folder stands there already.
    """
    try:
        folder = Path(path).parent
        taken, found = not str(path) or Path(path).is_dir(), folder.is_dir()
    except (OSError, ValueError) as error:  # a name too long, a null character
        raise InputError(f"{path} cannot be written: {error}") from None
    if taken:
        raise InputError(f"{path or 'the empty name'} cannot be written: that is a folder")
    if not found:
        raise InputError(f"{path} cannot be written: there is no folder {folder}")


def make_folder(path: Path) -> None:
    """Makes a folder and those around it, where they are not there.

    Raises:
        InputError: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the folder {path} cannot be made: {error.strerror}") from None


def _identity(path: str | Path) -> object:
    """What is equal for two paths that lead to one file."""
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return os.path.realpath(path) if "\0" not in str(path) else str(path)
    return status.st_dev, status.st_ino
