"""A task as it is ordered from the child, and what may come of it beside an answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from app.child.limits import Limits
from app.child.task import Task
from codec.errors import RanscopeError


@dataclass(frozen=True, eq=False)
class Order:
    """A task as the window wants it done.

    Attributes:
        task: what to do.
        title: what messages call it, as in "Decoding tiles of layer.batched".
        cancelled: set when it is not wanted any more.
        grace: seconds that the child gets then to stop by itself, before it is killed.
        report: told how much is done, of how much.
        limits: what it may use up, where it runs code of the user's.
        printed: told once, when the task is over, what was printed meanwhile; not where that is nothing.
        handed: told each part of what comes of it, as soon as the task hands it over.
    """

    task: Task
    title: str
    cancelled: threading.Event
    grace: Callable[[], float]
    report: Callable[[int, int], None]
    limits: Limits = field(default=Limits())
    printed: Callable[[str], None] = lambda _text: None
    handed: Callable[[object], None] = lambda _part: None


class ChildDied(RanscopeError):
    """The child has ended while it did a task.

    Attributes:
        how: what ended it, as a part of a sentence; "" where it was ended on purpose.
    """

    def __init__(self, message: str, how: str = "") -> None:
        super().__init__(message)
        self.how = how


class OverLimit(ChildDied):
    """The child was ended, since a task used up more than it may."""
