"""Damage done to the streams of sound native files, seeded, so that every failure can be made again."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding
from codec.formats.native import TENSOR, TILE_RECORD
from tests.codec.files import parsed, with_bytes, with_field
from tests.codec.native_files import record_at, resealed


def flipped_lanes(data: bytes, seed: int, bits: int = 6) -> bytes:
    """Bits flipped in the streams, and raw tiles, of the first tensor."""
    rng = np.random.default_rng(seed)
    changed = bytearray(data)
    tiles = parsed(data).tensors[0].tiles
    for tile in rng.choice(tiles[tiles["size"] > 0], bits):
        at = int(rng.integers(tile["offset"], tile["offset"] + tile["size"]))
        changed[at] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def randomised_lanes(data: bytes, seed: int) -> bytes:
    """Random bytes in place of all streams of the first tensor, with states that are in range."""
    rng = np.random.default_rng(seed)
    lanes = parsed(data).tensors[0].interleaving.lanes
    for tile in _coded(data):
        if tile["coding"] != Coding.RANS:
            continue
        states = rng.integers(1 << 16, 1 << 32, lanes, dtype=np.uint32).astype("<u4").tobytes()
        words = rng.integers(0, 256, int(tile["size"]) - len(states), dtype=np.uint8).tobytes()
        data = with_bytes(data, int(tile["offset"]), states + words)
    return data


def shortened_lanes(data: bytes, seed: int) -> bytes:
    """Streams that the index says are shorter than they are, so that they run out of words."""
    rng = np.random.default_rng(seed)
    tensor = parsed(data).tensors[0]
    index = int(np.frombuffer(data, TENSOR.dtype, 1, record_at(data))[0]["index_offset"])
    for tile in np.flatnonzero(tensor.tiles["coding"] == Coding.RANS).tolist():
        least = 4 * tensor.interleaving.lanes
        size = int(rng.integers(least, int(tensor.tiles["size"][tile]) + 1))
        data = with_field(data, TILE_RECORD, "size", size, index + tile * TILE_RECORD.size)
    return resealed(data)


def _coded(data: bytes) -> NDArray[Any]:
    """The tiles of the first tensor that have a stream."""
    tiles = parsed(data).tensors[0].tiles
    coded: NDArray[Any] = tiles[tiles["coding"] == Coding.RANS]
    return coded
