"""Decode and encode of one tile beside each other, as mirror images."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from app.debug_standing import Standing
from app.models.debug_mirror_table import MirrorTable
from app.views.debugger.arithmetic import ArithmeticCard
from app.views.debugger.parts import Page
from app.views.debugger.tables import DebugTable
from codec.stepping.walk import Direction

WAITING = "The walk of the other coder is being laid."
NO_STEPS = "Step through a tile to see decode and encode beside each other."


class MirrorPanel(Page):
    """Two cards side by side, and a table of both below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._note = QLabel(NO_STEPS)
        self._note.setWordWrap(True)
        self._model = MirrorTable(self)
        self.table = DebugTable(
            self._model,
            "Decode and encode",
            "A row a symbol: decoding goes down, encoding goes up. Red is what does not mirror the other side.",
        )
        self._cards = {
            Direction.DECODE: ArithmeticCard("Arithmetic of the decoder's next step"),
            Direction.ENCODE: ArithmeticCard("Arithmetic of the encoder's next step"),
        }
        beside = QSplitter(Qt.Orientation.Horizontal)
        beside.setChildrenCollapsible(False)
        for card in self._cards.values():
            beside.addWidget(card)
        below = QSplitter(Qt.Orientation.Vertical)
        below.setChildrenCollapsible(False)
        below.addWidget(beside)
        below.addWidget(self.table)
        below.setSizes([1000, 1000])  # halves
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._note)
        column.addWidget(below, 1)

    def show_both(self, one: Standing | None, other: Standing | None, note: str) -> None:
        """Shows where both coders stand.

        Args:
            one: the one that the debugger moves.
            other: the other one; None while it is not known.
            note: why it is not.
        """
        fresh = self._model.show(one, other)
        if fresh:
            self.table.fit_columns(self._model.widest_texts())
        said = NO_STEPS if one is None else note or (WAITING if other is None else "")
        self._note.setText(said)
        self._note.setVisible(bool(said))
        sides = {each.course.direction: each for each in (one, other) if each is not None}
        for direction, card in self._cards.items():
            card.show_standing(sides.get(direction))
        self.table.choose_row(None)
        if self._model.cursor is not None:
            for row in (max(self._model.cursor - 1, 0), self._model.cursor):
                self.table.reveal_row(row)

    def symbol(self, row: int) -> int:
        """The symbol of a row of the table."""
        return self._model.symbol(row)

    def recolour(self) -> None:
        """Takes up the colours of the theme."""
        for card in self._cards.values():
            card.recolour()
