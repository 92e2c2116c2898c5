"""How the debugger of one document asks workers about walks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from app.debug_place import Course
from app.debug_requests import WalkRequest
from app.debug_tasks import DebugTask
from app.debug_walks import ENCODER, WalkOf, Walks
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
    """

    shown: Shown
    decoding: Decoding

    @property
    def walks(self) -> Walks:
        """Those that are kept in this process."""
        return self.decoding.walks

    def request(
        self, asks: type[AnyRequest], does: type[DebugTask], course: Course, **given: object
    ) -> AnyRequest:
        """A request about the walk of a course, for the decoder in use where the course decodes.

        Args:
            asks: the kind of request.
            does: its task.
            course: the walk that it is about.
            given: what the task wants to know beside.
        """
        decodes = course.direction is Direction.DECODE
        decoder = self.decoding.decoder if decodes else UsedDecoder(ENCODER)
        task = does(course.tensor, WalkOf(course, decoder.name), **given)
        return asks(
            container=self.shown.container, task=task, isolated=decoder.isolated, walks=self.walks
        )
