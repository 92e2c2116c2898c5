"""What is read of a native tensor's tiles for the card, and how what it reports is judged: `TILE_READ`.

The same outcomes as the reference's, which makes them one tile at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Container, Predictor, Tensor
from codec.decoders.cuda.pieces import read_in_pieces
from codec.decoders.cuda.plan import Trip, aligned, rectangles
from codec.decoders.streams import FIRST_VALUES, TILE_READ, Status
from codec.errors import SourceError
from codec.prediction import BIAS

STREAM_ALIGNMENT = 16
"""Kernels load so many bytes of a stream at once."""

NO_CODING = "its coding does not exist"


@dataclass(frozen=True, eq=False)
class PlacedStreams:
    """Where the bytes of a trip's tiles lie in the buffer that goes to the card.

    Attributes:
        trip: which tiles.
        begin: offset in the file of the buffer's first byte.
        span: bytes that are copied from there as they are.
        streams: int64[n], where each tile's bytes begin in the buffer.
        moved: the tiles, by place, whose bytes lie behind the span, since the file has them unaligned.
        size: bytes of the buffer.
    """

    trip: Trip
    begin: int
    span: int
    streams: NDArray[np.int64]
    moved: NDArray[np.int64]
    size: int

    def read(
        self, container: Container, tensor: Tensor, data: NDArray[np.uint8]
    ) -> tuple[NDArray[Any], dict[int, str]]:
        """Fills `data`, u8[size or more].

        Returns:
            TILE_READ[n] with status OK where decoding can start, and else the outcome of the tile; and
            more about the status, by place in the trip.
        """
        records = tensor.tiles[self.trip.tiles]
        reads = np.zeros(len(records), dtype=TILE_READ)
        reads["tile"] = self.trip.tiles
        details = self._closed(records, reads)
        self._fill(container, records, reads, details, data)
        good = np.flatnonzero(reads["status"] == Status.OK)
        reads["offset"][good], reads["size"][good] = records["offset"][good], records["size"][good]
        reads["symbol_count"][good] = self.trip.records["count"][good]
        coded = good[records["coding"][good] == Coding.RANS]
        parts = data[self.streams[coded, np.newaxis] + np.arange(4)]
        reads["initial_state"][coded] = np.ascontiguousarray(parts).view("<u4")[:, 0]
        return reads, details

    def _closed(self, records: NDArray[Any], reads: NDArray[Any]) -> dict[int, str]:
        """Marks the tiles that cannot be started; returns why where the status does not tell."""
        strange = (records["coding"] >= len(Coding)) & records["readable"]
        reads["status"][strange] = Status.TENSOR_REFUSED
        reads["status"][~records["readable"]] = Status.UNREADABLE
        return dict.fromkeys(np.flatnonzero(strange).tolist(), NO_CODING)

    def _fill(
        self,
        container: Container,
        records: NDArray[Any],
        reads: NDArray[Any],
        details: dict[int, str],
        data: NDArray[np.uint8],
    ) -> None:
        """Reads the span at once; where the file has shrunk, and what lies unaligned, tile by tile."""
        one_by_one = self.moved
        try:
            read_in_pieces(container.source, self.begin, data[: self.span])
        except SourceError:
            data[: self.span] = 0
            one_by_one = np.arange(len(records))
        for place in one_by_one.tolist():
            if reads["status"][place] != Status.OK:
                continue
            size, at = int(records["size"][place]), int(self.streams[place])
            try:
                container.source.read_into(int(records["offset"][place]), data[at : at + size])
            except SourceError as error:
                reads["status"][place], details[place] = Status.UNREADABLE, error.sentence()


def place_streams(tensor: Tensor, trip: Trip) -> PlacedStreams:
    """Lays out the buffer of a trip."""
    records = tensor.tiles[trip.tiles]
    begin = trip.begin // STREAM_ALIGNMENT * STREAM_ALIGNMENT
    span = trip.begin + trip.size - begin
    offsets = records["offset"].astype(np.int64)
    streams = np.where(records["readable"] & (records["size"] > 0), offsets - begin, 0)
    moved = np.flatnonzero(streams % STREAM_ALIGNMENT)
    rooms = aligned(records["size"][moved].astype(np.int64))
    first = -(-span // STREAM_ALIGNMENT) * STREAM_ALIGNMENT
    streams[moved] = first + np.cumsum(rooms) - rooms
    return PlacedStreams(trip, begin, span, streams, moved, first + int(rooms.sum()))


def end_of_streams(
    reads: NDArray[Any],
    outcomes: NDArray[Any],
    lower_bound: int,
    checksums: NDArray[np.uint32] | None,
) -> NDArray[Any]:
    """TILE_READ[n] of tiles that were decoded, as `streams.strict_end` and `Decoder.decode` judge them.

    Args:
        reads: TILE_READ[n], as they were read.
        outcomes: LANE_OUTCOME[n].
        lower_bound: L, the state that a sound lane ends in.
        checksums: u32[n], as stored; None where the weights are not held against them.
    """
    done = reads.copy()
    done["decoded"], done["final_state"] = outcomes["decoded"], outcomes["state"]
    done["bytes_left"] = outcomes["left"]
    differs = False if checksums is None else outcomes["checksum"] != checksums
    done["status"] = np.select(
        [
            outcomes["status"] != Status.OK,
            outcomes["state"] != lower_bound,
            outcomes["left"] != 0,
            np.broadcast_to(differs, len(done)),
        ],
        [outcomes["status"], Status.FINAL_STATE, Status.BYTES_LEFT, Status.CHECKSUM],
        Status.OK,
    )
    return done


def refuse_unknown_predictors(tensor: Tensor, reads: NDArray[Any]) -> None:
    """Sets the status of tiles that were decoded but name a predictor that does not exist."""
    unknown = tensor.tiles["predictor"][reads["tile"]] >= len(tensor.predictors)
    ended = np.isin(reads["status"], (Status.OK, Status.CHECKSUM))
    reads["status"][unknown & ended] = Status.TENSOR_REFUSED


def log_first_values(tensor: Tensor, weights: NDArray[np.int8], reads: NDArray[Any]) -> None:
    """Fills in the first weights of all tiles, and the symbols that they came from."""
    row, col, rows, cols = rectangles(tensor, reads["tile"].astype(np.int64)).T[..., np.newaxis]
    number = np.arange(FIRST_VALUES)
    inside = (number < cols) & (rows > 0)
    places = np.where(inside, row * tensor.cols + col + number, 0)
    reads["first_weights"] = np.where(inside, weights.reshape(-1)[places], 0)
    symbols = reads["first_weights"].view(np.uint8) + BIAS
    left = _is_left(tensor, reads["tile"])
    symbols[left, 1:] -= reads["first_weights"].view(np.uint8)[left, :-1]
    known = inside & (number < _known(tensor, reads)[:, np.newaxis])
    reads["first_symbols"] = np.where(known, symbols, 0)


def _is_left(tensor: Tensor, tiles: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """bool[n]: whether LEFT is undone in each tile. In the first row of a tile TOP predicts 0."""
    records = tensor.tiles[tiles]
    number = tensor.predictors.index(Predictor.LEFT)
    found: NDArray[np.bool_] = (records["coding"] == Coding.RANS) & (records["predictor"] == number)
    return found


def _known(tensor: Tensor, reads: NDArray[Any]) -> NDArray[np.int64]:
    """int64[n]: symbols from each tile's first on that were decoded."""
    decoded, block = reads["decoded"].astype(np.int64), tensor.interleaving.block
    return np.where(decoded == reads["symbol_count"], decoded, decoded // block * block)
