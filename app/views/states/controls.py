"""The controls of the states: going to a step by its number, or on to the next that stands out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QSpinBox, QToolButton, QWidget

from app.flow_layout import FlowLayout


class StepControls(QWidget):
    """A number and buttons, in as many lines as the width asks for.

    Attributes:
        box: the number of the step.
    """

    step_wanted = Signal(int)
    """Carries the number of a step."""
    renormalisation_wanted = Signal(bool)
    """Carries whether the next is wanted, or the previous."""
    rare_wanted = Signal(bool)
    """Carries whether the next is wanted, or the previous."""
    all_wanted = Signal()
    near_wanted = Signal()

    def __init__(self, shortcuts: QWidget) -> None:
        """`shortcuts` is the widget in which the keys of the buttons work."""
        super().__init__()
        self._shortcuts = shortcuts
        self._buttons: list[QToolButton] = []
        self.box = QSpinBox()
        self.box.setKeyboardTracking(False)
        self.box.setGroupSeparatorShown(True)
        self.box.setToolTip("Go to a step by its number.")
        self.box.setAccessibleName("Step")
        self.box.valueChanged.connect(self.step_wanted)
        label = QLabel("&Step")
        label.setBuddy(self.box)
        flow = FlowLayout(self)
        flow.setSpacing(4)
        flow.addWidget(label)
        flow.addWidget(self.box)
        self._add_buttons()
        for button in self._buttons:
            flow.addWidget(button)

    def _add_buttons(self) -> None:
        took = "Select the {} step that took bytes from the stream."
        rare = "Select the {} symbol of frequency 1: those cost the most bits."
        step, rarity = self.renormalisation_wanted, self.rare_wanted
        self._add("◀ Renorm", took.format("previous"), "[", lambda: step.emit(False))
        self._add("Renorm ▶", took.format("next"), "]", lambda: step.emit(True))
        self._add("◀ Rare", rare.format("previous"), "{", lambda: rarity.emit(False))
        self._add("Rare ▶", rare.format("next"), "}", lambda: rarity.emit(True))
        self._add("All", "Show all steps.", "", self.all_wanted.emit)
        self._add("Near", "Zoom in to the selected step.", "", self.near_wanted.emit)

    def _add(self, text: str, tooltip: str, key: str, action: Callable[[], None]) -> None:
        button = QToolButton()
        button.setText(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(f"{tooltip} Key: {key}" if key else tooltip)
        button.clicked.connect(action)
        if key:
            shortcut = QShortcut(QKeySequence(key), self._shortcuts)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(action)
        self._buttons.append(button)

    def enable(self, useful: bool) -> None:
        """Whether there are steps to go to."""
        for control in (self.box, *self._buttons):
            control.setEnabled(useful)

    def set_range(self, first: int, last: int) -> None:
        """Which steps there are; goes to none."""
        with QSignalBlocker(self.box):
            self.box.setRange(first, last)

    def show_step(self, step: int) -> None:
        """Shows the number of the selected step."""
        with QSignalBlocker(self.box):
            self.box.setValue(step)
