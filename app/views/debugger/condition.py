"""Where to run to: a condition that is chosen or written, with what is wrong in it marked."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app import theme
from app.canvas.controls import Options, button, strip
from app.views.debugger.completing import ConditionLine
from codec.conditions.condition import parse
from codec.conditions.language import ConditionError
from codec.conditions.presets import PRESETS, Preset
from codec.problems import Severity

CHOSEN = "Conditions…"
LINE_WIDTH = 36
"""Digits that the line has room for where the buttons stand beside it."""

_MEANT = (
    "Conditions that are wanted most; they are written into the line, where they can be changed"
)


class ConditionBar(QWidget):
    """A line for a condition, and what to do with it."""

    run_wanted = Signal(str, bool)
    """Carries a condition and whether to look ahead for it, or back."""
    break_wanted = Signal(str)
    """Carries a condition at which runs shall stop."""
    divergence_wanted = Signal(bool)
    """Carries whether to look ahead for where the other decoder parts, or back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presets: Options[Preset | None] = Options(
            [(CHOSEN, None, ""), *((p.title, p, p.text()) for p in PRESETS)], _MEANT
        )
        self._presets.box.setAccessibleName("Conditions to choose from")
        self._presets.box.activated.connect(self._take_preset)
        self.line = ConditionLine()
        self.line.setPlaceholderText("state_after < L + 100 and freq == 1")
        self.line.setToolTip(
            "A condition on the columns of a step. Enter runs ahead to where it holds, Shift+Enter back; "
            "Ctrl+Space lists the names."
        )
        self.line.setMinimumWidth(self.fontMetrics().averageCharWidth() * 24)
        self.line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._error = QLabel()
        self._error.setWordWrap(True)
        self._error.setTextFormat(Qt.TextFormat.RichText)
        self._error.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._error.hide()
        self._buttons = (self._presets.box, *self._made_buttons())
        self._strip = strip(self._buttons)
        self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._row.addWidget(self.line, 1)
        self._row.addWidget(self._strip)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._row)
        column.addWidget(self._error)
        self.line.textEdited.connect(self._look)
        self.line.entered.connect(lambda forward: self._run(forward=forward))

    def _made_buttons(self) -> Iterator[QWidget]:
        """The buttons, each with what it does."""
        otherwise = "step that the other decoder or side takes otherwise"
        for text, tooltip, act in (
            ("◀ Run to", "Run back to the last step at which the condition holds", self._back),
            ("Run to ▶", "Run on to the next step at which the condition holds", self._ahead),
            ("Break", "Set a breakpoint on the condition, in all tiles", self._break),
            ("◀ Diverges", f"Run back to the last {otherwise}", self._parts_behind),
            ("Diverges ▶", f"Run on to the next {otherwise}", self._parts_ahead),
        ):
            made = button(text, tooltip)
            made.clicked.connect(act)
            yield made

    def fit(self, width: int) -> None:
        """Puts the buttons beside the line where that much width has room for both."""
        gap = self.fontMetrics().height()
        together = sum(each.sizeHint().width() + gap for each in self._buttons)
        digit = self.fontMetrics().averageCharWidth()
        beside = width > together + LINE_WIDTH * digit
        direction = QBoxLayout.Direction
        self._row.setDirection(direction.LeftToRight if beside else direction.TopToBottom)
        policy = self._strip.sizePolicy()
        kind = QSizePolicy.Policy
        policy.setHorizontalPolicy(kind.Preferred if beside else kind.Ignored)
        self._strip.setSizePolicy(policy)
        self._strip.setMinimumWidth(together if beside else 0)

    @property
    def complaint(self) -> str:
        """What is wrong with the condition, as it is shown; "" where nothing is."""
        return "" if self._error.isHidden() else self._error.text()

    def _take_preset(self) -> None:
        """Writes the chosen condition, and marks the value in it that is to be changed."""
        preset = self._presets.value
        if preset is None:
            return
        text = preset.text()
        self.line.setText(text)
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        value = str(preset.usual)
        if preset.value and value in text:
            self.line.setSelection(text.rindex(value), len(value))
        self._presets.choose(None)
        self._look()

    def _look(self) -> bool:
        """Says what is wrong with the condition; whether it is one."""
        text = self.line.text()
        try:
            parse(text)
        except ConditionError as error:
            self._error.setText(_marked(text, error))
            self._error.setVisible(bool(text.strip()))
            return False
        self._error.hide()
        return True

    def _sound(self) -> str | None:
        """The condition; None where it is none: then that is shown, and the text cursor goes to the place."""
        text = self.line.text().strip()
        if self._look():
            return text
        try:
            parse(self.line.text())
        except ConditionError as error:
            self.line.setFocus(Qt.FocusReason.OtherFocusReason)
            self.line.setCursorPosition(error.position)
            self._error.show()
        return None

    def _run(self, *, forward: bool) -> None:
        condition = self._sound()
        if condition is not None:
            self.run_wanted.emit(condition, forward)

    def _back(self) -> None:
        self._run(forward=False)

    def _ahead(self) -> None:
        self._run(forward=True)

    def _parts_behind(self) -> None:
        self.divergence_wanted.emit(False)

    def _parts_ahead(self) -> None:
        self.divergence_wanted.emit(True)

    def _break(self) -> None:
        condition = self._sound()
        if condition is not None:
            self.break_wanted.emit(condition)

    def recolour(self) -> None:
        """Takes up the colours of the theme."""
        self._look()


SHOWN_BEFORE = 24
"""Characters before the wrong one that are shown with it."""


def _marked(text: str, error: ConditionError) -> str:
    """The condition up to the wrong place, that marked, and the reason."""
    ink = theme.current().severities[Severity.ERROR].name()
    at = error.position
    before = ("…" if at > SHOWN_BEFORE else "") + text[max(0, at - SHOWN_BEFORE) : at]
    wrong, behind = text[at : at + 1] or "▯", text[at + 1 : at + SHOWN_BEFORE]
    marked = f"<span style='background:{ink};color:white'>{escape(wrong)}</span>"
    shown = f"<code>{escape(before)}{marked}{escape(behind)}</code>"
    return f"{shown} <span style='color:{ink}'>{escape(error.sentence())}.</span>"
