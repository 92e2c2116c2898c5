"""What the commands do that undo and redo, and those that edit the bytes of the document that is shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog

from app.actions import Effect
from app.command_group import CommandContext, CommandGroup
from app.document import Document
from app.edit_dialogs import ask_for_bit, ask_for_bytes, ask_for_field
from app.edit_requests import SaveEditedRequest
from app.editing import AGAINST_ITSELF, selected_field
from app.work import Response
from codec.errors import RanscopeError

FILTER = "Compressed layers (*.batched *.wcdc *.rsc);;All files (*)"
"""For the file dialog."""


class EditCommands(CommandGroup):
    """The effects of the commands that edit."""

    def __init__(self, context: CommandContext) -> None:
        super().__init__(context)
        for over in (self._jobs.finished, self._jobs.failed):
            over.connect(self._on_job)

    def effects(self) -> dict[str, Effect]:
        """What each of the commands does, by name."""
        return {
            "edit.undo": self.undo,
            "edit.redo": self.redo,
            "edit.field": lambda: self._edit(self._ask_for_field),
            "edit.bytes": lambda: self._edit(self._ask_for_bytes),
            "edit.flip": lambda: self._edit(self._ask_for_bit),
            "edit.seal": lambda: self._edit(self._seal),
            "edit.discard": lambda: self._edit(self._discard),
            "compare.as_opened": lambda: self._edit(self._compare),
            "file.save_edited": self.save,
        }

    def undo(self) -> None:
        """Takes back the last change of the document's work."""
        document = self._workspace.current
        if document is not None:
            history = document.work.history
            title = history.undoText()
            self._say(f"Undone: {title}" if history.canUndo() else "There is nothing to undo")
            history.undo()

    def redo(self) -> None:
        """Makes again what was taken back last."""
        document = self._workspace.current
        if document is not None:
            history = document.work.history
            title = history.redoText()
            self._say(f"Redone: {title}" if history.canRedo() else "There is nothing to redo")
            history.redo()

    def save(self) -> None:
        """Asks where to write the edited file to, and has a worker write it."""
        document = self._workspace.current
        if document is None or not document.editing.in_force:
            self._say("Nothing is edited")
            return
        path = document.path
        suggested = str(path.with_name(f"{path.stem}.edited{path.suffix}"))
        target, _ = QFileDialog.getSaveFileName(
            self._window, "Save the edited file as", suggested, FILTER
        )
        if target:
            request = SaveEditedRequest(document.editing.source, target)
            self._jobs.submit(request, owner=(self, target))

    def _edit(self, effect: Callable[[Document], None]) -> None:
        """Does something with the current document; says why where it cannot be done."""
        if self._workspace.current is None:
            return
        try:
            effect(self._workspace.current)
        except RanscopeError as error:
            sentence = error.sentence()
            self._say(f"{sentence[:1].upper()}{sentence[1:]}")

    def _ask_for_field(self, document: Document) -> None:
        span = selected_field(document.container, document.selection)
        if span is None:
            self._say("No field is selected")
        else:
            ask_for_field(document, span, self._window)

    def _ask_for_bytes(self, document: Document) -> None:
        if document.selection.span is None:
            self._say("No bytes are selected")
        else:
            offset, size = document.selection.span
            ask_for_bytes(document, offset, max(size, 1), self._window)

    def _ask_for_bit(self, document: Document) -> None:
        if document.selection.span is None:
            self._say("No bytes are selected")
        else:
            ask_for_bit(document, document.selection.span[0], self._window)

    def _seal(self, document: Document) -> None:
        count = document.editing.seal()
        matched = "1 checksum matches" if count == 1 else f"{count:,} checksums match"
        self._say(f"{matched} again; Undo takes that back" if count else "All checksums match")

    def _discard(self, document: Document) -> None:
        self._say(
            "Discarded; Undo brings them back" if document.editing.edits else "Nothing is edited"
        )
        document.editing.discard_all()

    def _compare(self, document: Document) -> None:
        if not document.editing.in_force:
            self._say("Nothing is edited")
            return
        document.comparing.use(*AGAINST_ITSELF)
        self._panels.go("Comparison")

    @Slot(object)
    def _on_job(self, response: Response) -> None:
        if isinstance(response.request, SaveEditedRequest):
            self._tell_of_saving(response)
