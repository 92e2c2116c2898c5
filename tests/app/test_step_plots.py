"""What the plots of steps are made of: curves of many lanes, names of levels, titles, and tables beside them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QStyledItemDelegate

from app.models.lane_states import LaneStates, rows_by_lane
from app.models.step_table import StepTable
from app.track_items import GAP, LINES_WITH_NAMES, places_of_names
from app.tracks import StepAxis, Track
from app.views.states import StatesView
from app.views.states.step_list import StepList

GAUSSIAN = "gaussian10_300x200_t64.batched"


# Curves of lanes


@settings(deadline=None, derandomize=True)
@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=300),
    st.integers(-5, 300),
    st.integers(0, 300),
    st.integers(1, 40),
)
def test_points_are_means_of_each_lanes_own_steps(lanes, begin, length, most):
    lane = np.array(lanes, dtype=np.uint16)
    states = np.random.default_rng(len(lanes)).uniform(16, 32, len(lanes)).astype(np.float32)
    rows = rows_by_lane(lane)
    assert {each: rows[each].tolist() for each in rows} == {
        each: np.flatnonzero(lane == each).tolist() for each in sorted(set(lanes))
    }
    for each, (places, values) in (
        LaneStates(states, rows).points(begin, begin + length, most).items()
    ):
        own = rows[each]
        numbers = np.searchsorted(own, places)
        assert np.array_equal(own[numbers], places)
        size = 1 if len(places) < 2 else int(numbers[1] - numbers[0])
        if len(places) > 2:
            block = own[numbers[0] - (size - 1) // 2 :][:size]
            assert values[0] == pytest.approx(states[block].mean(), abs=1e-3)
        inside = own[(own >= begin) & (own < begin + length)]
        if len(inside) and size == 1 and len(places) > 1:
            assert set(inside.tolist()) <= set(places.astype(int).tolist())


def test_a_short_last_block_is_the_mean_of_what_it_holds():
    states = np.array([20, 20, 20, 20, 20, 20, 20, 20, 30, 32], dtype=np.float32)
    found = LaneStates(states, {0: np.arange(10)}).points(0, 10, 3)
    places, values = found[0]
    assert values.tolist() == [20, 20, 31]
    assert places.tolist() == [1, 5, 9]


# Names and titles


@settings(deadline=None, derandomize=True)
@given(st.floats(1, 200), st.floats(0, 1), st.floats(0, 1), st.floats(40, 600))
def test_names_of_levels_never_overlap(qapp, height, upper, lower, width):
    metrics, room = QFontMetrics(QFont()), QRectF(10, 20, width, height)
    heights = [20 + height * min(upper, lower), 20 + height * max(upper, lower)]
    places = places_of_names(room, heights, ["L·2^16 = 2^32", "L = 2^16"], metrics)
    shown = [place for place in places if place is not None]
    assert all(room.contains(place) for place in shown)
    assert len(shown) < 2 or not shown[0].intersects(shown[1])
    if height < LINES_WITH_NAMES * metrics.height():
        assert not shown


def test_names_stand_where_they_have_room(qapp):
    metrics = QFontMetrics(QFont())
    room = QRectF(0, 0, 500, 20 * metrics.height())
    first, second = places_of_names(room, [5, room.bottom() - 5], ["above", "below"], metrics)
    assert first is not None
    assert second is not None
    assert first.top() > 5
    assert second.bottom() < room.bottom() - 5
    assert first.left() == second.left() == GAP


@pytest.mark.parametrize(("lines", "title"), [(12, "log2 state"), (4, "log2"), (2.7, "")])
def test_a_title_that_has_no_room_is_shortened_or_left_out(qtbot, lines, title):
    track = Track(["log2 state", "log2"], "", 0)
    qtbot.addWidget(track)
    height = track.fontMetrics().height()
    track.setMinimumHeight(1)
    track.showAxis("bottom", lines < 3)
    track.resize(300, round(lines * height))
    with qtbot.waitExposed(track):
        track.show()
    qtbot.wait(10)
    axis = track.getAxis("left")
    assert (axis.labelText if axis.label.isVisible() else "") == title
    if title:
        box = axis.label.mapRectToParent(axis.label.boundingRect())
        assert box.top() >= -GAP * 2
        assert box.bottom() <= axis.height() + GAP * 2


def test_a_low_panel_leaves_out_the_sentence_of_a_step(qtbot, open_legacy, settle):
    view = StatesView()
    qtbot.addWidget(view)
    line = view.fontMetrics().height()
    view.resize(500, 20 * line)
    with qtbot.waitExposed(view):
        view.show()
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    document.select_tile(3)
    settle()
    assert view._status.isVisible()  # "Select a step"
    document.select_symbol(3, 77)
    settle()
    assert not view._status.isVisible()
    for _ in range(2):  # none is behind the last
        view._run(np.zeros(0, dtype=np.int64), "renormalisation", True)
        assert view._status.isVisible()
    document.select_symbol(3, 78)
    settle()
    assert not view._status.isVisible()
    view.resize(500, 40 * line)
    assert view._status.isVisible()
    tracks = [track.geometry() for track in view._plots._tracks]
    assert not any(a.intersects(b) for a, b in itertools.pairwise(tracks))


# Tables


@pytest.fixture
def listed(qtbot, open_legacy, settle):
    document = open_legacy(GAUSSIAN)
    document.select_tile(4)
    settle()
    table = StepList()
    qtbot.addWidget(table)
    table.resize(700, 300)
    with qtbot.waitExposed(table):
        table.show()
    table.show_trace(document.trace, document.tensor, 4)
    return table, document


@pytest.mark.parametrize("row", [None, 3, 5])
def test_rows_look_as_qt_paints_them(listed, row):
    table, _ = listed
    table.show_row(row)
    table.steps.mark_step(6)
    ours = table.viewport().grab().toImage()
    cells, table._cells.paint_rows = table._cells.paint_rows, lambda region: region
    table.setItemDelegate(QStyledItemDelegate(table))
    theirs = table.viewport().grab().toImage()
    table._cells.paint_rows = cells
    assert ours == theirs


def test_other_steps_in_as_many_rows_are_not_laid_out_anew(listed, qtbot):
    table, document = listed
    model, trace = table.steps, document.trace
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    table.show_row(100)
    table.verticalScrollBar().setValue(0)
    with qtbot.waitSignal(model.dataChanged):
        table.show_trace(trace, document.tensor, 4)
    assert not resets
    assert not table.selectionModel().hasSelection()
    table.show_row(100)
    assert table.viewport().rect().contains(table.visualRect(model.index(100, 0)))
    table.show_trace(trace, document.tensor, 4, np.arange(10))
    assert (len(resets), model.rowCount()) == (1, 10)


def test_a_marked_row_is_left_to_qt(listed):
    table, _ = listed
    model = table.steps
    model.mark_step(2)
    assert model.plain_text(2, 0) is None
    assert StepTable.plain_ground(model, 2) is None
    assert model.data(model.index(2, 0), Qt.ItemDataRole.ForegroundRole) is not None


@pytest.mark.parametrize("height", range(8, 120))
def test_numbers_of_a_low_axis_are_not_written_into_one_another(qapp, height):
    """pyqtgraph wants two ticks at least, however low the axis is."""
    axis = StepAxis("left")
    axis.resize(80, height)
    axis.setRange(-100, 6_400)
    values = [0.0, 2000.0, 4000.0, 6000.0]
    texts = axis.tickStrings(values, 1, 2000.0)
    places = [(v + 100) / 6_500 * height for v, text in zip(values, texts, strict=True) if text]
    line = QFontMetrics(axis.font()).ascent()
    assert all(after - before >= line for before, after in itertools.pairwise(places))
    assert all(line / 2 <= place <= height - line / 2 for place in places)
    assert places or height < 3 * line
    if height == 119:
        assert texts == ["", "2,000", "4,000", "6,000"]
