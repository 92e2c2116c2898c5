"""What came out of one tile's stream, sound or not, and what a decoder saw on the way.

Every decoder reports in these terms, so that reports of two decoders can be held against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from codec.container import StreamFrame, Tensor


class Status(IntEnum):
    """How decoding a tile ended; the weights of a tile that did not end in OK are not to be trusted."""

    OK = 0
    UNDERRUN = 1
    UNOWNED_SLOT = 2
    STATE_OUT_OF_RANGE = 3
    FINAL_STATE = 4
    BYTES_LEFT = 5
    SYMBOL_COUNT = 6
    UNREADABLE = 7
    TENSOR_REFUSED = 8
    NEIGHBOUR = 9
    CHECKSUM = 10

    @property
    def word(self) -> str:
        """The status in a few words."""
        return _WORDS[self]


_WORDS: dict[Status, str] = {
    Status.OK: "ok",
    Status.UNDERRUN: "runs out of bytes",
    Status.UNOWNED_SLOT: "slot without a symbol",
    Status.STATE_OUT_OF_RANGE: "stored state out of range",
    Status.FINAL_STATE: "last state is not L",
    Status.BYTES_LEFT: "bytes left over",
    Status.SYMBOL_COUNT: "symbol count is wrong",
    Status.UNREADABLE: "stream cannot be read",
    Status.TENSOR_REFUSED: "tensor cannot be decoded",
    Status.NEIGHBOUR: "a tile it is predicted from failed",
    Status.CHECKSUM: "checksum of the weights differs",
}

FIRST_VALUES = 8
"""Symbols and weights that the log of a tile keeps, from the start of its first row."""

TILE_READ = np.dtype(
    [
        ("tile", "<u4"),
        ("status", "<u1"),
        ("offset", "<u8"),
        ("size", "<u8"),
        ("symbol_count", "<u4"),
        ("initial_state", "<u4"),
        ("final_state", "<u4"),
        ("bytes_left", "<u8"),
        ("decoded", "<u8"),
        ("first_symbols", "<u1", (FIRST_VALUES,)),
        ("first_weights", "<i1", (FIRST_VALUES,)),
    ]
)
"""What a decoder read of one tile: where its stream lay, what stood at its ends (of several lanes' states the
first), where decoding ended (state, bytes not used, steps taken), and the first values that came out."""


@dataclass(frozen=True, eq=False)
class DecodedStream:
    """The symbols of one tile's stream.

    Attributes:
        tile: index of the tile.
        frame: what stands at the stream's ends; None where it cannot be read.
        symbols: u8[n], n the symbols that the layout puts there, by their place in the tile; 0 from
            `Interleaving.whole(decoded)` on. Of a tile that is not coded by rANS, its weights + 128.
        decoded: steps that were taken.
        final_state: L where every lane ended there, else the first other state that a lane ended in; of a
            stream that stopped, the state that the next step would have begun with.
        bytes_left: renormalisation bytes not used.
        status: how it ended.
        detail: more about the status, as a sentence; "" where the status says it all.
    """

    tile: int
    frame: StreamFrame | None
    symbols: NDArray[np.uint8]
    decoded: int
    final_state: int
    bytes_left: int
    status: Status
    detail: str = ""

    def log(self, weights: NDArray[np.int8] | None = None) -> np.void:
        """The TILE_READ record of this stream and of the weights that came of it.

        Args:
            weights: int8[rows, cols] of the tile, at least its first row.
        """
        record = np.zeros(1, dtype=TILE_READ)[0]
        record["tile"], record["status"] = self.tile, self.status
        if self.frame is not None:
            record["offset"], record["size"] = self.frame.offset, self.frame.size
            record["symbol_count"], record["initial_state"] = (
                self.frame.symbol_count,
                self.frame.state,
            )
        record["final_state"], record["bytes_left"] = self.final_state, self.bytes_left
        record["decoded"] = self.decoded
        if weights is not None and weights.size:
            first = weights[0, :FIRST_VALUES]
            symbols = self.symbols[: min(len(first), self.decoded)]
            record["first_weights"][: len(first)] = first
            record["first_symbols"][: len(symbols)] = symbols
        result: np.void = record
        return result


def end_state(tensor: Tensor, states: Sequence[int]) -> int:
    """The state that a stream ended in, all lanes considered: see `DecodedStream.final_state`."""
    bound = tensor.coder.lower_bound
    return next((state for state in states if state != bound), bound)


def bytes_left(tensor: Tensor, frame: StreamFrame, unread: int) -> int:
    """Renormalisation bytes not used, where so many whole words are: half a word counts too."""
    word = tensor.coder.word_bytes
    return unread * word + (frame.words_end - frame.words_begin) % word


def strict_end(
    tensor: Tensor, tile: int, frame: StreamFrame, final_state: int, bytes_left: int
) -> Status:
    """The status of a stream whose symbols were all decoded: does it end as a sound one does?"""
    if frame.symbol_count != tensor.symbol_count(tile):
        return Status.SYMBOL_COUNT
    if final_state != tensor.coder.lower_bound:
        return Status.FINAL_STATE
    return Status.BYTES_LEFT if bytes_left else Status.OK
