"""The colours of the report's pictures: what is equal is pale in all of them, so that what differs stands out.

Each map is a palette, so that a picture takes one byte a pixel and less when packed. Colours run in steps, evenly
by value; error signs are blue and orange, which people who cannot tell red from green can tell.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEVELS = 64
"""Steps of a map: more cannot be told apart, and cost bytes."""

EQUAL = (244, 244, 244)
_BELOW = ((20, 62, 138), (62, 124, 196), (158, 197, 233))
_ABOVE = ((255, 205, 152), (226, 120, 44), (133, 53, 6))
_AMOUNT = ((253, 219, 160), (240, 138, 64), (196, 51, 67), (92, 17, 92), (32, 8, 52))
_WEIGHT = ((23, 24, 63), (50, 108, 153), (110, 177, 165), (232, 232, 182))

Colour = tuple[int, int, int]


class Scale(NamedTuple):
    """How numbers become colours.

    Attributes:
        low, high: the values at both ends; what lies beyond is shown as the end.
        palette: u8[n, 3], from low to high.
        equal: number of the colour that stands for 0, and for nothing else; None where 0 is like any other value.
    """

    low: int
    high: int
    palette: NDArray[np.uint8]
    equal: int | None = None

    def indices(self, values: NDArray[np.float64]) -> NDArray[np.uint8]:
        """u8 of the same shape: the colour of each value."""
        steps = len(self.palette)
        span = max(self.high - self.low, 1)
        found = np.clip((values - self.low) * steps / span, 0, steps - 1).astype(np.uint8)
        if self.equal is not None:
            near = found == self.equal
            found[near & (values > 0)] = self.equal + 1
            if self.equal:
                found[near & (values < 0)] = self.equal - 1
            found[values == 0] = self.equal
        return found


def signed(largest: int) -> Scale:
    """From -largest to largest; 0 has a colour of its own."""
    half = LEVELS // 2
    palette = np.concatenate([_blend(_BELOW, half), [EQUAL], _blend(_ABOVE, half)])
    return Scale(-largest, largest, palette.astype(np.uint8), half)


def amount(largest: int) -> Scale:
    """From 0 to largest; 0 has a colour of its own."""
    palette = np.concatenate([[EQUAL], _blend(_AMOUNT, LEVELS)])
    return Scale(0, largest, palette.astype(np.uint8), 0)


def weights(low: int, high: int) -> Scale:
    """From the least weight to the largest."""
    return Scale(low, high, _blend(_WEIGHT, LEVELS).astype(np.uint8))


def _blend(colours: tuple[Colour, ...], steps: int) -> NDArray[np.float64]:
    """float64[steps, 3]: from the first colour to the last, evenly."""
    at = np.linspace(0, len(colours) - 1, steps)
    parts = np.array(colours, dtype=np.float64).T
    return np.stack([np.interp(at, np.arange(len(colours)), part) for part in parts], axis=1)
