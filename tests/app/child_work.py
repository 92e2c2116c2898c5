"""Tasks for tests of the child process, which imports this: so nothing here may import Qt."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.child import Task
from codec import decoders
from codec.decoders.reference import ReferenceDecoder
from codec.errors import DecodeError, DeviceError

LONG_PAUSE = 60.0


@dataclass(frozen=True)
class Return(Task):
    """Gives a value back."""

    value: Any

    def run(self, tick):
        return self.value


@dataclass(frozen=True)
class HandOver(Task):
    """Hands values over, then ends its process or not."""

    values: tuple
    dies: bool = False

    def run(self, tick):
        for value in self.values:
            tick.hand_over(value)
        if self.dies:
            os.kill(os.getpid(), signal.SIGSEGV)
        return len(self.values)


class Pid(Task):
    """Says which process it ran in."""

    def run(self, tick):
        return os.getpid()


class Modules(Task):
    """Says which modules the child has loaded."""

    def run(self, tick):
        return sorted(sys.modules)


@dataclass(frozen=True)
class Kill(Task):
    """Ends its process by a signal, or by exiting."""

    signal: int = signal.SIGSEGV
    status: int | None = None

    def run(self, tick):
        if self.status is not None:
            os._exit(self.status)
        if self.signal == signal.SIGSEGV:
            signal.signal(signal.SIGSEGV, signal.SIG_DFL)  # no stack from pytest's fault handler
        os.kill(os.getpid(), self.signal)
        time.sleep(60)


@dataclass(frozen=True)
class Raise(Task):
    """Raises an error."""

    error: str

    def run(self, tick):
        raise {
            "known": DecodeError("tile 3 is broken", 1234),
            "device": DeviceError("the card failed: an illegal address"),
            "memory": MemoryError(),
            "fault": ZeroDivisionError("by nought"),
        }[self.error]


class SleepForEver(Task):
    """Hangs without ever looking whether it is still wanted; tells once that it has begun."""

    def run(self, tick):
        tick(1, 2)
        while True:
            time.sleep(60)


class HangWithTheLock(Task):
    """Hangs in native code that holds the interpreter's lock, so that no thread of Python runs."""

    def run(self, tick):
        tick(1, 2)
        ctypes.PyDLL(None).sleep(60)


class StopInTheAnswer(Task):
    """Begins to answer, and never ends; so it is code of the user's that has taken hold of the pipe."""

    brought = "mine.py"

    def run(self, tick):
        import gc
        from multiprocessing.connection import Connection

        for each in gc.get_objects():
            if isinstance(each, Connection) and each.writable and each.readable:
                os.write(each.fileno(), b"\0\0\1\0half")
        time.sleep(1000)


class CountForEver(Task):
    """Tells its progress until it is stopped."""

    def run(self, tick):
        done = 0
        while True:
            done += 1
            tick(done, done + 1)
            time.sleep(0.001)


class CountQuietly(Task):
    """Tells its progress a hundred times, but wants to be left alone."""

    pause_s = LONG_PAUSE

    def run(self, tick):
        for done in range(100):
            tick(done, 100)


@dataclass(frozen=True)
class Large(Task):
    """Gives so many bytes back, and many small arrays beside."""

    size: int

    def run(self, tick):
        small = [np.full(n, n, dtype=np.int16) for n in range(100)]
        return np.arange(self.size, dtype=np.uint8), small


@dataclass(frozen=True)
class Zeros(Task):
    """Gives so many zeros back, which take no memory before they are read."""

    size: int

    def run(self, tick):
        return np.zeros(self.size, dtype=np.uint8)


class Unpicklable(Task):
    """Gives back what cannot cross the pipe."""

    def run(self, tick):
        return lambda: None


class FakeDecoder(ReferenceDecoder):
    """The reference under another name, with a process of its own; some tiles end that."""

    name = "fake"
    description = "the reference, isolated"
    isolated = True
    deadly: frozenset[int] = frozenset()

    def decode_streams(self, container, tensor, tiles):
        if self.deadly & set(tiles):
            Kill().run(None)
        return super().decode_streams(container, tensor, tiles)


@dataclass(frozen=True)
class Install(Task):
    """Has the child know the fake decoder, as long as it lives; returns its process."""

    deadly: frozenset[int] = frozenset()
    reason: str = ""

    def run(self, tick):
        make, task = decoders.make, self

        class Installed(FakeDecoder):
            deadly = task.deadly

            def unavailable(self):
                return task.reason

        decoders.make = lambda name: Installed() if name == "fake" else make(name)
        return os.getpid()
