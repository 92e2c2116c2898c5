"""The fast CPU decoder: compiled kernels, several streams interleaved per thread, tiles in parallel.

Its outcome for every stream, sound or damaged, is the reference's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from codec.checkpoints import Checkpoint
from codec.container import Container, Framing, Prediction, StreamFrame, Tensor
from codec.decoders.base import DecodedTensor, Decoder, Tick, batches, no_tick
from codec.decoders.cpu_lanes import STATUSES, LaneTiles
from codec.decoders.opening import failed_stream, frame_for_trace, require_decodable, stream_read
from codec.decoders.streams import FIRST_VALUES, TILE_READ, DecodedStream, Status, strict_end
from codec.errors import SourceError
from codec.fast.decode import DecodeReport, decode_streams
from codec.fast.lane_checksums import tile_checksums
from codec.fast.places import flat_places
from codec.fast.slots import SlotTable, slot_table
from codec.fast.symbols import symbol_histogram
from codec.fast.trace import StreamTrace, trace_stream
from codec.fast.walk import Status as FastStatus
from codec.prediction import difference
from codec.side_files import Beside, beside
from codec.threads import cores, run_in_order
from codec.trace import Trace

LANE_SYMBOLS_AT_ONCE = 1 << 22
"""Symbols of a native tensor between two looks at progress and cancellation: some five milliseconds."""

LEAST_SHARE = 1 << 16
"""Symbols below which a second thread is not worth starting."""

FAR = 1 << 22
"""Steps from which on a trace starts at a checkpoint, if there are some: to walk to nearer ones takes less time
than to look for the checkpoints."""


@dataclass(frozen=True, eq=False)
class _Batch:
    """Streams in memory, ready for the kernels.

    Attributes:
        tiles: the tiles whose streams are here.
        frames: the frame of each.
        data: u8[any], the streams.
        spans: int64[n, 2], begin and end of each in `data`.
        failed: the outcome of those that cannot be decoded at all.
    """

    tiles: list[int]
    frames: list[StreamFrame]
    data: NDArray[np.uint8]
    spans: NDArray[np.int64]
    failed: list[DecodedStream]


class CpuDecoder(Decoder):
    """Decodes with the kernels of `codec.fast`."""

    name = "cpu"
    description = f"numba, several streams per thread, {cores()} threads"

    symbols_at_once = 1 << 21

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads or cores()

    def decode_streams(
        self, container: Container, tensor: Tensor, tiles: Sequence[int]
    ) -> list[DecodedStream]:
        """As `Decoder.decode_streams`."""
        if tensor.refusal:
            refused = Status.TENSOR_REFUSED
            return [failed_stream(tensor, t, None, refused, tensor.refusal) for t in tiles]
        work = _symbol_decoder(container, tensor)
        symbols = sum(tensor.symbol_count(tile) for tile in tiles)
        shares = batches(tensor, tiles, max(symbols // self._threads, LEAST_SHARE))

        if len(shares) <= 1:
            parts = [work(share) for share in shares]
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                parts = list(pool.map(work, shares))
        found = {stream.tile: stream for part in parts for stream in part}
        return [found[tile] for tile in tiles]

    def decode(self, container: Container, tensor: Tensor, tick: Tick = no_tick) -> DecodedTensor:
        """As `Decoder.decode`; symbols become weights as they are decoded where the layout allows it."""
        if tensor.prediction is Prediction.DIFFERENCED:
            return super().decode(container, tensor, tick)
        require_decodable(tensor)
        weights = np.zeros((tensor.rows, tensor.cols), dtype=np.int8)
        reads = np.zeros(len(tensor.tiles), dtype=TILE_READ)
        if tensor.framing is Framing.LEADING_STATES:
            self._decode_lanes(container, tensor, weights, reads, tick)
            return DecodedTensor(weights, reads)
        table = slot_table(tensor.table)

        def work(tiles: list[int]) -> None:
            _decode_weights(container, tensor, table, tiles, weights, reads)

        runs = batches(tensor, range(len(tensor.tiles)), self.symbols_at_once)
        run_in_order(work, runs, self._threads, tick, len(tensor.tiles))
        return DecodedTensor(weights, reads)

    def _decode_lanes(
        self,
        container: Container,
        tensor: Tensor,
        weights: NDArray[np.int8],
        reads: NDArray[np.void],
        tick: Tick,
    ) -> None:
        """Decodes a native tensor into the matrix, and logs what was read of each tile."""
        lanes = LaneTiles(container, tensor, checksums=self.verify_checksums)

        def work(tiles: Sequence[int]) -> None:
            lanes.into_matrix(tiles, weights, reads)

        runs = lanes.runs(LANE_SYMBOLS_AT_ONCE)
        run_in_order(work, runs, self._threads, tick, len(tensor.tiles))

    def checksum(self, tensor: Tensor, weights: NDArray[np.int8]) -> int:
        """As `Decoder.checksum`."""
        matrix = np.ascontiguousarray(weights)
        tile = np.array([(0, 0, *matrix.shape)], dtype=np.int64)
        return int(tile_checksums(matrix, tile)[0])

    def histogram(self, symbols: NDArray[np.uint8]) -> NDArray[np.int64]:
        """As `Decoder.histogram`."""
        place = flat_places(np.array([symbols.size], dtype=np.int64))
        return symbol_histogram(symbols.reshape(1, -1), place, difference=False)

    def trace(
        self,
        container: Container,
        tensor: Tensor,
        tile: int,
        first: int = 0,
        last: int | None = None,
    ) -> Trace:
        """As `Decoder.trace`."""
        frame = frame_for_trace(container, tensor, tile)
        count = tensor.symbol_count(tile)
        steps = min(max(first, 0), count), count if last is None else min(max(last, 0), count)
        found = beside(container, tensor) if steps[0] >= FAR else Beside()
        point = found.checkpoints.before(tile, steps[0]) if found.checkpoints else None
        self.notice = found.notice
        walked = _walked(container, tensor, tile, frame, steps, point)
        status = STATUSES[walked.status]
        stopped = "" if status is Status.OK else f"{status.word} at step {walked.decoded:,}"
        return Trace(walked.columns, (stream_read(tensor, tile, frame),), stopped)


def _symbol_decoder(
    container: Container, tensor: Tensor
) -> Callable[[list[int]], list[DecodedStream]]:
    """What decodes the streams of tiles."""
    if tensor.framing is Framing.LEADING_STATES:
        return LaneTiles(container, tensor).symbols
    table = slot_table(tensor.table)
    return lambda share: _decode_symbols(container, tensor, table, share)


def _walked(
    container: Container,
    tensor: Tensor,
    tile: int,
    frame: StreamFrame,
    steps: tuple[int, int],
    point: Checkpoint | None,
) -> StreamTrace:
    """The steps wanted of a tile's stream, walked from a checkpoint before them where there is one."""
    if tensor.framing is Framing.LEADING_STATES:
        return LaneTiles(container, tensor).trace(tile, frame, steps)
    stream = container.source.read(frame.offset, frame.size)
    skipped = 0 if point is None else point.step
    data = np.frombuffer(stream if point is None else point.rest_of(stream), dtype=np.uint8)
    rest = (steps[0] - skipped, steps[1] - skipped)
    walked = trace_stream(data, (0, len(data)), slot_table(tensor.table), rest, frame.offset)
    walked.columns["tile"][:] = tile
    for name in ("step", "symbol_index"):
        walked.columns[name] += np.uint32(skipped)
    return replace(walked, decoded=walked.decoded + skipped)


