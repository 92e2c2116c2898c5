"""Divergence: two traces step by step, what their first difference means, and the tie to the selection."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton

from app import theme
from app.models.divergence_curves import state_curve
from app.models.divergence_frames import FramePairTable, differing_fields
from app.models.divergence_pairs import COMPARED, LEFT, NO_ROW, RIGHT, pair_steps
from app.models.divergence_reading import agreement, sentence
from app.models.divergence_steps import NAMES, StepPairTable
from app.selection import Selection
from app.view import NO_DOCUMENT
from app.views.divergence import DivergenceView
from app.views.divergence.sentences import NO_TILE
from app.views.divergence.tables import PairTable
from codec import decoders
from codec.comparison.comparison import compare
from codec.comparison.divergence import Divergence, first_divergence
from codec.comparison.output import Output, SideKind
from codec.comparison.side import Side
from codec.formats import open_file
from codec.rans import LEGACY
from codec.trace import Trace, empty_columns
from tests.app.comparing_fake import open_compared
from tests.app.conftest import LEGACY as FILES
from tests.app.native import PLAIN_TILE, small_lanes
from tests.app.windows import on_screen

GAUSSIAN = FILES / "gaussian10_300x200_t64.batched"
TILE = 3


def changed(trace: Trace, row: int, **values: int) -> Trace:
    """The trace with other values in one row."""
    columns = {name: column.copy() for name, column in trace.columns.items()}
    for name, value in values.items():
        columns[name][row] = value
    return replace(trace, columns=columns)


def parting(left: Trace, right: Trace) -> Divergence:
    found = first_divergence(left, right)
    assert found is not None
    return found


def part(trace: Trace, begin: int, end: int, stopped: str = "") -> Trace:
    columns = {name: column[begin:end] for name, column in trace.columns.items()}
    return replace(trace, columns=columns, stopped=stopped)


@pytest.fixture(scope="module")
def trace() -> Trace:
    container = open_file(str(GAUSSIAN))
    return decoders.make("reference").trace(container, container.tensors[0], TILE)


# Pairs


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_steps_are_paired_by_their_number(begin, count, other_begin, other_count):
    def steps(first, number):
        columns = empty_columns(number)
        columns["step"][:] = np.arange(first, first + number)
        return Trace(columns, ())

    left, right = steps(begin, count), steps(other_begin, other_count)
    pairs = pair_steps(left, right)
    expected = sorted(
        {*range(begin, begin + count), *range(other_begin, other_begin + other_count)}
    )
    assert [pairs.step(pair) for pair in range(len(pairs))] == expected
    for pair, step in enumerate(expected):
        for side, trace in ((LEFT, left), (RIGHT, right)):
            row = pairs.row(pair, side)
            assert (row is not None) == (step in trace["step"])
            assert row is None or trace["step"][row] == step
    assert pairs.shared == len(set(left["step"].tolist()) & set(right["step"].tolist()))
    assert not len(pairs.differing)


@settings(deadline=None, derandomize=True)
@given(st.sets(st.integers(0, 99)), st.sampled_from(COMPARED))
def test_every_change_is_a_difference(trace, rows, name):
    left, right = part(trace, 0, 100), part(trace, 0, 100)
    for row in rows:
        right = changed(right, row, **{name: int(right[name][row]) ^ 1})
    pairs = pair_steps(left, right)
    assert pairs.differing.tolist() == sorted(rows)
    assert all(pairs.differs(row, name) for row in rows)


def test_steps_out_of_order_are_paired_all_the_same(trace):
    order = np.random.default_rng(3).permutation(100)
    left = part(trace, 0, 100)
    right = replace(left, columns={name: column[order] for name, column in left.columns.items()})
    assert len(pair_steps(left, right).differing) == 0


def test_a_stream_that_stopped_differs_behind_its_end(trace):
    pairs = pair_steps(part(trace, 0, 100), part(trace, 0, 60, "runs out of bytes"))
    assert pairs.differing.tolist() == list(range(60, 100))
    assert pairs.rows[RIGHT][60] == NO_ROW
    assert len(pair_steps(part(trace, 0, 100), part(trace, 0, 60)).differing) == 0
    nothing = pair_steps(part(trace, 0, 0, "its state is out of range"), part(trace, 0, 60))
    assert len(nothing.differing) == 60


def test_pairs_of_windows(trace):
    pairs = pair_steps(part(trace, 0, 100), part(trace, 50, 200))
    assert (len(pairs), pairs.shared) == (200, 50)
    assert pairs.find(0, 99) == 99
    assert pairs.find(0, 4000) is None
    assert pairs.pair_of_symbol(150, RIGHT) == 150
    assert pairs.pair_of_symbol(150, LEFT) is None


# The table of steps


def test_a_step_is_two_rows(trace):
    model = StepPairTable()
    other = changed(trace, 7, slot=1, symbol=2)
    model.show(pair_steps(trace, other))
    assert model.rowCount() == 2 * len(trace)
    for name in NAMES[1:]:
        column = NAMES.index(name)
        texts = [model.index(row, column).data() for row in (14, 15)]
        assert texts == [f"{t[name][7]:,}" for t in (trace, other)]
        bold = model.index(14, column).data(Qt.ItemDataRole.FontRole)
        assert (bold is not None) == (name in ("slot", "symbol"))
    tip = model.index(15, NAMES.index("slot")).data(Qt.ItemDataRole.ToolTipRole)
    assert f"right - left = {1 - int(trace['slot'][7]):+,}" in tip
    head = model.headerData(15, Qt.Orientation.Vertical)
    assert head == "7 right"
    assert (model.pair_of(15), model.side_of(15), model.row_of(7, RIGHT)) == (7, RIGHT, 15)


def test_a_single_pair_can_be_shown(trace):
    model = StepPairTable()
    model.show(pair_steps(trace, part(trace, 0, 5)), only=9)
    assert model.rowCount() == 2
    slot = NAMES.index("slot")
    assert [model.index(row, slot).data() for row in (0, 1)] == [f"{trace['slot'][9]:,}", "–"]
    assert model.pair_of(1) == 9


def test_the_models_keep_qts_rules(trace, qapp):
    modes = QAbstractItemModelTester.FailureReportingMode
    model, frames = StepPairTable(), FramePairTable()
    testers = [QAbstractItemModelTester(each, modes.Warning) for each in (model, frames)]
    model.show(pair_steps(trace, trace))
    frames.show(trace.streams[0], None)
    assert [frames.index(1, column).data() for column in range(3)] == ["–"] * 3
    model.show(None)
    assert model.rowCount() == 0
    assert model.data(QModelIndex()) is None
    del testers


def test_no_cell_is_wider_than_the_widest_text(trace):
    model = StepPairTable()
    model.show(pair_steps(trace, changed(trace, 7, state_after=(1 << 32) - 1)))
    widest = model.widest_texts()
    for row in range(0, model.rowCount(), 17):
        for column in range(model.columnCount()):
            assert len(model.index(row, column).data()) <= len(widest[column])


def test_fields_of_frames_that_differ_are_marked(trace):
    left = trace.streams[0]
    table = left.frequencies.copy()
    table[0] += 1
    right = replace(left, initial_state=5, frequencies=table)
    assert differing_fields(left, right) == ("initial_state", "frequencies")
    model = FramePairTable()
    model.show(left, right)
    marked = [
        model.headerData(column, Qt.Orientation.Horizontal)
        for column in range(model.columnCount())
        if model.index(0, column).data(Qt.ItemDataRole.FontRole) is not None
    ]
    assert marked == ["initial state", "table"]


def test_a_curve_is_that_of_its_lane():
    columns = empty_columns(8)
    columns["step"][:] = np.arange(8)
    columns["lane"][:] = np.arange(8) % 2
    columns["state_before"][:] = 1 << np.arange(8)
    curve = state_curve(Trace(columns, ()), 0, 1)
    assert curve.steps.tolist() == [1, 3, 5, 7]
    assert curve.states.values.tolist() == [1, 3, 5, 7]
    steps, blocks = curve.part(3, 6, 100)
    assert (steps.tolist(), blocks.mean.tolist()) == ([1, 3, 5, 7][0:4], [1, 3, 5, 7])


# What it means


READINGS = [
    ({"state_before": 1 << 24}, 0, "the initial state"),
    ({"state_before": 1 << 24}, 9, "changed between two steps"),
    ({"slot": 1, "symbol": 3}, 9, "lowest 12 bits"),
    ({"symbol": 3}, 9, "search for the slot's owner differs"),
    ({"freq": 3}, 9, "the symbol was equal"),
    ({"position": 3, "state_after": 9}, 9, "from another place"),
    ({"symbol_index": 3}, 9, "in another order"),
]


@pytest.mark.parametrize(("values", "row", "meaning"), READINGS)
def test_the_first_column_that_differs_names_the_part(trace, values, row, meaning):
    divergence = parting(trace, changed(trace, row, **values))
    assert (divergence.tile, divergence.step) == (TILE, row)
    told = sentence(divergence, LEGACY)
    assert told.startswith(f"Tile 3, step {row}: ")
    assert meaning in told


def test_arithmetic_is_told_from_renormalisation(trace):
    row = int(np.flatnonzero(trace["bytes_read"] == 1)[5])
    after = int(trace["state_after"][row])
    for other, read, meaning in (
        (after ^ 3, 1, "other bytes came in"),
        (after + 4096, 1, "the right side did not compute"),
        (after >> 8, 0, "the renormalisation differs"),
    ):
        right = changed(trace, row, state_after=other, bytes_read=read)
        assert meaning in sentence(parting(trace, right), LEGACY)


def test_other_tables_are_named(trace):
    frame = trace.streams[0]
    table = frame.frequencies.copy()
    table[[0, 1]] += [1, -1]
    right = replace(trace, streams=(replace(frame, frequencies=table),))
    told = sentence(parting(trace, right), LEGACY)
    assert "before the first step: table differs" in told
    known = Divergence(TILE, 0, 9, 9, 9, ("symbol",), trace, changed(right, 9, symbol=1))
    assert "the frequency tables differ" in sentence(known, LEGACY)
    unknown = Divergence(TILE, 0, 9, 9, 9, ("symbol",), trace, replace(right, streams=()))
    assert "the table or the search" in sentence(unknown, LEGACY)


def test_streams_of_two_files_are_not_called_misread(trace):
    frame = replace(trace.streams[0], initial_state=5, lane_states=(5,))
    divergence = parting(trace, replace(trace, streams=(frame,)))
    assert "read from another place" in sentence(divergence, LEGACY)
    told = sentence(divergence, LEGACY, two_files=True)
    assert "initial state differs: the files hold other streams" in told


def test_the_end_of_one_side_is_told(trace):
    right = part(trace, 0, 60, "the stream runs out of bytes")
    told = sentence(parting(trace, right), LEGACY)
    assert told.startswith("Tile 3, step 60: only the left side goes on")
    assert "runs out of bytes" in told


@pytest.mark.parametrize(
    ("steps", "differing", "told"),
    [
        (4096, 0, "agree in all 4,096 steps."),
        (4096, 12, "the mistake comes after the symbols"),
        (100, 12, "see the steps that only one side has"),
        (0, 0, "no step in common"),
    ],
)
def test_agreement_says_what_it_means(trace, steps, differing, told):
    assert told in agreement(trace, part(trace, 0, max(steps, 1)), TILE, steps, differing)


# The view


@pytest.fixture
def view(qtbot):
    return on_screen(qtbot, DivergenceView(), 700, 600)


@pytest.fixture
def compared(jobs):
    document, comparing = open_compared(GAUSSIAN, jobs)
    yield document, comparing
    document.close()


@pytest.fixture
def shown(view, compared, trace, settle):
    """The view of a document of which tile 3 is selected, its sides parting at step 1,204."""
    document, comparing = compared
    comparing.left = Side(SideKind.DECODER, "cpu")
    comparing.right = Side(SideKind.DECODER, "/somewhere/mine.py")
    view.set_document(document)
    document.select_tile(TILE)
    settle()
    other = trace
    for row in (1204, 1300):
        other = changed(other, row, slot=1, symbol=3)
    tell(comparing, trace, other)
    return view, document, comparing


def tell(comparing, left, right):
    comparing.tell(traces=(left, right), divergence=first_divergence(left, right))


def steps_of(view) -> PairTable:
    table = view._body.steps.list
    assert isinstance(table, PairTable)
    return table


def current(view) -> tuple[int, int]:
    return divmod(steps_of(view).currentIndex().row(), 2)


def button(view, text):
    return next(b for b in view.findChildren(QAbstractButton) if b.text() == text)


def test_it_says_why_it_is_empty(view, compared):
    document, comparing = compared
    assert view.empty_text == NO_DOCUMENT
    comparing.note = "Choose what to compare."
    view.set_document(document)
    assert view.empty_text == "Choose what to compare."
    comparing.tell(left=Side(SideKind.DECODER, "cpu"), right=Side(SideKind.DUMP, "/a/b.npy"))
    assert view.empty_text == ""
    assert view._said.text() == NO_TILE


def test_it_asks_only_while_it_is_seen(qtbot, compared):
    document, comparing = compared
    view = DivergenceView()
    qtbot.addWidget(view)
    view.set_document(document)
    document.select_tile(2)
    assert ("want_traces",) not in comparing.asked
    view.show()
    assert ("want_traces",) in comparing.asked


def test_why_there_is_no_trace_comes_with_a_remedy(view, compared, qtbot):
    document, comparing = compared
    comparing.left = Side(SideKind.CAPTURE, "/a/card.rscap")
    comparing.right = Side(SideKind.DUMP, "/a/b.npy")
    view.set_document(document)
    document.select_tile(2)
    qtbot.waitUntil(lambda: "being computed by both sides" in view._said.text())
    comparing.tell(trace_notes=("it holds no trace of tile 2", "a dump has no steps"))
    left, right = view._said.text().splitlines()
    assert left.startswith("Left side, card.rscap: It holds no trace of tile 2.")
    assert "--trace 2" in left
    assert "Put the decoder that wrote it on this side" in right
    comparing.tell(trace_notes=("this tile is stored raw", "this tile is stored raw"))
    assert view._said.text() == "This tile is stored raw."


def test_it_names_the_step_and_marks_it(shown):
    view, _, _ = shown
    assert view._said.text().startswith("Tile 3, step 1,204: slot and symbol differ")
    parting = view._body.steps.parting
    assert not parting.isHidden()
    assert parting.model().headerData(0, Qt.Orientation.Vertical) == "1,204 left"
    assert view._body.plot._parting.isVisible()
    assert view._body.plot._parting.value() == 1203.5
    assert view._body.steps.frames.isHidden()


def test_without_a_selected_symbol_the_parting_is_in_sight(shown, qtbot):
    view, document, _ = shown
    assert document.selection.symbol is None
    table = steps_of(view)
    middle = table.indexAt(QPoint(20, table.viewport().height() // 2)).row() // 2
    assert abs(middle - 1204) < 5


def test_running_from_difference_to_difference(shown):
    view, document, _ = shown
    button(view, "Differs ▶").click()
    assert (document.selection.symbol, current(view)) == (1204, (1204, 0))
    button(view, "Differs ▶").click()
    assert document.selection.symbol == 1300
    button(view, "Differs ▶").click()
    assert "No step after this one differs" in view._note.text()
    button(view, "◀ Differs").click()
    assert document.selection.symbol == 1204


def test_the_step_of_a_selected_symbol_is_the_current_row(shown):
    view, document, _ = shown
    told: list[Selection] = []
    document.selection_changed.connect(told.append)
    document.select_symbol(TILE, 77)
    assert current(view) == (77, 0)
    assert view._body.plot._cursor.value() == 77
    assert len(told) == 1


def test_a_chosen_row_is_selected_and_stays_on_its_side(shown, qtbot):
    view, document, _ = shown
    table = steps_of(view)
    table.setCurrentIndex(table.model().index(2 * 50 + 1, NAMES.index("slot")))
    assert document.selection.symbol == 50
    assert current(view) == (50, 1)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert (document.selection.symbol, current(view)) == (51, (51, 0))


def test_keys_and_clicks_in_the_plot_move_the_selection(shown, qtbot):
    view, document, _ = shown
    document.select_symbol(TILE, 50)
    for key, symbol in (
        (Qt.Key.Key_Right, 51), (Qt.Key.Key_Left, 50), (Qt.Key.Key_End, 4095), (Qt.Key.Key_Home, 0),
    ):  # fmt: skip
        qtbot.keyClick(view._body.plot, key)
        assert document.selection.symbol == symbol
    qtbot.keyClick(view._body.plot, Qt.Key.Key_Plus)
    begin, end = view._body.plot.visible_steps
    assert end - begin < 2100
    qtbot.keyClick(view._body.plot, Qt.Key.Key_0)
    assert view._body.plot.visible_steps == (-0.5, 4095.5)
    view._body.plot.box.chosen.emit(1000.2)
    assert document.selection.symbol == 1000


@pytest.mark.parametrize(("key", "symbol"), [(Qt.Key.Key_BracketRight, 1204), (Qt.Key.Key_D, 1204)])
def test_keys_go_to_differences(shown, qtbot, key, symbol):
    view, document, _ = shown
    view.activateWindow()
    steps_of(view).setFocus()
    qtbot.waitUntil(steps_of(view).hasFocus)
    qtbot.keyClick(steps_of(view), key)
    assert document.selection.symbol == symbol


def test_copied_rows_say_whose_they_are(shown, qtbot, trace):
    view, document, _ = shown
    view.activateWindow()
    steps_of(view).setFocus()
    qtbot.waitUntil(steps_of(view).hasFocus)
    document.select_symbol(TILE, 1204)
    cells = view.copy_text().split("\t")
    assert cells[:3] == ["1,204 left", "1,204", f"{trace['state_before'][1204]:,}"]
    assert len(cells) == 10


def test_jumps_lead_to_other_panels(shown, qtbot, trace):
    view, document, comparing = shown
    wanted: list[str] = []
    view.panel_wanted.connect(wanted.append)
    row = int(np.flatnonzero(trace["bytes_read"])[9])
    document.select_symbol(TILE, row)
    for name in ("States", "Weights", "Bytes"):
        button(view, name).click()
    assert wanted == ["States", "Weights", "Bytes"]
    assert document.selection.span == trace.bytes_of_row(row)
    moved = changed(comparing.traces[RIGHT], row, position=int(trace["position"][row]) - 5)
    tell(comparing, trace, moved)
    table = steps_of(view)
    table.setCurrentIndex(table.model().index(2 * row + 1, NAMES.index("slot")))
    button(view, "Bytes").click()
    assert document.selection.span[0] == trace.bytes_of_row(row)[0] - 5


def test_bytes_of_another_file_are_not_looked_for_in_this_one(shown, trace):
    view, document, comparing = shown
    comparing.right = Side(SideKind.FILE, "/a/other.batched")
    row = int(np.flatnonzero(trace["bytes_read"])[9])
    tell(comparing, trace, changed(trace, row, position=11, state_after=3))
    button(view, "Parting").click()
    view._select(row, RIGHT)
    button(view, "Bytes").click()
    assert document.selection.symbol == row
    assert document.selection.span == trace.bytes_of_row(row)


def test_a_start_apart_shows_both_frames(shown, trace):
    view, _, comparing = shown
    frame = trace.streams[0]
    right = replace(trace, streams=(replace(frame, initial_state=1 << 24),))
    tell(comparing, trace, changed(right, 0, state_before=1 << 24))
    assert "before the first step: initial state differs" in view._said.text()
    assert not view._body.steps.frames.isHidden()
    button(view, "Parting").click()
    assert current(view)[0] == 0


def test_agreeing_traces_say_where_else_to_look(shown, trace):
    view, document, comparing = shown
    tensor = document.tensor
    left = decoders.make("cpu").decode(document.container, tensor)
    wrong = left.weights.copy()
    wrong[0:64, 192:] ^= 1
    right = Output("b", SideKind.DECODER, wrong)
    comparison = compare(tensor, Output("a", SideKind.DECODER, left.weights), right)
    comparing.tell(comparison=comparison)
    tell(comparing, trace, trace)
    assert "the mistake comes after the symbols" in view._said.text()
    assert view._body.steps.parting.isHidden()
    assert not button(view, "Parting").isEnabled()


def test_the_first_tile_that_differs_is_found(shown):
    view, document, comparing = shown
    tensor = document.tensor
    weights = decoders.make("cpu").decode(document.container, tensor).weights
    wrong = weights.copy()
    place = tensor.rectangle(7)
    wrong[place.row, place.col] ^= 1
    assert not button(view, "First tile").isEnabled()
    left = Output("a", SideKind.DECODER, weights)
    comparing.tell(comparison=compare(tensor, left, Output("b", SideKind.DECODER, wrong)))
    button(view, "First tile").click()
    assert document.selection.tile == 7
    comparing.tell(comparison=compare(tensor, left, left))
    button(view, "First tile").click()
    assert "equal in every weight" in view._note.text()
    assert document.selection.tile == 7


def test_traces_of_another_tile_take_their_place(shown, settle):
    view, document, comparing = shown
    document.select_tile(5)
    comparing.traces, comparing.divergence = (None, None), None
    comparing.traces_changed.emit()
    view._select(10, LEFT)  # the old picture is still there, but leads nowhere
    assert document.selection.symbol is None
    tensor = document.container.tensors[0]
    other = decoders.make("reference").trace(document.container, tensor, 5)
    tell(comparing, other, other)
    assert "Tile 5: both sides agree in all" in view._said.text()


def test_a_hidden_view_catches_up(shown, trace):
    view, _, comparing = shown
    view.hide()
    tell(comparing, trace, changed(trace, 8, slot=1))
    assert "step 1,204" in view._said.text()
    view.show()
    assert "step 8" in view._said.text()


def test_lanes_have_a_curve_each(view, jobs, tmp_path, settle):
    path = tmp_path / "lanes.rsc"
    path.write_bytes(small_lanes())
    document, comparing = open_compared(path, jobs)
    comparing.left = comparing.right = Side(SideKind.DECODER, "cpu")
    view.set_document(document)
    document.select_tile(PLAIN_TILE)
    settle()
    tensor = document.container.tensors[0]
    one = decoders.make("cpu").trace(document.container, tensor, PLAIN_TILE)
    lanes = int(one["lane"].max()) + 1
    assert lanes > 1
    row = int(np.flatnonzero(one["lane"] == 1)[2])
    tell(comparing, one, changed(one, row, slot=1))
    assert view._body.lane == (0, 1)
    curve = view._body.plot._curves[LEFT]
    assert len(curve) == int((one["lane"] == 1).sum())
    assert not steps_of(view).isColumnHidden(NAMES.index("lane"))
    document.close()


@pytest.mark.parametrize("choice", [theme.Choice.DARK, theme.Choice.LIGHT])
def test_it_takes_up_the_colours(shown, choice):
    view, _, _ = shown
    theme.choose(choice)
    colour = view._body.plot._plot.backgroundBrush().color()
    theme.choose(theme.Choice.SYSTEM)
    assert (colour.lightness() < 128) == (choice is theme.Choice.DARK)


def test_every_control_has_a_tooltip(shown):
    view, _, _ = shown
    controls = [b for b in view.findChildren(QAbstractButton) if b.isVisibleTo(view) and b.text()]
    assert len(controls) == 7
    assert [control.text() for control in controls if not control.toolTip()] == []


def test_it_is_no_wider_than_a_narrow_panel(shown):
    view, _, _ = shown
    assert view.minimumSizeHint().width() <= 250


def test_a_capture_that_cannot_be_read_need_not_be_captured_with_more(view, compared, qtbot):
    document, comparing = compared
    comparing.left = Side(SideKind.DECODER, "cpu")
    comparing.right = Side(SideKind.CAPTURE, "/a/card.rscap")
    view.set_document(document)
    document.select_tile(2)
    comparing.tell(note="It is cut short.", trace_notes=("", "card.rscap is cut short"))
    assert view._said.text() == "Right side: card.rscap is cut short."
    comparing.tell(note="")
    assert "--trace 2" in view._said.text()


def test_in_a_low_panel_the_plot_stands_beside_the_tables(shown, qtbot):
    view, _, _ = shown
    assert view._body.orientation() == Qt.Orientation.Vertical
    view.resize(1100, 280)
    qtbot.waitUntil(lambda: view._body.orientation() == Qt.Orientation.Horizontal)
    plot, line = view._body.plot, view.fontMetrics().height()
    assert plot.height() > 8 * line
    assert plot.width() > 20 * line
    view.resize(700, 600)
    qtbot.waitUntil(lambda: view._body.orientation() == Qt.Orientation.Vertical)
