"""The walk of any decoder that can trace: windows of its trace, asked for as they are needed, the last few kept.

What happened is what the decoder says. So a decoder that errs is walked as it errs, and states that it told at one
step need not follow from those it told at the step before.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import Container, Tensor
from codec.decoders.base import Decoder, Tick, no_tick
from codec.decoders.opening import frame_for_trace
from codec.stepping.lane_history import last_step_of_lane
from codec.stepping.walk import Direction, Moment, Walk
from codec.trace import STEP_COLUMNS, Trace, empty_columns

STEPS_AT_ONCE = 1 << 20
"""Steps of a window: most decoders walk from the first step to where a window begins, each time."""

WINDOWS_KEPT = 4
"""Of some fifty megabytes each."""


class DecoderWalk(Walk):
    """A walk over a stream as a decoder's trace has it.

    Raises:
        DecodeError: nothing of the stream can be decoded, or the decoder is not available or fails.
        Cancelled: `tick`, told (windows asked for, windows to ask for), says so.
    """

    direction = Direction.DECODE

    def __init__(
        self,
        container: Container,
        tensor: Tensor,
        tile: int,
        decoder: Decoder,
        tick: Tick = no_tick,
    ) -> None:
        decoder.require_available()
        self._frame = frame_for_trace(container, tensor, tile)
        self.container, self.tensor, self.tile = container, tensor, tile
        self.coder, self._decoder = decoder.name, decoder
        self._count = tensor.symbol_count(tile)
        self._kept: OrderedDict[int, Trace] = OrderedDict()
        self._lock = Lock()
        self.steps = self._found_steps(tick)
        self._streams = self._window(self._number_of(self.steps)).streams

    def _found_steps(self, tick: Tick) -> int:
        """Steps that the decoder takes; of windows, the last one tells it, or else the last that is not empty."""
        windows = max(1, -(-self._count // STEPS_AT_ONCE))
        asked = 0

        def filled(number: int) -> int:
            nonlocal asked
            tick(min(asked, windows), windows)
            asked += 1
            return len(self._window(number))

        last = windows - 1
        if windows > 1 and not filled(last):
            last = max(0, bisect_left(range(windows), True, key=lambda n: not filled(n)) - 1)
        steps = last * STEPS_AT_ONCE + filled(last)
        if steps < self._count:
            self.stopped = self._window(last).stopped or f"it ends at step {steps:,}"
        tick(windows, windows)
        return steps

    def _number_of(self, step: int) -> int:
        """The window that a step is in."""
        return max(0, min(step, self._count - 1)) // STEPS_AT_ONCE

    def _window(self, number: int) -> Trace:
        """A window of the trace, kept or new."""
        with self._lock:
            if number not in self._kept:
                first = number * STEPS_AT_ONCE
                last = min(first + STEPS_AT_ONCE, self._count)
                self._kept[number] = self._decoder.trace(
                    self.container, self.tensor, self.tile, first, last
                )
                if len(self._kept) > WINDOWS_KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(number)
            return self._kept[number]

    def trace(self, first: int, last: int) -> Trace:
        """As `Walk.trace`.

        Raises:
            DecodeError: the decoder fails.
        """
        stopped = self.stopped if last > self.steps else ""
        first, last = (min(max(step, 0), self.steps) for step in (first, last))
        return Trace(self._columns(first, last), self._streams, stopped)

    def _columns(self, first: int, last: int) -> dict[str, NDArray[Any]]:
        """The columns of some steps, which there are."""
        if first >= last:
            return empty_columns(0)
        parts = []
        for number in range(self._number_of(first), self._number_of(last - 1) + 1):
            begin = number * STEPS_AT_ONCE
            rows = slice(max(first - begin, 0), last - begin)
            window = self._window(number)
            parts.append({name: window[name][rows] for name in STEP_COLUMNS})
        if len(parts) == 1:
            return parts[0]
        return {name: np.concatenate([part[name] for part in parts]) for name in STEP_COLUMNS}

    def moment(self, step: int) -> Moment:
        """As `Walk.moment`.

        Raises:
            DecodeError: the decoder fails.
        """
        self.require_moment(step)
        states = list(self._streams[0].lane_states or self._frame.states)
        lanes = self.tensor.interleaving
        for lane in range(len(states)):
            last = last_step_of_lane(lanes, self._count, lane, step)
            if last is not None:
                states[lane] = int(self._columns(last, last + 1)["state_after"][0])
        if step == self.steps:
            return Moment(step, tuple(states), self._end_position(), self.lane_of(step))
        row = self._columns(step, step + 1)
        lane = int(row["lane"][0])
        if lane < len(states):
            states[lane] = int(row["state_before"][0])
        return Moment(step, tuple(states), int(row["position"][0]), lane)

    def _end_position(self) -> int:
        """File offset of the byte behind the last step."""
        frame = self._frame
        if not self.steps:
            return frame.words_begin if frame.forward else frame.words_end - 1
        row = self._columns(self.steps - 1, self.steps)
        position, read = int(row["position"][0]), int(row["bytes_read"][0])
        return position + read if frame.forward else position - read