def _load(container: Container, tensor: Tensor, tiles: Sequence[int]) -> _Batch:
    """Reads the streams of `tiles`."""
    kept, frames, parts, sizes, failed = [], [], [], [], []
    bound = tensor.coder.lower_bound, tensor.coder.upper_bound
    for tile in tiles:
        record = tensor.tiles[tile]
        if not record["readable"]:
            failed.append(failed_stream(tensor, tile, None, Status.UNREADABLE))
            continue
        offset, size = int(record["offset"]), int(record["size"])
        try:
            part = container.source.read(offset, size)
        except SourceError as error:
            failed.append(failed_stream(tensor, tile, None, Status.UNREADABLE, error.sentence()))
            continue
        count, state = int.from_bytes(part[:4], "little"), int.from_bytes(part[-4:], "little")
        frame = StreamFrame(offset, size, count, (state,))
        if not bound[0] <= state < bound[1]:
            failed.append(failed_stream(tensor, tile, frame, Status.STATE_OUT_OF_RANGE))
            continue
        kept.append(tile)
        frames.append(frame)
        parts.append(part)
        sizes.append(size)
    ends = np.cumsum(np.array(sizes, dtype=np.int64))
    spans = np.stack([ends - np.array(sizes, dtype=np.int64), ends], axis=1)
    return _Batch(kept, frames, np.frombuffer(b"".join(parts), np.uint8), spans, failed)


