"""Tells after a crash which files were open: a marker in a folder for every window that runs.

A window writes down what it has open, and takes its marker away when it closes. A marker whose process is gone was
left by a crash, by a kill or by a power cut; one whose process lives belongs to a second window, which is none of
our business. Nothing here may keep a window from opening: what cannot be read or written is as if it were not there.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from codec.atomic_file import write_file
from codec.errors import RanscopeError, SourceError
from codec.json_fields import DamagedJson, Fields, parsed
from codec.source import FileSource

FOLDER = "running"
"""Of the markers, inside that of the sessions."""

VERSION = 1

LARGEST = 1 << 20
"""Bytes of the largest marker that is read."""


@dataclass(frozen=True)
class Process:
    """A running program, told apart from a later one of the same number.

    Attributes:
        pid: its number.
        begun: when it began, in units of the system's own; "" where that cannot be found out.
        host: the machine that it runs on.
    """

    pid: int
    begun: str
    host: str

    @property
    def here(self) -> bool:
        """Whether it is on this machine, so that one can tell whether it lives."""
        return self.host == platform.node()

    @property
    def alive(self) -> bool:
        """Whether it still runs; only to be asked of one that is `here`."""
        return is_alive(self.pid) and self.begun == begun(self.pid)


@dataclass(frozen=True)
class Marker:
    """What a window has open.

    Attributes:
        process: whose window it is.
        files: the open files, the one that is shown first.
        offered: files of an earlier crash that have been offered, and not been taken up or dismissed.
    """

    process: Process
    files: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()


class Running:
    """The markers in a folder, and our own among them.

    Its methods may take as long as the disk does; they are not to be called in two threads at once.
    """

    def __init__(self, sessions: Path) -> None:
        """Takes the folder of the sessions."""
        pid = os.getpid()
        self._folder = sessions / FOLDER
        self._process = Process(pid, begun(pid), platform.node())
        self._place = self._folder / f"{pid}-{uuid.uuid4().hex[:12]}.json"

    def write(self, files: Sequence[str], offered: Sequence[str] = ()) -> bool:
        """Writes down what is open; with nothing to write down, takes the marker away. Returns whether that worked."""
        try:
            if not files and not offered:
                self._place.unlink(missing_ok=True)
                return True
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_file(self._place, [_written(Marker(self._process, (*files,), (*offered,)))])
        except (OSError, RanscopeError):
            return False
        return True

    def claim(self) -> tuple[str, ...]:
        """The files that were open in windows that are gone, each once; nobody else gets them from now on.

        They stay on our own marker, so that they are offered again if we crash as well.
        """
        found: dict[str, None] = {}
        taken = []
        for place, marker in self._others():
            if not marker.process.here or marker.process.alive:
                continue
            ours = place.with_name(f"{uuid.uuid4().hex}.json")
            with contextlib.suppress(
                OSError
            ):  # somebody else was faster: renaming can only work once
                place.rename(ours)
                taken.append(ours)
                found |= dict.fromkeys((*marker.files, *marker.offered))
        # On a full disk theirs stay: they are offered again then, which does no harm.
        if not found or self.write((), tuple(found)):
            for ours in taken:
                with contextlib.suppress(OSError):
                    ours.unlink()
        return tuple(found)

    def others_with(self, path: str) -> tuple[int, ...]:
        """The processes of other windows that have a file open now."""
        return tuple(
            marker.process.pid
            for _, marker in self._others()
            if path in marker.files and marker.process.here and marker.process.alive
        )

    def _others(self) -> Iterator[tuple[Path, Marker]]:
        """All other markers that can be read; what only looks like one is taken away."""
        with contextlib.suppress(OSError):
            for place in sorted(self._folder.glob("*.json")):
                if place == self._place:
                    continue
                with contextlib.suppress(SourceError):  # gone by now, or not ours to read
                    try:
                        yield place, _read(place)
                    except DamagedJson:
                        place.unlink(missing_ok=True)


def is_alive(pid: int) -> bool:
    """Whether there is a process of this number."""
    if not 0 < pid < 1 << 31:
        return False
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def begun(pid: int) -> str:
    """When a process began, as Linux counts it; "" where that cannot be found out."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The name of the program, in brackets, may hold anything; the 20th field behind it is what we want.
    behind_name = status.rpartition(")")[2].split()
    ended = behind_name[:1] in (["Z"], ["X"])  # killed, and only its parent has not noticed yet
    return behind_name[19] if len(behind_name) > 19 and not ended else ""


def _written(marker: Marker) -> bytes:
    process = marker.process
    whole = {
        "version": VERSION,
        "pid": process.pid,
        "begun": process.begun,
        "host": process.host,
        "files": marker.files,
        "offered": marker.offered,
    }
    return json.dumps(whole, indent=1).encode("ascii")


def _read(place: Path) -> Marker:
    """The marker in a file.

    Raises:
        DamagedJson: it is none of ours.
        SourceError: it cannot be read.
    """
    source = FileSource(place)
    if source.size > LARGEST:
        raise DamagedJson("it is too large for a marker")
    whole = parsed(source.read(0, source.size))
    if whole.number("version") != VERSION:
        raise SourceError(f"{place} is of another version")
    process = Process(whole.number("pid"), whole.text("begun"), whole.text("host"))
    return Marker(process, _paths(whole, "files"), _paths(whole, "offered"))


def _paths(whole: Fields, name: str) -> tuple[str, ...]:
    return tuple(path for path in whole.items(name) if isinstance(path, str) and "\0" not in path)
