"""Where the time of a run on the card goes.

What is asked of the card is queued, and timed by events that are queued with it, so that the time of a kernel does
not hold the time that it took to launch it. What the host does is timed by its own clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from codec.decoders.cuda.card import Card
from codec.decoders.timing import Timing


class Clock:
    """Adds up the parts of a run."""

    def __init__(self, card: Card) -> None:
        self._card = card
        self._host = {"read": 0.0, "copy_back": 0.0}
        self._marks: list[tuple[str, Any, Any]] = []

    @property
    def timing(self) -> Timing:
        """So far; waits for the card."""
        seconds = dict.fromkeys(("transfer", "kernel"), 0.0)
        for part, begin, end in self._marks:
            end.synchronize()
            seconds[part] += self._card.cupy.cuda.get_elapsed_time(begin, end) / 1e3
        return Timing(**self._host, **seconds)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Counts what is asked of the card meanwhile as `transfer` or `kernel`."""
        cuda = self._card.cupy.cuda
        begin, end = cuda.Event(), cuda.Event()
        begin.record()
        yield
        end.record()
        self._marks.append((part, begin, end))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Counts the time until it is left as `read`."""
        begin = perf_counter()
        yield
        self._host["read"] += perf_counter() - begin

    @contextmanager
    def copying_back(self) -> Iterator[None]:
        """Counts the time until it is left as `copy_back`: of the copies alone, for the card is waited for first."""
        self._card.cupy.cuda.get_current_stream().synchronize()
        begin = perf_counter()
        yield
        self._host["copy_back"] += perf_counter() - begin
