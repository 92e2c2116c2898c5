"""Damage done to the streams of sound files, seeded, so that every failure can be made again."""

from __future__ import annotations

import numpy as np

from codec.formats import batched
from tests.codec.files import only_tensor, parsed, stream_place, with_bytes, with_field


def flipped(data: bytes, seed: int, bits: int = 6) -> bytes:
    """Bits flipped among the streams."""
    rng = np.random.default_rng(seed)
    changed = np.frombuffer(data, dtype=np.uint8).copy()
    first = stream_place(data, 0)[0]
    for at in rng.integers(first, len(data), bits):
        changed[at] ^= 1 << rng.integers(8)
    return changed.tobytes()


def randomised(data: bytes, seed: int) -> bytes:
    """Random bytes in place of all streams, with first states that are in range."""
    rng = np.random.default_rng(seed)
    first = stream_place(data, 0)[0]
    changed = data[:first] + rng.integers(0, 256, len(data) - first, dtype=np.uint8).tobytes()
    tensor = only_tensor(parsed(data))
    for tile in tensor.tiles:
        state = int(rng.integers(1 << 23, 1 << 31))
        end = int(tile["offset"] + tile["size"])
        changed = with_bytes(changed, end - 4, state.to_bytes(4, "little"))
    return changed


def shortened(data: bytes, seed: int) -> bytes:
    """Streams that the index says are shorter than they are, so that they run out of bytes."""
    rng = np.random.default_rng(seed)
    tensor = only_tensor(parsed(data))
    for tile, record in enumerate(tensor.tiles):
        base = batched.INDEX_OFFSET + tile * batched.INDEX_ENTRY.size
        size = int(rng.integers(8, int(record["size"]) + 1))
        offset = int(record["offset"] + record["size"]) - size - int(tensor.tiles["offset"][0])
        data = with_field(data, batched.INDEX_ENTRY, "size", size, base)
        data = with_field(data, batched.INDEX_ENTRY, "offset", offset, base)
    return data
