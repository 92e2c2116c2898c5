"""What the user has made about one open file, with undo and redo for every change of it.

It outlives the `Document`, which is made anew whenever the file is read again or edited. Everything that can be
undone is one frozen `Work`; a change swaps it for another, so undoing swaps it back and can forget nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from app.session.bookmark import Bookmark
from app.session.breakpoint import Breakpoint
from codec.edits.edit import Edit

UNDO_STEPS = 1000
"""Changes that can be taken back."""


@dataclass(frozen=True)
class Work:
    """What the user has made about a file.

    Attributes:
        bookmarks: places with notes, in the order in which they were made.
        breakpoints: where runs stop.
        edits: laid over the file, the later over the earlier.
        notes: free text about the file.
    """

    bookmarks: tuple[Bookmark, ...] = ()
    breakpoints: tuple[Breakpoint, ...] = ()
    edits: tuple[Edit, ...] = ()
    notes: str = ""


class FileWork(QObject):
    """The work about one file, and how it came about.

    Attributes:
        history: the changes, to be undone and redone.
    """

    changed = Signal(object, object)
    """Carries the `Work` of before and the one of now, which is another."""
    bookmarks_changed = Signal()
    """Bookmarks, or notes on them, are others; comes after `changed`."""

    def __init__(self, work: Work | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = work or Work()
        self.history = QUndoStack(self)
        self.history.setUndoLimit(UNDO_STEPS)

    @property
    def now(self) -> Work:
        """What there is."""
        return self._now

    def change(self, title: str, work: Work) -> None:
        """Puts other work in the place of what there is; one step of undo, called `title`."""
        if work != self._now:
            self.history.push(_Change(title, self, self._now, work))

    def restore(self, work: Work) -> None:
        """Takes up work from an earlier session; there is nothing to undo then."""
        self.history.clear()
        self._put(work)

    def _put(self, work: Work) -> None:
        before, self._now = self._now, work
        if before != work:
            self.changed.emit(before, work)
            if before.bookmarks != work.bookmarks:
                self.bookmarks_changed.emit()


class _Change(QUndoCommand):
    """One change."""

    def __init__(self, title: str, owner: FileWork, before: Work, after: Work) -> None:
        super().__init__(title)
        self._owner, self._before, self._after = owner, before, after

    def undo(self) -> None:
        """Puts back what was there before."""
        self._owner._put(self._before)

    def redo(self) -> None:
        """Makes the change; Qt calls this, too, when it is made first."""
        self._owner._put(self._after)
