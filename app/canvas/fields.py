"""What forms of views are made of: fields that scroll, and sentences that say what is wrong with them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget

from app import theme
from codec.problems import Severity


class Fields(QScrollArea):
    """Scrolls the form up and down, and is never higher than that is."""

    def __init__(self, form: QWidget) -> None:
        super().__init__()
        self._form = form
        scroll_down(self, form)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """At another width the form has another height."""
        super().resizeEvent(event)
        self.limit()

    def limit(self) -> None:
        """Takes no more room than the form needs."""
        layout, slack = self._form.layout(), self.fontMetrics().height()
        if layout is not None:
            self.setMaximumHeight(layout.heightForWidth(self.viewport().width()) + slack)


def sentence(name: str) -> QLabel:
    """An empty label that breaks into lines; `name` says what will stand there."""
    label = QLabel()
    label.setWordWrap(True)
    label.setAccessibleName(name)
    label.setToolTip(name)
    label.setMinimumWidth(1)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def say_in(label: QLabel, text: str, *, wrong: bool = False) -> None:
    """Shows a sentence in such a label, which is hidden without one."""
    colours = theme.current()
    palette = label.palette()
    ink = colours.severities[Severity.ERROR] if wrong else colours.foreground
    palette.setColor(QPalette.ColorRole.WindowText, ink)
    label.setPalette(palette)
    label.setText(text)
    label.setVisible(bool(text))


def scrolling_down(content: QWidget) -> QScrollArea:
    """The content in an area that scrolls where it is too low, so that the panel can be made as low as others."""
    area = QScrollArea()
    scroll_down(area, content)
    return area


def scroll_down(area: QScrollArea, content: QWidget) -> None:
    """Shows the content in an area that scrolls up and down, never sideways."""
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
