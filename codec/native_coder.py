"""What the native writer needs of a coder, and the scalar reference of it: slow, plain, and the judge.

A coder counts the symbols of tiles, codes them as streams of interleaved lanes, and makes the checksums of
their weights. Which predictor a tile takes, and whether it is coded at all, is decided elsewhere
(`native_plan`), from what the coder counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from codec import rans
from codec.checksum import tile_checksum
from codec.container import NATIVE_PREDICTORS, Predictor
from codec.errors import InputError
from codec.formats.native import STREAM_ALIGNMENT
from codec.frequency import SYMBOLS, FrequencyTable, histogram
from codec.interleaving import Interleaving
from codec.rans import Coder
from codec.scalar_prediction import within_tile_symbols

Matrix = NDArray[np.int8]

Rectangles = NDArray[np.int64]
"""int64[n, 4]: row, column, rows and columns of each tile inside its matrix, as in `container.Rectangle`."""


class LaneStreams(NamedTuple):
    """Finished streams.

    Attributes:
        data: u8[any], one stream behind the other, each from a multiple of 16 on, with zeros between and up
            to the last multiple of 16.
        offsets: int64[n], where each begins in `data`.
        sizes: int64[n], bytes of each.
    """

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    sizes: NDArray[np.int64]


class LaneCoder(Protocol):
    """Counts and codes tiles of a C-contiguous int8[rows, cols]; it may use all cores."""

    def histograms(
        self, matrix: Matrix, tiles: Rectangles, predictor: Predictor
    ) -> NDArray[np.int64]:
        """int64[n, 256]: how often each symbol occurs in each tile under one predictor."""

    def encode(
        self,
        matrix: Matrix,
        tiles: Rectangles,
        predictors: NDArray[np.uint8],
        table: FrequencyTable,
        coder: Coder,
        interleaving: Interleaving,
    ) -> LaneStreams:
        """The rANS streams of tiles; `predictors`, u8[n], are numbers in `NATIVE_PREDICTORS`."""

    def checksums(self, matrix: Matrix, tiles: Rectangles) -> NDArray[np.uint32]:
        """u32[n]: the checksum of each tile's weights."""


CODERS = ("cpu", "reference", "cupy")
"""Names that `lane_coder` takes."""


def lane_coder(name: str) -> LaneCoder:
    """The coder called `name`, one of `CODERS`.

    Raises:
        InputError: there is none of that name.
    """
    if name == "cpu":
        from codec.fast_lane_coder import FastLaneCoder  # numba takes most of a second to load

        return FastLaneCoder()
    if name == "reference":
        return ReferenceLaneCoder()
    if name == "cupy":
        from codec.decoders.cuda.lane_coder import CudaLaneCoder  # cupy is asked for only here

        return CudaLaneCoder()
    raise InputError(f"there is no encoder called {name!r}; there are {', '.join(CODERS)}")


class ReferenceLaneCoder:
    """A `LaneCoder` made of `rans.encode_lanes` and the scalar prediction rules."""

    def histograms(
        self, matrix: Matrix, tiles: Rectangles, predictor: Predictor
    ) -> NDArray[np.int64]:
        """As `LaneCoder.histograms`."""
        counts = np.zeros((len(tiles), SYMBOLS), dtype=np.int64)
        for row, tile in zip(counts, tiles, strict=True):
            row[:] = histogram(np.array(_symbols(matrix, tile, predictor), dtype=np.uint8))
        return counts

    def encode(
        self,
        matrix: Matrix,
        tiles: Rectangles,
        predictors: NDArray[np.uint8],
        table: FrequencyTable,
        coder: Coder,
        interleaving: Interleaving,
    ) -> LaneStreams:
        """As `LaneCoder.encode`."""
        streams = []
        for tile, number in zip(tiles, predictors.tolist(), strict=True):
            symbols = _symbols(matrix, tile, NATIVE_PREDICTORS[number])
            words, states = rans.encode_lanes(symbols, table, coder, interleaving)
            streams.append(stream_bytes(words, states, coder))
        return joined(streams)

    def checksums(self, matrix: Matrix, tiles: Rectangles) -> NDArray[np.uint32]:
        """As `LaneCoder.checksums`."""
        found = [tile_checksum(weights_of(matrix, tile)) for tile in tiles]
        return np.array(found, dtype=np.uint32)


def weights_of(matrix: Matrix, tile: NDArray[np.int64]) -> Matrix:
    """int8[rows, cols]: the part of a matrix that one of `Rectangles` tells."""
    row, col, rows, cols = tile.tolist()
    return matrix[row : row + rows, col : col + cols]


def stream_bytes(words: list[int], states: list[int], coder: Coder) -> bytes:
    """A stream as it stands in the file, of what `rans.encode_lanes` returned."""
    kind = "<u2" if coder.word_bytes == 2 else "<u1"
    return np.array(states, dtype="<u4").tobytes() + np.array(words[::-1], dtype=kind).tobytes()


def joined(streams: Iterable[bytes | memoryview]) -> LaneStreams:
    """Streams, one behind the other, each filled up with zeros to a multiple of 16."""
    parts = list(streams)
    sizes = np.array([len(part) for part in parts], dtype=np.int64)
    ends = np.cumsum(aligned_sizes(sizes))
    data = np.zeros(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    offsets = ends - aligned_sizes(sizes)
    for part, offset in zip(parts, offsets.tolist(), strict=True):
        data[offset : offset + len(part)] = np.frombuffer(part, dtype=np.uint8)
    return LaneStreams(data, offsets, sizes)


def aligned_sizes(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """int64[n]: the bytes that streams of these sizes take, the zeros behind them included."""
    return -(-sizes // STREAM_ALIGNMENT) * STREAM_ALIGNMENT


def _symbols(matrix: Matrix, tile: NDArray[np.int64], predictor: Predictor) -> list[int]:
    part = np.ascontiguousarray(weights_of(matrix, tile)).view(np.uint8)
    return within_tile_symbols(part.reshape(-1).tolist(), part.shape[1], predictor)
