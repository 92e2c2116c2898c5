"""Two traces of one tile, step against step: which rows of both stand for a step, and where they differ.

A million steps are paired and compared as arrays, at once, so that tables and plots only look things up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.trace import STEP_COLUMNS, Trace

LEFT, RIGHT = 0, 1
"""The sides, as they are numbered."""

SIDE_NAMES = ("left", "right")

COMPARED = tuple(name for name in STEP_COLUMNS if name not in ("tile", "stream", "step"))
"""Columns that may differ at a step; the others say which step it is."""

NO_ROW = -1
"""Stands for the row of a step that a trace does not hold."""

Rows = NDArray[np.int64]
Keys = NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True, eq=False)
class StepPairs:
    """The steps that at least one of two traces holds, in their order.

    Attributes:
        traces: left and right.
        keys: unsigned[n], of each step: its stream, and its number in the stream, as one number.
        rows: int64[n] for each side, the row of its trace; NO_ROW where it does not hold the step.
    """

    traces: tuple[Trace, Trace]
    keys: Keys
    rows: tuple[Rows, Rows]

    def __len__(self) -> int:
        return len(self.keys)

    def row(self, pair: int, side: int) -> int | None:
        """The row of a side's trace; None where it does not hold the step."""
        found = int(self.rows[side][pair])
        return None if found == NO_ROW else found

    def number(self, pair: int, side: int, name: str) -> int | None:
        """What a side has in a column of a step; None where it does not hold the step."""
        row = self.row(pair, side)
        return None if row is None else int(self.traces[side][name][row])

    def stream(self, pair: int) -> int:
        """The stream of a step."""
        return int(self.keys[pair]) >> _STEP_BITS

    def step(self, pair: int) -> int:
        """The number of a step within its stream."""
        return int(self.keys[pair]) & ((1 << _STEP_BITS) - 1)

    def differs(self, pair: int, name: str) -> bool:
        """Whether both sides hold a step and have different values in a column."""
        left, right = (self.number(pair, side, name) for side in (LEFT, RIGHT))
        return left is not None and right is not None and left != right

    def find(self, stream: int, step: int) -> int | None:
        """The pair of a step; None where neither side holds it."""
        key = (stream << _STEP_BITS) | step
        if not 0 <= key <= np.iinfo(self.keys.dtype).max:
            return None
        pair = int(np.searchsorted(self.keys, self.keys.dtype.type(key)))
        return pair if pair < len(self) and self.keys[pair] == key else None

    def pair_of_symbol(self, symbol_index: int, side: int) -> int | None:
        """The step at which a side decodes the symbol at a place of the tile; None where it does not."""
        row = self.traces[side].row_of_symbol(symbol_index)
        if row is None:
            return None
        trace = self.traces[side]
        return self.find(int(trace["stream"][row]), int(trace["step"][row]))

    @cached_property
    def differing(self) -> Rows:
        """The pairs that differ in some column, or behind which one side has stopped, ascending."""
        if self.rows[LEFT] is self.rows[RIGHT]:
            return np.flatnonzero(self._unlike(self.rows[LEFT], self.rows[RIGHT]))
        both = np.flatnonzero(self._held_by_both)
        apart = self._unlike(*(rows[both] for rows in self.rows))
        # Where one side has stopped, the other holds steps behind all that both hold: these come last.
        return np.concatenate([both[apart], self._stopped()])

    @property
    def _held_by_both(self) -> NDArray[np.bool_]:
        held: NDArray[np.bool_] = (self.rows[LEFT] != NO_ROW) & (self.rows[RIGHT] != NO_ROW)
        return held

    def _unlike(self, left_rows: Rows, right_rows: Rows) -> NDArray[np.bool_]:
        """Whether some column differs between rows of the left trace and rows of the right one."""
        left, right = _selector(left_rows), _selector(right_rows)
        apart = np.zeros(len(left_rows), dtype=np.bool_)
        for name in COMPARED:
            apart |= self.traces[LEFT][name][left] != self.traces[RIGHT][name][right]
        return apart

    def _stopped(self) -> Rows:
        """The pairs that one side does not hold since its stream stopped before."""
        found = [np.zeros(0, dtype=np.int64)]
        for side in (LEFT, RIGHT):
            held = np.flatnonzero(self.rows[side] != NO_ROW)
            if self.traces[side].stopped:
                found.append(np.arange(held[-1] + 1 if len(held) else 0, len(self), dtype=np.int64))
        return np.concatenate(found)

    @property
    def shared(self) -> int:
        """Steps that both sides hold."""
        return int(np.count_nonzero(self._held_by_both))


_STEP_BITS = 32
"""Bits of a key that hold the number of the step."""


def pair_steps(left: Trace, right: Trace) -> StepPairs:
    """The steps of two traces side by side; of steps that a trace holds twice, the first counts."""
    single = not (left["stream"].any() or right["stream"].any())
    every = np.arange(max(len(left), len(right)), dtype=np.int64)
    left_keys, left_rows = _keys(left, single, every)
    right_keys, right_rows = _keys(right, single, every)
    if np.array_equal(left_keys, right_keys):
        same = np.array_equal(left_rows, right_rows)
        rows = (left_rows, left_rows if same else right_rows)
        return StepPairs((left, right), left_keys, rows)
    keys = _merged((left_keys, right_keys))
    rows = (_rows_of(keys, left_keys, left_rows), _rows_of(keys, right_keys, right_rows))
    return StepPairs((left, right), keys, rows)


def _keys(trace: Trace, single: bool, every: Rows) -> tuple[Keys, Rows]:
    """The keys of a trace's steps, ascending, and the row of each; of a `single` stream its steps do.

    `every` has the numbers of all rows, in order.
    """
    keys: Keys = trace["step"]
    if not single:
        keys = (trace["stream"].astype(np.uint64) << np.uint64(_STEP_BITS)) | keys
    if np.all(keys[1:] > keys[:-1]):
        return keys, every[: len(keys)]
    unique, rows = np.unique(keys, return_index=True)
    return unique, rows.astype(np.int64)


def _merged(sorted_keys: Iterable[Keys]) -> Keys:
    """All keys, each once. A stable sort merges what is sorted already, in linear time."""
    keys = np.sort(np.concatenate(list(sorted_keys)), kind="stable")
    first = np.ones(len(keys), dtype=np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    return keys[first]


def _rows_of(keys: Keys, held: Keys, rows: Rows) -> Rows:
    """The row of each key, where it is held."""
    found = np.full(len(keys), NO_ROW, dtype=np.int64)
    found[np.searchsorted(keys, held)] = rows
    return found


def _selector(rows: Rows) -> Rows | slice:
    """The rows, as a slice where they follow one another: that copies nothing."""
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows) and np.all(np.diff(rows) == 1):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows
