"""Counting weights over whole matrices, compiled: what stands in them, line by line and value by value."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.bands import in_bands
from codec.fast.compile import kernel, sealed

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]


def line_counts(holds: Mask, wrong: Mask) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """How many weights of each row, and of each column, hold and are wrong: int64[rows] twice, int64[cols] twice.

    Args:
        holds, wrong: bool[rows, cols].
    """
    one, other = sealed(holds), sealed(wrong)
    parts = in_bands(lambda band: _line_counts(one[band], other[band]), len(one), one.size)
    rows = np.concatenate([part[0] for part in parts])
    cols = np.sum([part[1] for part in parts], axis=0)
    return rows[:, 0], rows[:, 1], cols[0], cols[1]


@kernel
def _line_counts(holds: Mask, wrong: Mask) -> tuple[Numbers, Numbers]:
    """int64[rows, 2], and int64[2, cols]. Both matrices have one shape."""
    rows, cols = holds.shape
    by_row, by_col = np.zeros((rows, 2), dtype=np.int64), np.zeros((2, cols), dtype=np.int64)
    narrow = np.zeros((2, cols), dtype=np.uint8)
    for row in range(rows):
        held, bad = np.int32(0), np.int32(0)
        for col in range(cols):
            held += np.int32(holds[row, col])
            bad += np.int32(wrong[row, col])
            narrow[0, col] += np.uint8(holds[row, col])
            narrow[1, col] += np.uint8(wrong[row, col])
        by_row[row, 0], by_row[row, 1] = held, bad
        if row % 255 == 254 or row == rows - 1:
            by_col += narrow
            narrow[:] = 0
    return by_row, by_col


def both(one: Mask, other: Mask) -> int:
    """How many weights are in both of two bool[rows, cols]."""
    left, right = sealed(one), sealed(other)
    return sum(in_bands(lambda band: _both(left[band], right[band]), len(left), left.size))


@kernel
def _both(one: Mask, other: Mask) -> int:
    """Both matrices have one shape."""
    count = np.int64(0)
    for row in range(len(one)):
        left, right, found = one[row], other[row], np.int32(0)
        for i in range(len(left)):
            found += np.int32(left[i] & right[i])
        count += np.int64(found)
    return int(count)


def values_count(weights: Bytes) -> Numbers:
    """int64[256]: how often each value stands in u8[rows, cols]."""
    read = sealed(weights)
    parts = in_bands(lambda band: _values_count(read[band]), len(read), read.size)
    return np.asarray(np.sum(parts, axis=0), dtype=np.int64)


@kernel
def _values_count(weights: Bytes) -> Numbers:
    """Four counts in turn, since one that grows waits for itself."""
    counts = np.zeros((4, 256), dtype=np.int64)
    for row in range(len(weights)):
        line = weights[row]
        for i in range(len(line)):
            counts[i & 3, line[i]] += 1
    summed: Numbers = counts[0] + counts[1] + counts[2] + counts[3]
    return summed
