"""Requests for tests of the job mechanism: some run until they are told to go on, some are for the child."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import ClassVar

from app.child import Task
from app.work import Progress, Request

LONG = 10.0
"""Seconds after which a test has hung."""


@dataclass(frozen=True, eq=False)
class Work(Request):
    """Returns `result`, or raises it; where it is told to wait, once `go_on` is set."""

    result: object = None
    waits: bool = False
    begun: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    kind: ClassVar[str] = "work"
    title: ClassVar[str] = "Working"

    def run(self, progress: Progress) -> object:
        self.begun.set()
        while self.waits and not self.go_on.wait(0.01):
            progress(1, 2)
        if isinstance(self.result, BaseException):
            raise self.result
        return self.result


class OtherWork(Work):
    """Work of another kind."""

    kind = "other work"


class LastingWork(Work):
    """Work that a newer request does not stop."""

    kind = "lasting work"
    supersedes_running = False


class BackgroundWork(Work):
    """Work that nobody waits for."""

    kind = "background work"
    background = True


@dataclass(frozen=True, eq=False)
class Isolated(Request):
    """Hands a task to the child."""

    task: Task
    kind: ClassVar[str] = "isolated"
    title: ClassVar[str] = "Working"
    isolated: ClassVar[bool] = True

    def run(self, progress: Progress) -> object:
        raise AssertionError("it ran in the process of the window")

    def for_child(self) -> Task:
        return self.task
