"""The CUDA encoder of native streams: every tile coded at the same time, on the card.

It makes the very bytes that the reference makes. Counting symbols and making checksums are left to the fast CPU
coder: they take a tenth of what coding takes, and the table must be known before anything is coded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.decoders.cuda.card import Card, NoCard, open_card, reported
from codec.decoders.cuda.clock import Clock
from codec.decoders.cuda.download import download
from codec.decoders.cuda.lane_records import (
    CODING,
    ENCODE_LAUNCH,
    LANE_TILE,
    WARP,
    unknown_parameters,
)
from codec.decoders.cuda.plan import FIXED_BYTES
from codec.decoders.cuda.records import one
from codec.decoders.timing import Timing
from codec.errors import InputError
from codec.fast_lane_coder import FastLaneCoder
from codec.frequency import SYMBOLS, FrequencyTable
from codec.interleaving import Interleaving
from codec.native_coder import LaneStreams, Matrix, Rectangles, aligned_sizes
from codec.prediction import BIAS
from codec.rans import Coder

THREADS = 256
"""Threads of a block, as lanes_encode.cu has them."""


class CudaLaneCoder(FastLaneCoder):
    """A `LaneCoder` that codes with the kernels of lanes_encode.cu.

    Attributes:
        timing: where the time of the last `encode` went, as far as the card had a part in it; None before the first.
    """

    timing: Timing | None = None

    def __init__(self, card: Card | None = None, memory_limit: int | None = None) -> None:
        """Opens the card.

        Args:
            card: the card to use, by default the current one.
            memory_limit: bytes of its memory to use at most; by default most of what is free.

        Raises:
            InputError: there is no card that can be used.
        """
        super().__init__()
        try:
            self._card = card or open_card()
        except NoCard as reason:
            raise InputError(f"the encoder cupy is not available: {reason}") from None
        self._limit = memory_limit

    def encode(
        self,
        matrix: Matrix,
        tiles: Rectangles,
        predictors: NDArray[np.uint8],
        table: FrequencyTable,
        coder: Coder,
        interleaving: Interleaving,
    ) -> LaneStreams:
        """As `LaneCoder.encode`.

        Raises:
            InputError: the kernels know no such streams, or a tile does not fit into the card's memory.
            DecodeError: the card fails.
        """
        reason = unknown_parameters(coder, interleaving)
        if reason:
            raise InputError(f"the encoder cupy cannot make these streams: {reason}")
        free = self._card.free_bytes()
        budget = free if self._limit is None else min(free, self._limit)
        clock = Clock(self._card)
        with reported(self._card):
            parts = [
                self._encode(matrix, tiles[run], predictors[run], table, interleaving.lanes, clock)
                for run in _runs(tiles, matrix.shape[1], budget)
            ]
            self.timing = clock.timing
        return _joined(parts)

    def _encode(
        self,
        matrix: Matrix,
        tiles: Rectangles,
        predictors: NDArray[np.uint8],
        table: FrequencyTable,
        lanes: int,
        clock: Clock,
    ) -> LaneStreams:
        """The streams of tiles that fit into the memory together."""
        cupy, kernels = self._card.cupy, self._card.encode_kernels(table.scale_bits)
        first, last = int(tiles[:, 0].min()), int((tiles[:, 0] + tiles[:, 2]).max())
        records, room = _records(tiles, predictors, first, matrix.shape[1])
        with clock.timed("transfer"):
            band = cupy.asarray(matrix[first:last].view(np.uint8))
            on_card = cupy.asarray(records.view(np.uint8))
            codings = cupy.asarray(codings_of(table).view(np.uint8))
        scratch = cupy.empty(len(tiles) * room, dtype=np.uint8)
        words = cupy.zeros(len(tiles), dtype=np.uint32)
        states = cupy.zeros(len(tiles) * lanes, dtype=np.uint32)
        launch = one(
            ENCODE_LAUNCH,
            matrix=band.data.ptr,
            tiles=on_card.data.ptr,
            codings=codings.data.ptr,
            scratch=scratch.data.ptr,
            words=words.data.ptr,
            states=states.data.ptr,
            pitch=matrix.shape[1],
            room=room,
            tile_count=len(tiles),
        )
        blocks = -(-len(tiles) * WARP // THREADS)
        with clock.timed("kernel"):
            kernels[f"encode_{lanes}_lanes"]((blocks,), (THREADS,), (launch,))
        sizes = words.get().astype(np.int64) * 2 + 4 * lanes
        rooms = aligned_sizes(sizes)
        records["stream"] = np.cumsum(rooms) - rooms
        streams = cupy.zeros(int(rooms.sum()), dtype=np.uint8)
        on_card.set(records.view(np.uint8))
        launch["streams"] = streams.data.ptr
        with clock.timed("kernel"):
            kernels["place_streams"]((len(tiles),), (THREADS,), (launch, np.uint32(lanes)))
        data = self._fetched(streams, clock)
        return LaneStreams(data, records["stream"].astype(np.int64), sizes)

    def _fetched(self, streams: Any, clock: Clock) -> NDArray[np.uint8]:
        data = np.empty(len(streams), dtype=np.uint8)
        with clock.copying_back():
            download(self._card, streams, data)
        return data


def codings_of(table: FrequencyTable) -> NDArray[Any]:
    """CODING[256]: what coding a value, symbol - 128, takes; all 0 where its symbol never occurs."""
    symbols = (np.arange(SYMBOLS) + int(BIAS)) % SYMBOLS
    frequencies = table.frequencies[symbols].astype(np.uint64)
    found = np.zeros(SYMBOLS, dtype=CODING)
    found["frequency"], found["start"] = frequencies, table.starts[symbols]
    reciprocals = np.uint64(1 << 32) // np.maximum(frequencies, np.uint64(1))
    found["reciprocal"] = np.minimum(reciprocals, np.uint64(0xFFFFFFFF))
    found["bound"] = frequencies << np.uint64(32 - table.scale_bits)
    return found


def _records(
    tiles: Rectangles, predictors: NDArray[np.uint8], first_row: int, cols: int
) -> tuple[NDArray[Any], int]:
    """LANE_TILE[n] of tiles in a band of the matrix, and the bytes of scratch memory that each gets."""
    records = np.zeros(len(tiles), dtype=LANE_TILE)
    records["target"] = (tiles[:, 0] - first_row) * cols + tiles[:, 1]
    records["count"], records["width"] = tiles[:, 2] * tiles[:, 3], tiles[:, 3]
    records["predictor"] = predictors
    # A symbol costs a word at most.
    return records, 2 * int(records["count"].max())


def _runs(tiles: Rectangles, cols: int, budget: int) -> Iterator[slice]:
    """Tiles in runs that fit into `budget` bytes: their rows of the matrix, scratch memory, and streams."""
    weights = tiles[:, 2] * tiles[:, 3]
    begin = 0
    while begin < len(tiles):
        largest = np.maximum.accumulate(weights[begin:])
        rows = np.maximum.accumulate(tiles[begin:, 0] + tiles[begin:, 2]) - tiles[begin, 0]
        each = 4 * largest + LANE_TILE.itemsize + 512
        need = FIXED_BYTES + rows * cols + np.arange(1, len(largest) + 1) * each
        fit = int(np.searchsorted(need, budget, side="right"))
        if fit == 0:
            raise InputError(
                f"a tile does not fit: it takes {int(need[0]):,} bytes of the card's memory, and {budget:,} can be had"
            )
        yield slice(begin, begin + fit)
        begin += fit


def _joined(parts: list[LaneStreams]) -> LaneStreams:
    """Streams of several runs, one behind the other."""
    nothing = np.zeros(0, dtype=np.int64)
    bases = np.cumsum([0, *(len(part.data) for part in parts)])
    return LaneStreams(
        np.concatenate([np.zeros(0, dtype=np.uint8), *(part.data for part in parts)]),
        np.concatenate([nothing, *(p.offsets + b for p, b in zip(parts, bases, strict=False))]),
        np.concatenate([nothing, *(part.sizes for part in parts)]),
    )