def _decode_symbols(
    container: Container, tensor: Tensor, table: SlotTable, tiles: Sequence[int]
) -> list[DecodedStream]:
    batch = _load(container, tensor, tiles)
    counts = np.array([tensor.symbol_count(tile) for tile in batch.tiles], dtype=np.int64)
    symbols = np.zeros((1, int(counts.sum())), dtype=np.uint8)
    places = flat_places(counts)
    report = decode_streams(batch.data, batch.spans, places, table, symbols, difference=False)
    parts = np.split(symbols[0], np.cumsum(counts)[:-1]) if len(counts) else []
    return batch.failed + [
        _outcome(tensor, batch, report, index, part) for index, part in enumerate(parts)
    ]


def _outcome(
    tensor: Tensor, batch: _Batch, report: DecodeReport, index: int, symbols: NDArray[np.uint8]
) -> DecodedStream:
    """The outcome of one stream of a batch; `symbols` are its symbols where they were kept."""
    tile, frame = batch.tiles[index], batch.frames[index]
    state, left = int(report.end_states[index]), int(report.bytes_left[index])
    decoded, status = tensor.symbol_count(tile), STATUSES[FastStatus(report.status[index])]
    if status is Status.OK:
        status = strict_end(tensor, tile, frame, state, left)
    else:
        decoded = int(report.decoded[index])
    return DecodedStream(tile, frame, symbols, decoded, state, left, status)


def _decode_weights(
    container: Container,
    tensor: Tensor,
    table: SlotTable,
    tiles: Sequence[int],
    weights: NDArray[np.int8],
    reads: NDArray[np.void],
) -> None:
    """Decodes padded tiles into the matrix, and logs what was read of each."""
    batch = _load(container, tensor, tiles)
    records = tensor.tiles[batch.tiles]
    places = np.empty((len(records), 4), dtype=np.int64)
    places[:, 0] = records["row"].astype(np.int64) * tensor.tile_rows
    places[:, 1] = records["col"].astype(np.int64) * tensor.tile_cols
    places[:, 2], places[:, 3] = tensor.tile_cols, tensor.tile_rows * tensor.tile_cols
    report = decode_streams(batch.data, batch.spans, places, table, weights, difference=True)
    for stream in batch.failed:
        reads[stream.tile] = stream.log()
    for index, tile in enumerate(batch.tiles):
        place = tensor.rectangle(tile)
        first = weights[place.row : place.row + 1, place.col : place.col + place.cols]
        # The symbols went by unseen; the log wants the first of them.
        symbols = difference(first[:, :FIRST_VALUES].view(np.uint8))
        reads[tile] = _outcome(tensor, batch, report, index, symbols).log(first)
