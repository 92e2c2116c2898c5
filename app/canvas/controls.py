"""The small controls above a picture: choices with their names, in a strip that breaks into lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from app.flow_layout import FlowLayout
from app.sentence import Sentence

T = TypeVar("T")


def strip(parts: Iterable[QWidget]) -> QWidget:
    """The parts in a row that breaks into lines where it must."""
    widget = QWidget()
    layout = FlowLayout(widget)
    layout.setSpacing(widget.fontMetrics().height() // 2)
    for part in parts:
        layout.addWidget(part)
    widget.setSizePolicy(_as_high_as_its_width_asks())
    return widget


def _as_high_as_its_width_asks() -> QSizePolicy:
    """For what breaks into lines; of a fixed height, Qt would demand room for the lines of the narrowest width."""
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Maximum)
    policy.setHeightForWidth(True)
    return policy


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


class Options(Generic[T]):
    """A list to choose from.

    The values are kept here, since Qt would turn enumerations of strings into strings.

    Attributes:
        box: the widget; its `currentIndexChanged` tells of another choice.
    """

    def __init__(self, options: Iterable[tuple[str, T, str]], tooltip: str) -> None:
        """Fills the list.

        Args:
            options: what each is called, what it stands for, and its own tooltip or "".
            tooltip: of the list as a whole.
        """
        self.box = QComboBox()
        self._values: list[T] = []
        for name, value, explanation in options:
            self.box.addItem(name)
            self._values.append(value)
            if explanation:
                role = Qt.ItemDataRole.ToolTipRole
                self.box.setItemData(len(self._values) - 1, explanation, role)
        self.box.setToolTip(tooltip)

    @property
    def value(self) -> T:
        """What is chosen."""
        return self._values[self.box.currentIndex()]

    def choose(self, value: T) -> None:
        """Chooses, as the user would."""
        self.box.setCurrentIndex(self._values.index(value))


def button(text: str, tooltip: str) -> QToolButton:
    """A small button."""
    widget = QToolButton()
    widget.setText(text)
    widget.setToolTip(tooltip)
    return widget


class Line(Sentence):
    """A few words about what is pointed at, that keeps as much room as it has ever needed.

    So the picture beside it does not jump while the pointer moves.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__()
        self.setParent(parent)
        self.label.setAlignment(Qt.AlignmentFlag.AlignTop)

    def say(self, text: str) -> None:
        """Shows `text`."""
        self.setText(text)

    def heightForWidth(self, width: int) -> int:
        """Room for the text, and for a line without any."""
        return max(super().heightForWidth(width), self.fontMetrics().height())
