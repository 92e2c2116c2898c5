"""Offers back what was open in a window that crashed, and has our own marker say what is open here.

A file stays on the marker until it is open, or the user has left it: whatever crashes meanwhile, it is offered again.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from app.document import Document
from app.session.in_order import InOrder
from app.session.recovery import Running
from app.workspace import Workspace


class Crashes(QObject):
    """The files of crashed windows.

    Attributes:
        offered: the files that were open when a window crashed, until they are opened or left.
    """

    found = Signal()
    """`offered` has files."""
    settled = Signal()
    """`offered` has none any more."""

    def __init__(
        self, workspace: Workspace, running: Running, disk: InOrder, parent: QObject
    ) -> None:
        """Has `running`, in the thread of `disk`, note what is open in `workspace`."""
        super().__init__(parent)
        self.offered: tuple[str, ...] = ()
        self._opening: tuple[str, ...] = ()
        self._noted: tuple[object, ...] = ()
        self._workspace = workspace
        self._running = running
        self._disk = disk
        workspace.opened.connect(self._on_opened)
        workspace.failed.connect(self._note_open)
        for changed in (workspace.closed, workspace.current_changed):
            changed.connect(self._note_open)

    def look(self) -> None:
        """Looks for files that were open in a window that crashed; `found` tells."""
        self._disk.submit(self._running.claim, self._on_claimed)

    def open_offered(self) -> None:
        """Opens the files of the crash; each has its session."""
        paths, self.offered = self.offered, ()
        self._opening = paths
        self._workspace.open(paths)
        self._note_open()
        self.settled.emit()

    def dismiss_offered(self) -> None:
        """Leaves the files of the crash; their sessions stay until they are opened."""
        self.offered = ()
        self._note_open()
        self.settled.emit()

    def close(self) -> None:
        """Notes that this window has not crashed; the last thing that is done.

        What is still offered is offered by the next window.
        """
        offered = self._to_offer()
        self._disk.submit(lambda: self._running.write((), offered))

    def _on_claimed(self, paths: Sequence[str]) -> None:
        here = {str(document.path) for document in self._workspace.documents}
        self.offered = tuple(path for path in paths if path not in here)
        self._noted = ()  # the marker has been written since
        self._note_open()
        if self.offered:
            self.found.emit()

    @Slot(object, int)
    def _on_opened(self, document: Document) -> None:
        path = str(document.path)
        self._opening = tuple(other for other in self._opening if other != path)
        if path in self.offered:
            self.offered = tuple(other for other in self.offered if other != path)
            if not self.offered:
                self.settled.emit()
        self._note_open()

    def _to_offer(self) -> tuple[str, ...]:
        """What the next window is to offer if this one ends now, and has not open."""
        if not self._workspace.opening:
            self._opening = ()  # what could not be opened has been told
        return (*self._opening, *self.offered)

    @Slot()
    def _note_open(self) -> None:
        """Has the marker say what is open, the file that is shown first."""
        shown = self._workspace.current
        documents = sorted(self._workspace.documents, key=lambda document: document is not shown)
        files, offered = [str(document.path) for document in documents], self._to_offer()
        if (files, offered) != self._noted:
            self._noted = files, offered
            self._disk.submit(lambda: self._running.write(files, offered))
