"""Runs the kernels: one copy of a part of the file to the card, the launches, and what they report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.checkpoints import Checkpoints
from codec.container import Container, Tensor
from codec.decoders.cuda.card import UNDO_THREADS, Card
from codec.decoders.cuda.clock import Clock
from codec.decoders.cuda.download import download
from codec.decoders.cuda.plan import Trip, places
from codec.decoders.cuda.reads import finished, read_streams
from codec.decoders.cuda.records import (
    LAUNCH,
    OUTCOME,
    READ_AHEAD,
    UNDO,
    UNFINISHED,
    is_complete,
    one,
)
from codec.decoders.cuda.upload import Upload
from codec.decoders.streams import Status
from codec.decoders.timing import Timing
from codec.errors import DecodeError

SYMBOLS_PER_LAUNCH = 1 << 22
"""Symbols that one thread decodes in one launch, at most: about a third of a second. Some systems end
kernels that run for seconds, and between two launches the work can be stopped."""

WARP = 32
"""Threads that a card runs in step."""

WARPS_PER_PROCESSOR = 4
"""Warps that a multiprocessor runs without one waiting for another: it has so many schedulers."""

MOST_THREADS = 1 << 32
"""Threads of a launch are fewer: kernels number them in 32 bits."""


@dataclass(frozen=True, eq=False)
class Decoded:
    """What one trip left on the card.

    Attributes:
        trip: which tiles.
        upload: what they were decoded from.
        output: u8[trip.output], on the card.
        outcomes: OUTCOME[n], on the card, of the tiles that could be started.
        started: int64[n], their places in the trip.
        reads: TILE_READ of all tiles of the trip; first_weights are not filled in.
        details: more about the status of a tile, by its place in the trip.
    """

    trip: Trip
    upload: Upload
    output: Any
    outcomes: Any
    started: NDArray[np.int64]
    reads: NDArray[Any]
    details: dict[int, str]


class Launcher:
    """Decodes trips of one tensor on one card.

    What is asked of the card is queued, and timed by events that are queued with it, so that the time of a
    kernel does not hold the time that it took to launch it.
    """

    def __init__(
        self,
        card: Card,
        container: Container,
        tensor: Tensor,
        table: NDArray[np.uint32],
        checkpoints: Checkpoints | None = None,
    ) -> None:
        self._card = card
        self._container = container
        self._tensor = tensor
        self._checkpoints = checkpoints
        self._table = table
        self._clock = Clock(card)

    @property
    def timing(self) -> Timing:
        """Of all trips so far; waits for the card."""
        return self._clock.timing

    @property
    def checkpoints_per_tile(self) -> int:
        """Checkpoints that go along for each tile."""
        return 0 if self._checkpoints is None else self._checkpoints.records.shape[1]

    def decode(self, trip: Trip, *, sums: bool) -> Decoded:
        """Decodes the streams of a trip to symbols, or to the running sums of symbol - 128.

        Raises:
            DecodeError: the checkpoints belong to other streams.
        """
        cupy = self._card.cupy
        upload = self._room(trip)
        data = upload.host[READ_AHEAD : READ_AHEAD + trip.size]
        with self._clock.reading():
            reads, details = read_streams(self._container, self._tensor, trip, data)
        started = np.flatnonzero(reads["status"] == Status.OK)
        output = cupy.zeros(max(trip.output, 1), dtype=np.uint8)
        outcomes = cupy.zeros(max(len(started), 1) * OUTCOME.itemsize, dtype=np.uint8)
        done = Decoded(trip, upload, output, outcomes, started, reads, details)
        if len(started):
            self._send(done)
            self.run_kernels(done, sums=sums)
            self._report(done, sums=sums)
        return done

    def undo_prediction(self, done: Decoded, above: NDArray[np.int8] | None) -> Any:
        """From the residuals of a trip to its rows of the matrix.

        Args:
            done: a trip, decoded to sums.
            above: int8[cols], the weights of the row above; None for the first.

        Returns:
            u8[rows, cols] on the card.
        """
        cupy, trip, cols = self._card.cupy, done.trip, self._tensor.cols
        extra = 0 if above is None else 1
        matrix = cupy.zeros(((trip.rows + extra), cols), dtype=np.uint8)
        if above is not None:
            matrix[0].set(above.view(np.uint8))
        tiles = trip.tiles[done.started]
        _, begins = places(self._tensor, tiles, trip.records[done.started])
        undo = one(
            UNDO,
            residuals=done.output.data.ptr,
            places=done.upload.address("places"),
            outcomes=done.outcomes.data.ptr,
            matrix=matrix.data.ptr,
            cols=cols,
            first_row=trip.first_row - extra,
        )
        with self._clock.timed("kernel"):
            for first, last in zip(begins[:-1].tolist(), begins[1:].tolist(), strict=True):
                kernel = self._card.kernels["undo_prediction"]
                kernel((last - first,), (UNDO_THREADS,), (undo, np.uint32(first)))
        return matrix[extra:]

    def copy_back(self, source: Any, target: NDArray[Any]) -> None:
        """Copies from the card into an array of the host, C-contiguous and of the same size."""
        with self._clock.copying_back():
            download(self._card, source, target)

    def _room(self, trip: Trip) -> Upload:
        """The upload of a trip, still empty but for the table."""
        count, table = len(trip.tiles), self._table
        undone = 0 if self._tensor.padded else count
        sizes = {
            "data": trip.size + 2 * READ_AHEAD,
            "table": table.nbytes,
            "tiles": trip.records.nbytes,
            "checkpoints": 8 * count * self.checkpoints_per_tile,
            "places": 32 * undone,
        }
        upload = Upload.of_sections(self._card, sizes)
        upload.put("table", table)
        return upload

    def _send(self, done: Decoded) -> None:
        """Fills in what the bytes of the file decide, and copies all of it to the card."""
        trip, upload, started = done.trip, done.upload, done.started
        records = trip.records[started]
        records["offset"] = (
            done.reads["offset"][started] - np.uint64(trip.begin) + np.uint64(READ_AHEAD)
        )
        records["size"] = done.reads["size"][started]
        upload.put("tiles", records)
        tiles = trip.tiles[started]
        if self._checkpoints is not None:
            upload.put("checkpoints", self._checkpoints.records[tiles])
        if not self._tensor.padded:
            upload.put("places", places(self._tensor, tiles, records)[0])
        with self._clock.timed("transfer"):
            host = upload.host
            upload.device.data.copy_from_host_async(host.ctypes.data, host.nbytes)

    def run_kernels(self, done: Decoded, *, sums: bool) -> None:
        """Decodes the streams that can be started, in as many launches as it takes."""
        upload, threads = done.upload, self._card.decode_threads
        segments = self.checkpoints_per_tile + 1
        spread = spread_of(len(done.started) * segments, self._card.processors)
        blocks = -(-len(done.started) * segments * spread // threads)
        if (blocks + 1) * threads > MOST_THREADS:
            raise DecodeError(
                f"{len(done.started) * segments:,} segments are too many for one launch"
            )
        arguments = one(
            LAUNCH,
            data=upload.address("data"),
            table=upload.address("table"),
            tiles=upload.address("tiles"),
            checkpoints=upload.address("checkpoints"),
            outcomes=done.outcomes.data.ptr,
            output=done.output.data.ptr,
            pitch=done.trip.pitch,
            tile_count=len(done.started),
            segments=segments,
            interval=0 if self._checkpoints is None else self._checkpoints.interval,
            spread=spread,
            limit=SYMBOLS_PER_LAUNCH,
            complete=is_complete(self._table),
        )
        kernel = self._card.kernels["decode_sums" if sums else "decode_symbols"]
        with self._clock.timed("kernel"):
            kernel((blocks,), (threads,), (arguments,))
        while self._is_unfinished(done):
            arguments["resume"] = 1
            with self._clock.timed("kernel"):
                kernel((blocks,), (threads,), (arguments,))

    def _is_unfinished(self, done: Decoded) -> bool:
        """Whether some stream is longer than the launches so far."""
        if int(done.trip.records["count"].max()) <= SYMBOLS_PER_LAUNCH:
            return False
        return bool((_on_host(done.outcomes)["status"] == UNFINISHED).any())

    def _report(self, done: Decoded, *, sums: bool) -> None:
        """Fills in how the streams ended that could be started."""
        started, trip = done.started, done.trip
        counts = trip.records["count"][started].astype(np.int64)
        outcomes, bound = _on_host(done.outcomes), self._tensor.coder.lower_bound
        done.reads[started] = finished(done.reads[started], outcomes, counts, bound, sums=sums)


def spread_of(segments: int, processors: int) -> int:
    """Every so manieth thread decodes: a power of two up to `WARP`.

    A segment decodes fastest in a warp of its own, where no other's bank conflicts and loads hold it up,
    for as long as no warp has to share a scheduler; many segments need every thread.
    """
    spread = WARP
    while spread > 1 and segments * spread > processors * WARPS_PER_PROCESSOR * WARP:
        spread //= 2
    return spread


def _on_host(outcomes: Any) -> NDArray[Any]:
    found: NDArray[Any] = outcomes.get().view(OUTCOME)
    return found
