"""The fast encoder: compiled kernels over tiles, several streams interleaved per thread, all cores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.decoders.base import Tick
from codec.encoder import Streams
from codec.errors import InputError
from codec.fast.any_table import encode_any
from codec.fast.encode import EncodedStreams, encode_streams
from codec.fast.places import COUNT, flat_places, grid_places
from codec.fast.symbols import symbol_histogram, tile_symbols
from codec.formats.streams import stream_bytes
from codec.frequency import SYMBOLS, FrequencyTable
from codec.interleaving import SINGLE
from codec.rans import LEGACY
from codec.table_rule import USUAL, TableRule
from codec.threads import cores, run_in_order

BATCH_SYMBOLS = 1 << 21
"""Symbols that a thread takes on between two looks at progress and cancellation."""


class FastCoder:
    """A `StreamCoder` made of the kernels of `codec.fast`."""

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads or cores()

    def batched(
        self, matrix: NDArray[np.int8], tile: int, tick: Tick, rule: TableRule = USUAL
    ) -> tuple[FrequencyTable, Streams]:
        """As `StreamCoder.batched`; both passes are told to `tick` as halves of the work."""
        places = grid_places((matrix.shape[0], matrix.shape[1]), tile)
        batches = _batches(places)
        total = len(places)

        def count(part: NDArray[np.int64]) -> NDArray[np.int64]:
            return symbol_histogram(matrix, part, difference=True)

        def code(part: NDArray[np.int64]) -> EncodedStreams:
            if table.fault:
                return _encode_any([tile_symbols(matrix, p, difference=True) for p in part], table)
            return encode_streams(matrix, part, table, difference=True)

        def first_half(done: int, _: int) -> None:
            tick(done // 2, total)

        def second_half(done: int, _: int) -> None:
            tick((total + done) // 2, total)

        counts = np.zeros(SYMBOLS, dtype=np.int64)
        for part in run_in_order(count, batches, self._threads, first_half, total):
            counts += part
        sampled = symbol_histogram(matrix, first_places(places, rule.sample or 0), difference=True)
        table = rule.table(counts, sampled)
        return table, _join(run_in_order(code, batches, self._threads, second_half, total))

    def streams(self, symbols: list[NDArray[np.uint8]], table: FrequencyTable) -> Streams:
        """As `StreamCoder.streams`."""
        if table.fault:
            return _join([_encode_any(symbols, table)])
        counts = np.array([len(part) for part in symbols], dtype=np.int64)
        run = np.concatenate(symbols).reshape(1, -1)
        return _join([encode_streams(run, flat_places(counts), table, difference=False)])


def first_places(places: NDArray[np.int64], symbols: int) -> NDArray[np.int64]:
    """The places of the first so many symbols, the last of them cut; all where there are not so many."""
    before = np.cumsum(places[:, COUNT]) - places[:, COUNT]
    first = places[before < symbols].copy()
    first[:, COUNT] = np.minimum(first[:, COUNT], symbols - before[: len(first)])
    return first


def _encode_any(symbols: list[NDArray[np.uint8]], table: FrequencyTable) -> EncodedStreams:
    """One stream of each run of symbols, with a table that no decoder can use."""
    parts = []
    for run in symbols:
        coded = encode_any(run, table, LEGACY, SINGLE)
        if coded is None:
            raise InputError("a symbol that occurs has frequency 0, so it cannot be coded")
        words, states = coded
        parts.append(stream_bytes(len(run), words.astype(np.uint8).tobytes(), int(states[0])))
    sizes = np.array([len(part) for part in parts], dtype=np.int64)
    return EncodedStreams(np.frombuffer(b"".join(parts), dtype=np.uint8), sizes)


def _batches(places: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The places in runs of about `BATCH_SYMBOLS`, each a whole number of four tiles."""
    each = max(4, BATCH_SYMBOLS // max(int(places[0, 3]), 1) // 4 * 4)
    return [places[i : i + each] for i in range(0, len(places), each)]


def _join(parts: list[EncodedStreams]) -> Streams:
    sizes = np.concatenate([part.sizes for part in parts])
    data = parts[0].data if len(parts) == 1 else np.concatenate([part.data for part in parts])
    return Streams(data, sizes)
