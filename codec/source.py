"""The one place where bytes of a file are read, each read checked against the bounds.

Files are read with `pread`, never mapped: a mapped file that shrinks while it is open kills the
process, and a debugger must outlive the files it looks at.
"""

from __future__ import annotations

import os
import stat
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.errors import SourceError


class Source(ABC):
    """Bytes that can be read at any offset.

    Attributes:
        name: what to call it in messages: a path, or words.
        size: number of bytes, as it was when the source was opened.
    """

    name: str
    size: int

    @abstractmethod
    def _pread(self, size: int, offset: int) -> bytes:
        """Up to `size` bytes from `offset`; fewer if they are no longer there."""

    def read(self, offset: int, size: int) -> bytes:
        """Exactly `size` bytes from `offset`.

        Raises:
            SourceError: the range is not inside the source, or the file has shrunk.
        """
        if offset < 0 or size < 0 or offset + size > self.size:
            raise SourceError(
                f"{size:,} bytes were wanted but {self.name} holds {self.size:,} bytes", offset
            )
        data = self._pread(size, offset)
        if len(data) != size:
            raise SourceError(
                f"{self.name} has shrunk: {size:,} bytes were wanted, {len(data):,} are left",
                offset,
            )
        return data

    def read_into(self, offset: int, target: NDArray[np.uint8]) -> None:
        """Fills `target` with the bytes from `offset`, where a source can without making another copy.

        Raises:
            SourceError: as for `read`; `target` may be filled in part.
        """
        target[:] = np.frombuffer(self.read(offset, len(target)), dtype=np.uint8)

    def array(self, offset: int, dtype: np.dtype[Any], count: int) -> NDArray[Any]:
        """`count` records of `dtype` from `offset`, as a read-only array.

        Raises:
            SourceError: as for `read`.
        """
        return np.frombuffer(self.read(offset, int(dtype.itemsize) * count), dtype=dtype)

    def changed(self) -> bool:
        """Whether what lies on disk is no longer what was opened."""
        return False


class BytesSource(Source):
    """A source over bytes in memory."""

    def __init__(self, data: bytes, name: str = "the bytes in memory") -> None:
        self.name = name
        self.size = len(data)
        self._data = data

    def _pread(self, size: int, offset: int) -> bytes:
        return self._data[offset : offset + size]

    def array(self, offset: int, dtype: np.dtype[Any], count: int) -> NDArray[Any]:
        """As `Source.array`, but no bytes are copied."""
        if offset < 0 or count <= 0 or offset + int(dtype.itemsize) * count > self.size:
            return super().array(offset, dtype, count)
        return np.frombuffer(self._data, dtype=dtype, count=count, offset=offset)


class FileSource(Source):
    """A source over a regular file, held open so that a rename cannot swap it under a reader.

    Raises:
        SourceError: the path is missing, is no regular file, or may not be read.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.name = self.path.name
        self._descriptor = _open_regular(self.path)
        self._status = os.fstat(self._descriptor)
        self.size = self._status.st_size

    def _pread(self, size: int, offset: int) -> bytes:
        parts = []
        # One pread returns at most 2 GiB on Linux, and may return less at any time.
        while size > 0:
            try:
                part = os.pread(self._descriptor, min(size, 1 << 30), offset)
            except OSError as error:
                raise SourceError(f"{self.name} cannot be read: {error.strerror}", offset) from None
            if not part:
                break
            parts.append(part)
            offset += len(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def read_into(self, offset: int, target: NDArray[np.uint8]) -> None:
        """As `Source.read_into`."""
        inside = offset >= 0 and offset + len(target) <= self.size
        if not (inside and self._fill(offset, target)):
            super().read_into(offset, target)  # which knows how to say what is wrong

    def _fill(self, offset: int, target: NDArray[np.uint8]) -> bool:
        """Fills `target` without a copy on the way; False where that does not work."""
        done = 0
        while done < len(target):
            try:
                count = os.preadv(self._descriptor, [target[done:].data], offset + done)
            except (AttributeError, OSError):  # not every system has it
                return False
            if not count:
                return False
            done += count
        return True

    @property
    def identity(self) -> tuple[int, int, int, int]:
        """Device, inode, size and time of modification in ns, as they were when it was opened."""
        return _identity(self._status)

    def changed(self) -> bool:
        """Whether the path now leads to other content: another file, size or modification time."""
        try:
            now = self.path.stat()
        except OSError:
            return True
        return _identity(now) != _identity(self._status)

    def close(self) -> None:
        """Gives the file descriptor back; reading afterwards raises SourceError."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __del__(self) -> None:
        if hasattr(self, "_descriptor"):
            self.close()


def _identity(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _open_regular(path: Path) -> int:
    """A read-only descriptor; opening never blocks, even on a pipe."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_BINARY", 0))
    except ValueError:
        raise SourceError("the path holds a null character and names no file") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be opened: {error.strerror}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        kind = "a directory" if path.is_dir() else "not a regular file"
        raise SourceError(f"{path} cannot be opened: it is {kind}")
    return descriptor
