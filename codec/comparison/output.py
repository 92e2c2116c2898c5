"""What stands on one side of a comparison: the weights, and what is known of how they came about."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.comparison.determinism import Determinism
from codec.decoders.streams import Status
from codec.decoders.timing import Timing


class SideKind(StrEnum):
    """What may stand on a side of a comparison."""

    DECODER = "decoder"
    """A decoder, run on the file: one of ours, or one that was brought."""
    DUMP = "dump"
    """Weights in a file: .npy, .npz, .safetensors or raw bytes; of a decoder, or the original ones."""
    CAPTURE = "capture"
    """What a decoder gave on another machine."""
    FILE = "file"
    """Another compressed file that holds the same tensor."""
    OPENED = "as opened"
    """The file itself, without its edits."""


@dataclass(frozen=True, eq=False)
class Output:
    """The weights of a tensor as one side has them.

    Attributes:
        title: what a person calls the side: "cupy", "dump.npy".
        kind: what it is.
        weights: integers[rows, cols], int8 unless the side holds another type; only read. 0 where a decoder
            failed.
        reads: TILE_READ[tiles], what a decoder read of each tile of its file; None where none has told.
        table: int64[2, 256], the frequency and the first slot of each symbol as the side took them; None where
            none has told.
        written: bool[rows, cols], where the side wrote at all; None where that is not known.
        varying: bool[tiles], the tiles that came out differently when it was run again; None after one run.
        determinism: the hashes of all tiles in all runs; None after one run, or where a capture has no hashes.
        timing: where the time went; None where nothing was run, or it cannot tell.
        notices: what a person should know of it beside the weights, a sentence each.
    """

    title: str
    kind: SideKind
    weights: NDArray[Any]
    reads: NDArray[Any] | None = None
    table: NDArray[np.int64] | None = None
    written: NDArray[np.bool_] | None = None
    varying: NDArray[np.bool_] | None = None
    determinism: Determinism | None = None
    timing: Timing | None = None
    notices: tuple[str, ...] = field(default=())

    @property
    def failed(self) -> NDArray[np.int64]:
        """The tiles whose weights the side itself does not trust."""
        if self.reads is None:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(self.reads["status"] != Status.OK)
