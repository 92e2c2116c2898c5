"""Small parts of the debugger's panel: sentences, and content that scrolls where the panel is low."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget


def scrolling_down(content: QWidget) -> QScrollArea:
    """The content in an area that scrolls where it is too low, so that the panel can be made as low as others."""
    area = QScrollArea()
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


def sentence_label(meaning: str) -> QLabel:
    """A sentence that wraps and can be copied; the tooltip says what it tells."""
    label = QLabel()
    label.setWordWrap(True)
    label.setToolTip(meaning)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
