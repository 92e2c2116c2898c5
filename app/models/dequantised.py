"""The scales of a quantised tensor, read one at a time: weight × scale is the value before quantisation.

A tensor may have a scale for each of a hundred thousand rows; a person points at one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from codec.container import Tensor
from codec.errors import SourceError
from codec.source import Source

SCALE = np.dtype("<f4")


class Scale(NamedTuple):
    """A scale, and the file offset that it stands at."""

    value: float
    offset: int


def scale_of(source: Source, tensor: Tensor, row: int) -> Scale | None:
    """The scale of a row; None where the tensor has none, or it cannot be read."""
    origin = tensor.origin
    if origin is None:
        return None
    offset, size = origin.scales
    offset += SCALE.itemsize * row if origin.quantisation == "row" else 0
    if offset + SCALE.itemsize > sum(origin.scales) or not size:
        return None
    try:
        return Scale(float(source.array(offset, SCALE, 1)[0]), offset)
    except SourceError:
        return None
