"""The buttons of the divergence: to the first tile, from one differing step to the next, and to other panels."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QToolButton, QWidget

from app.flow_layout import FlowLayout


def lines_of(*parts: QWidget) -> QWidget:
    """Controls in as many lines as the width asks for, that need no more height than there are lines."""
    widget = QWidget()
    flow = FlowLayout(widget)
    flow.setSpacing(widget.fontMetrics().height() // 2)
    for part in parts:
        flow.addWidget(part)
    return widget


JUMPS = (
    ("States", "Show the step's symbol in States.", "S"),
    ("Bytes", "Show the bytes that the step took, by the side of the current row.", "B"),
    ("Weights", "Show the step's weight in Weights.", "W"),
)
"""Panels that a step leads to: title, tooltip and key."""


class DivergenceControls(QWidget):
    """Buttons in as many lines as the width asks for."""

    first_tile_wanted = Signal()
    parting_wanted = Signal()
    differing_wanted = Signal(bool)
    """Carries whether the next is wanted, or the previous."""
    panel_wanted = Signal(str)
    """Carries the panel in which the step is to be shown."""

    def __init__(self, shortcuts: QWidget) -> None:
        """`shortcuts` is the widget in which the keys of the buttons work."""
        super().__init__()
        self._shortcuts = shortcuts
        self._flow = FlowLayout(self)
        self._flow.setSpacing(4)
        differs = "Select the {} step that differs."
        self.first_tile = self._add(
            "First tile", "Go to the first tile whose weights differ.", "F",
            self.first_tile_wanted.emit,
        )  # fmt: skip
        self._differing = [
            self._add("Parting", "Go to where the sides part.", "D", self.parting_wanted.emit),
            self._add("◀ Differs", differs.format("previous"), "[", self._previous),
            self._add("Differs ▶", differs.format("next"), "]", self._next),
        ]
        self._jumps = [self._add(*jump, self._to(jump[0])) for jump in JUMPS]

    def enable(self, compared: bool, parting: bool, steps: bool) -> None:
        """Which buttons lead somewhere: the outputs are compared, the traces part, there are steps."""
        self.first_tile.setEnabled(compared)
        for buttons, useful in ((self._differing, parting), (self._jumps, steps)):
            for button in buttons:
                button.setEnabled(useful)

    def _add(self, text: str, tooltip: str, key: str, action: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(f"{tooltip} Key: {key}")
        button.clicked.connect(lambda: action())
        shortcut = QShortcut(QKeySequence(key), self._shortcuts)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(button.click)
        self._flow.addWidget(button)
        return button

    def _previous(self) -> None:
        self.differing_wanted.emit(False)

    def _next(self) -> None:
        self.differing_wanted.emit(True)

    def _to(self, panel: str) -> Callable[[], None]:
        return lambda: self.panel_wanted.emit(panel)
