"""Traces of native streams, made on the card: a warp walks a stream and records every step itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import StreamFrame, Tensor
from codec.decoders.cuda.card import Card
from codec.decoders.cuda.lane_records import (
    LANE_OUTCOME,
    LANE_TRACE,
    WARP,
    outcomes_on_host,
    packed_lane_table,
)
from codec.decoders.cuda.records import READ_AHEAD, ROW, one
from codec.decoders.streams import Status
from codec.trace import STEP_COLUMNS

ROWS_PER_LAUNCH = 1 << 17
"""Steps recorded in one launch; 48 bytes each on the card, whatever a file claims."""


class LaneWalker:
    """Walks one native stream on the card."""

    def __init__(
        self, card: Card, stream: bytes, tensor: Tensor, frame: StreamFrame, tile: int
    ) -> None:
        cupy = card.cupy
        lanes = tensor.interleaving.lanes
        room = np.zeros(len(stream) + READ_AHEAD, dtype=np.uint8)
        room[: len(stream)] = np.frombuffer(stream, dtype=np.uint8)
        self._kernel = card.trace_kernels(tensor.coder.scale_bits)[f"trace_{lanes}_lanes"]
        self._table = cupy.asarray(packed_lane_table(tensor.table))
        self._stream = cupy.asarray(room)
        self._rows = cupy.empty(ROWS_PER_LAUNCH * ROW.itemsize, dtype=np.uint8)
        self._outcome = cupy.zeros(LANE_OUTCOME.itemsize, dtype=np.uint8)
        self._launch = one(
            LANE_TRACE,
            stream=self._stream.data.ptr,
            table=self._table.data.ptr,
            rows=self._rows.data.ptr,
            outcome=self._outcome.data.ptr,
            words_offset=frame.words_begin,
            size=frame.size,
            count=tensor.symbol_count(tile),
            tile=tile,
        )
        self.status, self.steps = Status.OK, 0

    def record(self, first: int, last: int) -> dict[str, NDArray[Any]]:
        """The columns of the steps from `first` to before `last`, or of as many as can be decoded.

        Leaves in `status` and `steps` how the walk ended and how many steps were taken by then.
        """
        parts = [np.zeros(0, dtype=ROW)]
        for begin in range(first, max(last, first + 1), ROWS_PER_LAUNCH):
            end = min(last, begin + ROWS_PER_LAUNCH)
            self._run(begin, max(begin, end))
            size = max(min(self.steps, end) - begin, 0) * ROW.itemsize
            parts.append(self._rows[:size].get().view(ROW))
            if self.status is not Status.OK:
                break
        rows = np.concatenate(parts)
        return {name: np.ascontiguousarray(rows[name]) for name in STEP_COLUMNS}

    def _run(self, first: int, last: int) -> None:
        """Walks from the start to the turn of the lanes that holds the last step of a window."""
        self._launch["first"], self._launch["last"] = first, last
        self._kernel((1,), (WARP,), (self._launch,))
        outcome = outcomes_on_host(self._outcome)[0]
        self.status, self.steps = Status(int(outcome["status"])), int(outcome["decoded"])
        if self.steps >= last:
            # It goes on to the end of a turn; what fails there is beyond the window.
            self.status = Status.OK
