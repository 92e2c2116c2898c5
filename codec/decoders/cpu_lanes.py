"""Native tensors in the fast CPU decoder: tiles read, decoded and judged in bulk.

Streams are short where tiles are small, and Python takes longer for a tile than a kernel for its weights; so what
is known of tiles stays in columns from the file's index to the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Container, StreamFrame, Tensor
from codec.decoders.opening import closed_stream, failed_stream
from codec.decoders.streams import FIRST_VALUES, DecodedStream, Status
from codec.errors import SourceError
from codec.fast.lane_decode import LaneReport, StoredTiles, decode_tiles
from codec.fast.lane_steps import Lookup, lookup
from codec.fast.lane_tables import LaneTable, lane_shape, lane_table
from codec.fast.lane_trace import trace_lanes
from codec.fast.trace import StreamTrace
from codec.fast.walk import Status as FastStatus

STATUSES = {
    FastStatus.OK: Status.OK,
    FastStatus.UNDERRUN: Status.UNDERRUN,
    FastStatus.UNOWNED_SLOT: Status.UNOWNED_SLOT,
    FastStatus.BAD_FRAME: Status.UNREADABLE,
    FastStatus.STATE_OUT_OF_RANGE: Status.STATE_OUT_OF_RANGE,
}

_BY_NUMBER = np.array([STATUSES[status] for status in FastStatus], dtype=np.uint8)

_BYTE = np.dtype(np.uint8)

MOST_BETWEEN = 1 << 16
"""Bytes between streams that are read with them rather than left out."""


@dataclass(frozen=True, eq=False)
class _Batch:
    """Tiles with their streams in memory.

    Attributes:
        tiles: int64[n], the tiles whose streams are here.
        records: TILE[n], what the file says of them.
        data: u8[any], the streams.
        begins: int64[n], where each begins in `data`.
        failed: the outcome of those that cannot be decoded at all.
    """

    tiles: NDArray[np.int64]
    records: NDArray[Any]
    data: NDArray[np.uint8]
    begins: NDArray[np.int64]
    failed: list[DecodedStream]


class LaneTiles:
    """Tiles of one native tensor, decoded by the kernels.

    Raises:
        ValueError: the tensor is not native, or its table cannot be used.
    """

    def __init__(self, container: Container, tensor: Tensor, *, checksums: bool = True) -> None:
        self._container, self._tensor = container, tensor
        self._table: LaneTable = lane_table(tensor.table)
        self._shape = lane_shape(tensor.coder, tensor.interleaving)
        self._checksums = checksums and tensor.checksums
        self._places = _places(tensor)
        self._sizes = self._bytes_read()

    def runs(self, symbols_at_once: int) -> list[range]:
        """All tiles, in runs of about so many symbols, at least one tile each."""
        areas = _areas(self._places)
        before = (np.cumsum(areas) - areas) // symbols_at_once
        begins = np.flatnonzero(np.diff(before, prepend=-1)).tolist()
        return [range(a, b) for a, b in zip(begins, [*begins[1:], len(areas)], strict=True)]

    def into_matrix(
        self, tiles: Sequence[int], weights: NDArray[np.int8], reads: NDArray[Any]
    ) -> None:
        """Decodes tiles into int8[rows, cols], and logs what was read of each in TILE_READ[n]."""
        batch = self._load(tiles)
        rectangles = self._places[batch.tiles]
        stored = self._stored(batch, rectangles)
        report = decode_tiles(self._job(batch), stored, weights, checksums=self._checksums)
        statuses = self._statuses(batch, report, judged=True)
        for stream in batch.failed:
            reads[stream.tile] = stream.log()
        reads[batch.tiles] = _logs(batch, report, statuses, rectangles, reads.dtype)

    def symbols(self, tiles: Sequence[int]) -> list[DecodedStream]:
        """The outcome of the streams of tiles, in no order."""
        batch = self._load(tiles)
        sizes = _areas(self._places[batch.tiles])
        places = np.zeros((len(sizes), 4), dtype=np.int64)
        places[:, 1], places[:, 2], places[:, 3] = np.cumsum(sizes) - sizes, 1, sizes
        symbols = np.zeros((1, int(sizes.sum())), dtype=np.uint8)
        stored = self._stored(batch, places)
        job = self._job(batch)
        report = decode_tiles(job, stored, symbols, weights=False, checksums=False)
        statuses = self._statuses(batch, report, judged=False)
        parts = np.split(symbols[0], np.cumsum(sizes)[:-1]) if len(sizes) else []
        return batch.failed + [
            self._stream(batch, report, statuses, i, part) for i, part in enumerate(parts)
        ]

    def trace(self, tile: int, frame: StreamFrame, steps: tuple[int, int]) -> StreamTrace:
        """The steps from steps[0] to before steps[1] of a tile's stream, which has the frame."""
        data = self._container.source.array(frame.offset, _BYTE, frame.size)
        job = lookup(data, self._table, self._shape)
        found = trace_lanes(job, self._tensor.symbol_count(tile), steps, frame.offset)
        found.columns["tile"][:] = tile
        return found

    def _job(self, batch: _Batch) -> Lookup:
        return lookup(batch.data, self._table, self._shape)

    def _load(self, tiles: Sequence[int]) -> _Batch:
        """Reads what can be decoded of `tiles`."""
        numbers = np.array(tiles, dtype=np.int64)
        records = self._tensor.tiles[numbers]
        good = records["readable"] & (records["coding"] < len(Coding))
        closed = [
            closed_stream(self._container, self._tensor, tile) for tile in numbers[~good].tolist()
        ]
        failed = [stream for stream in closed if stream is not None]
        numbers, records = numbers[good], records[good]
        sizes = self._sizes[numbers]
        offsets = np.where(sizes > 0, records["offset"], 0).astype(np.int64)
        try:
            data, begins = self._read_together(offsets, sizes)
        except SourceError:
            return self._load_singly(numbers, records, sizes, failed)
        return _Batch(numbers, records, data, begins, failed)

    def _bytes_read(self) -> NDArray[np.int64]:
        """int64[n], what is read of each tile: its stream, or its weights, or nothing."""
        records = self._tensor.tiles
        stored = {Coding.RANS: records["size"].astype(np.int64), Coding.RAW: _areas(self._places)}
        sizes = np.zeros(len(records), dtype=np.int64)
        for coding, bytes_stored in stored.items():
            sizes = np.where(records["coding"] == coding, bytes_stored, sizes)
        return sizes

    def _read_together(
        self, offsets: NDArray[np.int64], sizes: NDArray[np.int64]
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The streams, and where each begins; in few reads, as they mostly lie side by side."""
        order = np.argsort(offsets, kind="stable")
        order = order[sizes[order] > 0]
        if not len(order):
            return np.zeros(0, dtype=np.uint8), np.zeros(len(sizes), dtype=np.int64)
        ends = np.maximum.accumulate((offsets + sizes)[order])
        apart = np.flatnonzero(offsets[order][1:] > ends[:-1] + MOST_BETWEEN) + 1
        parts, begins, base = [], np.zeros(len(sizes), dtype=np.int64), 0
        for group in np.split(np.arange(len(order)), apart):
            first, last = int(offsets[order[group[0]]]), int(ends[group[-1]])
            parts.append(self._container.source.array(first, _BYTE, last - first))
            begins[order[group]] = offsets[order[group]] - first + base
            base += last - first
        return parts[0] if len(parts) == 1 else np.concatenate(parts), begins

    def _load_singly(
        self,
        tiles: NDArray[np.int64],
        records: NDArray[Any],
        sizes: NDArray[np.int64],
        failed: list[DecodedStream],
    ) -> _Batch:
        """The streams one by one, where not all can be read."""
        parts, kept = [], []
        for i, (tile, size) in enumerate(zip(tiles.tolist(), sizes.tolist(), strict=True)):
            offset = int(records["offset"][i]) if size else 0
            try:
                parts.append(self._container.source.read(offset, size))
            except SourceError as error:
                sentence = error.sentence()
                failed.append(failed_stream(self._tensor, tile, None, Status.UNREADABLE, sentence))
            else:
                kept.append(i)
        ends = np.cumsum(sizes[kept], dtype=np.int64)
        data = np.frombuffer(b"".join(parts), dtype=np.uint8)
        return _Batch(tiles[kept], records[kept], data, ends - sizes[kept], failed)

    def _stored(self, batch: _Batch, places: NDArray[np.int64]) -> StoredTiles:
        records = batch.records
        spans = np.stack([batch.begins, batch.begins + self._sizes[batch.tiles]], axis=1)
        columns = (records[name] for name in ("coding", "predictor", "constant"))
        return StoredTiles(spans, places, *(np.ascontiguousarray(c) for c in columns))

    def _statuses(self, batch: _Batch, report: LaneReport, *, judged: bool) -> NDArray[np.uint8]:
        """u8[n] of `Status`: of the streams, and if `judged`, of the weights that came of them."""
        statuses = _BY_NUMBER[report.status]
        sound = statuses == Status.OK
        statuses[sound & (report.bytes_left != 0)] = Status.BYTES_LEFT
        bound = np.uint32(self._tensor.coder.lower_bound)
        statuses[sound & (report.end_states != bound)] = Status.FINAL_STATE
        if judged:
            sound = statuses == Status.OK
            predicted = batch.records["predictor"] < len(self._tensor.predictors)
            statuses[sound & ~predicted] = Status.TENSOR_REFUSED
            if self._checksums:
                wrong = report.checksums != batch.records["checksum"]
                statuses[sound & predicted & wrong] = Status.CHECKSUM
        return statuses

    def _stream(
        self,
        batch: _Batch,
        report: LaneReport,
        statuses: NDArray[np.uint8],
        i: int,
        symbols: NDArray[np.uint8],
    ) -> DecodedStream:
        """The outcome of one stream of a batch."""
        tensor, tile, record = self._tensor, int(batch.tiles[i]), batch.records[i]
        status = Status(statuses[i])
        if status is Status.UNREADABLE:
            return failed_stream(tensor, tile, None, status)
        lanes = tensor.interleaving.lanes if record["coding"] == Coding.RANS else 0
        begin = int(batch.begins[i])
        states = batch.data[begin : begin + 4 * lanes].view("<u4")
        frame = StreamFrame(
            int(record["offset"]), int(record["size"]), tensor.symbol_count(tile),
            tuple(states.tolist()), tensor.framing,
        )  # fmt: skip
        return DecodedStream(
            tile, frame, symbols, int(report.decoded[i]), int(report.end_states[i]),
            int(report.bytes_left[i]), status,
        )  # fmt: skip


def _places(tensor: Tensor) -> NDArray[np.int64]:
    """int64[n, 4]: where tiles lie, as `Tensor.rectangle` has it."""
    found = np.zeros((len(tensor.tiles), 4), dtype=np.int64)
    found[:, 0] = tensor.tiles["row"].astype(np.int64) * tensor.tile_rows
    found[:, 1] = tensor.tiles["col"].astype(np.int64) * tensor.tile_cols
    found[:, 2] = np.minimum(tensor.tile_rows, np.maximum(tensor.rows - found[:, 0], 0))
    found[:, 3] = np.minimum(tensor.tile_cols, np.maximum(tensor.cols - found[:, 1], 0))
    return found


def _areas(places: NDArray[np.int64]) -> NDArray[np.int64]:
    """int64[n]: weights of each tile."""
    areas: NDArray[np.int64] = places[:, 2] * places[:, 3]
    return areas


def _logs(
    batch: _Batch,
    report: LaneReport,
    statuses: NDArray[np.uint8],
    rectangles: NDArray[np.int64],
    dtype: np.dtype[Any],
) -> NDArray[Any]:
    """TILE_READ[n], as `DecodedStream.log` makes each."""
    logs = np.zeros(len(batch.tiles), dtype=dtype)
    logs["tile"], logs["status"] = batch.tiles, statuses
    framed = statuses != Status.UNREADABLE
    for name in ("offset", "size"):
        logs[name] = np.where(framed, batch.records[name], 0)
    logs["symbol_count"] = np.where(framed, _areas(rectangles), 0)
    logs["initial_state"], logs["final_state"] = report.initial_states, report.end_states
    logs["bytes_left"], logs["decoded"] = report.bytes_left, report.decoded
    logs["first_symbols"] = report.first_symbols[:, :FIRST_VALUES]
    logs["first_weights"] = report.first_weights[:, :FIRST_VALUES].view(np.int8)
    return logs
