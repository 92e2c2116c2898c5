"""The window's side of the child process: starts it, hands it a task, and outlives whatever it does.

The child is started with the first task and kept for the next, since opening a card takes seconds.
It is spawned, never forked: a fork would take Qt, its threads and its locks along.
"""

from __future__ import annotations

import logging
import math
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from app.child import wire
from app.child.serving import serve
from app.child.task import Task
from codec.errors import Cancelled, RanscopeError

SECONDS_BETWEEN_LOOKS = 0.05
"""How often whoever waits for the child looks whether the task was cancelled."""

ENDED_WITHIN = 5.0
"""Seconds that a killed process gets to be gone; one that a driver holds on to may take for ever."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Order:
    """A task as the window wants it done.

    Attributes:
        task: what to do.
        title: what messages call it, as in "Decoding tiles of layer.batched".
        cancelled: set when it is not wanted any more.
        grace: seconds that the child gets then to stop by itself, before it is killed.
        report: told how much is done, of how much.
    """

    task: Task
    title: str
    cancelled: threading.Event
    grace: Callable[[], float]
    report: Callable[[int, int], None]


class ChildDied(RanscopeError):
    """The child has ended while it did a task."""


class Child:
    """A process that does tasks, one at a time; `run` belongs to one thread, `kill` to any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._killed = False

    @property
    def pid(self) -> int | None:
        """Number of the process; None while there is none."""
        return None if self._process is None else self._process.pid

    def run(self, order: Order) -> object:
        """Has the child do a task; returns what came of it.

        Raises:
            Cancelled: it was cancelled; if the child did not stop in time, it was killed.
            ChildDied: the child has died; the next task gets another.
            RanscopeError: the task cannot be done.
            MemoryError: there is too little memory for it.
        """
        try:
            self._require_child(order)
            self._send(order.task)
            answer = self._answer(order)
        except (EOFError, OSError):
            raise ChildDied(self._bury(order.title)) from None
        except RanscopeError:
            raise
        except Exception as error:  # what it sent cannot be unpickled
            self.end()
            raise RanscopeError(
                f"{order.title} failed: its answer cannot be read ({error})"
            ) from None
        return self._result(order, answer)

    def kill(self) -> None:
        """Ends the child at once and for good; a task that it does ends in `ChildDied`."""
        with self._lock:
            self._killed = True
            if self._process is not None:
                self._process.kill()

    def end(self) -> None:
        """Ends the child, if there is one, and waits until it is gone; the next task starts another."""
        with self._lock:
            process, connection = self._process, self._connection
            self._process = self._connection = None
        if connection is not None:
            connection.close()
        if process is not None:
            process.kill()
            process.join(ENDED_WITHIN)
            if process.exitcode is not None:
                process.close()

    def _require_child(self, order: Order) -> None:
        """Starts a child where there is none; one that died while it had nothing to do is replaced."""
        if self._process is not None and self._process.is_alive():
            return
        self.end()
        self._start()
        answer = self._answer(order)
        if not isinstance(answer, wire.Ready):
            raise EOFError

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs,), name="ranscope-child", daemon=True)
        with self._lock, theirs:
            try:
                if self._killed:
                    raise Cancelled
                process.start()
            except BaseException:
                ours.close()
                raise
            self._process, self._connection = process, ours

    def _send(self, message: wire.Message) -> None:
        if self._connection is None:
            raise EOFError
        wire.send(self._connection, message)

    def _answer(self, order: Order) -> wire.Message:
        """What the child answers; passes on what it tells meanwhile, and stops it if it must."""
        until = math.inf
        while True:
            message = self._next_message()
            if isinstance(message, wire.Told):
                order.report(message.done, message.total)
            elif message is not None:
                return message
            if order.cancelled.is_set():
                now = time.monotonic()
                if until == math.inf:
                    self._send(wire.Stop())
                    until = now
                if now >= until + order.grace():
                    self.end()
                    raise Cancelled

    def _next_message(self) -> wire.Message | None:
        """The next message; None where none came for a moment.

        Raises:
            EOFError, OSError: the child is dead.
        """
        process, connection = self._process, self._connection
        if process is None or connection is None:
            raise EOFError
        wait([connection, process.sentinel], SECONDS_BETWEEN_LOOKS)
        if connection.poll():  # the last words of a child that has ended, too
            return wire.receive(connection)
        if not process.is_alive():
            raise EOFError
        return None

    def _result(self, order: Order, answer: wire.Message) -> object:
        match answer:
            case wire.Finished(result):
                return result
            case wire.Stopped():
                raise Cancelled
            case wire.OutOfMemory():
                raise MemoryError
            case wire.Refused(sentence, broken):
                if broken:
                    self.end()
                raise RanscopeError(sentence)
            case wire.Faulty(reason, traceback):
                self.end()
                _log.error("%s failed in the child:\n%s", order.title, traceback)
                raise RanscopeError(
                    f"{order.title} failed because of a fault in the decoder ({reason})"
                )
        self.end()
        raise RanscopeError(f"{order.title} failed: the decoder's process answered out of turn")

    def _bury(self, title: str) -> str:
        """Clears away the child that has died; returns what to say about it."""
        process = self._process
        how = "it could not be started"
        if process is not None and process.pid is not None:
            process.join(ENDED_WITHIN)
            how = cause_of_death(process.exitcode)
        self.end()
        doing = title[:1].lower() + title[1:]
        return (
            f"The decoder's process died: {how} while {doing}; it is started anew for the next job"
        )


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
    hint = ", perhaps for lack of memory," if -exit_code == signal.SIGKILL else ""
    return f"signal {name}{hint}"
