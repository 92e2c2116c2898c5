"""The child's side: does one task after the other, and reports each; ends with the window."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from multiprocessing.connection import Connection, wait

from app.child import wire
from app.child.task import Task
from codec.errors import BroughtError, Cancelled, DeviceError, RanscopeError

SECONDS_BETWEEN_LOOKS = 0.01
"""A task that tells its progress very often looks at the pipe no more often than this."""


def serve(connection: Connection, printed: Connection) -> None:
    """Runs in the child until the window is gone, or a task leaves the process unusable.

    Args:
        connection: to the window.
        printed: a pipe to it, for all that is printed here.
    """
    _print_into(printed)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in the terminal is for the window
    _die_with_parent()
    wire.send(connection, wire.Ready())
    useful = True
    while useful:
        try:
            message = wire.receive(connection)
        except EOFError:
            return
        if isinstance(message, Task):  # else a Stop that came too late
            outcome = _outcome(message, connection)
            _flush()
            useful = _report(connection, outcome)


def _print_into(pipe: Connection) -> None:
    """Has all that this process prints, in whatever language, go into a pipe."""
    for descriptor in (1, 2):
        os.dup2(pipe.fileno(), descriptor)
    pipe.close()


def _flush() -> None:
    """Sends on what was printed but is still held back, by Python or by C."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # somebody's code may have put anything in its place
            stream.flush()
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).fflush(None)


def _die_with_parent() -> None:
    """Has the system end this process when its parent is gone, however that came about.

    The parent alone holds the other end of this pipe. When it closes, the system sends SIGIO, which ends
    a process, even one that is stuck in native code, where no thread of Python could look.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(parent.sentinel, fcntl.F_GETFL)
    fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)
    if wait([parent.sentinel], 0):  # it was gone before
        os._exit(1)


class _Tick:
    """The `Tick` of a task: tells the window how far it is, and stops it where the window says so."""

    def __init__(self, connection: Connection, pause_s: float) -> None:
        self._connection, self._pause_s = connection, pause_s
        self._lock = threading.Lock()
        self._stopped = False
        self._next_look = self._next_report = 0.0

    def __call__(self, done: int, total: int) -> None:
        with self._lock:
            now = time.monotonic()
            if now >= self._next_look:
                self._next_look = now + SECONDS_BETWEEN_LOOKS
                # All that the window says meanwhile is Stop; it is taken off the pipe later.
                self._stopped = self._stopped or self._connection.poll()
            if self._stopped:
                raise Cancelled
            if now >= self._next_report:
                self._next_report = now + self._pause_s
                wire.send(self._connection, wire.Told(done, total))

    def hand_over(self, part: object) -> None:
        """As `HandsOver.hand_over`."""
        with self._lock:
            wire.send(self._connection, wire.Handed(part))


def _outcome(task: Task, connection: Connection) -> wire.Message:
    """Runs a task and says what became of it; raises nothing."""
    try:
        return wire.Finished(task.run(_Tick(connection, task.pause_s)))
    except Cancelled:
        return wire.Stopped()
    except BroughtError as error:
        if error.detail:
            print(error.detail.rstrip(), file=sys.stderr)
        return wire.Refused(error.sentence())
    except RanscopeError as error:
        return wire.Refused(error.sentence(), broken=isinstance(error, DeviceError))
    except MemoryError:
        return wire.OutOfMemory()
    except Exception as error:
        return _fault(error)


def _report(connection: Connection, outcome: wire.Message) -> bool:
    """Sends what became of a task; returns whether this process can do another."""
    try:
        wire.send(connection, outcome)
    except wire.TooLarge as error:
        outcome = wire.Refused(error.sentence())
        wire.send(connection, outcome)
    except OSError:
        return False
    except Exception as error:  # the result cannot be pickled
        outcome = _fault(error)
        wire.send(connection, outcome)
    broken = isinstance(outcome, wire.Refused) and outcome.broken
    return not broken and not isinstance(outcome, wire.Faulty)


def _fault(error: Exception) -> wire.Faulty:
    reason = f"{type(error).__name__}: {error}".rstrip(": ")
    return wire.Faulty(reason, "".join(traceback.format_exception(error)))
