"""A line of text that gives way where there is little room, so that it never widens the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class ElidedLabel(QLabel):
    """One line of text; what has no room is in its tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def whole(self) -> str:
        """All of the text."""
        return self._text

    def say(self, text: str, meaning: str = "") -> None:
        """Shows as much of a text as there is room for; the tooltip also says what it means."""
        self._text = text
        self.setToolTip("\n\n".join(filter(None, (text, meaning))))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits the text to the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.contentsRect().width()
        self.setText(self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, room))
