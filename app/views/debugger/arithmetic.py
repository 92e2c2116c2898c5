"""The arithmetic of a step, as it is read: what is computed, with letters above and with numbers below."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app import theme
from app.debug_standing import Standing
from app.models.debug_arithmetic import Formula, StepRow, end_sentence, formulas, headline
from app.sentence import Sentence
from codec.problems import Severity


class ArithmeticCard(QScrollArea):
    """The formulas of one step."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._standing: Standing | None = None
        self._text = Sentence(rich=True)
        label = self._text.label
        label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        label.setMargin(4)
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        label.setAccessibleName(name)
        self.setToolTip("What the next step computes, with letters and with its numbers")
        self.setWidget(self._text)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def shown(self) -> str:
        """What is shown, as HTML."""
        return self._text.text()

    def show_standing(self, standing: Standing | None) -> None:
        """Shows the step that comes next at a place; or nothing."""
        self._standing = standing
        self._text.setText("" if standing is None else _card(standing))

    def recolour(self) -> None:
        """Takes up the colours of the theme."""
        self.show_standing(self._standing)


def _card(standing: Standing) -> str:
    """The card of a place, as HTML."""
    tensor, course, row = standing.tensor, standing.course, standing.row
    if row is None:
        return f"<p>{escape(end_sentence(standing))}</p>"
    step = StepRow.of(standing.stretch.trace, row, tensor.coder)
    head = escape(headline(tensor, course.tile, course.direction, step))
    lines = "".join(_line(each) for each in formulas(tensor, course.direction, step))
    coder, dim = tensor.coder, theme.current().dim.name()
    constants = (
        f"M = 2<sup>{coder.scale_bits}</sup> slots, L = {coder.lower_bound:,}, "
        f"{coder.word_bits}-bit words; f and start of the symbol, x the state"
    )
    return (
        f"<p><b>{head}</b></p><table cellspacing='0' cellpadding='2'>{lines}</table>"
        f"<p style='color:{dim}'>{constants}</p>"
    )


def _line(formula: Formula) -> str:
    colours = theme.current()
    ink = colours.severities[Severity.ERROR] if formula.wrong else colours.dim
    mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    note = (
        f" <span style='color:{ink.name()}'>{escape(formula.note)}</span>" if formula.note else ""
    )
    return (
        f"<tr><td style='color:{colours.accent.name()};padding-right:10px'>{escape(formula.name)}</td>"
        f"<td><span style='color:{colours.dim.name()}'>{escape(formula.symbols)}</span><br/>"
        f"<span style=\"font-family:'{mono}'\">{escape(formula.numbers)}</span>{note}</td></tr>"
    )
