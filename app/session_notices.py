"""What is to be said about sessions: what was set aside, what does not fit any more, what a crash has left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from app.document import Document
from app.messages import Answer, Messages
from app.session.keeping import Keeping
from codec.edits.edit import Edit
from codec.problems import Severity

CRASH = "crash"
UNKEPT = "sessions are not kept"
"""Topics of messages."""

NAMED = 3
"""Files that are named; the others are counted."""


class SessionNotices(QObject):
    """Turns the signals of `Keeping` into messages."""

    def __init__(self, keeping: Keeping, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._keeping = keeping
        self._messages = messages
        keeping.refused.connect(self._on_refused)
        keeping.file_changed.connect(self._on_file_changed)
        keeping.shared.connect(self._on_shared)
        keeping.crashes.found.connect(self._on_crash)
        keeping.failed.connect(lambda sentence: messages.tell(sentence, topic=UNKEPT))
        keeping.recovered.connect(lambda: messages.withdraw(UNKEPT))

    @Slot(object, str)
    def _on_refused(self, document: Document, sentence: str) -> None:
        self._messages.tell(sentence, Severity.WARNING, topic=f"session of {document.path}")

    @Slot(object, str)
    def _on_shared(self, document: Document, sentence: str) -> None:
        self._messages.tell(sentence, Severity.WARNING, topic=f"other window with {document.path}")

    @Slot(object, str, object)
    def _on_file_changed(
        self, document: Document, sentence: str, switched_off: Sequence[Edit]
    ) -> None:
        """Says what was switched off; offers to switch it on again, or to begin with nothing."""
        answers = []
        if switched_off:
            on = Answer(
                "Switch edits on",
                "Lay the edits over the file as it is now; undo switches them off again",
                lambda: self._switch_on(document, switched_off),
            )
            answers.append(on)
        afresh = Answer(
            "Start afresh",
            "Set bookmarks, notes, breakpoints and edits of this file aside, and begin with none",
            lambda: self._start_afresh(document),
        )
        topic = f"session of {document.path}"
        self._messages.tell(sentence, Severity.WARNING, [*answers, afresh], topic)

    @Slot()
    def _on_crash(self) -> None:
        offered = [Path(path).name for path in self._keeping.crashes.offered]
        restore = Answer(
            "Restore",
            "Open what was open, as it was left: " + ", ".join(self._keeping.crashes.offered),
            self._keeping.crashes.open_offered,
        )
        leave = Answer(
            "Leave",
            "Do not open them; their bookmarks, notes and edits stay until they are opened",
            self._keeping.crashes.dismiss_offered,
        )
        sentence = (
            f"Ranscope ended without closing {listed(offered)}. All but the last second is kept."
        )
        self._messages.tell(sentence, Severity.WARNING, [restore, leave], CRASH)

    def _switch_on(self, document: Document, edits: Sequence[Edit]) -> None:
        work = document.work
        wanted = {replace(edit, enabled=False) for edit in edits}
        on = tuple(
            replace(edit, enabled=True) if edit in wanted else edit for edit in work.now.edits
        )
        work.change("Switch edits on", replace(work.now, edits=on))

    def _start_afresh(self, document: Document) -> None:
        shown = next((each for each in self._keeping.documents if each.work is document.work), None)
        if shown is not None:
            self._keeping.start_afresh(shown)


def listed(names: Sequence[str]) -> str:
    """Some names as a person lists them: "a, b and c", "a, b, c and 4 more"."""
    if len(names) > NAMED:
        return f"{', '.join(names[:NAMED])} and {len(names) - NAMED:,} more"
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
