"""What stands for a side of which nothing can be decoded, so that what is wrong with the file can still be told."""

from __future__ import annotations

import numpy as np

from codec.comparison.output import Output
from codec.comparison.side import Side
from codec.container import Tensor
from codec.decoders.streams import TILE_READ, Status

MOST_WEIGHTS = 1 << 30
"""Where nothing at all was decoded, a tensor that claims more weights than this is not believed to have them."""


def stand_in(tensor: Tensor, side: Side, reason: str) -> Output:
    """Zeros, of which the side trusts none.

    Args:
        tensor: what was to be decoded.
        side: who should have.
        reason: why it cannot be, as a sentence.
    """
    reads = np.zeros(len(tensor.tiles), dtype=TILE_READ)
    reads["tile"], reads["status"] = np.arange(len(reads)), Status.TENSOR_REFUSED
    for name in ("offset", "size"):
        reads[name] = tensor.tiles[name]
    weights = np.zeros((tensor.rows, tensor.cols), dtype=np.int8)
    return Output(side.title, side.kind, weights, reads, notices=(reason,))


def stands_in(output: Output) -> bool:
    """Whether nothing of the tensor was decoded."""
    reads = output.reads
    return reads is not None and bool((reads["status"] == Status.TENSOR_REFUSED).all())
