"""Text that wraps, and that another text may replace at every step without the window being laid out anew.

A `QLabel` has everything around it laid out whenever its text changes, up to the window: several milliseconds, which
somebody who holds down a key to step waits for each time. Here that happens only where the text needs more room.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QEnterEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

LEAST_WIDTH, WIDTH = 8, 30
"""What a sentence asks for at least, and would like, in heights of its letters."""


class Sentence(QWidget):
    """A label whose height, while its width stays, grows as texts need it and never shrinks: nothing below jumps.

    Attributes:
        label: what shows the text; nothing else may change its text.
    """

    def __init__(self, meaning: str = "", *, rich: bool = False) -> None:
        """`meaning` is the tooltip; `rich` says that the text is HTML."""
        super().__init__()
        self._rich = rich
        self._most = 0
        self._line: int | None = None
        self.label = QLabel(self)
        self.label.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self._let_select(rich)
        self.setToolTip(meaning)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def text(self) -> str:
        """What is shown."""
        return self.label.text()

    def setText(self, text: str) -> None:
        """Shows another text."""
        if text == self.label.text():
            return
        self.label.setText(text)
        self._let_select(self._rich or self.underMouse())
        if text and self._surely_fits(text):
            return
        needed = self._height_at(self.width())
        if needed > self._most or not text:
            self._most = needed
            self.updateGeometry()

    def heightForWidth(self, width: int) -> int:
        """What the text needs there; at the present width not less than the texts before."""
        return max(self._height_at(width), self._most if width == self.width() else 0)

    def sizeHint(self) -> QSize:
        """Some words' width."""
        letter = self.fontMetrics().height()
        return self.label.sizeHint() if self._rich else QSize(WIDTH * letter, letter)

    def minimumSizeHint(self) -> QSize:
        """A few words' width."""
        letter = self.fontMetrics().height()
        return self.label.minimumSizeHint() if self._rich else QSize(LEAST_WIDTH * letter, letter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Gives all room to the label."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._most = self._height_at(event.size().width())
        self.label.setGeometry(self.rect())

    def enterEvent(self, event: QEnterEvent) -> None:
        """Lets the mouse select text."""
        super().enterEvent(event)
        self._let_select(True)

    def leaveEvent(self, event: QEvent) -> None:
        """Keeps what is selected."""
        super().leaveEvent(event)
        self._let_select(self._rich or self.label.hasSelectedText())

    def _let_select(self, wanted: bool) -> None:
        """A label whose text can be selected keeps it as a document, and paints it twice whenever it changes."""
        flags = Qt.TextInteractionFlag
        flag = flags.TextSelectableByMouse if wanted else flags.NoTextInteraction
        if self.label.textInteractionFlags() != flag:
            self.label.setTextInteractionFlags(flag)

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs another height."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._most, self._line = 0, None
            self.updateGeometry()

    def _surely_fits(self, text: str) -> bool:
        """Whether no more lines are needed than there is room for, however badly the words fall: no layout is asked."""
        metrics = self.label.fontMetrics()
        lines = self._most // metrics.lineSpacing()
        if self._rich or "\n" in text or lines < 2:
            return False
        margins = self.label.contentsMargins()
        room = self.width() - margins.left() - margins.right() - metrics.height()
        # A line stays empty where the next word does not fit, by less than that word.
        filled = room - metrics.horizontalAdvance(max(text.split(" "), key=len)) * 1.5
        return metrics.horizontalAdvance(text) <= filled * (lines - 1) + room

    def _height_at(self, width: int) -> int:
        """What the text needs at a width. Laying it out takes half a millisecond: a line's height is remembered."""
        text = self.label.text()
        if not text:
            return 0
        margins = self.label.contentsMargins()
        room = width - margins.left() - margins.right() - self.fontMetrics().height()
        if self._rich or "\n" in text or self.fontMetrics().horizontalAdvance(text) > room:
            return self.label.heightForWidth(width)
        if self._line is None:
            self._line = self.label.heightForWidth(width)
        return self._line
