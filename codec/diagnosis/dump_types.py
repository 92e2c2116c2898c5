"""Weights that are right and were written, or read back, as another type.

Each mistake is undone on what was found; where that gives the true weights, or at least weights that another mistake
explains, it is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.evidence import Evidence, low_bytes

ELEMENTS = ("<i2", ">i2", "<i4", ">i4", "<i8", "<f4", ">f4", "<f2", "<f8")
"""Types whose bytes may have been taken for weights."""

FLIP = np.int8(-128)
"""What is exclusive-or'ed to a byte to add 128 to it."""


@dataclass(frozen=True, eq=False)
class Dump:
    """A wrong type, undone.

    Attributes:
        found: int8[rows, cols], what the output means without the mistake.
        detail: what the mistake is, in sentences.
        same_bytes: whether these are the low bytes of the output anyway.
    """

    found: NDArray[np.int8]
    detail: str
    same_bytes: bool = False


def dumps(evidence: Evidence) -> Iterator[Dump]:
    """The mistakes that the output's type and values allow, likeliest first."""
    weights = evidence.output.weights
    name = weights.dtype.name
    if weights.size and outside_int8(weights):
        if weights.dtype.kind == "u":
            detail = (
                f"The weights are held as {name}: the bytes are right, and are meant as int8. Declare the array, or "
                "read the dump, as int8."
            )
        else:
            detail = (
                f"The weights are held as {name} without their sign: their low bytes are right. Convert them to "
                "int8 before they are widened."
            )
        yield Dump(evidence.found, detail, same_bytes=True)
    if weights.dtype.itemsize > 1:
        swapped = weights.byteswap()
        yield Dump(low_bytes(swapped), (
            f"The bytes of each {name} stand in the other order: read the dump with the other one."))  # fmt: skip
        high = weights >> np.array(8 * (weights.dtype.itemsize - 1), dtype=weights.dtype)
        yield Dump(low_bytes(high), (
            f"Each weight stands in the highest byte of its {name}: shift it down, or write int8."))  # fmt: skip
    yield Dump(evidence.found ^ FLIP, (
        "128 is added to every weight at the end: the values are those of an unsigned range, 0 … 255. Take 128 off, "
        "or write the weights as int8."))  # fmt: skip


def outside_int8(weights: NDArray[np.generic]) -> bool:
    """Whether some weight is none of int8."""
    return bool((weights.max() > 127) | (weights.min() < -128))


def read_as_bytes(evidence: Evidence) -> tuple[NDArray[np.int8], str] | None:
    """The output that bytes of wider elements give, and what the mistake is; None where it is none."""
    true, found = evidence.true.reshape(-1), evidence.found.reshape(-1)
    if evidence.output.weights.dtype.itemsize != 1:
        return None
    for kind in ELEMENTS:
        size = np.dtype(kind).itemsize
        whole = -(-len(true) // size)
        probe = true[: min(whole, 4096)].astype(kind).view(np.int8)[: len(true)]
        if len(probe) < 64 or (found[: len(probe)] != probe).mean() > 0.02:
            continue
        predicted = true[:whole].astype(kind).view(np.int8)[: len(true)]
        name = np.dtype(kind).newbyteorder("=").name
        order = "big-endian " if kind[0] == ">" else ""
        detail = (
            f"The bytes of {order}{name} elements were taken for weights: {size} stand for each, and only the first "
            f"{whole:,} of {len(true):,} weights are there at all. Convert the weights to int8 before they are written."
        )
        return predicted.reshape(evidence.true.shape), detail
    return None
