"""Symmetric int8 quantisation of float weights, with one scale per tensor or per row.

    scale = max |w| / 127,    q = round(w / scale), half to even, clipped to -127…127,    w ≈ q · scale

so no weight is off by more than half a scale. Scales are float32, and the quotient is taken with the scale as it
is stored. Where all weights are 0 the scale is 1. Where max |w| / 127 is below float32's least normal
number, that number is the scale: a subnormal one would be too coarse, or 0. -128 is never used.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.errors import InputError

LARGEST = 127
"""The largest magnitude of a quantised weight."""

SCALES_SUFFIX = ".scales.npz"
"""Stands behind the name of a compressed file in the name of the file with its scales."""

BLOCK_WEIGHTS = 1 << 20
"""Weights that are quantised at a time: enough for NumPy, little enough beside the matrix."""


class Granularity(StrEnum):
    """Which weights share a scale."""

    TENSOR = "tensor"
    ROW = "row"


@dataclass(frozen=True, eq=False)
class Quantised:
    """A quantised matrix.

    Attributes:
        weights: int8[rows, cols].
        scales: float32[1, 1] or float32[rows, 1]: `weights * scales` is the matrix again, nearly.
        granularity: which weights share a scale.
    """

    weights: NDArray[np.int8]
    scales: NDArray[np.float32]
    granularity: Granularity


def quantise(matrix: NDArray[Any], granularity: Granularity = Granularity.TENSOR) -> Quantised:
    """Quantises float16, float32 or float64[rows, cols].

    Raises:
        InputError: a weight is NaN or infinite, or too large for a float32 scale.
    """
    require_finite(matrix)
    largest = np.concatenate([_largest(block) for _, block in _blocks(matrix)])
    if granularity is Granularity.TENSOR:
        largest = largest.max(keepdims=True)
    scales = _scales(largest).reshape(-1, 1)
    return Quantised(quantised_with(scales, matrix), scales, granularity)


def quantised_with(scales: NDArray[np.float32], matrix: NDArray[Any]) -> NDArray[np.int8]:
    """int8[rows, cols]: finite float16, float32 or float64[rows, cols] by float32[1, 1] or [rows, 1] above 0."""
    weights = np.empty(matrix.shape, dtype=np.int8)
    for rows, block in _blocks(matrix):
        share = scales if len(scales) == 1 else scales[rows]
        steps = np.rint(block.astype(np.float64) / share.astype(np.float64))
        weights[rows] = np.clip(steps, -LARGEST, LARGEST)
    return weights


def _blocks(matrix: NDArray[Any]) -> Iterator[tuple[slice, NDArray[Any]]]:
    """The matrix in runs of whole rows."""
    each = max(1, BLOCK_WEIGHTS // max(matrix.shape[1], 1))
    for begin in range(0, len(matrix), each):
        rows = slice(begin, begin + each)
        yield rows, matrix[rows]


def _largest(block: NDArray[Any]) -> NDArray[np.float64]:
    """float64[rows]: the largest magnitude in each row."""
    magnitudes: NDArray[np.float64] = np.abs(block).max(axis=1).astype(np.float64)
    return magnitudes


def _scales(largest: NDArray[np.float64]) -> NDArray[np.float32]:
    """float32[n]: the scale for weights up to each of these magnitudes."""
    exact = largest / LARGEST
    if exact.max() > np.finfo(np.float32).max:
        raise InputError(
            f"the largest weight, {largest.max():.6g}, needs a scale that float32 cannot hold"
        )
    scales = np.maximum(exact, np.finfo(np.float32).tiny)
    return np.where(largest > 0, scales, 1.0).astype(np.float32)


def require_finite(matrix: NDArray[Any]) -> None:
    """Raises InputError where a weight is NaN or infinite: how many are, and where the first is."""
    count, first = 0, None
    for rows, block in _blocks(matrix):
        bad = ~np.isfinite(block)
        count += int(np.count_nonzero(bad))
        if first is None and count:
            row, col = np.argwhere(bad)[0].tolist()
            first = (rows.start + row, col)
    if first is not None:
        weights, them = ("weights are", "them") if count > 1 else ("weight is", "it")
        raise InputError(
            f"{count:,} {weights} NaN or infinite, so no scale fits {them}: the first, "
            f"{matrix[first]}, stands in row {first[0]:,}, column {first[1]:,}"
        )


def scales_npz(quantised: Quantised, source_name: str, source_dtype: str) -> bytes:
    """The scales as a .npz file.

    Its arrays: `scales` as in `Quantised`; `axis`, the axes along which scales differ, int64[0] or [1];
    `quantisation`, `source_name` and `source_dtype`, each one string.
    """
    axes = [0] if quantised.granularity is Granularity.ROW else []
    target = io.BytesIO()
    np.savez(
        target,
        scales=quantised.scales,
        axis=np.array(axes, dtype=np.int64),
        quantisation=np.array(str(quantised.granularity)),
        source_name=np.array(source_name),
        source_dtype=np.array(source_dtype),
    )
    return target.getvalue()
