"""Offers back what was open in a window that crashed, and has our own marker say what is open here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from app.session.in_order import InOrder
from app.session.recovery import Running
from app.workspace import Workspace


class Crashes(QObject):
    """The files of crashed windows.

    Attributes:
        offered: the files that were open when a window crashed, until they are opened or dismissed.
    """

    found = Signal()
    """`offered` has files."""

    def __init__(
        self, workspace: Workspace, running: Running, disk: InOrder, parent: QObject
    ) -> None:
        """Has `running`, in the thread of `disk`, note what is open in `workspace`."""
        super().__init__(parent)
        self.offered: tuple[str, ...] = ()
        self._workspace = workspace
        self._running = running
        self._disk = disk
        for changed in (workspace.opened, workspace.closed, workspace.current_changed):
            changed.connect(self._note_open)

    def look(self) -> None:
        """Looks for files that were open in a window that crashed; `found` tells."""
        self._disk.submit(self._running.claim, self._on_claimed)

    def open_offered(self) -> None:
        """Opens the files of the crash; each has its session."""
        paths, self.offered = self.offered, ()
        self._workspace.open(paths)
        self._note_open()

    def dismiss_offered(self) -> None:
        """Leaves the files of the crash; their sessions stay until they are opened."""
        self.offered = ()
        self._note_open()

    def close(self) -> None:
        """Notes that this window has not crashed; the last thing that is done."""
        self._disk.submit(lambda: self._running.write(()))

    def _on_claimed(self, paths: Sequence[str]) -> None:
        self.offered = tuple(paths)
        self._note_open()
        if self.offered:
            self.found.emit()

    @Slot()
    def _note_open(self) -> None:
        """Has the marker say what is open, the file that is shown first."""
        shown = self._workspace.current
        documents = sorted(self._workspace.documents, key=lambda document: document is not shown)
        files, offered = [str(document.path) for document in documents], self.offered
        self._disk.submit(lambda: self._running.write(files, offered))
