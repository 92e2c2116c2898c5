"""Where two traces of one stream part: the first step at which any column differs.

Since every decoder fills the same columns, this is a comparison of arrays. What both took for the stream's frame and
table is compared before the first step: a wrong start explains all that follows.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from codec.trace import STEP_COLUMNS, StreamRead, Trace

BEFORE_THE_FIRST = -1
"""Stands for the step where traces differ before any step."""

STEPS_AT_ONCE = 1 << 16
"""Steps that are compared in one go, in the processor's cache: most traces part early, if at all."""


@dataclass(frozen=True, eq=False)
class Divergence:
    """The first difference of two traces of one tile.

    Attributes:
        tile: the tile.
        stream: within the tile.
        step: number of the step within the stream; -1 where they differ before the first.
        left_row, right_row: rows of both traces that stand for the step; None where a trace has no such step.
        columns: names of the trace's columns that differ there, or of the fields of `StreamRead`; none where
            one stream stopped before the step.
        left, right: the traces.
    """

    tile: int
    stream: int
    step: int
    left_row: int | None
    right_row: int | None
    columns: tuple[str, ...]
    left: Trace
    right: Trace


def first_divergence(left: Trace, right: Trace) -> Divergence | None:
    """Where two traces of one tile part; None where they agree in every column of every step both have.

    Steps are found by their stream and number, in whatever order the rows stand. Where one is a part of the other's
    steps, only the steps that both hold are compared, unless a trace says that its stream stopped there.
    """
    frames = zip(left.streams, right.streams, strict=False)
    differing = [different_fields(one, other) for one, other in frames]
    bad_frame = next((stream for stream, names in enumerate(differing) if names), None)
    found = _first_step(left, right)
    if bad_frame is not None and (found is None or bad_frame <= found.stream):
        tile, names = left.streams[bad_frame].tile, differing[bad_frame]
        return Divergence(tile, bad_frame, BEFORE_THE_FIRST, None, None, names, left, right)
    return found


def different_fields(left: StreamRead, right: StreamRead) -> tuple[str, ...]:
    """The fields in which two decoders differ about one stream; lane states that one does not tell do not count."""
    names = [field.name for field in fields(StreamRead) if field.name != "tile"]
    if not (left.lane_states and right.lane_states):
        names.remove("lane_states")
    return tuple(n for n in names if not np.array_equal(getattr(left, n), getattr(right, n)))


def _first_step(left: Trace, right: Trace) -> Divergence | None:
    """The first step that differs, or that only one of the streams gets to."""
    one, other = _Steps(left), _Steps(right)
    if np.array_equal(one.keys, other.keys):
        rows, others = np.arange(len(one.keys)), np.arange(len(one.keys))
    else:
        _, rows, others = np.intersect1d(one.keys, other.keys, return_indices=True)
    rows, others = one.rows[rows], other.rows[others]
    for begin in range(0, len(rows), STEPS_AT_ONCE):
        part, beside = (numbers[begin : begin + STEPS_AT_ONCE] for numbers in (rows, others))
        differs = np.zeros(len(part), dtype=np.bool_)
        for name in STEP_COLUMNS:
            differs |= left[name][part] != right[name][beside]
        if differs.any():
            at = int(differs.argmax())
            return _divergence(left, right, int(part[at]), int(beside[at]))
    return _first_missing(one, other)


class _Steps:
    """The steps of a trace in the order of their streams and numbers.

    Attributes:
        trace: it.
        rows: int64[n], its rows in that order.
        keys: u64[n], the stream and the number of each, as one number.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        keys = trace["stream"].astype(np.uint64) << np.uint64(32) | trace["step"]
        ordered = bool((keys[1:] > keys[:-1]).all())
        self.rows: NDArray[np.int64] = (
            np.arange(len(keys)) if ordered else np.argsort(keys, kind="stable")
        )
        self.keys: NDArray[np.uint64] = keys[self.rows]

    def behind(self, other: _Steps) -> int | None:
        """The first row behind the last step of a trace whose stream stopped; None where there is none."""
        if not other.trace.stopped:
            return None
        at = int(np.searchsorted(self.keys, other.keys[-1], side="right")) if len(other.keys) else 0
        return int(self.rows[at]) if at < len(self.rows) else None


def _first_missing(one: _Steps, other: _Steps) -> Divergence | None:
    """The first step that one stream takes while the other has stopped."""
    left, right = one.trace, other.trace
    if (row := other.behind(one)) is not None:
        return _divergence(left, right, None, row)
    if (row := one.behind(other)) is not None:
        return _divergence(left, right, row, None)
    return None


def _divergence(
    left: Trace, right: Trace, left_row: int | None, right_row: int | None
) -> Divergence:
    """The divergence at a step that at least one trace has."""
    rows = [(t, row) for t, row in ((left, left_row), (right, right_row)) if row is not None]
    tile, stream, step = (int(rows[0][0][name][rows[0][1]]) for name in ("tile", "stream", "step"))
    names = [n for n in STEP_COLUMNS if len({int(trace[n][row]) for trace, row in rows}) > 1]
    return Divergence(tile, stream, step, left_row, right_row, tuple(names), left, right)
