"""A line in which a condition is written: names and functions are offered as they are typed."""

from __future__ import annotations

import re

from PySide6.QtCore import QModelIndex, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QWidget

from codec.conditions.columns import COLUMNS
from codec.conditions.language import FUNCTIONS, KEYWORDS

_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*$")
MEANINGS = {
    **{name: column.meaning for name, column in COLUMNS.items()},
    **FUNCTIONS,
    **KEYWORDS,
}
"""All that can be named in a condition, and what it means."""


class ConditionLine(QLineEdit):
    """A line edit that completes the word before the text cursor."""

    entered = Signal(bool)
    """Enter was pressed; carries whether without Shift."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = QStringListModel([f"{name} – {says}" for name, says in MEANINGS.items()])
        self._completer = QCompleter(self._model, self)
        self._popup = QListView()
        self._completer.setPopup(self._popup)
        self._completer.setWidget(self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self._completer.activated[QModelIndex].connect(self._complete)  # type: ignore[index]
        self.textEdited.connect(self._offer)
        self.setAccessibleName("Condition")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Space offers all names; Enter takes the one that is chosen among those offered, if any."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self._popup.isVisible() and self._popup.currentIndex().isValid():
            event.ignore()  # the completer takes it then
            return
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() == Qt.Key.Key_Space:
            self._offer(always=True)
            return
        if enter:
            self._popup.hide()
            self.entered.emit(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Offers nothing any more, unless the offers have the keyboard."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._popup.hide()

    def _word(self) -> str:
        """The beginning of the word that is being written."""
        found = _WORD.search(self.text()[: self.cursorPosition()])
        return found[0] if found else ""

    def _offer(self, _text: str = "", always: bool = False) -> None:
        word = self._word()
        known = word in MEANINGS
        if not always and (not word or known):
            self._popup.hide()
            return
        self._completer.setCompletionPrefix(word)
        if self._completer.completionCount():
            room = self.cursorRect()
            room.setWidth(self.fontMetrics().averageCharWidth() * 60)
            self._completer.complete(room)
        else:
            self._popup.hide()

    def _complete(self, index: QModelIndex) -> None:
        """Puts the chosen name in the place of the word."""
        name = str(index.data()).partition(" ")[0]
        end = self.cursorPosition()
        begin = end - len(self._word())
        self.setText(self.text()[:begin] + name + self.text()[end:])
        self.setCursorPosition(begin + len(name))
        self.textEdited.emit(self.text())
        self._popup.hide()
