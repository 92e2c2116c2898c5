"""The checksums of the native layout: xxHash (Collet, xxHash specification 0.1.1), of bytes and of tiles.

A tile's checksum is made of 32 parts. Its weights, one byte each in row-major order, are dealt out to them in turns
of 16, whatever the lanes of its stream and whether it has one; so a decoder with many lanes makes it while it
decodes. With p_i the weights of part i in their order,

    checksum = XXH32(p_0, seed 0) xor XXH32(p_1, seed 1) xor … xor XXH32(p_31, seed 31)

over all parts, one without weights included.
"""

from __future__ import annotations

import numpy as np
import xxhash
from numpy.typing import NDArray

from codec.interleaving import Interleaving

TURNS = Interleaving(lanes=32, run=16)
"""How the weights of a tile are dealt out to the parts of its checksum."""


def tile_checksum(weights: NDArray[np.int8]) -> int:
    """The checksum of a tile's weights, int8[rows, cols], whatever its coding: 32 bits."""
    flat = np.ascontiguousarray(weights).view(np.uint8).reshape(-1)
    checksum = 0
    for number, part in enumerate(_parts(flat)):
        checksum ^= xxhash.xxh32_intdigest(part, seed=number)
    return checksum


def _parts(flat: NDArray[np.uint8]) -> list[bytes]:
    """The weights of each part, in their order."""
    lanes, run = TURNS
    whole = len(flat) // TURNS.block * TURNS.block
    blocks, rest = flat[:whole].reshape(-1, lanes, run), flat[whole:]
    return [
        blocks[:, lane].tobytes() + rest[lane * run : (lane + 1) * run].tobytes()
        for lane in range(lanes)
    ]


def bytes_checksum(data: bytes | memoryview) -> int:
    """XXH64 of bytes, seed 0."""
    return xxhash.xxh64_intdigest(data)
