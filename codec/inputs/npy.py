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

MOST_HEADER_BYTES = 12 + 10_000
"""Magic number, version and length, and the longest header that NumPy parses."""

_HEADER_READERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
"""Version 3.0 exists for arrays with named fields alone, and those are no weights."""


@dataclass(frozen=True)
class Header:
    """What a .npy header states.

    Attributes:
        shape: of the array.
        column_major: whether columns lie together, as in Fortran.
        dtype: of its items.
        end: bytes from the magic number to the first item.
    """

    shape: tuple[int, ...]
    column_major: bool
    dtype: np.dtype[Any]
    end: int

    @property
    def size(self) -> int:
        """Bytes of all items."""
        return math.prod(self.shape) * self.dtype.itemsize

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
    """The header of the .npy file that `stream` is at the beginning of.

    Raises:
        FormatError: there is none, or the array holds Python objects.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python 2 wrote is read just as well
            version = np.lib.format.read_magic(stream)
            header = Header(*_HEADER_READERS[version](stream), stream.tell())
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
    header = read_header(io.BufferedReader(SourceStream(source)), source.name)
    check_size(source.name, header.shape, header.dtype.itemsize, source.size - header.end)

    def read() -> NDArray[Any]:
        return header.array(source.read(header.end, header.size))

    name = PurePath(source.name).stem
    return (InputArray(source.name, name, header.shape, header.type_name, read),)
