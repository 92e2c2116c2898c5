"""The reference encoder: the scalar coder and the scalar prediction rules. Slow, plain, and the judge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec import rans
from codec.decoders.base import Tick
from codec.encoder import Streams, table_of, tile_places
from codec.errors import InputError
from codec.formats.streams import stream_bytes
from codec.frequency import FrequencyTable
from codec.scalar_prediction import flat_left_symbols
from codec.table_rule import USUAL, TableRule


class ReferenceCoder:
    """A `StreamCoder` made of `rans.encode`."""

    def batched(
        self, matrix: NDArray[np.int8], tile: int, tick: Tick, rule: TableRule = USUAL
    ) -> tuple[FrequencyTable, Streams]:
        """As `StreamCoder.batched`."""
        weights = matrix.view(np.uint8).tolist()
        places = tile_places(matrix.shape[0], matrix.shape[1], tile)
        symbols = []
        for number, place in enumerate(places):
            tick(number, len(places))
            part = flat_left_symbols(weights, place, (tile, tile))
            symbols.append(np.array(part, dtype=np.uint8))
        table = table_of(symbols, rule)
        return table, self.streams(symbols, table)

    def streams(self, symbols: list[NDArray[np.uint8]], table: FrequencyTable) -> Streams:
        """As `StreamCoder.streams`."""
        parts = []
        for run in symbols:
            words, state = rans.encode(run.tolist(), table)
            if state >> 32:
                raise InputError(f"no state of 32 bits can be kept: {table.fault}")
            parts.append(stream_bytes(len(run), bytes(words), state))
        data = np.frombuffer(b"".join(parts), dtype=np.uint8)
        return Streams(data, np.array([len(part) for part in parts], dtype=np.int64))
