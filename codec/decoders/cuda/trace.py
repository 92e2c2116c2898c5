"""Traces made on the card: the kernel walks a stream and records every step itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.checkpoints import Checkpoint
from codec.container import StreamFrame
from codec.decoders.cuda.card import Card
from codec.decoders.cuda.records import READ_AHEAD, ROW, WALK, one
from codec.decoders.streams import Status
from codec.trace import STEP_COLUMNS

ROWS_PER_LAUNCH = 1 << 17
"""Steps recorded in one launch; 48 bytes each on the card, whatever a file claims."""

STEPS_PER_LAUNCH = 1 << 20
"""Steps walked without recording in one launch."""


class Walker:
    """Walks one stream on the card.

    Attributes:
        status: how the last step ended.
        step: number of the next one.
    """

    def __init__(
        self, card: Card, stream: bytes, table: NDArray[np.uint32], frame: StreamFrame, tile: int
    ) -> None:
        cupy = card.cupy
        self._kernel = card.kernels["trace_steps"]
        self._table = cupy.asarray(table)
        room = np.zeros(len(stream) + 2 * READ_AHEAD, dtype=np.uint8)
        room[READ_AHEAD : READ_AHEAD + len(stream)] = np.frombuffer(stream, dtype=np.uint8)
        self._stream = cupy.asarray(room)[READ_AHEAD:]
        self._rows = cupy.empty(ROWS_PER_LAUNCH * ROW.itemsize, dtype=np.uint8)
        self._walk = cupy.empty(WALK.itemsize, dtype=np.uint8)
        self._now = one(
            WALK, file_offset=frame.offset, tile=tile, state=frame.state, unread=frame.size - 4
        )

    @property
    def status(self) -> Status:
        """How the last step ended."""
        return Status(int(self._now["status"][0]))

    @property
    def step(self) -> int:
        """Number of the next step."""
        return int(self._now["step"][0])

    def enter(self, checkpoint: Checkpoint) -> None:
        """Goes on from a checkpoint of this stream."""
        self._now["step"], self._now["state"] = checkpoint.step, checkpoint.state
        self._now["unread"] = checkpoint.bytes_left + 4

    def skip_to(self, step: int) -> None:
        """Walks to before a step, or as far as the stream can be decoded."""
        while self.step < step and self.status is Status.OK:
            self._launch(min(step, self.step + STEPS_PER_LAUNCH), None)

    def record_to(self, step: int) -> dict[str, NDArray[Any]]:
        """The columns of the steps to before one, or of as many as can be decoded."""
        parts = [np.zeros(0, dtype=ROW)]
        while self.step < step and self.status is Status.OK:
            first = self.step
            self._launch(min(step, first + ROWS_PER_LAUNCH), self._rows)
            size = (self.step - first) * ROW.itemsize
            parts.append(self._rows[:size].get().view(ROW))
        rows = np.concatenate(parts)
        return {name: np.ascontiguousarray(rows[name]) for name in STEP_COLUMNS}

    def _launch(self, stop: int, rows: Any) -> None:
        self._now["stop"] = stop
        self._walk.set(self._now.view(np.uint8))
        self._kernel((1,), (1,), (self._stream, self._table, self._walk, rows))
        self._now = self._walk.get().view(WALK)
