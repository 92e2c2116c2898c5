"""Writes an edited file to another place; the opened one is never written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from codec.atomic_file import BYTES_AT_ONCE, write_file
from codec.decoders.base import Tick, no_tick
from codec.edits.overlay import file_below
from codec.errors import InputError
from codec.source import FileSource, Source


def save_edited(source: Source, path: str | os.PathLike[str], tick: Tick = no_tick) -> None:
    """Writes all bytes of a source, its edits included, to the file at `path`.

    Args:
        source: what is written.
        path: where to; a file that is there gives way, unless it is the one that is read.
        tick: told (bytes done, bytes in all).

    Raises:
        InputError: `path` leads to the file that is read, or cannot be written.
        SourceError: the bytes cannot be read.
        Cancelled: `tick` says so.
    """
    file = file_below(source)
    if file is not None and _leads_to(file, Path(path)):
        raise InputError(
            f"{file.name} is the file that is edited, and it is never written to: choose another name"
        )
    write_file(path, _pieces(source, tick))


def _leads_to(file: FileSource, target: Path) -> bool:
    """Whether a path leads to an open file, through links of whatever kind, or to where it was opened."""
    try:
        if os.path.realpath(target) == os.path.realpath(file.path):
            return True
        status = target.stat()
    except (OSError, ValueError):  # what is wrong with it is told when it is written
        return False
    return (status.st_dev, status.st_ino) == file.identity[:2]


def _pieces(source: Source, tick: Tick) -> Iterator[bytes]:
    for offset in range(0, source.size, BYTES_AT_ONCE):
        tick(offset, source.size)
        yield source.read(offset, min(BYTES_AT_ONCE, source.size - offset))
