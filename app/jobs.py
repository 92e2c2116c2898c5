"""The one mechanism for work that takes long: requests go to worker threads, responses come back.

A `Request` (see `app.work`) is frozen and holds all that it needs, so nothing that the window does while it
runs can change what it computes. A `Response` carries the request's id. Whoever asks names itself as owner:

- a newer request of the same owner and kind replaces one that still waits, and cancels one that
  runs, unless its class says `supersedes_running = False`; the older one gets no response then;
- everything else gets exactly one response, in the thread that `Jobs` lives in;
- what a request raises becomes one sentence that names the job; the traceback goes to the log.

Requests of a `background` class run one at a time beside the others, so that a check of a large
file never stands between a click and its answer.

`_outcome` is the only place that runs a request. One that is `isolated` (the GPU, code of the user) must
not share our process: a thread of its own hands it to a spawned child, and neither a crash nor a hang
there costs more than the job. Such requests wait for each other, and never keep other work waiting.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.child import Child
from app.child.order import Order
from app.work import Progress, Request, Response
from codec.errors import Cancelled, RanscopeError

WORKERS = 3
"""Threads for requests that somebody waits for; the coders have threads of their own."""

GRACE_SECONDS = 1.0
"""How long a child may go on with a job that was cancelled, before it is killed."""

GRACE_SECONDS_SUPERSEDED = 10.0
"""The same for a job that a newer one replaces. Killing costs the child's warm state, and a decoder cannot
be stopped within a tile; so who clicks from tile to tile waits for each rather than for new children."""

PAINTING_MS = 40
"""Time for Qt to paint what has changed: it waits for up to two frames of the screen."""

LONG_ANSWER_SECONDS = 0.005
"""Where taking in an answer has taken longer, what the user does comes before the next one: a hundred files that are
opened at once would hold the window for as long as all of them take."""

_log = logging.getLogger(__name__)


class Asker(Protocol):
    """Who is told about its own requests alone: signals would go to all who ask, whoever has asked."""

    def answer(self, response: Response) -> None:
        """A request has succeeded, failed or was cancelled."""

    def progress(self, job_id: int, done: int, total: int) -> None:
        """So much of a request is done."""


@dataclass(eq=False)
class _Job:
    """A request on its way. Only the thread that `Jobs` lives in changes it, but for the event."""

    id: int
    request: Request
    owner: Hashable
    asker: Asker | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)
    future: Future[None] | None = None
    superseded: bool = False
    printed: list[str] = field(default_factory=list)

    def grace(self) -> float:
        """Seconds that a child gets to stop by itself once this is cancelled."""
        return GRACE_SECONDS_SUPERSEDED if self.superseded else GRACE_SECONDS


class Jobs(QObject):
    """Runs requests in worker threads and answers them in the thread that it lives in."""

    started = Signal(int, object)
    """A worker has begun; carries the job's id and its `Request`."""
    progressed = Signal(int, object, object)
    """Carries the job's id, what is done and what there is to do, in units of the request's own."""
    finished = Signal(object)
    """Carries the `Response` of a request that succeeded."""
    failed = Signal(object)
    """Carries the `Response` of a request that failed or was cancelled."""
    ended = Signal(int)
    """A job that had started is over, whether or not it got a response; carries its id."""

    _began = Signal(int)
    _told = Signal(int, object, object)
    _done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[int, _Job] = {}
        self._last_id = 0
        self._closed = False
        self._held_but: str | None = None
        self._waited_for = ThreadPoolExecutor(WORKERS, thread_name_prefix="ranscope-worker")
        self._background = ThreadPoolExecutor(1, thread_name_prefix="ranscope-background")
        self._isolated = ThreadPoolExecutor(1, thread_name_prefix="ranscope-child")
        self._child = Child()
        self._answers: deque[Response] = deque()
        self._pause = QTimer(self, singleShot=True, interval=0)
        self._pause.timeout.connect(self._take_answers)
        queued = Qt.ConnectionType.QueuedConnection
        self._began.connect(self._on_began, queued)
        self._told.connect(self._on_told, queued)
        self._done.connect(self._on_done, queued)

    @property
    def busy(self) -> bool:
        """Whether any request waits or runs."""
        return bool(self._jobs)

    def submit(self, request: Request, owner: Hashable = None, asker: Asker | None = None) -> int:
        """Has a worker run `request`; returns the id that its response will carry.

        Args:
            request: the work.
            owner: whose work it is; any hashable object.
            asker: is told of it before those who listen to the signals are; None for nobody.
        """
        self._supersede(owner, request)
        self._last_id += 1
        job = _Job(self._last_id, request, owner, asker)
        self._jobs[job.id] = job
        if self._held_but is None or request.kind == self._held_but:
            self._start(job)
        return job.id

    def hold(self, all_but: str) -> None:
        """Starts nothing until `release`, except requests of one kind.

        While the window paints for the first time, imports and kernels would take the interpreter
        away from it.
        """
        self._held_but = all_but

    def hold_while_painting(self) -> None:
        """Starts nothing until what is to be shown now has been painted, unless that is waited for already.

        Python runs in one thread at a time, so work that starts while panels are filled and painted would make that
        take several times as long.
        """
        if self._held_but is None:
            self.hold(all_but="")
            QTimer.singleShot(PAINTING_MS, self, self.release)

    def release(self) -> None:
        """Starts what was held, in its order; from now on everything starts when it is submitted."""
        self._held_but = None
        for job in self._jobs.values():
            if job.future is None and not job.cancelled.is_set():
                self._start(job)

    def cancel(self, job_id: int) -> None:
        """Stops a job; one that is over, or unknown, is left alone."""
        job = self._jobs.get(job_id)
        if job is None:
            return
        job.cancelled.set()
        if job.future is None or job.future.cancel():  # no worker will ever answer it
            self._done.emit(_cancelled(job))

    def cancel_all(self, owner: Hashable) -> None:
        """Stops every job of one owner."""
        for job in [job for job in self._jobs.values() if job.owner == owner]:
            self.cancel(job.id)

    def cancel_everything(self) -> None:
        """Stops every job."""
        for job_id in list(self._jobs):
            self.cancel(job_id)

    def shutdown(self) -> None:
        """Stops everything and waits for the workers to end; nothing is answered any more."""
        self._closed = True
        for job in self._jobs.values():
            job.cancelled.set()
        self._jobs.clear()
        self._answers.clear()
        self._pause.stop()
        self._child.kill()
        for pool in (self._waited_for, self._background, self._isolated):
            pool.shutdown(wait=True, cancel_futures=True)
        self._child.end()

    def _start(self, job: _Job) -> None:
        if job.request.isolated:
            job.future = self._isolated.submit(self._work, job)
        elif job.request.background:
            job.future = self._background.submit(self._work, job)
        else:
            job.future = self._waited_for.submit(self._work, job)

    def _supersede(self, owner: Hashable, request: Request) -> None:
        """Takes older requests of the same owner and kind out of the way of `request`."""
        for job in list(self._jobs.values()):
            if (job.owner, job.request.kind) != (owner, request.kind):
                continue
            if job.future is None or job.future.cancel():
                del self._jobs[job.id]
            elif request.supersedes_running:
                job.superseded = True
                job.cancelled.set()

    def _work(self, job: _Job) -> None:
        """Runs in a worker. Whatever happens, the job gets exactly one `_done`."""
        self._began.emit(job.id)
        response = _outcome(job, lambda: self._result(job))
        if job.printed:
            response = replace(response, printed="".join(job.printed))
        if not self._closed:
            self._done.emit(response)

    def _result(self, job: _Job) -> object:
        """Runs a request, in this thread or in the child."""

        def report(done: int, total: int) -> None:
            # Nobody listens any more, and PySide6 6.8 has crashed over a signal sent into a shutdown.
            if not job.cancelled.is_set():
                self._told.emit(job.id, done, total)

        request = job.request
        if not request.isolated:
            return request.run(Progress(job.cancelled, report))
        task = request.for_child()
        order = Order(
            task, request.title, job.cancelled, job.grace, report, printed=job.printed.append
        )
        return self._child.run(order)

    @Slot(int)
    def _on_began(self, job_id: int) -> None:
        job = self._jobs.get(job_id)
        if job is not None:
            self.started.emit(job.id, job.request)

    @Slot(int, object, object)
    def _on_told(self, job_id: int, done: int, total: int) -> None:
        job = self._jobs.get(job_id)
        if job is None:
            return
        if job.asker is not None:
            job.asker.progress(job_id, done, total)
        self.progressed.emit(job_id, done, total)

    @Slot(object)
    def _on_done(self, response: Response) -> None:
        self._answers.append(response)
        if not self._pause.isActive():
            self._take_answers()

    @Slot()
    def _take_answers(self) -> None:
        """Takes in what has come, until that has taken long."""
        begun = perf_counter()
        while self._answers:
            self._conclude(self._answers.popleft())
            if perf_counter() - begun > LONG_ANSWER_SECONDS:
                self._pause.start()
                return

    def _conclude(self, response: Response) -> None:
        job = self._jobs.pop(response.id, None)
        if job is None:  # shut down meanwhile
            return
        self.ended.emit(job.id)
        if job.superseded:
            return
        if job.cancelled.is_set():
            response = _cancelled(job)
        if job.asker is not None:
            job.asker.answer(response)
        (self.finished if response.error is None else self.failed).emit(response)


def _cancelled(job: _Job) -> Response:
    return Response(job.id, job.request, error=f"{job.request.title}: cancelled", cancelled=True)


def _outcome(job: _Job, run: Callable[[], object]) -> Response:
    """Runs a job and says what became of it; raises nothing."""
    if job.cancelled.is_set():
        return _cancelled(job)
    try:
        return Response(job.id, job.request, result=run())
    except Cancelled:
        return _cancelled(job)
    except RanscopeError as error:
        return Response(job.id, job.request, error=error.sentence())
    except MemoryError:
        return Response(job.id, job.request, error=f"{job.request.title}: not enough memory")
    except Exception as error:
        _log.exception("%s failed", job.request.title)
        reason = f"{type(error).__name__}: {error}".rstrip(": ")
        sentence = f"{job.request.title} failed because of a fault in Ranscope ({reason})"
        return Response(job.id, job.request, error=sentence)
