"""Tables of whole numbers as text, a block of rows at a time and without a Python loop over them.

A stream has millions of steps, each a dozen numbers: as Python integers they would take gigabytes, and longer to be
written than to be decoded. So the digits of a whole column are found by one division a place, each in its own
column of a matrix of bytes in which 0 is no character, and what is 0 is dropped when the rows are joined.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Characters = NDArray[np.uint8]
"""u8[rows, width]: the text of each row, from left to right; 0 is no character, wherever it stands."""

_ZERO, _MINUS = ord("0"), ord("-")


def decimals(values: NDArray[Any]) -> Characters:
    """Whole numbers in decimal.

    Args:
        values: int[rows] or uint[rows], of any width up to 64 bits.
    """
    negative, rest = _magnitudes(values)
    width = len(str(int(rest.max(initial=0))))
    sign = int(negative is not None)
    found = np.zeros((len(values), sign + width), dtype=np.uint8)
    if negative is not None:
        found[negative, 0] = _MINUS
    ten = rest.dtype.type(10)
    for place in range(sign + width - 1, sign - 1, -1):
        quotient = rest // ten
        digit = (rest - quotient * ten).astype(np.uint8) + np.uint8(_ZERO)
        if place < sign + width - 1:
            digit *= rest != 0  # in front of the number
        found[:, place] = digit
        rest = quotient
    return found


def _magnitudes(values: NDArray[Any]) -> tuple[NDArray[np.bool_] | None, NDArray[Any]]:
    """Which numbers are negative, None where none is; and all without their sign, as narrow as division is quick."""
    negative = None
    if values.dtype.kind == "i":
        wide = values.astype(np.int64)
        below = wide < 0
        negative = below if below.any() else None
        magnitude = np.where(below, np.negative(wide), wide).view(np.uint64)
    else:
        magnitude = values.astype(np.uint64)
    narrow = int(magnitude.max(initial=0)) <= np.iinfo(np.uint32).max
    return negative, magnitude.astype(np.uint32) if narrow else magnitude


def fixed(texts: Sequence[bytes]) -> Characters:
    """Texts without a null character, one a row; all are as wide as the longest, so none should be long."""
    width = max(map(len, texts), default=0) or 1
    return np.array(texts, dtype=f"S{width}").view(np.uint8).reshape(len(texts), width)


def rows_of_text(columns: Sequence[Characters], before: Sequence[bytes], end: bytes) -> bytes:
    """Rows as text.

    Args:
        columns: at least one, all of as many rows.
        before: what stands in front of each column's text; no null character.
        end: what ends each row.
    """
    blank = b"".join(
        text + bytes(column.shape[1]) for text, column in zip(before, columns, strict=True)
    )
    whole = np.tile(np.frombuffer(blank + end, dtype=np.uint8), (len(columns[0]), 1))
    place = 0
    for text, column in zip(before, columns, strict=True):
        place += len(text)
        whole[:, place : place + column.shape[1]] = column
        place += column.shape[1]
    return whole.tobytes().translate(None, delete=b"\0")
