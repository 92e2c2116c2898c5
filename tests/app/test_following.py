"""The views follow the debugger: bytes taken, weights done, the place in the states, the slot in the table."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QTableView

from app import tasks, theme, trace_window
from app.document import Document
from app.models import trace_figures
from app.models.stepped import open_runs, stepped
from app.views.bytes import BytesView
from app.views.bytes.canvas import HexCanvas
from app.views.frequencies import FrequenciesView
from app.views.frequencies.slot_strip import SlotStrip
from app.views.states import StatesView
from app.views.states.plots import StepPlots
from app.views.weights import WeightsView
from app.views.weights.stepping import open_boxes
from codec.stepping.walk import Direction
from tests.app.native import mixed_file, opened

GAUSSIAN = "gaussian10_300x200_t64.batched"
TILE = 5
BOTH = pytest.mark.parametrize("direction", list(Direction))


@pytest.fixture
def debugged(open_legacy, settle):
    """Puts the debugger of a document on a step."""

    def debug(step, direction=Direction.DECODE, document=None, tile=TILE):
        document = document or open_legacy(GAUSSIAN)
        document.select_tile(tile)
        document.debugging.set_direction(direction)
        settle()
        document.debugging.jump(step)
        settle()
        assert document.debugging.step == step
        return document

    return debug


def cursor_of(document):
    return stepped(document)


def undone_of(document, tile):
    """Which symbols of a tile are open, one by one."""
    undone = np.zeros(document.tensor.symbol_count(tile), dtype=np.bool_)
    for begin, end in open_runs(document.tensor, cursor_of(document)):
        undone[begin:end] = True
    return undone


def shown(qtbot, view, document, settle):
    qtbot.addWidget(view)
    view.resize(760, 600)
    view.set_document(document)
    view.show()
    qtbot.waitExposed(view)
    settle()
    return view


# The cursor


@BOTH
@pytest.mark.parametrize("step", [0, 1, 1000, 4096])
def test_what_is_open_is_what_is_not_produced(debugged, direction, step):
    document = debugged(step, direction)
    cursor, count = cursor_of(document), document.tensor.symbol_count(TILE)
    np.testing.assert_array_equal(undone_of(document, TILE), ~document.debugging.produced(count))
    assert cursor.boundary == (step if direction is Direction.DECODE else count - step)
    assert (cursor.next is None) == (step == count)


def test_lanes_leave_gaps_in_what_is_open(jobs, settle, debugged):
    document = Document("mixed.rsc", opened(mixed_file()), jobs)
    tiles = range(len(document.tensor.tiles))
    tile = next(tile for tile in tiles if document.tensor.coding(tile) == 0)
    for direction in Direction:
        debugged(777, direction, document, tile)
        count = document.tensor.symbol_count(tile)
        np.testing.assert_array_equal(
            undone_of(document, tile), ~document.debugging.produced(count)
        )
    document.close()


@BOTH
def test_the_frontier_lies_where_bytes_begin_to_be_taken(debugged, direction):
    document = debugged(1000, direction)
    cursor, frame = cursor_of(document), document.container.frame(document.tensor, TILE)
    begin, size = cursor.taken
    if direction is Direction.DECODE:  # bytes are taken from the end
        assert cursor.frontier == begin == document.debugging.position + 1
        assert begin + size == frame.offset + frame.size
    else:
        assert begin == frame.words_begin
        assert cursor.frontier == begin + size == document.debugging.position + 1


def test_without_a_debugger_there_is_no_cursor(open_legacy, settle):
    document = open_legacy(GAUSSIAN)
    settle()
    assert cursor_of(document) is None
    assert stepped(None) is None


# Bytes


@BOTH
def test_bytes_that_are_done_stand_in_a_band(qtbot, debugged, settle, direction):
    document = debugged(1000, direction)
    view = shown(qtbot, BytesView(), document, settle)
    canvas = view.findChild(HexCanvas)
    assert canvas.sight.stepped == cursor_of(document)
    assert _ink_at(canvas, canvas.sight.stepped.frontier, 1) == theme.current().stepping.name()
    done = "taken" if direction is Direction.DECODE else "moved&nbsp;out"
    assert any(f"{done}&nbsp;by&nbsp;now" in label.text() for label in _labels(view))
    document.debugging.stop()
    assert canvas.sight.stepped is None
    assert not any("by&nbsp;now" in label.text() for label in _labels(view))


def _labels(view):
    return view.findChildren(QLabel)


def _ink_at(canvas, offset, down):
    """The colour at the left edge of a byte in hex, so many pixels below its upper edge."""
    geometry = canvas.geometry_
    row, column = divmod(offset, geometry.columns)
    box = geometry.hex_box(row - canvas.first_row, column, column)
    image = canvas.viewport().grab().toImage()
    return image.pixelColor(round(box.left()), round(box.top()) + down).name()


# Weights


@BOTH
def test_weights_that_are_not_done_are_veiled(qtbot, debugged, settle, direction):
    document = debugged(64 * 20 + 7, direction)
    view = shown(qtbot, WeightsView(), document, settle)
    tensor, cursor, frame = document.tensor, cursor_of(document), view.canvas.frame
    place = tensor.rectangle(TILE)
    covered = np.zeros((frame.height, frame.width), dtype=np.bool_)
    for box in open_boxes(frame, tensor, cursor):
        assert not covered[
            box.top() : box.top() + box.height(), box.left() : box.left() + box.width()
        ].any()
        covered[box.top() : box.top() + box.height(), box.left() : box.left() + box.width()] = True
    done = document.debugging.produced(tensor.symbol_count(TILE)).reshape(64, 64)
    for row in range(place.rows):
        for col in range(place.cols):
            box = frame.box(place.row + row, place.col + col)
            assert covered[box.top, box.left] == (not done[row, col])


def test_weights_of_another_tensor_are_left_alone(qtbot, jobs, debugged, settle):
    document = Document("mixed.rsc", opened(mixed_file()), jobs)
    tile = next(tile for tile in range(9) if document.tensor.coding(tile) == 0)
    debugged(10, Direction.DECODE, document, tile)
    view = shown(qtbot, WeightsView(), document, settle)
    before = view.canvas.viewport().grab().toImage()
    document.debugging.stop()
    settle()
    assert view.canvas.viewport().grab().toImage() != before
    debugged(10, Direction.DECODE, document, tile)
    document.select_tensor(1)
    settle()
    qtbot.wait(20)  # a longer sentence takes a line from the picture
    with_cursor = view.canvas.viewport().grab().toImage()
    document.debugging.stop()
    settle()
    assert view.canvas.viewport().grab().toImage() == with_cursor
    document.close()


# States


@BOTH
def test_the_states_show_what_is_done_and_what_comes_next(qtbot, debugged, settle, direction):
    document = debugged(1000, direction)
    view = shown(qtbot, StatesView(), document, settle)
    edge = (1000 if direction is Direction.DECODE else 3096) - 0.5
    expected = (-0.5, edge) if direction is Direction.DECODE else (edge, 4095.5)
    for track in view.findChild(StepPlots)._tracks:
        assert track._stepping_line.isVisible()
        assert track._stepping_line.value() == edge
        assert track._done.getRegion() == expected
    table = view.findChild(QTableView).model()
    following = 1000 if direction is Direction.DECODE else 3095
    marked = [row for row in range(table.rowCount()) if table.index(row, 0).data().startswith("▶")]
    assert marked == [following]
    document.select_symbol(TILE + 1, 3)
    settle()
    assert not any(t._stepping_line.isVisible() for t in view.findChild(StepPlots)._tracks)
    assert not any(table.index(row, 0).data().startswith("▶") for row in range(table.rowCount()))


def test_what_is_plotted_is_found_by_a_worker(qtbot, open_legacy, settle, monkeypatch):
    """Laying out a million steps takes the window longer than a click may."""
    threads = []

    def noted(*given):
        threads.append(threading.current_thread())
        return figures(*given)

    figures = trace_figures.figures_of
    monkeypatch.setattr("app.requests.figures_of", noted)
    document = open_legacy(GAUSSIAN)
    view = shown(qtbot, StatesView(), document, settle)
    document.select_tile(3)
    settle()
    assert document.trace_figures.trace is document.trace is not None
    assert view._whole is document.trace_figures.series
    assert threads
    assert threading.main_thread() not in threads


# Frequencies


@BOTH
def test_the_slot_of_the_next_step_is_told(qtbot, debugged, settle, direction):
    document = debugged(1000, direction)
    view = shown(qtbot, FrequenciesView(), document, settle)
    strip, coming = view.findChild(SlotStrip), cursor_of(document).next
    assert strip.isVisible()
    assert f"slot {coming.slot:,} of 4,096" in strip.told.text()
    assert f"symbol {coming.symbol}" in strip.told.text()
    assert coming.start <= coming.slot < coming.start + coming.freq
    document.debugging.jump(4096)
    settle()
    assert strip.told.text().startswith("All symbols are")
    document.debugging.stop()
    assert not strip.isVisible()


@pytest.mark.parametrize("make", [BytesView, WeightsView, StatesView, FrequenciesView])
@pytest.mark.parametrize("choice", [theme.Choice.LIGHT, theme.Choice.DARK])
def test_every_view_changes_when_the_cursor_moves(qtbot, debugged, settle, make, choice):
    theme.choose(choice)
    document = debugged(1000)
    view = shown(qtbot, make(), document, settle)
    before = view.grab().toImage()
    document.debugging.jump(1800)
    settle()
    assert view.grab().toImage() != before
    theme.choose(theme.Choice.SYSTEM)


@pytest.fixture
def in_windows(debugged, monkeypatch, qtbot):
    """The states of a stream that is traced in windows of 256 steps, in a view that is shown."""
    for module in (tasks, trace_window):
        monkeypatch.setattr(module, "TRACE_STEPS", 512)
    monkeypatch.setattr(trace_window, "WINDOW_STEPS", 256)
    document, view = debugged(1000), StatesView()
    qtbot.addWidget(view)
    view.resize(700, 600)
    view.show()
    view.set_document(document)
    return document, view


def test_the_old_picture_stays_until_the_steps_around_the_cursor_come(in_windows, settle, qtbot):
    document, view = in_windows
    tracks, before = view._plots._tracks, view._status.text()
    assert "1,000" in before
    lines = [track.cursor_line.value() for track in tracks]
    document.debugging.jump(3000)
    qtbot.waitUntil(lambda: document.debugging.step == 3000)
    if document.trace.first_step < 2000:  # its window is not there yet
        assert view._status.text() == before
        assert [track.cursor_line.value() for track in tracks] == lines
        assert all(track.cursor_line.isVisible() for track in tracks)
    settle()
    assert "3,000" in view._status.text()
    assert [track.cursor_line.value() for track in tracks] == [3000] * 3
    assert view._plots._state._stepping_line.value() == 2999.5


def test_behind_the_last_step_the_picture_says_so(in_windows, settle):
    document, view = in_windows
    document.debugging.jump_to_end()
    settle()
    document.select_symbol(document.selection.tile, 1000)
    settle()
    first, last = view._plots.visible_steps
    assert tuple(view._plots._state._done.getRegion()) == (first, last)


def test_a_cursor_that_moves_by_less_than_a_pixel_is_exact_once_zoomed_in(debugged, settle, qtbot):
    document, view = debugged(1000), StatesView()
    qtbot.addWidget(view)
    view.resize(400, 600)
    view.show()
    view.set_document(document)
    plots = view._plots
    for step in range(1001, 1010):
        document.debugging.jump(step)
        settle()
        assert all(abs(track.cursor_line.value() - step) < 10 for track in plots._tracks)
        assert abs(plots._state._stepping_line.value() - step) < 10
    plots.zoom_to_step()
    assert [track.cursor_line.value() for track in plots._tracks] == [1009] * 3
    assert [track._stepping_line.value() for track in plots._tracks] == [1008.5] * 3
