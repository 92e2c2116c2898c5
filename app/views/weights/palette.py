"""The colour of every code of a picture of weights: one table look-up makes an image of a page."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.canvas.colours import packed, steps_of, tinted
from app.models.value_range import ValueRange
from app.models.weight_pages import BIAS, CODES, FAILED, NOWHERE, UNKNOWN
from app.theme import Theme
from codec.problems import Severity

FAILED_TINT = 0.45
"""How strongly weights of a failed tile are coloured as an error."""

CLEAR = 0
"""The colour of what is not known yet: the hatching beneath shows through."""


def code_colours(
    colours: NDArray[np.uint32], shown: ValueRange, theme: Theme
) -> NDArray[np.uint32]:
    """uint32[CODES]: the colour of each code, as premultiplied 0xAARRGGBB.

    Args:
        colours: uint32[256], the colour map.
        shown: the weights that its ends stand for.
        theme: gives the colours that are not of the map.
    """
    weights = np.arange(256, dtype=np.float64) - BIAS
    table = np.zeros(CODES, dtype=np.uint32)
    table[:256] = colours[steps_of(weights, shown.low, shown.high)]
    table[FAILED:] = tinted(table[:256], theme.severities[Severity.ERROR], FAILED_TINT)
    table[UNKNOWN] = CLEAR
    table[NOWHERE] = packed([theme.raised])[0]
    return table
