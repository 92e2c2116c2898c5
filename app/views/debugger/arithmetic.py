"""The arithmetic of a step, as it is read: what is computed, with letters above and with numbers below."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from app import theme
from app.debug_standing import Standing
from app.models.debug_arithmetic import Formula, StepRow, end_sentence, formulas, headline
from codec.problems import Severity


class ArithmeticCard(QTextEdit):
    """The formulas of one step, to be read and copied; it is laid out once a step, where a `QLabel` does it thrice."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._standing: Standing | None = None
        self._html = ""
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAccessibleName(name)
        self.setToolTip("What the next step computes, with letters and with its numbers")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.document().setDocumentMargin(4)
        self._take_font()

    @property
    def shown(self) -> str:
        """What is shown, as HTML."""
        return self._html

    def show_standing(self, standing: Standing | None) -> None:
        """Shows the step that comes next at a place; or nothing."""
        self._standing = standing
        html = "" if standing is None else _card(standing)
        if html != self._html:
            self._html = html
            self.setHtml(html)

    def recolour(self) -> None:
        """Takes up the colours of the theme."""
        self.show_standing(self._standing)

    def changeEvent(self, event: QEvent) -> None:
        """Takes up another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._take_font()

    def _take_font(self) -> None:
        """Formulas look the same if their letters are not shaped together, and take half the time."""
        font = self.font()
        font.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
        font.setKerning(False)
        self.document().setDefaultFont(font)


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
