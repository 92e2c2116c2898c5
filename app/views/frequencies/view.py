"""The view: the bars, the symbol under the pointer in numbers, and what the table costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.document import Document
from app.exporting.table import Table
from app.models.explanation import coded_value, known_symbols, table_entry, table_symbol
from app.models.stepped import stepped
from app.tables.frequencies import frequency_tables
from app.trace_window import TRACE_STEPS, why_no_steps
from app.view import View
from app.views.frequencies.bars import Bars
from app.views.frequencies.controls import FrequencyControls
from app.views.frequencies.costs import Costs
from app.views.frequencies.fit import Fit
from app.views.frequencies.slot_strip import SlotStrip
from app.views.frequencies.wording import symbol_html, table_faults, why_no_tile, why_no_whole
from codec.container import Tensor
from codec.frequency import histogram
from codec.problems import Severity

PATIENCE_MS = 150
"""How long an old picture stays while the next tile's symbols are computed."""


class FrequenciesView(View):
    """The frequency table against the symbols that it codes."""

    TITLE = "Frequencies"
    QUESTION = "Does the frequency table fit the data, and what does it cost where it does not?"
    HELP = (
        "Shows the table's frequencies as bars and how often the symbols really occur as a line over them, "
        "both in slots, what the difference costs in bits per weight, and the slot of the debugger's next step. "
        "Click a bar for its numbers, double-click it to go to the symbol's next place in the selected tile."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fit: Fit | None = None
        self._source: object = None
        self._symbol: int | None = None
        self._shown: Tensor | None = None
        self._stale = False
        self._controls = FrequencyControls()
        self._note = QLabel()
        self._bars = Bars()
        self._strip = SlotStrip()
        self._readout = QLabel()
        self._why = QLabel()
        self._check = QPushButton("Run the full check")
        self._check.setToolTip("Decode every stream of the file, count its symbols and check all.")
        self._costs = Costs()
        self._waiting = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._waiting.timeout.connect(lambda: self._show(None))
        self._connect()
        self._lay_out()
        self._apply_colours()

    # Made once

    def _connect(self) -> None:
        controls = self._controls
        controls.scope_changed.connect(self._refresh)
        controls.axis_changed.connect(self._show_axis)
        controls.powers.toggled.connect(self._bars.set_powers)
        controls.next.clicked.connect(lambda: self._go_to_next(self._symbol))
        controls.entry.clicked.connect(self._go_to_entry)
        self._check.clicked.connect(self._run_check)
        self._bars.picked.connect(self._mark)
        self._bars.wanted.connect(self._go_to_next)
        self._bars.hovered.connect(self._show_symbol)
        self._costs.picked.connect(self._mark)

    def _lay_out(self) -> None:
        for label in (self._note, self._readout, self._why):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        for part in (self._bars, self._numbers()):
            split.addWidget(part)
            split.setStretchFactor(split.count() - 1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        layout.addWidget(self._controls)
        layout.addWidget(self._note)
        layout.addWidget(split, 1)

    def _numbers(self) -> QScrollArea:
        """All below the plot; it scrolls where there is too little room."""
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for part in (self._strip, self._readout, self._why, self._check, self._costs):
            layout.addWidget(part)
        layout.setAlignment(self._check, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        return area

    def tables(self) -> Sequence[Table]:
        """The table of the tensor, with what it codes."""
        return frequency_tables(self.document)

    # What is shown

    def set_document(self, document: Document | None) -> None:
        """Shows the table of a document's selected tensor."""
        super().set_document(document)
        self._fit, self._source, self._symbol, self._shown = None, None, None, None
        if document is not None:
            self.listen(document.selection_changed, self._on_selection)
            self.listen(document.trace_changed, self._refresh)
            self.listen(document.tiles_decoded, self._refresh)
            self.listen(document.decoder_changed, self._refresh)
            self.listen(document.checked, self._refresh)
            self.listen(document.debugging.moved, self._show_step)
            if document.tensor is None:
                self.set_empty_text("No frequency table was found in the file.")
                return
        self._refresh()
        self._on_selection()
        self._show_step()

    def showEvent(self, event: QShowEvent) -> None:
        """Takes up what has changed while the view was hidden."""
        super().showEvent(event)
        if self._stale:
            self._refresh()
            self._on_selection()

    def _tensor(self) -> Tensor | None:
        return None if self.document is None else self.document.tensor

    def _refresh(self) -> None:
        """Compares the table with the data that there is now, or waits a little for it to come."""
        self._stale = not self.isVisible()
        tensor = self._tensor()
        if tensor is None or self._stale:
            return
        if tensor is not self._shown:
            self._take(tensor)
        counts, source = self._counts()
        if counts is None and self._pending():
            if not self._waiting.isActive():
                self._waiting.start()
            return
        if source is None or source is not self._source:
            self._source = source
            self._show(counts)
        self._update_buttons()

    def _take(self, tensor: Tensor) -> None:
        """Forgets what was shown of another tensor."""
        self._shown, self._fit, self._source = tensor, None, None
        self._controls.name_values(coded_value(tensor))
        self._show(None)

    def _show(self, counts: NDArray[np.int64] | None) -> None:
        """Shows the table against these counts, or alone."""
        self._waiting.stop()
        document, tensor = self.document, self._tensor()
        if document is None or tensor is None:
            return
        self._fit = None if counts is None or not counts.any() else Fit(tensor.table, counts)
        if self._fit is None:
            self._source = None
        shares = None if self._fit is None else self._fit.slots
        self._bars.show_fit(tensor.table.frequencies, shares, tensor.table.total)
        self._show_axis()
        self._costs.show_fit(self._fit, coded_value(tensor))
        self._show_reason(document, tensor)
        faults = table_faults(tensor.table)
        self._note.setText(faults)
        self._note.setVisible(bool(faults))
        self._show_symbol(None)

    def _counts(self) -> tuple[NDArray[np.int64] | None, object]:
        """How often each symbol occurs in what is chosen, and the object that this comes from."""
        document, tensor = self.document, self._tensor()
        if document is None or tensor is None:
            return None, None
        if self._controls.whole:
            report = document.report
            return (None, None) if report is None else (report.counts, report)
        symbols, source = self._tile_symbols()
        if symbols is None:
            return None, None
        if source is self._source and self._fit is not None:
            return self._fit.counts, source
        return histogram(symbols), source

    def _tile_symbols(self) -> tuple[NDArray[np.uint8] | None, object]:
        """All decoded symbols of the selected tile, and what they come from.

        None where they are not known (yet).
        """
        document, tensor = self.document, self._tensor()
        tile = None if document is None else document.selection.tile
        if document is None or tensor is None or tile is None or why_no_steps(tensor, tile):
            return None, None
        decoded = document.tile(tile)
        if decoded is not None:
            return known_symbols(decoded, None, tensor.interleaving), decoded
        if tensor.symbol_count(tile) > TRACE_STEPS:
            document.want_tiles((tile,), "frequencies")
            return None, None
        return known_symbols(None, document.trace, tensor.interleaving), document.trace

    def _pending(self) -> bool:
        """Whether the data may come by itself any moment."""
        document, tensor = self.document, self._tensor()
        return (
            document is not None
            and tensor is not None
            and not self._controls.whole
            and document.selection.tile is not None
            and not tensor.refusal
            and not document.trace_note
        )

    def _show_reason(self, document: Document, tensor: Tensor) -> None:
        """Says why there is no data, or that some of it is missing; offers what would help."""
        whole, reason = self._controls.whole, ""
        if self._fit is None and whole:
            reason = why_no_whole(tensor, document.report)
        elif self._fit is None:
            reason = why_no_tile(tensor, document.selection.tile, document.trace_note)
        elif document.trace_note and not whole:
            reason = f"Only the symbols before the fault are counted: {document.trace_note}."
        self._why.setText(reason)
        self._why.setVisible(bool(reason))
        self._check.setVisible(whole and document.report is None and not tensor.refusal)

    def _show_axis(self) -> None:
        tensor = self._tensor()
        name = "residual" if tensor is None else coded_value(tensor)
        self._bars.set_bias(self._controls.by_value, name)

    def _show_step(self) -> None:
        """Shows the slot of the debugger's next step, where it is in this tensor."""
        tensor, cursor = self._tensor(), stepped(self.document)
        here = tensor is not None and cursor is not None and cursor.tensor == tensor.index
        self._strip.show_step(tensor.table if here and tensor else None, cursor)

    # One symbol

    def _on_selection(self) -> None:
        """Marks the selected symbol, if one is selected."""
        symbol = self._selected_symbol()
        if symbol is not None:
            self._mark(symbol)
        if self._tensor() is not self._shown:
            self._show_step()
        if not self._controls.whole or self._tensor() is not self._shown:
            self._refresh()
        self._update_buttons()

    def _selected_symbol(self) -> int | None:
        """The symbol that the document's selection is about; None where it is about none."""
        document = self.document
        if document is None:
            return None
        selection, trace = document.selection, document.trace
        if selection.symbol is not None:
            row = None if trace is None else trace.row_of_symbol(selection.symbol)
            return None if trace is None or row is None else int(trace["symbol"][row])
        if selection.span is None:
            return None
        return table_symbol(document.tensor, *selection.span)

    def _mark(self, symbol: int) -> None:
        self._symbol = symbol
        self._bars.mark(symbol)
        self._costs.mark(symbol)
        self._show_symbol(None)
        self._update_buttons()

    def _update_buttons(self) -> None:
        marked = self._symbol is not None and self._tensor() is not None
        self._controls.entry.setEnabled(marked)
        self._controls.next.setEnabled(marked and self._tile_symbols()[0] is not None)

    def _show_symbol(self, hovered: int | None) -> None:
        """Tells the numbers of the symbol under the pointer, or else of the marked one."""
        symbol, tensor = (self._symbol if hovered is None else hovered), self._tensor()
        if tensor is None or symbol is None:
            self._readout.setText("Point at a symbol, or click it, to see its numbers.")
        else:
            self._readout.setText(symbol_html(tensor, self._fit, symbol))

    # Going elsewhere

    def _go_to_next(self, symbol: int | None) -> None:
        """Selects the next place of a symbol in the selected tile, round its end."""
        document, (symbols, _) = self.document, self._tile_symbols()
        if symbol is None:
            return
        self._mark(symbol)
        if document is None or symbols is None or document.selection.tile is None:
            return
        places = np.flatnonzero(symbols == symbol)
        if not len(places):
            self._readout.setText(
                f"Symbol {symbol} does not occur in tile {document.selection.tile:,}."
            )
            return
        current = document.selection.symbol
        after = -1 if current is None else current
        found = int(np.searchsorted(places, after, side="right")) % len(places)
        document.select_symbol(document.selection.tile, int(places[found]))

    def _go_to_entry(self) -> None:
        document, tensor = self.document, self._tensor()
        if document is not None and tensor is not None and self._symbol is not None:
            entry = table_entry(tensor, self._symbol)
            document.select_bytes(entry.offset, entry.size)

    def _run_check(self) -> None:
        if self.document is not None:
            self.document.check()
            self._why.setText("The symbols of the whole tensor are being counted.")

    # Colours

    def theme_changed(self) -> None:
        """Takes up the colours of the theme."""
        super().theme_changed()
        self._bars.recolour()
        self._apply_colours()

    def _apply_colours(self) -> None:
        ink = theme.current().severities[Severity.ERROR]
        self._note.setStyleSheet(f"color: {ink.name()}")
        self._controls.recolour()
        self._costs.recolour()
