"""Making one value of a block of weights, so that a large matrix can be seen from afar."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.int8]


class Statistic(StrEnum):
    """What stands for a block of weights where there is no room for each."""

    MEAN = "mean"
    LARGEST = "largest magnitude"
    FIRST = "first weight"

    @property
    def meaning(self) -> str:
        """One sentence."""
        return _MEANINGS[self]

    @property
    def of_block(self) -> str:
        """What it is called before "of 4×4 weights"."""
        return _OF_BLOCK[self]


_OF_BLOCK = {
    Statistic.MEAN: "Mean",
    Statistic.LARGEST: "Largest magnitude",
    Statistic.FIRST: "First weight",
}

_MEANINGS = {
    Statistic.MEAN: "The mean of the block: what it looks like from afar; outliers and noise fade.",
    Statistic.LARGEST: "The weight farthest from 0: no outlier is ever lost, noise looks stronger.",
    Statistic.FIRST: "The block's first weight: true values, but most of them are left out.",
}


def downsample(weights: Weights, stride: int, statistic: Statistic) -> Weights:
    """int8[ceil(rows / stride), ceil(cols / stride)]: one value for each block of stride × stride.

    Blocks at the right and lower edge are as small as the matrix leaves them.
    """
    if stride == 1 or not weights.size:
        return weights[::stride, ::stride]
    match statistic:
        case Statistic.MEAN:
            return _means(weights, stride)
        case Statistic.LARGEST:
            return _largest(weights, stride)
        case Statistic.FIRST:
            return weights[::stride, ::stride]


def _means(weights: Weights, stride: int) -> Weights:
    # A sum of up to 256 bytes fits 16 bits; the narrower type is twice as fast.
    narrow: np.dtype[Any] = np.dtype(np.int16 if stride <= 256 else np.int32)
    sums: NDArray[Any] = weights[::stride].astype(narrow)
    for row in range(1, min(stride, len(weights))):
        part = weights[row::stride]
        sums[: len(part)] += part
    totals = sums[:, ::stride].astype(np.int64)
    for col in range(1, min(stride, weights.shape[1])):
        column = sums[:, col::stride]
        totals[:, : column.shape[1]] += column
    counts = np.outer(*(_block_sizes(length, stride) for length in weights.shape))
    return np.rint(totals / counts).astype(np.int8)


def _largest(weights: Weights, stride: int) -> Weights:
    low, high = (
        _along_columns(_along_rows(weights, stride, pick), stride, pick)
        for pick in (np.minimum, np.maximum)
    )
    return np.where(-low.astype(np.int16) > high, low, high)


def _along_rows(weights: Weights, stride: int, pick: np.ufunc) -> Weights:
    picked = weights[::stride].copy()
    for row in range(1, min(stride, len(weights))):
        part = weights[row::stride]
        pick(picked[: len(part)], part, out=picked[: len(part)])
    return picked


def _along_columns(weights: Weights, stride: int, pick: np.ufunc) -> Weights:
    return _along_rows(weights.T, stride, pick).T


def _block_sizes(length: int, stride: int) -> NDArray[np.int64]:
    """int64[ceil(length / stride)]: how long each block is."""
    return np.minimum(stride, length - np.arange(0, length, stride, dtype=np.int64))
