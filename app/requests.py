"""The long jobs of the window, each a frozen request that a worker runs or hands to the child."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from app.child import Task
from app.child_tasks import AskDecoder, OnFile, stamp_of
from app.debug_walks import Walks
from app.models.trace_figures import TraceFigures, figures_of
from app.tasks import DecodeTiles, DecodeWhole, FileTask, TracedTile, TraceTile
from app.work import ChildRequest, Progress, Request
from codec import decoders
from codec.byte_search import find
from codec.checks import Report, check
from codec.container import Container
from codec.decoders.availability import DEFAULT, choose, unavailable
from codec.decoders.brought import entry_points
from codec.edits.edit import Edit
from codec.edits.opening import open_edited


@dataclass(frozen=True)
class UsedDecoder:
    """A decoder by its name, and whether it runs in the child process."""

    name: str
    isolated: bool = False


DEFAULT_DECODER = UsedDecoder(DEFAULT)
"""The one that is used until another is chosen."""


@dataclass(frozen=True, eq=False)
class OpenRequest(Request):
    """Parses a file, with edits laid over it; the result is a `Container`."""

    path: str
    edits: tuple[Edit, ...] = ()
    kind: ClassVar[str] = "open"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Opening {self.path}"

    def run(self, progress: Progress) -> Container:
        """Parses the file."""
        return open_edited(self.path, self.edits)


@dataclass(frozen=True, eq=False)
class FileRequest(Request):
    """Work that a decoder does on a file."""

    container: Container
    task: FileTask
    isolated: bool = False

    def run(self, progress: Progress) -> object:
        """Does the task here."""
        return self.task.run_on(self.container, progress)

    def for_child(self) -> Task:
        """The task and the file that it is about."""
        return OnFile(stamp_of(self.container.source), self.task)


@dataclass(frozen=True, eq=False)
class TilesRequest(FileRequest):
    """Decodes some tiles; the result is `DecodedTiles`."""

    task: DecodeTiles
    kind: ClassVar[str] = "tiles"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Decoding tiles of {self.container.source.name}"

    def for_child(self) -> Task:
        """As for every file, without the decoded tiles that the child does not need."""
        tensor = self.container.tensors[self.task.tensor]
        return OnFile(stamp_of(self.container.source), self.task.without_needless(tensor))


@dataclass(frozen=True, eq=False)
class WholeRequest(FileRequest):
    """Decodes a whole tensor, to measure it; the result is `DecodedWhole`."""

    task: DecodeWhole
    kind: ClassVar[str] = "whole"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        name = self.container.tensors[self.task.tensor].name
        return f"Decoding all of {name} with {self.task.decoder}"


@dataclass(frozen=True, eq=False)
class LaidOut:
    """Steps of a tile, and what views show of them."""

    traced: TracedTile
    figures: TraceFigures


@dataclass(frozen=True, eq=False)
class TraceRequest(FileRequest):
    """Traces steps of one tile; the result is `LaidOut`, or from the child a `TracedTile`.

    Attributes:
        walks: those that are kept in this process.
    """

    task: TraceTile
    walks: Walks = field(default_factory=Walks)
    kind: ClassVar[str] = "trace"

    def run(self, progress: Progress) -> LaidOut:
        """Traces them here, and lays them out at once: asking anew would wait for what is being painted."""
        traced = self.task.run_with(self.walks, self.container, progress)
        return FiguresRequest(self.container, self.task, traced).run(progress)

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Tracing tile {self.task.tile:,}"


@dataclass(frozen=True, eq=False)
class FiguresRequest(Request):
    """Finds what views show of a trace that the child has made; the result is `LaidOut`.

    Attributes:
        container: the file.
        task: what was traced.
        traced: what came of it.
    """

    container: Container
    task: TraceTile
    traced: TracedTile
    kind: ClassVar[str] = "figures"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Laying out the steps of tile {self.task.tile:,}"

    def run(self, progress: Progress) -> LaidOut:
        """Finds them."""
        tensor = self.container.tensors[self.task.tensor]
        return LaidOut(self.traced, figures_of(self.traced.trace, tensor, self.task.tile))


@dataclass(frozen=True, eq=False)
class CheckRequest(Request):
    """Decodes the whole file and checks all of it; the result is a `Report`.

    Always on the CPU: the check measures the file, not a decoder, and must not keep a card from
    answering clicks.
    """

    container: Container
    kind: ClassVar[str] = "check"
    background: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Checking every stream of {self.container.source.name}"

    def run(self, progress: Progress) -> Report:
        """Checks the file."""
        return check(self.container, choose(), progress)


@dataclass(frozen=True, eq=False)
class FindRequest(Request):
    """Looks for bytes in the file; the result is their offset, or None."""

    container: Container
    pattern: bytes
    start: int
    backward: bool
    kind: ClassVar[str] = "find"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Searching {self.container.source.name}"

    def run(self, progress: Progress) -> int | None:
        """Searches the file."""
        source = self.container.source
        return find(source, self.pattern, self.start, self.backward, progress)


@dataclass(frozen=True)
class Description:
    """A decoder as it describes itself; `reason` is why it cannot even be loaded, or cannot run here."""

    name: str
    text: str
    isolated: bool
    reason: str = ""


@dataclass(frozen=True, eq=False)
class DescribeRequest(Request):
    """Asks all decoders what they are; the result is a tuple of `Description`.

    Those that are isolated are not asked whether they can run: that is for the child to find out.
    """

    kind: ClassVar[str] = "describe"
    title: ClassVar[str] = "Looking for decoders"
    background: ClassVar[bool] = True

    def run(self, progress: Progress) -> tuple[Description, ...]:
        """Asks them; the fast one takes a while to load."""
        return tuple(_described(name) for name in decoders.DECODERS)


def _described(name: str) -> Description:
    try:
        decoder = decoders.make(name)
    except ImportError:
        return Description(name, "", False, unavailable(name))
    reason = "" if decoder.isolated else decoder.unavailable()
    return Description(name, decoder.description, decoder.isolated, reason)


@dataclass(frozen=True, eq=False)
class InstalledRequest(Request):
    """Looks which decoders of others are installed; the result is a tuple of their names."""

    kind: ClassVar[str] = "installed"
    title: ClassVar[str] = "Looking for installed decoders"
    background: ClassVar[bool] = True

    def run(self, progress: Progress) -> tuple[str, ...]:
        """Looks; nothing of them is loaded."""
        return tuple(sorted(entry_points()))


@dataclass(frozen=True, eq=False)
class AskRequest(ChildRequest):
    """Asks an isolated decoder whether it can run here; fails with the reason if not."""

    task: AskDecoder
    kind: ClassVar[str] = "ask"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Asking the decoder {self.task.decoder} whether it can run here"
