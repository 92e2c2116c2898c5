"""The CUDA decoder: every tile of a tensor decoded at the same time, on the card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.checkpoints import Checkpoints
from codec.container import Container, Framing, Prediction, StreamFrame, Tensor
from codec.decoders.base import DecodedTensor, Decoder, Tick, matrix_lookup, no_tick
from codec.decoders.cuda import plan
from codec.decoders.cuda.card import Card, NoCard, open_card, reported
from codec.decoders.cuda.lane_launch import LaneLauncher
from codec.decoders.cuda.lane_plan import lane_flat_trips, lane_matrix_trips
from codec.decoders.cuda.lane_reads import log_first_values, refuse_unknown_predictors
from codec.decoders.cuda.lane_records import unknown_to_kernels
from codec.decoders.cuda.lane_streams import lane_streams
from codec.decoders.cuda.lane_trace import LaneWalker
from codec.decoders.cuda.launch import Decoded, Launcher
from codec.decoders.cuda.platform import card_platform
from codec.decoders.cuda.reads import log_first_rows, mark_neighbours
from codec.decoders.cuda.records import packed_table
from codec.decoders.cuda.trace import Walker
from codec.decoders.opening import failed_stream, open_for_trace, require_decodable, stream_read
from codec.decoders.platform import Platform
from codec.decoders.streams import TILE_READ, DecodedStream, Status
from codec.errors import DecodeError
from codec.side_files import Beside, beside
from codec.trace import Trace

SLOTS = 4096
"""Slots of the tables that the kernels know: M = 2^12."""


class CudaDecoder(Decoder):
    """Decodes with the kernels of `kernels/`, through cupy.

    Attributes:
        checkpoints: those of the tensor that is to be decoded; where None, those of the side file beside its
            file. Without any, one thread decodes a tile.
    """

    name = "cupy"
    description = "CUDA through cupy, all tiles at the same time, prediction undone on the card"
    isolated = True

    def __init__(
        self,
        checkpoints: Checkpoints | None = None,
        *,
        card: Card | None = None,
        memory_limit: int | None = None,
    ) -> None:
        """Opens no card yet.

        Args:
            checkpoints: of the one tensor that this decoder is for; by default the side file is looked for.
            card: the card to use, by default the current one.
            memory_limit: bytes of the card's memory to use at most; by default most of what is free.
        """
        self.checkpoints = checkpoints
        self._given = card
        self._limit = memory_limit

    def unavailable(self) -> str:
        """As `Decoder.unavailable`: no cupy, no driver, no card, kernels that do not compile."""
        try:
            self._card_or_reason()
        except NoCard as reason:
            return str(reason)
        return ""

    def unsupported(self, tensor: Tensor) -> str:
        """As `Decoder.unsupported`: the kernels know some kinds of native streams."""
        native = tensor.framing is Framing.LEADING_STATES
        return unknown_to_kernels(tensor) if native else ""

    def platform(self) -> Platform:
        """The card, the driver and cupy."""
        return card_platform(self._card())

    def decode_streams(
        self, container: Container, tensor: Tensor, tiles: Sequence[int]
    ) -> list[DecodedStream]:
        """As `Decoder.decode_streams`.

        Raises:
            DecodeError: the card cannot be used, fails, or has too little memory.
        """
        if tensor.refusal:
            refused = Status.TENSOR_REFUSED
            return [failed_stream(tensor, tile, None, refused, tensor.refusal) for tile in tiles]
        if tensor.framing is Framing.LEADING_STATES:
            return self._lane_streams(container, tensor, tiles)
        card, found = self._card(), []
        with reported(card):
            launcher = self._launcher(card, container, tensor)
            trips = plan.flat_trips(
                tensor, tiles, self._budget(card), launcher.checkpoints_per_tile
            )
            for trip in trips:
                found += self._streams(launcher, launcher.decode(trip, sums=False))
            self.timing = launcher.timing
        return found

    def decode(self, container: Container, tensor: Tensor, tick: Tick = no_tick) -> DecodedTensor:
        """As `Decoder.decode`.

        Raises:
            DecodeError: none of it can be decoded; or as for `decode_streams`.
        """
        require_decodable(tensor)
        if tensor.framing is Framing.LEADING_STATES:
            return self._decode_lanes(container, tensor, tick)
        card = self._card()
        with reported(card):
            launcher = self._launcher(card, container, tensor)
            weights = np.zeros((tensor.rows, tensor.cols), dtype=np.int8)
            reads = np.zeros(len(tensor.tiles), dtype=TILE_READ)
            done = 0
            for trip in plan.matrix_trips(
                tensor, self._budget(card), launcher.checkpoints_per_tile
            ):
                tick(done, len(reads))
                reads[trip.tiles] = self._fill(launcher, tensor, trip, weights)
                done += len(trip.tiles)
            self.timing = launcher.timing
        log_first_rows(tensor, weights, reads)
        if tensor.prediction is Prediction.DIFFERENCED:
            mark_neighbours(tensor, reads)
        timing = self.timing
        self._log_shadowed(container, tensor, weights, reads)
        self.timing = timing
        tick(len(reads), len(reads))
        return DecodedTensor(weights, reads)

    def trace(
        self,
        container: Container,
        tensor: Tensor,
        tile: int,
        first: int = 0,
        last: int | None = None,
    ) -> Trace:
        """As `Decoder.trace`; what is recorded is what the card did.

        Raises:
            DecodeError: as for `Decoder.trace`; or as for `decode_streams`.
        """
        frame, _ = open_for_trace(container, tensor, tile)
        count = tensor.symbol_count(tile)
        first, last = min(max(first, 0), count), count if last is None else min(last, count)
        card = self._card()
        if tensor.framing is Framing.LEADING_STATES:
            return self._trace_lanes(card, container, tensor, tile, frame, (first, last))
        with reported(card):
            stream = container.source.read(frame.offset, frame.size)
            walker = Walker(card, stream, self._table(tensor), frame, tile)
            checkpoints = self._checkpoints(container, tensor)
            found = checkpoints.before(tile, first) if checkpoints else None
            if found is not None and first <= last:
                walker.enter(found)
            walker.skip_to(min(first, last))
            columns = walker.record_to(last)
        status = walker.status
        stopped = "" if status is Status.OK else f"{status.word} at step {walker.step:,}"
        return Trace(columns, (stream_read(tensor, tile, frame),), stopped)

    def _lane_launcher(self, card: Card, container: Container, tensor: Tensor) -> LaneLauncher:
        """For a native tensor.

        Raises:
            DecodeError: the kernels know no such streams.
        """
        self._require_supported(tensor)
        return LaneLauncher(card, container, tensor, checksums=self.verify_checksums)

    def _decode_lanes(self, container: Container, tensor: Tensor, tick: Tick) -> DecodedTensor:
        """As `decode`, for a native tensor."""
        card = self._card()
        weights = np.zeros((tensor.rows, tensor.cols), dtype=np.int8)
        reads = np.zeros(len(tensor.tiles), dtype=TILE_READ)
        done = 0
        with reported(card):
            launcher = self._lane_launcher(card, container, tensor)
            for trip in lane_matrix_trips(tensor, self._budget(card)):
                tick(done, len(reads))
                decoded = launcher.decode(trip)
                launcher.copy_back(
                    decoded.output, weights[trip.first_row : trip.first_row + trip.rows]
                )
                reads[trip.tiles] = decoded.reads
                done += len(trip.tiles)
            self.timing = launcher.timing
        refuse_unknown_predictors(tensor, reads)
        log_first_values(tensor, weights, reads)
        tick(len(reads), len(reads))
        return DecodedTensor(weights, reads)

    def _lane_streams(
        self, container: Container, tensor: Tensor, tiles: Sequence[int]
    ) -> list[DecodedStream]:
        """As `decode_streams`, for a native tensor."""
        card, found = self._card(), []
        with reported(card):
            launcher = self._lane_launcher(card, container, tensor)
            for trip in lane_flat_trips(tensor, tiles, self._budget(card)):
                decoded = launcher.decode(trip, checked=False)
                values = np.empty(trip.output, dtype=np.uint8)
                launcher.copy_back(decoded.output, values)
                found += lane_streams(container, tensor, trip, decoded, values)
            self.timing = launcher.timing
        return found

    def _trace_lanes(
        self,
        card: Card,
        container: Container,
        tensor: Tensor,
        tile: int,
        frame: StreamFrame,
        window: tuple[int, int],
    ) -> Trace:
        """As `trace`, for a native tensor."""
        self._require_supported(tensor)
        with reported(card):
            stream = container.source.read(frame.offset, frame.size)
            walker = LaneWalker(card, stream, tensor, frame, tile)
            columns = walker.record(*window)
        status = walker.status
        stopped = "" if status is Status.OK else f"{status.word} at step {walker.steps:,}"
        return Trace(columns, (stream_read(tensor, tile, frame),), stopped)

    def _require_supported(self, tensor: Tensor) -> None:
        reason = self.unsupported(tensor)
        if reason:
            raise DecodeError(f"the decoder cupy cannot decode {tensor.name}: {reason}")

    def _card_or_reason(self) -> Card:
        return self._given or open_card()

    def _card(self) -> Card:
        try:
            return self._card_or_reason()
        except NoCard as reason:
            raise DecodeError(f"the decoder cupy is not available: {reason}") from None

    def _budget(self, card: Card) -> int:
        free = card.free_bytes()
        return free if self._limit is None else min(free, self._limit)

    def _table(self, tensor: Tensor) -> NDArray[np.uint32]:
        """The table as the kernels take it.

        Raises:
            DecodeError: they know no such tables.
        """
        if tensor.table.total != SLOTS:
            raise DecodeError(
                f"the kernels know tables of {SLOTS:,} slots, not of {tensor.table.total:,}"
            )
        return packed_table(tensor.table)

    def _launcher(self, card: Card, container: Container, tensor: Tensor) -> Launcher:
        checkpoints = self._checkpoints(container, tensor)
        return Launcher(card, container, tensor, self._table(tensor), checkpoints)

    def _checkpoints(self, container: Container, tensor: Tensor) -> Checkpoints | None:
        """The checkpoints to start from; says whether there are some, or why they are not used."""
        found = Beside(self.checkpoints) if self.checkpoints else beside(container, tensor)
        self.notice = found.notice
        self.checkpoint_interval = found.checkpoints.interval if found.checkpoints else 0
        return found.checkpoints

    def _fill(
        self, launcher: Launcher, tensor: Tensor, trip: plan.Trip, weights: NDArray[np.int8]
    ) -> NDArray[Any]:
        """Fills the rows of a trip in; returns TILE_READ[n] of its tiles."""
        decoded, end = launcher.decode(trip, sums=True), trip.first_row + trip.rows
        rows = weights[trip.first_row : end]
        matrix = decoded.output
        if tensor.prediction is Prediction.DIFFERENCED:
            above = weights[trip.first_row - 1] if trip.first_row else None
            matrix = launcher.undo_prediction(decoded, above)
        launcher.copy_back(matrix, rows)
        return decoded.reads

    def _streams(self, launcher: Launcher, decoded: Decoded) -> list[DecodedStream]:
        """The outcomes of a trip's streams, one by one."""
        symbols = np.empty(decoded.trip.output, dtype=np.uint8)
        launcher.copy_back(decoded.output, symbols)
        found = []
        for place, read in enumerate(decoded.reads):
            record = decoded.trip.records[place]
            begin, count = int(record["target"]), int(record["count"])
            detail = decoded.details.get(place, "")
            found.append(_stream(read, symbols[begin : begin + count], detail))
        return found

    def _log_shadowed(
        self, container: Container, tensor: Tensor, weights: NDArray[np.int8], reads: NDArray[Any]
    ) -> None:
        """Logs the first weights of tiles that do not show in the matrix, since later ones cover them."""
        for tile in np.flatnonzero(plan.shadowed(tensor)).tolist():
            (stream,) = self.decode_streams(container, tensor, [tile])
            part = self.weights_of(tensor, stream, matrix_lookup(weights))
            reads[tile] = stream.log(part)


def _stream(read: np.void, symbols: NDArray[np.uint8], detail: str) -> DecodedStream:
    """The outcome of a stream in the terms of every decoder."""
    status = Status(int(read["status"]))
    offset, size, count = (int(read[name]) for name in ("offset", "size", "symbol_count"))
    frame = StreamFrame(offset, size, count, (int(read["initial_state"]),))
    return DecodedStream(
        int(read["tile"]),
        None if status is Status.UNREADABLE else frame,
        symbols,
        int(read["decoded"]),
        int(read["final_state"]),
        int(read["bytes_left"]),
        status,
        detail,
    )
