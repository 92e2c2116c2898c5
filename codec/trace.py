"""The one trace schema: what happened at every step of a stream, whoever ran it.

The scalar reference, the fast decoder and the GPU kernels fill the same columns, so that "where do
they part" is a comparison of arrays, and every view of states works for all of them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.decimal_text import decimals, rows_of_text
from codec.errors import FormatError
from codec.frequency import SYMBOLS
from codec.inputs import npz
from codec.inputs.arrays import InputArray
from codec.source import Source

STEP_COLUMNS: dict[str, str] = {
    "tile": "<u4",
    "stream": "<u4",
    "step": "<u4",
    "lane": "<u2",
    "symbol_index": "<u4",
    "state_before": "<u4",
    "slot": "<u4",
    "symbol": "<u1",
    "freq": "<u4",
    "start": "<u4",
    "state_after": "<u4",
    "position": "<u8",
    "bytes_read": "<u1",
}
"""Columns of a trace and their types. `tile`: in coding order. `stream`: within the tile. `step`: row
number within the stream. `symbol_index`: the symbol's place in the tile, row-major. `state_after`:
renormalisation included. `position`: file offset of the next unread byte before the step.
`bytes_read`: renormalisation bytes that the step took, at and behind `position` where words are taken forward,
at and before it where they are taken backward."""

STEPS_AT_ONCE = 1 << 14
"""Steps that become text at a time: what they need of memory stays in a processor's cache."""


@dataclass(frozen=True)
class StreamRead:
    """What a decoder took for the frame of one stream, before its first step.

    Attributes:
        tile: index of the tile.
        offset: file offset of the stream.
        size: its bytes.
        symbol_count: symbols that it says it holds.
        initial_state: the state that the first symbol is decoded from.
        frequencies: int64[256], the table in use.
        lane_states: the state that each lane starts from.
        forward: whether words are taken towards the end of the file.
    """

    tile: int
    offset: int
    size: int
    symbol_count: int
    initial_state: int
    frequencies: NDArray[np.int64]
    lane_states: tuple[int, ...] = ()
    forward: bool = False


@dataclass(frozen=True)
class Trace:
    """Consecutive steps of one or more streams.

    Attributes:
        columns: name to array, all of one length; names and dtypes as in `STEP_COLUMNS`.
        streams: the frame of every stream that the steps belong to.
        stopped: why the stream could not be decoded to its end, as one sentence; else "".
    """

    columns: dict[str, NDArray[Any]]
    streams: tuple[StreamRead, ...]
    stopped: str = ""

    def __len__(self) -> int:
        return len(self.columns["step"])

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    @property
    def first_step(self) -> int:
        """Number of the first step recorded; 0 where there is none."""
        return int(self["step"][0]) if len(self) else 0

    def row_of_symbol(self, symbol_index: int) -> int | None:
        """The row that decoded the symbol at this place of the tile, or None."""
        rows = np.flatnonzero(self["symbol_index"] == symbol_index)
        return int(rows[0]) if len(rows) else None

    @property
    def forward(self) -> bool:
        """Whether words are taken towards the end of the file."""
        return bool(self.streams) and self.streams[0].forward

    def row_of_byte(self, offset: int) -> int | None:
        """The row whose renormalisation took the byte at this file offset, or None."""
        position, read = self["position"].astype(np.int64), self["bytes_read"].astype(np.int64)
        first = position if self.forward else position - read + 1
        rows = np.flatnonzero((first <= offset) & (offset < first + read))
        return int(rows[0]) if len(rows) else None

    def bytes_of_row(self, row: int) -> tuple[int, int]:
        """(offset, size) of the bytes that the step in this row took; size 0 where it took none."""
        position, size = int(self["position"][row]), int(self["bytes_read"][row])
        return (position if self.forward else position - max(size, 1) + 1), size


def empty_columns(count: int) -> dict[str, NDArray[Any]]:
    """Columns of `count` rows, all zero."""
    return {name: np.zeros(count, dtype=kind) for name, kind in STEP_COLUMNS.items()}


def concatenate(traces: Sequence[Trace]) -> Trace:
    """One trace of the rows of all, in their order."""
    columns = {
        name: np.concatenate([trace[name] for trace in traces])
        if traces
        else np.zeros(0, dtype=kind)
        for name, kind in STEP_COLUMNS.items()
    }
    streams = tuple(stream for trace in traces for stream in trace.streams)
    stopped = "; ".join(trace.stopped for trace in traces if trace.stopped)
    return Trace(columns, streams, stopped)


