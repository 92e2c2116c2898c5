"""The folder with the sessions: one file for every file that was open, and what is done with one that is no use.

Whatever is in the folder, opening a file goes on. A session that cannot be read is renamed, never overwritten and
never deleted: somebody's notes may still be got out of it by hand.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path

from app.session.file_work import Work
from app.session.identity import FileIdentity
from app.session.json_form import NewerSession, read, written
from app.session.state import Session
from codec.atomic_file import write_file
from codec.errors import InputError, SourceError
from codec.json_fields import DamagedJson
from codec.source import FileSource

LARGEST = 1 << 25
"""Bytes of the largest session that is written or read."""

KEPT = 1000
"""Sessions that are kept of files about which nothing was made; those go that were written longest ago."""

HEAD = 1 << 16
"""Bytes of a session's start that are searched for the digest of its file: more than the longest path takes."""

SET_ASIDE = ".set-aside"
"""Ending of a session that is no use."""

KEPT_ASIDE = 9
"""Sessions of one file that are kept aside."""

TEMPORARY_AGE_S = 3600
"""Seconds after which a temporary file counts as left behind by a process that was killed."""

Stamp = tuple[int, int, int]
"""Inode, size and time of modification of a session's file."""


@dataclass(frozen=True)
class OnDisk:
    """A session's file as it was last seen.

    Attributes:
        stamp: None where there was none.
        work: that it held.
    """

    stamp: Stamp | None = None
    work: Work = field(default_factory=Work)


@dataclass(frozen=True)
class Loaded:
    """What there is about a file.

    Attributes:
        session: None where there is none that can be used.
        on_disk: the session's file.
        sentence: what is wrong with it; "" where all is well.
        keeps: whether a new session may take its place; not where a bad one cannot be got out of the way.
    """

    session: Session | None = None
    on_disk: OnDisk = field(default_factory=OnDisk)
    sentence: str = ""
    keeps: bool = True


@dataclass(frozen=True)
class Saved:
    """A session that was written.

    Attributes:
        on_disk: its file.
        adopted: the work of another window that was kept instead of ours, which nobody had changed; or None.
        replaced: where the session of another window was set aside for ours; None where it was not.
    """

    on_disk: OnDisk
    adopted: Work | None = None
    replaced: Path | None = None


