"""How long each tile takes by itself, beside what it holds: whether tiles of high entropy are the slow ones.

A tile is decoded alone, so a time holds what calling a decoder for one tile costs, the same for all; what is compared
is one tile with another. All tiles have their turn in every round, in an order that is drawn anew.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec.container import Container, Tensor
from codec.decoders.base import Decoder, Tick, no_tick
from codec.decoders.streams import Status
from codec.errors import InputError
from codec.frequency import entropy, histogram

ROUNDS = 7
SEED = 20261123


@dataclass(frozen=True, eq=False)
class TileTimes:
    """The tiles of a tensor.

    Attributes:
        seconds: float64[n], the median of each tile's runs; NaN where it came out wrong.
        entropy: float64[n], of order 0, bits per symbol that was coded.
        bits: float64[n], that are stored per symbol.
        wrong: bool[n], whether a run of a tile gave other symbols than the judge, or did not end as it should.
    """

    seconds: NDArray[np.float64]
    entropy: NDArray[np.float64]
    bits: NDArray[np.float64]
    wrong: NDArray[np.bool_]


def tile_times(
    container: Container,
    tensor: Tensor,
    decoder: Decoder,
    judge: Decoder,
    rounds: int = ROUNDS,
    tick: Tick = no_tick,
) -> TileTimes:
    """Times every tile of a tensor.

    Args:
        container: the file.
        tensor: the tensor in it.
        decoder: that is timed; what undoes a prediction behind it is not.
        judge: whose symbols are right.
        rounds: runs of each tile; one more goes before, to warm up.
        tick: told (runs done, runs in all).

    Raises:
        InputError: the tensor cannot be decoded, or it is to be timed no times.
        DecodeError: a decoder cannot run.
        Cancelled: `tick` says so.
    """
    if tensor.refusal or rounds < 1:
        raise InputError(tensor.refusal or "a tile is timed at least once")
    count = len(tensor.tiles)
    truth = judge.decode_streams(container, tensor, range(count))
    seconds = np.zeros((rounds + 1, count), dtype=np.float64)
    wrong, order = np.zeros(count, dtype=np.bool_), np.random.default_rng(SEED)
    for number in range(rounds + 1):
        for place, tile in enumerate(order.permutation(count).tolist()):
            tick(number * count + place, (rounds + 1) * count)
            begin = time.perf_counter()
            (found,) = decoder.decode_streams(container, tensor, [tile])
            seconds[number, tile] = time.perf_counter() - begin
            same = np.array_equal(found.symbols, truth[tile].symbols)
            wrong[tile] |= found.status is not Status.OK or not same
    medians = np.median(seconds[1:], axis=0)
    symbols = np.array([max(len(stream.symbols), 1) for stream in truth], dtype=np.float64)
    return TileTimes(
        np.where(wrong, np.nan, medians),
        np.array([_entropy(stream.symbols) for stream in truth], dtype=np.float64),
        8 * tensor.tiles["size"].astype(np.float64) / symbols,
        wrong,
    )


def _entropy(symbols: NDArray[np.uint8]) -> float:
    return float(entropy(histogram(symbols))) if len(symbols) else 0.0
