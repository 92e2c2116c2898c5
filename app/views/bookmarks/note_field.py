"""A field for a note that keeps what is typed without a button: as soon as the typing pauses, or goes elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

PAUSE_MS = 600
"""Nothing typed for this long: what has been typed becomes one step of undo."""

LONGEST_MS = 700
"""Without a pause it becomes one after so long: a crash takes no more with it."""


class NoteField(QPlainTextEdit):
    """Text that is told when it has changed."""

    written = Signal(str)
    """Carries the text; the user has changed it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.commit)
        self._longest = QTimer(self)
        self._longest.setSingleShot(True)
        self._longest.setInterval(LONGEST_MS)
        self._longest.timeout.connect(self.commit)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.textChanged.connect(self._on_typed)

    def show_text(self, text: str) -> None:
        """Shows another text; where it is the one that is kept already, what is being typed stays."""
        if text == self._kept:
            return
        self._kept = text
        self._stop()
        if text != self.toPlainText():
            blocked = self.blockSignals(True)
            self.setPlainText(text)
            self.blockSignals(blocked)

    def commit(self) -> None:
        """Tells at once what has been typed."""
        self._stop()
        text = self.toPlainText()
        if text != self._kept:
            self._kept = text
            self.written.emit(text)

    def minimumSizeHint(self) -> QSize:
        """One line of text, which scrolls: Qt's own is as high as five."""
        around = 2 * (self.frameWidth() + round(self.document().documentMargin()))
        return QSize(super().minimumSizeHint().width(), self.fontMetrics().lineSpacing() + around)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Whoever goes elsewhere has done with the note."""
        super().focusOutEvent(event)
        self.commit()

    def _on_typed(self) -> None:
        self._pause.start()
        if not self._longest.isActive():
            self._longest.start()

    def _stop(self) -> None:
        self._pause.stop()
        self._longest.stop()
