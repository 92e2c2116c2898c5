"""What the window and its child process say to each other, and how it crosses the pipe.

Pickle with protocol 5: arrays go as they lie in memory, beside the pickle, each in a frame of its own.
How much one message may hold is bounded on both sides, so that a child gone mad cannot fill up the
window's memory.
"""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from multiprocessing.connection import Connection

from app.child.task import Task
from codec.errors import RanscopeError

LARGEST_MESSAGE = 1 << 30
"""Bytes of a message, at most."""

BESIDE_THE_PICKLE = 1 << 16
"""Bytes from which on an array gets a frame of its own; for smaller ones that takes longer."""


@dataclass(frozen=True)
class Ready:
    """The child has started, and waits for a task."""


@dataclass(frozen=True)
class Stop:
    """The child shall stop its task at the next chance."""


@dataclass(frozen=True)
class Told:
    """So much of the task is done."""

    done: int
    total: int


@dataclass(frozen=True)
class Handed:
    """A part of what comes of the task, which must not be lost if the child dies before the rest is there."""

    part: object


@dataclass(frozen=True)
class Finished:
    """The task is done; this came of it."""

    result: object


@dataclass(frozen=True)
class Stopped:
    """The task was stopped."""


@dataclass(frozen=True)
class Refused:
    """The task could not be done; `broken` tells whether the child is of no more use."""

    sentence: str
    broken: bool = False


@dataclass(frozen=True)
class OutOfMemory:
    """There was too little memory for the task."""


@dataclass(frozen=True)
class Faulty:
    """The task raised what it should not; the child ends itself after it."""

    reason: str
    traceback: str


Message = Task | Ready | Stop | Told | Handed | Finished | Stopped | Refused | OutOfMemory | Faulty


class TooLarge(RanscopeError):
    """A message is larger than what may cross the pipe."""

    def __init__(self, size: int) -> None:
        super().__init__(
            f"the result takes {size:,} bytes, more than the {LARGEST_MESSAGE:,} that the decoder's process "
            "may hand over"
        )


def send(connection: Connection, message: Message) -> None:
    """Sends a message.

    Raises:
        TooLarge: nothing was sent.
        OSError: the other side is gone.
    """
    beside: list[memoryview] = []

    def into_the_pickle(buffer: pickle.PickleBuffer) -> bool:
        raw = buffer.raw()
        if raw.nbytes >= BESIDE_THE_PICKLE:
            beside.append(raw)
        return raw.nbytes < BESIDE_THE_PICKLE

    data = pickle.dumps(message, protocol=5, buffer_callback=into_the_pickle)
    sizes = [raw.nbytes for raw in beside]
    if len(data) + sum(sizes) > LARGEST_MESSAGE:
        raise TooLarge(len(data) + sum(sizes))
    connection.send_bytes(struct.pack(f"<{len(sizes)}Q", *sizes))
    connection.send_bytes(data)
    for raw in beside:
        connection.send_bytes(raw)


def receive(connection: Connection) -> Message:
    """The next message; waits for it.

    Raises:
        EOFError, OSError: the other side is gone, or its message is larger than allowed.
        Exception: whatever unpickling what it sent comes up with.
    """
    announced = connection.recv_bytes(LARGEST_MESSAGE)
    sizes = struct.unpack(f"<{len(announced) // 8}Q", announced)
    if sum(sizes) > LARGEST_MESSAGE:
        raise OSError(f"a message of {sum(sizes):,} bytes is announced")
    data = connection.recv_bytes(LARGEST_MESSAGE)
    beside = [bytearray(size) for size in sizes]
    for buffer in beside:
        connection.recv_bytes_into(buffer)
    message: Message = pickle.loads(data, buffers=beside)
    return message
