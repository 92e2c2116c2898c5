"""Brings a decoded tensor up to date where edits have touched streams: what cannot have changed is not decoded again.

Prediction from other tiles (DIFFERENCED) is linear, modulo 256: a tile whose own stream is as it was changes by what
its edge has changed by, undone as if its residuals were all 0. So the damage of one stream is followed through the
tiles that are predicted from it, and no other stream is read.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import Container, Prediction, Rectangle, Tensor
from codec.decoders.base import Decoder, Tick, after_neighbours, matrix_lookup, no_tick
from codec.decoders.streams import FIRST_VALUES, DecodedStream, Status
from codec.prediction import edge_positions, needs, undo_residuals


def bring_up_to_date(
    decoder: Decoder,
    container: Container,
    tensor: Tensor,
    touched: Collection[int],
    weights: NDArray[np.int8],
    reads: NDArray[Any],
    tick: Tick = no_tick,
) -> None:
    """Decodes the tiles anew whose streams are others, and carries on to what is predicted from them.

    Args:
        decoder: decodes them.
        container, tensor: the file with its edits, and one of its tensors.
        touched: the tiles whose streams are others than those that gave `weights`.
        weights: int8[rows, cols] as decoded before; changed in place.
        reads: TILE_READ[n] as decoded before; changed in place.
        tick: told (tiles done, tiles known to be left).

    Raises:
        Cancelled: `tick` says so.
    """
    if tensor.prediction is Prediction.DIFFERENCED:
        _Spread(decoder, container, tensor, weights, reads).run(touched, tick)
        return
    for tile, part in decoder.decode_tiles(container, tensor, sorted(touched), {}).items():
        weights[_inside(tensor.rectangle(tile))] = part.weights
        reads[tile] = part.stream.log(part.weights)


@dataclass(eq=False)
class _Spread:
    """A tensor whose tiles are predicted from one another, as edits change it; see `bring_up_to_date`."""

    decoder: Decoder
    container: Container
    tensor: Tensor
    weights: NDArray[np.int8]
    reads: NDArray[Any]

    def run(self, touched: Collection[int], tick: Tick) -> None:
        """Takes the tiles in their order: each is predicted from earlier ones alone."""
        before = self.weights.copy()
        streams = {
            stream.tile: stream
            for stream in self.decoder.decode_streams(self.container, self.tensor, sorted(touched))
        }
        waiting, seen = sorted(touched), set(touched)
        done = 0
        while waiting:
            tile = heapq.heappop(waiting)
            tick(done, done + len(waiting) + 1)
            done += 1
            if self._changes(tile, streams.get(tile), before):
                for other in self._predicted_from(tile):
                    if other not in seen:
                        seen.add(other)
                        heapq.heappush(waiting, other)

    def _changes(self, tile: int, stream: DecodedStream | None, before: NDArray[np.int8]) -> bool:
        """Brings one tile up to date; whether its weights or its status are others now."""
        inside, status = _inside(self.tensor.rectangle(tile)), int(self.reads["status"][tile])
        if stream is None and self.reads["decoded"][tile] != self.tensor.symbol_count(tile):
            # What follows the place where it stopped is 0, whatever it is predicted from.
            (stream,) = self.decoder.decode_streams(self.container, self.tensor, [tile])
        if stream is None:
            self._carry_on(tile, before)
        else:
            self._decode(stream)
        other = not np.array_equal(self.weights[inside], before[inside])
        return other or status != int(self.reads["status"][tile])

    def _decode(self, stream: DecodedStream) -> None:
        stream = after_neighbours(self.tensor, stream, self._bad)
        part = self.decoder.weights_of(self.tensor, stream, matrix_lookup(self.weights))
        self.weights[_inside(self.tensor.rectangle(stream.tile))] = part
        self.reads[stream.tile] = stream.log(part)

    def _carry_on(self, tile: int, before: NDArray[np.int8]) -> None:
        """Brings a tile up to date whose stream is as it was."""
        tensor, read, place = self.tensor, self.reads[tile], self.tensor.rectangle(tile)
        if read["status"] in (Status.OK, Status.NEIGHBOUR):
            bad = any(map(self._bad, needs(tensor, tile)))
            read["status"] = Status.NEIGHBOUR if bad else Status.OK
        predictor = tensor.predictor(tile)
        edge = None if predictor is None else edge_positions(place, predictor, tensor.cols)
        if predictor is None or edge is None or not place.size:
            return
        now, then = (matrix.reshape(-1).view(np.uint8) for matrix in (self.weights, before))
        change = undo_residuals(
            np.zeros((place.rows, place.cols), dtype=np.uint8),
            place,
            predictor,
            tensor.cols,
            lambda positions: now[positions] - then[positions],
        )
        part = self.weights[_inside(place)]
        part += change.view(np.int8)
        read["first_weights"][: min(place.cols, FIRST_VALUES)] = part[0, :FIRST_VALUES]

    def _bad(self, tile: int) -> bool:
        return bool(self.reads["status"][tile] != Status.OK)

    def _predicted_from(self, tile: int) -> Iterator[int]:
        """The later tiles that read weights of this one."""
        tensor, place = self.tensor, self.tensor.rectangle(tile)
        right, below = (place.row, place.col + place.cols), (place.row + place.rows, place.col)
        # LEFT may run on into the first tile of its tile row, wherever in the row it lies itself.
        columns = range(tensor.tile_cols, tensor.cols, tensor.tile_cols) if place.col == 0 else ()
        weights = {right, below, *((place.row, column) for column in columns)}
        for weight in sorted(weights):
            other = tensor.tile_at(*weight)
            if other is not None and other > tile and tile in needs(tensor, other):
                yield other


def _inside(place: Rectangle) -> tuple[slice, slice]:
    return slice(place.row, place.row + place.rows), slice(place.col, place.col + place.cols)
