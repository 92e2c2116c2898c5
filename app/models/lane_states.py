"""The states of many lanes, in blocks of steps, found for all lanes at once.

A lane at a time, thousands of small arrays would be made for one picture, which takes longer than all the rest of
what a step's trace is laid out to.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from app.models.envelope import FACTOR, Floats

Points = tuple[NDArray[np.float64], Floats]
"""Rows of the trace, and log2 of states, of one curve: of the same length."""


class LaneStates:
    """The mean state of any run of steps of some lanes."""

    def __init__(self, states: Floats, rows: Mapping[int, NDArray[np.int64]]) -> None:
        """Folds the states of each lane.

        Args:
            states: float32[n], log2 of the state before each step of a trace.
            rows: for each lane its rows of the trace, at least one, ascending.
        """
        self._lanes = {lane: place for place, lane in enumerate(rows)}
        self._counts = np.array([len(each) for each in rows.values()], dtype=np.int64)
        longest = int(self._counts.max(initial=0))
        # Behind a lane's last row stands a row that no trace has.
        self._rows = np.full((len(rows), longest), np.iinfo(np.int64).max, dtype=np.int64)
        totals = np.zeros((len(rows), longest), dtype=np.float32)
        for place, each in enumerate(rows.values()):
            self._rows[place, : len(each)] = each
            totals[place, : len(each)] = states[each]
        self._levels = [totals]
        while self._levels[-1].shape[1] > FACTOR:
            self._levels.append(_fold(self._levels[-1]))

    def __contains__(self, lane: int) -> bool:
        """Whether a lane is one of them."""
        return lane in self._lanes

    def points(self, begin: int, end: int, most: int) -> dict[int, Points]:
        """Curves of all lanes over the rows from `begin` to before `end`, and a block more at either side.

        Args:
            begin, end: rows of the trace.
            most: blocks of a lane that are wanted at most.
        """
        first = np.maximum((self._rows < begin).sum(axis=1) - 1, 0)
        last = np.minimum((self._rows < end).sum(axis=1) + 1, self._counts)
        level, size, widest = 0, 1, int((last - first).max(initial=0))
        while widest // size > most and level + 1 < len(self._levels):
            level, size = level + 1, size * FACTOR
        return self._blocks(level, size, first // size, -(-last // size))

    def _blocks(
        self, level: int, size: int, first: NDArray[np.int64], last: NDArray[np.int64]
    ) -> dict[int, Points]:
        """The blocks from `first` to before `last`, of each lane its own."""
        origin, behind = int(first.min(initial=0)), int(last.max(initial=0))
        begins = np.arange(origin, behind, dtype=np.int64) * size
        # A lane's last block may be short, and lanes of fewer steps have fewer blocks.
        held = np.clip(self._counts[:, None] - begins, 1, size).astype(np.float32)
        means = self._levels[level][:, origin:behind] / held
        middles = np.minimum(begins + (size - 1) // 2, (self._counts - 1)[:, None])
        places = np.take_along_axis(self._rows, middles, axis=1).astype(np.float64)
        cuts = zip(self._lanes, (first - origin).tolist(), (last - origin).tolist(), strict=True)
        return {
            lane: (places[row, begin:end], means[row, begin:end])
            for row, (lane, begin, end) in enumerate(cuts)
        }


def rows_by_lane(lane: NDArray[np.integer]) -> dict[int, NDArray[np.int64]]:
    """The rows of each lane, ascending; `lane` has that of each row."""
    if not len(lane):
        return {}
    counts = np.bincount(lane)
    order = np.argsort(lane, kind="stable").astype(np.int64)
    found = np.flatnonzero(counts)
    parts = np.split(order, np.cumsum(counts[found])[:-1])
    return dict(zip(found.tolist(), parts, strict=True))


def _fold(totals: Floats) -> Floats:
    """The sums of each run of FACTOR columns, the last one filled up."""
    missing = -totals.shape[1] % FACTOR
    if missing:
        totals = np.pad(totals, ((0, 0), (0, missing)))
    a, b, c, d = (totals[:, number::FACTOR] for number in range(FACTOR))
    folded: Floats = (a + b) + (c + d)
    return folded
