"""Whether a decoder gives the same weights whenever it runs: a hash of every tile of every run.

A race between threads shows in a few tiles of a few runs; hashes tell which, and need no second matrix to be kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from codec.container import Tensor


@dataclass(frozen=True, eq=False)
class Determinism:
    """What several runs of one decoder gave.

    Attributes:
        hashes: u64[runs, tiles], XXH3 of the weights of each tile, in the order of the runs.
    """

    hashes: NDArray[np.uint64]

    @property
    def runs(self) -> int:
        """How often it ran."""
        return len(self.hashes)

    @property
    def varying(self) -> NDArray[np.bool_]:
        """bool[tiles]: those that some run gave otherwise than the first."""
        differs: NDArray[np.bool_] = (self.hashes != self.hashes[:1]).any(axis=0)
        return differs

    @property
    def outcomes(self) -> NDArray[np.int64]:
        """int64[tiles]: how many different outcomes each tile had."""
        ordered = np.sort(self.hashes, axis=0)
        changes: NDArray[np.int64] = (ordered[1:] != ordered[:-1]).sum(axis=0, dtype=np.int64)
        return changes + 1

    @property
    def sentence(self) -> str:
        """What the runs showed."""
        varying = np.flatnonzero(self.varying).tolist()
        if not varying:
            return f"all {self.runs:,} runs gave the same weights"
        shown = ", ".join(f"{tile:,}" for tile in varying[:8]) + " …" * (len(varying) > 8)
        of = f"{len(varying):,} of {len(self.varying):,} tiles"
        return f"{of} did not come out alike in all {self.runs:,} runs: {shown}"


def tile_hashes(tensor: Tensor, weights: NDArray[Any]) -> NDArray[np.uint64]:
    """u64[tiles]: XXH3 (64 bits) of the weights of each tile, row by row, of integers[rows, cols]."""
    hashes = np.zeros(len(tensor.tiles), dtype=np.uint64)
    for tile in range(len(hashes)):
        row, col, rows, cols = tensor.rectangle(tile)
        part = np.ascontiguousarray(weights[row : row + rows, col : col + cols])
        hashes[tile] = xxhash.xxh3_64_intdigest(part.data)
    return hashes
