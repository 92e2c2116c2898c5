"""The original encoder's faults, stated exactly, so that a table can be recognised as their work.

Ranscope repeats none of them unless it is asked to (`codec.table_rule`); it needs them to tell what happened to a file.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.frequency import SYMBOLS

SCALE_BITS = 12
"""log2 of the slots of its tables; it knows no others."""

SAMPLE_SYMBOLS = 1 << 20
"""Symbols from the start of a layer that the original builds its table from."""

CLAMP = 4096 - SYMBOLS + 1
"""What a frequency that wrapped below zero is clamped to: 3841, all slots but one for each other symbol."""


def wrapped_shares(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """int64[256]: counts * 4096 / total, at least 1, counts of 0 raised to 1, the product cut to 32 bits."""
    raised = np.maximum(counts.astype(np.int64), 1)
    products = (raised * 4096) & 0xFFFFFFFF
    shares: NDArray[np.int64] = np.maximum(products // int(raised.sum()), 1)
    return shares


def wraps(counts: NDArray[np.int64]) -> bool:
    """Whether a count times 4096 does not fit in 32 bits."""
    return bool((counts.astype(np.int64) * 4096 > 0xFFFFFFFF).any())


def normalise(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The table that the original encoder makes of these counts.

    Rounding up every rare symbol overshoots the total; the whole excess is taken from the symbol that is
    most frequent by then. Where that goes below 1 it wraps, and is clamped to `CLAMP`.

    Args:
        counts: int64[256], of the first `SAMPLE_SYMBOLS` symbols.

    Returns:
        int64[256]; its sum is 4096 only where nothing went wrong.
    """
    frequencies = wrapped_shares(counts)
    mode = int(np.argmax(frequencies))
    corrected = int(frequencies[mode]) + 4096 - int(frequencies.sum())
    frequencies[mode] = corrected if 1 <= corrected <= CLAMP else CLAMP
    return frequencies
