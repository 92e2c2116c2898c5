"""The dialog that asks for the note on a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)


@dataclass(frozen=True)
class Choice:
    """A place that may be bookmarked.

    Attributes:
        title: what it is called.
        where: more about it.
        note: on it already; None where it is not bookmarked yet.
    """

    title: str
    where: str = ""
    note: str | None = None

    @property
    def text(self) -> str:
        """All of it but the note."""
        return f"{self.title} ({self.where})" if self.where else self.title


class _NoteEdit(QPlainTextEdit):
    """A few lines of text; the return key ends it, with Shift it begins a new line."""

    done = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Takes the return key before it becomes a line."""
        returns = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if returns and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.done.emit()
        else:
            super().keyPressEvent(event)


class BookmarkDialog(QDialog):
    """Asks for a note; the return key takes it, with Shift it begins a new line."""

    def __init__(self, choices: Sequence[Choice], parent: QWidget | None = None) -> None:
        """Asks about a place.

        Args:
            choices: the places that it may be about: one that is bookmarked already is offered first, or else the
                first.
            parent: the window that it stands over.
        """
        super().__init__(parent)
        self.setWindowTitle("Bookmark")
        self._choices = choices
        self._number = next((n for n, each in enumerate(choices) if each.note is not None), 0)
        self._places = [self._place_choice(number) for number in range(len(choices))]
        self._note = _NoteEdit(self._known_note)
        self._note.setTabChangesFocus(True)
        self._note.setPlaceholderText("A note, or nothing")
        self._note.setToolTip(
            "Why this place is worth finding again; Shift+Return begins a new line"
        )
        self._note.setAccessibleName("Note")
        self._note.setMinimumHeight(5 * self.fontMetrics().lineSpacing())
        self._note.moveCursor(QTextCursor.MoveOperation.End)
        self._note.done.connect(self.accept)
        buttons = QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        self._buttons = QDialogButtonBox(buttons)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for part in (*self._places, self._note, self._buttons):
            column.addWidget(part)
        self._note.setFocus()

    @property
    def number(self) -> int:
        """Which of the places is chosen."""
        return self._number

    @property
    def note(self) -> str:
        """What was written."""
        return self._note.toPlainText().strip()

    @property
    def _known_note(self) -> str:
        """The note that is on the chosen place already."""
        return self._choices[self._number].note or ""

    def _place_choice(self, number: int) -> QWidget:
        """Shows a place; it can be chosen where there are several."""
        text = self._choices[number].text
        if len(self._choices) == 1:
            label = QLabel(text)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setMinimumWidth(360)
            return label
        button = QRadioButton(text.replace("&", "&&"))
        button.setToolTip(
            "What going to this bookmark will select; a step takes the debugger there"
        )
        button.setChecked(number == self._number)
        button.toggled.connect(lambda on: self._choose(number) if on else None)
        return button

    def _choose(self, number: int) -> None:
        """Goes over to another place; a note that nobody has touched is exchanged for that one's."""
        untouched = self._note.toPlainText() == self._known_note
        self._number = number
        if untouched:
            self._note.setPlainText(self._known_note)
            self._note.moveCursor(QTextCursor.MoveOperation.End)


def ask_for_note(choices: Sequence[Choice], parent: QWidget) -> tuple[int, str] | None:
    """Which of some places the user chooses, and the note on it; None where the dialog was cancelled."""
    dialog = BookmarkDialog(choices, parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return (dialog.number, dialog.note) if accepted else None
