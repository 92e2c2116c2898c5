"""The window's side of the child process: starts it, hands it a task, and outlives whatever it does.

The child is started with the first task and kept for the next, since opening a card takes seconds.
It is spawned, never forked: a fork would take Qt, its threads and its locks along.
"""

from __future__ import annotations

import logging
import math
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from app.child import wire
from app.child.death import cause_of_death, meaning
from app.child.limits import memory_limit, resident_bytes
from app.child.order import ChildDied, Order, OverLimit
from app.child.printed import Printed
from app.child.serving import serve
from codec.errors import Cancelled, RanscopeError

ENDED_WITHIN = 5.0
"""Seconds that a killed process gets to be gone; one that a driver holds on to may take for ever."""

READ_AT_ONCE = 1 << 16
READS_AT_ONCE = 64
"""How much of what the child prints is taken in between two looks at everything else."""

_log = logging.getLogger(__name__)


class Child:
    """A process that does tasks, one at a time; `run` belongs to one thread, `kill` to any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._pipe: Connection | None = None
        self._printed = Printed()
        self._guest = ""
        self._held_before = 0
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
            return self._result(order, self._done(order))
        finally:
            self._tell_printed(order)

    def _done(self, order: Order) -> wire.Message:
        """What the child answers to a task."""
        try:
            self._require_child(order)
            self._drain()
            self._printed = Printed()
            with self._overdue(order):
                self._send(order.task)
                answer = self._answer(order, self._watch(order))
            self._drain()
            return answer
        except (EOFError, OSError):
            raise self._bury(order) from None
        except RanscopeError:
            raise
        except Exception as error:  # what it sent cannot be unpickled
            self.end()
            raise RanscopeError(
                f"{order.title} failed: its answer cannot be read ({error})"
            ) from None

    def kill(self) -> None:
        """Ends the child at once and for good; a task that it does ends in `ChildDied`."""
        with self._lock:
            self._killed = True
            if self._process is not None:
                self._process.kill()

    def end(self) -> None:
        """Ends the child, if there is one, and waits until it is gone; the next task starts another."""
        with self._lock:
            process, connection, pipe = self._process, self._connection, self._pipe
            self._process = self._connection = self._pipe = None
        if connection is not None:
            connection.close()
        if process is not None:
            process.kill()
            process.join(ENDED_WITHIN)
            if process.exitcode is not None:
                process.close()
        if pipe is not None:
            pipe.close()

    def _require_child(self, order: Order) -> None:
        """Starts a child where there is none; one that died while it had nothing to do is replaced.

        So is one in which code of the user's has run, unless the task is for the same code: whatever that has
        left behind there must not be blamed on another.
        """
        trusted = self._guest in ("", order.task.brought)
        if self._process is not None and self._process.is_alive() and trusted:
            self._host(order.task.brought)
            return
        self.end()
        self._start()
        answer = self._answer(order)
        if not isinstance(answer, wire.Ready):
            raise EOFError
        self._guest = ""
        self._host(order.task.brought)

    def _host(self, guest: str) -> None:
        """Notes whose code runs in the child from now on, and how much memory it holds before that does."""
        if guest != self._guest and self.pid is not None:
            self._guest, self._held_before = guest, resident_bytes(self.pid)

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        printed, prints = context.Pipe(duplex=False)
        os.set_blocking(printed.fileno(), False)
        process = context.Process(
            target=serve, args=(theirs, prints), name="ranscope-child", daemon=True
        )
        with self._lock, theirs, prints:
            try:
                if self._killed:
                    raise Cancelled
                process.start()
            except BaseException:
                ours.close()
                printed.close()
                raise
            self._process, self._connection, self._pipe = process, ours, printed

    def _send(self, message: wire.Message) -> None:
        if self._connection is None:
            raise EOFError
        wire.send(self._connection, message)

    @contextmanager
    def _overdue(self, order: Order) -> Iterator[None]:
        """Kills a child that is long over its time and has stopped in the middle of an answer.

        Whoever waits for the rest of it looks at no clock.
        """
        process = self._process
        if process is None or not order.task.brought:
            yield
            return
        timer = threading.Timer(order.limits.seconds + ENDED_WITHIN, process.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _watch(self, order: Order) -> Callable[[], None]:
        """Looks whether a task keeps to its limits; ends the child and raises OverLimit where it does not.

        Only what runs code of the user's has limits.
        """
        name, limits, pid = order.task.brought, order.limits, self.pid
        if not name or pid is None:
            return lambda: None
        until = time.monotonic() + limits.seconds
        memory = memory_limit(limits, self._held_before, resident_bytes(pid))

        def look() -> None:
            excess = ""
            if time.monotonic() > until:
                excess = f"it did not end within {limits.seconds:g} seconds"
            elif self._printed.total > limits.printed:
                excess = f"it printed more than {limits.printed:,} bytes"
            elif (held := resident_bytes(pid)) > memory:
                excess = f"it held {held:,} bytes of memory, more than the {memory:,} that it may"
            if excess:
                self.end()
                raise OverLimit(f"{name} was stopped {_while(order)}: {excess}")

        return look

    def _answer(self, order: Order, look: Callable[[], None] = lambda: None) -> wire.Message:
        """What the child answers; passes on what it tells meanwhile, and stops it if it must."""
        until = math.inf
        while True:
            message = self._next_message(order.task.pause_s)
            if isinstance(message, wire.Told):
                order.report(message.done, message.total)
            elif isinstance(message, wire.Handed):
                order.handed(message.part)
            elif message is not None:
                return message
            look()
            if order.cancelled.is_set():
                now = time.monotonic()
                if until == math.inf:
                    self._send(wire.Stop())
                    until = now
                if now >= until + order.grace():
                    self.end()
                    raise Cancelled

    def _next_message(self, pause_s: float) -> wire.Message | None:
        """The next message; None where none came within `pause_s` seconds.

        Raises:
            EOFError, OSError: the child is dead.
        """
        process, connection = self._process, self._connection
        if process is None or connection is None:
            raise EOFError
        pipe = [] if self._pipe is None else [self._pipe]
        wait([connection, process.sentinel, *pipe], pause_s)
        self._drain()
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

    def _drain(self) -> None:
        """Takes in what the child has printed: at once all, unless it prints faster than can be read."""
        for _ in range(READS_AT_ONCE):
            if self._pipe is None:
                return
            try:
                data = os.read(self._pipe.fileno(), READ_AT_ONCE)
            except BlockingIOError:
                return
            if not data:  # it has ended
                self._pipe.close()
                self._pipe = None
                return
            self._printed.add(data)

    def _tell_printed(self, order: Order) -> None:
        """Passes on what the child has printed while it did a task."""
        self._drain()
        text, self._printed = self._printed.text, Printed()
        if text:
            _log.info("%s printed:\n%s", order.title, text)
            order.printed(text)

    def _bury(self, order: Order) -> ChildDied:
        """Clears away the child that has died; returns what to raise about it."""
        process = self._process
        how, hint = "it could not be started", ""
        if process is not None and process.pid is not None:
            process.join(ENDED_WITHIN)
            how, hint = cause_of_death(process.exitcode), meaning(process.exitcode)
        self._drain()
        self.end()
        if order.task.brought:
            return ChildDied(
                f"{order.task.brought} ended its process {_while(order)}: {how}{hint}", how + hint
            )
        return ChildDied(
            f"The decoder's process died: {how} {_while(order)}; it is started anew for the next job",
            how + hint,
        )


def _while(order: Order) -> str:
    """When something happened, as a part of a sentence."""
    return f"while {order.title[:1].lower()}{order.title[1:]}"
