"""Makes the checksums of an edited native file match its bytes again, so that they stop nobody who studies the damage.

The checksums of tiles' weights stay as they are: they tell which tiles come out otherwise than they were encoded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from codec.checksum import bytes_checksum
from codec.edits.edit import Edit
from codec.edits.overlay import EditedSource
from codec.errors import InputError
from codec.formats.native import HEADER, NAME, TENSOR
from codec.formats.native_record import Record
from codec.source import Source
from codec.struct_layout import Struct

SECTION_CHECKSUMS = ("table_checksum", "scales_checksum", "index_checksum")
"""Fields of a tensor record, one for each of `Record.sections`."""


class _Guarded(NamedTuple):
    """Bytes with a checksum.

    Attributes:
        label: of the field that holds it, for a person.
        place: offset of that field.
        offset, size: the bytes.
    """

    label: str
    place: int
    offset: int
    size: int


def checksum_edits(source: Source, layout: str) -> tuple[Edit, ...]:
    """The edits that make every checksum of bytes match the bytes that it guards; none where all do.

    Checksums of bytes that do not lie in the file are left alone. What is guarded together with a checksum that is
    edited gets its own only then: a section's before the tensor records', and that one before the header's.

    Args:
        source: the bytes, as they are now.
        layout: name of the layout.

    Raises:
        InputError: the layout has no such checksums.
        SourceError: the bytes cannot be read.
    """
    if layout != NAME:
        raise InputError(f"the layout {layout} has no checksums of its bytes")
    if source.size < HEADER.size:
        raise InputError(f"the file has no whole header: {source.size:,} bytes")
    header = source.array(0, HEADER.dtype, 1)[0]
    edits = _matching(source, _sections(source, header))
    inner = EditedSource(source, edits)
    edits += _matching(inner, _directory(header))
    return edits + _matching(EditedSource(source, edits), _header())


def _sections(source: Source, header: np.void) -> Iterator[_Guarded]:
    """The tables, scales and tile records of all tensors whose records are there."""
    base = int(header["directory_offset"])
    count = min(int(header["tensor_count"]), max(source.size - base, 0) // TENSOR.size)
    for number, values in enumerate(source.array(min(base, source.size), TENSOR.dtype, count)):
        record = Record(values, base + number * TENSOR.size, number)
        for field, section in zip(SECTION_CHECKSUMS, record.sections(), strict=True):
            if section.size or field == "scales_checksum":
                label = f"tensor record {number:,}"
                yield _guarded(label, TENSOR, field, record.base, section.offset, section.size)


def _directory(header: np.void) -> Iterator[_Guarded]:
    """The tensor records and the names."""
    records = int(header["directory_offset"]), int(header["tensor_count"]) * TENSOR.size
    names = int(header["names_offset"]), int(header["names_size"])
    yield _guarded("header", HEADER, "directory_checksum", 0, *records)
    yield _guarded("header", HEADER, "names_checksum", 0, *names)


def _header() -> Iterator[_Guarded]:
    yield _guarded("header", HEADER, "header_checksum", 0, 0, HEADER.offset_of("header_checksum"))


def _guarded(what: str, struct: Struct, field: str, base: int, offset: int, size: int) -> _Guarded:
    return _Guarded(f"{what}, {field}", base + struct.offset_of(field), offset, size)


def _matching(source: Source, parts: Iterable[_Guarded]) -> tuple[Edit, ...]:
    """The edits of the checksums that do not match."""
    found = []
    for part in parts:
        if part.offset + part.size > source.size:
            continue
        before = source.read(part.place, 8)
        after = bytes_checksum(source.read(part.offset, part.size)).to_bytes(8, "little")
        if before != after:
            change = " → ".join(
                f"0x{int.from_bytes(data, 'little'):016X}" for data in (before, after)
            )
            found.append(Edit(part.place, before, after, f"{part.label}: {change}"))
    return tuple(found)
