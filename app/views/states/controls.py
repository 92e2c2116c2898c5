"""The controls of the states: going to a step by its number, or on to the next that stands out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QSpinBox, QToolButton, QWidget

from app.flow_layout import FlowLayout

ALL = -1
"""Stands for all lanes where the number of a lane is wanted."""


class StepControls(QWidget):
    """A number and buttons, in as many lines as the width asks for.

    Attributes:
        box: the number of the step.
        lanes: which lane is shown; ALL for all of them.
    """

    step_wanted = Signal(int)
    """Carries the number of a step."""
    renormalisation_wanted = Signal(bool)
    """Carries whether the next is wanted, or the previous."""
    rare_wanted = Signal(bool)
    """Carries whether the next is wanted, or the previous."""
    all_wanted = Signal()
    near_wanted = Signal()
    lane_chosen = Signal(int)
    """Carries the number of a lane, or ALL."""
    lane_toggled = Signal()
    """All lanes are wanted instead of the one, or the reverse."""

    def __init__(self, shortcuts: QWidget) -> None:
        """`shortcuts` is the widget in which the keys of the buttons work."""
        super().__init__()
        self._shortcuts = shortcuts
        self._fixed = False
        self._buttons: list[QToolButton] = []
        self.box = QSpinBox()
        self.box.setKeyboardTracking(False)
        self.box.setGroupSeparatorShown(True)
        self.box.setToolTip("Go to a step by its number.")
        self.box.setAccessibleName("Step")
        self.box.valueChanged.connect(self.step_wanted)
        self.lanes = _lane_box()
        self.lanes.valueChanged.connect(self.lane_chosen)
        flow = FlowLayout(self)
        flow.setSpacing(4)
        self._lane_label = _label("&Lane", self.lanes)
        for widget in (_label("&Step", self.box), self.box, self._lane_label, self.lanes):
            flow.addWidget(widget)
        self._add_key("L", self.lane_toggled.emit)
        self._add_buttons()
        for button in self._buttons:
            flow.addWidget(button)
        self.set_lanes(1)

    def _add_buttons(self) -> None:
        took = "Select the {} step that took words from the stream."
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
            self._add_key(key, action)
        self._buttons.append(button)

    def _add_key(self, key: str, action: Callable[[], None]) -> None:
        shortcut = QShortcut(QKeySequence(key), self._shortcuts)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(action)

    def enable(self, useful: bool) -> None:
        """Whether there are steps to go to."""
        for control in (self.box, self.lanes, *self._buttons):
            control.setEnabled(useful)

    def set_range(self, first: int, last: int) -> None:
        """Which steps there are; goes to none."""
        with QSignalBlocker(self.box):
            self.box.setRange(first, last)
        if not self._fixed or self.box.sizeHint().width() > self.box.maximumWidth():
            self._fix_box()

    def _fix_box(self) -> None:
        """Gives the box of steps the room that it needs. Were that not fixed, each range would lay the window out."""
        self._fixed = True
        self.box.setFixedSize(self.box.sizeHint())

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs other room."""
        super().changeEvent(event)
        if self._fixed and event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fix_box()

    def set_lanes(self, lanes: int) -> None:
        """How many lanes there are to choose from; of one there is no choice."""
        for widget in (self._lane_label, self.lanes):
            widget.setVisible(lanes > 1)
        if self.lanes.maximum() != lanes - 1:
            with QSignalBlocker(self.lanes):
                self.lanes.setRange(ALL, lanes - 1)

    def show_lane(self, lane: int | None) -> None:
        """Shows which lane is shown; None for all."""
        wanted = ALL if lane is None else lane
        if self.lanes.value() != wanted:  # a box is painted anew in any case
            with QSignalBlocker(self.lanes):
                self.lanes.setValue(wanted)

    def show_step(self, step: int) -> None:
        """Shows the number of the selected step."""
        with QSignalBlocker(self.box):
            self.box.setValue(step)


def _label(text: str, buddy: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(buddy)
    return label


def _lane_box() -> QSpinBox:
    box = QSpinBox()
    box.setSpecialValueText("all")
    box.setKeyboardTracking(False)
    box.setToolTip(
        "Show the steps of one lane alone, or the curves of all lanes over one another. "
        "Key: L shows the lane of the selected step, and all again"
    )
    box.setAccessibleName("Lane")
    return box
