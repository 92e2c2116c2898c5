"""Which numbers the ends of a colour map stand for, found from the numbers that are shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ValueRange:
    """The numbers at the two ends of a colour map."""

    low: float
    high: float

    def around_zero(self) -> ValueRange:
        """The range widened so that 0 is in its middle."""
        reach = max(abs(self.low), abs(self.high))
        return ValueRange(-reach, reach)


def range_of(values: NDArray[np.float64], clipped_percent: float = 0.0) -> ValueRange | None:
    """From the least to the largest finite value, `clipped_percent` of them left out at each end.

    Returns:
        None where no value is finite.
    """
    finite = values[np.isfinite(values)]
    if not len(finite):
        return None
    low, high = np.percentile(finite, [clipped_percent, 100 - clipped_percent])
    return ValueRange(float(low), float(high))


def range_of_counts(
    counts: NDArray[np.int64], first: int, clipped_percent: float = 0.0
) -> ValueRange | None:
    """As `range_of`, of integers of which `counts[i]` have the value `first + i`."""
    total = int(counts.sum())
    if not total:
        return None
    # The least value with more than this many values up to it, and the same from above.
    ignored = total * clipped_percent / 100
    low = int(np.argmax(np.cumsum(counts) > ignored))
    high = len(counts) - 1 - int(np.argmax(np.cumsum(counts[::-1]) > ignored))
    return ValueRange(float(first + min(low, high)), float(first + max(low, high)))
