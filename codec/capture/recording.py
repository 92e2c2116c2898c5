"""Making a capture: a decoder runs, and what it computed becomes the pieces of a file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.atomic_file import BYTES_AT_ONCE, Piece, npy_pieces
from codec.capture import members
from codec.capture.archive import ArchiveWriter
from codec.capture.description import Outcome
from codec.capture.loading import digest
from codec.capture.metadata import (
    CapturedFile,
    Metadata,
    RunTiming,
    TensorRecord,
    TraceRecord,
    timing_of,
)
from codec.container import Container, Tensor
from codec.decoders.base import DecodedTensor, Decoder, Tick, no_tick
from codec.decoders.platform import host, versions
from codec.decoders.streams import TILE_READ
from codec.errors import DecodeError, DeviceError, InputError
from codec.trace import npz_bytes


@dataclass(frozen=True)
class Wanted:
    """What a capture is to hold.

    Attributes:
        tensors: the tensors to decode.
        tiles: by a tensor's index, the tiles of it to trace.
        repeat: runs of each; all are timed, and compared with the first.
        command: the command line that asks for it.
    """

    tensors: tuple[Tensor, ...]
    tiles: Mapping[int, Sequence[int]] = field(default_factory=dict)
    repeat: int = 1
    command: tuple[str, ...] = ()


def timed_decode(
    decoder: Decoder, container: Container, tensor: Tensor, tick: Tick = no_tick
) -> tuple[DecodedTensor, RunTiming]:
    """A whole tensor, and how long it took.

    Raises:
        DecodeError, Cancelled: as `Decoder.decode`.
    """
    begin = time.perf_counter()
    decoded = decoder.decode(container, tensor, tick)
    wall = time.perf_counter() - begin
    return decoded, timing_of(wall, getattr(decoder, "timing", None))


class Recording:
    """Runs a decoder, tensor after tensor, while its pieces are being written.

    Attributes:
        metadata: what was recorded; None before the last piece.
        outcomes: which tiles of each tensor are at fault.
        notices: what a person should know of the runs, each once.
    """

    def __init__(
        self,
        container: Container,
        decoder: Decoder,
        wanted: Wanted,
        ticks: Callable[[str], Tick] | None = None,
    ) -> None:
        """Runs nothing yet.

        Args:
            container: the file.
            decoder: an available one.
            wanted: which tensors and tiles.
            ticks: gives the `Tick` for a part of the work, which it is told in words.
        """
        self.metadata: Metadata | None = None
        self.outcomes: list[Outcome] = []
        self.notices: list[str] = []
        self._container = container
        self._decoder = decoder
        self._wanted = wanted
        self._ticks = ticks or _no_ticks
        self._archive = ArchiveWriter()

    def pieces(self) -> Iterator[Piece]:
        """The capture, for `write_file`.

        A tensor that cannot be decoded is noted and has no arrays.

        Raises:
            DecodeError: none of the tensors can be decoded, or the card failed.
            InputError: the file changed meanwhile, or there is more to say than a capture can hold.
            SourceError: the file cannot be read any more.
            Cancelled: a tick says so.
        """
        records = []
        for index, tensor in enumerate(self._wanted.tensors):
            try:
                runs = self._run(tensor)
            except DeviceError:  # nothing of the tensors behind it could be had either
                raise
            except DecodeError as error:
                records.append(_record(tensor, refusal=error.sentence()))
                self.outcomes.append(Outcome([], []))
                continue
            self.outcomes.append(Outcome.of(runs.first.reads, np.array(runs.varying)))
            yield from self._arrays(index, tensor, runs)
            traces: list[TraceRecord] = []
            yield from self._traces(index, tensor, traces)
            interval, timings = self._decoder.checkpoint_interval, tuple(runs.timings)
            records.append(
                _record(tensor, checkpoint_interval=interval, timings=timings, traces=tuple(traces))
            )
        _require_some(records)
        self.metadata = self._described(tuple(records))
        text = self.metadata.json_bytes()
        if len(text) > members.MOST_METADATA:
            raise InputError(
                f"tensors, runs and traces are too many for one capture: they take {len(text):,} bytes to "
                f"describe, and {members.MOST_METADATA:,} are allowed"
            )
        yield from self._archive.member(members.METADATA, [text])
        yield from self._archive.end()

    def _run(self, tensor: Tensor) -> _Runs:
        """All runs of a tensor; the weights of one beside the first are held at a time."""
        runs = _Runs(tensor)
        for number in range(self._wanted.repeat):
            label = f"decoding {tensor.name}"
            if self._wanted.repeat > 1:
                label += f", run {number + 1:,} of {self._wanted.repeat:,}"
            runs.add(*timed_decode(self._decoder, self._container, tensor, self._ticks(label)))
            self._note()
        return runs

    def _arrays(self, index: int, tensor: Tensor, runs: _Runs) -> Iterator[Piece]:
        table = np.stack([tensor.table.frequencies, tensor.table.starts]).astype("<i8")
        arrays: dict[str, NDArray[Any]] = {
            members.WEIGHTS: np.ascontiguousarray(runs.first.weights),
            members.READS: runs.first.reads,
            members.TABLE: table,
            members.VARYING: np.array(runs.varying),
        }
        for member, array in arrays.items():
            yield from self._archive.member(members.path(index, member), npy_pieces(array))

    def _traces(self, index: int, tensor: Tensor, records: list[TraceRecord]) -> Iterator[Piece]:
        """The traces of a tensor; `records` says what became of each."""
        tiles = self._wanted.tiles.get(tensor.index, ())
        tick = self._ticks(f"tracing {tensor.name}")
        for done, tile in enumerate(tiles):
            tick(done, len(tiles))
            symbols = tensor.symbol_count(tile)
            try:
                trace = self._decoder.trace(self._container, tensor, tile)
            except DeviceError:
                raise
            except DecodeError as error:
                records.append(TraceRecord(tile, symbols, 0, refusal=error.sentence()))
                continue
            self._note()
            records.append(TraceRecord(tile, symbols, len(trace), trace.stopped))
            name = members.path(index, members.trace(tile))
            yield from self._archive.member(name, [npz_bytes(trace)])

    def _note(self) -> None:
        if self._decoder.notice and self._decoder.notice not in self.notices:
            self.notices.append(self._decoder.notice)

    def _described(self, records: tuple[TensorRecord, ...]) -> Metadata:
        """What there is to say beside the arrays, now that all of them are there."""
        source, platform = self._container.source, self._decoder.platform()
        # Hashed at last: reading the file before would make the first run's reading look faster than it is.
        hashed = digest(source, self._ticks(f"hashing {source.name}"))
        if source.changed():
            raise InputError(f"{source.name} was changed while it was being captured")
        now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
        return Metadata(
            file=CapturedFile(source.name, source.size, hashed, self._container.format),
            decoder=self._decoder.name,
            decoder_description=self._decoder.description,
            date=f"{now.isoformat()}Z",
            command=self._wanted.command,
            host=host(),
            device=platform.device,
            versions={**versions(), **platform.versions},
            tensors=records,
        )


class _Runs:
    """The runs of one tensor: all of the first, and in what the others differ from it."""

    def __init__(self, tensor: Tensor) -> None:
        self._tensor = tensor
        self._first: DecodedTensor | None = None
        self.timings: list[RunTiming] = []
        self.varying: list[NDArray[np.bool_]] = []

    @property
    def first(self) -> DecodedTensor:
        """What the first run gave."""
        assert self._first is not None, "no run was added"
        return self._first

    def add(self, decoded: DecodedTensor, timing: RunTiming) -> None:
        """Takes another run in."""
        if self._first is None:
            self._first = decoded
        self.timings.append(timing)
        self.varying.append(_differing(self._tensor, self._first, decoded))


def _differing(tensor: Tensor, one: DecodedTensor, other: DecodedTensor) -> NDArray[np.bool_]:
    """bool[tiles]: whose weights or log differ between two runs."""
    shape = (len(tensor.tiles), TILE_READ.itemsize)
    logs = [np.ascontiguousarray(run.reads).view(np.uint8).reshape(shape) for run in (one, other)]
    found: NDArray[np.bool_] = (logs[0] != logs[1]).any(axis=1)
    if _same(one.weights, other.weights):
        return found
    for tile in np.flatnonzero(~found).tolist():
        row, col, rows, cols = tensor.rectangle(tile)
        part = np.s_[row : row + rows, col : col + cols]
        found[tile] = not np.array_equal(one.weights[part], other.weights[part])
    return found


def _same(one: NDArray[np.int8], other: NDArray[np.int8]) -> bool:
    """Whether two matrices are equal; compared by bands of rows, so that little memory is taken."""
    band = max(1, BYTES_AT_ONCE // max(one.shape[1], 1))
    begins = range(0, len(one), band)
    return all(np.array_equal(one[row : row + band], other[row : row + band]) for row in begins)


def _no_ticks(_: str) -> Tick:
    return no_tick


def _record(tensor: Tensor, **more: Any) -> TensorRecord:
    return TensorRecord(
        tensor.name,
        tensor.rows,
        tensor.cols,
        tensor.dtype,
        tensor.tile_rows,
        tensor.tile_cols,
        len(tensor.tiles),
        **more,
    )


def _require_some(records: Sequence[TensorRecord]) -> None:
    """Raises DecodeError where no tensor could be decoded, for the reason of the first."""
    if all(record.refusal for record in records):
        raise DecodeError(next((record.refusal for record in records), "there is no tensor"))
