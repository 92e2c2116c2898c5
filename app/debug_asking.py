"""How the debugger of one document asks workers about walks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from app.debug_place import Course
from app.debug_requests import WalkRequest
from app.debug_tasks import DebugTask
from app.debug_walks import ENCODER, Walks, walk_of
from app.decoding import Decoding, Shown
from app.requests import UsedDecoder
from codec.stepping.walk import Direction

AnyRequest = TypeVar("AnyRequest", bound=WalkRequest)


@dataclass(frozen=True, eq=False)
class Asking:
    """What is asked about, and who decodes it.

    Attributes:
        shown: the file.
        decoding: has the decoder that is in use.
        walker: who takes the decoder's steps instead of that one; None where it does.
    """

    shown: Shown
    decoding: Decoding
    walker: UsedDecoder | None = None

    @property
    def walks(self) -> Walks:
        """Those that are kept in this process."""
        return self.decoding.walks

    def request(
        self, asks: type[AnyRequest], does: type[DebugTask], course: Course, **given: object
    ) -> AnyRequest:
        """A request about the walk of a course, for who takes the steps where the course decodes.

        Args:
            asks: the kind of request.
            does: its task.
            course: the walk that it is about.
            given: what the task wants to know beside.
        """
        decodes = course.direction is Direction.DECODE
        decoder = (self.walker or self.decoding.decoder) if decodes else UsedDecoder(ENCODER)
        task = does(course.tensor, walk_of(course, decoder.name), **given)
        return asks(
            container=self.shown.container, task=task, isolated=decoder.isolated, walks=self.walks
        )
