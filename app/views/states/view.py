"""The view: plots above, the steps as a table below, and ways to run from one step to the next.

Where the trace of another tile takes a moment, the old picture stays until it comes, so that a
click does not flicker; only if it takes longer the view says what it waits for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from app import theme
from app.document import Document
from app.models.step_table import next_row
from app.view import View
from app.views.states.controls import StepControls
from app.views.states.plots import StepPlots
from app.views.states.series import Series, series_of
from app.views.states.step_list import StepList
from codec.container import Tensor
from codec.problems import Severity
from codec.trace import Trace

PATIENCE_MS = 150
"""How long an old picture stays while the next trace is computed."""

NO_TILE = "Select a tile to see the states of its stream."


class StatesView(View):
    """The states of the selected tile, step by step."""

    TITLE = "States"
    QUESTION = "What did the decoder's state do at every step, and where did each byte come in?"
    HELP = (
        "Plots the rANS state, the bits spent and the position in the stream over the steps of the "
        "selected tile, with the steps as a table below. Click or drag in a plot, choose a row, or run to "
        "the next renormalisation or rare symbol: the step's weight, bytes and field are selected with it."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._series: Series | None = None
        self._stale = False
        self._plots = StepPlots()
        self._list = StepList()
        self._controls = StepControls(self)
        self._note = QLabel()
        self._status = QLabel()
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

    def _lay_out(self) -> None:
        for label in (self._note, self._status):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._note.hide()
        self._status.setToolTip("The selected step.")
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

    # What is shown

    def set_document(self, document: Document | None) -> None:
        """Shows the states of the selected tile of a document."""
        super().set_document(document)
        if document is not None:
            self.listen(document.trace_changed, self._trace_changed)
            self.listen(document.selection_changed, self._selection_changed)
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
        trace, tensor, tile = document.trace, document.tensor, document.selection.tile
        if trace is None or not len(trace) or tensor is None or tile is None:
            self._wait()
            return
        self._waiting.stop()
        self.set_empty_text("")
        if trace is not self._shown:
            self._show_trace(trace, tensor, tile)
        self._show_note(trace, tensor.symbol_count(tile))
        self._show_selection()

    def _wait(self) -> None:
        """Says why there is no trace: at once where none will come, else after a moment."""
        if self._why_empty() != self._computing():
            self._clear()
        elif not self._waiting.isActive():
            self._waiting.start()

    def _clear(self) -> None:
        """Takes away the old picture."""
        self._waiting.stop()
        self._series = None
        self._list.show_trace(None, None, None)
        self._plots.show_series(None)
        if self.document is not None:
            self.set_empty_text(self._why_empty())
        self._show_selection()

    def _say_why_empty(self) -> None:
        if self.document is not None and self.document.trace is None:
            self._clear()

    def _computing(self) -> str:
        tile = self.document.selection.tile if self.document is not None else None
        return "" if tile is None else f"The trace of tile {tile:,} is being computed."

    def _why_empty(self) -> str:
        document = self.document
        if document is None:
            return ""
        tensor = document.tensor
        if tensor is None:
            return "The file was cut before its first tensor, so there are no states."
        if tensor.refusal:
            return f"There are no states to show: {tensor.refusal}."
        if document.selection.tile is None:
            return NO_TILE
        if document.trace_note:
            return f"There is no trace: {document.trace_note}."
        if document.trace is not None:
            return f"Tile {document.selection.tile:,} has no steps."
        return self._computing()

    def _show_trace(self, trace: Trace, tensor: Tensor, tile: int) -> None:
        record = tensor.tiles[tile]
        first_unread = int(record["offset"]) + int(record["size"]) - 5
        self._series = series_of(trace, tensor.coder, first_unread)
        self._list.show_trace(trace, tensor, tile)
        self._plots.show_series(self._series)
        self._controls.set_range(trace.first_step, trace.first_step + len(trace) - 1)

    def _show_note(self, trace: Trace, count: int) -> None:
        """Says where the trace holds less than the whole stream."""
        parts = []
        if len(trace) < count and not (trace.stopped and not trace.first_step):
            last = trace.first_step + len(trace) - 1
            parts.append(f"Steps {trace.first_step:,} to {last:,} of {count:,}")
        if trace.stopped:
            parts.append(f"The stream ends early: {trace.stopped}")
        self._note.setText(". ".join(parts))
        self._note.setVisible(bool(parts))

    def _selection_changed(self) -> None:
        document = self.document
        if document is not None and document.trace is None:
            self._trace_changed()
        else:
            self._show_selection()

    def _show_selection(self) -> None:
        """Shows the selected step in the plots, the table, the box and in words."""
        trace, row = self._shown, self._selected_row()
        self._controls.enable(trace is not None)
        self._list.show_row(row)
        if trace is None or row is None:
            self._plots.show_step(None)
            self._status.setText("Select a step: click in a plot or in the table.")
            return
        step = int(trace["step"][row])
        self._plots.show_step(step)
        self._controls.show_step(step)
        self._status.setText(self._step_text(row))

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

    def _step_text(self, row: int) -> str:
        """The step in one sentence."""
        number = self._list.steps.number
        size = number("bytes_read", row)
        taken = f"{size} byte{'s' if size > 1 else ''} taken from {number('position', row):,}"
        return (
            f"Step {number('step', row):,}: state {number('state_before', row):,} → "
            f"{number('state_after', row):,}, symbol {number('symbol', row)} (frequency "
            f"{number('freq', row):,}, {self._list.steps.bits_text(row)} bits), "
            f"{taken if size else 'no byte taken'}"
        )

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
            self._status.setText(f"There is no {name} {where} this step in the trace.")
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
