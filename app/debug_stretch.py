"""The steps around the cursor of the debugger: as many as let it step for a while without asking a worker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from codec.stepping.walk import Direction, Moment, Walk
from codec.trace import Trace

REACH = 4096
"""Steps that are looked at to either side of the cursor."""

MARGIN = 512
"""How near to an end of them the cursor may come before others are looked at."""


@dataclass(frozen=True, eq=False)
class Stretch:
    """Consecutive steps of a walk, and where its coder stood before the first of them.

    Attributes:
        direction: which coder takes the steps.
        steps: of the whole walk.
        origin: where the coder stood before the first.
        end: where it stood behind the last.
        trace: the steps.
        interval: steps from one checkpoint of the walk to the next; 0 without.
    """

    direction: Direction
    steps: int
    origin: Moment
    end: Moment
    trace: Trace
    interval: int = 0

    @property
    def first(self) -> int:
        """Number of the first step."""
        return self.origin.step

    @property
    def last(self) -> int:
        """Number of the step behind the last."""
        return self.end.step

    def __contains__(self, step: int) -> bool:
        """Whether the moment before a step is known, and the step itself, unless there is none more."""
        return self.first <= step < self.last or step == self.last == self.steps

    def nearly_left(self, step: int) -> bool:
        """Whether the cursor comes near an end behind which there are more steps."""
        low = step - self.first < MARGIN and self.first > 0
        return low or (self.last - step < MARGIN and self.last < self.steps)

    def row(self, step: int) -> int | None:
        """The row of a step in the trace; None where it has none."""
        return step - self.first if self.first <= step < self.last else None

    def moment(self, step: int) -> Moment:
        """Where the coder stands before a step: in `self`, or behind the last.

        Raises:
            IndexError: the step lies outside.
        """
        if not self.first <= step <= self.last:
            raise IndexError(f"step {step:,} is not among {self.first:,} … {self.last:,}")
        if step in (self.first, self.last):
            return self.origin if step == self.first else self.end
        row = step - self.first
        states = np.array(self.origin.states, dtype=np.int64)
        # Where a lane comes up several times, the last assignment stays.
        states[self.trace["lane"][:row]] = self.trace["state_after"][:row]
        return Moment(
            step, tuple(states.tolist()), self._position(row), int(self.trace["lane"][row])
        )

    def _position(self, row: int) -> int:
        """As `Moment.position`, which of an encoder is the byte moved out before the one of the row."""
        position = int(self.trace["position"][row])
        if self.direction is Direction.DECODE:
            return position
        return position - 1 if self.trace.forward else position + 1


def stretch_around(walk: Walk, step: int, reach: int = REACH) -> Stretch:
    """The steps around a place of a walk.

    Args:
        walk: the walk.
        step: 0…walk.steps.
        reach: steps to either side.

    Raises:
        IndexError: there is no such step.
    """
    first, last = max(0, step - reach), min(walk.steps, step + reach)
    ends = walk.moment(first), walk.moment(last)
    trace = walk.trace(first, last)
    return Stretch(walk.direction, walk.steps, *ends, trace, walk.interval)
