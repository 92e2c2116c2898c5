"""Runs the kernels of the native layout: one copy of a part of the file to the card, and the launches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import NATIVE_PREDICTORS, Container, Predictor, Tensor
from codec.decoders.cuda.card import UNDO_THREADS, Card
from codec.decoders.cuda.clock import Clock
from codec.decoders.cuda.download import download
from codec.decoders.cuda.lane_reads import end_of_streams, place_streams
from codec.decoders.cuda.lane_records import (
    LANE_LAUNCH,
    LANE_OUTCOME,
    TOP_LAUNCH,
    WARP,
    is_narrow,
    outcomes_on_host,
    packed_lane_table,
)
from codec.decoders.cuda.plan import Trip
from codec.decoders.cuda.records import READ_AHEAD, one
from codec.decoders.cuda.upload import Upload
from codec.decoders.streams import Status
from codec.decoders.timing import Timing

TABLE_BYTES = 4 << 12
"""Shared memory of a block for its table."""

RING_BYTES = 3072
"""Shared memory of a warp for its words: see lanes_decode.cu."""

TOP = NATIVE_PREDICTORS.index(Predictor.TOP)


@dataclass(frozen=True, eq=False)
class LanesOnCard:
    """What one trip has on the card.

    Attributes:
        trip: which tiles.
        upload: the table, the tiles' records and their bytes.
        records: LANE_TILE[n], of the tiles that can be started.
        started: int64[n], their places in the trip.
        output: u8[trip.output]: weights, or values where nothing is undone.
        outcomes: LANE_OUTCOME[n].
    """

    trip: Trip
    upload: Upload
    records: NDArray[Any]
    started: NDArray[np.int64]
    output: Any
    outcomes: Any


@dataclass(frozen=True, eq=False)
class DecodedLanes:
    """What became of a trip.

    Attributes:
        output: u8[trip.output], on the card.
        reads: TILE_READ of all tiles of the trip; first values are not filled in.
        details: more about the status of a tile, by its place in the trip.
    """

    output: Any
    reads: NDArray[Any]
    details: dict[int, str]


class LaneLauncher:
    """Decodes trips of one native tensor on one card."""

    def __init__(
        self, card: Card, container: Container, tensor: Tensor, *, checksums: bool = True
    ) -> None:
        """Packs the table.

        Args:
            card: the card.
            container: the file.
            tensor: the tensor in it, one that the kernels know.
            checksums: whether tiles' weights are held against their checksums.
        """
        self._card, self._container, self._tensor = card, container, tensor
        self._checksums = checksums and tensor.checksums
        self._narrow = is_narrow(tensor.table)
        self._table = packed_lane_table(tensor.table, narrow=self._narrow)
        self._clock = Clock(card)

    @property
    def timing(self) -> Timing:
        """Of all trips so far; waits for the card."""
        return self._clock.timing

    def decode(self, trip: Trip, *, checked: bool = True) -> DecodedLanes:
        """Decodes the tiles of a trip.

        Args:
            trip: of `lane_plan`.
            checked: whether weights come out, which have checksums; not, where nothing is undone.
        """
        there, reads, details = self.load(trip)
        if len(there.started):
            hashed = checked and self._checksums
            self.run_kernels(there, hashed=hashed)
            self._judge(there, reads, hashed=hashed)
        return DecodedLanes(there.output, reads, details)

    def load(self, trip: Trip) -> tuple[LanesOnCard, NDArray[Any], dict[int, str]]:
        """Reads what a trip takes along and copies it to the card, in one copy.

        Returns:
            what is there; and of all tiles of the trip TILE_READ, and more about a status by place.
        """
        with self._clock.reading():
            upload, records, reads, details = self._read(trip)
        started = np.flatnonzero(reads["status"] == Status.OK)
        upload.put("tiles", records[started])
        cupy = self._card.cupy
        with self._clock.timed("transfer"):
            upload.device.data.copy_from_host_async(upload.host.ctypes.data, upload.host.nbytes)
        output = cupy.zeros(max(trip.output, 1), dtype=np.uint8)
        outcomes = cupy.zeros(max(len(started), 1) * LANE_OUTCOME.itemsize, dtype=np.uint8)
        there = LanesOnCard(trip, upload, records[started], started, output, outcomes)
        return there, reads, details

    def copy_back(self, source: Any, target: NDArray[Any]) -> None:
        """Copies from the card into an array of the host, C-contiguous and of the same size."""
        with self._clock.copying_back():
            download(self._card, source, target)

    def _read(self, trip: Trip) -> tuple[Upload, NDArray[Any], NDArray[Any], dict[int, str]]:
        """The upload of a trip with the bytes of the file in it, its records, and what was read."""
        placed = place_streams(self._tensor, trip)
        sizes = {
            "data": placed.size + READ_AHEAD,
            "table": self._table.nbytes,
            "tiles": trip.records.nbytes,
        }
        upload = Upload.of_sections(self._card, sizes)
        upload.put("table", self._table)
        data = upload.host[: placed.size + READ_AHEAD]
        data[placed.size :] = 0
        reads, details = placed.read(self._container, self._tensor, data)
        records = trip.records.copy()
        records["stream"] = placed.streams
        return upload, records, reads, details

    def run_kernels(self, there: LanesOnCard, *, hashed: bool) -> None:
        """Decodes the tiles that can be started; `hashed`: and makes the checksums of their weights."""
        upload, tensor = there.upload, self._tensor
        arguments = one(
            LANE_LAUNCH,
            data=upload.address("data"),
            table=upload.address("table"),
            tiles=upload.address("tiles"),
            outcomes=there.outcomes.data.ptr,
            matrix=there.output.data.ptr,
            pitch=there.trip.pitch,
            tile_count=len(there.records),
            complete=tensor.table.sum == tensor.table.total,
            entry_bytes=self._table.itemsize,
        )
        name = f"decode_{tensor.interleaving.lanes}_lanes" + ("_hashed" if hashed else "")
        kernel = self._card.lane_kernels(tensor.coder.scale_bits, narrow=self._narrow)[name]
        warps = self._card.lane_warps(len(there.records), TABLE_BYTES, RING_BYTES)
        blocks, shared = -(-len(there.records) // warps), TABLE_BYTES + warps * RING_BYTES
        with self._clock.timed("kernel"):
            kernel((blocks,), (warps * WARP,), (arguments,), shared_mem=shared)
            self._undo_top(there, hashed=hashed)

    def _undo_top(self, there: LanesOnCard, *, hashed: bool) -> None:
        numbers = np.flatnonzero(there.records["predictor"] == TOP).astype(np.uint32)
        if not len(numbers):
            return
        on_card = self._card.cupy.asarray(numbers)
        arguments = one(
            TOP_LAUNCH,
            tiles=there.upload.address("tiles"),
            numbers=on_card.data.ptr,
            outcomes=there.outcomes.data.ptr,
            matrix=there.output.data.ptr,
            pitch=there.trip.pitch,
            lanes=self._tensor.interleaving.lanes,
            hash=hashed,
        )
        self._card.kernels["undo_top"]((len(numbers),), (UNDO_THREADS,), (arguments,))

    def _judge(self, there: LanesOnCard, reads: NDArray[Any], *, hashed: bool) -> None:
        """Fills in how the tiles ended that could be started."""
        started = there.started
        stored = self._tensor.tiles["checksum"][there.trip.tiles[started]] if hashed else None
        bound = self._tensor.coder.lower_bound
        outcomes = outcomes_on_host(there.outcomes)
        reads[started] = end_of_streams(reads[started], outcomes, bound, stored)
