"""What lets the debugger's panel be as low as others: a column in its least height, and pages that ask for no room."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout, QWidget


class Column(QWidget):
    """Parts one below the other, as low as they can be made: an area would ask for what they would like."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = QVBoxLayout(self)
        self.parts.setContentsMargins(4, 4, 4, 4)
        self.parts.setSpacing(4)

    def hasHeightForWidth(self) -> bool:
        """Some of the parts break into lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The least height at a width."""
        return self.parts.minimumHeightForWidth(width)


class Page(QWidget):
    """One of several that share a place, which asks for room only while it is on top."""

    def minimumSizeHint(self) -> QSize:
        """Nothing for a page that is not seen."""
        return super().minimumSizeHint() if self.isVisible() else QSize(0, 0)
