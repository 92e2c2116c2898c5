"""Messages that stay until they are dealt with, in rows above the panels, never in a box in the way.

Whatever goes wrong, the user can go on; so a message never takes the keyboard. A new message about
the same topic takes the place of the old one, and only the latest few are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from codec.problems import Severity

KEPT = 3
"""Messages shown at a time; the oldest gives way."""


@dataclass(frozen=True, eq=False)
class Answer:
    """A button of a message."""

    text: str
    tooltip: str
    act: Callable[[], object]


class MessageRow(QFrame):
    """One message: mark, sentence, answers, and a button that takes it away."""

    def __init__(
        self, sentence: str, severity: Severity, answers: Sequence[Answer], topic: str
    ) -> None:
        super().__init__()
        self.topic = topic
        self.sentence = sentence
        self.setFrameShape(QFrame.Shape.StyledPanel)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 4, 3)
        row.addWidget(self._mark(severity))
        row.addWidget(_sentence_label(sentence), 1)
        for answer in answers:
            row.addWidget(self._button(answer))
        row.addWidget(self._dismiss_button())

    def _mark(self, severity: Severity) -> QLabel:
        error = severity is Severity.ERROR
        icons = QStyle.StandardPixmap
        icon = icons.SP_MessageBoxCritical if error else icons.SP_MessageBoxWarning
        mark = QLabel()
        mark.setPixmap(self.style().standardIcon(icon).pixmap(18, 18))
        mark.setToolTip(severity.capitalize())
        return mark

    def _button(self, answer: Answer) -> QPushButton:
        button = QPushButton(answer.text)
        button.setToolTip(answer.tooltip)
        button.clicked.connect(self.dismiss)
        button.clicked.connect(lambda: answer.act())
        return button

    def _dismiss_button(self) -> QToolButton:
        button = QToolButton()
        button.setText("✕")
        button.setAutoRaise(True)
        button.setToolTip("Take this message away.")
        button.setAccessibleName("Dismiss")
        button.clicked.connect(self.dismiss)
        return button

    def dismiss(self) -> None:
        """Takes this message away.

        It keeps its parent until Qt deletes it: without one it is Python's to delete, which may happen while Qt
        has yet to, and what is made in its place in memory is then taken for it.
        """
        self.hide()
        parent = self.parentWidget()
        rows = parent.layout() if parent is not None else None
        if rows is not None:
            rows.removeWidget(self)
        self.deleteLater()


class Messages(QWidget):
    """The rows of messages, the latest at the bottom; nothing is seen of it while there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(1)

    def tell(
        self,
        sentence: str,
        severity: Severity = Severity.ERROR,
        answers: Sequence[Answer] = (),
        topic: str = "",
    ) -> None:
        """Shows a message until the user has done with it.

        Args:
            sentence: what happened.
            severity: how bad it is.
            answers: buttons; each also takes the message away.
            topic: what it is about; the sentence itself where it is "". A message takes the place
                of an older one about the same topic.
        """
        self.withdraw(topic or sentence)
        shown = self.rows()
        for row in shown[: max(0, len(shown) - KEPT + 1)]:
            row.dismiss()
        self._rows.addWidget(MessageRow(sentence, severity, answers, topic or sentence))

    def withdraw(self, topic: str) -> None:
        """Takes away the message about a topic, if there is one."""
        for row in self.rows():
            if row.topic == topic:
                row.dismiss()

    def rows(self) -> list[MessageRow]:
        """The messages shown, the oldest first."""
        items = (self._rows.itemAt(i) for i in range(self._rows.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, MessageRow)]


def _sentence_label(sentence: str) -> QLabel:
    label = QLabel(sentence)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
