"""The states of one lane of a trace over its steps, in blocks that a plot draws at any zoom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.models.envelope import Blocks, Envelope, log2_of
from codec.trace import Trace


@dataclass(frozen=True, eq=False)
class StateCurve:
    """One side's states.

    Attributes:
        steps: uint32[n], ascending: numbers of the lane's steps within the stream.
        states: log2 of the state before each.
    """

    steps: NDArray[np.uint32]
    states: Envelope

    def __len__(self) -> int:
        return len(self.steps)

    def part(self, begin: float, end: float, most: int) -> tuple[NDArray[np.float64], Blocks]:
        """What lies between two steps, in so many blocks at most, and the middle of each in steps."""
        most_step = np.iinfo(self.steps.dtype).max
        # In the steps' own type, or all of them would be converted for the search.
        sight = np.clip([begin, np.ceil(end)], 0, most_step).astype(self.steps.dtype)
        first, last = np.searchsorted(self.steps, sight)
        # One more at each side, so that the curve reaches the edge of the plot.
        blocks = self.states.part(int(first) - 1, int(last) + 1, most)
        begins = blocks.first + np.arange(len(blocks.mean), dtype=np.int64) * blocks.size
        ends = np.minimum(begins + blocks.size, len(self)) - 1
        return (self.steps[begins].astype(np.float64) + self.steps[ends]) / 2, blocks


def state_curve(trace: Trace, stream: int, lane: int) -> StateCurve:
    """The states of a lane of a stream; of a trace whose steps are out of order, in their order."""
    steps, states = trace["step"], trace["state_before"]
    chosen = (trace["stream"] == stream) & (trace["lane"] == lane)
    if not chosen.all():
        steps, states = steps[chosen], states[chosen]
    if not np.all(steps[1:] > steps[:-1]):
        order = np.argsort(steps, kind="stable")
        steps, states = steps[order], states[order]
    return StateCurve(steps, Envelope(log2_of(states)))
