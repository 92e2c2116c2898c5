"""The checksums of the native layout: xxHash (Collet, xxHash specification 0.1.1), of bytes and of tiles.

A tile's checksum is made lane by lane, as lanes hold its weights, so that a decoder of many lanes makes
it while it decodes: with w_l the weights of lane l in their order, one byte each,

    checksum = XXH32(w_0, seed 0) xor XXH32(w_1, seed 1) xor … xor XXH32(w_last, seed last)

over all lanes of the tensor, a lane without weights included.
"""

from __future__ import annotations

import numpy as np
import xxhash
from numpy.typing import NDArray

from codec.interleaving import Interleaving


def tile_checksum(weights: NDArray[np.int8], interleaving: Interleaving) -> int:
    """The checksum of a tile's weights, int8[rows, cols], whatever its coding: 32 bits."""
    flat = np.ascontiguousarray(weights).view(np.uint8).reshape(-1)
    checksum = 0
    for lane, part in enumerate(_lanes(flat, interleaving)):
        checksum ^= xxhash.xxh32_intdigest(part, seed=lane)
    return checksum


def _lanes(flat: NDArray[np.uint8], interleaving: Interleaving) -> list[bytes]:
    """The weights of each lane, in their order."""
    lanes, run = interleaving
    whole = len(flat) // interleaving.block * interleaving.block
    blocks, rest = flat[:whole].reshape(-1, lanes, run), flat[whole:]
    return [
        blocks[:, lane].tobytes() + rest[lane * run : (lane + 1) * run].tobytes()
        for lane in range(lanes)
    ]


def bytes_checksum(data: bytes | NDArray[np.uint8]) -> int:
    """XXH64 of bytes, seed 0."""
    return xxhash.xxh64_intdigest(data)
