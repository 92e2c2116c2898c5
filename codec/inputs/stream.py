"""A `Source` as a file object, for library readers that want one: NumPy's and zipfile's."""

from __future__ import annotations

import errno
import io
import os
from typing import Any

from codec.source import Source


class SourceStream(io.RawIOBase):
    """Reads a source from a position that moves along."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._position = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Moves the position; returns where it is then.

        Raises:
            OSError: before the beginning, as for a file: zipfile goes by that.
        """
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._source.size}
        position = base[whence] + offset
        if position < 0:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        self._position = position
        return position

    def tell(self) -> int:
        """The position."""
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fills `buffer` as far as the source reaches.

        Raises:
            SourceError: the source has shrunk.
        """
        target = memoryview(buffer).cast("B")
        size = max(0, min(len(target), self._source.size - self._position))
        target[:size] = self._source.read(self._position, size) if size else b""
        self._position += size
        return size
