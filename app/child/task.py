"""What the child is asked to do: plain data, which can be pickled, with a method that does it."""

from __future__ import annotations

from abc import ABC, abstractmethod

from codec.decoders.base import Tick


class Task(ABC):
    """Work for the child process; subclasses are frozen dataclasses of plain data.

    The module of a subclass is imported in the child, so it must not import Qt.
    """

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
