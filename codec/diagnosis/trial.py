"""Some tiles on which hypotheses are tried: their symbols gathered once, run through any pipeline, and tallied.

A tile's place and the tile whose symbols are written there may be two, where tiles are thought to be misplaced.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Prediction, Predictor
from codec.diagnosis import undoing
from codec.diagnosis.evidence import Evidence
from codec.diagnosis.pipeline import RIGHT, Direction, Inner, Layout, Order, Pipeline, Start
from codec.diagnosis.starts import NO_VALUES, left_start, top_start
from codec.diagnosis.tallies import tally
from codec.diagnosis.undoing import undo

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
SymbolsOf = Callable[[int], Bytes]
ClaimsOf = Callable[[int], NDArray[np.bool_]]

_Lookup = tuple[Inner, Direction, Start]

NOTHING_SKIPPED: NDArray[np.bool_] = np.zeros((0, 0), dtype=np.bool_)


class Trial:
    """Tiles to try hypotheses on.

    Args:
        evidence: the output and the truth.
        tiles: whose places are looked at.
        sources: the tile whose symbols belong to each place; the same where None.
        symbols: gives a tile's symbols; the file's own where None.
        window: weights of each tile that are looked at, from the first row on that is wrong; 0 for all.
        skipped: bool[rows, cols], weights that do not count.
        claims: tells which of a tile's symbols `symbols` knows; all where None.
    """

    def __init__(
        self,
        evidence: Evidence,
        tiles: Sequence[int],
        sources: Sequence[int] | None = None,
        symbols: SymbolsOf | None = None,
        window: int = 0,
        skipped: NDArray[np.bool_] = NOTHING_SKIPPED,
        claims: ClaimsOf | None = None,
    ) -> None:
        self.evidence, self.skipped, self._claims = evidence, skipped, claims
        self.tiles, self.sources = list(tiles), list(tiles if sources is None else sources)
        self._own_symbols = symbols is None
        self._looked_up: dict[_Lookup, tuple[Numbers, Numbers]] = {}
        self._symbols_of = evidence.symbols if symbols is None else symbols
        self.shapes = self._shapes()
        sizes = self.shapes[:, 0] * self.shapes[:, 1]
        self.begins: Numbers = np.cumsum(sizes) - sizes
        self.places = self._places(window)

    @cached_property
    def symbols(self) -> Bytes:
        """u8[any]: the symbols of all tiles, one behind the other; read when a pipeline first needs them."""
        if self._own_symbols:
            self.evidence.load(self.sources)
        parts = [self._symbols_of(tile) for tile in self.sources]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint8)

    def _shapes(self) -> Numbers:
        tensor = self.evidence.tensor
        rows = [(*tensor.coded_shape(t), tensor.rectangle(t).cols) for t in self.sources]
        return np.array(rows, dtype=np.int64).reshape(-1, 3)

    def _places(self, window: int) -> Numbers:
        tensor = self.evidence.tensor
        places = np.empty((len(self.tiles), 8), dtype=np.int64)
        for i, tile in enumerate(self.tiles):
            place = tensor.rectangle(tile)
            first, last = self._rows(tile, window) if window else (0, place.rows)
            places[i] = (*place, *self.shapes[i, :2], first, last)
        return places

    def _rows(self, tile: int, window: int) -> tuple[int, int]:
        """The rows of a tile that are looked at."""
        place = self.evidence.tensor.rectangle(tile)
        wrong = self.evidence.found_tile(tile) != self.evidence.expected_tile(tile)
        if len(self.skipped):
            inside = (
                slice(place.row, place.row + place.rows),
                slice(place.col, place.col + place.cols),
            )
            wrong &= ~self.skipped[inside]
        rows = np.flatnonzero(wrong.any(axis=1))
        first = max(int(rows[0]) - 1, 0) if len(rows) else 0
        return first, min(first + max(window // max(place.cols, 1), 4), place.rows)

    def contents(self, pipeline: Pipeline) -> Bytes:
        """u8[symbols]: the weights that a pipeline makes of the tiles, padding included, tile after tile."""
        if pipeline == RIGHT and self._own_symbols:
            return self._right
        rules, starts = self._rules(pipeline)
        every = pipeline.layout is not Layout.AS_IS
        wanted = self.shapes[:, 0] if every else self.places[:, 7]
        if pipeline.start.free:
            starts = self._as_found(pipeline, rules, starts, wanted)
        return undo(self.symbols, self.begins, self.shapes, rules, starts, wanted)

    @cached_property
    def _right(self) -> Bytes:
        """The right weights: known without what was found in the tiles that some are predicted from."""
        right = np.empty(int((self.shapes[:, 0] * self.shapes[:, 1]).sum()), dtype=np.uint8)
        for tile, begin in zip(self.sources, self.begins.tolist(), strict=True):
            weights = self.evidence.expected(tile)
            right[begin : begin + weights.size].reshape(weights.shape)[:] = weights
        return right

    def tally(self, pipeline: Pipeline) -> Numbers:
        """int64[tiles, 4] of a pipeline: see `tallies`."""
        contents, layout = self.contents(pipeline), pipeline.layout
        claimed = self._claimed(pipeline)
        found, true = self.evidence.found.view(np.uint8), self.evidence.true.view(np.uint8)
        return tally(
            contents, claimed, self.begins, self.places, layout.value, found, true, self.skipped
        )

    def _claimed(self, pipeline: Pipeline) -> NDArray[np.bool_]:
        """bool[symbols]: the weights that follow from symbols that are known; bool[0] for all."""
        if self._claims is None:
            return np.zeros(0, dtype=np.bool_)
        down = self._directions(pipeline) == undoing.TOP
        differenced = self.evidence.tensor.prediction is Prediction.DIFFERENCED
        parts = [
            followed(
                self._claims(tile),
                (int(self.shapes[i, 0]), int(self.shapes[i, 1])),
                pipeline,
                down=bool(down[i]) and not differenced,
            )
            for i, tile in enumerate(self.sources)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.bool_)

    def free_values(self, pipeline: Pipeline) -> Numbers:
        """int64[tiles]: values that the pipeline takes from the output itself."""
        looked_at = np.minimum(self.places[:, 7], self.places[:, 2]) - self.places[:, 6]
        if pipeline.start is Start.UNKNOWN:
            top = self._directions(pipeline) == undoing.TOP
            return np.where(top, self.places[:, 3], looked_at)
        return np.full(len(self.tiles), int(pipeline.start is Start.TILE_UNKNOWN), dtype=np.int64)

    def _directions(self, pipeline: Pipeline) -> Numbers:
        return self._rules(pipeline)[0][:, undoing.DIRECTION]

    def _rules(self, pipeline: Pipeline) -> tuple[Numbers, Numbers]:
        """The kernel's rules of each tile, and the values given to it."""
        rules, starts = self._predictions(pipeline)
        rules = rules.copy()
        coded = self._coded
        rules[coded, undoing.ORDER] = pipeline.order.value
        rules[coded, undoing.BIAS] = pipeline.bias
        rules[coded, undoing.ARITHMETIC] = pipeline.arithmetic.value
        return rules, starts

    @cached_property
    def _coded(self) -> NDArray[np.bool_]:
        coding = self.evidence.tensor.coding
        return np.array([coding(tile) is Coding.RANS for tile in self.sources], dtype=np.bool_)

    def _predictions(self, pipeline: Pipeline) -> tuple[Numbers, Numbers]:
        """As `_rules`, for the stages that take looking up, which many pipelines share."""
        key = pipeline.inner, pipeline.direction, pipeline.start
        if key not in self._looked_up:
            self._looked_up[key] = self._look_up(Pipeline(RIGHT.order, RIGHT.bias, *key))
        return self._looked_up[key]

    def _look_up(self, pipeline: Pipeline) -> tuple[Numbers, Numbers]:
        rules = np.zeros((len(self.tiles), 6), dtype=np.int64)
        given = []
        for i, tile in enumerate(self.sources):
            rules[i], values = tile_rule(self.evidence, tile, pipeline)
            given.append(values)
        starts = np.zeros((len(given), max(map(len, given), default=1)), dtype=np.int64)
        for i, values in enumerate(given):
            starts[i, : len(values)] = values
        return rules, starts

    def _as_found(
        self, pipeline: Pipeline, rules: Numbers, starts: Numbers, wanted: Numbers
    ) -> Numbers:
        """Start values that make the first weight of each row, or of each tile, what was found there."""
        height = int(max(self.shapes[:, :2].max(), 1))
        starts = np.zeros((len(starts), height), dtype=np.int64)
        first = undo(self.symbols, self.begins, self.shapes, rules, starts, wanted)
        for i, tile in enumerate(self.tiles):
            rows, cols = self.shapes[i, :2]
            found = self.evidence.found_tile(tile)
            plain = first[self.begins[i] : self.begins[i] + rows * cols].reshape(rows, cols)
            line = (
                (0, slice(found.shape[1]))
                if rules[i, undoing.DIRECTION] == undoing.TOP
                else (slice(found.shape[0]), 0)
            )
            if pipeline.start is Start.TILE_UNKNOWN:
                line = (slice(1), 0)
            off = (found[line] - plain[: found.shape[0], : found.shape[1]][line]).view(np.int8)
            starts[i, : len(off)] = off
        return starts


