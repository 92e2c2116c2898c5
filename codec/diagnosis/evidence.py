"""One output against the truth: all that a hypothesis may ask, read once and kept.

The truth is what the file decodes to. A tile that does not decode has none: it is not held against anyone here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from codec.comparison.output import Output
from codec.container import Coding, Container, Prediction, Predictor, Rectangle, Tensor
from codec.decoders.base import DecodedTensor, Decoder
from codec.decoders.streams import DecodedStream, Status
from codec.diagnosis.tallies import grid_differences
from codec.prediction import difference, undo_difference, within_tile_symbols

Bytes = NDArray[np.uint8]

CONSTANT = 0.98
"""Share of a tile's weights that are one value where it tells nothing: many mistakes end in the same constant."""

LOOKED_AT = 4096
"""Weights of a tile that are looked at to tell whether it is constant."""

SAMPLED = 16
"""Differing tiles that a hypothesis is tried on before it is confirmed on all."""


class Evidence:
    """One side's output against the truth.

    Args:
        container: the file.
        tensor: one of its tensors.
        output: what the side gave.
        truth: what the file decodes to.
        decoder: what decoded it, and decodes streams for hypotheses.

    Attributes:
        found: int8[rows, cols], the low byte of each weight of the output.
        true: int8[rows, cols], the weights that the file decodes to; 0 where it does not.
    """

    def __init__(
        self,
        container: Container,
        tensor: Tensor,
        output: Output,
        truth: DecodedTensor,
        decoder: Decoder,
    ) -> None:
        self.container, self.tensor, self.output = container, tensor, output
        self.decoder = decoder
        self.true = np.ascontiguousarray(truth.weights)
        self.found = low_bytes(output.weights)
        self._truth, self._reads = truth, truth.reads
        self._streams: dict[int, DecodedStream] = {}
        self._considered: NDArray[np.bool_] | None = None
        self._telling: dict[int, bool] = {}

    def with_found(self, found: NDArray[np.int8]) -> Evidence:
        """The same with other weights in place of those that were found."""
        other = Evidence(self.container, self.tensor, self.output, self._truth, self.decoder)
        other.found = found
        other._streams, other._considered = self._streams, self._considered
        return other

    def only(self, tiles: NDArray[np.int64]) -> Evidence:
        """The same where nothing but these tiles is to be explained."""
        other = self.with_found(self.found)
        other._telling = self._telling
        other._considered = np.zeros(len(self.tensor.tiles), dtype=np.bool_)
        other._considered[tiles] = True
        return other

    def status(self, tile: int) -> Status:
        """How decoding the tile ended for the judge."""
        return Status(int(self._reads["status"][tile]))

    @cached_property
    def sound(self) -> NDArray[np.bool_]:
        """bool[tiles]: which tiles the judge decodes."""
        sound: NDArray[np.bool_] = self._reads["status"] == Status.OK
        return sound

    @property
    def considered(self) -> NDArray[np.bool_]:
        """bool[tiles]: the tiles whose weights are to be explained: the sound ones, or some of them."""
        return self.sound if self._considered is None else self.sound & self._considered

    def load(self, tiles: Sequence[int]) -> None:
        """Decodes the streams of tiles that are not known yet, all at once."""
        wanted = [t for t in tiles if t not in self._streams and not self._whole(t)]
        if wanted:
            for stream in self.decoder.decode_streams(self.container, self.tensor, wanted):
                self._streams[stream.tile] = stream

    def stream(self, tile: int) -> DecodedStream:
        """What the judge decodes of the tile's stream."""
        self.load([tile])
        return self._streams[tile]

    def symbols(self, tile: int) -> Bytes:
        """u8[n]: what the file really codes, padding included."""
        if tile not in self._streams and self._whole(tile):
            return self._coded_again(tile)
        return self.stream(tile).symbols

    def _whole(self, tile: int) -> bool:
        """Whether the true weights tell the tile's symbols: it is sound, and predicted from itself alone."""
        if not self.sound[tile] or self.tensor.coding(tile) is not Coding.RANS:
            return False
        if self.tensor.prediction is Prediction.FLAT_LEFT:
            return self._unpadded(tile)
        return self.tensor.prediction is Prediction.WITHIN_TILE

    def _unpadded(self, tile: int) -> bool:
        return self.tensor.rectangle(tile)[2:] == self.tensor.coded_shape(tile)

    def _coded_again(self, tile: int) -> Bytes:
        """The symbols of a tile by predicting it once more, which is quicker than to decode it again."""
        weights = self.expected_tile(tile)
        if self.tensor.prediction is Prediction.FLAT_LEFT:
            return difference(weights)
        predictor = self.tensor.predictor(tile) or Predictor.NONE
        return within_tile_symbols(weights, predictor).reshape(-1)

    def expected(self, tile: int) -> Bytes:
        """u8[coded rows, coded cols]: the tile's weights as unsigned bytes, padding included."""
        if self.tensor.prediction is Prediction.FLAT_LEFT and not (
            self.sound[tile] and self._unpadded(tile)
        ):
            return undo_difference(self.symbols(tile)).reshape(self.tensor.coded_shape(tile))
        return part(self.true, self.tensor.rectangle(tile))

    def expected_tile(self, tile: int) -> Bytes:
        """u8[rows, cols]: the tile's weights as they should stand in the matrix."""
        return part(self.true, self.tensor.rectangle(tile))

    def found_tile(self, tile: int) -> Bytes:
        """u8[rows, cols]: what stands in the tile's place of the matrix."""
        return part(self.found, self.tensor.rectangle(tile))

    def telling(self, tiles: Sequence[int] | NDArray[np.int64]) -> NDArray[np.bool_]:
        """bool[tiles]: which of these tiles were not found (nearly) constant, from which no mistake can be told."""
        for tile in map(int, tiles):
            if tile not in self._telling:
                found = self.found_tile(tile)
                step = -(-found.shape[0] * found.shape[1] // LOOKED_AT) or 1
                seen = found[::step]
                most = int(np.bincount(seen.reshape(-1), minlength=256).max())
                self._telling[tile] = most < CONSTANT * seen.size
        return np.array([self._telling[int(tile)] for tile in tiles], dtype=np.bool_)

    @cached_property
    def differing(self) -> NDArray[np.int64]:
        """int64[tiles]: weights of each tile that are to be explained; 0 where there is no truth."""
        tensor = self.tensor
        counts = grid_differences(
            self.true.view(np.uint8), self.found.view(np.uint8), tensor.tile_rows, tensor.tile_cols
        )
        row, col = tensor.tiles["row"].astype(np.int64), tensor.tiles["col"].astype(np.int64)
        inside = (row < counts.shape[0]) & (col < counts.shape[1]) & self.considered
        differing = np.zeros(len(tensor.tiles), dtype=np.int64)
        differing[inside] = counts[row[inside], col[inside]]
        return differing

    @cached_property
    def wrong_weights(self) -> NDArray[np.bool_]:
        """bool[rows, cols]: which weights differ, in tiles that the judge decodes."""
        wrong: NDArray[np.bool_] = self.true != self.found
        for tile in np.flatnonzero(~self.considered):
            place = self.tensor.rectangle(int(tile))
            wrong[place.row : place.row + place.rows, place.col : place.col + place.cols] = False
        return wrong

    @cached_property
    def wrong(self) -> NDArray[np.int64]:
        """The tiles in which a weight differs, in coding order."""
        return np.flatnonzero(self.differing)

    def wrong_outside(self, skipped: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The tiles in which a weight differs that is not skipped: bool[rows, cols], or bool[0, 0] for none."""
        if not len(skipped):
            return self.wrong
        left, found = self.wrong_weights & ~skipped, []
        for tile in self.wrong.tolist():
            place = self.tensor.rectangle(tile)
            inside = left[place.row : place.row + place.rows, place.col : place.col + place.cols]
            if inside.any():
                found.append(tile)
        return np.array(found, dtype=np.int64)

    @cached_property
    def sampled(self) -> tuple[int, ...]:
        """Differing tiles to try a hypothesis on: the first, the last, some at the edges and some between."""
        return _spread(self.tensor, self.wrong, SAMPLED)

    @cached_property
    def equal_sampled(self) -> tuple[int, ...]:
        """Tiles that are right, to hold a hypothesis against that would make them wrong."""
        right = np.flatnonzero(self.sound & (self.differing == 0))
        return _spread(self.tensor, right, SAMPLED // 4)


def part(matrix: NDArray[np.int8], place: Rectangle) -> Bytes:
    """u8[rows, cols]: a rectangle of a matrix, as unsigned bytes."""
    inside = matrix[place.row : place.row + place.rows, place.col : place.col + place.cols]
    return inside.view(np.uint8)


def low_bytes(weights: NDArray[np.generic]) -> NDArray[np.int8]:
    """int8[rows, cols], C-contiguous: the lowest eight bits of each weight."""
    if weights.dtype.itemsize == 1:
        return np.ascontiguousarray(weights).view(np.int8)
    return np.ascontiguousarray(weights.astype(np.int64).astype(np.uint8)).view(np.int8)


def _spread(tensor: Tensor, tiles: NDArray[np.int64], count: int) -> tuple[int, ...]:
    """At most `count` of `tiles`: half of them evenly spread, the others at the matrix's edges, if so many are."""
    if len(tiles) <= count:
        return tuple(tiles.tolist())
    row, col = tensor.tiles["row"][tiles], tensor.tiles["col"][tiles]
    edge = tiles[(row == tensor.grid_rows - 1) | (col == tensor.grid_cols - 1)]
    chosen = {*_evenly(edge, count // 2)}
    chosen |= {*_evenly(tiles, count - len(chosen))}
    return tuple(sorted(chosen))


def _evenly(tiles: NDArray[np.int64], count: int) -> list[int]:
    """`count` of `tiles`, the first and the last among them."""
    if not len(tiles):
        return []
    places = np.unique(np.linspace(0, len(tiles) - 1, count).round().astype(np.int64))
    chosen: list[int] = tiles[places].tolist()
    return chosen
