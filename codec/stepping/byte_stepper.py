"""Steps of the legacy layouts: one lane, and bytes taken from the end."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import Container, StreamFrame, Tensor
from codec.decoders.cpu_lanes import STATUSES
from codec.decoders.streams import Status
from codec.fast.compile import sealed
from codec.fast.slots import slot_table
from codec.fast.stepping import STATE, UNREAD, WIDTH, lay_checkpoints, take_steps
from codec.fast.trace import Recorded, record
from codec.fast.walk import COUNT_BYTES, STATE_BYTES
from codec.fast.walk import Status as FastStatus
from codec.stepping.ahead import THREADS
from codec.stepping.stepper import LAID_AT_ONCE, Spot, Stepper, interval_for


class ByteStepper(Stepper):
    """Of one stream, whose bytes it holds: what becomes of the file does not part it from its spots.

    Raises:
        SourceError: the stream cannot be read.
    """

    coder = "cpu"
    width = WIDTH
    laid_at_once = LAID_AT_ONCE
    threads = THREADS

    def __init__(
        self, container: Container, tensor: Tensor, frame: StreamFrame, count: int
    ) -> None:
        data = container.source.array(frame.offset, np.dtype(np.uint8), frame.size)
        table = slot_table(tensor.table)
        self._state, self._offset = frame.state, frame.offset
        self._symbols = sealed(table.symbols)
        self._stream = (np.uint64(COUNT_BYTES), sealed(data), sealed(table.steps))
        self._size = frame.size
        self.interval = interval_for(count, lanes=1)

    def begin(self) -> Spot:
        """As `Stepper.begin`."""
        return np.array([self._state, self._size - STATE_BYTES], dtype=np.uint64)

    def lay(self, spot: Spot, count: int, kept: NDArray[np.uint64]) -> tuple[Status, int]:
        """As `Stepper.lay`."""
        status, taken = lay_checkpoints(spot, count, self.interval, kept, *self._stream)
        return STATUSES[FastStatus(status)], taken

    def take(self, spot: Spot, count: int) -> None:
        """As `Stepper.take`."""
        take_steps(spot, count, *self._stream)

    def record(self, spot: Spot, columns: dict[str, NDArray[Any]]) -> None:
        """As `Stepper.record`."""
        columns["lane"][:], columns["symbol_index"][:] = 0, columns["step"]
        recorded = Recorded(*(columns[name] for name in Recorded._fields))
        floor, data, steps = self._stream
        state, unread = np.uint64(spot[STATE]), np.uint64(spot[UNREAD])
        offset = np.uint64(self._offset)
        record(state, unread, floor, data, steps, self._symbols, offset, recorded)

    def states(self, spot: Spot) -> tuple[int, ...]:
        """As `Stepper.states`."""
        return (int(spot[STATE]),)

    def position(self, spot: Spot) -> int:
        """As `Stepper.position`."""
        return self._offset + int(spot[UNREAD]) - 1
