"""How much code that the user brought may use up before its process is ended."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

SECONDS = 60.0
"""How long a job may take, unless told otherwise."""

MEMORY = 4 << 30
"""Bytes of memory, unless told otherwise; less where less is free."""

SHARE_OF_FREE = 0.8
"""Of the memory that is free when a job begins, what it may use at most."""

PRINTED = 64 << 20
"""Bytes that it may print."""


@dataclass(frozen=True)
class Limits:
    """What one job may use up.

    Attributes:
        seconds: by the clock.
        memory: bytes of it that the process holds beside what it held before; where Linux's /proc is missing they
            are not counted.
        printed: bytes that it prints.
    """

    seconds: float = SECONDS
    memory: int = MEMORY
    printed: int = PRINTED


def resident_bytes(pid: int) -> int:
    """The memory that a process holds, its shared libraries included; 0 where that cannot be found out."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def memory_limit(limits: Limits, held_before: int, held: int) -> int:
    """Bytes that a process may hold during a job: no more than would leave others without.

    Args:
        limits: of the job.
        held_before: what it held before it ran any code of the user's: libraries of ours, and of the card's.
        held: what it holds now.
    """
    free, most = available_bytes(), held_before + limits.memory
    return most if free is None else min(most, held + int(SHARE_OF_FREE * free))


def available_bytes() -> int | None:
    """The memory that can still be had without swapping; None where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = next((line.split()[1] for line in lines if line.startswith("MemAvailable:")), None)
    return None if found is None else int(found) * 1024
