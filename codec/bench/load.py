"""What else the machine does: how many cores others keep busy, and how fast the cores run."""

from __future__ import annotations

import os
import time
from pathlib import Path

from codec.threads import cores

_TIMES = Path("/proc/stat")
_PROCESSORS = Path("/proc/cpuinfo")

LOOKED = 0.2
"""Seconds for which the cores are looked at."""

CLOCK_EVERY = 0.1
"""Seconds between two looks at the clock."""


def busy_cores() -> float | None:
    """Of the cores that this process may use, how many others keep busy now; None where the system does not tell.

    The load average would count what this process itself did in the minute before. This takes `LOOKED` seconds, in
    which the process has to be idle.
    """
    before = _times()
    time.sleep(LOOKED)
    after = _times()
    if before is None or after is None:
        return None
    busy, every = after[0] - before[0], after[1] - before[1]
    return cores() * busy / every if every > 0 else None


def highest_clock() -> float | None:
    """MHz of the fastest core now, which is one that works; None where the system does not tell."""
    try:
        lines = _PROCESSORS.read_text(encoding="utf-8", errors="replace").splitlines()
        clocks = [float(line.partition(":")[2]) for line in lines if line.startswith("cpu MHz")]
    except (OSError, ValueError):
        return None
    return max(clocks, default=None)


class Clock:
    """`highest_clock`, looked at ten times a second at most.

    A look takes 0.1 ms, and a run that comes right after it finds other things in its caches.
    """

    def __init__(self) -> None:
        self._looked = float("-inf")
        self._seen: float | None = None

    def __call__(self) -> float | None:
        """MHz, of now or of the last tenth of a second."""
        now = time.monotonic()
        if now - self._looked >= CLOCK_EVERY:
            self._looked, self._seen = now, highest_clock()
        return self._seen


def _times() -> tuple[int, int] | None:
    """Ticks that our cores were busy, and all ticks (proc(5), /proc/stat)."""
    ours = {f"cpu{number}" for number in os.sched_getaffinity(0)} if _has_affinity() else None
    try:
        lines = _TIMES.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    busy = every = 0
    for name, *ticks in (line.split() for line in lines if line.startswith("cpu")):
        if name == "cpu" or (ours is not None and name not in ours):
            continue
        spent = [int(tick) for tick in ticks[:8]]
        every += sum(spent)
        busy += sum(spent) - sum(spent[3:5])  # idle, and waiting for a disk
    return (busy, every) if every else None


def _has_affinity() -> bool:
    return hasattr(os, "sched_getaffinity")
