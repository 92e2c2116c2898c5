"""Where the parts of a native file lie that stand before its streams: it follows from the shapes alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from codec.formats.native import HEADER, SCALE, TABLE_ENTRY, TENSOR, TILE_RECORD, aligned
from codec.frequency import SYMBOLS

TABLE_SIZE = SYMBOLS * TABLE_ENTRY.size
"""Bytes of a frequency table."""


class TensorPlaces(NamedTuple):
    """File offsets of a tensor's small parts, and how many tile records it has."""

    table: int
    scales: int
    records: int
    tile_count: int


class Places(NamedTuple):
    """File offsets of all that stands before the streams, and of the first stream."""

    directory: int
    names: int
    tensors: tuple[TensorPlaces, ...]
    streams: int


class Extent(NamedTuple):
    """What decides how much room a tensor's small parts take."""

    name_bytes: int
    scales: int
    tiles: int


def place_sections(extents: Sequence[Extent]) -> Places:
    """The places of a new file's parts: in their order, each at the next multiple of 64."""
    directory = aligned(HEADER.size)
    names = aligned(directory + len(extents) * TENSOR.size)
    at = aligned(names + sum(extent.name_bytes for extent in extents))
    tensors = []
    for extent in extents:
        table, scales = at, aligned(at + TABLE_SIZE)
        records = aligned(scales + extent.scales * SCALE.size)
        tensors.append(TensorPlaces(table, scales, records, extent.tiles))
        at = aligned(records + extent.tiles * TILE_RECORD.size)
    return Places(directory, names, tuple(tensors), at)
