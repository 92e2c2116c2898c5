"""The values of a dump as integers: floats only where each is a whole number, or where scales make them weights.

What was a layer before it was encoded is such a dump too: its floats are quantised again, with the scales that the
file, or a file beside it, has of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.comparison.original_scales import Scales, scales_of
from codec.container import Container, Tensor
from codec.errors import InputError
from codec.inputs.arrays import InputArray
from codec.quantisation import quantised_with

VALUES_AT_ONCE = 1 << 20
"""Values that are checked in one go."""

MOST_WHOLE = 2.0**63
"""Whole floats are smaller than this, or no integer of 64 bits holds them."""


@dataclass(frozen=True, eq=False)
class Values:
    """Integers of a dump.

    Attributes:
        weights: integers[any], in the byte order of this machine; int8 where all fit.
        notices: what was done to them, a sentence each.
    """

    weights: NDArray[Any]
    notices: tuple[str, ...] = ()


def integers(array: InputArray, container: Container, tensor: Tensor) -> Values:
    """The values of an array that has as many as a tensor has weights.

    Raises:
        InputError: it holds no numbers, or such as are no weights: how many, and where the first is.
        FormatError, SourceError: it cannot be read.
    """
    subject = f"{array.name} in {array.file}"
    kind = _kind(array)
    if kind not in "iuf":
        raise InputError(f"{subject} holds {array.dtype}, where int8 weights were expected")
    values = array.read()
    if kind != "f":
        return _narrowed(subject, values)
    matrix = values.reshape(tensor.rows, tensor.cols)
    _require_all(subject, "is NaN or infinite", matrix, np.isfinite)
    if not _all_whole(matrix) and (scales := scales_of(container, tensor)) is not None:
        return _quantised(subject, array.dtype, matrix, scales)
    fractional = f"is no whole number, and there are no scales in or beside {container.source.name}"
    _require_all(subject, fractional, matrix, _is_whole)
    _require_all(subject, "is more than an integer of 64 bits holds", matrix, _is_held)
    found = _narrowed(subject, matrix.astype(np.int64))
    notice = (
        f"{subject} holds {array.dtype}; every value is whole, and taken as {found.weights.dtype}"
    )
    return Values(found.weights, (notice,))


def _kind(array: InputArray) -> str:
    """NumPy's letter for the kind of an array's type; "?" for one that it does not have."""
    try:
        return "f" if array.is_float else np.dtype(array.dtype).kind
    except TypeError:
        return "?"


def _narrowed(subject: str, values: NDArray[Any]) -> Values:
    """Integers as the first type of these that holds them all: int8, their own in native byte order."""
    if values.dtype == np.int8:
        return Values(values)
    native = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("="))
    if native.min(initial=0) >= -128 and native.max(initial=0) <= 127:
        notice = f"{subject} holds {native.dtype}; every value fits int8"
        return Values(native.astype(np.int8), (notice,))
    notice = f"{subject} holds {native.dtype}, from {native.min():,} to {native.max():,}: more than int8 does"
    return Values(native, (notice,))


def _quantised(subject: str, dtype: str, matrix: NDArray[Any], scales: Scales) -> Values:
    notice = f"{subject} holds {dtype}: taken for the layer before it was quantised, and quantised with {scales.told}"
    return Values(quantised_with(scales.values, matrix), (notice,))


def _is_whole(values: NDArray[Any]) -> NDArray[np.bool_]:
    whole: NDArray[np.bool_] = values == np.trunc(values)
    return whole


def _is_held(values: NDArray[Any]) -> NDArray[np.bool_]:
    held: NDArray[np.bool_] = np.abs(values.astype(np.float64)) < MOST_WHOLE
    return held


def _all_whole(matrix: NDArray[Any]) -> bool:
    flat = matrix.reshape(-1)
    begins = range(0, len(flat), VALUES_AT_ONCE)
    return all(bool(_is_whole(flat[begin : begin + VALUES_AT_ONCE]).all()) for begin in begins)


def _require_all(
    subject: str,
    fault: str,
    matrix: NDArray[Any],
    good: Callable[[NDArray[Any]], NDArray[np.bool_]],
) -> None:
    """Raises InputError where some values are not good: how many, and where the first is."""
    flat, count, first = matrix.reshape(-1), 0, -1
    for begin in range(0, len(flat), VALUES_AT_ONCE):
        bad = ~good(flat[begin : begin + VALUES_AT_ONCE])
        if first < 0 and bad.any():
            first = begin + int(bad.argmax())
        count += int(np.count_nonzero(bad))
    if count:
        row, col = divmod(first, matrix.shape[1])
        raise InputError(
            f"{subject} cannot be taken for weights: a value {fault}; {count:,} of {len(flat):,} are like that, the "
            f"first, {flat[first]}, in row {row:,}, column {col:,}"
        )
