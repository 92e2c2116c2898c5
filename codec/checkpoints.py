"""Checkpoints: where decoding stands every so many symbols, so that a stream can be entered in its middle.

A rANS stream can only be decoded from its end, one symbol after the other. With the state, the position and
the running value noted now and then, many threads can share one stream (Lin et al., Recoil, 2023), and a
trace can start anywhere. They are found in one pass on the CPU and kept in memory or in a side file. They
belong to the very bytes of the streams: a side file names those by a hash, and the CUDA decoder checks that
it arrives at every checkpoint that another thread started from.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.atomic_file import write_file
from codec.container import Container, Framing, Tensor
from codec.decoders.base import Tick, no_tick
from codec.decoders.opening import require_decodable
from codec.errors import InputError, SourceError
from codec.source import FileSource, Source
from codec.struct_layout import Field, Struct
from codec.threads import cores, run_in_order

SHARE_OF_FILE = 0.02
"""Of the file's size, what its checkpoints may take at most, unless somebody asks for more."""

GRANULE = 16
"""Intervals are multiples of this many symbols: the CUDA decoder writes so many at a time."""

LONGEST_INTERVAL = 1 << 20

SUFFIX = ".ckpt"
"""What the name of a side file adds to the name of the file."""

MAGIC = 0x504B4352

VERSION = 2

HEADER = Struct(
    "checkpoint file header",
    (
        Field("magic", "<u4", "Names the layout: 0x504B4352, the bytes R C K P.", "hex"),
        Field("version", "<u4", "Revision of the layout: 2."),
        Field("interval", "<u4", "Symbols from one checkpoint to the next."),
        Field("per_tile", "<u4", "Checkpoints of each tile; the first symbol needs none."),
        Field("tiles", "<u8", "Tiles of the tensor."),
        Field("digest", "V16", "BLAKE2b of the streams: see `digest_of`.", "bytes"),
        Field("check", "V16", "BLAKE2b of the records, which follow.", "bytes"),
    ),
)

RECORD = np.dtype("<u8")
"""State, 32 bits from the lowest; the sum of all symbols - 128 so far modulo 256, 8 bits; renormalisation
bytes not used, 24 bits. 0 where there is no checkpoint."""

COUNT_BYTES = 4
"""Bytes of a stream before its renormalisation bytes."""

STREAMS_AT_ONCE = 64
"""Streams that a thread takes on between two looks at progress and cancellation."""


class Checkpoint(NamedTuple):
    """Where decoding stands before a symbol.

    Attributes:
        step: number of the symbol.
        state: the state.
        bytes_left: renormalisation bytes not used.
        value: the sum of all symbols - 128 before it, modulo 256.
    """

    step: int
    state: int
    bytes_left: int
    value: int

    def rest_of(self, stream: bytes) -> bytes:
        """The stream that goes on from here, as if it began at this step: its words lie where they lay."""
        words_end = COUNT_BYTES + self.bytes_left
        return stream[:words_end] + self.state.to_bytes(4, "little")


