"""What is to be said about sessions: what was set aside, what does not fit any more, what a crash has left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from app.document import Document
from app.messages import Answer, Messages
from app.session.file_work import Work
from app.session.keeping import Keeping
from app.session.state import Session
from codec.edits.edit import Edit
from codec.problems import Severity

CRASH = "crash"
UNKEPT = "sessions are not kept"
"""Topics of messages."""

NAMED = 3
"""Files that are named; the others are counted, unless there is but one of them."""


class SessionNotices(QObject):
    """Turns the signals of `Keeping` into messages."""

    def __init__(self, keeping: Keeping, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._keeping = keeping
        self._messages = messages
        keeping.refused.connect(self._on_refused)
        keeping.file_changed.connect(self._on_file_changed)
        keeping.shared.connect(self._on_shared)
        keeping.edits_taken_up.connect(self._on_edits)
        keeping.found_elsewhere.connect(self._on_elsewhere)
        keeping.closed.connect(self._on_closed)
        keeping.crashes.found.connect(self._on_crash)
        keeping.crashes.settled.connect(lambda: messages.withdraw(CRASH))
        keeping.failed.connect(lambda sentence: messages.tell(sentence, topic=UNKEPT))
        keeping.recovered.connect(lambda: messages.withdraw(UNKEPT))

    @Slot(object, str)
    def _on_refused(self, document: Document, sentence: str) -> None:
        self._messages.tell(sentence, Severity.WARNING, topic=f"session of {document.path}")

    @Slot(object, str)
    def _on_shared(self, document: Document, sentence: str) -> None:
        self._messages.tell(sentence, Severity.WARNING, topic=_others_with(document))

    def may_close(self, window: QWidget) -> bool:
        """Whether the window may close: all work is kept, or the user has said that it may be lost."""
        sentence = self._keeping.unkept()
        if not sentence:
            return True
        buttons = QMessageBox.StandardButton
        return (
            QMessageBox.warning(
                window,
                "Work that is not kept",
                f"{sentence}\n\nIt is lost when the window closes.",
                buttons.Discard | buttons.Cancel,
                buttons.Cancel,
            )
            == buttons.Discard
        )

    @Slot(object)
    def _on_closed(self, document: Document) -> None:
        """Nothing is to be chosen about a file that is closed; what was set aside still is."""
        for topic in (_choice_about(document), _others_with(document)):
            self._messages.withdraw(topic)

    @Slot(object, int)
    def _on_edits(self, document: Document, count: int) -> None:
        """Says that what is shown is not what is in the file; offers to show that."""
        edits = "An edit" if count == 1 else f"{count:,} edits"
        lie = "lies" if count == 1 else "lie"
        off = Answer(
            "Switch off",
            "Show the file as it is on disk; undo switches the edits on again",
            lambda: self._switch_off(document),
        )
        self._messages.tell(
            f"{edits} of your last session {lie} over {document.path.name}; the file itself is as it was.",
            Severity.WARNING,
            [off],
            f"edits of {document.path}",
        )

    @Slot(object, object)
    def _on_elsewhere(self, document: Document, session: Session) -> None:
        """Offers the work on a file that was moved, renamed or copied."""
        take = Answer(
            "Take it up",
            f"Have {summary(session.work)} here, too; undo takes that back",
            lambda: self._take_up(document, session),
        )
        self._messages.tell(
            f"{document.path.name} has the bytes of {session.path}, of which a session is kept: "
            f"{summary(session.work)}.",
            Severity.WARNING,
            [take],
            _choice_about(document),
        )

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
        self._messages.tell(sentence, Severity.WARNING, [*answers, afresh], _choice_about(document))

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
            "Do not open them, and ask no more; their bookmarks, notes and edits stay until they are opened",
            self._keeping.crashes.dismiss_offered,
        )
        sentence = f"Ranscope ended without closing {listed(offered)}. All but the last two seconds are kept."
        self._messages.tell(sentence, Severity.WARNING, [restore, leave], CRASH)

    def _switch_on(self, document: Document, edits: Sequence[Edit]) -> None:
        work = document.work
        wanted = {replace(edit, enabled=False) for edit in edits}
        on = tuple(
            replace(edit, enabled=True) if edit in wanted else edit for edit in work.now.edits
        )
        work.change("Switch edits on", replace(work.now, edits=on))

    def _switch_off(self, document: Document) -> None:
        work = document.work
        off = tuple(replace(edit, enabled=False) for edit in work.now.edits)
        work.change("Switch edits off", replace(work.now, edits=off))

    def _take_up(self, document: Document, session: Session) -> None:
        shown = self._shown(document)
        if shown is not None:
            self._keeping.take_up(shown, session)

    def _start_afresh(self, document: Document) -> None:
        shown = self._shown(document)
        if shown is not None:
            self._keeping.start_afresh(shown)

    def _shown(self, document: Document) -> Document | None:
        """As which a file is shown now that may have been read again since; None where it is closed."""
        return next((each for each in self._keeping.documents if each.work is document.work), None)


def _choice_about(document: Document) -> str:
    """The topic of what is to be chosen about a file."""
    return f"choice about {document.path}"


def _others_with(document: Document) -> str:
    """The topic of other windows with a file."""
    return f"other window with {document.path}"


def summary(work: Work) -> str:
    """What there is of some work: "2 bookmarks, 1 edit and notes"."""
    counted = {"bookmark": work.bookmarks, "breakpoint": work.breakpoints, "edit": work.edits}
    parts = [
        f"{len(made):,} {what}" + ("" if len(made) == 1 else "s")
        for what, made in counted.items()
        if made
    ]
    return listed([*parts, "notes"] if work.notes else parts)


def listed(names: Sequence[str]) -> str:
    """Some names as a person lists them: "a, b and c", "a, b, c and 4 more"."""
    if len(names) > NAMED + 1:
        return f"{', '.join(names[:NAMED])} and {len(names) - NAMED:,} more"
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
