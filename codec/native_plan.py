"""How the tiles of one tensor are coded: constant, raw or rANS, by which predictor, and with which table.

One table serves all rANS-coded tiles of a tensor, so neither the predictors nor the table can be chosen without the
other. Where there is a choice, the table of the best single predictor comes first; then each tile takes
the predictor that costs it least by that table, the table is made anew of what was chosen, and so once more. Neither
step can raise the cost. A tile whose own entropy says that it cannot gain is left out of
the table, which it would only spoil. A rule for the table that is not the usual one is applied at the end, to what was
chosen: it is there to be measured, not to choose by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec.container import NATIVE_PREDICTORS, Coding, Predictor
from codec.decoders.base import Tick
from codec.frequency import SYMBOLS, FrequencyTable, entropy, histogram, normalise_shared
from codec.native_coder import LaneCoder, Matrix, Rectangles, aligned_sizes, weights_of
from codec.prediction import within_tile_symbols
from codec.table_rule import TableRule

TILES_AT_ONCE = 1024
"""Tiles that are counted, and then coded, in one go: 2 MiB of counts."""

MOST_TILES_KEPT = 8192
"""Of so many tiles the counts are kept, 2 KiB for each predictor; of more they are counted anew in each round."""

ROUNDS = 2
"""How often predictors are chosen by a table that is then made anew."""


@dataclass(frozen=True, eq=False)
class TilePlan:
    """What is to become of each tile.

    Attributes:
        codings: u8[n], numbers of `Coding`; RANS where coding is worth a try.
        predictors: u8[n], numbers in `NATIVE_PREDICTORS`; 0 unless the coding is RANS.
        table: for all that is coded by rANS; all symbols alike where nothing is.
    """

    codings: NDArray[np.uint8]
    predictors: NDArray[np.uint8]
    table: FrequencyTable


def tile_rectangles(shape: tuple[int, int], tile_rows: int, tile_cols: int) -> Rectangles:
    """The tiles of a matrix, row by row, cut at its right and lower edge."""
    rows, cols = shape
    down = np.arange(0, rows, tile_rows, dtype=np.int64)
    across = np.arange(0, cols, tile_cols, dtype=np.int64)
    tiles = np.empty((len(down), len(across), 4), dtype=np.int64)
    tiles[..., 0], tiles[..., 1] = down[:, np.newaxis], across
    tiles[..., 2] = np.minimum(tile_rows, rows - down)[:, np.newaxis]
    tiles[..., 3] = np.minimum(tile_cols, cols - across)
    return tiles.reshape(-1, 4)


def runs(count: int) -> Iterator[slice]:
    """The tiles in runs of `TILES_AT_ONCE`."""
    for begin in range(0, count, TILES_AT_ONCE):
        yield slice(begin, min(begin + TILES_AT_ONCE, count))


class Planner:
    """Plans one tensor.

    Args:
        coder: counts.
        matrix: the weights.
        tiles: of the matrix.
        candidates: numbers of the predictors to choose from.
        scale_bits: log2 of the slots of the table.
        frame_bytes: bytes of a stream beside its words.
        rule: how the table is made.
        tick: told (tiles done, tiles in all) of each pass.
    """

    def __init__(
        self,
        coder: LaneCoder,
        matrix: Matrix,
        tiles: Rectangles,
        candidates: tuple[int, ...],
        scale_bits: int,
        frame_bytes: int,
        rule: TableRule,
        tick: Tick,
    ) -> None:
        self._coder, self._matrix, self._tiles = coder, matrix, tiles
        self._candidates, self._scale_bits, self._tick = candidates, scale_bits, tick
        self._rule, self._total = rule, np.zeros(SYMBOLS, dtype=np.int64)
        self._frame_bits = 8.0 * frame_bytes
        self._raw_bits = 8.0 * aligned_sizes(tiles[:, 2] * tiles[:, 3])
        self._constant = np.zeros(len(tiles), dtype=np.bool_)
        self._predictors = np.zeros(len(tiles), dtype=np.uint8)
        self._gains = np.zeros(len(tiles), dtype=np.bool_)
        self._kept: dict[tuple[int, int], NDArray[np.int64]] = {}

    def plan(self) -> TilePlan:
        """The plan."""
        table = self._first_table()
        for _ in range(ROUNDS if len(self._candidates) > 1 else 0):
            table = self._chosen_table(table)
        if self._total.any() and not self._rule.usual:
            table = self._rule.table(self._total, self._sampled(), self._scale_bits, shared=True)
        codings = np.full(len(self._tiles), Coding.RAW, dtype=np.uint8)
        codings[self._gains] = Coding.RANS
        codings[self._constant] = Coding.CONSTANT
        predictors = np.where(codings == Coding.RANS, self._predictors, 0).astype(np.uint8)
        return TilePlan(codings, predictors, table)

    def _counts(self, run: slice, number: int) -> NDArray[np.int64]:
        """int64[n, 256]: the symbols of a run of tiles under one predictor; kept where that takes little."""
        key = run.start, number
        if key in self._kept:
            return self._kept[key]
        predictor = NATIVE_PREDICTORS[number]
        counts = self._coder.histograms(self._matrix, self._tiles[run], predictor)
        if len(self._candidates) > 1 and len(self._tiles) <= MOST_TILES_KEPT:
            self._kept[key] = counts
        return counts

    def _first_table(self) -> FrequencyTable:
        """The table of the best single predictor; notes which tiles are constant, and which gain by it."""
        number = len(self._candidates)
        totals = np.zeros((number, SYMBOLS), dtype=np.int64)
        gains = np.zeros((number, len(self._tiles)), dtype=np.bool_)
        for run in runs(len(self._tiles)):
            self._tick(run.start, len(self._tiles))
            counts = {n: self._counts(run, n) for n in {_NONE, *self._candidates}}
            self._constant[run] = np.count_nonzero(counts[_NONE], axis=1) == 1
            for i, candidate in enumerate(self._candidates):
                bits = entropy_bits(counts[candidate]) + self._frame_bits
                gains[i, run] = ~self._constant[run] & (bits < self._raw_bits[run])
                totals[i] += counts[candidate][gains[i, run]].sum(axis=0)
        costs = [
            entropy(totals[i]) * totals[i].sum() + self._raw_bits[~gains[i]].sum()
            for i in range(number)
        ]
        best = int(np.argmin(costs))
        self._predictors[:], self._gains = self._candidates[best], gains[best]
        return self._table(totals[best])

    def _chosen_table(self, table: FrequencyTable) -> FrequencyTable:
        """Notes the predictor of each tile that costs least by `table`; returns the table of these."""
        total = np.zeros(SYMBOLS, dtype=np.int64)
        for run in runs(len(self._tiles)):
            self._tick(run.start, len(self._tiles))
            counts = np.stack([self._counts(run, number) for number in self._candidates])
            bits = counts @ _prices(table)
            best = np.argmin(bits, axis=0)
            chosen = counts[best, np.arange(len(best))]
            cost = np.minimum(bits.min(axis=0), entropy_bits(chosen)) + self._frame_bits
            gains = ~self._constant[run] & (cost < self._raw_bits[run])
            self._predictors[run] = np.array(self._candidates, dtype=np.uint8)[best]
            self._gains[run] = gains
            total += chosen[gains].sum(axis=0)
        return self._table(total)

    def _sampled(self) -> NDArray[np.int64]:
        """int64[256]: the first symbols of the tiles that are coded, as many as the rule wants."""
        sampled, left = np.zeros(SYMBOLS, dtype=np.int64), self._rule.sample or 0
        for tile in np.flatnonzero(self._gains).tolist():
            if not left:
                break
            self._tick(tile, len(self._tiles))
            part = np.ascontiguousarray(weights_of(self._matrix, self._tiles[tile])).view(np.uint8)
            predictor = NATIVE_PREDICTORS[self._predictors[tile]]
            symbols = within_tile_symbols(part, predictor).reshape(-1)[:left]
            sampled += histogram(symbols)
            left -= len(symbols)
        return sampled

    def _table(self, counts: NDArray[np.int64]) -> FrequencyTable:
        self._total = counts
        if not counts.any():
            counts = np.ones(SYMBOLS, dtype=np.int64)
        frequencies = normalise_shared(counts, self._scale_bits)
        return FrequencyTable.of_frequencies(frequencies, self._scale_bits)


_NONE = NATIVE_PREDICTORS.index(Predictor.NONE)


def entropy_bits(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """float64[n]: bits of the order-0 entropy of data with counts int64[n, 256], all symbols together."""
    wide = counts.astype(np.float64)
    logs = np.log2(np.maximum(wide, 1.0))
    totals: NDArray[np.float64] = wide.sum(axis=1)
    bits: NDArray[np.float64] = totals * np.log2(np.maximum(totals, 1.0)) - (wide * logs).sum(
        axis=1
    )
    return bits


def _prices(table: FrequencyTable) -> NDArray[np.float64]:
    """float64[256]: bits that each symbol costs; one that has no slot yet would get half of the least share."""
    prices: NDArray[np.float64] = np.where(
        table.frequencies > 0, table.bits, table.scale_bits + 1.0
    )
    return prices
