"""The long jobs of a document, each a frozen request that a worker runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from app.jobs import Progress, Request
from codec import decoders
from codec.byte_search import find
from codec.checks import Report, check
from codec.container import Container, Tensor
from codec.decoders.base import DecodedTile
from codec.formats import open_file
from codec.trace import Trace


@dataclass(frozen=True, eq=False)
class OpenRequest(Request):
    """Parses a file; the result is a `Container`."""

    path: str
    kind: ClassVar[str] = "open"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Opening {self.path}"

    def run(self, progress: Progress) -> Container:
        """Parses the file."""
        return open_file(self.path)


@dataclass(frozen=True, eq=False)
class TilesRequest(Request):
    """Decodes some tiles; the result is the tiles by index, those they need included."""

    container: Container
    tensor: Tensor
    tiles: tuple[int, ...]
    known: Mapping[int, DecodedTile]
    decoder: str
    kind: ClassVar[str] = "tiles"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Decoding tiles of {self.container.source.name}"

    def run(self, progress: Progress) -> dict[int, DecodedTile]:
        """Decodes the tiles."""
        decoder = decoders.make(self.decoder)
        return decoder.decode_tiles(self.container, self.tensor, self.tiles, self.known)


@dataclass(frozen=True, eq=False)
class TraceRequest(Request):
    """Traces steps of one tile; the result is a `Trace`."""

    container: Container
    tensor: Tensor
    tile: int
    first: int
    last: int
    decoder: str
    kind: ClassVar[str] = "trace"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Tracing tile {self.tile:,}"

    def run(self, progress: Progress) -> Trace:
        """Traces the tile."""
        decoder = decoders.make(self.decoder)
        return decoder.trace(self.container, self.tensor, self.tile, self.first, self.last)


@dataclass(frozen=True, eq=False)
class CheckRequest(Request):
    """Decodes the whole file and checks all of it; the result is a `Report`."""

    container: Container
    decoder: str
    kind: ClassVar[str] = "check"
    background: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Checking every stream of {self.container.source.name}"

    def run(self, progress: Progress) -> Report:
        """Checks the file."""
        return check(self.container, decoders.make(self.decoder), progress)


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
