"""The small controls above a picture: choices with their names, in a strip that breaks into lines."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from app.flow_layout import FlowLayout


def strip(parts: Iterable[QWidget]) -> QWidget:
    """The parts in a row that breaks into lines where it must."""
    widget = QWidget()
    layout = FlowLayout(widget)
    layout.setSpacing(widget.fontMetrics().height() // 2)
    for part in parts:
        layout.addWidget(part)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    policy.setHeightForWidth(True)
    widget.setSizePolicy(policy)
    return widget


def named(name: str, part: QWidget) -> QWidget:
    """A control with its name before it; `&` marks the letter that leads to it."""
    widget = QWidget()
    layout = QHBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    label = QLabel(name)
    label.setBuddy(part)
    label.setToolTip(part.toolTip())
    layout.addWidget(label)
    layout.addWidget(part)
    return widget


def choice(options: Iterable[tuple[str, object, str]], tooltip: str) -> QComboBox:
    """A list to choose from: what each option is called, what it stands for, and its tooltip."""
    box = QComboBox()
    for name, stands_for, explanation in options:
        box.addItem(name, stands_for)
        if explanation:
            box.setItemData(box.count() - 1, explanation, Qt.ItemDataRole.ToolTipRole)
    box.setToolTip(tooltip)
    box.setMinimumContentsLength(6)
    return box


def button(text: str, tooltip: str) -> QToolButton:
    """A small button."""
    widget = QToolButton()
    widget.setText(text)
    widget.setToolTip(tooltip)
    return widget


class Line(QLabel):
    """A few words about what is pointed at, that keeps as much room as it has ever needed.

    So the picture beside it does not jump while the pointer moves.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Shows `text`."""
        self.setText(text)
        self.setMinimumHeight(max(self.minimumHeight(), self.heightForWidth(self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """At another width, other room is needed."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.setMinimumHeight(self.heightForWidth(event.size().width()))
