"""What of a kept session still holds for the file as it is now.

Where the bytes are the same, all of it. In other bytes an edit may do something else than was meant, so it is
switched off until somebody has looked; places and notes do no harm and stay.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from app.session.file_work import Work
from app.session.identity import FileIdentity, identity_of
from app.session.recovery import Running
from app.session.state import Session
from app.session.store import Loaded, OnDisk, SessionStore
from codec.edits.edit import Edit
from codec.edits.overlay import base_of, in_force, over_other_bytes
from codec.errors import SourceError
from codec.source import Source

T = TypeVar("T")


@dataclass(frozen=True)
class Found:
    """What is known of a file that has just been opened.

    Attributes:
        identity: of its content; None where it cannot be read any more.
        session: what can be taken up; None without.
        on_disk: the session's file.
        keeps: whether a session may be written.
        refusal: what is wrong with the session; "" where all is well.
        other_file: that the file is another now, and what that means for its session; "" where it is the same.
        switched_off: the edits that were switched off therefore, as they were.
        others: the processes of other windows that have the file open.
        elsewhere: where there is no session, the one of the same bytes at another path; None without.
    """

    identity: FileIdentity | None
    session: Session | None = None
    on_disk: OnDisk = field(default_factory=OnDisk)
    keeps: bool = True
    refusal: str = ""
    other_file: str = ""
    switched_off: tuple[Edit, ...] = ()
    others: tuple[int, ...] = ()
    elsewhere: Session | None = None


def find(path: str, source: Source, store: SessionStore, running: Running) -> Found:
    """Looks up all that is known of the file at `path`; reads the disk, and raises nothing."""
    try:
        identity = identity_of(source)
    except SourceError as error:
        return Found(None, refusal=f"What you do with this file is not kept: {error.sentence()}.")
    loaded = store.load(path)
    others = running.others_with(path)
    if loaded.session is None:
        elsewhere = None if loaded.sentence else store.of_same_bytes(path, identity)
        return replace(_found(loaded, identity, others), elsewhere=elsewhere)
    kept = loaded.session
    if kept.identity.same_content(identity) and _edits_fit(kept, identity, source):
        return _found(loaded, identity, others)
    session, off = without_edits(kept)
    return replace(
        _found(loaded, identity, others),
        session=session,
        other_file=_about_other_file(kept, identity, off),
        switched_off=off,
    )


def without_edits(session: Session) -> tuple[Session, tuple[Edit, ...]]:
    """A session with its edits switched off, and those that were on."""
    on = tuple(edit for edit in session.work.edits if edit.enabled)
    off = tuple(replace(edit, enabled=False) for edit in session.work.edits)
    return replace(session, work=replace(session.work, edits=off)), on


def joined(earlier: Work, now: Work) -> Work:
    """Work of an earlier session and what has been made since; what is in both counts once."""
    return Work(
        bookmarks=_both(earlier.bookmarks, now.bookmarks),
        breakpoints=_both(earlier.breakpoints, now.breakpoints),
        edits=earlier.edits + now.edits,
        notes="\n".join(part for part in _both((earlier.notes,), (now.notes,)) if part),
    )


def _both(earlier: tuple[T, ...], now: tuple[T, ...]) -> tuple[T, ...]:
    return earlier + tuple(each for each in now if each not in earlier)


def _found(loaded: Loaded, identity: FileIdentity, others: tuple[int, ...]) -> Found:
    return Found(
        identity,
        session=loaded.session,
        on_disk=loaded.on_disk,
        keeps=loaded.keeps,
        refusal=loaded.sentence,
        others=others,
    )


def _edits_fit(session: Session, now: FileIdentity, source: Source) -> bool:
    """Whether the edits stand over the bytes that they were made over.

    Of a file that was written again, a digest of some of its bytes cannot promise that.
    """
    if session.identity.modified_ns == now.modified_ns:
        return True
    edits = in_force(session.work.edits, now.size)
    base = base_of(source)
    try:
        return not any(over_other_bytes(edits, number, base) for number in range(len(edits)))
    except SourceError:
        return False


def _about_other_file(session: Session, now: FileIdentity, off: tuple[Edit, ...]) -> str:
    """Says that the file is another; "" where nothing depends on it."""
    work = session.work
    if not (off or work.bookmarks or work.breakpoints):
        return ""
    before = session.identity
    how = (
        "other bytes"
        if before.size == now.size
        else f"{before.size:,} bytes then, {now.size:,} now"
    )
    said = f"{Path(session.path).name} has changed since its session was kept ({how})."
    if off:
        edits = "1 edit was" if len(off) == 1 else f"{len(off):,} edits were"
        said += f" {edits} switched off."
    if work.bookmarks or work.breakpoints:
        said += " Bookmarks and breakpoints were kept; they may point at something else."
    return said
