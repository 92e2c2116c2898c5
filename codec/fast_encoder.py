"""The fast encoder: compiled kernels over tiles, several streams interleaved per thread, all cores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.decoders.base import Tick
from codec.encoder import Streams
from codec.fast.encode import EncodedStreams, encode_streams
from codec.fast.places import flat_places, grid_places
from codec.fast.symbols import symbol_histogram
from codec.frequency import SYMBOLS, FrequencyTable, normalise
from codec.threads import cores, run_in_order

BATCH_SYMBOLS = 1 << 21
"""Symbols that a thread takes on between two looks at progress and cancellation."""


class FastCoder:
    """A `StreamCoder` made of the kernels of `codec.fast`."""

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads or cores()

    def batched(
        self, matrix: NDArray[np.int8], tile: int, tick: Tick
    ) -> tuple[FrequencyTable, Streams]:
        """As `StreamCoder.batched`; both passes are told to `tick` as halves of the work."""
        places = grid_places((matrix.shape[0], matrix.shape[1]), tile)
        batches = _batches(places)
        total = len(places)

        def count(part: NDArray[np.int64]) -> NDArray[np.int64]:
            return symbol_histogram(matrix, part, difference=True)

        def code(part: NDArray[np.int64]) -> EncodedStreams:
            return encode_streams(matrix, part, table, difference=True)

        def first_half(done: int, _: int) -> None:
            tick(done // 2, total)

        def second_half(done: int, _: int) -> None:
            tick((total + done) // 2, total)

        counts = np.zeros(SYMBOLS, dtype=np.int64)
        for part in run_in_order(count, batches, self._threads, first_half, total):
            counts += part
        table = FrequencyTable.of_frequencies(normalise(counts))
        return table, _join(run_in_order(code, batches, self._threads, second_half, total))

    def streams(self, symbols: list[NDArray[np.uint8]], table: FrequencyTable) -> Streams:
        """As `StreamCoder.streams`."""
        counts = np.array([len(part) for part in symbols], dtype=np.int64)
        run = np.concatenate(symbols).reshape(1, -1)
        return _join([encode_streams(run, flat_places(counts), table, difference=False)])


def _batches(places: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The places in runs of about `BATCH_SYMBOLS`, each a whole number of four tiles."""
    each = max(4, BATCH_SYMBOLS // max(int(places[0, 3]), 1) // 4 * 4)
    return [places[i : i + each] for i in range(0, len(places), each)]


def _join(parts: list[EncodedStreams]) -> Streams:
    sizes = np.concatenate([part.sizes for part in parts])
    data = parts[0].data if len(parts) == 1 else np.concatenate([part.data for part in parts])
    return Streams(data, sizes)
