"""What a worker is asked to do and what it answers: requests, their progress and their responses.

They are apart from `app.jobs`, which runs them: whoever defines work need not know how it comes to a thread
or to the child.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from app.child import Task
from codec.errors import Cancelled

SECONDS_BETWEEN_REPORTS = 0.05
"""Progress is told at most this often: 20 times a second is as much as an eye follows."""


class Progress:
    """Told by a request how far it is; stops it where the job was cancelled.

    It is a `codec.decoders.base.Tick`, to be handed to everything in `codec` that takes one. It may
    be called from any thread, as often as is convenient.

    Attributes:
        cancelled: set when the job is; for work that has to end in a way of its own.
    """

    def __init__(self, cancelled: threading.Event, report: Callable[[int, int], None]) -> None:
        self.cancelled = cancelled
        self._report = report
        self._next_report = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Notes that `done` of `total` is done.

        Raises:
            Cancelled: the job was cancelled.
        """
        if self.cancelled.is_set():
            raise Cancelled
        now = time.monotonic()
        if now >= self._next_report:
            self._next_report = now + SECONDS_BETWEEN_REPORTS
            self._report(done, total)


@dataclass(frozen=True, eq=False)
class Request(ABC):
    """A piece of work and all that it needs; subclasses are frozen dataclasses, too.

    Attributes:
        kind: what sort of work it is; a newer request of one owner and kind replaces an older one.
        supersedes_running: whether it also cancels one of its owner and kind that runs already.
        background: whether it may wait for others of its like: work nobody waits for.
        isolated: whether it runs in the child process.
    """

    kind: ClassVar[str]
    supersedes_running: ClassVar[bool] = True
    background: ClassVar[bool] = False

    @property
    def isolated(self) -> bool:
        """Whether it runs in the child process; then `for_child` gives its task."""
        return False

    @property
    @abstractmethod
    def title(self) -> str:
        """What a message calls the work, as in "Opening layer.batched"."""

    @abstractmethod
    def run(self, progress: Progress) -> object:
        """Does the work, in a worker thread, and returns its result.

        Raises:
            Cancelled: `progress` said so.
            RanscopeError: it cannot be done, for a reason that a person can be told.
        """

    def for_child(self) -> Task:
        """The same work as a task for the child process; called in a worker thread.

        Raises:
            RanscopeError: it cannot be done there.
        """
        raise NotImplementedError(f"{type(self).__name__} is not made for the child process")


@dataclass(frozen=True, eq=False)
class ChildRequest(Request):
    """Work that is always for the child process: what it calls may do anything.

    Attributes:
        task: the work.
    """

    task: Task
    isolated: ClassVar[bool] = True

    def run(self, progress: Progress) -> object:
        """Does the task, where there is no child to do it."""
        return self.task.run(progress)

    def for_child(self) -> Task:
        """The task."""
        return self.task


@dataclass(frozen=True, eq=False)
class Response:
    """What became of a request.

    Attributes:
        id: what `Jobs.submit` returned for it.
        request: as it was submitted.
        result: what the request returned; None where it failed.
        error: why it failed, in one sentence; None where it did not.
        cancelled: whether it failed because it was cancelled.
        printed: what code of the user's printed meanwhile, compiler and tracebacks included; long texts have
            their middle left out.
    """

    id: int
    request: Request
    result: object = None
    error: str | None = None
    cancelled: bool = False
    printed: str = ""
