"""Turns whatever may happen to a command into one sentence on stderr and an exit status."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Callable

from app.cli.console import complain
from app.cli.status import ExitStatus, status_of_error
from codec.errors import RanscopeError

DEBUG = "RANSCOPE_DEBUG"
"""Environment variable; where it is set, the traceback of an error is shown too."""


def guarded(work: Callable[[], int]) -> int:
    """The status that `work` returns, or that of the error that ended it, told in a sentence."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(
            stream, io.TextIOWrapper
        ):  # names of files need not fit the terminal's encoding
            stream.reconfigure(errors="backslashreplace")
    try:
        status = work()
        if sys.stdout is not None:
            sys.stdout.flush()
    except SystemExit as done:  # argparse has printed its help
        return done.code if isinstance(done.code, int) else ExitStatus.OK
    except BaseException as error:
        if os.environ.get(DEBUG):
            traceback.print_exc()
        return _explained(error)
    return status


def _explained(error: BaseException) -> ExitStatus:
    """Tells a person about an error; returns the status to exit with."""
    match error:
        case RanscopeError():
            complain(error.sentence())
            return status_of_error(error)
        case KeyboardInterrupt():
            complain("interrupted")
            return ExitStatus.INTERRUPTED
        case BrokenPipeError():
            _abandon_stdout()
            return ExitStatus.BROKEN_PIPE
        case OSError():
            _abandon_stdout()
            complain(f"input or output failed: {error.strerror or error}")
        case MemoryError():
            complain("there is not enough memory for this")
        case _:
            complain(
                f"this failed because of a fault in Ranscope ({type(error).__name__}: {error}); "
                f"with {DEBUG}=1 in the environment it shows where"
            )
    return ExitStatus.UNUSABLE


def _abandon_stdout() -> None:
    """Keeps Python from failing once more, with a traceback, on what is still to be flushed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
