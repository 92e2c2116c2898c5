"""Opening a capture: what it says is read at once, its arrays when they are wanted."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.capture import members
from codec.capture.archive import MAGIC, Archive
from codec.capture.description import Outcome
from codec.capture.metadata import Metadata, TensorRecord, TraceRecord
from codec.decoders.base import DecodedTensor, Tick, no_tick
from codec.decoders.streams import TILE_READ, Status
from codec.errors import FormatError, InputError, SourceError
from codec.frequency import SYMBOLS
from codec.source import BytesSource, FileSource, Source
from codec.trace import STEP_COLUMNS, Trace, from_npz

BYTES_AT_ONCE = 1 << 24
"""Bytes of a file that are hashed between two looks at progress and cancellation."""

BYTES_PER_STEP = sum(np.dtype(kind).itemsize for kind in STEP_COLUMNS.values())

MOST_TRACE_OVERHEAD = 1 << 20
"""Bytes that a trace may have beside its steps."""


@dataclass(frozen=True, eq=False)
class CapturedTensor:
    """One tensor of a capture; every method reads from the file each time, but for `reads`.

    Attributes:
        record: what the capture says of it.
        archive: where its arrays are.
        index: its place among the capture's tensors.

    All methods raise InputError where the array wanted is missing or damaged, and SourceError where the
    file has shrunk.
    """

    record: TensorRecord
    archive: Archive
    index: int

    @property
    def name(self) -> str:
        """Its name."""
        return self.record.name

    def weights(self) -> NDArray[np.int8]:
        """int8[rows, cols]: the output of the first run."""
        shape = (self.record.rows, self.record.cols)
        return self._array(members.WEIGHTS, shape, np.dtype(np.int8))

    @cached_property
    def reads(self) -> NDArray[Any]:
        """TILE_READ[tiles]: what was read of each tile in the first run."""
        self._require_arrays()
        name = members.path(self.index, members.READS)
        reads = self.archive.records(name, self.record.tiles, TILE_READ)
        known = np.isin(reads["status"], [int(status) for status in Status])
        wrong = np.flatnonzero(~known | (reads["tile"] != np.arange(len(reads))))
        if len(wrong):
            number, record = int(wrong[0]), reads[wrong[0]]
            raise InputError(
                f"record {number:,} of {name} in {self.archive.source.name} is about tile {record['tile']:,} with "
                f"the status {record['status']}: tiles stand in order, and statuses go up to {max(Status):d}"
            )
        return reads

    def decoded(self) -> DecodedTensor:
        """Weights and log, as a decoder hands them over."""
        return DecodedTensor(self.weights(), self.reads)

    @property
    def outcome(self) -> Outcome:
        """Which tiles are at fault; none of a tensor that was not decoded at all."""
        return Outcome([], []) if self.record.refusal else Outcome.of(self.reads, self.varying())

    def table(self) -> NDArray[np.int64]:
        """int64[2, 256]: the frequency and the first slot of every symbol, as the decoder took them."""
        return self._array(members.TABLE, (2, SYMBOLS), np.dtype("<i8"))

    def varying(self) -> NDArray[np.bool_]:
        """bool[runs, tiles]: where the weights or the log of a run differ from those of the first."""
        runs = len(self.record.timings)
        return self._array(members.VARYING, (runs, self.record.tiles), np.dtype(np.bool_))

    def trace(self, tile: int, first: int = 0, last: int | None = None) -> Trace:
        """The steps from `first` to before `last` of the trace of a tile.

        Raises:
            InputError: there is none; the sentence says why, and which there are.
        """
        record = self.traced(tile)
        trace = self._trace(record)
        columns = {name: column[first:last] for name, column in trace.columns.items()}
        reaches = last is None or last > record.steps
        return Trace(columns, trace.streams, record.stopped if reaches else "")

    def traced(self, tile: int) -> TraceRecord:
        """What the capture says of the trace of a tile.

        Raises:
            InputError: it holds none.
        """
        record = next((trace for trace in self.record.traces if trace.tile == tile), None)
        if record is None:
            raise InputError(f"{self._subject} has no trace of tile {tile:,}; {self._listed()}")
        if record.refusal:
            raise InputError(f"{self._subject} has no trace of tile {tile:,}: {record.refusal}")
        return record

    def _trace(self, record: TraceRecord) -> Trace:
        """A whole trace."""
        name = members.path(self.index, members.trace(record.tile))
        most = record.steps * BYTES_PER_STEP + MOST_TRACE_OVERHEAD
        source = BytesSource(self.archive.read(name, most), f"{name} in {self.archive.source.name}")
        try:
            trace = from_npz(source)
        except FormatError as error:
            raise InputError(error.sentence()) from None
        if len(trace) != record.steps or not (trace["tile"] == record.tile).all():
            raise InputError(
                f"{source.name} does not hold the {record.steps:,} steps that it should"
            )
        return trace

    def _array(self, member: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        self._require_arrays()
        return self.archive.array(members.path(self.index, member), shape, dtype)

    def _require_arrays(self) -> None:
        if self.record.refusal:
            raise InputError(f"{self._subject} was not decoded: {self.record.refusal}")

    @property
    def _subject(self) -> str:
        return f"{self.name} in {self.archive.source.name}"

    def _listed(self) -> str:
        tiles = [f"{trace.tile:,}" for trace in self.record.traces if not trace.refusal]
        shown = ", ".join(tiles[:8]) + " …" * (len(tiles) > 8)
        return f"there are traces of {shown}" if tiles else "no tile was traced (capture --trace)"


@dataclass(frozen=True, eq=False)
class Capture:
    """A decoder's output, traces and timings, recorded elsewhere.

    Attributes:
        source: the capture's own bytes.
        metadata: all that it says beside its arrays.
        tensors: in the order of the captured file.
    """

    source: Source
    metadata: Metadata
    tensors: tuple[CapturedTensor, ...]

    def matches(self, source: Source, tick: Tick = no_tick) -> str:
        """Why this is no capture of the file in `source`, as one sentence; "" where it is one.

        Reads all of it, where its size is right.

        Args:
            source: the bytes of a compressed file.
            tick: told (bytes done, bytes in all).

        Raises:
            SourceError: it cannot be read.
            Cancelled: `tick` says so.
        """
        file = self.metadata.file
        taken_of = f"{self.source.name} was taken of {file.name}"
        if source.size != file.size:
            return f"{taken_of} with {file.size:,} bytes, and {source.name} has {source.size:,}"
        found = digest(source, tick)
        if found != file.blake2b:
            return (
                f"{taken_of} with the BLAKE2b hash {file.blake2b[:16]}…, and {source.name} has {found[:16]}…: "
                "it is another file, or one changed since"
            )
        return ""


def digest(source: Source, tick: Tick = no_tick) -> str:
    """BLAKE2b of all bytes, 32 bytes in hexadecimal.

    Raises:
        SourceError: they cannot be read.
        Cancelled: `tick` says so.
    """
    state = hashlib.blake2b(digest_size=32)
    for begin in range(0, source.size, BYTES_AT_ONCE):
        tick(begin, source.size)
        state.update(source.read(begin, min(BYTES_AT_ONCE, source.size - begin)))
    return state.hexdigest()


def is_capture(path: str | os.PathLike[str]) -> bool:
    """Whether the file at `path` begins as a capture does; False where it cannot be read."""
    try:
        source = FileSource(path)
        return source.read(0, min(source.size, len(MAGIC))) == MAGIC
    except SourceError:
        return False


def open_capture(path: str | os.PathLike[str]) -> Capture:
    """Opens the capture at `path`.

    Raises:
        SourceError: it cannot be read.
        InputError: it is no capture, a damaged one, or one of a version that is not known.
    """
    return parse(FileSource(Path(path)))


def parse(source: Source) -> Capture:
    """As `open_capture`, for bytes from anywhere."""
    archive = Archive(source)
    if members.METADATA not in archive:
        raise InputError(
            f"{source.name} is a zip archive but no capture: it has no {members.METADATA} in it"
        )
    text = archive.read(members.METADATA, members.MOST_METADATA)
    metadata = Metadata.parsed(text, f"{members.METADATA} in {source.name}")
    tensors = tuple(
        CapturedTensor(record, archive, index) for index, record in enumerate(metadata.tensors)
    )
    return Capture(source, metadata, tensors)
