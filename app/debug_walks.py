"""The walks that a process keeps for the debugger: laid once, since their checkpoints are worth keeping.

They are kept where they are used, in the window's process or in the child's, and cannot cross over. Nothing here
imports Qt.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.debug_place import Course
from codec.container import Container
from codec.decoders.base import Tick, no_tick
from codec.decoders.brought.code import Stamp, stamp_of
from codec.decoders.brought.naming import is_file_name
from codec.errors import BroughtError
from codec.stepping.walk import Walk

KEPT = 4
"""Walks that are kept: of one stream both directions, and those of a tile or a decoder before."""

SECONDS_BETWEEN_LOOKS = 0.05
"""How often who waits for a walk looks whether to go on waiting."""

ENCODER = "cpu"
"""The coder of walks that encode."""


@dataclass(frozen=True)
class WalkOf:
    """Whose steps on which course.

    Attributes:
        course: what is walked.
        decoder: name of the decoder; of a walk that encodes, `ENCODER`.
        stamp: of the file of a decoder that was brought, so that what it did before it was saved is not kept.
    """

    course: Course
    decoder: str
    stamp: Stamp | None = None


def walk_of(course: Course, decoder: str) -> WalkOf:
    """The walk of a decoder as its file is now."""
    try:
        stamp = stamp_of(Path(decoder)) if is_file_name(decoder) else None
    except BroughtError:  # it is gone, which opening the walk will say
        stamp = None
    return WalkOf(course, decoder, stamp)


_Key = tuple[int, WalkOf]


class Walks:
    """The walks that were used last; may be asked from several threads."""

    def __init__(self) -> None:
        self._walks: OrderedDict[_Key, Walk] = OrderedDict()
        self._turns: dict[_Key, threading.Lock] = {}
        self._lock = threading.Lock()

    def of(self, container: Container, which: WalkOf, tick: Tick = no_tick) -> Walk:
        """The walk, made if it is not there; who asks for one that is being made waits for it.

        Raises:
            DecodeError: nothing of the stream can be decoded, or the decoder cannot run here.
            Cancelled: `tick` says so.
        """
        # A walk holds its container, so that no other can have the same identity while it is kept.
        key = id(container), which
        with self._turn(key, tick):
            walk = self._kept(key)
            if walk is None:
                walk = _opened(container, which, tick)
                self._keep(key, walk)
            return walk

    @contextmanager
    def _turn(self, key: _Key, tick: Tick) -> Iterator[None]:
        """Waits until nobody else makes this walk."""
        with self._lock:
            turn = self._turns.setdefault(key, threading.Lock())
        while not turn.acquire(timeout=SECONDS_BETWEEN_LOOKS):
            tick(0, 1)
        try:
            yield
        finally:
            turn.release()
            with self._lock:
                if key not in self._walks:
                    self._turns.pop(key, None)

    def _kept(self, key: _Key) -> Walk | None:
        with self._lock:
            if key in self._walks:
                self._walks.move_to_end(key)
            return self._walks.get(key)

    def _keep(self, key: _Key, walk: Walk) -> None:
        with self._lock:
            self._walks[key] = walk
            if len(self._walks) > KEPT:
                oldest, _ = self._walks.popitem(last=False)
                self._turns.pop(oldest, None)


def _opened(container: Container, which: WalkOf, tick: Tick) -> Walk:
    # Imported only when asked for: it loads numba.
    from codec.stepping.opening import open_walk

    course = which.course
    tensor = container.tensors[course.tensor]
    return open_walk(container, tensor, course.tile, which.decoder, course.direction, tick)


CHILD = Walks()
"""Those of the child process."""
