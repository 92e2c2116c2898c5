"""Reading .gguf, llama.cpp's files: a header of keys, values and tensors, then the tensors' bytes.

Layout: the GGUF specification in ggml's `docs/gguf.md`. As with .safetensors the header is read here, through
`Source`, since the `gguf` package maps the file into memory and believes what it says. What ggml has quantised is
turned into float32 by that package, where it is installed: `pip install gguf`.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.errors import FormatError, InputError
from codec.inputs.arrays import InputArray, widened
from codec.source import Source

MAGIC = b"GGUF"
VERSIONS = (2, 3)
"""Those that are little-endian and count in 64 bits; version 1 was used for a month."""

LONGEST_HEADER = 100_000_000
"""Bytes of the keys, values and tensors' records, as for .safetensors; vocabularies make them long."""

MOST_DIMENSIONS = 8
"""ggml has 4."""

ALIGNMENT_KEY = "general.alignment"
USUAL_ALIGNMENT = 32

PLAIN: dict[int, tuple[str, str]] = {
    0: ("float32", "<f4"),
    1: ("float16", "<f2"),
    24: ("int8", "<i1"),
    25: ("int16", "<i2"),
    26: ("int32", "<i4"),
    27: ("int64", "<i8"),
    28: ("float64", "<f8"),
    30: ("bfloat16", "<u2"),
}
"""Types that are not quantised: name, and how an element is stored; by ggml's number."""

BLOCKS: dict[int, tuple[str, int, int]] = {
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    29: ("IQ1_M", 256, 56),
}
"""Quantised types: name, weights of a block, bytes of a block; by ggml's number."""

INSTALL = "the package gguf turns such weights into floats: pip install gguf"

NUMBERS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of a value in the header, by the number of its type."""

UINT32, STRING, ARRAY = 4, 8, 9
"""Types of values in the header."""

DEEPEST = 4
"""Arrays of arrays within each other; none is known that has any."""


@dataclass(frozen=True)
class Record:
    """What the header says of one tensor.

    Attributes:
        name: of the tensor.
        shape: its last axis is the one whose weights lie side by side; ggml counts axes the other way.
        kind: number of its type.
        offset: of its bytes from where the tensors' bytes begin.
    """

    name: str
    shape: tuple[int, ...]
    kind: int
    offset: int


def arrays(source: Source) -> tuple[InputArray, ...]:
    """The tensors of a file, in the order of its header; quantised ones come as float32.

    Raises:
        FormatError: the header is damaged, or puts a tensor where the file has no bytes for it.
    """
    header = _Header(source)
    tensors, values = header.counts()
    alignment = _alignment(header, values)
    records = list(header.records(tensors))
    begin = -(-header.position // alignment) * alignment
    return tuple(_array(source, record, begin) for record in records)


class _Header:
    """Takes the header in from its start, never beyond the file or `LONGEST_HEADER`.

    Attributes:
        position: byte of the file that is next.
    """

    READ_AT_ONCE = 1 << 20

    def __init__(self, source: Source) -> None:
        self._source, self._block, self._block_begin = source, b"", 0
        self._end = min(source.size, LONGEST_HEADER)
        self.position = len(MAGIC)

    def counts(self) -> tuple[int, int]:
        """How many tensors and how many keys the file says that it has."""
        version = self._number(4)
        if version not in VERSIONS:
            raise FormatError(
                f"{self._source.name} is a GGUF file of version {version:,}, but {VERSIONS[0]} and "
                f"{VERSIONS[1]} can be read, little-endian",
                len(MAGIC),
            )
        return self._number(8), self._number(8)

    def values(self, count: int) -> Iterator[tuple[str, int | None]]:
        """Every key; and its value where that is a number of 32 bits without a sign."""
        for _ in range(count):
            key, kind = self._text(), self._number(4)
            if kind == UINT32:
                yield key, self._number(4)
            else:
                self._skip_value(kind, DEEPEST)
                yield key, None

    def records(self, count: int) -> Iterator[Record]:
        """What the header says of every tensor."""
        for _ in range(count):
            name, dimensions = self._text(), self._number(4)
            if dimensions > MOST_DIMENSIONS:
                raise self._damage(f"gives {name} {dimensions:,} dimensions")
            shape = tuple(self._number(8) for _ in range(dimensions))[::-1]
            yield Record(name, shape, self._number(4), self._number(8))

    def _skip_value(self, kind: int, depth: int) -> None:
        if kind == STRING:
            self._skip(self._number(8))
        elif kind == ARRAY and depth:
            inner, count = self._number(4), self._number(8)
            if inner in NUMBERS:
                self._skip(count * NUMBERS[inner])
                return
            for _ in range(count):
                self._skip_value(inner, depth - 1)
        elif kind in NUMBERS:
            self._skip(NUMBERS[kind])
        else:
            raise self._damage(f"has a value of type {kind:,}, which there is not")

    def _text(self) -> str:
        return self._take(self._number(8)).decode("utf-8", "backslashreplace")

    def _number(self, size: int) -> int:
        return int.from_bytes(self._take(size), "little")

    def _skip(self, size: int) -> None:
        if size > self._end - self.position:
            raise self._damage("claims more than the file holds, or a header may have")
        self.position += size

    def _take(self, size: int) -> bytes:
        begin = self.position
        self._skip(size)
        if begin + size > self._block_begin + len(self._block) or begin < self._block_begin:
            wanted = min(max(size, self.READ_AT_ONCE), self._source.size - begin)
            self._block, self._block_begin = self._source.read(begin, wanted), begin
        first = begin - self._block_begin
        return self._block[first : first + size]

    def _damage(self, what: str) -> FormatError:
        return FormatError(
            f"the GGUF header of {self._source.name} is damaged: it {what}", self.position
        )


def _alignment(header: _Header, values: int) -> int:
    """Of the tensors' bytes; takes in all keys."""
    found = USUAL_ALIGNMENT
    for key, value in header.values(values):
        if key == ALIGNMENT_KEY and value is not None:
            found = value
    if not found or found > 1 << 20 or found & (found - 1):
        raise FormatError(f"the GGUF header states an alignment of {found:,} bytes")
    return found


