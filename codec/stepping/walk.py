"""What a walk over one stream is: moments between steps, windows of steps, and the search for a step.

A walk never changes: whoever stands at step k asks for the moment before step k - 1 to step back. So back undoes
forward by construction, if only a moment depends on nothing but its number; tests hold every walk to that.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from codec.container import Container, Tensor
from codec.decoders.base import Tick, no_tick
from codec.stepping.ahead import traces_ahead
from codec.trace import Trace

WINDOW = 1 << 16
"""Steps that are traced and looked at together while a step is sought: they stay in the processor's cache."""

FIRST_WINDOW = 1 << 8
"""Steps that are looked at first, since what is sought is often near; from there on windows double."""

KEPT_FROM_THE_SYSTEM = 24 << 20
"""Bytes up to which a piece of memory is used again."""


class Direction(StrEnum):
    """Which coder takes the steps."""

    DECODE = "decode"
    """From the first symbol to the last; states shrink, and bytes are taken in."""
    ENCODE = "encode"
    """From the last symbol to the first; states grow, and bytes are moved out."""


@dataclass(frozen=True)
class Moment:
    """Where a coder stands between two steps.

    Attributes:
        step: number of the step that comes next; the walk's `steps` at its end.
        states: of each lane.
        position: file offset of the next byte that is taken; of an encoder, that of a decoder which stands where it
            stands (see `EncodeWalk`).
        lane: that takes the next step, or cannot take it where the stream stops there; 0 behind the last symbol.
    """

    step: int
    states: tuple[int, ...]
    position: int
    lane: int


class Test(ABC):
    """What is looked for in the steps of a walk; `codec.conditions.Condition` becomes one."""

    @abstractmethod
    def holds(self, walk: Walk, trace: Trace) -> NDArray[np.bool_]:
        """bool[n]: at which steps of a window of a walk's trace it holds."""


class Walk(ABC):
    """The steps of one stream.

    Attributes:
        container: the file.
        tensor: one of its tensors.
        tile: whose stream it is.
        direction: which coder takes the steps.
        coder: its name: of a decoder or an encoder.
        steps: steps that can be taken.
        window: steps that are traced and looked at together while a step is sought: a power of two.
        interval: steps from one checkpoint to the next; 0 where none are laid.
        threads: that trace while a step is sought; more than 1 where that gives the GIL back.
        stopped: why there are not as many as the tile has symbols, as one sentence; else "".
    """

    container: Container
    tensor: Tensor
    tile: int
    direction: Direction
    coder: str
    steps: int
    window: int = WINDOW
    interval: int = 0
    threads: int = 1
    stopped: str = ""

    @abstractmethod
    def moment(self, step: int) -> Moment:
        """Where the coder stands before a step, 0…steps.

        Raises:
            IndexError: there is no such step.
        """

    @abstractmethod
    def trace(self, first: int, last: int) -> Trace:
        """The steps from `first` to before `last`, cut to those that there are.

        The columns of `STEP_COLUMNS`. Of an encoder, `step` counts from the encoder's first step, that is from the
        stream's last symbol; `state_before` and `state_after` are the encoder's; `slot` is the one that the
        decoder will find; `position` is the file offset of the first byte that the step moved out, or where one
        would have come to stand, and `bytes_read` how many it moved.
        """

    def find(
        self,
        test: Test,
        start: int,
        *,
        forward: bool = True,
        window: int | None = None,
        tick: Tick = no_tick,
    ) -> int | None:
        """The first step from `start` on, or the last one before `start`, at which `test` holds; None without.

        Args:
            test: what is sought.
            start: 0…steps.
            forward: whether to look ahead of `start`, that step included; else behind it, without.
            window: steps that are looked at together, where the walk's own are too many for the test.
            tick: told (steps looked at, steps to look at).

        Raises:
            Cancelled: `tick` says so.
        """
        _keep_what_is_freed()
        total, done = self.steps - start if forward else start, 0
        windows = list(_windows(self.steps, start, forward, window or self.window))
        with closing(self.traces(windows)) as traces:
            for (first, last), trace in zip(windows, traces, strict=True):
                tick(done, total)
                held = np.flatnonzero(test.holds(self, trace))
                if len(held):
                    return first + int(held[0 if forward else -1])
                done += last - first
        tick(total, total)
        return None

    def traces(self, windows: Iterable[tuple[int, int]]) -> Generator[Trace]:
        """The steps of one window after the other: of each from its first step to before its last.

        With several threads a few windows ahead of who asks, from the second window on: often the first is enough.
        """
        coming = iter(windows)
        for first, last in islice(coming, 1 if self.threads > 1 else None):
            yield self.trace(first, last)
        yield from traces_ahead(self.trace, coming, self.threads)

    def require_moment(self, step: int) -> None:
        """Raises IndexError where there is no moment before a step."""
        if not 0 <= step <= self.steps:
            raise IndexError(f"there is no step {step:,}: there are {self.steps:,}")

    def lane_of(self, step: int) -> int:
        """The lane that a decoder's step belongs to; 0 behind the last symbol."""
        count = self.tensor.symbol_count(self.tile)
        if step >= count:
            return 0
        lanes = self.tensor.interleaving
        return lanes.lane_of(lanes.symbol_of(step, count))


def _keep_what_is_freed() -> None:
    """Lets the allocator keep memory that is given back, for the next window.

    glibc returns pieces above 128 KiB to the system at once, and to get them anew, page by page, takes longer than to
    compute with them; until a larger piece, at most 32 MiB, was freed once (mallopt(3), `M_MMAP_THRESHOLD`).
    The memory is not touched, so this takes microseconds; elsewhere it does nothing.
    """
    np.empty(KEPT_FROM_THE_SYSTEM, dtype=np.uint8)


def _windows(steps: int, start: int, forward: bool, most: int) -> Iterator[tuple[int, int]]:
    """The parts of a walk to look at: small ones first, then cut where checkpoints stand."""
    size = min(FIRST_WINDOW, most)
    if forward:
        while start < steps:
            last = min(steps, start + size, (start // most + 1) * most)
            yield start, last
            start, size = last, min(2 * size, most)
    else:
        while start > 0:
            first = max(start - size, (start - 1) // most * most)
            yield first, start
            start, size = first, min(2 * size, most)
