"""Making one value of a block of weights, so that a large matrix can be seen from afar."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.int8]

LONG_BLOCK = 16
"""Stride from which on one sum per block is faster than one pass per value of a block."""


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
    totals = _sums_along_rows(_sums_of_rows(weights, stride), stride)
    counts = np.outer(*(_block_sizes(length, stride) for length in weights.shape))
    return np.rint(totals / counts).astype(np.int8)


def _sums_of_rows(weights: Weights, stride: int) -> NDArray[Any]:
    """The sum of every `stride` rows."""
    # A sum of up to 256 bytes fits 16 bits; the narrower type is twice as fast.
    narrow: np.dtype[Any] = np.dtype(np.int16 if stride <= 256 else np.int32)
    rows, cols = weights.shape
    whole = rows // stride
    sums: NDArray[Any] = (
        weights[: whole * stride].reshape(whole, stride, cols).sum(axis=1, dtype=narrow)
    )
    if whole * stride == rows:
        return sums
    rest = weights[whole * stride :].sum(axis=0, dtype=narrow)
    return np.vstack([sums, rest[np.newaxis]])


def _sums_along_rows(sums: NDArray[Any], stride: int) -> NDArray[np.int64]:
    """The sum of every `stride` values of each row."""
    rows, cols = sums.shape
    if stride >= LONG_BLOCK:
        starts = np.arange(0, cols, stride)
        places = (np.arange(rows)[:, np.newaxis] * cols + starts).reshape(-1)
        totals = np.add.reduceat(sums.reshape(-1), places, dtype=np.int64)
        return totals.reshape(rows, len(starts))
    added = sums[:, ::stride].astype(np.int64)
    for col in range(1, min(stride, cols)):
        column = sums[:, col::stride]
        added[:, : column.shape[1]] += column
    return added


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
