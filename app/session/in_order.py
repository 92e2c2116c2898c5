"""A thread for what touches the disk: one thing after another, and all of it before the window is gone.

Not `app.jobs`: whoever stops all jobs does not mean that the work of the last minutes is not kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

T = TypeVar("T")

_log = logging.getLogger(__name__)


class InOrder(QObject):
    """Does work in a thread, in the order in which it is given, and answers in the thread that it lives in."""

    _done = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._closed = False
        self._waiting = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ranscope-session")
        self._done.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether anything has not been done, or not been answered."""
        return self._waiting > 0

    def submit(self, work: Callable[[], T], answer: Callable[[T], object] | None = None) -> None:
        """Has `work` done, unless this is closed; `answer` is called with what it returned, unless it raised."""
        if self._closed:
            return
        self._waiting += 1
        self._thread.submit(self._run, work, answer)

    def wait(self) -> None:
        """Waits until all is done that was given so far; it is answered later."""
        if not self._closed:
            self._thread.submit(int).result()

    def close(self) -> None:
        """Waits until all is done; nothing is answered any more."""
        self._closed = True
        self._thread.shutdown(wait=True)

    def _run(self, work: Callable[[], T], answer: Callable[[T], object] | None) -> None:
        result = None
        try:
            result = work()
        except Exception:  # a fault of ours; what was kept before still is
            _log.exception("keeping a session failed")
            answer = None
        if not self._closed:
            self._done.emit(answer, result)

    @Slot(object, object)
    def _answer(self, answer: Callable[[object], object] | None, result: object) -> None:
        self._waiting -= 1
        if answer is not None and not self._closed:
            answer(result)