class SessionStore:
    """Sessions in a folder, which is made when the first is written.

    Every method may take as long as the disk does, and may be called in any thread.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place_of(self, path: str) -> Path:
        """Where the session of the file at `path` is kept."""
        name = path.encode("utf-8", "surrogateescape")
        readable = re.sub(r"[^A-Za-z0-9._-]", "_", Path(path).name)[:40]
        return self.folder / f"{readable}-{blake2b(name, digest_size=10).hexdigest()}.json"

    def load(self, path: str) -> Loaded:
        """The session of the file at `path`; one that is no use is set aside. Raises nothing."""
        place = self.place_of(path)
        stamp = stamp_of(place)
        if stamp is None and not _is_there(place):
            return Loaded()
        try:
            session = _read_from(place)
            if session.path != path:
                raise DamagedJson(f"it is about another file, {session.path}")
            return Loaded(session, OnDisk(stamp, session.work))
        except NewerSession as error:
            return self._refused(place, path, str(error))
        except DamagedJson as error:
            return self._refused(place, path, f"it is damaged: {error.sentence()}")
        except SourceError as error:
            return self._refused(place, path, error.sentence())

    def of_same_bytes(self, path: str, identity: FileIdentity) -> Session | None:
        """The latest session with any work about the same bytes at another path; None without. Raises nothing.

        A file that was moved, renamed or copied has lost its session: sessions are found by the path.
        """
        wanted = f'"digest": "{identity.digest}"'.encode("ascii")
        with contextlib.suppress(OSError):
            for place in sorted(self.folder.glob("*.json"), key=_age):
                session = _session_at(place) if _head_holds(place, wanted) else None
                if session is None or session.path == path or session.work == Work():
                    continue
                if session.identity.same_content(identity):
                    return session
        return None

    def save(self, session: Session, before: OnDisk) -> Saved:
        """Writes a session whole or not at all.

        Another window may have written one of the same file meanwhile. Where only one of the two has changed
        the work, that one's work is kept; where both have, ours is, and theirs is set aside.

        Args:
            session: what is kept from now on.
            before: the file that it takes the place of, as we know it.

        Raises:
            InputError: it cannot be written; what was there before still is.
        """
        place = self.place_of(session.path)
        found = stamp_of(place)
        if found in (None, before.stamp):
            return Saved(self._write(place, session))
        there, ours = _session_at(place), session.work
        theirs = there.work if there is not None and there.path == session.path else None
        if theirs is None or (theirs not in (before.work, ours) and ours != before.work):
            return Saved(replaced=_linked_aside(place), on_disk=self._write(place, session))
        if theirs in (before.work, ours):
            return Saved(self._write(place, session))
        return Saved(self._write(place, replace(session, work=theirs)), adopted=theirs)

    def _write(self, place: Path, session: Session) -> OnDisk:
        """Writes a session's file.

        Raises:
            InputError: it cannot be written.
        """
        data = written(session)
        if len(data) > LARGEST:
            raise InputError(
                f"it takes {len(data):,} bytes, and at most {LARGEST:,} are kept: fewer or smaller edits fit"
            )
        _make(self.folder)
        write_file(place, [data])
        return OnDisk(stamp_of(place), session.work)

    def set_aside(self, path: str) -> Path | None:
        """Renames the session of the file at `path`; returns its new path, or None where there is none.

        Raises:
            InputError: it cannot be renamed.
        """
        place = self.place_of(path)
        return self._aside(place) if _is_there(place) else None

    def tidy(self) -> None:
        """Forgets the oldest sessions beyond `KEPT` that hold no work, and what killed processes left.

        Raises nothing.
        """
        with contextlib.suppress(OSError):
            sessions = sorted(self.folder.glob("*.json"), key=_age)
            for place in sessions[KEPT:]:
                session = _session_at(place)
                if session is not None and session.work == Work():
                    place.unlink()
            for place in self.folder.rglob(".ranscope-*"):
                if _age(place) > TEMPORARY_AGE_S:
                    place.unlink()

    def _refused(self, place: Path, path: str, reason: str) -> Loaded:
        """Gets a session out of the way that is no use, and says so."""
        what = f"The kept session of {Path(path).name} cannot be taken up; {reason}."
        try:
            aside = self._aside(place)
        except InputError as error:
            return Loaded(
                sentence=f"{what} It cannot be set aside either, so nothing is kept of this file: {error}.",
                keeps=False,
            )
        return Loaded(sentence=f"{what} It was set aside as {aside}.")

    def _aside(self, place: Path) -> Path:
        """Renames a session's file.

        Raises:
            InputError: it cannot be renamed.
        """
        target = _free(place)
        try:
            place.replace(target)
        except OSError as error:
            raise InputError(f"{place} cannot be renamed: {error.strerror}") from None
        return target


def stamp_of(place: Path) -> Stamp | None:
    """What tells one state of a session's file from another; None where there is none that can be seen."""
    try:
        status = place.stat()
    except (OSError, ValueError):
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _read_from(place: Path) -> Session:
    """The session in the file at `place`.

    Raises:
        DamagedJson, SourceError: there is none that can be used.
    """
    source = FileSource(place)
    if source.size > LARGEST:
        raise DamagedJson(f"it has {source.size:,} bytes, and no session has more than {LARGEST:,}")
    return read(source.read(0, source.size))


def _session_at(place: Path) -> Session | None:
    """The session in a file; None where it cannot be read."""
    try:
        return _read_from(place)
    except (DamagedJson, SourceError):
        return None


def _head_holds(place: Path, wanted: bytes) -> bool:
    """Whether some bytes stand in the first ones of a file; False where it cannot be read."""
    try:
        source = FileSource(place)
        return wanted in source.read(0, min(source.size, HEAD))
    except SourceError:
        return False


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise InputError(f"{folder} cannot be made: {error.strerror}") from None


def _is_there(place: Path) -> bool:
    """Whether anything is called that, even what cannot be looked into."""
    try:
        return os.path.lexists(place)
    except ValueError:
        return False


def _linked_aside(place: Path) -> Path | None:
    """Gives a session's file a second name, so that it is not lost when another takes its place.

    There is one such name: two windows that take turns must not fill the folder.
    """
    target = place.with_name(f"{place.name}.other{SET_ASIDE}")
    try:
        target.unlink(missing_ok=True)
        target.hardlink_to(place)
    except (
        OSError
    ):  # a file system without links, or nothing may be written: then it is said of the session
        return None
    return target


def _free(place: Path) -> Path:
    """A name for what is set aside; the one used longest ago where all are taken."""
    numbers = ("", *(f"-{number}" for number in range(2, KEPT_ASIDE + 1)))
    names = [place.with_name(f"{place.name}{number}{SET_ASIDE}") for number in numbers]
    return next((name for name in names if not _is_there(name)), max(names, key=_age))


def _age(place: Path) -> float:
    """Seconds since a file was written; 0 where it is gone."""
    try:
        return time.time() - place.stat().st_mtime
    except OSError:
        return 0.0
