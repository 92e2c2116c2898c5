"""What the open files have to say to the user: what failed, and what changed on disk."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.document import Document
from app.messages import Answer, Messages
from app.settings import Settings
from app.workspace import Workspace
from codec.problems import Severity


class Notices(QObject):
    """Turns the signals of a workspace and its documents into messages."""

    def __init__(
        self, workspace: Workspace, messages: Messages, settings: Settings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._messages = messages
        self._settings = settings
        workspace.failed.connect(messages.tell)
        workspace.opened.connect(self._listen)
        workspace.reloaded.connect(self._on_reloaded)
        workspace.closed.connect(self._withdraw)
        workspace.changed_on_disk.connect(self._on_disk_change)

    @Slot(object)
    def _listen(self, document: Document) -> None:
        document.failed.connect(self._messages.tell)

    @Slot(object, object)
    def _on_reloaded(self, old: Document, new: Document) -> None:
        self._withdraw(old)
        self._listen(new)

    @Slot(object)
    def _withdraw(self, document: Document) -> None:
        self._messages.withdraw(str(document.path))

    @Slot(object)
    def _on_disk_change(self, document: Document) -> None:
        """Reloads where that is wished for; else asks, without getting in the way."""
        if self._settings.reload_unasked:
            self._workspace.reload(document)
            return
        reload = Answer(
            "Reload",
            "Read the file again and keep the selection",
            lambda: self._workspace.reload(document),
        )
        self._messages.tell(
            f"{document.title} has changed on disk; what is shown may no longer be what is there.",
            Severity.WARNING,
            [reload],
            topic=str(document.path),
        )
