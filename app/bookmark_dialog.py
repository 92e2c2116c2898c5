"""The dialog that asks for the note on a place."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)


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

    def __init__(self, place: str, where: str, note: str, parent: QWidget | None = None) -> None:
        """Asks about a place.

        Args:
            place: what it is called.
            where: more about it.
            note: that is there already; "" without.
            parent: the window that it stands over.
        """
        super().__init__(parent)
        self.setWindowTitle("Bookmark")
        self._place = QLabel(f"{place} ({where})" if where else place)
        self._place.setTextFormat(Qt.TextFormat.PlainText)
        self._place.setWordWrap(True)
        self._place.setMinimumWidth(360)
        self._note = _NoteEdit(note)
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
        for part in (self._place, self._note, self._buttons):
            column.addWidget(part)
        self._note.setFocus()

    @property
    def note(self) -> str:
        """What was written."""
        return self._note.toPlainText().strip()


def ask_for_note(place: str, where: str, note: str, parent: QWidget) -> str | None:
    """The note that the user writes on a place; None where the dialog was cancelled."""
    dialog = BookmarkDialog(place, where, note, parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return dialog.note if accepted else None
