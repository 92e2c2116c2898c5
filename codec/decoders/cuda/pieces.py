"""Reading a large part of a file with several threads: the system's cache gives one of them a tenth of its rate."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from codec.source import Source
from codec.threads import cores

PIECE = 4 << 20
"""Bytes that a thread reads at a time."""

MOST_THREADS = 8
"""More do not read faster: they share the memory's bandwidth."""


def read_in_pieces(source: Source, offset: int, target: NDArray[np.uint8]) -> None:
    """Fills `target`, u8[n], with the bytes from `offset` on.

    Raises:
        SourceError: some of them cannot be read.
    """
    begins = range(0, len(target), PIECE)
    if len(begins) <= 1:
        source.read_into(offset, target)
        return

    def read(begin: int) -> None:
        source.read_into(offset + begin, target[begin : begin + PIECE])

    with ThreadPoolExecutor(min(cores(), MOST_THREADS)) as pool:
        for _ in pool.map(read, begins):
            pass
