"""What ended a process, in words."""

from __future__ import annotations

import signal

MEANINGS = {
    -signal.SIGSEGV: ", a segmentation fault",
    -signal.SIGBUS: ", a bus error",
    -signal.SIGFPE: ", an arithmetic error such as a division by 0",
    -signal.SIGABRT: ", as abort() sends it",
    -signal.SIGILL: ", an illegal instruction",
}
"""What the signals mean that a mistake in somebody's code usually ends in, by exit code."""


def cause_of_death(exit_code: int | None) -> str:
    """What ended a process, by its exit code as `multiprocessing` gives it."""
    if exit_code is None:
        return "it does not answer"
    if exit_code >= 0:
        return f"exit status {exit_code}"
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = str(-exit_code)
    hint = " (perhaps for lack of memory)" if -exit_code == signal.SIGKILL else ""
    return f"signal {name}{hint}"


def meaning(exit_code: int | None) -> str:
    """What to add about a death that a mistake in somebody's code usually ends in; "" where there is nothing."""
    return MEANINGS.get(exit_code or 0, "")
