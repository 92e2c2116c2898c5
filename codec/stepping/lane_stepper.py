"""Steps of the native layout: lanes that take turns, and words taken from the front."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import Container, StreamFrame, Tensor
from codec.decoders.cpu_lanes import STATUSES
from codec.decoders.streams import Status
from codec.fast.lane_stepping import (
    lay_checkpoints,
    record_turns,
    spot_width,
    states_of,
    walk_of,
)
from codec.fast.lane_steps import lookup
from codec.fast.lane_tables import lane_shape, lane_table
from codec.fast.lane_trace import (
    COUNT,
    DONE,
    LANE,
    POSITION,
    begin_lanes,
    lane_columns,
    walk_lanes,
)
from codec.fast.walk import Status as FastStatus
from codec.stepping.ahead import THREADS
from codec.stepping.stepper import LAID_AT_ONCE, Spot, Stepper, interval_for
from codec.trace import empty_columns


class LaneStepper(Stepper):
    """Of one stream, whose bytes it holds: what becomes of the file does not part it from its spots.

    Raises:
        SourceError: the stream cannot be read.
    """

    coder = "cpu"
    laid_at_once = LAID_AT_ONCE
    threads = THREADS

    def __init__(
        self, container: Container, tensor: Tensor, frame: StreamFrame, count: int
    ) -> None:
        data = container.source.array(frame.offset, np.dtype(np.uint8), frame.size)
        shape = lane_shape(tensor.coder, tensor.interleaving)
        self._job = lookup(data, lane_table(tensor.table), shape)
        self._count, self._lanes = count, tensor.interleaving.lanes
        self._offset = np.uint64(frame.offset)
        self._nothing = lane_columns(empty_columns(0))
        self.width = spot_width(self._lanes)
        self.interval = interval_for(count, self._lanes)

    def begin(self) -> Spot:
        """As `Stepper.begin`."""
        spot = np.zeros(self.width, dtype=np.uint64)
        walk_of(spot)[COUNT] = self._count
        begin_lanes(self._job, states_of(spot), walk_of(spot))
        return spot

    def lay(self, spot: Spot, count: int, kept: NDArray[np.uint64]) -> tuple[Status, int]:
        """As `Stepper.lay`."""
        walk, states = walk_of(spot), states_of(spot)
        begun = int(walk[DONE])
        until, every = np.uint64(begun + count), np.uint64(self.interval)
        status = lay_checkpoints(self._job, walk, states, until, every, kept, self._nothing)
        return STATUSES[FastStatus(status)], int(walk[DONE]) - begun

    def take(self, spot: Spot, count: int) -> None:
        """As `Stepper.take`."""
        walk = walk_of(spot)
        until = walk[DONE] + np.uint64(count)
        walk_lanes(self._job, states_of(spot), walk, until, self._nothing, self._offset)

    def record(self, spot: Spot, columns: dict[str, NDArray[Any]]) -> None:
        """As `Stepper.record`."""
        lanes, count = self._lanes, len(columns["step"])
        inside_turn = min(int(-walk_of(spot)[LANE].astype(np.int64) % lanes), count)
        self._record(spot, columns, 0, inside_turn)
        rest = lane_columns({name: column[inside_turn:] for name, column in columns.items()})
        walk, states = walk_of(spot), states_of(spot)
        quickly = record_turns(self._job, walk, states, rest, self._offset)
        self._record(spot, columns, inside_turn + int(quickly), count)

    def _record(self, spot: Spot, columns: dict[str, NDArray[Any]], first: int, last: int) -> None:
        """Fills some rows of the columns."""
        if first < last:
            walk = walk_of(spot)
            part = lane_columns({name: column[first:last] for name, column in columns.items()})
            until = walk[DONE] + np.uint64(last - first)
            walk_lanes(self._job, states_of(spot), walk, until, part, self._offset)

    def states(self, spot: Spot) -> tuple[int, ...]:
        """As `Stepper.states`."""
        return tuple(states_of(spot)[: self._lanes].tolist())

    def position(self, spot: Spot) -> int:
        """As `Stepper.position`."""
        return int(self._offset + walk_of(spot)[POSITION])
