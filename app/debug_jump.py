"""The dialog that asks for a step and says, while it is typed, what is decoded or encoded there."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.debugging import Debugging
from app.offsets import parse_offset
from app.place_dialog import PlaceDialog
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


class JumpToStep(PlaceDialog):
    """Asks for a step."""

    def __init__(self, debugging: Debugging, parent: QWidget | None = None) -> None:
        self._debugging = debugging
        tip = "The number of a step; after + or - it counts from the cursor"
        super().__init__("Jump to step", "&Step:", "1234, 0x4d2, +16, -16, 50% or end", tip, parent)

    def place_from(self, text: str) -> int:
        """The step that a person means."""
        return step_from(text, self._cursor, self._debugging.steps)

    def extent(self) -> str:
        """How many steps there are, and where the cursor stands."""
        return f"There are {self._debugging.steps:,} steps; the next is {self._cursor:,}."

    @property
    def _cursor(self) -> int:
        return self._debugging.step or 0

    def says_of(self, place: int) -> str:
        """Which symbol is decoded or encoded there."""
        standing = self._debugging.standing
        if standing is None or place >= standing.stretch.steps:
            return f"Step {place:,} of {self._debugging.steps:,}: behind the last"
        tensor, course = standing.tensor, standing.course
        count = tensor.symbol_count(course.tile)
        decodes = course.direction is Direction.DECODE
        symbol = tensor.interleaving.symbol_of(place if decodes else count - 1 - place, count)
        row, col = divmod(symbol, max(tensor.coded_shape(course.tile)[1], 1))
        return f"Step {place:,}: symbol at row {row:,}, column {col:,} of the tile"


def ask_for_step(debugging: Debugging, parent: QWidget) -> int | None:
    """The step that the user wants to jump to; None where the dialog was cancelled."""
    return JumpToStep(debugging, parent).ask()
