"""One run of one candidate: what is done before it, while it is timed, and after it."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from codec.bench.contender import Contender, Timing
from codec.bench.memory import peak_of
from codec.bench.plan import Action
from codec.errors import DecodeError


class Run(NamedTuple):
    """One run.

    Attributes:
        timing: as the contender tells it.
        processor_seconds: that the threads of this process were on a core meanwhile.
        elapsed: seconds of it all, by our own clock.
        peak_bytes: that the process held at most, above what it held before; None where nobody looked, or can.
    """

    timing: Timing
    processor_seconds: float
    elapsed: float
    peak_bytes: int | None = None


def run_once(contender: Contender, action: Action) -> Run:
    """Overwrites the last output, and does it once; Python collects no garbage meanwhile.

    The clock is monotonic: one that jumps changes nothing.

    Raises:
        DecodeError: it does not tell a time. And whatever the contender raises.
    """
    contender.clear()
    with _no_garbage_collected():
        used, begin = time.process_time(), time.perf_counter()
        timing = contender.run(action)
        elapsed, used = time.perf_counter() - begin, time.process_time() - used
    if not (math.isfinite(timing.seconds) and timing.seconds >= 0):
        raise DecodeError(f"a run tells that it took {timing.seconds} seconds")
    return Run(timing, used, elapsed)


def run_once_and_watch(contender: Contender, action: Action) -> Run:
    """As `run_once`; and finds out how much memory it takes, which makes its time no example of the others."""
    runs: list[Run] = []
    peak = peak_of(lambda: runs.append(run_once(contender, action)))
    return runs[0]._replace(peak_bytes=peak)


@contextmanager
def _no_garbage_collected() -> Iterator[None]:
    """Switches the collector off, and back to what it was."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