def _array(source: Source, record: Record, begin: int) -> InputArray:
    name, needed = _name_and_size(source, record)
    first = begin + record.offset
    if needed is not None and first + needed > source.size:
        stated = "×".join(str(n) for n in record.shape)
        raise FormatError(
            f"{record.name} in {source.name} states the shape {stated} of {name}, which takes "
            f"{needed:,} bytes, but {max(source.size - first, 0):,} follow its place",
            min(first, source.size),
        )
    quantised = record.kind in BLOCKS
    read = _reader(source, record, first, needed or 0)
    return InputArray(
        source.name, record.name, record.shape, "float32" if quantised else name, read
    )


def _name_and_size(source: Source, record: Record) -> tuple[str, int | None]:
    """What a tensor's type is called, and the bytes of it; None for a type that is not known."""
    count = math.prod(record.shape)
    if record.kind in PLAIN:
        name, dtype = PLAIN[record.kind]
        return name, count * np.dtype(dtype).itemsize
    if record.kind not in BLOCKS:
        return f"ggml type {record.kind}", None
    name, weights, size = BLOCKS[record.kind]
    if not record.shape or record.shape[-1] % weights:
        raise FormatError(
            f"{record.name} in {source.name} is {name}, whose blocks have {weights} weights, so its rows cannot be "
            f"of {record.shape[-1] if record.shape else 1:,}"
        )
    return name, count // weights * size


def _reader(source: Source, record: Record, first: int, size: int) -> Callable[[], NDArray[Any]]:
    """What reads a tensor when it is wanted."""

    def read() -> NDArray[Any]:
        if record.kind in BLOCKS:
            dequantise = _dequantiser()
            packed = np.frombuffer(source.read(first, size), dtype=np.uint8)
            rows = packed.reshape(*record.shape[:-1], -1)
            found: NDArray[Any] = dequantise(rows, record.kind).reshape(record.shape)
            return found
        if record.kind not in PLAIN:
            raise InputError(f"{record.name} in {source.name} is of a type that is not known")
        flat = np.frombuffer(source.read(first, size), dtype=PLAIN[record.kind][1])
        name = PLAIN[record.kind][0]
        return (widened(flat) if name == "bfloat16" else flat).reshape(record.shape)

    return read


def _dequantiser() -> Callable[[NDArray[np.uint8], int], NDArray[np.float32]]:
    """What turns rows of blocks into rows of floats.

    Raises:
        InputError: the package that knows how is not installed.
    """
    try:
        constants = importlib.import_module("gguf.constants")
        quants = importlib.import_module("gguf.quants")
    except ImportError:
        raise InputError(INSTALL) from None

    def dequantise(rows: NDArray[np.uint8], kind: int) -> NDArray[np.float32]:
        try:
            number = constants.GGMLQuantizationType(kind)
            found: NDArray[np.float32] = quants.dequantize(rows, number)
        except (NotImplementedError, ValueError) as error:
            raise InputError(
                f"the package gguf cannot turn {BLOCKS[kind][0]} into floats: {error}"
            ) from None
        return found

    return dequantise