def followed(
    claims: NDArray[np.bool_], shape: tuple[int, int], pipeline: Pipeline, *, down: bool
) -> NDArray[np.bool_]:
    """bool[n]: the weights of a tile that follow from symbols that are known.

    Args:
        claims: bool[n], which symbols are known, by their places in the stream.
        shape: rows and columns that are coded.
        pipeline: what is made of the symbols.
        down: whether each weight follows from those above it alone, and not from all before it.
    """
    places = claims[::-1] if pipeline.order is Order.REVERSED else claims
    if pipeline.direction is Direction.NOT_UNDONE and not down:
        return places
    if down:
        return np.logical_and.accumulate(places.reshape(shape), axis=0).reshape(-1)
    return np.logical_and.accumulate(places)


def tile_rule(evidence: Evidence, tile: int, pipeline: Pipeline) -> tuple[tuple[int, ...], Numbers]:
    """The kernel's rule for a tile, and the values given to it."""
    tensor = evidence.tensor
    if tensor.coding(tile) is not Coding.RANS:
        return (
            undoing.AS_CODED,
            128,
            undoing.NOT_UNDONE,
            undoing.NONE,
            0,
            undoing.WRAPPED,
        ), NO_VALUES
    direction = direction_of(tensor.predictor(tile) or Predictor.NONE, pipeline.direction)
    start, given = undoing.GIVEN, NO_VALUES
    if direction == undoing.LEFT:
        start, given = left_start(evidence, tile, pipeline.start)
    elif direction == undoing.TOP:
        start, given = top_start(evidence, tile, pipeline.start)
    inner = undoing.NOT_UNDONE
    if tensor.prediction is Prediction.DIFFERENCED and pipeline.inner is not Inner.NOT_UNDONE:
        inner = undoing.FLAT if pipeline.inner is Inner.AS_CODED else undoing.BY_ROWS
    order, arithmetic = pipeline.order.value, pipeline.arithmetic.value
    return (order, pipeline.bias, inner, direction, start, arithmetic), given


_CODED = {
    Predictor.NONE: undoing.NONE,
    Predictor.LEFT: undoing.LEFT,
    Predictor.TOP: undoing.TOP,
}

_SWAPPED = {undoing.NONE: undoing.NONE, undoing.LEFT: undoing.TOP, undoing.TOP: undoing.LEFT}


def direction_of(coded: Predictor, direction: Direction) -> int:
    """The kernel's number of the direction that is undone in a tile."""
    if direction is Direction.AS_CODED:
        return _CODED[coded]
    if direction is Direction.SWAPPED:
        return _SWAPPED[_CODED[coded]]
    return {
        Direction.LEFT: undoing.LEFT,
        Direction.TOP: undoing.TOP,
        Direction.NOT_UNDONE: undoing.NONE,
    }[direction]
