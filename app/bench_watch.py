"""Watches a process that measures from outside: a candidate that hangs, or takes all memory, cannot stop itself.

A thread of the window's side looks a few times a second; that costs the measuring process nothing.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from app.beacon import Beacon, Turn
from app.child import Child
from app.child.limits import available_bytes, resident_bytes
from codec.bench.plan import Stopping
from codec.bench.result import Outcome

SECONDS_BETWEEN_LOOKS = 0.1

PREPARING_S = 120.0
"""Seconds that preparing a candidate, or checking an output of it, may take, where a run of it may take less: compilers
take their time, and so does a decoder that is slower than the encoder which it checks."""

SHARE_OF_FREE = 0.75
"""Of the memory that is free, what a process that measures may hold unless told otherwise."""

WITHOUT_A_LIMIT = 1 << 62
"""Bytes, where the system does not tell what is free."""


@dataclass(frozen=True)
class Stopped:
    """Why a process was ended.

    Attributes:
        outcome: for the candidate whose turn it was.
        reason: in a sentence.
    """

    outcome: Outcome
    reason: str


class Watch:
    """Looks after a child while it measures, and ends it where it must.

    Attributes:
        stopped: why it was ended; None where it was not.
        turn: whose turn it was when that happened, or whose turn it is.
    """

    def __init__(self, child: Child, beacon: Beacon, stopping: Stopping) -> None:
        self.stopped: Stopped | None = None
        self._child, self._beacon, self._stopping = child, beacon, stopping
        held = 0 if child.pid is None else resident_bytes(child.pid)
        self._memory = memory_limit(stopping, held)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="bench-watch", daemon=True)
        self._turn: Turn | None = None

    @property
    def turn(self) -> Turn:
        """See the class."""
        return self._turn or self._beacon.turn()

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(SECONDS_BETWEEN_LOOKS):
            turn = self._beacon.turn()
            self.stopped = self._excess(turn)
            if self.stopped is not None:
                self._turn = turn
                self._child.kill()
                return

    def _excess(self, turn: Turn) -> Stopped | None:
        """What is too much; None where nothing is."""
        limit, what = self._stopping.limit_s, "it"
        if turn.checking or not turn.action:
            limit = max(limit, PREPARING_S)
            what = "checking its output" if turn.checking else "preparing it"
        if turn.candidate is not None and time.monotonic() - turn.since > limit:
            return Stopped(Outcome.TIMED_OUT, f"{what} did not end within {limit:g} s")
        pid = self._child.pid
        held = 0 if pid is None else resident_bytes(pid)
        if held > self._memory:
            return Stopped(
                Outcome.OUT_OF_MEMORY,
                f"its process held {held:,} bytes of memory, more than the {self._memory:,} that it may",
            )
        return None


def memory_limit(stopping: Stopping, held: int = 0) -> int:
    """Bytes that a process which measures may hold; `held` is what it holds already."""
    if stopping.memory_bytes is not None:
        return stopping.memory_bytes
    free = available_bytes()
    return WITHOUT_A_LIMIT if free is None else int(SHARE_OF_FREE * (free + held))
