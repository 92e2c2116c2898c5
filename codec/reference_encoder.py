"""The reference encoder: the scalar coder and the scalar prediction rules. Slow, plain, and the judge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec import rans
from codec.decoders.base import Tick
from codec.encoder import Streams, tile_places
from codec.formats.streams import stream_bytes
from codec.frequency import SYMBOLS, FrequencyTable, histogram, normalise
from codec.scalar_prediction import flat_left_symbols


class ReferenceCoder:
    """A `StreamCoder` made of `rans.encode`."""

    def batched(
        self, matrix: NDArray[np.int8], tile: int, tick: Tick
    ) -> tuple[FrequencyTable, Streams]:
        """As `StreamCoder.batched`."""
        weights = matrix.view(np.uint8).tolist()
        places = tile_places(matrix.shape[0], matrix.shape[1], tile)
        symbols, counts = [], np.zeros(SYMBOLS, dtype=np.int64)
        for number, place in enumerate(places):
            tick(number, len(places))
            part = np.array(flat_left_symbols(weights, place, (tile, tile)), dtype=np.uint8)
            counts += histogram(part)
            symbols.append(part)
        table = FrequencyTable.of_frequencies(normalise(counts))
        return table, self.streams(symbols, table)

    def streams(self, symbols: list[NDArray[np.uint8]], table: FrequencyTable) -> Streams:
        """As `StreamCoder.streams`."""
        parts = []
        for run in symbols:
            words, state = rans.encode(run.tolist(), table)
            parts.append(stream_bytes(len(run), bytes(words), state))
        data = np.frombuffer(b"".join(parts), dtype=np.uint8)
        return Streams(data, np.array([len(part) for part in parts], dtype=np.int64))
