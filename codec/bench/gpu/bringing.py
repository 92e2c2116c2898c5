"""Brings a layer from its file to the card and decodes it there: with one transfer, or with one for every tile.

The weights stay on the card, where a model needs them. The time is the host's, from asking to the card having done all
of it: with many small transfers and launches it is they that take the time, and the card's events do not see that.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from codec.bench.contender import Timing
from codec.bench.data import Matrix
from codec.bench.gpu.filling import fetched, fill
from codec.bench.gpu.on_card import card_or_refusal
from codec.bench.gpu.per_tile import tile_trip
from codec.bench.options import Options, require_known, switch
from codec.bench.ours import stages as stages_of
from codec.bench.scenario.ways import Way, require_decoded
from codec.container import Container, Framing, Prediction, Tensor
from codec.decoders.cuda.card import Card, reported
from codec.decoders.cuda.lane_launch import LaneLauncher
from codec.decoders.cuda.lane_plan import lane_matrix_trips
from codec.decoders.cuda.lane_records import unknown_to_kernels
from codec.decoders.cuda.launch import Launcher
from codec.decoders.cuda.plan import Trip, matrix_trips
from codec.decoders.cuda.records import packed_table
from codec.decoders.streams import Status
from codec.errors import InputError
from codec.formats import native, parse
from codec.rerun.recipe import Recipe
from codec.source import Source

OPTIONS = ("per_tile", "checksums")
"""`per_tile`: a transfer and a launch for every tile, as the original did. `checksums`: whether they are checked."""

OVERWRITTEN = 0xA5


class Place(NamedTuple):
    """Where the weights of a trip lie: u8[rows × pitch] on the card; the matrix's from `row` and `col` on."""

    output: Any
    row: int
    col: int
    rows: int
    cols: int
    pitch: int


class CardWays:
    """Decoding on the card; see `codec.bench.scenario.ways.Ways`."""

    threads = 0

    def __init__(self, recipe: Recipe, options: Options, card: Card | None = None) -> None:
        """Opens the card.

        Args:
            recipe: of the files.
            options: see `OPTIONS`.
            card: the card; by default the current one.

        Raises:
            InputError: an option is not for it, or there is no card.
        """
        require_known(options, OPTIONS, "cupy")
        self._per_tile = switch(options, "per_tile", False)
        self._checksums = switch(options, "checksums", True)
        self._card = card_or_refusal(card)
        self.device = self._card.name
        self.encoder = "cupy" if recipe.layout == native.NAME and not self._per_tile else "cpu"

    def open(self, file: Source) -> Way:
        """As `Ways.open`; what goes to the card together is planned here, once.

        Raises:
            InputError: the kernels know no such file, or it cannot be decoded so.
        """
        container = parse(file)
        (tensor,) = container.tensors
        _require_known(tensor)
        if self._per_tile and tensor.prediction is Prediction.DIFFERENCED:
            raise InputError("its tiles are predicted from one another, so none is decoded alone")
        trips = self._trips(tensor)
        if tensor.prediction is Prediction.DIFFERENCED and len(trips) > 1:
            raise InputError("it does not fit into the card's memory at once")
        return CardWay(self._card, container, trips, checksums=self._checksums)

    def kept(self) -> AbstractContextManager[None]:
        """As `Ways.kept`: the host does what it likes."""
        return nullcontext()

    def _trips(self, tensor: Tensor) -> list[Trip]:
        if self._per_tile:
            return [tile_trip(tensor, tile) for tile in range(len(tensor.tiles))]
        free = self._card.free_bytes()
        if tensor.framing is Framing.LEADING_STATES:
            return list(lane_matrix_trips(tensor, free))
        return list(matrix_trips(tensor, free))


