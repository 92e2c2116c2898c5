"""Steps of the scalar reference, any layout: `rans.lane_steps`, begun again at blocks of lanes.

The judge enters a stream at its first symbol only. Where a whole block of lanes is done it is as if the stream
began there; so checkpoints stand between blocks, and a spot inside one is told by the steps behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec import rans
from codec.container import StreamFrame, Tensor
from codec.decoders.reference import position_of, status_of, step_row
from codec.decoders.streams import Status
from codec.stepping.stepper import Spot, Stepper, interval_for
from codec.trace import STEP_COLUMNS

BASE, BEYOND, UNREAD, STATES = range(4)
"""A spot: a step that a block begins with, steps behind it, words left at that step, and there the lanes' states."""

STEPS_AT_ONCE = 1 << 12
"""Scalar steps between two looks at progress and cancellation: some ten milliseconds."""


class ReferenceStepper(Stepper):
    """Of one stream, whose words it holds."""

    coder = "reference"
    window = STEPS_AT_ONCE

    def __init__(self, tensor: Tensor, tile: int, frame: StreamFrame, words: Sequence[int]) -> None:
        self._tensor, self._tile, self._frame, self._words = tensor, tile, frame, words
        self._count = tensor.symbol_count(tile)
        block = tensor.interleaving.block
        self.width = STATES + len(frame.states)
        self.interval = -(-interval_for(self._count, 1) // block) * block
        self.laid_at_once = -(-STEPS_AT_ONCE // self.interval) * self.interval

    def begin(self) -> Spot:
        """As `Stepper.begin`."""
        return np.array([0, 0, len(self._words), *self._frame.states], dtype=np.uint64)

    def lay(self, spot: Spot, count: int, kept: NDArray[np.uint64]) -> tuple[Status, int]:
        """As `Stepper.lay`."""
        done = 0
        for row in kept:
            row[:] = spot
            wanted = min(self.interval, count - done)
            status, taken = self._move(spot, wanted)
            done += taken
            if status is not Status.OK or done == count:
                return status, done
        return Status.OK, done

    def _move(self, spot: Spot, count: int) -> tuple[Status, int]:
        """Moves a spot between blocks on by up to `count` steps."""
        states, taken, left = spot[STATES:].tolist(), 0, int(spot[UNREAD])
        behind, steps = self._steps(spot, count)
        try:
            for step in steps:
                states[step.lane], left = step.state_after, behind + step.unread - step.words
                taken += 1
        except rans.Stuck as stuck:
            return status_of(stuck), taken
        spot[:] = [int(spot[BASE]) + count, 0, left, *states]
        return Status.OK, taken

    def _steps(self, spot: Spot, count: int) -> tuple[int, Iterator[rans.Step]]:
        """`count` steps from the block on that a spot is in, as of a stream that begins there.

        Returns:
            Words that are left out of that stream, since so many steps do not reach them; and the steps.
        """
        unread, coder = int(spot[UNREAD]), self._tensor.coder
        # A state is at least L, so one step leaves it at least L / M: so many words bring it back.
        words_a_step = -(-coder.scale_bits // coder.word_bits)
        behind = max(0, unread - count * words_a_step)
        steps = rans.lane_steps(
            self._words[behind:unread],
            spot[STATES:].tolist(),
            self._count - int(spot[BASE]),
            self._tensor.table,
            coder,
            self._tensor.interleaving,
        )
        return behind, islice(steps, count)

    def take(self, spot: Spot, count: int) -> None:
        """As `Stepper.take`; the steps are taken when they are asked about."""
        spot[BEYOND] += np.uint64(count)

    def record(self, spot: Spot, columns: dict[str, NDArray[Any]]) -> None:
        """As `Stepper.record`."""
        beyond, frame, word = int(spot[BEYOND]), self._frame, self._tensor.coder.word_bytes
        behind, steps = self._steps(spot, beyond + len(columns["step"]))
        rows = [
            step_row(self._tile, 0, step._replace(unread=behind + step.unread), frame, word)
            for step in islice(steps, beyond, None)
        ]
        numbers = columns["step"].copy()
        for (name, kind), values in zip(STEP_COLUMNS.items(), zip(*rows, strict=True), strict=True):
            columns[name][:] = np.array(values, dtype=kind)
        columns["step"][:] = numbers
        columns["symbol_index"] += np.uint32(spot[BASE])

    def states(self, spot: Spot) -> tuple[int, ...]:
        """As `Stepper.states`."""
        states: list[int] = spot[STATES:].tolist()
        for step in self._steps(spot, int(spot[BEYOND]))[1]:
            states[step.lane] = step.state_after
        return tuple(states)

    def position(self, spot: Spot) -> int:
        """As `Stepper.position`."""
        left = int(spot[UNREAD])
        behind, steps = self._steps(spot, int(spot[BEYOND]))
        for step in steps:
            left = behind + step.unread - step.words
        return position_of(self._frame, left, self._tensor.coder.word_bytes)
