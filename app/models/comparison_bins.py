"""The histogram of errors as bars: as many values to a bar as there is room for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ErrorBins:
    """Bars side by side, each for a run of errors.

    The weights without an error are in none of them: they would dwarf all others.

    Attributes:
        first: the least error of the first bar.
        width: errors that share a bar.
        extent: the least and the largest error that occur, or 0.
        counts: int64[bars], weights with an error in each bar.
    """

    first: int
    width: int
    extent: tuple[int, int]
    counts: NDArray[np.int64]

    def span(self, bar: int) -> tuple[int, int]:
        """The least and the largest error of a bar."""
        low = self.first + bar * self.width
        return low, low + self.width - 1

    def bar_of(self, error: int) -> int | None:
        """The bar that an error is counted in; None where it lies beyond all."""
        bar = (error - self.first) // self.width
        return bar if 0 <= bar < len(self.counts) else None

    def heights(self, *, logarithmic: bool) -> NDArray[np.float64]:
        """float64[bars]: how high each bar stands, the highest 1; a bar with one weight is seen."""
        counts = self.counts.astype(np.float64)
        if logarithmic:
            counts = np.log2(1 + counts)
        highest = counts.max(initial=0)
        return counts / highest if highest else counts


def error_bins(histogram: NDArray[np.int64], most: int) -> ErrorBins:
    """The bars of a histogram of errors.

    Args:
        histogram: int64[2n + 1], how many weights have the error -n … n.
        most: bars that there is room for; at least 3.

    Returns:
        Bars from the least to the largest error that occurs, or to 0; 0 is the middle of its bar.
    """
    middle = len(histogram) // 2
    counts = histogram.copy()
    counts[middle] = 0
    found = np.flatnonzero(counts) - middle
    low, high = (min(int(found[0]), 0), max(int(found[-1]), 0)) if len(found) else (0, 0)
    width = 1
    while _bars(low, width) + _bars(high, width) + 1 > most:
        width += 2  # odd, so that 0 stands in the middle of its bar
    below, above = _bars(low, width), _bars(high, width)
    first = -below * width - width // 2
    size = (below + 1 + above) * width
    padded = np.zeros(size, dtype=np.int64)
    padded[low - first : high - first + 1] = counts[middle + low : middle + high + 1]
    return ErrorBins(first, width, (low, high), padded.reshape(-1, width).sum(axis=1))


def _bars(error: int, width: int) -> int:
    """Bars from 0, which has its own, out to an error."""
    return (abs(error) + width // 2) // width
