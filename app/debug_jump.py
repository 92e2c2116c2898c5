"""The dialog that asks for a step and says, while it is typed, what is decoded or encoded there."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QWidget

from app.debugging import Debugging
from app.offsets import parse_offset
from codec.stepping.walk import Direction


def step_from(text: str, cursor: int, steps: int) -> int:
    """The step that a person means.

    Args:
        text: decimal, or hexadecimal after 0x; after + or - counted from the cursor; a share of all steps before %;
            or "end".
        cursor: the step that comes next.
        steps: steps of the walk; that number is its end.

    Raises:
        ValueError: it is no step, for the reason that the message gives.
    """
    wanted = text.strip().lower()
    if wanted == "end":
        return steps
    sign = wanted[:1] if wanted[:1] in ("+", "-") else ""
    share = wanted.endswith("%") and not sign
    number = parse_offset(wanted.removeprefix(sign).removesuffix("%" if share else ""))
    if number is None:
        raise ValueError(f"“{text.strip()}” is no step: write 1234, 0x4d2, +16, -16, 50% or end.")
    if share:
        number = number * steps // 100
    step = {"+": cursor + number, "-": cursor - number}.get(sign, number)
    if not 0 <= step <= steps:
        raise ValueError(f"There is no step {step:,}: there are {steps:,}.")
    return step


class JumpToStep(QDialog):
    """Asks for a step; `step` is the answer, or None as long as there is none."""

    def __init__(self, debugging: Debugging, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Jump to step")
        self.step: int | None = None
        self._debugging = debugging
        self._edit = QLineEdit()
        self._edit.setPlaceholderText("1234, 0x4d2, +16, -16, 50% or end")
        self._edit.setToolTip("The number of a step; after + or - it counts from the cursor")
        self._found = QLabel()
        self._found.setMinimumWidth(self.fontMetrics().averageCharWidth() * 48)
        self._found.setWordWrap(True)
        buttons = QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        self._buttons = QDialogButtonBox(buttons)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow("&Step:", self._edit)
        form.addRow(self._found)
        form.addRow(self._buttons)
        self._edit.textChanged.connect(self._look)
        self._look("")

    def _look(self, text: str) -> None:
        """Takes the step, or says why it is none."""
        steps = self._debugging.steps
        self.step, says = None, f"There are {steps:,} steps; the next is {self._cursor:,}."
        if text.strip():
            try:
                self.step = step_from(text, self._cursor, steps)
                says = self._place(self.step)
            except ValueError as error:
                says = str(error)
        self._found.setText(says)
        ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setEnabled(self.step is not None)

    @property
    def _cursor(self) -> int:
        return self._debugging.step or 0

    def _place(self, step: int) -> str:
        standing = self._debugging.standing
        if standing is None or step >= standing.stretch.steps:
            return f"Step {step:,} of {self._debugging.steps:,}: behind the last"
        tensor, course = standing.tensor, standing.course
        count = tensor.symbol_count(course.tile)
        decodes = course.direction is Direction.DECODE
        symbol = tensor.interleaving.symbol_of(step if decodes else count - 1 - step, count)
        row, col = divmod(symbol, max(tensor.coded_shape(course.tile)[1], 1))
        return f"Step {step:,}: symbol at row {row:,}, column {col:,} of the tile"


def ask_for_step(debugging: Debugging, parent: QWidget) -> int | None:
    """The step that the user wants to jump to; None where the dialog was cancelled."""
    dialog = JumpToStep(debugging, parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return dialog.step if accepted else None
