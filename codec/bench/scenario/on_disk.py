"""The files of all layers on the disk: one behind the other in a temporary file that has no name any more.

So a process that is killed leaves nothing behind, and a model of hundreds of layers takes one open file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from codec.errors import DecodeError
from codec.source import FileSource, Source


class LayerFile(Source):
    """A part of a file, as a file of its own."""

    def __init__(self, whole: Source, begin: int, size: int, name: str) -> None:
        self.name, self.size = name, size
        self._whole, self._begin = whole, begin

    def _pread(self, size: int, offset: int) -> bytes:
        return self._whole.read(self._begin + offset, size)

    def read_into(self, offset: int, target: NDArray[np.uint8]) -> None:
        """As `Source.read_into`."""
        if offset < 0 or offset + len(target) > self.size:
            super().read_into(offset, target)  # which knows how to say what is wrong
        self._whole.read_into(self._begin + offset, target)


def on_disk(files: Sequence[bytes], names: Sequence[str]) -> list[Source]:
    """Files as they lie on the disk, each by a name for messages; they are gone when nobody holds them any more.

    Raises:
        DecodeError: they cannot be written.
    """
    try:
        with tempfile.NamedTemporaryFile(prefix="ranscope-layers-") as place:
            for file in files:
                place.write(file)
            place.flush()
            whole = FileSource(place.name)
    except OSError as error:
        raise DecodeError(f"the layers' files cannot be written: {error.strerror}") from None
    found: list[Source] = []
    begin = 0
    for file, name in zip(files, names, strict=True):
        found.append(LayerFile(whole, begin, len(file), name))
        begin += len(file)
    return found
