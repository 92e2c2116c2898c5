"""Two compressed files of one tensor held against each other as files: fields, table, tile index, bytes.

For whoever writes an encoder: two encoders that should write the same file, and where the second one went wrong.
Streams are compared tile by tile, so that one longer stream does not make all behind it differ; what an encoder did
differently within a stream is found by `encode_steps`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.comparison.as_opened import TITLE, without_edits
from codec.comparison.byte_ranges import ByteDifferences, Place, byte_differences
from codec.comparison.encode_steps import EncodeDivergence, encode_divergence
from codec.comparison.file_fields import FieldPair, facts, field_pairs, padding_pair
from codec.comparison.file_tiles import (
    ASPECTS,
    TILE_PAIR,
    comparable,
    flag_index,
    flag_streams,
    paired,
    stream_region,
    unlike_grids,
    unlike_streams,
)
from codec.comparison.other_files import OtherFile, open_other
from codec.comparison.output import SideKind
from codec.comparison.side import Side
from codec.container import Container, Tensor
from codec.decoders.base import Tick, no_tick
from codec.errors import DecodeError, InputError
from codec.frequency import FrequencyTable
from codec.spans import Span, SpanKind

STREAMS = ("tile streams", "streams")
"""Spans whose bytes are compared tile by tile."""

UNCODED = ("offset",)
"""Aspects that say nothing of what was coded: a stream lies elsewhere because one before it is longer."""


@dataclass(frozen=True)
class FileDescription:
    """One of the two files.

    Attributes:
        name: without its folder.
        format: its layout.
        size: bytes.
        tensor: name of the tensor that is compared.
        tensor_bytes: bytes of the file that are its own.
        weights: how many it has.
    """

    name: str
    format: str
    size: int
    tensor: str
    tensor_bytes: int
    weights: int


@dataclass(frozen=True, eq=False)
class FileComparison:
    """Two compressed files of the same tensor, as plain data.

    Attributes:
        left, right: the files.
        fields: of both, with what the layouts state in different ways first.
        tables: the frequency tables.
        tiles: TILE_PAIR[n], in the left file's order, those of the right file alone last.
        tiles_note: why tiles cannot be held against each other; "" where they can.
        streams_note: why the bytes of streams cannot, though the tiles can; "" where they can.
        bytes: the parts of both files, and which differ; of several tensors, what is this one's or nobody's.
        encode: where the encoders part in the first tile whose stream differs; None where they do not, or where
            its steps cannot be told.
    """

    left: FileDescription
    right: FileDescription
    fields: tuple[FieldPair, ...]
    tables: tuple[FrequencyTable, FrequencyTable]
    tiles: NDArray[Any]
    tiles_note: str
    streams_note: str
    bytes: ByteDifferences
    encode: EncodeDivergence | None = None

    @property
    def fields_differing(self) -> tuple[FieldPair, ...]:
        """Those that do not say the same."""
        return tuple(pair for pair in self.fields if not pair.equal)

    @property
    def symbols_differing(self) -> NDArray[np.int64]:
        """The symbols whose frequency or start is not the same in both tables."""
        left, right = self.tables
        differs = (left.frequencies != right.frequencies) | (left.starts != right.starts)
        return np.flatnonzero(differs)

    @property
    def tiles_differing(self) -> NDArray[np.int64]:
        """Rows of `tiles` that differ in more than where their stream lies."""
        coded = [self.tiles[aspect] for aspect in ASPECTS if aspect not in UNCODED]
        alone = (self.tiles["left"] < 0) | (self.tiles["right"] < 0)
        return np.flatnonzero(np.logical_or.reduce([alone, *coded]))

    @property
    def streams_differing(self) -> NDArray[np.int64]:
        """Rows of `tiles` whose streams hold other words or states."""
        return np.flatnonzero(self.tiles["words"] | self.tiles["state"])

    @property
    def equal(self) -> bool:
        """Whether nothing differs that belongs to the tensor or to the whole file."""
        differs = (
            self.fields_differing,
            self.symbols_differing.tolist(),
            self.tiles_note,
            np.any([self.tiles[aspect].any() for aspect in ASPECTS]),
            self.tiles_differing.tolist(),
            self.bytes.differing.tolist(),
        )
        return not any(map(bool, differs))


def compare_files(
    left: Container, right: Container, tensors: tuple[Tensor, Tensor], tick: Tick = no_tick
) -> FileComparison:
    """Holds two files against each other.

    Args:
        left, right: the files.
        tensors: the tensor of each.
        tick: told (parts compared, parts in all).

    Raises:
        SourceError: the bytes of a file cannot be read.
        Cancelled: `tick` says so.
    """
    here, there = (left, tensors[0]), (right, tensors[1])
    note = unlike_grids(*tensors)
    tiles = np.zeros(0, dtype=TILE_PAIR) if note else paired(*tensors)
    streams_note = note or unlike_streams(*tensors)
    places = [] if left.format != right.format else list(_regions(here, there))
    rows = [] if streams_note else comparable(tiles, *tensors)
    places += [stream_region(tiles[row], *tensors) for row in rows]
    found = byte_differences(left.source, right.source, places, tick)
    flag_index(tiles, *tensors)
    flag_streams(tiles, found, rows, here, there)
    return FileComparison(
        encode=_first_encode_step(tiles, here, there, tick),
        left=_described(*here),
        right=_described(*there),
        fields=(*facts(*tensors), *field_pairs(here, there), *padding_pair(left, right)),
        tables=(tensors[0].table, tensors[1].table),
        tiles=tiles,
        tiles_note=note,
        streams_note=streams_note,
        bytes=found,
    )


def compare_with_side(
    side: Side, container: Container, tensor: Tensor, tick: Tick = no_tick
) -> FileComparison:
    """As `compare_files`, with the file of a side, what an encoder on it writes, or the file as opened.

    Raises:
        InputError, DecodeError, SourceError, Cancelled: as `open_other`.
    """
    other = _other(side, container, tensor, tick, anew=True)
    found = compare_files(container, other.container, (tensor, other.tensor), tick)
    if side.kind is not SideKind.OPENED:
        return found
    return replace(found, right=replace(found.right, name=f"{found.right.name} {TITLE}"))


def encode_step_with_side(
    side: Side, container: Container, tensor: Tensor, tiles: tuple[int, int], tick: Tick = no_tick
) -> EncodeDivergence | None:
    """Where the encoders part in one tile; None where they do not, or where its steps cannot be told.

    Args:
        side: of the other file, or what wrote it.
        container, tensor: the file that it is held against.
        tiles: number of the tile in that file, and in the side's.
        tick: told (steps compared, steps in all).

    Raises:
        InputError, DecodeError, SourceError, Cancelled: as `open_other`.
    """
    other = _other(side, container, tensor, no_tick, anew=False)
    return _encode_step(
        (container, tensor, tiles[0]), (other.container, other.tensor, tiles[1]), tick
    )


def _other(
    side: Side, container: Container, tensor: Tensor, tick: Tick, *, anew: bool
) -> OtherFile:
    """The file of a side, as `open_other`."""
    if side.kind is SideKind.OPENED:
        return without_edits(container, tensor)
    return open_other(side.name, side.tensor, container, tensor, tick, anew=anew)


def _first_encode_step(
    tiles: NDArray[Any],
    left: tuple[Container, Tensor],
    right: tuple[Container, Tensor],
    tick: Tick,
) -> EncodeDivergence | None:
    for row in np.flatnonzero(tiles["words"] | tiles["state"])[:1]:
        places = (*left, int(tiles["left"][row])), (*right, int(tiles["right"][row]))
        return _encode_step(*places, tick)
    return None


def _encode_step(
    left: tuple[Container, Tensor, int], right: tuple[Container, Tensor, int], tick: Tick
) -> EncodeDivergence | None:
    try:
        return encode_divergence(left, right, tick)
    except (DecodeError, InputError):  # not coded by rANS in both files, or it cannot be decoded
        return None


def _described(container: Container, tensor: Tensor) -> FileDescription:
    size = container.source.size
    return FileDescription(
        container.source.name,
        container.format,
        size,
        tensor.name,
        tensor.own_bytes or size,
        tensor.weights,
    )


def _regions(
    left: tuple[Container, Tensor], right: tuple[Container, Tensor]
) -> Iterator[tuple[str, Place, Place]]:
    """The parts of both files but their streams; one that a file does not have is empty at its end."""
    here, there = dict(_parts(*left)), dict(_parts(*right))
    ends = (left[0].source.size, 0), (right[0].source.size, 0)
    for name in dict.fromkeys([*here, *there]):
        yield name, here.get(name, ends[0]), there.get(name, ends[1])


def _parts(container: Container, tensor: Tensor) -> Iterator[tuple[str, Place]]:
    """Name and place of every part of a file that is the tensor's or nobody's, streams left out."""
    pending = list(container.root.children)[::-1]
    while pending:
        span = pending.pop()
        if span.tensor not in (None, tensor.index) or span.name in STREAMS:
            continue
        if span.kind is SpanKind.PADDING and len(container.blank):
            continue  # told among the fields
        if span.sparse:
            pending += _inside(span, tensor)[::-1]
        elif span.size:
            yield span.name, (span.offset, span.size)


def _inside(span: Span, tensor: Tensor) -> list[Span]:
    """The parts of a span whose bytes lie apart."""
    if span.kind is SpanKind.STREAM and tensor.index < len(span.children) and span.tensor is None:
        return [span.children[tensor.index]]
    return list(span.children)
