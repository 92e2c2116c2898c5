"""Writes a batched file of about 3 GB, 65,536 tiles, by repeating a few streams: for trying the window on it.

python tests/benchmarks/big_file.py OUT.batched
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from codec.encoder import EncodeSettings, encode
from codec.formats import batched

TILE = 256
SIDE = 256
"""Tiles down and across."""

DISTINCT = 64
"""Streams that are really encoded; the file repeats them."""


def write(path: Path) -> int:
    """Writes the file; returns its size in bytes."""
    rng = np.random.default_rng(7)
    weights = rng.normal(0, 10, (TILE * DISTINCT, TILE)).round().astype(np.int8)
    encoded = encode(weights, EncodeSettings("batched", TILE))
    sizes = np.tile(encoded.streams.sizes, SIDE * SIDE // DISTINCT)
    head = batched.head((SIDE * TILE, SIDE * TILE), TILE, encoded.table, sizes)
    streams = encoded.streams.data.tobytes()
    with path.open("wb") as file:
        file.write(head)
        for _ in range(SIDE * SIDE // DISTINCT):
            file.write(streams)
    return path.stat().st_size


if __name__ == "__main__":
    print(f"{write(Path(sys.argv[1])):,} bytes")
