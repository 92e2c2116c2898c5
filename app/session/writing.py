"""Writes sessions: soon after a change, again after a failure, and all of them before the window is gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.session.file_work import Work
from app.session.in_order import InOrder
from app.session.kept_file import KeptFile
from app.session.state import Session
from app.session.store import OnDisk, Saved, SessionStore
from app.session.taking_up import joined
from codec.errors import RanscopeError

SOON_MS = 1000
"""From a change to its being written: as much as anybody would do again."""

RETRY_MS = 10_000
"""From a failure to the next attempt."""


class Writing(QObject):
    """Writes the sessions of open files, and of those that were closed when they could not be written."""

    shared = Signal(object, str)
    """Carries a document and a sentence on another window's session of it."""
    failed = Signal(str)
    """Carries why a session cannot be written, as a sentence; each is told once."""
    recovered = Signal()
    """Sessions can be written again."""

    def __init__(
        self,
        files: list[KeptFile],
        store: SessionStore,
        disk: InOrder,
        note_layout: Callable[[KeptFile], None],
        parent: QObject,
    ) -> None:
        """Writes sessions.

        Args:
            files: the open files; somebody else adds and removes them.
            store: where their sessions are kept.
            disk: the thread in which that is done.
            note_layout: gives a file that is shown the layout of now.
            parent: owns this.
        """
        super().__init__(parent)
        self._files = files
        self._late: dict[KeptFile, Session] = {}
        self._store = store
        self._disk = disk
        self._note_layout = note_layout
        self._closed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._write_all)

    @property
    def due(self) -> bool:
        """Whether anything is to be written soon."""
        return self._timer.isActive()

    @Slot()
    def soon(self) -> None:
        """Has what has changed written within a second; called again, it does not put that off."""
        if not self._timer.isActive() and not self._closed:
            self._timer.start(SOON_MS)

    def now(self, kept: KeptFile) -> None:
        """Has the session of a file written, unless it is the one on the disk."""
        self._note_layout(kept)
        session = kept.session()
        if session is not None and session != kept.known:
            kept.known = session
            self._submit(kept, session)

    def set_aside(self, kept: KeptFile) -> None:
        """Has the session on the disk set aside; the next takes its place."""
        path = str(kept.document.path)
        self._disk.submit(lambda: self._set_aside(kept, path))

    def unkept(self) -> list[KeptFile]:
        """Writes what is to be written, waits for that, and returns the files whose work is not on the disk."""
        for kept in self._files:
            if kept.problem:
                kept.known = None  # what failed is tried once more
            self.now(kept)
        self._disk.wait()
        return [
            kept for kept in self._files if _why_unkept(kept) and kept.work != kept.on_disk.work
        ]

    def close(self) -> None:
        """Has what is still to be written written; nothing follows."""
        for kept in self._files:
            self.now(kept)
        self._retry()
        self._closed = True
        self._timer.stop()

    @Slot()
    def _write_all(self) -> None:
        # While the disk is slow it gets the latest state, and not all of them one after another.
        if self._disk.busy:
            self.soon()
            return
        for kept in self._files:
            self.now(kept)
        self._retry()

    def _retry(self) -> None:
        """Tries again with files that are closed."""
        for kept, session in self._late.items():
            self._submit(kept, session)
        self._late = {}

    def _submit(self, kept: KeptFile, session: Session) -> None:
        self._disk.submit(
            lambda: self._save(kept, session), lambda saved: self._on_saved(kept, session, saved)
        )

    def _save(self, kept: KeptFile, session: Session) -> Saved | None:
        """Runs in the thread of the disk; returns None where it cannot be done."""
        try:
            saved = self._store.save(session, kept.on_disk)
        except RanscopeError as error:
            kept.problem = error.sentence()
            return None
        kept.on_disk, kept.problem = saved.on_disk, ""
        return saved

    def _set_aside(self, kept: KeptFile, path: str) -> None:
        """Runs in the thread of the disk."""
        try:
            self._store.set_aside(path)
        except RanscopeError:
            return  # it stays where it is until the new one takes its place
        kept.on_disk = OnDisk()

    def _on_saved(self, kept: KeptFile, session: Session, saved: Saved | None) -> None:
        if saved is None:
            self._on_failed(kept, session)
            return
        self._withdraw_problem(kept)
        if saved.adopted is not None and kept in self._files:
            self._adopt(kept, session, saved.adopted)
        if saved.replaced is not None and not kept.told:
            kept.told = True
            self.shared.emit(kept.document, _about_replaced(kept, saved.replaced))

    def _on_failed(self, kept: KeptFile, session: Session) -> None:
        if kept in self._files:
            kept.known = None
        else:
            self._late[kept] = session
        self._timer.start(RETRY_MS)
        if kept.problem != kept.told_problem:
            kept.told_problem = kept.problem
            self.failed.emit(about_unkept(kept))

    def _withdraw_problem(self, kept: KeptFile) -> None:
        """What could not be written is written now; that is told when it is true of all."""
        told, kept.told_problem = kept.told_problem, ""
        others = (*self._files, *self._late)
        if told and not any(other.told_problem for other in others):
            self.recovered.emit()

    def _adopt(self, kept: KeptFile, session: Session, theirs: Work) -> None:
        """Shows what another window has done with a file, and what has been done here since, if anything."""
        work = kept.document.work
        if kept.known is session:
            kept.known = replace(session, work=theirs)
        wanted = theirs if work.now == session.work else joined(theirs, work.now)
        work.change("Take up the work of another window", wanted)


def about_unkept(kept: KeptFile) -> str:
    """Says that the work on a file is not on the disk, and why."""
    return f"What you do with {kept.document.path.name} cannot be kept: {_why_unkept(kept)}."


def _why_unkept(kept: KeptFile) -> str:
    """Why the work on a file is not on the disk; "" where it is, or where nothing was ever to be kept."""
    if not kept.looked_up:
        return ""
    if not kept.keeps:
        return "its session is damaged, and can be neither replaced nor set aside"
    return kept.problem or ("it cannot be read any more" if kept.identity is None else "")


def _about_replaced(kept: KeptFile, aside: Path) -> str:
    return (
        f"Another window of Ranscope has kept a session of {kept.document.title} meanwhile. Yours is kept "
        f"now; the other was set aside as {aside}."
    )
