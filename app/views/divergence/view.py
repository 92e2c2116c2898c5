"""The view: where the traces part in words, the two rows of that step, the steps around it, and both sides' states.

Both sides' traces are asked for only while somebody looks. Until the next ones come, the old picture stays for a
moment, so that going from tile to tile does not flicker.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.comparing import Comparing
from app.document import Document
from app.models.divergence_pairs import LEFT, SIDE_NAMES
from app.view import View
from app.views.divergence.controls import DivergenceControls
from app.views.divergence.plot import StatePairPlot
from app.views.divergence.sentences import (
    NO_SIDES,
    NO_TENSOR,
    NO_TILE,
    first_tile_note,
    sentence_label,
    side_name,
    why_no_traces,
)
from app.views.divergence.shown import Shown, shown_of
from app.views.divergence.step_panel import StepPanel
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
        self._curves_of: tuple[int, int] | None = None
        self._stale = False
        self._asking = False
        self._said = sentence_label("Where the traces part, and what in a decoder does that")
        self._note = sentence_label("What was asked for and is not there")
        self._plot = StatePairPlot()
        self._steps = StepPanel()
        self._content = QSplitter(Qt.Orientation.Vertical)
        self._controls = DivergenceControls(self)
        self._waiting = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._lay_out()
        self._connect()
        self._clear()

    # Made once

    def _lay_out(self) -> None:
        self._content.setChildrenCollapsible(False)
        self._content.addWidget(self._steps)
        self._content.addWidget(self._plot)
        self._content.setStretchFactor(0, 3)
        self._content.setStretchFactor(1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(4)
        for part in (self._controls, self._said, self._note):
            column.addWidget(part)
        column.addWidget(self._content, 1)
        column.addStretch()

    def _connect(self) -> None:
        self._waiting.timeout.connect(self._clear)
        self._steps.chosen.connect(self._select)
        self._plot.chosen.connect(self._select_step)
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
        if none_come or self._why_nothing(document):
            self._clear()
        elif not self._waiting.isActive():
            self._waiting.start()

    def _clear(self) -> None:
        """Takes away the old picture, and says why there is no other."""
        self._waiting.stop()
        self._shown = self._at = self._curves_of = None
        self._steps.show_steps(None)
        self._plot.show_curves(None, None)
        self._content.hide()
        document = self.document
        if document is None:
            return
        self.set_empty_text(self._why_nothing(document))
        self._said.setText(self._why_no_traces(document))
        self._enable()

    def _why_nothing(self, document: Document) -> str:
        """Why this view has nothing to say at all; "" where it has."""
        if document.tensor is None:
            return NO_TENSOR
        comparing = document.comparing
        return comparing.note or NO_SIDES if None in (comparing.left, comparing.right) else ""

    def _why_no_traces(self, document: Document) -> str:
        comparing, tile = document.comparing, document.selection.tile
        if tile is None:
            return NO_TILE
        if comparing.left is None or comparing.right is None:
            return ""
        why = why_no_traces((comparing.left, comparing.right), comparing.trace_notes, tile)
        return why or f"The traces of tile {tile:,} are being computed by both sides."

    def _take(self, tile: int, coder: Coder, traces: tuple[Trace, Trace]) -> None:
        """Shows other traces, or the same with what has become known of them."""
        comparing = self.document.comparing if self.document is not None else None
        divergence = None if comparing is None else comparing.divergence
        self._content.show()
        shown = self._shown
        if shown is None or not shown.shows(tile, traces, divergence):
            shown = self._shown = shown_of(tile, coder, traces, divergence)
            self._curves_of = self._at = None
            self._steps.show_steps(shown)
            self._show_selection()
        self._name_sides()
        self._said.setText(shown.sentence(self._differing_weights(shown.tile)))

    def _name_sides(self) -> None:
        """Has the plot call the sides by their names."""
        comparing = self.document.comparing if self.document is not None else None
        if comparing is not None and comparing.left is not None and comparing.right is not None:
            self._plot.name_sides(
                f"left: {side_name(comparing.left)}", f"right: {side_name(comparing.right)}"
            )

    def _differing_weights(self, tile: int) -> int | None:
        """Weights of a tile that differ; None where that is not known."""
        comparison = self.document.comparing.comparison if self.document else None
        if comparison is None or tile >= len(comparison.tile_differing):
            return None
        return int(comparison.tile_differing[tile])

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
        symbol, side = document.selection.symbol, LEFT if self._at is None else self._at[1]
        pair = None if symbol is None else shown.pair_of_symbol(symbol, side)
        if self._at is not None and self._symbol(*self._at) == symbol:
            pair = self._at[0]
        self._show_curves(pair)
        self._steps.show_step(pair, side)
        self._plot.show_step(None if pair is None else shown.pairs.step(pair))
        self._at = None if pair is None else (pair, side)
        if pair is None and shown.first is not None:
            self._steps.scroll_to(shown.first)

    def _show_curves(self, pair: int | None) -> None:
        """Shows the states of the lane of a step, or else of where the sides part."""
        shown = self._shown
        if shown is None:
            return
        at = pair if pair is not None else shown.first or 0
        wanted = (shown.pairs.stream(at), shown.lane(at, LEFT)) if len(shown.pairs) else (0, 0)
        if wanted == self._curves_of:
            return
        self._curves_of = wanted
        label = "log2 state" if shown.lanes() == 1 else f"log2 state, lane {wanted[1]:,}"
        self._plot.show_curves(shown.curves(*wanted), shown.coder, label)
        self._plot.mark(None if shown.first is None else shown.pairs.step(shown.first))

    # Selecting

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
            document.select_symbol(shown.tile, symbol)
            self._show_selection()

    def _select_step(self, step: int) -> None:
        """Selects a step by its number, of the stream that is plotted."""
        shown = self._shown
        pair = (
            None
            if shown is None or self._curves_of is None
            else shown.pairs.find(self._curves_of[0], step)
        )
        if pair is not None:
            self._select(pair, LEFT if self._at is None else self._at[1])

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
            self._select(pair, LEFT if self._at is None else self._at[1])

    def _tell(self, sentence: str) -> None:
        """Says what came of something that was asked for."""
        self._note.setText(sentence)
        self._note.setVisible(bool(sentence))

    def _go_to_parting(self) -> None:
        """Selects the step at which the sides part, and brings it and what is around it into sight."""
        shown = self._shown
        if shown is None or shown.first is None:
            return
        self._select(shown.first, LEFT if self._at is None else self._at[1])
        self._steps.scroll_to(shown.first)
        self._plot.show_around(shown.pairs.step(shown.first))

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
            self._select_bytes(document, shown, pair, shown.holding(pair, side))
        self.panel_wanted.emit(title)

    def _select_bytes(self, document: Document, shown: Shown, pair: int, side: int) -> None:
        """Selects the bytes that a side took at a step, unless they are selected, or lie in another file."""
        kind = getattr(document.comparing, SIDE_NAMES[side]).kind
        row = shown.pairs.row(pair, side)
        if row is None or kind is SideKind.FILE:
            return
        offset, size = shown.traces[side].bytes_of_row(row)
        if document.selection.span != (offset, size):
            document.select_bytes(offset, max(size, 1))

    # Colours

    def theme_changed(self) -> None:
        """Takes up the colours of the theme."""
        super().theme_changed()
        self._plot.recolour()
        self._steps.recolour()
