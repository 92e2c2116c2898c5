"""The long jobs of a comparison: reading both sides, comparing, diagnosing, tracing both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.requests import FileRequest
from app.side_tasks import CompareFiles, FindEncodeStep, OfferSides, ReadSide, TraceSide
from app.work import Progress, Request
from codec.comparison.comparison import Comparison, compare
from codec.comparison.divergence import Divergence, first_divergence
from codec.comparison.output import Output
from codec.comparison.side import Side, parse_side
from codec.container import Container, Tensor
from codec.diagnosis.finding import Finding
from codec.trace import Trace

LEFT, RIGHT = 0, 1
"""The places of the two sides."""


@dataclass(frozen=True, eq=False)
class SideRequest(FileRequest):
    """Reads a side; the result is an `Output`."""

    task: ReadSide
    place: ClassVar[int]

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Reading {self.task.side.title} for the comparison"


@dataclass(frozen=True, eq=False)
class LeftSide(SideRequest):
    """Reads the left side."""

    kind: ClassVar[str] = "left side"
    place: ClassVar[int] = LEFT


@dataclass(frozen=True, eq=False)
class RightSide(SideRequest):
    """Reads the right side."""

    kind: ClassVar[str] = "right side"
    place: ClassVar[int] = RIGHT


SIDE_REQUESTS = (LeftSide, RightSide)


@dataclass(frozen=True, eq=False)
class OffersRequest(FileRequest):
    """Looks how else the side at `place` can be read; the result is a tuple of `Side`."""

    task: OfferSides
    place: int = RIGHT
    kind: ClassVar[str] = "offers"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Looking how else {self.task.side.title} can be read"


@dataclass(frozen=True, eq=False)
class SideTraceRequest(FileRequest):
    """Has a side trace a tile; the result is a `Trace`."""

    task: TraceSide
    place: ClassVar[int]

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Tracing tile {self.task.tile:,} with {self.task.side.title}"


@dataclass(frozen=True, eq=False)
class LeftTrace(SideTraceRequest):
    """Has the left side trace a tile."""

    kind: ClassVar[str] = "left trace"
    place: ClassVar[int] = LEFT


@dataclass(frozen=True, eq=False)
class RightTrace(SideTraceRequest):
    """Has the right side trace a tile."""

    kind: ClassVar[str] = "right trace"
    place: ClassVar[int] = RIGHT


TRACE_REQUESTS = (LeftTrace, RightTrace)


@dataclass(frozen=True, eq=False)
class FilesRequest(FileRequest):
    """Holds the file against that of a side; the result is a `FileComparison`."""

    task: CompareFiles
    kind: ClassVar[str] = "compare files"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Comparing {self.container.source.name} with {self.task.side.title}"


@dataclass(frozen=True, eq=False)
class EncodeStepRequest(FileRequest):
    """Looks where the encoders part in a tile; the result is an `EncodeDivergence`, or None."""

    task: FindEncodeStep
    kind: ClassVar[str] = "encode step"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return (
            f"Comparing the encode steps of tile {self.task.tiles[0]:,} with {self.task.side.title}"
        )


@dataclass(frozen=True, eq=False)
class ParseSideRequest(Request):
    """Finds out what a name or a path is, to be put on the side at `place`; the result is a `Side`."""

    text: str
    place: int
    kind: ClassVar[str] = "parse side"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Looking at {self.text}"

    def run(self, progress: Progress) -> Side:
        """Looks at the file's first bytes."""
        return parse_side(self.text)


@dataclass(frozen=True, eq=False)
class CompareRequest(Request):
    """Holds two outputs against each other; the result is a `Comparison`."""

    tensor: Tensor
    left: Output
    right: Output
    kind: ClassVar[str] = "compare"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Comparing {self.left.title} and {self.right.title}"

    def run(self, progress: Progress) -> Comparison:
        """Compares them."""
        return compare(self.tensor, self.left, self.right, progress)


@dataclass(frozen=True, eq=False)
class DiagnoseRequest(Request):
    """Looks for the mistake that explains a comparison; the result is a tuple of `Finding`."""

    container: Container
    comparison: Comparison
    kind: ClassVar[str] = "diagnose"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Looking for what explains {self.comparison.right.title}"

    def run(self, progress: Progress) -> tuple[Finding, ...]:
        """Tries all mistakes that are known."""
        # Imported only when asked for: it loads numba and much else.
        from codec.diagnosis import diagnose

        return diagnose(self.container, self.comparison, progress)


@dataclass(frozen=True, eq=False)
class DivergeRequest(Request):
    """Looks where two traces part; the result is a `Divergence`, or None."""

    left: Trace
    right: Trace
    kind: ClassVar[str] = "diverge"
    title: ClassVar[str] = "Comparing two traces"

    def run(self, progress: Progress) -> Divergence | None:
        """Compares them."""
        return first_divergence(self.left, self.right)
