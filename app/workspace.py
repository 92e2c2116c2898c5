"""The files that are open: opening, reloading and closing them, and which one is shown.

It knows no widget; the main window shows what it says. A file that cannot be opened, or that is gone
or broken when it is read again, costs one sentence and leaves everything else as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.document import Document
from app.edit_requests import EditedFile, EditRequest
from app.editing import AGAINST_ITSELF, sides_after
from app.jobs import Jobs
from app.requests import DEFAULT_DECODER, OpenRequest, UsedDecoder
from app.selection import Selection
from app.session.file_work import Work
from app.watching import FileWatcher
from app.work import Request, Response
from codec.comparison.comparison import Comparison
from codec.container import Container
from codec.edits.overlay import base_of, edits_of, in_force

SAMPLE = "minilm_query_pertensor_384x384_t128.batched"
"""The layer that comes with the app: real weights of a small language model."""


@dataclass(frozen=True, eq=False)
class _Opening:
    """A file that is being parsed.

    Attributes:
        path: where it lies.
        replaced: the document that it will replace; or None.
        shown: whether it shall be shown.
        anew: whether it is read from disk, and not only its edits are others.
    """

    path: Path
    replaced: Document | None
    shown: bool
    anew: bool = True


class Workspace(QObject):
    """The open documents, in the order of their tabs.

    Attributes:
        documents: all of them.
        current: the one that is shown; None where none is open.
        jobs: where the work for them is done.
    """

    opened = Signal(object, int)
    """Carries a new document and its place among all."""
    reloaded = Signal(object, object)
    """Carries a document and the one that has taken its place: the same file, read again or edited."""
    closed = Signal(object, int)
    """Carries a document that is open no longer and the place that it had."""
    current_changed = Signal()
    """`current` is another document, or None."""
    changed_on_disk = Signal(object)
    """Carries a document whose file is no longer what was opened."""
    failed = Signal(str)
    """Carries a sentence about a file that could not be opened."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.documents: list[Document] = []
        self.current: Document | None = None
        self._decoder = DEFAULT_DECODER
        self.jobs = jobs
        self._openings: dict[int, _Opening] = {}
        self._watcher = FileWatcher(self)
        self._watcher.changed.connect(self._on_disk_change)
        jobs.finished.connect(self._on_finished)
        jobs.failed.connect(self._on_failed)

    @property
    def opening(self) -> bool:
        """Whether files are being opened."""
        return bool(self._openings)

    def open(self, paths: Sequence[str | Path]) -> None:
        """Opens files, and shows the first of them; one that is open already is shown as it is."""
        for number, path in enumerate(paths):
            absolute = _absolute(path)
            document = self._find(absolute)
            if document is None:
                self._start(_Opening(absolute, None, number == 0))
            elif number == 0:
                self.show(document)

    def reload(self, document: Document) -> None:
        """Reads a document's file again; `reloaded` tells when it has worked."""
        self._start(_Opening(document.path, document, False))

    def close(self, document: Document) -> None:
        """Closes a document; its neighbour is shown."""
        for job_id, opening in list(self._openings.items()):
            if opening.replaced is document:
                self.jobs.cancel(job_id)
        place = self.documents.index(document)
        self.documents.remove(document)
        self._watcher.forget(document.path)
        document.work.changed.disconnect(self._on_work)
        if document is self.current:
            neighbour = min(place, len(self.documents) - 1)
            self._set_current(self.documents[neighbour] if self.documents else None)
        self.closed.emit(document, place)
        _discard(document)

    def close_all(self) -> None:
        """Closes every document."""
        for document in reversed(self.documents):
            self.close(document)

    def show(self, document: Document) -> None:
        """Makes a document the one that is shown."""
        if document is not self.current:
            self._set_current(document)

    def decode_with(self, decoder: UsedDecoder) -> None:
        """Has all documents, those to come as well, show what a decoder makes of them."""
        self._decoder = decoder
        for document in self.documents:
            document.decode_with(decoder)

    def step(self, distance: int) -> None:
        """Shows the document so many places further, round the ends."""
        if self.current is not None:
            place = self.documents.index(self.current) + distance
            self.show(self.documents[place % len(self.documents)])

    def move(self, before: int, after: int) -> None:
        """Takes note that a document's tab was moved."""
        self.documents.insert(after, self.documents.pop(before))

    def _set_current(self, document: Document | None) -> None:
        self.current = document
        self.current_changed.emit()

    def _find(self, path: Path) -> Document | None:
        return next((document for document in self.documents if document.path == path), None)

    def _start(self, opening: _Opening) -> None:
        """Has the file at a path read, with the edits that there are of the document it replaces."""
        edits = opening.replaced.work.now.edits if opening.replaced is not None else ()
        self._submit(OpenRequest(str(opening.path), edits), opening)

    def _submit(self, request: Request, opening: _Opening) -> None:
        job_id = self.jobs.submit(request, owner=("open", opening.path))
        self._forget_openings(opening.path)
        self._openings[job_id] = opening

    def _forget_openings(self, path: Path) -> None:
        self._openings = {
            number: other for number, other in self._openings.items() if other.path != path
        }

    @Slot(object)
    def _on_finished(self, response: Response) -> None:
        opening = self._openings.pop(response.id, None)
        match response.result:
            case Container() as container:
                comparison = None
            case EditedFile(container=container, comparison=comparison):
                pass
            case _:
                return
        if opening is None:
            return
        work = opening.replaced.work if opening.replaced is not None else None
        if not opening.anew:
            self.jobs.hold_while_painting()
        document = Document(opening.path, container, self.jobs, self, self._decoder, work)
        if opening.replaced is None:
            self._add(document, opening.shown)
        elif opening.replaced in self.documents:
            if not opening.anew:
                document.raised.take_over(opening.replaced.raised)
            self._replace(opening.replaced, document, comparison)
            self._lay_edits(document)
        if opening.anew and document in self.documents:  # who was told of it may have closed it
            self._watcher.watch(document.path)

    @Slot(object)
    def _on_failed(self, response: Response) -> None:
        opening = self._openings.pop(response.id, None)
        if opening is None:
            return
        if not response.cancelled:
            self.failed.emit(response.error)
        if opening.anew and opening.replaced in self.documents:
            self._lay_edits(opening.replaced)

    @Slot(object, object)
    def _on_work(self, before: Work, now: Work) -> None:
        """The work about a file is another: perhaps its edits are."""
        for document in self.documents:
            if document.work.now is now and before.edits != now.edits:
                self._lay_edits(document)

    def _lay_edits(self, document: Document) -> None:
        """Reads a document's bytes anew if its edits are others than those that it shows.

        Not while its file is being read again: whoever is told of that comes here.
        """
        reading = [other for other in self._openings.values() if other.path == document.path]
        if any(other.anew for other in reading):
            return
        base, edits = base_of(document.container.source), document.work.now.edits
        laid = in_force(edits, base.size)
        if laid == edits_of(document.container.source):
            self._forget_openings(document.path)  # what was being laid is not wanted any more
            return
        sides = sides_after(document.container, document.comparing, edited=bool(laid))
        document.give_way()
        request = EditRequest(base, edits, document.selection.tensor, sides == AGAINST_ITSELF)
        self._submit(request, _Opening(document.path, document, shown=False, anew=False))

    def _add(self, document: Document, shown: bool) -> None:
        self.documents.append(document)
        document.work.changed.connect(self._on_work)
        self.opened.emit(document, len(self.documents) - 1)
        if document not in self.documents:
            return
        document.select_tile(0)
        if shown or self.current is None:
            self._set_current(document)

    def _replace(self, old: Document, new: Document, comparison: Comparison | None) -> None:
        self.documents[self.documents.index(old)] = new
        new.select(still_valid(old.selection, new.container))
        edited = bool(edits_of(new.container.source))
        sides = sides_after(old.container, old.comparing, edited=edited)
        known = comparison is not None and comparison.tensor is new.tensor
        if comparison is not None and known and sides == AGAINST_ITSELF:
            new.comparing.adopt(*AGAINST_ITSELF, comparison)
        else:
            new.comparing.use(*sides)
        new.debugging.take_over(old.debugging)
        self.reloaded.emit(old, new)
        if self.current is old:
            self._set_current(new)
        _discard(old)

    @Slot(str)
    def _on_disk_change(self, path: str) -> None:
        document = self._find(Path(path))
        if document is not None:
            self.changed_on_disk.emit(document)


def sample_path(name: str = SAMPLE) -> Path:
    """Where the bundled layer lies, or another of the sample files."""
    return Path(str(files("assets") / "samples" / name))


def _absolute(path: str | Path) -> Path:
    """The path from the root, links followed, so that one file is not opened twice."""
    try:
        return Path(path).resolve()
    except (OSError, RuntimeError, ValueError):  # what is wrong with it is told when it is opened
        return Path(path)


def _discard(document: Document) -> None:
    document.close()
    document.deleteLater()


def still_valid(selection: Selection, container: Container) -> Selection:
    """As much of a selection as exists in another container, from the whole to the part."""
    span = selection.span
    if span is not None and sum(span) > container.source.size:
        span = None
    if selection.tensor >= len(container.tensors):
        return Selection(span=span)
    tensor = container.tensors[selection.tensor]
    if selection.tile is None or selection.tile >= len(tensor.tiles):
        return Selection(selection.tensor, None, None, span)
    symbol = selection.symbol
    if symbol is not None and symbol >= tensor.symbol_count(selection.tile):
        symbol = None
    return Selection(selection.tensor, selection.tile, symbol, span)
