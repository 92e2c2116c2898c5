"""Writing native files: layer after layer, all that is small in front, streams behind.

Where everything in front of the streams lies follows from the shapes alone. So the streams are written first, behind
the room left for it, and then the room is filled. Memory holds one layer at a time, whatever the file's size.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.atomic_file import write_seekable
from codec.checksum import bytes_checksum
from codec.decoders.base import Tick, no_tick
from codec.errors import InputError
from codec.formats.native import (
    HEADER,
    NAME,
    QUANTISATIONS,
    READABLE_PAD,
    SIGNATURE,
    SOURCE_DTYPES,
    TENSOR,
    VERSION,
    aligned,
)
from codec.formats.native_places import Extent, place_sections
from codec.limits import justified
from codec.native_coder import LaneCoder, lane_coder
from codec.native_layer import Layer, NativeSettings
from codec.native_tiles import TileWriter


class WrittenTensor(NamedTuple):
    """One tensor as it was written.

    Attributes:
        shape: rows and columns of its matrix.
        tiles: NATIVE_WRITTEN[n].
        own_bytes: bytes of the file that are its own: record, name, table, scales, tile records, streams.
    """

    shape: tuple[int, int]
    tiles: NDArray[Any]
    own_bytes: int


class NativeWritten(NamedTuple):
    """What was written: the bytes of the file, and its tensors in the order of the layers."""

    file_size: int
    tensors: tuple[WrittenTensor, ...]


def write_native(
    path: str | os.PathLike[str],
    layers: Sequence[Layer],
    settings: NativeSettings | None = None,
    tick: Tick = no_tick,
    encoder: str = "cpu",
) -> NativeWritten:
    """Writes a native file; if anything fails, what was at `path` before still is.

    Args:
        path: of the file.
        layers: what goes into it, by different names; each is read when its turn comes.
        settings: how to code them.
        tick: told (tiles done, tiles in all) of all layers.
        encoder: one of `native_coder.CODERS`.

    Raises:
        InputError: a layer or a number does not fit the layout, or the file cannot be written.
        Cancelled: `tick` says so.
    """
    writer = _Writer(layers, settings or NativeSettings(), tick, lane_coder(encoder))
    write_seekable(path, writer.write)
    return writer.written()


def encode_native(
    layers: Sequence[Layer],
    settings: NativeSettings | None = None,
    tick: Tick = no_tick,
    encoder: str | LaneCoder = "cpu",
) -> tuple[bytes, NativeWritten]:
    """As `write_native`, but the file is returned; and the encoder may be a coder that is there already."""
    coder = lane_coder(encoder) if isinstance(encoder, str) else encoder
    writer = _Writer(layers, settings or NativeSettings(), tick, coder)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue(), writer.written()


class _Writer:
    """Writes one file."""

    def __init__(
        self, layers: Sequence[Layer], settings: NativeSettings, tick: Tick, coder: LaneCoder
    ) -> None:
        self._layers, self._settings, self._tick, self._coder = layers, settings, tick, coder
        _check_names(layers)
        self._names = [layer.name.encode("utf-8") for layer in layers]
        self._places = place_sections([_extent(layer, settings) for layer in layers])
        self._records = np.zeros(len(layers), dtype=TENSOR.dtype)
        self._tensors: list[WrittenTensor] = []
        self._file_size = 0

    def written(self) -> NativeWritten:
        """What `write` has written."""
        return NativeWritten(self._file_size, tuple(self._tensors))

    def write(self, file: BinaryIO) -> None:
        """Writes all of it; what is between two parts is left to be 0, as a new file is."""
        at = self._places.streams
        for number in range(len(self._layers)):
            at = self._write_layer(file, number, at)
        self._file_size = at
        for layer in self._layers:
            _require_justified(layer, at)
        file.seek(0)
        file.write(self._header())
        self._put(file, self._places.directory, self._records.tobytes())
        self._put(file, self._places.names, b"".join(self._names))

    def _put(self, file: BinaryIO, offset: int, data: bytes) -> None:
        file.seek(offset)
        file.write(data)

    def _write_layer(self, file: BinaryIO, number: int, at: int) -> int:
        """Writes a layer, its streams from `at` on; returns where the next one's may begin."""
        layer, places = self._layers[number], self._places.tensors[number]
        matrix, scales = layer.weights()
        writer = TileWriter(self._coder, matrix, self._settings, self._tick_of(number))
        file.seek(at)
        tiles = writer.write(file, number, at)
        end = aligned(at + tiles.size + READABLE_PAD)
        file.write(bytes(end - at - tiles.size))
        parts = (tiles.table, scales.astype("<f4").tobytes(), tiles.records)
        for offset, data in zip((places.table, places.scales, places.records), parts, strict=True):
            self._put(file, offset, data)
        self._records[number] = self._record(number, at, end - at, parts)
        own = TENSOR.size + len(self._names[number]) + sum(map(len, parts)) + end - at
        self._tensors.append(WrittenTensor(layer.shape, tiles.log, own))
        return end

    def _tick_of(self, number: int) -> Tick:
        """A tick of one layer, as part of the whole."""
        counts = [place.tile_count for place in self._places.tensors]
        before, total = sum(counts[:number]), sum(counts)
        return lambda done, of: self._tick(before + done * counts[number] // max(of, 1), total)

    def _record(
        self, number: int, streams: int, size: int, parts: tuple[bytes, bytes, bytes]
    ) -> tuple[Any, ...]:
        """The tensor record, in the order of its fields."""
        layer, places, chosen = self._layers[number], self._places.tensors[number], self._settings
        shape = [*layer.source_shape, *[0] * 6][:6]
        sums = [bytes_checksum(part) for part in (parts[0], parts[2], parts[1])]
        return (
            sum(len(name) for name in self._names[:number]), len(self._names[number]), *layer.shape,
            chosen.tile_rows, chosen.tile_cols, places.tile_count, chosen.lanes, chosen.run,
            chosen.lower_bound_bits, chosen.word_bits, chosen.scale_bits,
            QUANTISATIONS.index(layer.quantisation), SOURCE_DTYPES.index(layer.source_dtype),
            len(layer.source_shape), b"", *shape, places.table, places.records, places.scales,
            layer.scale_count, streams, size, *sums, b"",
        )  # fmt: skip

    def _header(self) -> bytes:
        names = b"".join(self._names)
        header = np.zeros(1, dtype=HEADER.dtype)
        header[0] = (
            SIGNATURE, VERSION, VERSION, 0, self._file_size, len(self._layers), TENSOR.size,
            self._places.directory, self._places.names, len(names),
            bytes_checksum(self._records.tobytes()), bytes_checksum(names), b"", 0,
        )  # fmt: skip
        guarded = header.tobytes()[: HEADER.offset_of("header_checksum")]
        return guarded + bytes_checksum(guarded).to_bytes(8, "little")


def _extent(layer: Layer, settings: NativeSettings) -> Extent:
    """What decides how much room the small parts of a layer take."""
    rows, cols = layer.shape
    tiles = -(-rows // settings.tile_rows) * -(-cols // settings.tile_cols)
    return Extent(len(layer.name.encode("utf-8")), layer.scale_count, tiles)


def _check_names(layers: Sequence[Layer]) -> None:
    if not layers:
        raise InputError(f"there is nothing to write: a {NAME} file holds at least one tensor")
    seen: set[str] = set()
    for layer in layers:
        if layer.name in seen:
            raise InputError(f"two tensors are called {layer.name!r}; names in a file must differ")
        seen.add(layer.name)


def _require_justified(layer: Layer, file_size: int) -> None:
    rows, cols = layer.shape
    if not justified(rows * cols, file_size):
        raise InputError(
            f"{layer.name} would have {rows * cols:,} weights in a file of {file_size:,} bytes, more than "
            "a reader believes: take smaller tiles"
        )
