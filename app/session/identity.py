"""What tells one content of a file from another, cheaply enough to be asked of a file of any size.

A session belongs to bytes, not to a name: places and edits mean nothing in other bytes. Reading all of a large file
to tell is too dear; its size, its time of modification and some of its bytes tell of nearly every change.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from codec.edits.overlay import base_of
from codec.source import FileSource, Source

WINDOW = 1 << 16
"""Bytes of each part that is digested."""

WINDOWS = 16
"""Parts that are digested, evenly spread from the start of a file to its end; a file of no more is digested whole."""

DIGEST_BYTES = 16


@dataclass(frozen=True)
class FileIdentity:
    """The content of a file, as far as it is cheap to tell.

    Attributes:
        size: in bytes.
        modified_ns: when it was modified last, in ns since 1970; 0 where no file is read.
        digest: of the size and of bytes from start to end, as hex digits.
    """

    size: int
    modified_ns: int
    digest: str

    def same_content(self, other: FileIdentity) -> bool:
        """Whether both are, as far as is known, of the same bytes, whenever those were written."""
        return (self.size, self.digest) == (other.size, other.digest)


def identity_of(source: Source) -> FileIdentity:
    """The identity of what a source reads, without the edits that are laid over it.

    Raises:
        SourceError: it cannot be read any more.
    """
    base = base_of(source)
    digest = blake2b(base.size.to_bytes(8, "little"), digest_size=DIGEST_BYTES)
    for offset, size in _windows(base.size):
        digest.update(base.read(offset, size))
    modified_ns = base.identity[3] if isinstance(base, FileSource) else 0
    return FileIdentity(base.size, modified_ns, digest.hexdigest())


def _windows(size: int) -> list[tuple[int, int]]:
    """Offset and size of the parts that are digested."""
    if size <= WINDOW * WINDOWS:
        return [(0, size)]
    room = size - WINDOW
    return [(room * number // (WINDOWS - 1), WINDOW) for number in range(WINDOWS)]
