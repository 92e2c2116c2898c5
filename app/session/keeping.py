"""Keeps the session of every open file, and takes it up when the file is opened again.

It knows no widget: what a person has to be told leaves it as a signal. A change is on the disk within two seconds;
so nothing more is lost by a crash. Nothing is written of a file before its earlier session has been looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.document import Document
from app.session.crashes import Crashes
from app.session.file_work import Work
from app.session.identity import FileIdentity, identity_of
from app.session.in_order import InOrder
from app.session.putting_back import Arrangement, layout_of, put_back
from app.session.recovery import Running
from app.session.state import KeptLayout, Session
from app.session.store import OnDisk, Saved, SessionStore
from app.session.taking_up import Found, find, joined
from app.workspace import Workspace
from codec.edits.overlay import base_of
from codec.errors import RanscopeError, SourceError
from codec.source import Source

SOON_MS = 1000
"""From a change to its being written: as much as anybody would do again."""

RETRY_MS = 10_000
"""From a failure to the next attempt."""


@dataclass(eq=False)
class _Kept:
    """An open file.

    Attributes:
        document: as which it is open now.
        identity: of its content; None while it is not known.
        looked_up: whether its earlier session has been looked for.
        keeps: whether a session may be written.
        known: the session that is on the disk, or on its way there; None without.
        on_disk: its file there, as far as we know; the writing thread alone changes it.
        layout: where the panels stood when it was shown last.
        told: whether it has been said that another window keeps a session of it, too.
    """

    document: Document
    identity: FileIdentity | None = None
    looked_up: bool = False
    keeps: bool = True
    known: Session | None = None
    on_disk: OnDisk = field(default_factory=OnDisk)
    layout: KeptLayout | None = None
    told: bool = False


class Keeping(QObject):
    """The sessions of a workspace.

    Attributes:
        crashes: the files of windows that crashed.
    """

    refused = Signal(object, str)
    """Carries a document and why its session was not taken up, as a sentence."""
    file_changed = Signal(object, str, object)
    """Carries a document, a sentence on its file being another now, and the edits that were switched off."""
    shared = Signal(object, str)
    """Carries a document and a sentence on its being open in another window, too."""
    failed = Signal(str)
    """Carries why a session cannot be written, as a sentence."""
    recovered = Signal()
    """Sessions can be written again."""

    def __init__(
        self, workspace: Workspace, folder: Path, arrangement: Arrangement, parent: QObject
    ) -> None:
        """Keeps sessions in `folder`, with the layout that `arrangement` knows."""
        super().__init__(parent)
        self._workspace = workspace
        self._store = SessionStore(folder)
        self._running = Running(folder)
        self._arrangement = arrangement
        self._files: list[_Kept] = []
        self._waiting: list[_Kept] | None = []
        self._failing = False
        self._closed = False
        self._disk = InOrder(self)
        self.crashes = Crashes(workspace, self._running, self._disk, self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._write_all)
        workspace.opened.connect(self._on_opened)
        workspace.reloaded.connect(self._on_reloaded)
        workspace.closed.connect(self._on_closed)

    @property
    def busy(self) -> bool:
        """Whether anything is due to be written or taken up."""
        return self._soon.isActive() or self._disk.busy

    @property
    def documents(self) -> list[Document]:
        """The open files, each as it is shown now."""
        return [kept.document for kept in self._files]

    def begin(self) -> None:
        """Takes up the sessions of the files that are open, and of those to come.

        Also looks for crashes. Not before the window has been painted: until then it does nothing but open
        files, and edits cannot be laid over them.
        """
        waiting, self._waiting = self._waiting or (), None
        for kept in waiting:
            self._look_up(kept)
        self.crashes.look()
        self._disk.submit(self._store.tidy)

    # Files that come and go

    @Slot(object, int)
    def _on_opened(self, document: Document) -> None:
        kept = _Kept(document)
        self._files.append(kept)
        document.work.changed.connect(self.write_soon)  # it outlives the document
        self._listen(document)
        if self._waiting is None:
            self._look_up(kept)
        else:
            self._waiting.append(kept)

    def _look_up(self, kept: _Kept) -> None:
        """Looks for the earlier session of a file."""
        path, source = str(kept.document.path), _base(kept.document)
        self._disk.submit(
            lambda: find(path, source, self._store, self._running),
            lambda found: self._on_found(kept, source, found),
        )

    def _identify(self, kept: _Kept) -> None:
        """Finds out which content a file has now; nothing is written of it before."""
        kept.identity, source = None, _base(kept.document)
        self._disk.submit(
            lambda: _identity_or_none(source),
            lambda identity: self._on_identified(kept, source, identity),
        )

    @Slot(object, object)
    def _on_reloaded(self, old: Document, new: Document) -> None:
        kept = self._of(old)
        if kept is None:
            return
        kept.document = new
        self._listen(new)
        if kept.looked_up and _base(new) is not _base(old):
            self._identify(kept)
        self.write_soon()

    @Slot(object, int)
    def _on_closed(self, document: Document) -> None:
        kept = self._of(document)
        if kept is not None and not self._closed:
            self._write(kept)
            self._files.remove(kept)

    def _listen(self, document: Document) -> None:
        document.selection_changed.connect(self.write_soon)
        document.comparing.sides_changed.connect(self.write_soon)
        document.debugging.moved.connect(self.write_soon)
        document.debugging.changed.connect(self.write_soon)

    def _of(self, document: Document) -> _Kept | None:
        return next((kept for kept in self._files if kept.document is document), None)

    # Taking up

    def _on_found(self, kept: _Kept, source: Source, found: Found) -> None:
        if kept not in self._files:
            return
        document, session = kept.document, found.session
        kept.looked_up, kept.keeps, kept.on_disk = True, found.keeps, found.on_disk
        if source is _base(document):
            kept.identity = found.identity
        else:  # it has been read again meanwhile
            self._identify(kept)
        if session is not None:
            kept.known, kept.layout = session, session.layout
            # Panels move for the first file alone; they do not jump when another is opened beside it.
            alone = self._workspace.documents == [document]
            put_back(document, session, self._arrangement if alone else None)
        if found.refusal:
            self.refused.emit(document, found.refusal)
        if found.other_file:
            self.file_changed.emit(document, found.other_file, found.switched_off)
        if found.others:
            self.shared.emit(document, _about_others(document, found.others))
        self.write_soon()

    def _on_identified(self, kept: _Kept, source: Source, identity: FileIdentity | None) -> None:
        if source is _base(kept.document):
            kept.identity = identity
            self.write_soon()

    # Writing

    @Slot()
    def write_soon(self) -> None:
        """Has what has changed written within a second; called again, it does not put that off."""
        if not self._soon.isActive() and not self._closed:
            self._soon.start(SOON_MS)

    def start_afresh(self, document: Document) -> None:
        """Sets the session of a file aside, and begins with nothing; undoing that brings the work back."""
        kept = self._of(document)
        if kept is None:
            return
        document.work.change("Start a new session", Work())
        self._disk.submit(lambda: self._set_aside(kept))

    def close(self) -> None:
        """Writes what is still to be written, and says that this window has not crashed."""
        for kept in self._files:
            self._write(kept)
        self._closed = True
        self._soon.stop()
        self.crashes.close()
        self._disk.close()

    @Slot()
    def _write_all(self) -> None:
        # While the disk is slow it gets the latest state, and not all of them one after another.
        if self._disk.busy:
            self.write_soon()
            return
        for kept in self._files:
            self._write(kept)

    def _write(self, kept: _Kept) -> None:
        """Has the session of a file written, unless it is the one on the disk."""
        session = self._session(kept)
        if session is None or session == kept.known:
            return
        kept.known = session
        self._disk.submit(
            lambda: self._save(kept, session), lambda result: self._on_saved(kept, session, result)
        )

    def _session(self, kept: _Kept) -> Session | None:
        """The session of a file as it is now; None where none may be written."""
        document = kept.document
        if not (kept.looked_up and kept.keeps) or kept.identity is None:
            return None
        if document is self._workspace.current:
            kept.layout = layout_of(self._arrangement)
        return Session(
            path=str(document.path),
            identity=kept.identity,
            work=document.work.now,
            selection=document.selection,
            left=document.comparing.left,
            right=document.comparing.right,
            debugged=document.debugging.place,
            layout=kept.layout,
        )

    def _save(self, kept: _Kept, session: Session) -> Saved | RanscopeError:
        """Runs in the thread of the disk."""
        try:
            saved = self._store.save(session, kept.on_disk)
        except RanscopeError as error:
            return error
        kept.on_disk = saved.on_disk
        return saved

    def _adopt(self, kept: _Kept, session: Session, theirs: Work) -> None:
        """Shows what another window has done with a file, and what has been done here since, if anything."""
        work = kept.document.work
        if kept.known is session:
            kept.known = replace(session, work=theirs)
        wanted = theirs if work.now == session.work else joined(theirs, work.now)
        work.change("Take up the work of another window", wanted)

    def _set_aside(self, kept: _Kept) -> None:
        """Runs in the thread of the disk."""
        try:
            self._store.set_aside(str(kept.document.path))
        except RanscopeError:
            return  # it stays where it is until the new one takes its place
        kept.on_disk = OnDisk()

    def _on_saved(self, kept: _Kept, session: Session, result: Saved | RanscopeError) -> None:
        if isinstance(result, RanscopeError):
            kept.known = None
            self._failing = True
            self._soon.start(RETRY_MS)
            name = kept.document.title
            self.failed.emit(f"What you do with {name} cannot be kept: {result.sentence()}.")
            return
        if self._failing:
            self._failing = False
            self.recovered.emit()
        if result.adopted is not None:
            self._adopt(kept, session, result.adopted)
        if result.replaced is not None and not kept.told:
            kept.told = True
            self.shared.emit(kept.document, _about_replaced(kept.document, result.replaced))


def _base(document: Document) -> Source:
    """What a document reads, without edits."""
    return base_of(document.container.source)


def _identity_or_none(source: Source) -> FileIdentity | None:
    try:
        return identity_of(source)
    except SourceError:
        return None


def _about_others(document: Document, others: Sequence[int]) -> str:
    processes = "process " + ", ".join(map(str, others))
    return (
        f"{document.title} is open in another window of Ranscope, too ({processes}). Both keep one "
        "session of it: what is changed last is what will be there when it is opened again."
    )


def _about_replaced(document: Document, aside: Path) -> str:
    return (
        f"Another window of Ranscope has kept a session of {document.title} meanwhile. Yours is kept "
        f"now; the other was set aside as {aside}."
    )
