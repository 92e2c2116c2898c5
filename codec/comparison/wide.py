"""Integers of any type held against each other without a bit lost: a dump may hold what a weight cannot be.

NumPy has no type that holds both int64 and uint64, and makes floats of the two together. So a value is taken as the
64 bits that stand for it and the word of sign bits above them; differences need no more than these two words.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

LEAST, LARGEST = -(1 << 31), (1 << 31) - 1
"""What 32 bits hold."""


class Wide(NamedTuple):
    """Integers in 128 bits, two's complement.

    Attributes:
        bits: u64[any], the lower word.
        signed: whether a set highest bit of it makes a value negative.
    """

    bits: NDArray[np.uint64]
    signed: bool

    @property
    def above(self) -> NDArray[np.int64]:
        """int64[any]: the upper word, 0 or -1."""
        high = (self.bits >> np.uint64(63)).astype(np.int64)
        return -high if self.signed else np.zeros_like(high)


def wide(values: NDArray[Any]) -> Wide:
    """Integers of any type and shape, C-contiguous."""
    if values.dtype.kind == "i":
        return Wide(np.ascontiguousarray(values, dtype=np.int64).view(np.uint64), signed=True)
    return Wide(np.ascontiguousarray(values, dtype=np.uint64), signed=False)


def unequal(left: NDArray[Any], right: NDArray[Any]) -> NDArray[np.bool_]:
    """bool[any]: where two arrays of integers differ."""
    if np.result_type(left, right).kind in "iu":
        differs: NDArray[np.bool_] = left != right
    else:
        one, other = wide(left), wide(right)
        differs = (one.bits != other.bits) | (one.above != other.above)
    return differs


def errors(left: NDArray[Any], right: NDArray[Any]) -> NDArray[np.int32]:
    """int32[any]: right - left, cut to what 32 bits hold."""
    if max(left.itemsize, right.itemsize) < 4:
        found: NDArray[np.int32] = np.subtract(right, left, dtype=np.int32)
        return found
    one, other = wide(left), wide(right)
    low = other.bits - one.bits
    above = other.above - one.above - (other.bits < one.bits).astype(np.int64)
    # A value fits in 32 bits where all that stands above them is the sign.
    small = np.where(above == 0, low <= np.uint64(LARGEST), low >= np.uint64((1 << 64) + LEAST))
    fits = small & ((above == 0) | (above == -1))
    cut = np.where(above < 0, np.int64(LEAST), np.int64(LARGEST))
    return np.where(fits, low.view(np.int64), cut).astype(np.int32)
