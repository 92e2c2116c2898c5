"""What a native file's tensor record says, held against the rules of the layout.

Whatever a record claims is a number like any other until it has passed here: ranges first, then the file's
size. A record that fails refuses its tensor, and no other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from codec.container import Origin
from codec.formats.native import (
    LANES,
    LONGEST_SIDE,
    MAX_DIMENSIONS,
    QUANTISATIONS,
    RUN,
    SCALE,
    SCALE_BITS,
    SECTION_ALIGNMENT,
    SOURCE_DTYPES,
    TENSOR,
    TILE_RECORD,
    TILE_SIDE,
    WORD_BITS,
    lower_bounds,
)
from codec.formats.native_places import TABLE_SIZE
from codec.interleaving import Interleaving
from codec.limits import WEIGHTS_PER_BYTE, justified
from codec.problems import Problem
from codec.rans import Coder


class Section(NamedTuple):
    """A byte range that a tensor record claims.

    Attributes:
        what: its name in messages and in the field tree.
        field: the field of the record that tells where it is.
        offset, size: the range, as stated.
        checksum: XXH64 of its bytes; None where they have none.
    """

    what: str
    field: str
    offset: int
    size: int
    checksum: int | None = None

    @property
    def end(self) -> int:
        """The offset behind the last byte."""
        return self.offset + self.size


class Record:
    """One tensor record.

    Args:
        values: the record as it stands in the file.
        base: its file offset.
        number: its number.
    """

    def __init__(self, values: np.void, base: int, number: int) -> None:
        self.base, self.number = base, number
        self._values = values
        self._numbers = dict(zip(values.dtype.names or (), values.item(), strict=True))

    def __getitem__(self, field: str) -> int:
        return int(self._numbers[field])

    @property
    def values(self) -> np.void:
        """The record as it stands in the file."""
        return self._values

    def clipped(self, field: str, bounds: tuple[int, int]) -> int:
        """A field's value, moved into its range: what is shown of a tensor that is refused for it."""
        return min(max(self[field], bounds[0]), bounds[1])

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the matrix, each from 1 on."""
        return self.clipped("rows", (1, LONGEST_SIDE)), self.clipped("cols", (1, LONGEST_SIDE))

    @property
    def tile_shape(self) -> tuple[int, int]:
        """Rows and columns of a whole tile, each from 1 on."""
        return self.clipped("tile_rows", TILE_SIDE), self.clipped("tile_cols", TILE_SIDE)

    @property
    def grid(self) -> tuple[int, int]:
        """Tiles down and across."""
        (rows, cols), (tile_rows, tile_cols) = self.shape, self.tile_shape
        return -(-rows // tile_rows), -(-cols // tile_cols)

    @property
    def interleaving(self) -> Interleaving:
        """Which lane codes which symbol."""
        return Interleaving(self.clipped("lanes", LANES), self.clipped("run", RUN))

    @property
    def coder(self) -> Coder:
        """The constants of the rANS coder."""
        scale_bits = self.clipped("scale_bits", SCALE_BITS)
        word_bits = self["word_bits"] if self["word_bits"] in WORD_BITS else WORD_BITS[1]
        bound = self.clipped("lower_bound_bits", lower_bounds(scale_bits, word_bits))
        return Coder(1 << bound, word_bits, scale_bits)

    @property
    def source_shape(self) -> tuple[int, ...]:
        """Axes of the source, as many as the record can hold of those that it states."""
        axes = min(self["dimensions"], MAX_DIMENSIONS)
        return tuple(self[f"shape_{axis}"] for axis in range(axes))

    @property
    def quantisation(self) -> str:
        """Which weights share a scale; "none" where it names no such thing."""
        number = self["quantisation"]
        return QUANTISATIONS[number] if number < len(QUANTISATIONS) else QUANTISATIONS[0]

    def origin(self) -> Origin:
        """What the tensor was."""
        number = self["source_dtype"]
        dtype = SOURCE_DTYPES[number] if number < len(SOURCE_DTYPES) else ""
        scales = (self["scales_offset"], self["scale_count"] * SCALE.size)
        return Origin(dtype, self.source_shape, self.quantisation, scales)

    def sections(self) -> tuple[Section, Section, Section]:
        """Its table, its scales and its tile records, as stated."""
        return (
            Section(
                "frequency table", "table_offset", self["table_offset"], TABLE_SIZE,
                self["table_checksum"],
            ),
            Section(
                "scales", "scales_offset", self["scales_offset"], self["scale_count"] * SCALE.size,
                self["scales_checksum"],
            ),
            Section(
                "tile records", "index_offset", self["index_offset"],
                self["tile_count"] * TILE_RECORD.size, self["index_checksum"],
            ),
        )  # fmt: skip

    def streams(self) -> Section:
        """Its streams, as stated."""
        return Section("streams", "streams_offset", self["streams_offset"], self["streams_size"])

    def problem(self, field: str, code: str, expected: str, why: str) -> Problem:
        """The problem of one field."""
        place, size = self.base + TENSOR.offset_of(field), TENSOR.size_of(field)
        value = self._values[field]
        found = f"{int(value):,}" if value.dtype.kind in "iu" else bytes(value).hex(" ")
        return Problem(
            code, place, size, f"{field} of tensor {self.number:,} is {found}, but {why}", expected,
            found, tensor=self.number,
        )  # fmt: skip

    def faults(self, file_size: int) -> Iterator[Problem]:
        """All that makes the record impossible, but for what it says of its name."""
        yield from self._range_faults()
        yield from self._shape_faults(file_size)
        yield from self._count_faults()
        for section in (*self.sections(), self.streams()):
            if section.offset % SECTION_ALIGNMENT:
                expected = f"a multiple of {SECTION_ALIGNMENT}"
                why = f"sections begin at multiples of {SECTION_ALIGNMENT}"
                yield self.problem(section.field, "section-offset", expected, why)
            elif section.offset > file_size:
                expected = f"at most {file_size:,}"
                why = f"the file has {file_size:,} bytes"
                yield self.problem(section.field, "section-offset", expected, why)

    def reserved_problems(self) -> Iterator[Problem]:
        """Reserved bytes that are not zero."""
        for field in ("reserved_1", "reserved_2"):
            if any(bytes(self._values[field])):
                yield self.problem(
                    field, "reserved-bytes", "zero", "it is reserved and must be zero"
                )

    def _range_faults(self) -> Iterator[Problem]:
        bounds = lower_bounds(self.coder.scale_bits, self.coder.word_bits)
        ranges = (
            ("rows", (1, LONGEST_SIDE), "empty-shape" if not self["rows"] else "implausible-size"),
            ("cols", (1, LONGEST_SIDE), "empty-shape" if not self["cols"] else "implausible-size"),
            ("tile_rows", TILE_SIDE, "tile-size"),
            ("tile_cols", TILE_SIDE, "tile-size"),
            ("lanes", LANES, "parameter"),
            ("run", RUN, "parameter"),
            ("scale_bits", SCALE_BITS, "parameter"),
            ("lower_bound_bits", bounds, "parameter"),
            ("quantisation", (0, len(QUANTISATIONS) - 1), "parameter"),
            ("source_dtype", (0, len(SOURCE_DTYPES) - 1), "parameter"),
            ("dimensions", (1, MAX_DIMENSIONS), "source-shape"),
        )
        for field, (least, most), code in ranges:
            if not least <= self[field] <= most:
                why = f"it must be {least:,} to {most:,}"
                yield self.problem(field, code, f"{least:,} to {most:,}", why)
        if self["word_bits"] not in WORD_BITS:
            yield self.problem("word_bits", "parameter", "8 or 16", "words have 8 or 16 bits")

    def _shape_faults(self, file_size: int) -> Iterator[Problem]:
        rows, cols = self["rows"], self["cols"]
        if not justified(rows * cols, file_size):
            why = f"{rows:,}×{cols:,} weights are more than {WEIGHTS_PER_BYTE:,} a byte of the file"
            yield self.problem("rows", "implausible-size", "a shape that the bytes justify", why)
        stated = self.source_shape
        for axis in range(len(stated), MAX_DIMENSIONS):
            if self[f"shape_{axis}"]:
                why = f"the source has {len(stated)} axes"
                yield self.problem(f"shape_{axis}", "source-shape", "0", why)
        if stated and (math.prod(stated[:-1]), stated[-1]) != (rows, cols):
            shape = "×".join(f"{n:,}" for n in stated)
            why = f"the matrix is {rows:,}×{cols:,}, and the shape {shape}"
            yield self.problem("shape_0", "source-shape", f"axes that make {rows:,}×{cols:,}", why)

    def _count_faults(self) -> Iterator[Problem]:
        down, across = self.grid
        if self["tile_count"] != down * across:
            why = f"shape and tiles make a grid of {down:,} × {across:,}"
            yield self.problem("tile_count", "tile-count", f"{down * across:,}", why)
        scales = {"none": 0, "tensor": 1, "row": self["rows"]}[self.quantisation]
        if self["scale_count"] != scales:
            why = f"a tensor of {self['rows']:,} rows with the quantisation {self.quantisation} has {scales:,}"
            yield self.problem("scale_count", "scales", f"{scales:,}", why)
