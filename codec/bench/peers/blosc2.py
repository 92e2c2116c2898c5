"""Blosc2: general coders behind a shuffle of bits, block by block, through the package `blosc2`.

A weight is one byte, so of its filters the one that shuffles bytes has nothing to do. The one that shuffles bits helps
LZ4, which looks for repetitions, and is in the way of zstd, whose Huffman coder wants whole symbols.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codec.bench.data import Matrix
from codec.bench.peers.options import Choice, Number, Option, Value, number
from codec.errors import InputError

CODECS = {"zstd": "ZSTD", "lz4": "LZ4", "lz4hc": "LZ4HC", "blosclz": "BLOSCLZ", "zlib": "ZLIB"}
FILTERS = {"none": "NOFILTER", "shuffle": "SHUFFLE", "bitshuffle": "BITSHUFFLE"}
"""By the names in a plan, those of the package's enumerations."""

MOST_BYTES = (1 << 31) - 33
"""Of a chunk of Blosc2: its sizes have 31 bits, and its header is 32 bytes long."""

OPTIONS: tuple[Option, ...] = (
    Choice("codec", "what codes a block", "zstd", tuple(CODECS)),
    Choice("filter", "what comes before it", "none", tuple(FILTERS)),
    Number("level", "0 stores, 9 is smallest", 1, 0, 9),
    Number("block", "bytes that are coded by themselves; 0: its choice", 0, 1 << 10, 1 << 29, 0),
    Number("threads", "either way", 1, 1, 1024),
)


class Blosc2:
    """A `processor.Coder`."""

    name = "blosc2"

    def __init__(self, library: Any, options: dict[str, Value]) -> None:
        self.threads = number(options, "threads")
        self._library = library
        self._settings = {
            "codec": getattr(library.Codec, CODECS[str(options["codec"])]),
            "filters": [getattr(library.Filter, FILTERS[str(options["filter"])])],
            "clevel": number(options, "level"),
            "blocksize": number(options, "block"),
            "typesize": 1,
            "nthreads": self.threads,
        }

    def encode(self, weights: Matrix) -> bytes:
        """As `Coder.encode`.

        Raises:
            InputError: there are more weights than a chunk holds.
        """
        if weights.size > MOST_BYTES:
            raise InputError(f"blosc2 takes {MOST_BYTES:,} bytes at a time, not {weights.size:,}")
        stored: bytes = self._library.compress2(weights, **self._settings)
        return stored

    def decode(self, stored: bytes, shape: tuple[int, int]) -> Matrix:
        """As `Coder.decode`."""
        weights = np.empty(shape, dtype=np.int8)
        self._library.decompress2(stored, dst=weights, nthreads=self.threads)
        return weights

    def size(self, stored: bytes) -> int:
        """As `Coder.size`."""
        return len(stored)

    def parts(self, stored: bytes) -> int:
        """As `Coder.parts`: blocks."""
        total, _, block = self._library.get_cbuffer_sizes(stored)
        return -(-int(total) // max(int(block), 1))
