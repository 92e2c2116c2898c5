"""The memory of the machine and of this process: what there is, and the most that a piece of work took.

Linux keeps the most memory that a process ever held, and forgets it when asked to (proc(5), `clear_refs`); so the
peak of one run can be told from that of the runs before. Elsewhere it is not known.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_MEMORY = Path("/proc/meminfo")

FORGET_PEAK = "5"
"""What `clear_refs` wants to be told."""


def memory_bytes() -> int | None:
    """The memory of this machine; None where the system does not tell."""
    return _kilobytes(_MEMORY, "MemTotal")


def peak_of(work: Callable[[], object]) -> int | None:
    """Bytes that the process held at most while it worked, above what it held before; None where that is unknown.

    Memory that was freed before is given back first, or what takes its place would not be seen.
    """
    _give_back()
    try:
        _CLEAR.write_text(FORGET_PEAK, encoding="ascii")
    except OSError:
        work()
        return None
    before = _kilobytes(_STATUS, "VmRSS")
    work()
    most = _kilobytes(_STATUS, "VmHWM")
    return None if before is None or most is None else max(most - before, 0)


def _give_back() -> None:
    """Has the C library give back what it keeps for later; not all have a way to."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):
        return


def _kilobytes(file: Path, name: str) -> int | None:
    """Bytes of a line such as `VmRSS:  1024 kB`."""
    try:
        lines = file.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    found = next((line.split()[1] for line in lines if line.startswith(f"{name}:")), None)
    return int(found) * 1024 if found is not None and found.isdecimal() else None
