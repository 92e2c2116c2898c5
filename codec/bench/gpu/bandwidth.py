"""What a plain copy moves in a second on the card."""

from __future__ import annotations

import statistics

import numpy as np

from codec.bench.gpu.events import timed
from codec.decoders.cuda.card import Card, reported

LARGE = 1 << 30
"""Bytes that are copied, where there are four times as many free: more than any cache holds."""

LEAST = 1 << 20
RUNS = 21


def card_bandwidth(card: Card) -> float:
    """Bytes a second, read and written together: the median of some copies.

    Raises:
        DecodeError: the card fails, or has no memory left.
    """
    size = max(min(LARGE, card.free_bytes() // 4), LEAST)
    with reported(card):
        source = card.cupy.zeros(size, dtype=np.uint8)
        target = card.cupy.zeros(size, dtype=np.uint8)

        def copy() -> None:
            target.data.copy_from_device_async(source.data, size)

        seconds = [timed(card, copy) for _ in range(RUNS + 2)]
    return 2 * size / statistics.median(seconds[2:])
