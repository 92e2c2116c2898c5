"""Reading .safetensors: eight bytes of header length, a JSON header, and the tensors' bytes.

The format's own library maps the file into memory, and a mapped file that shrinks kills the process. The
format is small, so it is read here through `Source`; the tests hold this against that library.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.errors import FormatError
from codec.inputs.arrays import InputArray, widened
from codec.source import Source

LONGEST_HEADER = 100_000_000
"""Bytes; the format's own library reads no longer one."""

DTYPES: dict[str, np.dtype[Any]] = {
    "BOOL": np.dtype("?"),
    "U8": np.dtype("<u1"),
    "I8": np.dtype("<i1"),
    "U16": np.dtype("<u2"),
    "I16": np.dtype("<i2"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype("<u2"),
    "U32": np.dtype("<u4"),
    "I32": np.dtype("<i4"),
    "F32": np.dtype("<f4"),
    "U64": np.dtype("<u8"),
    "I64": np.dtype("<i8"),
    "F64": np.dtype("<f8"),
}
"""How the elements of a tensor are stored; types that NumPy lacks are known by name alone."""


def arrays(source: Source) -> tuple[InputArray, ...]:
    """The tensors of a file, in the order of its header.

    Raises:
        FormatError: the header is damaged, or puts a tensor where the file has no bytes for it.
    """
    begin, header = _header(source)
    header.pop("__metadata__", None)
    return tuple(_array(source, name, entry, begin) for name, entry in header.items())


def _header(source: Source) -> tuple[int, dict[str, Any]]:
    """Where the tensors' bytes begin, and the header."""
    size = int.from_bytes(source.read(0, 8), "little")
    if not 2 <= size <= min(source.size - 8, LONGEST_HEADER):
        raise FormatError(
            f"{source.name} states a .safetensors header of {size:,} bytes, but the file has "
            f"{source.size:,} and a header may have {LONGEST_HEADER:,}",
            0,
        )
    try:
        header = json.loads(source.read(8, size).decode("utf-8"))
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict):
        raise FormatError(f"{source.name} has no .safetensors header that can be read", 8)
    return 8 + size, header


def _array(source: Source, name: str, entry: object, begin: int) -> InputArray:
    subject = f"{name} in {source.name}"
    kind, shape, first, last = _entry(subject, entry)
    if not first <= last <= source.size - begin:
        raise FormatError(
            f"{subject} claims the bytes {first:,} to {last:,} of the {source.size - begin:,} that "
            "follow the header",
            8,
        )
    dtype = DTYPES.get(kind)
    needed = math.prod(shape) * (dtype.itemsize if dtype else 0)
    if dtype and needed != last - first:
        stated = "×".join(str(n) for n in shape)
        raise FormatError(
            f"{subject} states the shape {stated} of {kind}, which takes {needed:,} bytes, but "
            f"claims {last - first:,}",
            8,
        )

    def read() -> NDArray[Any]:
        flat = np.frombuffer(source.read(begin + first, last - first), dtype=dtype)
        return (widened(flat) if kind == "BF16" else flat).reshape(shape)

    return InputArray(source.name, name, shape, _type_name(kind), read)


def _entry(subject: str, entry: object) -> tuple[str, tuple[int, ...], int, int]:
    """(dtype, shape, first byte, byte behind the last) of one entry of the header."""
    match entry:
        case {"dtype": str(kind), "shape": list(shape), "data_offsets": [first, last]}:
            if all(type(n) is int and n >= 0 for n in (*shape, first, last)):
                return kind, tuple(shape), first, last
    raise FormatError(f"the .safetensors header describes {subject} in a way that is not valid", 8)


def _type_name(kind: str) -> str:
    if kind == "BF16":
        return "bfloat16"
    return DTYPES[kind].name if kind in DTYPES else kind
