"""One array of an input file, not read yet, and whether it can be encoded."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.errors import FormatError, InputError

FLOATS = ("float16", "bfloat16", "float32", "float64")
"""Types that are quantised; int8 is encoded as it is, and no other type is encoded at all."""


@dataclass(frozen=True, eq=False)
class InputArray:
    """An array that can be read when it is wanted.

    Attributes:
        file: name of the file that it stands in.
        name: what it is called there; the file's stem where the file has no names.
        shape: as stated, and held against the bytes there are.
        dtype: NumPy's name of its type, or `bfloat16`.
        read: reads it, C-contiguous; bfloat16 widened to float32, which loses nothing.
    """

    file: str
    name: str
    shape: tuple[int, ...]
    dtype: str
    read: Callable[[], NDArray[Any]]

    @property
    def shape_text(self) -> str:
        """The shape as a person writes it."""
        return "×".join(f"{n:,}" for n in self.shape) or "none (a single number)"

    @property
    def is_float(self) -> bool:
        """Whether it has to be quantised."""
        return self.dtype in FLOATS

    @property
    def is_matrix(self) -> bool:
        """Whether it has rows and columns, and nothing else."""
        return len(self.shape) == 2

    def refusal(self) -> str:
        """Why it cannot be encoded, as one sentence; "" where, by shape and type, it can."""
        subject = f"{self.name} in {self.file}"
        if not self.is_matrix:
            return (
                f"{subject} has {len(self.shape)} dimensions (shape {self.shape_text}), but a layer "
                "is a matrix of rows × columns"
            )
        if 0 in self.shape:
            return f"{subject} has the shape {self.shape_text}, so it holds no weights"
        if self.dtype != "int8" and not self.is_float:
            return (
                f"{subject} holds {self.dtype}, but only int8 and, quantised, {', '.join(FLOATS)} "
                "can be encoded"
            )
        return ""

    def matrix(self) -> NDArray[Any]:
        """The weights, [rows, cols].

        Raises:
            InputError: it cannot be encoded.
            SourceError, FormatError: it cannot be read.
        """
        if refusal := self.refusal():
            raise InputError(refusal)
        return self.read()


def check_size(what: str, shape: tuple[int, ...], itemsize: int, size: int) -> None:
    """Raises FormatError where a stated shape does not fit into the `size` bytes that there are."""
    if any(n < 0 for n in shape):
        raise FormatError(f"{what} states the impossible shape {shape}")
    needed = math.prod(shape) * itemsize
    if needed > size:
        stated = "×".join(str(n) for n in shape)
        raise FormatError(
            f"{what} states the shape {stated}, which takes {needed:,} bytes, but holds {size:,}"
        )


def widened(bits: NDArray[np.uint16]) -> NDArray[np.float32]:
    """bfloat16, given as its bits, as float32: a bfloat16 is the upper half of a float32."""
    return (bits.astype(np.uint32) << np.uint32(16)).view(np.float32)
