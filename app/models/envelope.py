"""Least, greatest and mean of runs of a long series, found once, so that any zoom draws at once.

A curve of a million steps has hundreds of them in each pixel. What is to be drawn of those is their
range and their mean. They are kept for blocks of 4, 16, 64, … steps, so that drawing any part at
any zoom costs as much as there are pixels, and blocks do not shift when the plot is moved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FACTOR = 4
"""Blocks of one level that make a block of the next."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Blocks:
    """A part of a series in blocks.

    Attributes:
        first: number of the first step of the first block.
        size: steps in a block; 1 where every step is given.
        low, high, mean: float32[n], of each block; all the same where `size` is 1.
    """

    first: int
    size: int
    low: Floats
    high: Floats
    mean: Floats

    @property
    def centres(self) -> NDArray[np.float64]:
        """float64[n]: the middle of each block, in steps."""
        numbers = np.arange(len(self.mean), dtype=np.float64)
        return self.first + (self.size - 1) / 2 + numbers * self.size


class Envelope:
    """A series of which any part can be had in blocks."""

    def __init__(self, values: NDArray[np.number]) -> None:
        flat = np.ascontiguousarray(values, dtype=np.float32)
        self._levels = [(flat, flat, flat)]
        while len(self._levels[-1][0]) > FACTOR:
            low, high, total = self._levels[-1]
            self._levels.append(
                (
                    _fold(low, np.minimum, low[-1]),
                    _fold(high, np.maximum, high[-1]),
                    _fold(total, np.add, np.float32(0)),
                )
            )

    def __len__(self) -> int:
        return len(self._levels[0][0])

    @property
    def values(self) -> Floats:
        """float32[n]: the series itself."""
        return self._levels[0][0]

    @property
    def least(self) -> float:
        """The least value; 0 where there is none."""
        return float(self._levels[-1][0].min()) if len(self) else 0.0

    @property
    def most(self) -> float:
        """The greatest value; 0 where there is none."""
        return float(self._levels[-1][1].max()) if len(self) else 0.0

    def part(self, begin: int, end: int, most: int) -> Blocks:
        """The steps from `begin` to before `end`, and what completes their blocks.

        Args:
            begin, end: clipped to the series.
            most: blocks that are wanted at most.

        Returns:
            More than most / 4 blocks, where there are as many steps.
        """
        begin = max(0, begin)
        end = max(begin, min(len(self), end))
        level, size = 0, 1
        while (end - begin) // size > most and level + 1 < len(self._levels):
            level, size = level + 1, size * FACTOR
        first, last = begin // size, -(-end // size)
        low, high, total = (array[first:last] for array in self._levels[level])
        mean = total * np.float32(1 / size)  # exact: a power of two
        if last * size > len(self) and len(mean):
            mean[-1] = float(total[-1]) / (len(self) - (last - 1) * size)
        return Blocks(first * size, size, low, high, mean)


def log2_of(values: NDArray[np.integer]) -> Floats:
    """float32[n]: log2 of states; 0 for what a broken decoder let fall below 1."""
    logarithms: Floats = values.astype(np.float32)
    np.maximum(logarithms, np.float32(1), out=logarithms)
    np.log2(logarithms, out=logarithms)
    return logarithms


def _fold(values: Floats, pick: np.ufunc, filler: np.float32) -> Floats:
    """What `pick` makes of each run of FACTOR values, the last one filled up."""
    missing = -len(values) % FACTOR
    if missing:
        values = np.append(values, np.full(missing, filler, dtype=np.float32))
    # By columns: a dozen times as fast as a reduction over runs of four.
    a, b, c, d = values.reshape(-1, FACTOR).T
    folded: Floats = pick(pick(a, b), pick(c, d))
    return folded
