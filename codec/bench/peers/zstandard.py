"""Zstandard, as weights are packed with everywhere: one frame, through the package `zstandard`."""

from __future__ import annotations

from typing import Any

import numpy as np

from codec.bench.data import Matrix
from codec.bench.peers.options import Number, Option, Value, number

OPTIONS: tuple[Option, ...] = (
    Number("level", "1 is fast, 19 is small; below 1 faster still", 1, -7, 22),
    Number("threads", "that compress; one always decompresses", 1, 1, 1024),
)


class Zstandard:
    """A `processor.Coder`."""

    name = "zstandard"

    def __init__(self, library: Any, options: dict[str, Value]) -> None:
        self.threads = number(options, "threads")
        many = {} if self.threads == 1 else {"threads": self.threads}
        self._compressor = library.ZstdCompressor(level=number(options, "level"), **many)
        self._decompressor = library.ZstdDecompressor()

    def encode(self, weights: Matrix) -> bytes:
        """As `Coder.encode`."""
        stored: bytes = self._compressor.compress(weights.data)
        return stored

    def decode(self, stored: bytes, shape: tuple[int, int]) -> Matrix:
        """As `Coder.decode`."""
        return np.frombuffer(self._decompressor.decompress(stored), dtype=np.int8).reshape(shape)

    def size(self, stored: bytes) -> int:
        """As `Coder.size`."""
        return len(stored)

    def parts(self, stored: bytes) -> int:
        """As `Coder.parts`: one frame."""
        return 1
