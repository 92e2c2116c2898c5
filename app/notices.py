"""What the open files and the decoders have to say: what failed, what cannot run, what changed on disk."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.decoder_choice import DecoderChoice
from app.document import Document
from app.messages import Answer, Messages
from app.settings import Settings
from app.workspace import Workspace
from codec.decoders.availability import DEFAULT
from codec.edits.overlay import base_of
from codec.problems import Severity


class Notices(QObject):
    """Turns the signals of a workspace and its documents into messages."""

    def __init__(
        self,
        workspace: Workspace,
        messages: Messages,
        settings: Settings,
        decoders: DecoderChoice,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._messages = messages
        self._settings = settings
        self._decoders = decoders
        decoders.refused.connect(self._on_refused)
        workspace.failed.connect(messages.tell)
        workspace.opened.connect(self._listen)
        workspace.reloaded.connect(self._on_reloaded)
        workspace.closed.connect(self._withdraw)
        workspace.changed_on_disk.connect(self._on_disk_change)

    @Slot(object)
    def _listen(self, document: Document) -> None:
        document.failed.connect(self._on_failed)
        comparing, topic = document.comparing, _comparison_of(document)
        comparing.failed.connect(lambda sentence: self._messages.tell(sentence, topic=topic))
        comparing.comparison_changed.connect(lambda: self._forget_failure(document))

    def _forget_failure(self, document: Document) -> None:
        """What a side could not do is settled as soon as there is a comparison."""
        if document.comparing.comparison is not None:
            self._messages.withdraw(_comparison_of(document))

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        self._messages.tell(sentence, Severity.WARNING, topic="decoder")

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        """Tells what failed; offers the decoder that any machine can run where another is used."""
        answers = []
        if self._decoders.used != DEFAULT:
            instead = Answer(
                f"Use {DEFAULT}",
                f"Decode tiles and traces with {DEFAULT}, which any machine can run",
                lambda: self._decoders.choose(DEFAULT),
            )
            answers.append(instead)
        self._messages.tell(sentence, answers=answers)

    @Slot(object, object)
    def _on_reloaded(self, old: Document, new: Document) -> None:
        self._listen(new)
        if base_of(new.container.source) is base_of(old.container.source):
            self._messages.withdraw(_comparison_of(old))  # it was edited, and not read again
            return
        self._withdraw(old)
        if new.editing.edits:
            self._messages.tell(kept_edits(new), Severity.WARNING, topic=_edits_of(new))

    @Slot(object)
    def _withdraw(self, document: Document) -> None:
        self._messages.withdraw(str(document.path))
        self._messages.withdraw(_comparison_of(document))
        self._messages.withdraw(_edits_of(document))

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
            f"{document.path.name} has changed on disk; what is shown may no longer be what is there."
            + (" Your edits will be kept." if document.editing.edits else ""),
            Severity.WARNING,
            [reload],
            topic=str(document.path),
        )


def kept_edits(document: Document) -> str:
    """What became of the edits of a file that was read again from disk, as a sentence."""
    count, force = len(document.editing.edits), document.editing.in_force
    edits = "Your edit is" if count == 1 else f"Your {count:,} edits are"
    name = document.path.name
    told = f"{edits} kept, and {force:,} in force on {name} as it is on disk now"
    remarks = sum(bool(document.editing.remark(number)) for number in range(count))
    return f"{told}; Edits says what is the matter with {remarks:,}." if remarks else f"{told}."


def _edits_of(document: Document) -> str:
    """The topic of what is told about edits."""
    return f"edits of {document.path}"


def _comparison_of(document: Document) -> str:
    """The topic of what is told about the sides of a comparison."""
    return f"comparison of {document.path}"
