"""What the child is asked to do: plain data, which can be pickled, with a method that does it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Protocol, runtime_checkable

from codec.decoders.base import Tick


@runtime_checkable
class HandsOver(Protocol):
    """What `Task.run` is given as its `Tick` in the child."""

    def __call__(self, done: int, total: int) -> None:
        """As `Tick`."""

    def hand_over(self, part: object) -> None:
        """Gives the window a part of the result at once, plain data: it is safe there if the child dies."""


class Task(ABC):
    """Work for the child process; subclasses are frozen dataclasses of plain data.

    The module of a subclass is imported in the child, so it must not import Qt.

    Attributes:
        pause_s: seconds between two reports of how far it is, and between two looks at it by whoever waits. Each wakes
            up a window that has something to draw then; what measures wants to be left alone.
    """

    pause_s: ClassVar[float] = 0.05

    @property
    def brought(self) -> str:
        """What messages call the code of the user's that this runs; "" where it runs none but ours."""
        return ""

    @abstractmethod
    def run(self, tick: Tick) -> object:
        """Does the work, and returns plain data.

        Raises:
            Cancelled: `tick` said so.
            RanscopeError: it cannot be done, for a reason that a person can be told.
        """
