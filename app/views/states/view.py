"""The view: plots above, the steps as a table below, and ways to run from one step to the next.

Where the trace of another tile takes a moment, the old picture stays until it comes, so that a
click does not flicker; only if it takes longer the view says what it waits for.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app import theme
from app.document import Document
from app.exporting.table import Table
from app.models.explanation.lanes import in_other_lane
from app.models.step_table import next_row
from app.models.stepped import stepped_here
from app.models.trace_series import Series
from app.sentence import Sentence
from app.tables.steps import tile_step_tables
from app.trace_window import is_coming
from app.view import View
from app.views.states.controls import ALL, StepControls
from app.views.states.plots import StepPlots
from app.views.states.sentences import is_computed, step_sentence, why_empty, window_note
from app.views.states.step_list import StepList
from codec.container import Tensor
from codec.problems import Severity
from codec.trace import Trace

PATIENCE_MS = 150
"""How long an old picture stays while the next trace is computed."""


LINES_WITH_STATUS = 24
"""Lines of text that a panel has room for which also tells the selected step in words, above its plots."""


class StatesView(View):
    """The states of the selected tile, step by step."""

    TITLE = "States"
    QUESTION = "What did the decoder's states do at every step, and where did each word come in?"
    HELP = (
        "Plots the rANS state, the bits spent and the position in the stream over the steps of the "
        "selected tile, with the steps as a table below, and where the debugger stands among them; of "
        "interleaved lanes all over one another, or one alone. Click or drag in a plot, choose a row, or run to "
        "the next renormalisation or rare symbol: "
        "the step's weight, bytes and field are selected with it."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole: Series | None = None
        self._series: Series | None = None
        self._lane: int | None = None
        self._stale = False
        self._needed = True
        self._plots = StepPlots()
        self._list = StepList()
        self._controls = StepControls(self)
        self._note = Sentence("Which steps of a long stream are shown.")
        self._status = Sentence("The selected step.")
        self._waiting = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._waiting.timeout.connect(self._say_why_empty)
        self._connect()
        self._lay_out()
        self._apply_colours()
        self._show_selection()

    # Made once

    def _connect(self) -> None:
        controls = self._controls
        self._plots.chosen.connect(self._select_step)
        self._list.chosen.connect(self._select_row)
        controls.step_wanted.connect(self._select_step)
        controls.renormalisation_wanted.connect(self._run_to_renormalisation)
        controls.rare_wanted.connect(self._run_to_rare)
        controls.all_wanted.connect(self._plots.show_all)
        controls.near_wanted.connect(self._plots.zoom_to_step)
        controls.lane_chosen.connect(lambda lane: self._choose_lane(None if lane == ALL else lane))
        controls.lane_toggled.connect(self._toggle_lane)
        self._plots.lane_wanted.connect(self._step_lane)

    def _lay_out(self) -> None:
        self._note.hide()
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self._plots)
        split.addWidget(self._list)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        for widget in (self._controls, self._note, self._status):
            layout.addWidget(widget)
        layout.addWidget(split, 1)

    def tables(self) -> Sequence[Table]:
        """The steps that are shown, and all of the tile."""
        return tile_step_tables(self.document)

    # What is shown

    def set_document(self, document: Document | None) -> None:
        """Shows the states of the selected tile of a document."""
        super().set_document(document)
        if document is not None:
            self.listen(document.trace_changed, self._trace_changed)
            self.listen(document.selection_changed, self._selection_changed)
            self.listen(document.debugging.moved, self._show_stepped)
        self._clear()
        self._trace_changed()

    def showEvent(self, event: QShowEvent) -> None:
        """Takes up what has changed while the view was hidden."""
        super().showEvent(event)
        if self._stale:
            self._trace_changed()

    def _trace_changed(self) -> None:
        """Shows the trace that there is now; or waits a little for the one to come."""
        document = self.document
        self._stale = not self.isVisible()
        if document is None or self._stale:
            return
        figures, tensor, tile = document.trace_figures, document.tensor, document.selection.tile
        if figures is None or not len(figures.trace) or tensor is None or tile is None:
            self._wait()
            return
        self._waiting.stop()
        self.set_empty_text("")
        trace = figures.trace
        if trace is not self._shown:
            self._show_series(figures.series, tensor, tile)
        self._show_note(trace, tensor.symbol_count(tile))
        self._show_selection()

    def _wait(self) -> None:
        """Says why there is no trace: at once where none will come, else after a moment."""
        if self.document is not None and not is_computed(self.document):
            self._clear()
        elif not self._waiting.isActive():
            self._waiting.start()

    def _clear(self) -> None:
        """Takes away the old picture."""
        self._waiting.stop()
        self._series = self._whole = None
        self._list.show_trace(None, None, None)
        self._plots.show_series(None)
        if self.document is not None:
            self.set_empty_text(why_empty(self.document))
        self._show_selection()

    def _say_why_empty(self) -> None:
        if self.document is not None and self.document.trace is None:
            self._clear()

    def _show_series(self, whole: Series, tensor: Tensor, tile: int) -> None:
        self._whole, trace = whole, whole.trace
        self._controls.set_range(trace.first_step, trace.first_step + len(trace) - 1)
        self._controls.set_lanes(tensor.interleaving.lanes)
        if self._lane not in self._whole.lanes or tensor.interleaving.lanes == 1:
            self._lane = None
        self._series = self._series_of_lane(self._whole)
        self._list.show_trace(trace, tensor, tile, self._series.rows)
        self._plots.show_series(self._series, self._overlaid(tensor))
        self._controls.show_lane(self._lane)
        self._show_stepped()

    def _overlaid(self, tensor: Tensor) -> bool:
        return tensor.interleaving.lanes > 1 and self._lane is None

    def _series_of_lane(self, whole: Series) -> Series:
        return whole if self._lane is None else whole.of_lane(self._lane)

    def _choose_lane(self, lane: int | None) -> None:
        """Shows one lane alone, or all; the selected step goes along to the same turn of that lane."""
        document, whole = self.document, self._whole
        if document is None or whole is None or document.tensor is None or lane == self._lane:
            return
        self._lane = lane if lane in whole.lanes else None
        self._series = self._series_of_lane(whole)
        tile = document.selection.tile
        self._list.show_trace(whole.trace, document.tensor, tile, self._series.rows)
        self._plots.change_series(self._series, self._overlaid(document.tensor))
        self._controls.show_lane(self._lane)
        row = self._selected_row()
        if self._lane is not None and row is not None:
            self._step_lane(self._lane - int(whole.trace["lane"][row]))
        self._show_selection()

    def _toggle_lane(self) -> None:
        """Shows the lane of the selected step alone, or all lanes again."""
        row = self._selected_row()
        if self._lane is not None:
            self._choose_lane(None)
        elif row is not None and self._whole is not None and len(self._whole.lanes) > 1:
            self._choose_lane(int(self._whole.trace["lane"][row]))

    def _step_lane(self, distance: int) -> None:
        """Selects the step of another lane in the same turn, where it has one."""
        document, tensor = self.document, None if self.document is None else self.document.tensor
        row, trace = self._selected_row(), self._shown
        if document is None or tensor is None or row is None or trace is None or not distance:
            return
        tile, symbol = document.selection.tile, int(trace["symbol_index"][row])
        other = None if tile is None else in_other_lane(tensor, tile, symbol, distance)
        if tile is not None and other is not None:
            document.select_symbol(tile, other)

    def _show_note(self, trace: Trace, count: int) -> None:
        """Says where the trace holds less than the whole stream."""
        note = window_note(trace, count)
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def _selection_changed(self) -> None:
        document = self.document
        if document is not None and document.trace is None:
            self._trace_changed()
        else:
            self._show_selection()

    def _show_stepped(self) -> None:
        """Shows where the debugger stands, if it is in the trace shown."""
        document, cursor = self.document, stepped_here(self.document)
        if (
            cursor is not None
            and cursor.next is not None
            and self._awaits(cursor.next.symbol_index)
        ):
            return
        if document is None or cursor is None or self._shown is not document.trace:
            self._plots.show_done(None)
            self._list.steps.mark_step(None)
        else:
            self._plots.show_done(cursor.boundary, cursor.encodes)
            self._list.steps.mark_step(cursor.decode_step)

    def _show_selection(self) -> None:
        """Shows the selected step in the plots, the table, the box and in words."""
        document, trace, row = self.document, self._shown, self._selected_row()
        self._controls.enable(trace is not None)
        if row is None and document is not None and self._awaits(document.selection.symbol):
            return
        lane = None if trace is None or row is None else int(trace["lane"][row])
        if self._lane is not None and lane is not None and lane != self._lane:
            self._choose_lane(lane)  # what is selected must be in sight
            return
        self._list.show_row(row)
        self._plots.mark_lane(lane)
        if trace is None or row is None:
            self._plots.show_step(None)
            self._say("Select a step: click in a plot or in the table.", needed=True)
            return
        step = int(trace["step"][row])
        self._plots.show_step(step)
        self._controls.show_step(step)
        tensor = self.document.tensor if self.document else None
        self._say(step_sentence(trace, row, tensor), needed=False)

    def _say(self, sentence: str, *, needed: bool) -> None:
        """Says something; in a low panel only what is `needed`, since the table tells of a step, too."""
        self._needed = needed
        self._status.setText(sentence)
        self._make_room()

    def _make_room(self) -> None:
        roomy = self.height() >= LINES_WITH_STATUS * self.fontMetrics().height()
        wanted = roomy or self._needed
        if wanted == self._status.isHidden():
            self._status.setVisible(wanted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves out words where the plots would have no room."""
        super().resizeEvent(event)
        self._make_room()

    def _awaits(self, symbol: int | None) -> bool:
        """Whether a symbol's step is not in what is shown of its stream, but soon will be."""
        document, shown = self.document, self._shown
        if document is None or shown is not document.trace:
            return False
        return is_coming(shown, document.tensor, document.selection.tile, symbol)

    @property
    def _shown(self) -> Trace | None:
        """The trace that is shown; it may be that of the tile before for a moment."""
        return self._list.steps.trace

    def _selected_row(self) -> int | None:
        """The row of the selected symbol; None where it is not in the trace shown."""
        document, trace = self.document, self._shown
        if document is None or trace is None or trace is not document.trace:
            return None
        symbol = document.selection.symbol
        return None if symbol is None else trace.row_of_symbol(symbol)

    # Selecting

    def _select_step(self, step: int) -> None:
        """Selects the symbol of a step, if it is in the trace shown."""
        document, trace = self.document, self._shown
        if document is None or trace is None or trace is not document.trace:
            return
        row, tile = step - trace.first_step, document.selection.tile
        if tile is not None and 0 <= row < len(trace):
            document.select_symbol(tile, int(trace["symbol_index"][row]))

    def _select_row(self, row: int) -> None:
        """Selects the step in a row of the trace."""
        if self._shown is not None:
            self._select_step(int(self._shown["step"][row]))

    def _run_to_renormalisation(self, forward: bool) -> None:
        if self._series is not None:
            self._run(self._series.renormalising, "renormalisation", forward)

    def _run_to_rare(self, forward: bool) -> None:
        if self._series is not None:
            self._run(self._series.rare, "symbol of frequency 1", forward)

    def _run(self, rows: NDArray[np.int64], name: str, forward: bool) -> None:
        """Selects the next of some rows, or the one before."""
        trace, current = self._shown, self._selected_row()
        if trace is None:
            return
        start = current if current is not None else (-1 if forward else len(trace))
        row = next_row(rows, start, forward)
        if row is None:
            where = "after" if forward else "before"
            self._say(f"There is no {name} {where} this step in the trace.", needed=True)
        else:
            self._select_row(row)

    # Colours

    def theme_changed(self) -> None:
        """Takes up the colours of the theme."""
        super().theme_changed()
        self._plots.recolour()
        self._apply_colours()

    def _apply_colours(self) -> None:
        ink = theme.current().severities[Severity.ERROR]
        self._note.setStyleSheet(f"color: {ink.name()}")
