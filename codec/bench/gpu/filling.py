"""Overwriting what lies on the card, and fetching it: memory that a kernel never wrote must not pass as decoded."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.decoders.cuda.card import Card
from codec.decoders.cuda.download import download
from codec.frequency import histogram


def rarest(weights: NDArray[np.int8]) -> int:
    """The byte that occurs least in weights: what is still filled with it is wrong nearly everywhere, or everywhere."""
    return int(np.argmin(histogram(weights.view(np.uint8))))


def fill(output: Any, value: int) -> None:
    """Overwrites u8[any] on the card."""
    output.data.memset_async(value, output.nbytes)


def fetched(card: Card, output: Any, rows: int, cols: int) -> NDArray[np.int8]:
    """int8[rows, cols]: the first of what lies on the card."""
    found = np.empty((rows, cols), dtype=np.int8)
    download(card, output, found)
    return found