@dataclass(frozen=True, eq=False)
class Checkpoints:
    """The checkpoints of one tensor.

    Attributes:
        interval: symbols from one to the next: a multiple of `GRANULE`, at most `LONGEST_INTERVAL`.
        records: RECORD[tiles, per tile]; number i stands before symbol (i + 1) * interval.
        digest: of the streams that they belong to.
    """

    interval: int
    records: NDArray[np.uint64]
    digest: bytes

    @property
    def size(self) -> int:
        """Bytes of the side file."""
        return HEADER.size + self.records.nbytes

    def before(self, tile: int, step: int) -> Checkpoint | None:
        """The last checkpoint of a tile at or before a step; None where there is none."""
        found = self.records[tile, : max(step, 0) // self.interval]
        there = np.flatnonzero(found)
        if not len(there):
            return None
        record = int(found[there[-1]])
        step = (int(there[-1]) + 1) * self.interval
        return Checkpoint(step, record & 0xFFFFFFFF, record >> 40, record >> 32 & 0xFF)


def interval_for(tensor: Tensor, file_size: int, share: float = SHARE_OF_FILE) -> int:
    """The shortest interval with which the side file takes at most `share` of the file's size.

    Raises:
        InputError: none does.
    """
    room = int(share * file_size) - HEADER.size
    per_tile = max(room, 0) // (RECORD.itemsize * max(len(tensor.tiles), 1))
    # n checkpoints are enough where n + 1 intervals reach the last symbol.
    interval = max(_longest_stream(tensor) - 1, 0) // (per_tile + 1) + 1
    interval = -(-interval // GRANULE) * GRANULE
    if room < 0 or interval > LONGEST_INTERVAL:
        raise InputError(f"{share:.1%} of {file_size:,} bytes have no room for checkpoints")
    return interval


def _longest_stream(tensor: Tensor) -> int:
    """Symbols of the longest stream."""
    if tensor.padded:
        return tensor.tile_rows * tensor.tile_cols
    return max((tensor.symbol_count(tile) for tile in range(len(tensor.tiles))), default=0)


def unsuited(tensor: Tensor) -> str:
    """Why a tensor has no checkpoints, as one sentence; "" where it can have some."""
    if tensor.framing is not Framing.TRAILING_STATE or tensor.interleaving.lanes != 1:
        return (
            f"{tensor.name} needs no checkpoints, and has none: its streams have "
            f"{tensor.interleaving.lanes} lanes, which are decoded side by side"
        )
    return ""


def find(
    container: Container, tensor: Tensor, interval: int | None = None, tick: Tick = no_tick
) -> Checkpoints:
    """The checkpoints of a tensor, in one pass over its streams.

    Args:
        container: the file.
        tensor: the tensor in it.
        interval: symbols from one to the next; by default what `interval_for` says.
        tick: told (tiles done, tiles in all).

    Raises:
        DecodeError: nothing of the tensor can be decoded.
        InputError: the interval cannot be used.
        Cancelled: `tick` says so.
    """
    require_decodable(tensor)
    if reason := unsuited(tensor):
        raise InputError(reason)
    if interval is None:
        interval = interval_for(tensor, container.source.size)
    if not (0 < interval <= LONGEST_INTERVAL and interval % GRANULE == 0):
        raise InputError(
            f"an interval of {interval:,} is no multiple of {GRANULE} up to {LONGEST_INTERVAL:,}"
        )
    count = len(tensor.tiles)
    records = np.zeros((count, max(_longest_stream(tensor) - 1, 0) // interval), dtype=RECORD)

    def work(tiles: Sequence[int]) -> None:
        _fill(container, tensor, tiles, interval, records)

    batches = [range(i, min(i + STREAMS_AT_ONCE, count)) for i in range(0, count, STREAMS_AT_ONCE)]
    run_in_order(work, batches, cores(), tick, count)
    return Checkpoints(interval, records, digest_of(container, tensor))


def _fill(
    container: Container,
    tensor: Tensor,
    tiles: Sequence[int],
    interval: int,
    records: NDArray[np.uint64],
) -> None:
    """Finds the checkpoints of some tiles; those that cannot be decoded have none."""
    from codec.fast.checkpoints import find_checkpoints  # numba takes most of a second to load
    from codec.fast.slots import slot_table

    streams = [_stream(container.source, tensor, tile) for tile in tiles]
    ends = np.cumsum([len(stream) for stream in streams], dtype=np.int64)
    spans = np.stack([np.concatenate([[0], ends[:-1]]), ends], axis=1)
    counts = np.array([tensor.symbol_count(tile) for tile in tiles], dtype=np.int64)
    data = np.frombuffer(b"".join(streams), dtype=np.uint8)
    found = find_checkpoints(data, spans, counts, slot_table(tensor.table), interval)
    records[tiles[0] : tiles[-1] + 1, : found.shape[1]] = found


def _stream(source: Source, tensor: Tensor, tile: int) -> bytes:
    """The bytes of a stream that decoding can start from; b"" where it cannot."""
    record = tensor.tiles[tile]
    if not record["readable"]:
        return b""
    try:
        stream = source.read(int(record["offset"]), int(record["size"]))
    except SourceError:
        return b""
    state = int.from_bytes(stream[-4:], "little")
    sound = tensor.coder.lower_bound <= state < tensor.coder.upper_bound
    return stream if sound else b""


def digest_of(container: Container, tensor: Tensor) -> bytes:
    """16 bytes of BLAKE2b over the table, the index and all streams of a tensor, in coding order.

    Raises:
        SourceError: the file has shrunk.
    """
    digest = hashlib.blake2b(digest_size=16)
    digest.update(container.source.size.to_bytes(8, "little"))
    digest.update(tensor.table.frequencies.astype("<i8").tobytes())
    digest.update(tensor.table.starts.astype("<i8").tobytes())
    for name in ("row", "col", "predictor", "offset", "size"):
        digest.update(tensor.tiles[name].astype("<u8").tobytes())
    for record in tensor.tiles[tensor.tiles["readable"]]:
        digest.update(container.source.read(int(record["offset"]), int(record["size"])))
    return digest.digest()


def _blake2b(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


def side_file(path: str | os.PathLike[str]) -> Path:
    """Where the checkpoints of the file at `path` are kept."""
    path = Path(path)
    return path.with_name(path.name + SUFFIX)


def save(path: str | os.PathLike[str], checkpoints: Checkpoints) -> None:
    """Writes a side file.

    Raises:
        InputError: it cannot be written.
    """
    header = np.zeros(1, dtype=HEADER.dtype)
    tiles, per_tile = checkpoints.records.shape
    records = checkpoints.records.astype(RECORD).tobytes()
    check = _blake2b(records)
    header[0] = (MAGIC, VERSION, checkpoints.interval, per_tile, tiles, checkpoints.digest, check)
    write_file(path, [header.tobytes(), records])


def load(path: str | os.PathLike[str], container: Container, tensor: Tensor) -> Checkpoints:
    """Reads a side file, and makes sure that it belongs to the streams of `tensor`.

    Raises:
        SourceError: it cannot be read.
        InputError: it is no side file, or one of other streams.
    """
    source = FileSource(path)
    try:
        checkpoints = _parse(source)
    finally:
        source.close()
    shape = (len(tensor.tiles), max(_longest_stream(tensor) - 1, 0) // checkpoints.interval)
    if checkpoints.records.shape != shape or checkpoints.digest != digest_of(container, tensor):
        raise InputError(
            f"{path} holds the checkpoints of another file, or of an earlier state of this one"
        )
    return checkpoints


def _parse(source: Source) -> Checkpoints:
    name = source.name
    if source.size < HEADER.size:
        raise InputError(f"{name} has {source.size:,} bytes, too few for a file of checkpoints")
    header = source.array(0, HEADER.dtype, 1)[0]
    if header["magic"] != MAGIC or header["version"] != VERSION:
        raise InputError(f"{name} is no file of checkpoints that is known here")
    interval, tiles, per_tile = (int(header[field]) for field in ("interval", "tiles", "per_tile"))
    size = HEADER.size + tiles * per_tile * RECORD.itemsize
    if source.size != size or not 0 < interval <= LONGEST_INTERVAL or interval % GRANULE:
        raise InputError(
            f"{name} is damaged: its header does not go with its {source.size:,} bytes"
        )
    records = source.array(HEADER.size, RECORD, tiles * per_tile).reshape(tiles, per_tile)
    if _blake2b(records.tobytes()) != bytes(header["check"]):
        raise InputError(f"{name} is damaged: its checkpoints are not those that were written")
    return Checkpoints(interval, records, bytes(header["digest"]))
