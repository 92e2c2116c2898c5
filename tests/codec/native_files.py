"""Small native files, written by the reference coder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from codec.checksum import bytes_checksum
from codec.formats.native import HEADER, MAGIC, SCALE, TABLE_ENTRY, TENSOR, TILE_RECORD
from codec.native_encoder import encode_native
from codec.native_layer import Layer, NativeSettings
from codec.struct_layout import Struct
from tests.codec.files import Weights, field_of, noise, with_bytes, with_field


def native_bytes(
    layers: Mapping[str, Weights], encoder: str = "reference", **settings: Any
) -> bytes:
    """A file of these matrices; `settings` as `NativeSettings` takes them."""
    given = [Layer.of_matrix(name, matrix) for name, matrix in layers.items()]
    return encode_native(given, NativeSettings(**settings), encoder=encoder)[0]


def smooth(rows: int, cols: int, seed: int = 1, axis: int = 1) -> Weights:
    """Random walks along an axis: LEFT (axis 1) or TOP (axis 0) predicts them."""
    steps = np.random.default_rng(seed).integers(-2, 3, (rows, cols))
    return np.clip(np.cumsum(steps, axis=axis), -128, 127).astype(np.int8)


def mixed() -> dict[str, Weights]:
    """Several tensors with tiles of every kind: constant, raw, and predicted by nothing, left and top."""
    parts = [
        np.full((64, 128), -7, dtype=np.int8),
        np.random.default_rng(2).integers(-128, 128, (64, 128), dtype=np.int8),
        noise(64, 128, 3),
        smooth(64, 128, 4, axis=1),
        smooth(64, 128, 5, axis=0),
    ]
    return {
        "block.0.mixed": np.ascontiguousarray(np.concatenate(parts)),
        "block.0.odd": noise(131, 257, 6),
        "block.0.bias": noise(1, 300, 7, sigma=3),
        "Größe": np.zeros((3, 5), dtype=np.int8),
    }


def native_structs(data: bytes) -> tuple[tuple[Struct, int], ...]:
    """(struct, offset) of the header, of every tensor and tile record and of some table entries."""
    directory = int(field_of(data, HEADER, "directory_offset"))
    found = [(HEADER, 0)]
    for number in range(int(field_of(data, HEADER, "tensor_count"))):
        base = directory + number * TENSOR.size
        record = np.frombuffer(data, TENSOR.dtype, 1, base)[0]
        found.append((TENSOR, base))
        found += [(TABLE_ENTRY, int(record["table_offset"]) + 2 * s) for s in (0, 128, 255)]
        index = int(record["index_offset"])
        found += [(TILE_RECORD, index + i * TILE_RECORD.size) for i in range(record["tile_count"])]
    return tuple(found)


def record_at(data: bytes, number: int = 0) -> int:
    """Where a tensor's record stands."""
    return int(field_of(data, HEADER, "directory_offset")) + number * TENSOR.size


def resealed(data: bytes) -> bytes:
    """`data` with all checksums but the tiles' made anew, as far as what they guard can be found.

    So a test can damage a file in a way that only the rule in question can find.
    """
    if len(data) < HEADER.size or field_of(data, HEADER, "signature").tobytes()[:4] != (
        MAGIC.to_bytes(4, "little")
    ):
        return data
    count = int(field_of(data, HEADER, "tensor_count"))
    directory = int(field_of(data, HEADER, "directory_offset"))
    for number in range(min(count, len(data) // TENSOR.size)):
        base = directory + number * TENSOR.size
        if base + TENSOR.size <= len(data):
            data = _resealed_tensor(data, base)
    names, size = (int(field_of(data, HEADER, f"names_{what}")) for what in ("offset", "size"))
    sums = {
        "directory_checksum": data[directory : directory + count * TENSOR.size],
        "names_checksum": data[names : names + size],
    }
    for field, part in sums.items():
        data = with_field(data, HEADER, field, bytes_checksum(part))
    guarded = data[: HEADER.offset_of("header_checksum")]
    return with_field(data, HEADER, "header_checksum", bytes_checksum(guarded))


def _resealed_tensor(data: bytes, base: int) -> bytes:
    record = np.frombuffer(data, TENSOR.dtype, 1, base)[0]
    parts = {
        "table": 256 * TABLE_ENTRY.size,
        "scales": int(record["scale_count"]) * SCALE.size,
        "index": int(record["tile_count"]) * TILE_RECORD.size,
    }
    for part, size in parts.items():
        begin = int(record[f"{part}_offset"])
        data = with_field(
            data, TENSOR, f"{part}_checksum", bytes_checksum(data[begin : begin + size]), base
        )
    return data


def native_faults() -> dict[str, bytes]:
    """A file for every code of a problem that native files alone give rise to."""
    layers = {"a": noise(5, 12), "b": np.full((3, 5), 7, dtype=np.int8)}
    data = native_bytes(layers, tile_rows=8, tile_cols=8, lanes=2, run=2)
    base = record_at(data)
    record = np.frombuffer(data, TENSOR.dtype, 1, base)[0]
    index, table = int(record["index_offset"]), int(record["table_offset"])
    lone = np.zeros(256, dtype="<u2")
    lone[128] = 4096

    def field(struct: Struct, name: str, value: int, at: int) -> bytes:
        return resealed(with_field(data, struct, name, value, at))

    return {
        "signature": with_bytes(data, 4, b"\n\n"),
        "reader-version": field(HEADER, "lowest_reader", 9, 0),
        "feature": field(HEADER, "features", 1, 0),
        "checksum": with_bytes(data, table, b"\1"),
        "parameter": field(TENSOR, "lanes", 0, base),
        "source-shape": field(TENSOR, "shape_0", 4, base),
        "name": field(TENSOR, "name_size", 0, base),
        "scales": field(TENSOR, "scale_count", 1, base),
        "table-range": resealed(with_bytes(data, table, lone.tobytes())),
        "tile-coding": field(TILE_RECORD, "coding", 9, index),
        "tile-checksum": field(TILE_RECORD, "checksum", 1, index),
        "end-pad": field(TENSOR, "streams_size", int(record["streams_size"]) - 64, base),
        "reserved-bytes": field(TENSOR, "reserved_2", 1, base),
    }
