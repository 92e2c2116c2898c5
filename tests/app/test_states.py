"""States: plots that lose no extreme, a table straight on the trace, and one selection with both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton, QApplication, QSpinBox, QTableView, QToolButton

from app import theme
from app.models.envelope import Envelope
from app.models.step_table import COLUMNS, StepTable, next_row
from app.models.trace_figures import figures_of
from app.models.trace_series import series_of
from app.selection import Selection
from app.view import NO_DOCUMENT
from app.views.states import StatesView
from app.views.states.plots import StepPlots
from app.views.states.sentences import NO_TILE
from codec.trace import Trace
from tests.app.windows import on_screen

GAUSSIAN = "gaussian10_300x200_t64.batched"
BROKEN = "brokentable_1024x1024_t256.batched"


def take(document, trace):
    """Shows another trace, as if a worker had brought it."""
    tile = document.selection.tile
    document._decoding.tracing.take(figures_of(trace, document.tensor, tile))
    document.trace_changed.emit()


floats = st.floats(-1000, 1000, width=32)


# The envelope


@settings(deadline=None, derandomize=True)
@example(np.zeros(3, dtype=np.float32), -1, 0, 1)
@given(
    arrays(np.float32, st.integers(1, 700), elements=floats),
    st.integers(-5, 700),
    st.integers(0, 700),
    st.integers(1, 80),
)
def test_blocks_are_those_of_the_series(values, begin, length, most):
    blocks = Envelope(values).part(begin, begin + length, most)
    for i, centre in enumerate(blocks.centres):
        first = blocks.first + i * blocks.size
        block = values[first : first + blocks.size]
        assert centre == first + (blocks.size - 1) / 2
        assert (blocks.low[i], blocks.high[i]) == (block.min(), block.max())
        assert blocks.mean[i] == pytest.approx(block.astype(float).mean(), abs=1e-3)


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 5000), st.integers(0, 5000), st.integers(1, 5000), st.integers(8, 500))
def test_a_part_is_covered_by_few_blocks(count, begin, length, most):
    end = min(begin + length, count)
    blocks = Envelope(np.zeros(count)).part(begin, begin + length, most)
    if end <= begin:
        assert len(blocks.mean) <= 1
        return
    assert blocks.first <= begin
    assert blocks.first + len(blocks.mean) * blocks.size >= end
    assert len(blocks.mean) <= most + 2
    assert blocks.size == 1 or len(blocks.mean) >= min(most / 4, end - begin)


def test_an_envelope_knows_its_extremes():
    values = np.random.default_rng(1).normal(size=12345).astype(np.float32)
    envelope = Envelope(values)
    assert (envelope.least, envelope.most) == (values.min(), values.max())
    assert (Envelope(np.zeros(0)).least, Envelope(np.zeros(0)).most) == (0, 0)


# The series


def test_series_of_a_trace(open_legacy, settle):
    document = open_legacy(GAUSSIAN)
    document.select_tile(2)
    settle()
    trace, tensor = document.trace, document.tensor
    record = tensor.tiles[2]
    unread = int(record["offset"] + record["size"]) - 5
    series = series_of(trace, tensor.coder, unread)
    for row in (0, 1, 77, 4095):
        before, freq = int(trace["state_before"][row]), int(trace["freq"][row])
        slot, start = int(trace["slot"][row]), int(trace["start"][row])
        assert series.state.values[row] == pytest.approx(np.log2(before), rel=1e-6)
        assert series.bits.values[row] == pytest.approx(12 - np.log2(freq), abs=1e-5)
        assert series.consumed.values[row] == trace["bytes_read"][:row].sum()
        reduced = freq * (before >> 12) + slot - start
        assert series.reduced(np.array([row]))[0] == pytest.approx(np.log2(reduced), rel=1e-6)
    assert series.renormalising.tolist() == np.flatnonzero(trace["bytes_read"]).tolist()
    assert series.rare.tolist() == np.flatnonzero(trace["freq"] == 1).tolist()


# The table of steps


def table_of(document) -> StepTable:
    model = StepTable()
    model.show(document.trace, document.tensor, document.selection.tile)
    return model


def cells(model, row):
    return {column.title: model.index(row, i).data() for i, column in enumerate(COLUMNS)}


def test_a_row_is_a_step(open_legacy, settle):
    document = open_legacy(GAUSSIAN)
    document.select_tile(4)
    settle()
    trace, model = document.trace, table_of(document)
    assert model.rowCount() == 4096
    for row in (0, 64, 100, 4095):
        step = {name: int(column[row]) for name, column in trace.columns.items()}
        shown = cells(model, row)
        assert shown["step"] == f"{row:,}"
        assert shown["symbol at"].removeprefix("↵ ") == f"{row:,}"
        assert shown["symbol at"].startswith("↵") == (row % 64 == 0)
        assert (shown["row"], shown["col"]) == (f"{row // 64}", f"{row % 64}")
        assert shown["state before"] == f"{step['state_before']:,}"
        assert int(shown["hex"], 16) == step["state_before"]
        assert int(shown["hex"][-3:], 16) == step["slot"]
        assert float(shown["bits"]) == pytest.approx(12 - np.log2(step["freq"]), abs=6e-4)
        for title, name in (
            ("slot", "slot"), ("symbol", "symbol"), ("freq", "freq"), ("start", "start"),
            ("state after", "state_after"), ("position", "position"), ("bytes", "bytes_read"),
        ):  # fmt: skip
            assert shown[title] == f"{step[name]:,}"


def test_the_model_keeps_qts_rules(open_legacy, settle):
    document = open_legacy(GAUSSIAN)
    document.select_tile(4)
    settle()
    model = StepTable()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.show(document.trace, document.tensor, 4)
    model.show(None, None, None)
    assert (model.rowCount(), model.columnCount()) == (0, len(COLUMNS))
    assert model.data(QModelIndex()) is None
    del tester


def test_columns_explain_themselves():
    model = StepTable()
    for column in range(model.columnCount()):
        tip = model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        assert tip.endswith(".")
        assert model.headerData(column, Qt.Orientation.Horizontal)


def test_no_cell_is_wider_than_the_widest_text(open_legacy, settle):
    document = open_legacy(GAUSSIAN)
    document.select_tile(4)
    settle()
    model = table_of(document)
    widest = model.widest_texts()
    for row in range(0, model.rowCount(), 5):
        for column in range(model.columnCount()):
            assert len(model.index(row, column).data()) <= len(widest[column])


@pytest.mark.parametrize(
    ("current", "forward", "found"),
    [(0, True, 3), (3, True, 7), (7, True, None), (-1, True, 3), (3, False, None), (8, False, 7)],
)
def test_next_row(current, forward, found):
    assert next_row(np.array([3, 7]), current, forward) == found


# The view


@pytest.fixture
def view(qtbot):
    return on_screen(qtbot, StatesView(), 500, 480)


@pytest.fixture
def shown(view, open_legacy, settle):
    """The view of a document of which tile 5 is selected."""
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    document.select_tile(5)
    settle()
    return view, document


def current_row(view):
    return view.findChild(QTableView).currentIndex().row()


def button(view, text):
    return next(b for b in view.findChildren(QToolButton) if b.text() == text)


def test_it_says_why_it_is_empty(view, open_legacy, settle):
    assert view.empty_text == NO_DOCUMENT
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    assert view.empty_text == NO_TILE
    broken = open_legacy(BROKEN)
    view.set_document(broken)
    broken.select_tile(3)
    settle()
    assert "sum to 7,938" in view.empty_text
    view.set_document(None)
    assert view.empty_text == NO_DOCUMENT


def test_a_file_without_tensors_is_empty(view, open_legacy, tmp_path):
    cut = tmp_path / "cut.batched"
    cut.write_bytes((open_legacy(GAUSSIAN).path).read_bytes()[:100])
    view.set_document(open_legacy(cut))
    assert "No tensor was found" in view.empty_text


def test_a_selected_tile_shows_its_trace(shown):
    view, document = shown
    assert view.empty_text == ""
    table = view.findChild(QTableView)
    assert table.model().rowCount() == len(document.trace) == 4096
    assert view._controls.box.maximum() == 4095


def test_a_selected_symbol_is_the_current_row(shown, settle):
    view, document = shown
    document.select_symbol(5, 1234)
    assert current_row(view) == 1234
    assert view._controls.box.value() == 1234
    document.select_symbol(6, 99)
    settle()
    assert current_row(view) == 99


def test_showing_a_selection_selects_nothing(shown):
    view, document = shown
    told: list[Selection] = []
    document.selection_changed.connect(told.append)
    document.select_symbol(5, 1234)
    assert len(told) == 1
    assert current_row(view) == 1234


def test_a_chosen_row_is_selected(shown):
    view, document = shown
    table = view.findChild(QTableView)
    table.setCurrentIndex(table.model().index(77, 3))
    assert (document.selection.tile, document.selection.symbol) == (5, 77)
    assert document.selection.span == document.trace.bytes_of_row(77)


def test_arrow_keys_in_the_table_move_the_selection(shown, qtbot):
    view, document = shown
    document.select_symbol(5, 50)
    qtbot.keyClick(view.findChild(QTableView), Qt.Key.Key_Down)
    assert document.selection.symbol == 51


def test_a_click_in_a_plot_selects_the_step(shown, qtbot):
    view, document = shown
    plots = view.findChild(StepPlots)
    track = plots._bits
    QApplication.processEvents()
    centre = QPoint(track.viewport().width() // 2, track.viewport().height() // 2)
    qtbot.mouseClick(track.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    place = track.box.mapSceneToView(track.mapToScene(centre)).x()
    assert document.selection.symbol == round(place)


def test_keys_in_the_plots_move_the_selection(shown, qtbot):
    view, document = shown
    plots = view.findChild(StepPlots)
    document.select_symbol(5, 50)
    for key, symbol in (
        (Qt.Key.Key_Right, 51), (Qt.Key.Key_Left, 50), (Qt.Key.Key_End, 4095),
        (Qt.Key.Key_Right, 4095), (Qt.Key.Key_Home, 0), (Qt.Key.Key_PageDown, 409),
    ):  # fmt: skip
        qtbot.keyClick(plots, key)
        assert document.selection.symbol == symbol


def test_zooming_keeps_the_cursor_in_sight(shown, qtbot):
    view, document = shown
    plots = view.findChild(StepPlots)
    document.select_symbol(5, 4000)
    qtbot.keyClick(plots, Qt.Key.Key_Plus)
    qtbot.keyClick(plots, Qt.Key.Key_Plus)
    begin, end = plots.visible_steps
    assert begin <= 4000 <= end
    assert end - begin < 1100
    document.select_symbol(5, 10)
    begin, end = plots.visible_steps
    assert begin <= 10 <= end
    qtbot.keyClick(plots, Qt.Key.Key_0)
    assert plots.visible_steps == (-0.5, 4095.5)
    button(view, "Near").click()
    begin, end = plots.visible_steps
    assert begin <= 10 <= end < 300


def test_the_box_goes_to_a_step(shown):
    view, document = shown
    view._controls.box.setValue(321)
    assert document.selection.symbol == 321


def test_running_to_the_next_renormalisation(shown):
    view, document = shown
    rows = np.flatnonzero(document.trace["bytes_read"])
    button(view, "Renorm ▶").click()
    assert document.selection.symbol == rows[0]
    button(view, "Renorm ▶").click()
    assert document.selection.symbol == rows[1]
    button(view, "◀ Renorm").click()
    assert document.selection.symbol == rows[0]


def test_running_to_the_next_rare_symbol(shown):
    view, document = shown
    rows = np.flatnonzero(document.trace["freq"] == 1)
    assert len(rows)
    document.select_symbol(5, int(rows[-1]))
    button(view, "Rare ▶").click()
    assert document.selection.symbol == rows[-1]
    assert "no symbol of frequency 1 after" in view._status.text()
    if len(rows) > 1:
        button(view, "◀ Rare").click()
        assert document.selection.symbol == rows[-2]


@pytest.mark.parametrize(
    ("key", "column", "value"),
    [(Qt.Key.Key_BracketRight, "bytes_read", 1), (Qt.Key.Key_BraceRight, "freq", 1)],
)
def test_running_by_key(shown, qtbot, key, column, value):
    view, document = shown
    view.activateWindow()
    plots = view.findChild(StepPlots)
    plots.setFocus()
    qtbot.waitUntil(plots.hasFocus)
    qtbot.keyClick(plots, key)
    row = document.selection.symbol
    assert document.trace[column][row] >= value
    assert not (document.trace[column][:row] == value).any()


def test_another_tile_takes_the_place_of_the_trace(shown, settle):
    view, document = shown
    before = document.trace
    document.select_tile(6)
    view._select_step(10)  # the old picture is still there, but leads nowhere
    assert document.selection.symbol is None
    settle()
    assert document.trace is not before
    assert view.findChild(QTableView).model().trace is document.trace


def test_a_hidden_view_catches_up(shown, settle):
    view, document = shown
    view.hide()
    document.select_symbol(7, 12)
    settle()
    view.show()
    assert view.findChild(QTableView).model().trace is document.trace
    assert current_row(view) == 12


def test_a_window_and_an_early_end_are_told(shown):
    view, document = shown
    trace = document.trace
    columns = {name: column[100:200] for name, column in trace.columns.items()}
    take(document, replace(trace, columns=columns))
    assert "Steps 100 to 199 of 4,096" in view._note.text()
    assert view._controls.box.minimum() == 100
    document.select_symbol(5, 150)
    assert current_row(view) == 50
    columns = {name: column[:30] for name, column in trace.columns.items()}
    take(document, Trace(columns, trace.streams, "runs out of bytes at step 30"))
    assert "ends early: runs out of bytes at step 30" in view._note.text()


def test_a_state_outside_the_band_stays_in_sight(shown):
    view, document = shown
    columns = {name: column.copy() for name, column in document.trace.columns.items()}
    columns["state_before"][9] = 3
    take(document, replace(document.trace, columns=columns))
    low, _ = view.findChild(StepPlots)._state.box.viewRange()[1]
    assert low < np.log2(3)


@pytest.mark.parametrize("choice", [theme.Choice.DARK, theme.Choice.LIGHT])
def test_it_takes_up_the_colours(shown, choice):
    view, document = shown
    document.select_symbol(5, 5)
    theme.choose(choice)
    colour = view.grab().toImage().pixelColor(250, 100)
    theme.choose(theme.Choice.SYSTEM)
    assert (colour.lightness() < 128) == (choice is theme.Choice.DARK)


def test_every_control_has_a_tooltip(view):
    kinds = (QAbstractButton, QSpinBox, StepPlots)
    controls = [c for kind in kinds for c in view.findChildren(kind) if c.isVisibleTo(view)]
    assert len(controls) == 8
    assert [control for control in controls if not control.toolTip()] == []


def test_it_is_no_wider_than_a_narrow_panel(shown):
    view, _ = shown
    assert view.minimumSizeHint().width() <= 250
