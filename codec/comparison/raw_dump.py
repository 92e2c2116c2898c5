"""A dump that is nothing but bytes: their number says what they may be, and what went wrong where it does not fit."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import Tensor
from codec.errors import InputError
from codec.inputs.arrays import InputArray
from codec.source import Source

DTYPES = (
    "int8",
    "uint8",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "float16",
    "float32",
    "float64",
)
"""What raw values may be said to be: little-endian, or big-endian with `>` before the name."""

BY_SIZE: dict[int, tuple[str, ...]] = {
    1: ("int8",),
    2: ("int16", "float16"),
    4: ("int32", "float32"),
    8: ("int64", "float64"),
}
"""What values of so many bytes are taken for, the likeliest first."""

LARGEST_WEIGHT = 255
"""Values beyond it are no weights, so the bytes may be of the other type."""


def raw_array(source: Source, dtype: str, tensor: Tensor) -> InputArray:
    """The bytes of a file as weights of a tensor, row by row.

    Args:
        source: the file.
        dtype: one of `DTYPES`; "" for what the size says.
        tensor: the tensor.

    Raises:
        InputError: no such type, or not as many bytes as that takes.
        SourceError: it cannot be read.
    """
    kind = _dtype(dtype) if dtype else None
    each = kind.itemsize if kind else source.size // max(tensor.weights, 1)
    if source.size != tensor.weights * each or each not in BY_SIZE:
        raise InputError(_misfit(source, kind, tensor))
    kind = kind or _likeliest(source, each)

    def read() -> NDArray[Any]:
        values = np.frombuffer(source.read(0, source.size), dtype=kind)
        return values.reshape(tensor.rows, tensor.cols)

    name = PurePath(source.name).stem
    return InputArray(source.name, name, (tensor.rows, tensor.cols), kind.name, read)


def count_hint(count: int, tensor: Tensor) -> str:
    """What so many values may be instead of a tensor's weights, to be put behind a sentence; "" without an idea."""
    rows, cols = (tensor.grid_rows * tensor.tile_rows, tensor.grid_cols * tensor.tile_cols)
    shapes = {
        f"all {tensor.grid_rows * tensor.grid_cols:,} tiles whole, with edges that are not cut": rows
        * cols,
        f"rows of {cols:,}, the width of whole tiles": tensor.rows * cols,
        f"columns of {rows:,}, the height of whole tiles": rows * tensor.cols,
        "two bytes for each weight": tensor.weights * 2,
        "four bytes for each weight": tensor.weights * 4,
        "eight bytes for each weight": tensor.weights * 8,
    }
    fits = next((words for words, size in shapes.items() if size == count), "")
    return f": that is as many as {fits} would take" if fits else ""


def _dtype(name: str) -> np.dtype[Any]:
    order, plain = (name[0], name[1:]) if name[:1] in ("<", ">") else ("<", name)
    if plain not in DTYPES:
        raise InputError(
            f"{name} is no type of raw values: there are {', '.join(DTYPES)}, with > for big-endian"
        )
    return np.dtype(plain).newbyteorder("<" if order == "<" else ">")


def _likeliest(source: Source, each: int) -> np.dtype[Any]:
    """The type of values of `each` bytes: integers, unless only as floats they could be weights."""
    kinds = [_dtype(name) for name in BY_SIZE[each]]
    if len(kinds) == 1:
        return kinds[0]
    whole, real = (np.frombuffer(source.read(0, source.size), dtype=kind) for kind in kinds)
    fits = [_may_be_weights(values) for values in (whole, real)]
    return kinds[1] if fits == [False, True] else kinds[0]


def _may_be_weights(values: NDArray[Any]) -> bool:
    with np.errstate(invalid="ignore"):
        return bool(((values >= -LARGEST_WEIGHT) & (values <= LARGEST_WEIGHT)).all())


def _misfit(source: Source, kind: np.dtype[Any] | None, tensor: Tensor) -> str:
    """What was expected of raw bytes, and what was found."""
    kinds = [kind] if kind else [np.dtype(name) for name, *_ in BY_SIZE.values()]
    wanted = [f"{tensor.weights * k.itemsize:,} as {k.name}" for k in kinds]
    listed = ", ".join(wanted[:-1]) + " or " * (len(wanted) > 1) + wanted[-1]
    return (
        f"{source.name} is taken for raw values, and has {source.size:,} bytes, where the {tensor.rows:,}×"
        f"{tensor.cols:,} weights of {tensor.name} take {listed}{count_hint(source.size, tensor)}"
    )
