"""Walks that rest on checkpoints in memory, laid in one pass: from the nearest one steps are taken again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.container import Container, StreamFrame, Tensor
from codec.decoders.base import Tick, no_tick
from codec.decoders.opening import stream_read
from codec.decoders.streams import Status
from codec.stepping.stepper import Spot, Stepper
from codec.stepping.walk import Direction, Moment, Walk
from codec.trace import STEP_COLUMNS, Trace


class CheckpointWalk(Walk):
    """A walk over a stream, sound or damaged, as a stepper takes it.

    Raises:
        Cancelled: `tick`, told (steps laid, steps to lay), says so.
    """

    direction = Direction.DECODE

    def __init__(
        self,
        container: Container,
        tensor: Tensor,
        tile: int,
        frame: StreamFrame,
        stepper: Stepper,
        tick: Tick = no_tick,
    ) -> None:
        self.container, self.tensor, self.tile = container, tensor, tile
        self.coder, self.interval = stepper.coder, stepper.interval
        self.window, self.threads = stepper.window, stepper.threads
        self._stepper = stepper
        self._streams = (stream_read(tensor, tile, frame),)
        status = self._lay(tensor.symbol_count(tile), tick)
        self.stopped = "" if status is Status.OK else f"{status.word} at step {self.steps:,}"

    def _lay(self, count: int, tick: Tick) -> Status:
        """Lays the checkpoints, and counts the steps; returns how the stream ended."""
        spot, status, self.steps = self._stepper.begin(), Status.OK, 0
        kept: list[NDArray[np.uint64]] = []
        while status is Status.OK and (self.steps < count or not kept):
            tick(self.steps, count)
            wanted = min(self._stepper.laid_at_once, count - self.steps)
            rows = np.zeros((max(1, -(-wanted // self.interval)), len(spot)), dtype=np.uint64)
            status, taken = self._stepper.lay(spot, wanted, rows)
            kept.append(rows[: taken // self.interval + 1])
            self.steps += taken
        tick(self.steps, self.steps)
        self._checkpoints = np.concatenate(kept)
        return status

    def _spot(self, step: int) -> Spot:
        """Where the walk stands before a step, 0…steps."""
        number = min(step // self.interval, len(self._checkpoints) - 1)
        spot: Spot = self._checkpoints[number].copy()
        self._stepper.take(spot, step - number * self.interval)
        return spot

    def moment(self, step: int) -> Moment:
        """As `Walk.moment`."""
        self.require_moment(step)
        spot = self._spot(step)
        return Moment(
            step, self._stepper.states(spot), self._stepper.position(spot), self.lane_of(step)
        )

    def trace(self, first: int, last: int) -> Trace:
        """As `Walk.trace`."""
        stopped = self.stopped if last > self.steps else ""
        first, last = (min(max(step, 0), self.steps) for step in (first, last))
        count = max(last - first, 0)
        columns = {name: np.empty(count, dtype=kind) for name, kind in STEP_COLUMNS.items()}
        columns["tile"][:], columns["stream"][:] = self.tile, 0
        columns["step"][:] = np.arange(first, first + count, dtype=np.uint32)
        if first < last:
            self._stepper.record(self._spot(first), columns)
        return Trace(columns, self._streams, stopped)
