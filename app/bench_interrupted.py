"""Which runs were cut off as their window closed, crashed or was killed: the next window offers to go on with them.

A window that measures has a marker, as windows with open files have; see `app.session.recovery`. A run that ends by
itself, or that the user stops, takes the marker away. Its methods may take as long as the disk does, so workers call
them. Nothing here imports Qt.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from app.session.recovery import Running
from app.work import Progress, Request
from codec.bench.history import Entry
from codec.bench.result_file import load
from codec.errors import InputError, RanscopeError


class Interrupted:
    """The markers in the folder of a history, and our own among them.

    Attributes:
        closing: set when the window closes: a run that ends then was cut off.
    """

    def __init__(self, folder: Path) -> None:
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._running = Running(folder)
        self._path: tuple[str, ...] = ()

    def began(self, path: Path) -> None:
        """Notes that the run whose results are kept at `path` goes on.

        It is noted before it is looked who else does so: of two windows that begin at once, none gets past the other.

        Raises:
            InputError: another window measures it, and both would write the same file.
        """
        with self._lock:
            self._path = (str(path),)
            self._running.write(self._path)
            others = self._running.others_with(str(path))
            if others:
                self._path = ()
                self._running.write(())
        if others:
            raise InputError(
                f"another window of Ranscope, process {others[0]}, is measuring this run: stop it there first"
            )

    def ended(self) -> None:
        """Notes that no run goes on, unless it ends only because the window closes."""
        with self._lock:
            if not self.closing.is_set():
                self._path = ()
                self._running.write(())

    def claim(self) -> tuple[Path, ...]:
        """The files of runs that were cut off; nobody gets them again, and the history still has them."""
        with self._lock:
            found = self._running.claim()
            self._running.write(self._path)
        return tuple(Path(path) for path in found)


@dataclass(frozen=True, eq=False)
class InterruptedRequest(Request):
    """Looks for runs that were cut off; the result is an `Entry` for each that has something left to do."""

    interrupted: Interrupted
    kind: ClassVar[str] = "bench interrupted"
    title: ClassVar[str] = "Looking for a benchmark that was cut off"

    def run(self, progress: Progress) -> tuple[Entry, ...]:
        """Reads their results; those that cannot be read, the history tells of."""
        found = []
        for path in self.interrupted.claim():
            try:
                result = load(path)
            except RanscopeError:
                continue
            if not result.complete:
                found.append(Entry(path, result))
        return tuple(found)
