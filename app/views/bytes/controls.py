"""The controls above the hex view: going to an offset, looking for bytes, the next place, row width."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from app.flow_layout import FlowLayout
from app.views.bytes.geometry import WIDTHS


class Controls(QWidget):
    """Says what the user wants to see; it knows no file."""

    offset_wanted = Signal(str)
    """Carries an offset as it was typed."""
    bytes_wanted = Signal(str, bool)
    """Carries a pattern as it was typed, and whether to look for it forward."""
    problem_wanted = Signal(bool)
    """The next problem is wanted, or, where it carries False, the one before."""
    unclaimed_wanted = Signal(bool)
    """The same for bytes that nothing claims."""
    columns_wanted = Signal(int)
    """Carries the bytes a row, or 0 for as many as fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offset = _entry(
            "Go to: 1234, 0x4d2, +16, end",
            "Go to an offset: decimal, hex after 0x, with + or - counted from the cursor, or “end”",
        )
        self._offset.returnPressed.connect(lambda: self.offset_wanted.emit(self._offset.text()))
        self._pattern = _entry(
            'Find: de ad, or "text"',
            "Find bytes from the cursor on: pairs of hex digits, or text in double quotes",
        )
        self._pattern.returnPressed.connect(lambda: self._find(True))
        self._problems = _stepper("problem", self.problem_wanted.emit)
        self._unclaimed = _stepper("unclaimed bytes", self.unclaimed_wanted.emit)
        layout = FlowLayout(self)
        layout.setContentsMargins(2, 2, 2, 0)
        layout.setSpacing(4)
        for group in (
            self._offset,
            _together(self._pattern, *_stepper("match", self._find)),
            _together(QLabel("Problem"), *self._problems),
            _together(QLabel("Unclaimed"), *self._unclaimed),
            self._column_box(),
        ):
            layout.addWidget(group)

    def focus_pattern(self) -> None:
        """Moves the keyboard to where bytes are looked for."""
        self._pattern.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._pattern.selectAll()

    def enable_steps(self, problems: bool, unclaimed: bool) -> None:
        """Says whether there are problems, and bytes that nothing claims."""
        for buttons, there_are in ((self._problems, problems), (self._unclaimed, unclaimed)):
            for button in buttons:
                button.setEnabled(there_are)

    def _find(self, forward: bool) -> None:
        self.bytes_wanted.emit(self._pattern.text(), forward)

    def _column_box(self) -> QComboBox:
        box = QComboBox()
        box.addItem("As many as fit", 0)
        for columns in reversed(WIDTHS):
            box.addItem(f"{columns} a row", columns)
        box.setToolTip("Bytes in a row")
        box.setAccessibleName("Bytes in a row")
        box.currentIndexChanged.connect(lambda: self.columns_wanted.emit(box.currentData()))
        return box


def _entry(placeholder: str, tooltip: str) -> QLineEdit:
    entry = QLineEdit()
    entry.setPlaceholderText(placeholder)
    entry.setToolTip(tooltip)
    entry.setAccessibleName(tooltip)
    entry.setMaxLength(1000)
    entry.setMinimumWidth(entry.fontMetrics().horizontalAdvance(f"{placeholder}MM"))
    return entry


def _stepper(what: str, step: Callable[[bool], None]) -> tuple[QToolButton, QToolButton]:
    """Two buttons, to the one before and to the next."""
    buttons = QToolButton(), QToolButton()
    for button, text, word, forward in zip(
        buttons, "◂▸", ("previous", "next"), (False, True), strict=True
    ):
        button.setText(text)
        button.setToolTip(f"Go to the {word} {what}")
        button.setAccessibleName(f"{word.capitalize()} {what}")
        button.clicked.connect(lambda _=False, forward=forward: step(forward))
    return buttons


def _together(*parts: QWidget) -> QWidget:
    """Controls that stay in one line."""
    group = QWidget()
    line = QHBoxLayout(group)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(2)
    for part in parts:
        line.addWidget(part)
    return group
