"""The view: the bars, the symbol under the pointer in numbers, and what the table costs."""

from __future__ import annotations

import math
from html import escape

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.document import TRACE_STEPS, Document
from app.flow_layout import FlowLayout
from app.models.explanation import coded_value, known_symbols, table_entry, table_symbol
from app.view import View
from app.views.frequencies.bars import BIAS, Bars
from app.views.frequencies.costs import Costs
from app.views.frequencies.fit import Fit
from codec.container import Tensor
from codec.frequency import histogram
from codec.problems import Severity

PATIENCE_MS = 150
"""How long an old picture stays while the next tile's symbols are computed."""

WHOLE, TILE = "Whole tensor", "Selected tile"


class FrequenciesView(View):
    """The frequency table against the symbols that it codes."""

    TITLE = "Frequencies"
    QUESTION = "Does the frequency table fit the data, and what does it cost where it does not?"
    HELP = (
        "Shows the table's frequencies as bars and how often the symbols really occur as a line over them, "
        "both in slots, and what the difference costs in bits per weight. Click a bar for its numbers, "
        "double-click it to go to the symbol's next place in the selected tile."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fit: Fit | None = None
        self._source: object = None
        self._symbol: int | None = None
        self._stale = False
        self._scope = QComboBox()
        self._axis = QComboBox()
        self._powers = QCheckBox("&Log")
        self._next = QToolButton()
        self._entry = QToolButton()
        self._legend = QLabel()
        self._note = QLabel()
        self._bars = Bars()
        self._readout = QLabel()
        self._why = QLabel()
        self._check = QPushButton("Run the full check")
        self._costs = Costs()
        self._waiting = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._waiting.timeout.connect(lambda: self._show(None))
        self._prepare_controls()
        self._connect()
        self._lay_out()
        self._apply_colours()

    # Made once

    def _prepare_controls(self) -> None:
        self._scope.addItems([WHOLE, TILE])
        self._scope.setToolTip("Whose symbols the table is compared with.")
        self._scope.setAccessibleName("Data")
        self._axis.addItems(["Symbol", "Residual"])
        self._axis.setToolTip("Name symbols by their number, or by the value that they stand for.")
        self._axis.setAccessibleName("Axis")
        self._powers.setToolTip(
            "Show slots on a logarithmic axis, so that rare symbols can be seen."
        )
        self._next.setText("Next place")
        self._next.setToolTip(
            "Select the next symbol of this kind in the selected tile. Key: Enter, in the plot"
        )
        self._entry.setText("Table entry")
        self._entry.setToolTip("Select the bytes of this symbol's entry in the file's table.")
        for button in (self._next, self._entry):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._legend.setToolTip(
            "Bars: the table in the file. Line: how often symbols really occur."
        )
        self._check.setToolTip("Decode every stream of the file, count its symbols and check all.")
        self._bars.setToolTip(
            "Click a symbol for its numbers; double-click it, or press Enter, to go to its next place in "
            "the tile. The wheel zooms, dragging moves. Keys: ← → Page Up/Down Home End, 0 for all."
        )
        self._bars.setAccessibleName("Frequencies by symbol")
        self._costs.setToolTip("What the table costs for this data; choose a symbol to mark it.")
        for label in (self._note, self._readout, self._why):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def _connect(self) -> None:
        self._scope.currentIndexChanged.connect(self._refresh)
        self._axis.currentIndexChanged.connect(self._show_axis)
        self._powers.toggled.connect(self._bars.set_powers)
        self._next.clicked.connect(lambda: self._go_to_next(self._symbol))
        self._entry.clicked.connect(self._go_to_entry)
        self._check.clicked.connect(self._run_check)
        self._bars.picked.connect(self._mark)
        self._bars.wanted.connect(self._go_to_next)
        self._bars.hovered.connect(self._show_symbol)
        self._costs.picked.connect(self._mark)

    def _lay_out(self) -> None:
        controls = QWidget()
        flow = FlowLayout(controls)
        flow.setSpacing(4)
        for control in (
            self._scope, self._axis, self._powers, self._next, self._entry, self._legend,
        ):  # fmt: skip
            flow.addWidget(control)
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(4)
        for part in (self._readout, self._why, self._check, self._costs):
            below.addWidget(part)
        below.setAlignment(self._check, Qt.AlignmentFlag.AlignLeft)
        below.addStretch(1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self._bars)
        split.addWidget(_scrolled(lower))
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        layout.addWidget(controls)
        layout.addWidget(self._note)
        layout.addWidget(split, 1)

    # What is shown

    def set_document(self, document: Document | None) -> None:
        """Shows the table of a document's selected tensor."""
        super().set_document(document)
        self._fit, self._source, self._symbol = None, None, None
        if document is not None:
            self.listen(document.selection_changed, self._on_selection)
            self.listen(document.trace_changed, self._refresh)
            self.listen(document.tiles_decoded, self._refresh)
            self.listen(document.checked, self._refresh)
            if document.tensor is None:
                self.set_empty_text("The file was cut before its first frequency table.")
                return
            self._axis.setItemText(1, coded_value(document.tensor).capitalize())
        self._refresh()
        self._on_selection()

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
        counts, source = self._counts()
        if counts is None and self._pending():
            self._waiting.start()
            return
        if source is None or source is not self._source:
            self._source = source
            self._show(counts)
        self._update_buttons()

    def _show(self, counts: NDArray[np.int64] | None) -> None:
        """Shows the table against these counts, or alone."""
        self._waiting.stop()
        tensor = self._tensor()
        if tensor is None:
            return
        usable = counts is not None and bool(counts.any())
        self._fit = Fit(tensor.table, counts) if usable and counts is not None else None
        if self._fit is None:
            self._source = None
        shares = None if self._fit is None else self._fit.slots
        self._bars.show_fit(tensor.table.frequencies, shares, tensor.table.total)
        self._show_axis()
        self._costs.show_fit(self._fit, coded_value(tensor))
        self._show_reason()
        self._show_note(tensor)
        self._show_symbol(None)

    def _counts(self) -> tuple[NDArray[np.int64] | None, object]:
        """How often each symbol occurs in what is chosen, and the object that this comes from."""
        document, tensor = self.document, self._tensor()
        if document is None or tensor is None:
            return None, None
        if self._scope.currentText() == WHOLE:
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
        if document is None or tensor is None or tensor.refusal:
            return None, None
        tile = document.selection.tile
        if tile is None:
            return None, None
        decoded = document.tile(tile)
        if decoded is not None:
            return known_symbols(decoded, None), decoded
        if tensor.symbol_count(tile) > TRACE_STEPS:
            document.want_tiles((tile,))
            return None, None
        return known_symbols(None, document.trace), document.trace

    def _pending(self) -> bool:
        """Whether the data may come by itself any moment."""
        document, tensor = self.document, self._tensor()
        return (
            document is not None
            and tensor is not None
            and self._scope.currentText() == TILE
            and document.selection.tile is not None
            and not tensor.refusal
            and not document.trace_note
        )

    def _show_reason(self) -> None:
        """Says why there is no data, or that some of it is missing."""
        document, tensor = self.document, self._tensor()
        reason, check = "", False
        if document is not None and tensor is not None and self._fit is None:
            reason, check = self._why_no_data(document, tensor)
        elif document is not None and document.trace_note and self._scope.currentText() == TILE:
            reason = f"Only the symbols before the fault are counted: {document.trace_note}."
        self._why.setText(reason)
        self._why.setVisible(bool(reason))
        self._check.setVisible(check)

    def _why_no_data(self, document: Document, tensor: Tensor) -> tuple[str, bool]:
        """A sentence, and whether the full check would help."""
        if tensor.refusal:
            return f"No symbol can be decoded to compare it with: {tensor.refusal}.", False
        if self._scope.currentText() == WHOLE:
            if document.report is not None:
                return "No stream of the tensor could be decoded.", False
            return "The symbols of the whole tensor are not counted yet; the full check does.", True
        tile = document.selection.tile
        if tile is None:
            return "Select a tile to compare the table with its symbols.", False
        if document.trace_note:
            return f"There are no symbols to count: {document.trace_note}.", False
        return f"Tile {tile:,} is being decoded.", False

    def _show_note(self, tensor: Tensor) -> None:
        """Says what is wrong with the table itself."""
        table, parts = tensor.table, []
        if table.sum != table.total:
            parts.append(f"The frequencies sum to {table.sum:,}, not to {table.total:,}")
        if table.fault and table.sum <= table.total:
            parts.append(table.fault[:1].upper() + table.fault[1:])
        self._note.setText(". ".join(parts))
        self._note.setVisible(bool(parts))

    def _show_axis(self) -> None:
        tensor = self._tensor()
        name = "residual" if tensor is None else coded_value(tensor)
        self._bars.set_bias(self._axis.currentIndex() == 1, name)

    # One symbol

    def _on_selection(self) -> None:
        """Marks the selected symbol, if one is selected."""
        symbol = self._selected_symbol()
        if symbol is not None:
            self._mark(symbol)
        if self._scope.currentText() == TILE:
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
        self._entry.setEnabled(marked)
        self._next.setEnabled(marked and self._tile_symbols()[0] is not None)

    def _show_symbol(self, hovered: int | None) -> None:
        """Tells the numbers of the symbol under the pointer, or else of the marked one."""
        symbol, tensor = (self._symbol if hovered is None else hovered), self._tensor()
        if tensor is None:
            return
        if symbol is None:
            text = "Point at a symbol, or click it, to see its numbers."
        else:
            text = self._symbol_text(tensor, symbol)
        self._readout.setText(text)

    def _symbol_text(self, tensor: Tensor, symbol: int) -> str:
        """A symbol in numbers."""
        table, fit = tensor.table, self._fit
        freq, start = int(table.frequencies[symbol]), int(table.starts[symbol])
        parts = [
            f"<b>symbol {symbol}</b>",
            f"{coded_value(tensor)} {symbol - BIAS}",
            f"frequency {freq:,}",
            f"start {start:,}",
            f"{table.bits[symbol]:.3f} bits" if freq else "∞ bits: cannot be coded",
        ]
        if fit is not None:
            lost = fit.lost_by(symbol)
            parts += [
                f"occurs {int(fit.counts[symbol]):,} times = {fit.slots[symbol]:,.2f} slots",
                f"best frequency {int(fit.best.frequencies[symbol]):,}",
                "loses ∞" if math.isinf(lost) else _gain_or_loss(lost),
            ]
        return " · ".join(parts)

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
        colours = theme.current()
        self._note.setStyleSheet(f"color: {colours.severities[Severity.ERROR].name()}")
        bars, line = (escape(colour.name()) for colour in colours.series[:2])
        self._legend.setText(
            f'<span style="color:{bars}">■</span> table <span style="color:{line}">▔</span> data'
        )
        self._costs.recolour()


def _scrolled(content: QWidget) -> QScrollArea:
    """An area that scrolls its content where there is too little room."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area


def _gain_or_loss(lost: float) -> str:
    word = "gains" if lost < 0 else "loses"
    return f"{word} {abs(lost):.4f} bits a weight"
