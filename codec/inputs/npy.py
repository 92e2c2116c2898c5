"""Reading .npy: NumPy parses the header, the size that it states is checked before anything is read."""

from __future__ import annotations

import io
import math
import warnings
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from codec.errors import FormatError, RanscopeError
from codec.inputs.arrays import InputArray, check_size, widened
from codec.inputs.stream import SourceStream
from codec.source import Source

MAGIC = b"\x93NUMPY"

_HEADER_READERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
"""Version 3.0 exists for arrays with named fields alone, and those are no weights."""


@dataclass(frozen=True)
class Header:
    """What a .npy header states."""

    shape: tuple[int, ...]
    column_major: bool
    dtype: np.dtype[Any]

    @property
    def type_name(self) -> str:
        """NumPy's name of the type; `bfloat16` for raw pairs of bytes.

        .npy has no way to name bfloat16: NumPy writes it as unnamed items of two bytes.
        """
        unnamed = self.dtype.kind == "V" and self.dtype.names is None
        return "bfloat16" if unnamed and self.dtype.itemsize == 2 else self.dtype.name

    def array(self, data: bytes) -> NDArray[Any]:
        """The array that stands in `data`, row-major; bfloat16 as float32."""
        flat = np.frombuffer(data, dtype=self.dtype)
        if self.type_name == "bfloat16":
            flat = widened(flat.view("<u2"))
        shaped = flat.reshape(self.shape, order="F" if self.column_major else "C")
        return np.ascontiguousarray(shaped)


def read_header(stream: IO[bytes], name: str) -> Header:
    """The header at the beginning of `stream`, which is left behind it.

    Raises:
        FormatError: there is none, or the array is not made of plain numbers.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python 2 wrote is read just as well
            version = np.lib.format.read_magic(stream)
            header = Header(*_HEADER_READERS[version](stream))
    except RanscopeError:
        raise
    except Exception:  # whatever the tokenizer and the parser of literals raise on garbage
        raise FormatError(f"{name} has no .npy header that can be read", 0) from None
    if header.dtype.hasobject:
        raise FormatError(f"{name} holds pickled Python objects, which are never loaded")
    return header


def arrays(source: Source) -> tuple[InputArray, ...]:
    """The one array of a .npy file.

    Raises:
        FormatError: its header is damaged, or claims more than the file holds.
    """
    stream = io.BufferedReader(SourceStream(source))
    header = read_header(stream, source.name)
    offset = stream.tell()
    check_size(source.name, header.shape, header.dtype.itemsize, source.size - offset)
    size = math.prod(header.shape) * header.dtype.itemsize

    def read() -> NDArray[Any]:
        return header.array(source.read(offset, size))

    name = PurePath(source.name).stem
    return (InputArray(source.name, name, header.shape, header.type_name, read),)
