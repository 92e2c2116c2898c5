"""What one document has asked workers for and has not been answered: one request of each kind, and others in turn.

An answer that comes after the question was withdrawn, or was asked anew, must change nothing; that is
decided here, once, for all that a document asks.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from app.jobs import Jobs
from app.work import Request, Response


class Pending(QObject):
    """The requests of one owner that still stand."""

    finished = Signal(object)
    """Carries the `Response` to a request that still stood, and has succeeded."""
    failed = Signal(object)
    """Carries the `Response` to a request that still stood, and has failed or was cancelled."""
    progressed = Signal(str, object, object)
    """Carries the kind of a request that still stands, what of it is done and what there is to do."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._running: dict[str, int] = {}
        self._waiting: list[Request] = []
        self._closed = False

    def __contains__(self, kind: str) -> bool:
        """Whether a request of this kind waits or runs."""
        return kind in self._running

    def submit(self, request: Request) -> None:
        """Has workers run a request, in the place of the one of its kind that stands, if any; none once closed."""
        if self._closed:  # the object may be deleted before the answer
            return
        self._running[request.kind] = self._jobs.submit(request, owner=self, asker=self)

    def submit_after(self, request: Request) -> None:
        """Has workers run a request once those of its kind are answered: each of them does something that is wanted."""
        if request.kind in self._running:
            self._waiting.append(request)
        else:
            self.submit(request)

    def withdraw(self, kinds: Iterable[str]) -> None:
        """Stops the requests of some kinds, those that wait for their turn too; none of them is answered."""
        for kind in kinds:
            self._waiting = [each for each in self._waiting if each.kind != kind]
            if kind in self._running:
                self._jobs.cancel(self._running.pop(kind))

    def cancel(self, kind: str) -> None:
        """Stops a request, which is answered all the same, once it has ended: as cancelled."""
        if kind in self._running:
            self._jobs.cancel(self._running[kind])

    def close(self) -> None:
        """Stops everything, for good; no signal follows."""
        self._closed = True
        self._running.clear()
        self._waiting.clear()
        self._jobs.cancel_all(self)

    def answer(self, response: Response) -> None:
        """Tells of the answer to a request, if that still stands."""
        kind = response.request.kind
        if self._running.get(kind) != response.id:
            return
        del self._running[kind]
        self._submit_waiting(kind)
        (self.finished if response.error is None else self.failed).emit(response)

    def _submit_waiting(self, kind: str) -> None:
        """Has the next request of a kind run, where one waits for its turn."""
        request = next((each for each in self._waiting if each.kind == kind), None)
        if request is not None:
            self._waiting.remove(request)
            self.submit(request)

    def progress(self, job_id: int, done: int, total: int) -> None:
        """Tells how much of a request is done, if that still stands."""
        kind = next((kind for kind, stands in self._running.items() if stands == job_id), None)
        if kind is not None:
            self.progressed.emit(kind, done, total)
