"""Keeps the session of every open file, and takes it up when the file is opened again.

It knows no widget: what a person has to be told leaves it as a signal. A change is on the disk within two seconds;
so nothing more is lost by a crash. Nothing is written of a file before its earlier session has been looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.document import Document
from app.session.crashes import Crashes
from app.session.file_work import Work
from app.session.identity import FileIdentity, identity_of
from app.session.in_order import InOrder
from app.session.kept_file import KeptFile
from app.session.putting_back import Arrangement, layout_of, put_back
from app.session.recovery import Running
from app.session.state import Session
from app.session.store import SessionStore
from app.session.taking_up import Found, find, joined
from app.session.writing import Writing, about_unkept
from app.workspace import Workspace
from codec.edits.overlay import base_of, in_force
from codec.errors import SourceError
from codec.source import Source


class Keeping(QObject):
    """The sessions of a workspace.

    Attributes:
        crashes: the files of windows that crashed.
    """

    refused = Signal(object, str)
    """Carries a document and why its session was not taken up, as a sentence."""
    file_changed = Signal(object, str, object)
    """Carries a document, a sentence on its file being another now, and the edits that were switched off."""
    edits_taken_up = Signal(object, int)
    """Carries a document and how many edits of its session lie over it now."""
    found_elsewhere = Signal(object, object)
    """Carries a document without a session, and the `Session` of the same bytes at another path."""
    closed = Signal(object)
    """Carries a document that is kept no longer."""
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
        self._files: list[KeptFile] = []
        self._waiting: list[KeptFile] | None = []
        self._closed = False
        self._disk = InOrder(self)
        self._writing = Writing(self._files, self._store, self._disk, self._note_layout, self)
        self._writing.shared.connect(self.shared)
        self._writing.failed.connect(self.failed)
        self._writing.recovered.connect(self.recovered)
        self.crashes = Crashes(workspace, self._running, self._disk, self)
        workspace.opened.connect(self._on_opened)
        workspace.reloaded.connect(self._on_reloaded)
        workspace.closed.connect(self._on_closed)

    @property
    def busy(self) -> bool:
        """Whether anything is due to be written or taken up."""
        return self._writing.due or self._disk.busy

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

    @Slot()
    def write_soon(self) -> None:
        """Has what has changed written within a second; called again, it does not put that off."""
        self._writing.soon()

    def start_afresh(self, document: Document) -> None:
        """Sets the session of a file aside, and begins with nothing; undoing that brings the work back."""
        kept = self._of(document)
        if kept is not None:
            document.work.change("Start a new session", Work())
            self._writing.set_aside(kept)

    def take_up(self, document: Document, session: Session) -> None:
        """Takes up the work of a session of the same bytes at another path; that can be undone."""
        work = document.work
        title = f"Take up the session of {Path(session.path).name}"
        work.change(title, joined(session.work, work.now))

    def unkept(self) -> str:
        """Writes all there is to write, and waits; returns why work is lost if the window closes, or ""."""
        return " ".join(map(about_unkept, self._writing.unkept()))

    def close(self) -> None:
        """Writes what is still to be written, and says that this window has not crashed."""
        layout = layout_of(self._arrangement)
        for kept in self._files:  # the panels are those of all of them
            kept.layout = layout
        self._writing.close()
        self._closed = True
        self.crashes.close()
        self._disk.close()

    # Files that come and go

    @Slot(object, int)
    def _on_opened(self, document: Document) -> None:
        kept = KeptFile(document, beside=any(other.at_rest for other in self._files))
        self._files.append(kept)
        document.work.changed.connect(self.write_soon)  # it outlives the document
        self._listen(document)
        if self._waiting is None:
            self._look_up(kept)
        else:
            self._waiting.append(kept)

    def _look_up(self, kept: KeptFile) -> None:
        """Looks for the earlier session of a file."""
        path, source = str(kept.document.path), kept.base
        self._disk.submit(
            lambda: find(path, source, self._store, self._running),
            lambda found: self._on_found(kept, source, found),
        )

    def _identify(self, kept: KeptFile) -> None:
        """Finds out which content a file has now; nothing is written of it before."""
        kept.identity, source = None, kept.base
        self._disk.submit(
            lambda: _identity_or_none(source),
            lambda identity: self._on_identified(kept, source, identity),
        )

    @Slot(object, object)
    def _on_reloaded(self, old: Document, new: Document) -> None:
        kept = self._of(old)
        if kept is None:
            return
        before, kept.document = kept.base, new
        self._listen(new)
        if kept.looked_up and kept.base is not before:
            self._identify(kept)
        self.write_soon()

    @Slot(object, int)
    def _on_closed(self, document: Document) -> None:
        kept = self._of(document)
        if kept is not None and not self._closed:
            kept.layout = layout_of(self._arrangement)
            self._writing.now(kept)
            self._files.remove(kept)
            self.closed.emit(document)

    def _listen(self, document: Document) -> None:
        document.selection_changed.connect(self.write_soon)
        document.comparing.sides_changed.connect(self.write_soon)
        document.debugging.moved.connect(self.write_soon)
        document.debugging.changed.connect(self.write_soon)

    def _of(self, document: Document) -> KeptFile | None:
        return next((kept for kept in self._files if kept.document is document), None)

    # Taking up

    def _on_found(self, kept: KeptFile, source: Source, found: Found) -> None:
        if kept not in self._files:
            return
        kept.looked_up, kept.keeps, kept.on_disk = True, found.keeps, found.on_disk
        if source is kept.base:
            kept.identity = found.identity
        else:  # it has been read again meanwhile
            self._identify(kept)
        if found.session is not None:
            self._put_back(kept, found.session)
        if not self._workspace.opening:
            for each in self._files:
                each.at_rest = each.looked_up
        self._tell(kept.document, found)
        self.write_soon()

    def _put_back(self, kept: KeptFile, session: Session) -> None:
        kept.known, kept.layout = session, session.layout
        # Panels move for what is opened first; they do not jump when another file is opened beside it.
        moves = not kept.beside and kept.document is self._workspace.current
        put_back(kept.document, session, self._arrangement if moves else None)

    def _tell(self, document: Document, found: Found) -> None:
        """Says what a person should know of an earlier session."""
        edits = () if found.session is None else found.session.work.edits
        on = in_force(edits, base_of(document.container.source).size)
        if on:
            self.edits_taken_up.emit(document, len(on))
        if found.refusal:
            self.refused.emit(document, found.refusal)
        if found.other_file:
            self.file_changed.emit(document, found.other_file, found.switched_off)
        if found.elsewhere is not None:
            self.found_elsewhere.emit(document, found.elsewhere)
        if found.others:
            self.shared.emit(document, _about_others(document, found.others))

    def _on_identified(self, kept: KeptFile, source: Source, identity: FileIdentity | None) -> None:
        if source is kept.base:
            kept.identity = identity
            self.write_soon()

    def _note_layout(self, kept: KeptFile) -> None:
        if kept.document is self._workspace.current:
            kept.layout = layout_of(self._arrangement)


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
