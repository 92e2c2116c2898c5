"""nvCOMP's ANS as the peer of our GPU decoder, for the scripts beside this one; `codec.bench.peers.nvcomp` knows how.

The library comes as a wheel, `nvidia-libnvcomp-cu12` or `-cu13`.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

from codec.bench.peers.nvcomp.batch import Batch
from codec.bench.peers.nvcomp.formats import FORMATS, Values
from codec.bench.peers.nvcomp.library import NoLibrary, open_library
from codec.errors import DecodeError


@dataclass(frozen=True)
class Settings:
    """How nvCOMP is used.

    Attributes:
        chunk: bytes that are compressed at a time.
        states: rANS states of a lane: 1 or 2.
        sub_chunks: parts of a chunk at most; 0 for the library's own choice.
        trusting: whether it skips its validation of each chunk.
    """

    chunk: int
    states: int
    sub_chunks: int = 0
    trusting: bool = False

    @property
    def words(self) -> str:
        """The settings for a person."""
        checks = ", no validation" if self.trusting else ""
        parts = f", {self.sub_chunks} sub chunks" if self.sub_chunks else ""
        return f"{self.chunk >> 10} KiB chunks, {self.states} states a lane{parts}{checks}"

    @property
    def values(self) -> Values:
        """As the peer's options."""
        return {
            "chunk": self.chunk,
            "states": self.states,
            "sub_chunks": self.sub_chunks,
            "trusting": self.trusting,
        }


def library() -> ctypes.CDLL | None:
    """The library as its wheel installs it; None where there is none that can be used."""
    try:
        return open_library()
    except NoLibrary:
        return None


class Ans:
    """One array on the card, compressed and decompressed.

    Attributes:
        compressed: bytes of all chunks, and of the sizes that a container would need: 4 a chunk.
    """

    def __init__(self, functions: ctypes.CDLL, cupy: Any, data: Any, settings: Settings) -> None:
        """Compresses.

        Args:
            functions: the library.
            cupy: the module.
            data: u8[any] on the card.
            settings: of the library.
        """
        self._batch = Batch(functions, cupy, data, FORMATS["ans"], settings.values)
        self._packed = self._batch.packed()
        self.compress()
        if failure := self._batch.failure():
            raise DecodeError(failure)
        self.compressed = self._packed.stored_bytes()

    def compress(self) -> None:
        """Queues the compression of all chunks."""
        self._batch.compress(self._packed)

    def decompress(self, output: Any) -> None:
        """Queues the decompression of all chunks into u8[as many as there were]."""
        self._batch.decompress(self._packed, output)
