"""Copies weights from the card into ordinary memory of the host.

The driver copies into memory that is not pinned at a seventh of the bus's rate, and memory that was never
touched is slower still, since its pages are made one by one. So a large copy goes through a few pinned
pieces, and threads take those on from there.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.decoders.cuda.card import Card
from codec.threads import cores

PIECE = 4 << 20
"""Bytes that are copied at a time."""

PIECES = 8
"""Pinned pieces; so many copies are on their way at most."""

MOST_THREADS = 8
"""More do not copy faster: they share the memory's bandwidth."""


def download(card: Card, source: Any, target: NDArray[Any]) -> None:
    """Copies u8[n] on the card into as many bytes of the host, C-contiguous, and waits until they are there."""
    flat = target.reshape(-1).view(np.uint8)
    if flat.nbytes <= PIECE:
        _copy_small(card, source, flat)
        return
    staging = card.staging(PIECE * PIECES)
    copies: list[Future[None]] = []
    with ThreadPoolExecutor(min(cores(), MOST_THREADS)) as pool:
        for number, begin in enumerate(range(0, flat.nbytes, PIECE)):
            size = min(PIECE, flat.nbytes - begin)
            if number >= PIECES:
                copies[number - PIECES].result()
            at = number % PIECES * PIECE
            piece = staging[at : at + size]
            (source.data + begin).copy_to_host_async(piece.ctypes.data, size)
            there = card.cupy.cuda.Event()
            there.record()
            copies.append(pool.submit(_take_on, there, piece, flat[begin : begin + size]))
    for copy in copies:
        copy.result()


def _take_on(there: Any, piece: NDArray[np.uint8], target: NDArray[np.uint8]) -> None:
    there.synchronize()
    target[:] = piece


def _copy_small(card: Card, source: Any, target: NDArray[np.uint8]) -> None:
    if target.nbytes:
        source.data.copy_to_host_async(target.ctypes.data, target.nbytes)
        card.cupy.cuda.get_current_stream().synchronize()
