"""What decoders of the user's printed when they were last run: their own messages, the compiler's, tracebacks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from app.models.comparison_sides import side_title
from codec.comparison.side import Side

LINES = 6
"""Lines that are seen at once."""


class Printed(QWidget):
    """The texts of both sides; hidden where neither printed anything."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = QLabel()
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setToolTip("What the code on this side printed when it was last run")
        self._heading.setBuddy(self.text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._heading)
        column.addWidget(self.text)
        # Where nothing is compared there is room to spare, which is not for this.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def show_texts(self, sides: Sequence[Side | None], printed: Sequence[str]) -> None:
        """Shows what each side printed; nothing of one that printed nothing."""
        told = [(side_title(side), text) for side, text in zip(sides, printed, strict=True) if text]
        self._heading.setText(" · ".join(f"{title} printed:" for title, _ in told))
        whole = "\n".join(text.rstrip("\n") for _, text in told)
        if whole != self.text.toPlainText():
            self.text.setPlainText(whole)
        lines = min(whole.count("\n") + 1, LINES)
        margins = 2 * round(self.text.document().documentMargin() + self.text.frameWidth())
        self.text.setFixedHeight(lines * self.text.fontMetrics().lineSpacing() + margins)
        self.setVisible(bool(told))