def npz_bytes(trace: Trace) -> bytes:
    """The trace as a .npz file: its columns, and one `stream_*` array per field of `StreamRead`."""
    frames = trace.streams
    frame_columns = {
        "stream_tile": np.array([f.tile for f in frames], dtype=np.uint32),
        "stream_offset": np.array([f.offset for f in frames], dtype=np.uint64),
        "stream_size": np.array([f.size for f in frames], dtype=np.uint64),
        "stream_symbol_count": np.array([f.symbol_count for f in frames], dtype=np.uint64),
        "stream_initial_state": np.array([f.initial_state for f in frames], dtype=np.uint64),
        "stream_forward": np.array([f.forward for f in frames], dtype=np.bool_),
        "stream_lane_states": _lane_states(frames),
        "stream_frequencies": np.array([f.frequencies for f in frames], dtype=np.uint32).reshape(
            len(frames), SYMBOLS
        ),
    }
    target = io.BytesIO()
    arrays: dict[str, Any] = {**trace.columns, **frame_columns}
    np.savez_compressed(target, **arrays)
    return target.getvalue()


def _lane_states(frames: Sequence[StreamRead]) -> NDArray[np.uint32]:
    """u32[streams, lanes]: the state that each lane starts from, 0 where a stream has fewer lanes."""
    lanes = max((len(frame.lane_states) for frame in frames), default=0)
    states = np.zeros((len(frames), lanes), dtype=np.uint32)
    for row, frame in zip(states, frames, strict=True):
        row[: len(frame.lane_states)] = frame.lane_states
    return states


def from_npz(source: Source) -> Trace:
    """The trace that `npz_bytes` wrote; why it stopped does not stand there.

    Raises:
        FormatError: the archive is damaged, or holds no trace.
    """
    arrays = {array.name: array for array in npz.arrays(source)}
    steps = _length(arrays, "step")
    columns = {
        name: _column(arrays, name, (steps,), source, np.dtype(kind).name).astype(kind, copy=False)
        for name, kind in STEP_COLUMNS.items()
    }
    return Trace(columns, tuple(_frames(arrays, source)))


def _frames(arrays: Mapping[str, InputArray], source: Source) -> Iterator[StreamRead]:
    """The frames of the streams, from the `stream_*` arrays."""
    count = _length(arrays, "stream_tile")
    tile, offset, size, symbols, initial = (
        _column(arrays, f"stream_{name}", (count,), source).tolist()
        for name in ("tile", "offset", "size", "symbol_count", "initial_state")
    )
    frequencies = _column(arrays, "stream_frequencies", (count, SYMBOLS), source).astype(np.int64)
    lanes = _length(arrays, "stream_lane_states", axis=1)
    states = _column(arrays, "stream_lane_states", (count, lanes), source).tolist()
    forward = _column(arrays, "stream_forward", (count,), source).tolist()
    for row in range(count):
        yield StreamRead(
            tile[row], offset[row], size[row], symbols[row], initial[row], frequencies[row],
            tuple(states[row]), bool(forward[row]),
        )  # fmt: skip


def _length(arrays: Mapping[str, InputArray], name: str, axis: int = 0) -> int:
    """How long an array says it is; 0 where it is not there or has no such axis."""
    shape = arrays[name].shape if name in arrays else ()
    return shape[axis] if axis < len(shape) else 0


def _column(
    arrays: Mapping[str, InputArray],
    name: str,
    shape: tuple[int, ...],
    source: Source,
    *dtypes: str,
) -> NDArray[Any]:
    """An array of just that shape and of one of these types, by default of unsigned numbers."""
    array = arrays.get(name)
    if array is None or array.shape != shape or array.dtype not in (dtypes or _UNSIGNED):
        found = "is not there" if array is None else f"holds {array.dtype} of shape {array.shape}"
        raise FormatError(f"{source.name} holds no trace: the array {name} {found}")
    return array.read()


_UNSIGNED = ("bool", "uint8", "uint16", "uint32", "uint64")


def csv_text(trace: Trace) -> str:
    """The steps as CSV with a header row; whole numbers in decimal."""
    return b"".join(csv_pieces(trace)).decode("ascii")


def csv_pieces(trace: Trace) -> Iterator[bytes]:
    """The same, part by part: millions of steps need not be in memory as text."""
    yield f"{','.join(STEP_COLUMNS)}\n".encode("ascii")
    before = ["", *[","] * (len(STEP_COLUMNS) - 1)]
    yield from _lines(trace, before, "\n")


def json_lines(trace: Trace) -> Iterator[str]:
    """The steps as JSON objects with the columns as keys, one by one."""
    before = [f', "{name}": ' for name in STEP_COLUMNS]
    before[0] = "{" + before[0].removeprefix(", ")
    for piece in _lines(trace, before, "}\n"):
        yield from piece.decode("ascii").splitlines()


def _lines(trace: Trace, before: Sequence[str], end: str) -> Iterator[bytes]:
    texts = [text.encode("ascii") for text in before]
    for begin in range(0, len(trace), STEPS_AT_ONCE):
        rows = slice(begin, begin + STEPS_AT_ONCE)
        columns = [decimals(trace[name][rows]) for name in STEP_COLUMNS]
        yield rows_of_text(columns, texts, end.encode("ascii"))
