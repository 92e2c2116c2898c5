"""Who has the word in a process that measures, told through memory that both sides see: writing costs a microsecond.

A message down the pipe would cost the measuring process more, and would wake up the one that reads it in the middle of
a run that is being timed. What is in the memory outlives the process that wrote it, so that a death has a culprit.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import struct
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from codec.errors import InputError

FORM = struct.Struct("<qqqd")
"""Number of the candidate from 1 on, or 0 for nobody; what it does; 1 where its output is checked; since when, by the
monotonic clock, which is one for all processes of a machine."""

SHARED_MEMORY = Path("/dev/shm")
"""Where files are never written to a disk, on Linux."""


@dataclass(frozen=True)
class Turn:
    """Who has the word.

    Attributes:
        candidate: its number from 0 on; None where nobody has it.
        action: number of what it does; 0 where it is being prepared.
        since: seconds, by the monotonic clock.
        checking: whether it has done that, and the output is checked.
    """

    candidate: int | None = None
    action: int = 0
    since: float = 0.0
    checking: bool = False


class Beacon:
    """The memory, as a file that the other process maps by its name."""

    def __init__(self, path: str) -> None:
        """Maps the file at `path`.

        Raises:
            InputError: there is none.
        """
        self.path = path
        try:
            with Path(path).open("r+b") as file:
                self._memory = mmap.mmap(file.fileno(), FORM.size)
        except (OSError, ValueError) as error:
            raise InputError(f"{path} cannot be shared between processes: {error}") from None

    @classmethod
    def new(cls) -> Beacon:
        """A new one, at which nobody has the word.

        Raises:
            InputError: there is no room for it anywhere.
        """
        folders = (*([SHARED_MEMORY] if os.access(SHARED_MEMORY, os.W_OK) else []), None)
        reasons = []
        for folder in folders:
            try:
                return cls(_empty_file(folder))
            except OSError as error:
                reasons.append(str(error))
        raise InputError(f"no memory can be shared between processes: {reasons[-1]}")

    def show(self, candidate: int | None, action: int = 0, *, checking: bool = False) -> None:
        """Gives the word to a candidate, or to nobody."""
        number = 0 if candidate is None else candidate + 1
        FORM.pack_into(self._memory, 0, number, action, checking, time.monotonic())

    def turn(self) -> Turn:
        """Who has it. What is being written just then is read again."""
        before = b""
        while (now := self._memory[: FORM.size]) != before:
            before = now
        number, action, checking, since = FORM.unpack(now)
        return Turn(number - 1, action, since, bool(checking)) if number else Turn()

    def remove(self) -> None:
        """Deletes the file; whoever has it mapped keeps the memory."""
        with contextlib.suppress(OSError):
            Path(self.path).unlink()


def _empty_file(folder: Path | None) -> str:
    """A new file at which nobody has the word, in a folder or where temporary files are; raises OSError."""
    descriptor, path = tempfile.mkstemp(prefix="ranscope-turn-", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(bytes(FORM.size))
    except OSError:
        Path(path).unlink(missing_ok=True)
        raise
    return path
