"""Tasks as the child process does them: on a file that it opens by its path and keeps parsed.

A container cannot cross to the child: it holds an open file and trees that are made as they are looked at. So
the child makes sure that what is at the path is the same content. Nothing here imports Qt.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from app.child.task import Task
from app.tasks import FileTask, brought_name
from codec import decoders
from codec.container import Container
from codec.decoders.availability import unavailable
from codec.decoders.base import Tick
from codec.edits.edit import Edit
from codec.edits.opening import parse_edited
from codec.edits.overlay import edits_of, file_below
from codec.errors import DeviceError, InputError, SourceError
from codec.source import FileSource, Source

KEPT_OPEN = 4
"""Files that the child keeps open and parsed."""


@dataclass(frozen=True)
class FileStamp:
    """A file as it was when the window opened it.

    Attributes:
        path: from the root.
        identity: as `FileSource.identity`.
        edits: laid over it there.
    """

    path: str
    identity: tuple[int, int, int, int]
    edits: tuple[Edit, ...] = ()


def stamp_of(source: Source) -> FileStamp:
    """The stamp of the file that a source reads.

    Raises:
        InputError: it reads no file.
    """
    file = file_below(source)
    if file is None:
        raise InputError(
            f"{source.name} is no file, which a decoder with a process of its own needs"
        )
    return FileStamp(str(file.path.absolute()), file.identity, edits_of(source))


@lru_cache(maxsize=KEPT_OPEN)
def reopened(stamp: FileStamp) -> Container:
    """The file, parsed with its edits.

    Raises:
        SourceError: it is gone, or its content is another now.
        FormatError: it has no header that can be read.
    """
    source = FileSource(stamp.path)
    if source.identity != stamp.identity:
        raise SourceError(
            f"{source.name} has changed on disk since it was opened: reload it to decode what is there now"
        )
    return parse_edited(source, stamp.edits)


@dataclass(frozen=True, eq=False)
class OnFile(Task):
    """A task on a file, for the child."""

    stamp: FileStamp
    task: FileTask

    @property
    def brought(self) -> str:
        """As `Task.brought`."""
        return self.task.brought

    def run(self, tick: Tick) -> object:
        """Opens the file, or finds it open, and does the task on it."""
        container = reopened(self.stamp)
        if container.source.changed():
            reopened.cache_clear()
            container = reopened(self.stamp)
        return self.task.run_on(container, tick)


@dataclass(frozen=True)
class AskDecoder(Task):
    """Asks a decoder whether it can run here; the process that cannot run it is not kept."""

    decoder: str

    @property
    def brought(self) -> str:
        """As `Task.brought`."""
        return brought_name(self.decoder)

    def run(self, tick: Tick) -> None:
        """Asks it; this imports its libraries, opens its device and compiles its kernels.

        Raises:
            DeviceError: why one of ours cannot run.
            BroughtError: why one of the user's cannot be loaded.
        """
        if self.brought:  # what is wrong with it is no fault of the process
            decoders.make(self.decoder).require_available()
        elif reason := unavailable(self.decoder):
            raise DeviceError(reason)
