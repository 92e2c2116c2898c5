"""The view: where the traces part in words, the two rows of that step, the steps around it, and both sides' states.

Both sides' traces are asked for only while somebody looks. Until the next ones come, the old picture stays for a
moment, so that going from tile to tile does not flicker.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app.comparing import Comparing
from app.document import Document
from app.exporting.table import Table
from app.models.divergence_pairs import LEFT, SIDE_NAMES
from app.tables.steps import side_tables
from app.view import View
from app.views.divergence.body import DivergenceBody
from app.views.divergence.controls import DivergenceControls
from app.views.divergence.sentences import (
    first_tile_note,
    sentence_label,
    side_name,
    why_no_traces,
    why_nothing,
)
from app.views.divergence.shown import Shown, shown_of
from app.views.divergence.tables import PairTable
from codec.comparison.output import SideKind
from codec.rans import Coder
from codec.trace import Trace

PATIENCE_MS = 150
"""How long an old picture stays while the next traces are computed."""


class DivergenceView(View):
    """Two traces of the selected tile, and the first step at which they differ."""

    TITLE = "Divergence"
    QUESTION = "At which step do the two decoders part, and what did each do there?"
    HELP = (
        "Names the first step at which the traces of both sides differ and what that says about the "
        "decoder, with both rows above each other, all steps below and the states of both sides in one plot. "
        "Choose a step to select its weight and bytes, or run from one differing step to the next."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Shown | None = None
        self._at: tuple[int, int] | None = None
        self._stale = False
        self._asking = False
        self._said = sentence_label("Where the traces part, and what in a decoder does that")
        self._note = sentence_label("What was asked for and is not there")
        self._body = DivergenceBody()
        self._controls = DivergenceControls(self)
        self._waiting = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._lay_out()
        self._connect()
        self._clear()

    # Made once

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(4)
        for part in (self._controls, self._said, self._note):
            column.addWidget(part)
        column.addWidget(self._body, 1)
        column.addStretch()

    def _connect(self) -> None:
        self._waiting.timeout.connect(self._clear)
        self._body.chosen.connect(self._select)
        self._body.pair_chosen.connect(lambda pair: self._select(pair, self._side))
        controls = self._controls
        controls.first_tile_wanted.connect(self._go_to_first_tile)
        controls.parting_wanted.connect(self._go_to_parting)
        controls.differing_wanted.connect(self._run)
        controls.panel_wanted.connect(self._jump)

    # What is shown

    def set_document(self, document: Document | None) -> None:
        """Shows where the sides of a document part."""
        super().set_document(document)
        if document is not None:
            comparing = document.comparing
            self.listen(comparing.traces_changed, self._update)
            self.listen(comparing.comparison_changed, self._update)
            self.listen(comparing.sides_changed, self._update)
            self.listen(document.selection_changed, self._selection_changed)
        self._clear()
        self._update()

    def showEvent(self, event: QShowEvent) -> None:
        """Takes up what has changed while the view was hidden."""
        super().showEvent(event)
        if self._stale:
            self._update()

    def _update(self) -> None:
        """Shows the traces that there are now; or waits a little for those to come."""
        document = self.document
        self._stale = not self.isVisible()
        if document is None or self._stale or self._asking:
            return
        self._ask(document.comparing)
        self._note.hide()
        tensor, tile = document.tensor, document.selection.tile
        left, right = document.comparing.traces
        if left is not None and right is not None and tensor is not None and tile is not None:
            self._waiting.stop()
            self.set_empty_text("")
            self._take(tile, tensor.coder, (left, right))
        else:
            self._wait(document)
        self._enable()

    def _ask(self, comparing: Comparing) -> None:
        """Asks for the traces; what is told while asking is looked at once, afterwards."""
        self._asking = True
        comparing.want_traces()
        self._asking = False

    def _wait(self, document: Document) -> None:
        """Says why there are no traces: at once where none will come, else after a moment."""
        none_come = document.selection.tile is None or any(document.comparing.trace_notes)
        if none_come or why_nothing(document):
            self._clear()
        elif not self._waiting.isActive():
            self._waiting.start()

    def _clear(self) -> None:
        """Takes away the old picture, and says why there is no other."""
        self._waiting.stop()
        self._shown = self._at = None
        self._body.show_traces(None)
        self._body.hide()
        document = self.document
        if document is None:
            return
        self.set_empty_text(why_nothing(document))
        self._said.setText(why_no_traces(document))
        self._enable()

    def _take(self, tile: int, coder: Coder, traces: tuple[Trace, Trace]) -> None:
        """Shows other traces, or the same with what has become known of them."""
        if self.document is None:
            return
        self._body.show()
        before = shown = self._shown
        if shown is None or not shown.shows(tile, traces):
            shown = shown_of(tile, coder, traces)
            self._at = None
        shown = shown.parting(self.document.comparing.divergence)
        if shown is not before:
            self._shown = shown
            self._body.show_traces(shown)
            self._show_selection()
        self._name_sides()
        comparing = self.document.comparing
        kinds = [side.kind for side in (comparing.left, comparing.right) if side is not None]
        self._said.setText(shown.sentence(comparing.comparison, SideKind.FILE in kinds))

    def _name_sides(self) -> None:
        """Has the plot call the sides by their names."""
        comparing = self.document.comparing if self.document is not None else None
        if comparing is not None and comparing.left is not None and comparing.right is not None:
            self._body.plot.name_sides(
                f"left: {side_name(comparing.left)}", f"right: {side_name(comparing.right)}"
            )

    def _enable(self) -> None:
        """Which buttons lead somewhere."""
        document, shown = self.document, self._shown
        comparison = document.comparing.comparison if document is not None else None
        self._controls.enable(
            compared=comparison is not None,
            parting=shown is not None and shown.first is not None,
            steps=shown is not None and len(shown.pairs) > 0,
        )

    def _selection_changed(self) -> None:
        document = self.document
        if document is not None and (self._shown is None or document.comparing.traces[0] is None):
            self._update()
        elif document is not None:
            if self.isVisible():
                self._ask(document.comparing)  # the symbol may lie behind the steps that there are
            self._show_selection()

    def _show_selection(self) -> None:
        """Shows the selected step in table and plot; without one, where the sides part."""
        document, shown = self.document, self._shown
        if document is None or shown is None or document.selection.tile != shown.tile:
            return
        symbol, side = document.selection.symbol, self._side
        if self._at is not None and self._symbol(*self._at) == symbol:
            pair: int | None = self._at[0]
        else:
            pair = None if symbol is None else shown.pair_of_symbol(symbol, side)
        self._at = None if pair is None else (pair, side)
        self._body.show_step(pair, side)

    def tables(self) -> Sequence[Table]:
        """The steps of both sides."""
        return side_tables(() if self.document is None else self.document.comparing.traces)

    # Selecting

    @property
    def _side(self) -> int:
        """The side whose row is the current one."""
        return LEFT if self._at is None else self._at[1]

    def _symbol(self, pair: int, side: int) -> int | None:
        """The symbol that a side, or else the other, decodes at a step."""
        shown = self._shown
        if shown is None:
            return None
        return shown.pairs.number(pair, shown.holding(pair, side), "symbol_index")

    def _select(self, pair: int, side: int) -> None:
        """Selects the symbol that a side decodes at a step."""
        document, shown, symbol = self.document, self._shown, self._symbol(pair, side)
        if document is None or shown is None or symbol is None:
            return
        if document.selection.tile == shown.tile:
            self._at = pair, side
            before = document.selection
            document.select_symbol(shown.tile, symbol)
            if document.selection == before:  # nobody was told, and the side may be another
                self._show_selection()

    def _run(self, forward: bool) -> None:
        """Selects the next step that differs, or the one before."""
        shown = self._shown
        if shown is None:
            return
        begin = -1 if forward else len(shown.pairs)
        pair = shown.next_differing(begin if self._at is None else self._at[0], forward)
        if pair is None:
            where = "after" if forward else "before"
            self._tell(f"No step {where} this one differs.")
        else:
            self._select(pair, self._side)

    def _tell(self, sentence: str) -> None:
        """Says what came of something that was asked for."""
        self._note.setText(sentence)
        self._note.setVisible(bool(sentence))

    def _go_to_parting(self) -> None:
        """Selects the step at which the sides part, and brings it and what is around it into sight."""
        shown = self._shown
        if shown is None or shown.first is None:
            return
        self._select(shown.first, self._side)
        self._body.show_around(shown.first)

    def _go_to_first_tile(self) -> None:
        """Selects the first tile whose weights differ, or says that there is none."""
        document = self.document
        comparison = document.comparing.comparison if document is not None else None
        if document is None or comparison is None:
            return
        self._tell(first_tile_note(comparison))
        first = comparison.first
        if first is None or first.tile < 0:
            return
        if document.selection.tile == first.tile:
            self._go_to_parting()
        else:
            document.select_tile(first.tile)

    def _jump(self, title: str) -> None:
        """Goes to what the current step, or else the parting one, is about, in another panel."""
        document, shown = self.document, self._shown
        if document is None or shown is None:
            return
        pair, side = self._at or (shown.first or 0, LEFT)
        self._select(pair, side)
        if title == "Bytes":
            select_bytes(document, shown, pair, shown.holding(pair, side))
        self.panel_wanted.emit(title)

    def copy_text(self) -> str:
        """What "Copy" puts on the clipboard: the selected rows, each with its step and its side."""
        focused = QApplication.focusWidget()
        if isinstance(focused, PairTable) and self.isAncestorOf(focused):
            return focused.selected_text()
        return super().copy_text()

    # Colours

    def theme_changed(self) -> None:
        """Takes up the colours of the theme."""
        super().theme_changed()
        self._body.recolour()


def select_bytes(document: Document, shown: Shown, pair: int, side: int) -> None:
    """Selects the bytes that a side took at a step, unless they are selected, or lie in another file."""
    kind = getattr(document.comparing, SIDE_NAMES[side]).kind
    row = shown.pairs.row(pair, side)
    if row is None or kind is SideKind.FILE:
        return
    offset, size = shown.traces[side].bytes_of_row(row)
    if document.selection.span != (offset, size):
        document.select_bytes(offset, max(size, 1))
