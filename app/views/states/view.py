"""The view: plots above, the steps as a table below, and ways to run from one step to the next.

Where the trace of another tile takes a moment, the old picture stays until it comes, so that a
click does not flicker; only if it takes longer the view says what it waits for.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer
from PySide6.QtGui import QFontDatabase, QFontMetrics, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QSpinBox,
    QSplitter,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.document import Document
from app.flow_layout import FlowLayout
from app.models.step_table import StepTable, next_row
from app.view import View
from app.views.states.plots import StepPlots
from app.views.states.series import Series, series_of
from codec.container import Tensor
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
        self._model = StepTable(self)
        self._plots = StepPlots()
        self._table = QTableView()
        self._note = QLabel()
        self._status = QLabel()
        self._step_box = QSpinBox()
        self._jumps: list[QToolButton] = []
        self._waiting = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._waiting.timeout.connect(self._say_why_empty)
        self._plots.chosen.connect(self._select_step)
        self._prepare_table()
        self._lay_out()
        self._show_selection()

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
        if trace is not self._model.trace:
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
        self._model.show(None, None, None)
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
        self._model.show(trace, tensor, tile)
        self._fit_columns()
        self._plots.show_series(self._series)
        with _silent(self._step_box):
            self._step_box.setRange(trace.first_step, trace.first_step + len(trace) - 1)

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
        row = self._selected_row()
        trace = self._model.trace
        for button in self._jumps:
            button.setEnabled(trace is not None)
        if trace is None or row is None:
            self._plots.show_step(None)
            with _silent(self._table.selectionModel()):
                self._table.clearSelection()
            self._status.setText("Select a step: click in a plot or in the table.")
            return
        step = int(trace["step"][row])
        self._plots.show_step(step)
        with _silent(self._step_box):
            self._step_box.setValue(step)
        if (
            self._table.currentIndex().row() != row
            or not self._table.selectionModel().hasSelection()
        ):
            self._make_current(row)
        self._status.setText(self._step_text(row))

    def _selected_row(self) -> int | None:
        """The row of the selected symbol; None where it is not in the trace shown."""
        document, trace = self.document, self._model.trace
        if document is None or trace is None or trace is not document.trace:
            return None
        symbol = document.selection.symbol
        return None if symbol is None else trace.row_of_symbol(symbol)

    def _make_current(self, row: int) -> None:
        index = self._model.index(row, max(self._table.currentIndex().column(), 0))
        with _silent(self._table.selectionModel()):
            self._table.selectionModel().setCurrentIndex(
                index,
                QItemSelectionModel.SelectionFlag.ClearAndSelect
                | QItemSelectionModel.SelectionFlag.Rows,
            )
        self._table.scrollTo(index)
        self._table.viewport().update()

    def _step_text(self, row: int) -> str:
        """The step in one sentence."""
        number = self._model.number
        size = number("bytes_read", row)
        taken = f"{size} byte{'s' if size > 1 else ''} taken from {number('position', row):,}"
        return (
            f"Step {number('step', row):,}: state {number('state_before', row):,} → "
            f"{number('state_after', row):,}, symbol {number('symbol', row)} (frequency "
            f"{number('freq', row):,}, {self._model.bits_text(row)} bits), "
            f"{taken if size else 'no byte taken'}"
        )

    # Selecting

    def _select_step(self, step: int) -> None:
        """Selects the symbol of a step, if it is in the trace shown."""
        document, trace = self.document, self._model.trace
        if document is None or trace is None or trace is not document.trace:
            return
        row, tile = step - trace.first_step, document.selection.tile
        if tile is not None and 0 <= row < len(trace):
            document.select_symbol(tile, int(trace["symbol_index"][row]))

    def _on_current_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        trace = self._model.trace
        if trace is not None and current.isValid():
            self._select_step(int(trace["step"][current.row()]))

    def _run(self, kind: str, forward: bool) -> None:
        """Selects the next row of a kind, or the one before."""
        series, trace = self._series, self._model.trace
        if series is None or trace is None:
            return
        rows = series.renormalising if kind == "renormalisation" else series.rare
        current = self._selected_row()
        start = current if current is not None else (-1 if forward else len(trace))
        row = next_row(rows, start, forward)
        if row is not None:
            self._select_step(int(trace["step"][row]))
            return
        where = "after" if forward else "before"
        self._status.setText(f"There is no {_NAMES[kind]} {where} this step in the trace.")

    # Made once

    def _prepare_table(self) -> None:
        table = self._table
        table.setModel(self._model)
        table.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        rows = table.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(QFontMetrics(table.font()).height() + 4)
        rows.hide()
        table.horizontalHeader().setHighlightSections(False)
        table.setAccessibleName("Steps")
        table.selectionModel().currentRowChanged.connect(self._on_current_row)

    def _fit_columns(self) -> None:
        """Sets widths by the largest values: Qt would measure the rows in sight only."""
        metrics = QFontMetrics(self._table.font())
        margin = metrics.horizontalAdvance("00")
        for column, text in enumerate(self._model.widest_texts()):
            self._table.setColumnWidth(column, metrics.horizontalAdvance(text) + margin)

    def _lay_out(self) -> None:
        controls = QWidget()
        flow = FlowLayout(controls)
        flow.setSpacing(4)
        for widget in self._controls():
            flow.addWidget(widget)
        for label in (self._note, self._status):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._note.hide()
        self._status.setToolTip("The selected step.")
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self._plots)
        split.addWidget(self._table)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        for widget in (controls, self._note, self._status):
            layout.addWidget(widget)
        layout.addWidget(split, 1)
        self._apply_colours()

    def _controls(self) -> list[QWidget]:
        step = QLabel("&Step")
        step.setBuddy(self._step_box)
        self._step_box.setKeyboardTracking(False)
        self._step_box.setGroupSeparatorShown(True)
        self._step_box.setToolTip("Go to a step by its number.")
        self._step_box.setAccessibleName("Step")
        self._step_box.valueChanged.connect(self._select_step)
        go, tip = self._run, "Select the {} renormalisation: the {} step that took bytes."
        rare = "Select the {} symbol of frequency 1: those cost the most bits."
        return [
            step,
            self._step_box,
            self._jump("◀ Renorm", tip.format("previous", "last"), "[",
                       lambda: go("renormalisation", False)),
            self._jump("Renorm ▶", tip.format("next", "next"), "]",
                       lambda: go("renormalisation", True)),
            self._jump("◀ Rare", rare.format("previous"), "{", lambda: go("rare", False)),
            self._jump("Rare ▶", rare.format("next"), "}", lambda: go("rare", True)),
            self._jump("All", "Show all steps.", "", self._plots.show_all),
            self._jump("Near", "Zoom in to the selected step.", "", self._plots.zoom_to_step),
        ]  # fmt: skip

    def _jump(self, text: str, tooltip: str, key: str, action: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(f"{tooltip} Key: {key}" if key else tooltip)
        button.clicked.connect(action)
        if key:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(action)
        self._jumps.append(button)
        return button

    def theme_changed(self) -> None:
        """Takes up the colours of the theme."""
        self._plots.recolour()
        self._apply_colours()
        super().theme_changed()

    def _apply_colours(self) -> None:
        warning = next(iter(theme.current().severities.values()))
        self._note.setStyleSheet(f"color: {warning.name()}")


_NAMES = {"renormalisation": "renormalisation", "rare": "symbol of frequency 1"}


class _silent:  # noqa: N801 - reads as a statement
    """Blocks the signals of an object for the length of a `with`."""

    def __init__(self, source: QSpinBox | QItemSelectionModel) -> None:
        self._source = source
        self._before = False

    def __enter__(self) -> None:
        self._before = self._source.blockSignals(True)

    def __exit__(self, *_exception: object) -> None:
        self._source.blockSignals(self._before)
