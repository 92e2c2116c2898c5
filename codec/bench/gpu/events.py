"""How long work on the card takes, by the card's own clock: between two events that are queued around it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from codec.decoders.cuda.card import Card
from kernels import compilation

DELAY = 2_000_000
"""Clock cycles that the card is kept busy while the work is queued: some millisecond."""

MOST_CYCLES = 1 << 26
"""Of the longest delay, some 40 ms: whoever is not done queueing by then waits for the card."""

RESOLUTION = 0.5e-6
"""Seconds that cudaEventElapsedTime tells apart (CUDA Runtime API, Event Management)."""


def timed(card: Card, work: Callable[[], object], cycles: int = DELAY) -> float:
    """Seconds that the card takes for what `work` queues in the current stream; waits until it is done.

    It is queued behind a delay, so that asking for it does not count. Where the delay was over before everything was
    queued, all is done again behind a longer one. Work that waits for the card itself outlasts any: it is timed as it
    is, behind the first.

    Args:
        card: the card.
        work: queues it; may be called several times.
        cycles: of the first delay.
    """
    first, hidden = _once(card, work, cycles)
    seconds = first
    while not hidden and cycles < MOST_CYCLES:
        cycles = min(8 * cycles, MOST_CYCLES)
        seconds, hidden = _once(card, work, cycles)
    return seconds if hidden else first


def _once(card: Card, work: Callable[[], object], cycles: int) -> tuple[float, bool]:
    """The seconds behind a delay of `cycles`, and whether it outlasted the queueing."""
    cuda = card.cupy.cuda
    begin, end = cuda.Event(), cuda.Event()
    _delay()((1,), (1,), (np.int64(cycles),))
    begin.record()
    work()
    end.record()
    hidden = not begin.done
    end.synchronize()
    return float(cuda.get_elapsed_time(begin, end)) / 1e3, hidden


@cache
def _delay() -> Any:
    """The kernel, compiled once."""
    return compilation.load("delay.cu")["delay"]
