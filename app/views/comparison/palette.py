"""The colours of weights and of errors: one look-up makes an image of a page of cells.

An error is never as faint as no error: from 1 on it begins at a colour that can be told from that of equal
weights, however large the errors are that the end of the colours stands for.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.canvas.colours import STEPS, ColourMap, lookup, steps_of
from app.models.comparison_blocks import WIDEST, Values
from app.models.comparison_scale import ErrorKind

Colours = NDArray[np.uint32]

FAINTEST = 0.35
"""How far along the colours the smallest error stands."""

ZERO_SHARE = 0.012
"""How much of a legend shows the colour of 0, on each side of it."""

VALUES = np.arange(1 << 16, dtype=np.uint16).view(np.int16).astype(np.float64)
"""Every value that a cell can have, at the place that its 16 bits name."""


KEPT = 32
"""Tables of colours that are kept: edit after edit, the same ones are asked for."""


def places(numbers: NDArray[np.int32] | Values) -> NDArray[np.uint16]:
    """uint16: where a table of colours holds those of some numbers."""
    return np.clip(numbers, -WIDEST, WIDEST).astype(np.int16).view(np.uint16)


@lru_cache(maxsize=KEPT)
def weight_colours(reach: int, dark: bool) -> Colours:
    """uint32[65536], to be read only: the colour of every weight, where ±reach stand at the ends."""
    colours: Colours = lookup(ColourMap.DIVERGING, dark)[steps_of(VALUES, -reach, reach)]
    colours.flags.writeable = False
    return colours


@lru_cache(maxsize=KEPT)
def error_colours(kind: ErrorKind, reach: int, dark: bool) -> Colours:
    """uint32[65536], to be read only: the colour of every number of a kind of error, `reach` at the end."""
    size = np.clip(np.abs(VALUES) / reach, 0.0, 1.0)
    strength = np.where(VALUES != 0, FAINTEST + (1 - FAINTEST) * size, 0.0)
    around = lookup(ColourMap.DIVERGING, dark)
    match kind:
        case ErrorKind.SIGNED:
            found = around[steps_of(strength * np.sign(VALUES), -1.0, 1.0)]
        case ErrorKind.EQUALITY:
            found = around[steps_of(np.where(VALUES != 0, 0.7, 0.0), -1.0, 1.0)]
        case ErrorKind.MODULO:
            cycle = lookup(ColourMap.SEQUENTIAL, dark)[steps_of(np.abs(VALUES) / reach, -0.2, 1.0)]
            found = np.where(VALUES != 0, cycle, around[STEPS // 2])
        case ErrorKind.ABSOLUTE | ErrorKind.SHARE:
            found = around[steps_of(strength, -1.0, 1.0)]
    colours: Colours = found.astype(np.uint32)
    colours.flags.writeable = False
    return colours


def legend(colours: Colours, low: int, high: int) -> Colours:
    """uint32[256]: the colours of the numbers from `low` to `high`, as the pictures show them.

    The colour of 0 is given enough room to be seen.
    """
    numbers = np.linspace(low, high, STEPS)
    numbers[np.abs(numbers) <= (high - low) * ZERO_SHARE] = 0
    # What lies between 0 and 1 would be rounded to 0 on a short scale.
    away = np.where(numbers > 0, np.maximum(numbers, 1), np.minimum(numbers, -1))
    numbers = np.where(numbers == 0, 0, away)
    return colours[places(np.rint(numbers).astype(np.int32))]
