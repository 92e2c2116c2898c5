"""What stands for a block of weights of two outputs, so that no difference is lost when seen from afar.

An error map shows the weight of each block that is farthest off. Both outputs show the first weight, so that neither
looks wilder than it is where they differ; only where that one is equal and another is not, they show the
one that is farthest off: so a single wrong weight is seen in all three.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.comparison.wide import unequal

Values = NDArray[np.int16]
"""Weights, cut to what 16 bits hold; of int8 outputs nothing is cut."""

Errors = NDArray[np.int32]

WIDEST = 32767
"""The largest value that a cell shows; wider dumps are cut to -WIDEST … WIDEST."""

WHOLE = 10_000
"""The share of a block that differs is counted in so many parts."""


def as_values(weights: NDArray[Any]) -> Values:
    """int16 of the same shape: the weights, those beyond ±WIDEST cut to it."""
    if weights.dtype.itemsize == 1:
        return weights.astype(np.int16)
    held = np.iinfo(weights.dtype)
    cut: Values = np.clip(weights, max(-WIDEST, held.min), min(WIDEST, held.max)).astype(np.int16)
    return cut


class Blocks(NamedTuple):
    """What stands for each block.

    Attributes:
        left, right: int16[h, w], one weight of each block, as both outputs have it.
        errors: int32[h, w], right - left of the weight that is farthest off; 0 only where all are equal.
    """

    left: Values
    right: Values
    errors: Errors


def blocks(left: NDArray[Any], right: NDArray[Any], stride: int) -> Blocks:
    """[ceil(rows / stride), ceil(cols / stride)] of what stands for each block.

    Args:
        left, right: integers[rows, cols], of one shape.
        stride: weights along the side of a block; those at the right and lower edge are as small as
            the matrix leaves them.
    """
    firsts = cut_pair(left[::stride, ::stride], right[::stride, ::stride])
    if stride == 1 or not left.size:
        return Blocks(*firsts, _errors(*firsts))
    found = Blocks(*firsts, np.zeros(firsts[0].shape, dtype=np.int32))
    unlike = unequal(left, right)
    rows, cols = (_blocks_with(np.logical_or.reduce(unlike, axis=axis), stride) for axis in (1, 0))
    if len(rows):
        seen = np.s_[rows.start : rows.stop, cols.start : cols.stop]
        down, across = (slice(part.start * stride, part.stop * stride) for part in (rows, cols))
        _show_farthest(
            Blocks(found.left[seen], found.right[seen], found.errors[seen]),
            _farthest_pairs(left[down, across], right[down, across], stride),
        )
    return found


def _blocks_with(unlike: NDArray[np.bool_], stride: int) -> range:
    """The blocks from the first to the last that has an unlike line; none where there is none."""
    places = np.flatnonzero(unlike)
    return (
        range(int(places[0]) // stride, int(places[-1]) // stride + 1) if len(places) else range(0)
    )


def _show_farthest(found: Blocks, farthest: tuple[Values, Values]) -> None:
    """Puts the errors of the weights that are farthest off into blocks that show the first ones."""
    found.errors[...] = _errors(*farthest)
    lost = (found.left == found.right) & (found.errors != 0)
    for values, far in zip((found.left, found.right), farthest, strict=True):
        values[lost] = far[lost]


def _farthest_pairs(left: NDArray[Any], right: NDArray[Any], stride: int) -> tuple[Values, Values]:
    """Both values of the weight that is farthest off in each block."""
    if left.dtype == right.dtype == np.int8:
        bits, keys = 8, _narrow_keys(left, right)
    else:
        bits, keys = 16, _wide_keys(*cut_pair(left, right))
    found = reduced(keys, stride, np.maximum)
    return _unpacked(found >> bits, bits), _unpacked(found, bits)


def _errors(left: Values, right: Values) -> Errors:
    found: Errors = right.astype(np.int32) - left
    return found


def cut_pair(left: NDArray[Any], right: NDArray[Any]) -> tuple[Values, Values]:
    """Both as 16 bits hold them; what is cut to the same value stays apart by one where it differs."""
    ours, theirs = as_values(left), as_values(right)
    if max(left.itemsize, right.itemsize) > 1:
        lost = (ours == theirs) & unequal(left, right)
        theirs[lost] -= np.sign(theirs[lost])
    return ours, theirs


def _narrow_keys(left: NDArray[np.int8], right: NDArray[np.int8]) -> NDArray[Any]:
    """int32: the distance of two int8 values, above both of them as bytes, so that it decides."""
    larger, smaller = np.maximum(left, right), np.minimum(left, right)
    # Bytes wrap to the distance, which has 8 bits without a sign.
    keys = (larger.view(np.uint8) - smaller.view(np.uint8)).astype(np.int32)
    for values in (left, right):
        keys <<= np.int32(8)
        keys |= values.view(np.uint8)
    return keys


def _wide_keys(left: Values, right: Values) -> NDArray[Any]:
    """int64: the same of 16-bit values."""
    keys: NDArray[Any] = np.abs(right.astype(np.int64) - left)
    for values in (left, right):
        keys <<= np.int64(16)
        keys |= values.view(np.uint16)
    return keys


def _unpacked(keys: NDArray[Any], bits: int) -> Values:
    """The lowest bits of keys as values with a sign."""
    narrow: np.dtype[Any] = np.dtype(np.int8 if bits == 8 else np.int16)
    return keys.astype(narrow).astype(np.int16)


def shares_of(differs: NDArray[np.bool_], stride: int) -> Values:
    """int16: in how many of WHOLE parts of each block weights differ; 0 only where none does.

    Args:
        differs: bool[rows, cols].
        stride: weights along the side of a block.
    """
    counts = reduced(differs.astype(np.int32), stride, np.add).astype(np.int64)
    rows, cols = (_sizes(length, stride) for length in differs.shape)
    parts: Values = (-(-counts * WHOLE // np.outer(rows, cols))).astype(np.int16)
    return parts


def reduced(values: NDArray[Any], stride: int, reduce: np.ufunc) -> NDArray[Any]:
    """One value for each block of stride × stride, by an operation that takes values in any order."""
    return _along_rows(_along_rows(values, stride, reduce).T, stride, reduce).T


def _along_rows(values: NDArray[Any], stride: int, reduce: np.ufunc) -> NDArray[Any]:
    kept = values[::stride].copy()
    for row in range(1, min(stride, len(values))):
        part = values[row::stride]
        reduce(kept[: len(part)], part, out=kept[: len(part)])
    return kept


def _sizes(length: int, stride: int) -> NDArray[np.int64]:
    """int64[ceil(length / stride)]: how long each block is."""
    return np.minimum(stride, length - np.arange(0, length, stride, dtype=np.int64))
