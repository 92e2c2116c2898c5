"""The jobs of the debugger: each a frozen request that a worker runs or hands to the child."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.debug_parting import Part
from app.debug_tasks import DebugTask, LookAt, Move, Seek
from app.debug_walks import Walks
from app.requests import FileRequest
from app.work import Progress


@dataclass(frozen=True, eq=False, kw_only=True)
class WalkRequest(FileRequest):
    """Asks something of a walk.

    Attributes:
        walks: those that are kept in this process.
    """

    task: DebugTask
    walks: Walks

    def run(self, progress: Progress) -> object:
        """Does the task here."""
        return self.task.run_with(self.walks, self.container, progress)

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Stepping through tile {self.task.which.course.tile:,}"


@dataclass(frozen=True, eq=False, kw_only=True)
class OpenWalkRequest(WalkRequest):
    """Lays the checkpoints of a walk, and looks at its first place; the result is `Arrived`."""

    task: LookAt
    kind: ClassVar[str] = "open walk"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Laying checkpoints through tile {self.task.which.course.tile:,}"


@dataclass(frozen=True, eq=False, kw_only=True)
class LookRequest(WalkRequest):
    """Looks at a place; the result is `Arrived`."""

    task: LookAt
    kind: ClassVar[str] = "look at step"


@dataclass(frozen=True, eq=False, kw_only=True)
class MirrorRequest(WalkRequest):
    """Looks at the place where the other coder stands; the result is `Arrived`."""

    task: LookAt
    kind: ClassVar[str] = "look at mirror"


@dataclass(frozen=True, eq=False, kw_only=True)
class MoveRequest(WalkRequest):
    """Goes on by some presses; the result is `Arrived`."""

    task: Move
    kind: ClassVar[str] = "move"


@dataclass(frozen=True, eq=False, kw_only=True)
class SeekRequest(WalkRequest):
    """Looks for a step; the result is `Sought`.

    Attributes:
        wanted: what is looked for, in words.
    """

    task: Seek
    wanted: str = ""
    kind: ClassVar[str] = "seek step"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Running through tile {self.task.which.course.tile:,} to {self.wanted}"


@dataclass(frozen=True, eq=False, kw_only=True)
class PartRequest(WalkRequest):
    """Looks where another decoder, or file, parts from the walk; the result is `Parted`, or None."""

    task: Part
    kind: ClassVar[str] = SeekRequest.kind

    @property
    def title(self) -> str:
        """What a message calls this job."""
        tile, rival = self.task.which.course.tile, self.task.rival.title
        return f"Running through tile {tile:,} to where {rival} parts from it"
