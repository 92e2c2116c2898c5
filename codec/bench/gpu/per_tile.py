"""The original's path: for every tile one copy to the card, one launch, and one copy back.

It is measured so that what it costs can be seen beside one copy and one launch for all of them.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from codec.bench.contender import Timing
from codec.bench.data import Matrix, digest
from codec.bench.gpu.on_card import card_or_refusal
from codec.bench.options import Options, require_known
from codec.bench.ours import stages
from codec.bench.plan import Action
from codec.container import Framing, Prediction, Tensor
from codec.decoders.cuda.card import Card, reported
from codec.decoders.cuda.lane_launch import LaneLauncher
from codec.decoders.cuda.lane_plan import lane_records
from codec.decoders.cuda.lane_records import unknown_to_kernels
from codec.decoders.cuda.launch import Launcher
from codec.decoders.cuda.plan import Trip, matrix_records, stream_span, widest_store
from codec.decoders.cuda.records import packed_table
from codec.decoders.streams import Status
from codec.errors import InputError
from codec.formats import parse
from codec.rerun.encoding import encode_again
from codec.rerun.recipe import Recipe
from codec.rerun.sources import SourceWeights
from codec.source import BytesSource

OPTIONS = ("per_tile",)


class PerTileContender:
    """A transfer and a launch for every tile. See `Contender`."""

    stored_bytes = 0
    tiles = 0
    threads = 0
    device = ""

    def __init__(self, recipe: Recipe, options: Options, card: Card | None = None) -> None:
        """Opens no card yet.

        Args:
            recipe: of the file.
            options: see `OPTIONS`.
            card: the card; by default the current one.

        Raises:
            InputError: an option means nothing here.
        """
        require_known(options, OPTIONS, "cupy tile by tile")
        self._recipe, self._given = recipe, card
        self._weights: Matrix = np.zeros((0, 0), dtype=np.int8)
        self._decoded: Matrix | None = None
        self._failed = 0

    def prepare(self, weights: Matrix) -> None:
        """As `Contender.prepare`; the trips of all tiles are planned beforehand.

        Raises:
            InputError: there is no card, or the layout cannot be decoded tile by tile.
        """
        file = encode_again(SourceWeights("weights", "weights", weights), self._recipe)
        self._container = parse(BytesSource(file, "the encoded file"))
        (self._tensor,) = self._container.tensors
        if self._tensor.prediction is Prediction.DIFFERENCED:
            raise InputError("its tiles are predicted from one another, so none is decoded alone")
        if self._is_native and (reason := unknown_to_kernels(self._tensor)):
            raise InputError(reason)
        self._card = card_or_refusal(self._given)
        self._weights, self.device = weights, self._card.name
        self.stored_bytes, self.tiles = len(file), len(self._tensor.tiles)
        self._trips = [tile_trip(self._tensor, tile) for tile in range(self.tiles)]

    def clear(self) -> None:
        """As `Contender.clear`."""
        if self._decoded is not None:
            np.invert(self._decoded, out=self._decoded)
        self._decoded = None

    def run(self, action: Action) -> Timing:
        """As `Contender.run`.

        Raises:
            InputError: it is to encode.
            DecodeError: a tile fails.
        """
        if action is Action.ENCODE:
            raise InputError("tile by tile there is decoding alone")
        with reported(self._card):
            begin = time.perf_counter()
            launcher = self._launcher()
            decoded = np.zeros(self._weights.shape, dtype=np.int8)
            self._failed = 0
            for trip in self._trips:
                self._fill(launcher, trip, decoded)
            seconds = time.perf_counter() - begin
            found = stages(launcher.timing)
        self._decoded = decoded
        return Timing(seconds, found)

    def wrong(self, action: Action) -> int:
        """As `Contender.wrong`."""
        if self._decoded is None:
            return int(self._weights.size)
        return int(np.count_nonzero(self._decoded != self._weights)) or self._failed

    def digest(self, action: Action) -> str:
        """As `Contender.digest`."""
        return "" if self._decoded is None else digest(self._decoded)

    def moved_bytes(self, action: Action) -> int:
        """As `Contender.moved_bytes`."""
        return self._weights.size + self.stored_bytes

    def close(self) -> None:
        """As `Contender.close`."""
        self._decoded, self._trips = None, []

    @property
    def _is_native(self) -> bool:
        return self._tensor.framing is Framing.LEADING_STATES

    def _launcher(self) -> Launcher | LaneLauncher:
        if self._is_native:
            return LaneLauncher(self._card, self._container, self._tensor, checksums=False)
        table = packed_table(self._tensor.table)
        return Launcher(self._card, self._container, self._tensor, table)

    def _fill(self, launcher: Launcher | LaneLauncher, trip: Trip, decoded: Matrix) -> None:
        """Decodes a tile, and copies it to its place in the matrix."""
        if isinstance(launcher, LaneLauncher):
            done: Any = launcher.decode(trip)
        else:
            done = launcher.decode(trip, sums=True)
        place = self._tensor.rectangle(int(trip.tiles[0]))
        tile = np.empty((place.rows, trip.pitch), dtype=np.int8)
        launcher.copy_back(done.output[: tile.size], tile)
        decoded[place.row : place.row + place.rows, place.col : place.col + place.cols] = tile[
            :, : place.cols
        ]
        if (done.reads["status"] != Status.OK).any():
            self._failed += place.size


def tile_trip(tensor: Tensor, tile: int) -> Trip:
    """What one tile takes along; its weights go to the start of memory of its own, of `rows` rows of `pitch` bytes."""
    tiles, place = np.array([tile], dtype=np.int64), tensor.rectangle(tile)
    if tensor.framing is Framing.LEADING_STATES:
        records, pitch = lane_records(tensor, tiles), place.cols
        records["width"] = max(place.cols, 1)
    else:
        records, pitch = matrix_records(tensor, tiles, place.row), tensor.tile_cols
        records["target"] = 0
        records["store"] = widest_store(pitch, tensor.tile_cols, records)
    begin, size = stream_span(tensor, tiles)
    return Trip(tiles, records, begin, size, 0, place.rows, place.rows * pitch, pitch)
