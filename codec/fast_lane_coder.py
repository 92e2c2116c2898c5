"""The fast coder of the native layout: compiled kernels over tiles, on all cores."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from codec.container import Predictor
from codec.decoders.base import no_tick
from codec.fast.lane_checksums import tile_checksums
from codec.fast.lane_encode import TileStreams, encode_tiles
from codec.fast.lane_histograms import tile_histograms
from codec.fast.lane_tables import lane_shape
from codec.fast.tile_buffers import weight_counts
from codec.frequency import SYMBOLS, FrequencyTable
from codec.interleaving import Interleaving
from codec.native_coder import LaneStreams, Matrix, Rectangles
from codec.rans import Coder
from codec.threads import cores, run_in_order

BATCH_WEIGHTS = 1 << 21
"""Weights that a thread takes on at a time, where there are more than one."""

Result = TypeVar("Result")


class FastLaneCoder:
    """A `LaneCoder` made of the kernels of `codec.fast`."""

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads or cores()

    def histograms(
        self, matrix: Matrix, tiles: Rectangles, predictor: Predictor
    ) -> NDArray[np.int64]:
        """As `LaneCoder.histograms`."""
        parts = self._run(tiles, lambda run: tile_histograms(matrix, tiles[run], predictor))
        return np.concatenate([np.zeros((0, SYMBOLS), dtype=np.int64), *parts])

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
            ValueError: as `encode_tiles` and `lane_shape` say.
        """
        shape = lane_shape(coder, interleaving)

        def code(run: slice) -> TileStreams:
            return encode_tiles(matrix, tiles[run], predictors[run], table, shape)

        return _joined(self._run(tiles, code))

    def checksums(self, matrix: Matrix, tiles: Rectangles) -> NDArray[np.uint32]:
        """As `LaneCoder.checksums`."""
        parts = self._run(tiles, lambda run: tile_checksums(matrix, tiles[run]))
        return np.concatenate([np.zeros(0, dtype=np.uint32), *parts])

    def _run(self, tiles: Rectangles, work: Callable[[slice], Result]) -> list[Result]:
        """What `work` makes of each run of tiles, in order; one thread takes all in one."""
        runs = _runs(tiles) if self._threads > 1 else [slice(0, len(tiles))]
        if len(runs) <= 1:
            return [work(run) for run in runs]

        def each(one: list[slice]) -> Result:
            return work(one[0])

        return run_in_order(each, [[run] for run in runs], self._threads, no_tick, len(runs))


def _runs(tiles: Rectangles) -> list[slice]:
    """The tiles in runs of about `BATCH_WEIGHTS`, at least one tile each; none of no tiles."""
    if not len(tiles):
        return []
    before = np.cumsum(weight_counts(tiles)) - weight_counts(tiles)
    begins = np.flatnonzero(np.diff(before // BATCH_WEIGHTS, prepend=-1)).tolist()
    return [slice(a, b) for a, b in zip(begins, [*begins[1:], len(tiles)], strict=True)]


def _joined(parts: list[TileStreams]) -> LaneStreams:
    if len(parts) == 1:
        return LaneStreams(*parts[0])
    sizes = [len(part.data) for part in parts]
    bases = [sum(sizes[:i]) for i in range(len(sizes))]
    none = np.zeros(0, dtype=np.int64)
    return LaneStreams(
        np.concatenate([np.zeros(0, dtype=np.uint8), *(part.data for part in parts)]),
        np.concatenate([none, *(p.offsets + base for p, base in zip(parts, bases, strict=True))]),
        np.concatenate([none, *(part.sizes for part in parts)]),
    )