class CardWay:
    """One layer's; see `codec.bench.scenario.ways.Way`."""

    def __init__(
        self, card: Card, container: Container, trips: Sequence[Trip], *, checksums: bool
    ) -> None:
        self._card, self._container, self._trips = card, container, trips
        (self._tensor,) = container.tensors
        self._checksums = checksums
        self.tiles, self.stored_bytes = len(self._tensor.tiles), container.source.size
        self._places: list[Place] = []

    def bring(self) -> Timing:
        """As `Way.bring`."""
        with reported(self._card):
            begin = perf_counter()
            launcher, failed, places = self._launcher(), 0, []
            for trip in self._trips:
                output, reads = self._decoded(launcher, trip)
                failed += int(np.count_nonzero(reads["status"] != Status.OK))
                places.append(self._place(trip, output))
            self._card.cupy.cuda.get_current_stream().synchronize()
            seconds = perf_counter() - begin
            stages = stages_of(launcher.timing)
        require_decoded(failed, self._tensor.name)
        self._places = places
        del stages["from_device"]
        return Timing(seconds, stages)

    def weights(self) -> Matrix | None:
        """As `Way.weights`."""
        if not self._places:
            return None
        found = np.zeros((self._tensor.rows, self._tensor.cols), dtype=np.int8)
        with reported(self._card):
            for place in self._places:
                part = fetched(self._card, place.output, place.rows, place.pitch)
                rows = slice(place.row, place.row + place.rows)
                found[rows, place.col : place.col + place.cols] = part[:, : place.cols]
        return found

    def clear(self) -> None:
        """As `Way.clear`."""
        with reported(self._card):
            for place in self._places:
                fill(place.output, OVERWRITTEN)
        self._places = []

    def _launcher(self) -> Launcher | LaneLauncher:
        if self._tensor.framing is Framing.LEADING_STATES:
            return LaneLauncher(
                self._card, self._container, self._tensor, checksums=self._checksums
            )
        return Launcher(self._card, self._container, self._tensor, packed_table(self._tensor.table))

    def _decoded(self, launcher: Launcher | LaneLauncher, trip: Trip) -> tuple[Any, Any]:
        """The weights of a trip on the card, and TILE_READ of its tiles."""
        if isinstance(launcher, LaneLauncher):
            lanes = launcher.decode(trip)
            return lanes.output, lanes.reads
        done = launcher.decode(trip, sums=True)
        if self._tensor.prediction is Prediction.DIFFERENCED:
            return launcher.undo_prediction(done, None).reshape(-1), done.reads
        return done.output, done.reads

    def _place(self, trip: Trip, output: Any) -> Place:
        """Where in the matrix the weights of a trip belong: a band of it, or a tile."""
        if len(trip.tiles) == 1:
            tile = self._tensor.rectangle(int(trip.tiles[0]))
            return Place(output, tile.row, tile.col, tile.rows, tile.cols, trip.pitch)
        return Place(output, trip.first_row, 0, trip.rows, self._tensor.cols, trip.pitch)


class Receiver:
    """Takes weights that were decoded elsewhere; see `codec.bench.scenario.ways.Receiver`."""

    def __init__(self, card: Card) -> None:
        self._card = card

    def put(self, weights: Matrix) -> Any:
        """Copies weights to the card as a program does that has them in ordinary memory; waits until they are there."""
        with reported(self._card):
            there = self._card.cupy.asarray(weights.reshape(-1).view(np.uint8))
            self._card.cupy.cuda.get_current_stream().synchronize()
        return there

    def fetched(self, there: Any, rows: int, cols: int) -> Matrix:
        """Copies them back."""
        with reported(self._card):
            return fetched(self._card, there, rows, cols)

    def clear(self, there: Any) -> None:
        """Overwrites them."""
        with reported(self._card):
            fill(there, OVERWRITTEN)


def _require_known(tensor: Tensor) -> None:
    """Raises InputError where the kernels know no such streams."""
    if tensor.framing is Framing.LEADING_STATES and (reason := unknown_to_kernels(tensor)):
        raise InputError(reason)
