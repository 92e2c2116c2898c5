"""What takes the steps of one stream from any place of it: what layouts and coders differ in, and walks do not."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.decoders.streams import Status
from codec.stepping.walk import WINDOW

Spot = NDArray[np.uint64]
"""u64[`Stepper.width`]: where a walk stands, in numbers that only its stepper reads."""

CHECKPOINTS = 4096
"""Checkpoints of a stream that are enough, unless they would then stand further apart than `WINDOW`."""

SHORTEST_INTERVAL = 256

STEPS_PER_STATE = 64
"""Steps from one checkpoint to the next for each lane, at least: what the states take of memory is then little
beside what the steps brought forth."""

MOST_BYTES = 1 << 26
"""Bytes of all checkpoints of a stream: only one that spends no bits on its symbols can ask for more."""

SPOT_BYTES = 64
"""Bytes of a checkpoint beside its states, at most."""

LAID_AT_ONCE = 1 << 20
"""Compiled steps between two looks at progress and cancellation: some ten milliseconds."""


def interval_for(count: int, lanes: int) -> int:
    """Steps from one checkpoint of a stream to the next: a power of two, so that searches begin at checkpoints."""
    least = max(SHORTEST_INTERVAL, STEPS_PER_STATE * lanes, -(-count // CHECKPOINTS))
    interval = min(WINDOW, 1 << (least - 1).bit_length())
    while count // interval * (SPOT_BYTES + 4 * lanes) > MOST_BYTES:
        interval *= 2
    return interval


class Stepper(ABC):
    """The decoder of one stream, in pieces; it has no memory of where it was, so threads can share it.

    Attributes:
        coder: the name of the decoder.
        width: numbers of a spot.
        interval: steps from one checkpoint to the next.
        laid_at_once: steps laid between two looks at progress and cancellation, a multiple of `interval`.
        window, threads: as of a `Walk`.
    """

    coder: str
    width: int
    interval: int
    laid_at_once: int
    window: int = WINDOW
    threads: int = 1

    @abstractmethod
    def begin(self) -> Spot:
        """The spot before the first step."""

    @abstractmethod
    def lay(self, spot: Spot, count: int, kept: NDArray[np.uint64]) -> tuple[Status, int]:
        """Moves a spot on by up to `count` steps, and keeps it every `interval` steps, before the first one too.

        Args:
            spot: at a multiple of `interval`.
            count: at least 0.
            kept: u64[any, width], with a row for each spot that is kept, and at least one.

        Returns:
            How it ended, and the steps taken.
        """

    @abstractmethod
    def take(self, spot: Spot, count: int) -> None:
        """Moves a spot that was kept on by `count` steps, all of which can be taken."""

    @abstractmethod
    def record(self, spot: Spot, columns: dict[str, NDArray[Any]]) -> None:
        """Fills the columns of a trace with the steps from a spot on, all of which can be taken.

        `tile`, `stream` and `step` are left as they are; the spot may move.
        """

    @abstractmethod
    def states(self, spot: Spot) -> tuple[int, ...]:
        """The state of each lane."""

    @abstractmethod
    def position(self, spot: Spot) -> int:
        """File offset of the next byte."""
