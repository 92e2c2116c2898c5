"""The next step at which two walks of one stream part: of two decoders, or of a file before and after an edit.

What is compared is what a step does: whose turn it is, the states, the slot and its owner, and the bytes. Where
a file lies, and where in it the stream, is no difference.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.decoders.base import Tick, no_tick
from codec.stepping.walk import Test, Walk
from codec.trace import STEP_COLUMNS, Trace

COMPARED = tuple(
    name for name in STEP_COLUMNS if name not in ("tile", "stream", "step", "position")
)
"""Columns that must be equal; positions are compared from the start of the stream on."""


class PartsFrom(Test):
    """Holds at steps of a walk that another walk takes differently, and at the first that it does not take.

    Attributes:
        other: the other walk.
    """

    def __init__(self, other: Walk) -> None:
        self.other = other

    def holds(self, walk: Walk, trace: Trace) -> NDArray[np.bool_]:
        """As `Test.holds`.

        Raises:
            DecodeError: the other walk's decoder fails.
        """
        beside = self.other.trace(trace.first_step, trace.first_step + len(trace))
        both, differs = slice(0, len(beside)), np.zeros(len(trace), dtype=np.bool_)
        differs[both] = _positions(trace)[both] != _positions(beside)
        for name in COMPARED:
            differs[both] |= trace[name][both] != beside[name]
        differs |= trace["step"] == self.other.steps
        return differs


def _positions(trace: Trace) -> NDArray[np.uint64]:
    """Positions from the start of the stream on; of bytes before it they wrap, alike in both."""
    begin = trace.streams[0].offset if trace.streams else 0
    positions: NDArray[np.uint64] = trace["position"] - np.uint64(begin)
    return positions


def next_parting(
    left: Walk, right: Walk, start: int, *, forward: bool = True, tick: Tick = no_tick
) -> int | None:
    """The first step from `start` on, or the last one before it, at which two walks part; None without.

    Where one of them ends before the other, that is where they part, and nothing behind it is. Decoders that have
    parted seldom meet again: where they parted first is what the search from step 0 on finds.

    Args:
        left, right: walks in one direction, over one stream.
        start: 0…steps of the longer one.
        forward: as for `Walk.find`.
        tick: as for `Walk.find`.

    Raises:
        DecodeError: a decoder fails.
        Cancelled: `tick` says so.
    """
    longer, shorter = (left, right) if left.steps >= right.steps else (right, left)
    if forward and start > shorter.steps:
        return None
    start = min(start, shorter.steps + 1, longer.steps)
    window = min(left.window, right.window)
    return longer.find(PartsFrom(shorter), start, forward=forward, window=window, tick=tick)
