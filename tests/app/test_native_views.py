"""Native files in the views: several tensors, lanes and words, raw and constant tiles, rectangular tiles."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.document import Document
from app.models.byte_places import StepBytes, WordPlaces, words_of
from app.models.problem_sentences import checked
from app.models.problem_table import Column
from app.models.span_marks import enclosing, section_path, stream_path
from app.models.step_table import LANE_COLUMNS
from app.models.tile_measures import Measure, TileFacts
from app.selection import Selection, completed, first_tile, whole_tile
from app.trace_window import WINDOW_STEPS, has_step, steps_around, why_no_steps
from app.views.bytes import BytesView
from app.views.bytes.legend import legend
from app.views.frequencies import FrequenciesView
from app.views.problems import ProblemsView
from app.views.selection import SelectionView
from app.views.states import StatesView
from app.views.structure import StructureView
from app.views.tiles import TilesView
from app.views.tiles import sentences as tile_sentences
from app.views.tiles.scale_controls import ScaleControls
from app.views.weights import WeightsView
from codec.interleaving import Interleaving
from codec.spans import SpanKind
from tests.app.native import (
    CONSTANT_TILE,
    LEFT_TILE,
    MIXED,
    PLAIN_TILE,
    RAW_TILE,
    mixed_file,
    opened,
    scaled,
    small_lanes,
)

Opener = Callable[[bytes], Document]


@pytest.fixture
def open_native(open_legacy: Callable[[Path], Document], tmp_path: Path) -> Opener:
    def open_bytes(data: bytes) -> Document:
        path = tmp_path / "some.rsc"
        path.write_bytes(data)
        return open_legacy(path)

    return open_bytes


@pytest.fixture
def show(qtbot) -> Callable:
    """Shows a view on a document."""

    def shown(kind, document: Document):
        view = kind()
        qtbot.addWidget(view)
        view.resize(700, 600)
        view.show()
        view.set_document(document)
        return view

    return shown


# Several tensors


def test_each_tensor_is_left_as_it_was(open_native, settle):
    document = open_native(mixed_file())
    document.select_tile(0)
    document.select_symbol(PLAIN_TILE, 300)
    settle()
    left = document.selection
    first = document.trace
    document.select_tensor(1)
    assert document.selection == first_tile(document.container.tensors[1])
    settle()
    assert document.tensor.name == "block.0.odd"
    assert document.trace is not first
    document.select_tensor(0)
    assert document.selection == left
    settle()
    assert np.array_equal(document.trace["symbol"], first["symbol"])
    document.select_tensor(9)
    assert document.selection.tensor == 0


def test_tiles_of_tensors_are_kept_apart(open_native, settle):
    document = open_native(mixed_file())
    document.select_tile(0)
    document.want_tiles((0, 1), "test")
    settle()
    document.select_tensor(1)
    assert document.tile(0) is None
    document.want_tiles((0,), "test")
    settle()
    odd = MIXED["block.0.odd"]
    assert np.array_equal(document.tile(0).weights, odd[:64, :128])
    document.select_tensor(0)
    assert np.array_equal(document.tile(0).weights, MIXED["block.0.mixed"][:64])


def test_every_view_follows_the_tensor(open_native, settle, show):
    document = open_native(mixed_file())
    document.select_tile(PLAIN_TILE)
    kinds = (
        StructureView,
        BytesView,
        TilesView,
        WeightsView,
        FrequenciesView,
        StatesView,
        SelectionView,
    )
    views = {kind: show(kind, document) for kind in kinds}
    settle()
    document.select_tensor(1)
    settle()
    document.select_weight(70, 200)
    settle()
    symbol = document.tensor.symbol_at(4, 70, 200)
    assert views[TilesView].facts.tensor is document.tensor
    assert views[WeightsView].canvas.mosaic.tensor is document.tensor
    assert views[WeightsView].canvas.mosaic.weight(70, 200) == MIXED["block.0.odd"][70, 200]
    assert views[StatesView]._shown is document.trace
    assert int(document.trace["symbol_index"][views[StatesView]._selected_row()]) == symbol
    frequencies = views[FrequenciesView]._bars._frequencies
    assert np.array_equal(frequencies, document.tensor.table.frequencies)
    assert f"= {MIXED['block.0.odd'][70, 200]}" in views[SelectionView].text.splitlines()[0]
    tree = views[StructureView]._tree
    span = tree.model().span_at(tree.currentIndex())
    assert (span.tensor, span.tile, span.kind) == (1, 4, SpanKind.RENORMALISATION)


def test_the_path_to_a_stream_is_that_of_its_tensor():
    root = opened(mixed_file()).root
    for tensor, tile in ((0, 3), (1, 0), (1, 8), (2, 2)):
        span = root.descend(stream_path(root, tile, tensor) or ())
        assert (span.tensor, span.tile) == (tensor, tile)
        index = root.descend((*(section_path(root, SpanKind.INDEX, tensor) or ()), tile))
        assert (index.kind, index.tensor, index.tile) == (SpanKind.INDEX, tensor, tile)
    assert stream_path(root, 9, 1) is None
    assert stream_path(root, 0, 7) is None


def test_bytes_about_a_tile_are_taken_to_its_tensor():
    root = opened(mixed_file()).root
    path = enclosing(root, 0, 4, tile=2, tensor=1)
    assert (root.descend(path).tensor, root.descend(path).tile) == (1, 2)


def test_problems_name_their_tensor(open_native, settle, show):
    data = bytearray(mixed_file())
    tensor = opened(mixed_file()).tensors[1]
    data[int(tensor.tiles["offset"][4]) + 6] = 0
    data[int(tensor.tiles["offset"][4]) + 7] = 0
    document = open_native(bytes(data))
    settle()
    view = show(ProblemsView, document)
    table = view._table
    assert not table.isColumnHidden(Column.TENSOR)
    rows = range(table.model().rowCount())
    names = {table.model().index(row, Column.TENSOR).data() for row in rows}
    assert "block.0.odd" in names
    table.selectRow(0)
    assert document.selection.tensor == document.problems[0].tensor
    assert "block.0.odd" in view._details.toPlainText()
    view._text.setText("block.0.odd")
    assert view._shown.rowCount() >= 1
    view._text.setText("block.0.bias")
    assert view._shown.rowCount() == 0


def test_a_file_with_one_tensor_has_no_column_for_it(open_legacy, show):
    view = show(ProblemsView, open_legacy("gaussian10_300x200_t64.batched"))
    assert view._table.isColumnHidden(Column.TENSOR)


def test_some_refused_tensors_are_named(open_native, settle):
    document = open_native(mixed_file()[:30000])
    settle()
    assert checked(document).startswith("No stream of block.0.bias and of 1 more tensor can be")


# Traces


@pytest.mark.parametrize(("tile", "word"), [(RAW_TILE, "raw"), (CONSTANT_TILE, "constant")])
def test_a_tile_without_steps_says_why(open_native, settle, show, tile, word):
    document = open_native(mixed_file())
    document.select_tile(tile)
    view, frequencies = show(StatesView, document), show(FrequenciesView, document)
    frequencies._controls.scope.setCurrentIndex(1)
    settle()
    assert document.trace is None
    assert word in document.trace_note
    assert view.empty_text.startswith("This tile is ")
    assert word in view.empty_text
    assert f"codes no weight of tile {tile}" in frequencies._why.text()
    document.select_tile(PLAIN_TILE)
    settle()
    assert document.trace_note == view.empty_text == ""


def test_why_no_steps():
    tensor = opened(mixed_file()).tensors[0]
    assert why_no_steps(tensor, PLAIN_TILE) == ""
    tensor.tiles.setflags(write=True)
    before = tensor.tiles["coding"][RAW_TILE]
    tensor.tiles["coding"][RAW_TILE] = 9
    try:
        assert "does not exist" in why_no_steps(tensor, RAW_TILE)
    finally:
        tensor.tiles["coding"][RAW_TILE] = before


def test_the_window_of_a_trace_is_counted_in_steps():
    class Long:
        interleaving = Interleaving(32, 16)

        def symbol_count(self, tile: int) -> int:
            return 1 << 22

    tensor = Long()
    for symbol in (0, 511, (1 << 21) + 300, (1 << 22) - 1):
        step = tensor.interleaving.step_of(symbol, 1 << 22)
        steps = steps_around(tensor, 0, symbol)  # type: ignore[arg-type]
        assert step in steps
        assert len(steps) == WINDOW_STEPS
    assert steps_around(tensor, 0, None) == range(WINDOW_STEPS)  # type: ignore[arg-type]


def test_a_trace_has_the_steps_of_its_symbols(open_native, settle):
    document = open_native(mixed_file())
    document.select_symbol(PLAIN_TILE, 8000)
    settle()
    assert has_step(document.trace, document.tensor, PLAIN_TILE, 8000)
    assert has_step(document.trace, document.tensor, PLAIN_TILE, None)


# Bytes


def test_a_word_and_its_symbol_select_each_other(open_native, settle):
    document = open_native(mixed_file())
    document.select_tile(PLAIN_TILE)
    settle()
    trace = document.trace
    for row in np.flatnonzero(trace["bytes_read"])[[0, 50, -1]]:
        symbol, place = int(trace["symbol_index"][row]), int(trace["position"][row])
        for offset in (place, place + 1):
            document.select_bytes(offset)
            assert document.selection == Selection(0, PLAIN_TILE, symbol, (place, 2))
        document.select_tile(PLAIN_TILE)
        document.select_symbol(PLAIN_TILE, symbol)
        assert document.selection.span == (place, 2)


def test_a_raw_byte_and_its_weight_select_each_other(open_native, settle):
    document = open_native(mixed_file())
    document.select_tile(RAW_TILE)
    begin = int(document.tensor.tiles["offset"][RAW_TILE])
    document.select_bytes(begin + 130)
    assert document.selection == Selection(0, RAW_TILE, 130, (begin + 130, 1))
    document.select_weight(64, 5)
    assert document.selection == Selection(0, RAW_TILE, 5, (begin + 5, 1))


def test_completing_leaves_what_is_no_weight_alone():
    tensor = opened(mixed_file()).tensors[0]
    begin = int(tensor.tiles["offset"][RAW_TILE])
    for span in ((begin - 1, 1), (begin, 2), (begin + 8192, 1)):
        selection = Selection(0, RAW_TILE, None, span)
        assert completed(selection, None, tensor) == selection
    assert whole_tile(tensor, RAW_TILE).span == (begin, 8192)


def test_steps_take_bytes_forward(open_native, settle):
    document = open_native(mixed_file())
    document.select_tile(LEFT_TILE)
    settle()
    trace = document.trace
    steps = StepBytes(trace)
    for row in np.flatnonzero(trace["bytes_read"])[:40]:
        place = int(trace["position"][row])
        assert steps.row(place) == steps.row(place + 1) == row
    turns = steps.turns(int(trace["position"][0]), int(trace["position"][0]) + 20)
    assert turns.tolist() == [n // 2 for n in range(20)]


def test_words_are_joined_two_by_two():
    tensor = opened(mixed_file()).tensors[0]
    offset, size = (int(tensor.tiles[name][PLAIN_TILE]) for name in ("offset", "size"))
    words = words_of(tensor, PLAIN_TILE)
    states = 4 * tensor.interleaving.lanes
    assert words == WordPlaces(offset + states, offset + size, 2)
    assert words.within(0, offset) == range(0)
    assert list(words.within(offset, offset + states + 4)) == [
        offset + states,
        offset + states + 2,
    ]
    assert list(words.within(offset + states + 3, offset + states + 5)) == [
        offset + states + 2,
        offset + states + 4,
    ]
    assert len(words.within(0, 1 << 40)) == (size - states) // 2
    assert words_of(tensor, RAW_TILE) is None
    assert words_of(tensor, None) is None
    assert words_of(opened(small_lanes()).tensors[0], PLAIN_TILE) is None
    assert list(WordPlaces(10, 15, 2).within(0, 99)) == [10, 12]


def test_the_legend_has_the_kinds_of_the_layout(open_legacy):
    native = legend(opened(mixed_file()))
    for name in (
        "lane&nbsp;states",
        "words",
        "scales",
        "names",
        "tile&nbsp;records",
        "raw&nbsp;weights",
    ):
        assert name in native
    assert "symbol&nbsp;count" not in native
    legacy = legend(open_legacy("gaussian10_300x200_t64.batched").container)
    assert "symbol&nbsp;count" in legacy
    assert "raw" not in legacy


def test_the_bytes_of_a_tile_are_painted(open_native, settle, show):
    document = open_native(mixed_file())
    document.select_tile(PLAIN_TILE)
    view = show(BytesView, document)
    document.select_symbol(PLAIN_TILE, 900)
    settle()
    page = view._canvas.sight.page(view._canvas.geometry_, view._canvas.first_row, 8, False)
    assert page.word_bytes == 2
    assert len(page.words) > 0
    assert not view.grab().isNull()
    view._canvas.go_to(int(document.trace["position"][600]))
    assert "of lane" in view._place.text()


# Tiles


def test_codings_and_predictors_are_measures(open_native, settle):
    document = open_native(mixed_file())
    settle()
    facts = TileFacts(document.container.tensors[0], document.report, document.problems)
    texts = [facts.text(Measure.CODING, tile) for tile in range(5)]
    assert texts == ["constant -7", "raw", "rANS", "rANS", "rANS"]
    assert [facts.text(Measure.PREDICTOR, t) for t in range(5)] == ["–", "–", "NONE", "LEFT", "TOP"]
    assert np.isnan(facts.column(Measure.PREDICTOR)).tolist() == [True, True, False, False, False]
    assert np.isnan(facts.column(Measure.TABLE_LOSS)).tolist() == [True, True, False, False, False]
    assert facts.column(Measure.BITS)[[CONSTANT_TILE, RAW_TILE]].tolist() == [0, 8]
    assert "raw" in facts.sentence(RAW_TILE)
    assert "predictor LEFT" in facts.sentence(LEFT_TILE)
    assert tile_sentences.class_names(facts, Measure.CODING) == ["rANS", "raw", "constant"]
    assert tile_sentences.class_names(facts, Measure.PREDICTOR) == ["NONE", "LEFT", "TOP"]


@pytest.mark.parametrize("measure", [Measure.CODING, Measure.PREDICTOR])
def test_the_map_shows_codings_and_predictors(open_native, settle, show, measure):
    document = open_native(mixed_file())
    document.select_tile(0)
    settle()
    view = show(TilesView, document)
    view.scale.choose(measure)
    colours = view.map._colours.reshape(-1)
    assert len(set(colours.tolist())) == (3 if measure is Measure.CODING else 4)
    assert len(set(colours[2:].tolist())) == (1 if measure is Measure.CODING else 3)
    assert isinstance(view.scale, ScaleControls)
    assert view.scale.parts[1].isHidden()


def test_a_legacy_file_has_no_column_of_codings(open_legacy, show):
    view = show(TilesView, open_legacy("gaussian10_300x200_t64.batched"))
    facts = view.facts
    assert not facts.tells(Measure.CODING)
    assert not facts.tells(Measure.PREDICTOR)
    assert "predictor" not in facts.sentence(0)


# Weights


def test_the_weights_line_tells_value_and_coding(open_native, settle, show):
    document = open_native(mixed_file())
    document.select_tile(RAW_TILE)
    view = show(WeightsView, document)
    settle()
    view.intake.seek()
    settle()
    assert "which is stored raw" in view._describe(64, 3)
    assert "which is constant" in view._describe(0, 3)


def test_the_weights_line_multiplies_by_the_scale(open_native, settle, show):
    data, weights, scales = scaled()
    document = open_native(data)
    document.select_tile(0)
    view = show(WeightsView, document)
    settle()
    view.intake.seek()
    settle()
    expected = f"{float(weights[20, 7]) * float(scales[20]):.4g}".replace("-", "−")
    assert f"= {expected} · " in view._describe(20, 7)


# Frequencies


def test_the_axis_has_the_slots_of_the_table(open_native, settle, show):
    document = open_native(small_lanes())
    document.select_tile(PLAIN_TILE)
    view = show(FrequenciesView, document)
    settle()
    assert "16,384" in view._bars._slots.labelText
    assert document.tensor.table.total == 1 << 14
    view._mark(128)
    assert f"frequency {int(document.tensor.table.frequencies[128]):,}" in view._readout.text()


# States


@pytest.fixture(params=[mixed_file, small_lanes], ids=["many lanes", "4 lanes"])
def lanes(request, open_native, settle, show):
    document = open_native(request.param())
    view = show(StatesView, document)
    document.select_tile(PLAIN_TILE)
    document.select_symbol(PLAIN_TILE, 700)
    settle()
    return view, document


def test_all_lanes_are_overlaid_and_the_selected_one_marked(lanes):
    view, document = lanes
    count = document.tensor.interleaving.lanes
    plots = view._plots
    assert plots._lanes.shown == count
    assert plots._lanes._marked == document.tensor.interleaving.lane_of(700)
    points = sum(len(steps) for steps, _ in plots._lanes._points.values())
    assert points <= 6 * plots._pixels() + 20 * count
    plots.zoom_to_step()
    lane = plots._lanes._marked
    rows = np.flatnonzero(document.trace["lane"] == lane)
    steps, values = plots._lanes._points[lane]
    drawn = steps.astype(int)
    assert set(drawn) <= set(document.trace["step"][rows].tolist())
    states = np.log2(document.trace["state_before"][drawn].astype(float))
    assert values == pytest.approx(states, abs=1e-4)


def test_one_lane_is_shown_alone(lanes):
    view, document = lanes
    trace = document.trace
    lane = int(trace["lane"][view._selected_row()])
    view._controls.lanes.setValue(lane)
    rows = np.flatnonzero(trace["lane"] == lane)
    assert view._series.lane == lane
    assert np.array_equal(view._series.rows, rows)
    assert view._list.steps.rowCount() == len(rows)
    assert view._plots._lanes.shown == 0
    table = view._list
    assert table.steps.trace_row(table.currentIndex().row()) == view._selected_row()
    renormalising = rows[trace["bytes_read"][rows] > 0]
    assert np.array_equal(view._series.renormalising, renormalising)
    view._controls.lanes.setValue(-1)
    assert view._series.lane is None
    assert table.steps.rowCount() == len(trace)


def test_another_lane_takes_the_selection_along(lanes):
    view, document = lanes
    block, turn, lane = document.tensor.interleaving.place_of(700)
    other = 0 if lane else 1
    view._choose_lane(lane)
    view._choose_lane(other)
    assert document.tensor.interleaving.place_of(document.selection.symbol) == (block, turn, other)


def test_selecting_a_step_of_another_lane_shows_that_lane(lanes):
    view, document = lanes
    view._choose_lane(document.tensor.interleaving.lane_of(700))
    run = document.tensor.interleaving.run
    document.select_symbol(PLAIN_TILE, 700 - run if view._lane else 700 + run)
    assert view._lane == document.tensor.interleaving.lane_of(document.selection.symbol)
    assert view._controls.lanes.value() == view._lane


@pytest.mark.parametrize(("key", "distance"), [(Qt.Key.Key_Up, 1), (Qt.Key.Key_Down, -1)])
def test_up_and_down_go_to_other_lanes(lanes, qtbot, key, distance):
    view, document = lanes
    document.select_symbol(PLAIN_TILE, 512 + document.tensor.interleaving.run)
    before = document.tensor.interleaving.place_of(document.selection.symbol)
    qtbot.keyClick(view._plots, key)
    after = document.tensor.interleaving.place_of(document.selection.symbol)
    assert after == (*before[:2], before[2] + distance)


def test_left_and_right_stay_in_the_lane_that_is_shown(lanes, qtbot):
    view, document = lanes
    view._toggle_lane()
    lane = view._lane
    rows = np.flatnonzero(document.trace["lane"] == lane).tolist()
    here = rows.index(view._selected_row())
    qtbot.keyClick(view._plots, Qt.Key.Key_Right)
    assert view._selected_row() == rows[here + 1]
    qtbot.keyClick(view._plots, Qt.Key.Key_Home)
    assert view._selected_row() == rows[0]
    view._toggle_lane()
    qtbot.keyClick(view._plots, Qt.Key.Key_Right)
    assert view._selected_row() == rows[0] + 1


def test_a_click_near_a_curve_selects_its_lane(lanes):
    view, document = lanes
    trace = document.trace
    for row in (100, 1000, 5000):
        view._plots._choose_at(float(row), float(np.log2(trace["state_before"][row])))
        assert view._selected_row() == row


def test_running_to_a_renormalisation_stays_in_the_lane(lanes):
    view, document = lanes
    view._toggle_lane()
    lane = view._lane
    view._run_to_renormalisation(True)
    row = view._selected_row()
    assert int(document.trace["lane"][row]) == lane
    assert int(document.trace["bytes_read"][row]) > 0


def test_the_step_is_told_with_block_turn_and_lane(lanes):
    view, document = lanes
    block, turn, lane = document.tensor.interleaving.place_of(700)
    told = view._status.text()
    assert f"block {block}, turn {turn} of " in told
    assert f"lane {lane} of " in told
    unit = "word" if document.tensor.coder.word_bytes == 2 else "byte"
    assert unit in told


def test_plots_have_the_coders_bounds_and_words(lanes):
    view, document = lanes
    coder = document.tensor.coder
    levels = list(view._plots._bounds.values)
    assert levels == [np.log2(coder.lower_bound), np.log2(coder.upper_bound)]
    unit = "words" if coder.word_bytes == 2 else "bytes"
    assert view._plots._consumed.getAxis("left").labelText == unit
    consumed = view._whole.consumed.values
    taken = document.trace["bytes_read"].astype(np.int64) // coder.word_bytes
    assert np.array_equal(consumed, np.concatenate([[0], np.cumsum(taken)[:-1]]))


def test_columns_of_lanes_are_shown_where_there_are_lanes(lanes, open_legacy, settle, show):
    view, _ = lanes
    assert not any(view._list.isColumnHidden(column) for column in LANE_COLUMNS)
    assert not view._controls.lanes.isHidden()
    legacy = open_legacy("gaussian10_300x200_t64.batched")
    legacy.select_tile(0)
    other = show(StatesView, legacy)
    settle()
    assert all(other._list.isColumnHidden(column) for column in LANE_COLUMNS)
    assert other._controls.lanes.isHidden()
    assert other._plots._lanes.shown == 0


def test_the_table_of_a_lane_keeps_qts_rules(lanes):
    view, _ = lanes
    view._toggle_lane()
    model: QAbstractItemModel = view._list.steps
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    tester = QAbstractItemModelTester(model, mode)
    view._toggle_lane()
    tester.deleteLater()


def test_the_chosen_row_is_in_sight_after_a_change_of_tensor(open_native, settle, show):
    document = open_native(mixed_file())
    document.select_tile(PLAIN_TILE)
    view = show(StatesView, document)
    settle()
    document.select_tensor(1)
    document.select_weight(70, 40)
    settle()
    table = view._list
    assert table.viewport().rect().intersects(table.visualRect(table.currentIndex()))
