"""The arithmetic of zooming and scrolling, and the colours of numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QWheelEvent

from app import theme
from app.canvas.canvas import CellCanvas
from app.canvas.colour_bar import ColourBar, Scale
from app.canvas.colours import ColourMap, lookup, packed, steps_of, takes_white, tinted, unpack
from app.canvas.frame import Frame

HUGE = 1 << 32
QT_LIMIT = 1 << 30

sizes = st.one_of(st.integers(1, 300), st.integers(1, HUGE))
scales = st.one_of(
    st.tuples(st.integers(1, 128), st.just(1)), st.tuples(st.just(1), st.integers(1, 1 << 20))
)


@st.composite
def frames(draw):
    rows, cols = draw(sizes), draw(sizes)
    magnify, stride = draw(scales)
    shape = draw(st.one_of(st.just((1, 1)), st.tuples(st.integers(1, 16), st.integers(1, 16))))
    frame = Frame(rows, cols, draw(st.integers(1, 4000)), draw(st.integers(1, 4000)), shape=shape)
    frame = replace(frame, magnify=magnify, stride=stride)
    far = st.integers(-HUGE, HUGE * 128)
    return replace(frame, left=draw(far), top=draw(far)).clamped()


@settings(deadline=None, derandomize=True)
@given(frames())
def test_a_clamped_frame_shows_cells(frame):
    row, row_end, col, col_end = frame.cells_in_sight()
    assert 0 <= row < row_end <= frame.rows
    assert 0 <= col < col_end <= frame.cols
    assert frame.clamped() == frame


@settings(deadline=None, derandomize=True)
@given(frames())
def test_the_picture_fills_the_viewport_or_stands_in_its_middle(frame):
    if frame.picture_width >= frame.width:
        assert 0 <= frame.left <= frame.picture_width - frame.width
    else:
        right = frame.width - (frame.picture_width - frame.left)
        assert 0 <= right - -frame.left <= 1


@settings(deadline=None, derandomize=True)
@given(frames(), st.data())
def test_a_cell_in_sight_is_found_where_it_is_painted(frame, data):
    row, row_end, col, col_end = frame.cells_in_sight()
    wanted = data.draw(st.integers(row, row_end - 1)), data.draw(st.integers(col, col_end - 1))
    box = frame.box(*wanted)
    x = min(max(box.left, 0), frame.width - 1)
    y = min(max(box.top, 0), frame.height - 1)
    found = frame.cell_at(x, y)
    assert found is not None
    assert [cell // frame.stride for cell in found] == [cell // frame.stride for cell in wanted]


@settings(deadline=None, derandomize=True)
@given(frames(), st.integers(0, HUGE), st.integers(0, HUGE))
def test_no_coordinate_leaves_what_qt_can_hold(frame, row, col):
    box = frame.box(row % frame.rows, col % frame.cols, HUGE, HUGE)
    for value in (box.left, box.top, box.right, box.bottom, frame.x_of(col), frame.y_of(row)):
        assert abs(value) < QT_LIMIT


@settings(deadline=None, derandomize=True)
@given(frames(), st.data())
def test_zooming_keeps_the_cell_under_the_pointer(frame, data):
    x = data.draw(st.integers(0, frame.width - 1))
    y = data.draw(st.integers(0, frame.height - 1))
    before = frame.cell_at(x, y)
    magnify, stride = frame.inward()
    after = frame.scaled(magnify, stride, x, y)
    # Where the picture has come to its edge, the cell cannot stay under the pointer.
    if before is not None and not _at_edge(after):
        found = after.cell_at(x, y)
        assert found is not None
        assert all(abs(a - b) <= frame.stride for a, b in zip(found, before, strict=True))


@settings(deadline=None, derandomize=True)
@given(frames())
def test_a_cell_has_its_shape_to_the_pixel(frame):
    height, width = frame.cell_height, frame.cell_width
    longer = max(frame.shape)
    assert max(height, width) == frame.magnify
    for side, part in ((height, frame.shape[0]), (width, frame.shape[1])):
        assert side == 1 or abs(side - frame.magnify * part / longer) <= 0.5


def _at_edge(frame):
    return (
        frame.left in (0, frame.picture_width - frame.width)
        or frame.top in (0, frame.picture_height - frame.height)
        or frame.picture_width <= frame.width
        or frame.picture_height <= frame.height
    )


@settings(deadline=None, derandomize=True)
@given(frames())
def test_zooming_in_and_out_ends(frame):
    seen = set()
    while frame.inward() not in seen:
        seen.add(frame.inward())
        frame = frame.scaled(*frame.inward(), 0, 0)
    assert (frame.magnify, frame.stride) == (128, 1)
    seen.clear()
    while frame.outward() not in seen:
        seen.add(frame.outward())
        frame = frame.scaled(*frame.outward(), 0, 0)
    assert max(frame.picture_width, frame.picture_height) <= 48


@settings(deadline=None, derandomize=True)
@given(frames())
def test_the_fitting_scale_shows_all_and_the_next_larger_does_not(frame):
    magnify, stride = frame.fitting()
    fitted = replace(frame, magnify=magnify, stride=stride)
    assert fitted.picture_width <= frame.width
    assert fitted.picture_height <= frame.height
    if stride > 1:
        larger = replace(fitted, stride=stride - 1)
    elif magnify < 128:
        larger = replace(fitted, magnify=magnify + 1)
    else:
        return
    assert larger.picture_width > frame.width or larger.picture_height > frame.height


@settings(deadline=None, derandomize=True)
@given(frames(), st.data())
def test_a_revealed_cell_is_in_sight(frame, data):
    row = data.draw(st.integers(0, frame.rows - 1))
    col = data.draw(st.integers(0, frame.cols - 1))
    for moved in (frame.showing(row, col), frame.centred(row, col)):
        first, end, left, right = moved.cells_in_sight()
        assert first <= row < end
        assert left <= col < right


def test_what_is_in_sight_is_not_moved_to_be_revealed():
    frame = Frame(1000, 1000, 100, 100, 4, 1, 400, 400)
    assert frame.showing(110, 110) == frame
    assert frame.showing(0, 0, 1000, 1000) == frame
    assert frame.showing(125, 110).top == 126 * 4 - 100


def test_a_resized_frame_keeps_its_middle():
    frame = Frame(1000, 1000, 100, 100, 4, 1, 400, 400)
    assert frame.resized(200, 50).cell_at(100, 25) == frame.cell_at(50, 50)


# Colours


@pytest.mark.parametrize("colour_map", list(ColourMap))
@pytest.mark.parametrize("dark", [False, True])
def test_a_map_has_256_opaque_colours(colour_map, dark):
    colours = lookup(colour_map, dark)
    assert colours.shape == (256,)
    assert (colours >> np.uint32(24) == 0xFF).all()
    assert len(set(colours.tolist())) > 200


@pytest.mark.parametrize("colour_map", [ColourMap.SEQUENTIAL, ColourMap.GREY])
def test_a_map_without_a_middle_runs_from_dark_to_light(colour_map):
    red, green, blue = unpack(lookup(colour_map, dark=False)).astype(np.float64)
    assert (np.diff(0.2126 * red + 0.7152 * green + 0.0722 * blue) > -0.5).all()


@pytest.mark.parametrize("dark", [False, True])
def test_the_middle_of_the_diverging_map_is_like_the_background(dark):
    name = "dark" if dark else "light"
    theme.choose(theme.Choice(name))
    background = unpack(packed([theme.current().background])).astype(int)
    colours = unpack(lookup(ColourMap.DIVERGING, dark)).astype(int)
    distances = np.abs(colours - background).sum(axis=0)
    theme.choose(theme.Choice.SYSTEM)
    assert distances[127:129].max() < 40
    assert distances[[0, 255]].min() > 200


def test_numbers_get_their_colours():
    values = np.array([-3.0, -1.0, 0.0, 1.0, 9.0, np.inf, -np.inf, np.nan])
    assert steps_of(values, -1, 1).tolist() == [0, 0, 128, 255, 255, 255, 0, 0]
    assert steps_of(np.array([5.0, 5.0]), 5, 5).tolist() == [128, 128]


def test_ink_is_chosen_by_luminance():
    colours = packed([QColor("white"), QColor("black"), QColor("#0000ff"), QColor("#ffff00")])
    assert takes_white(colours).tolist() == [False, True, True, False]


def test_a_tint_is_laid_over():
    half = tinted(packed([QColor(0, 0, 0), QColor(255, 255, 255)]), QColor(255, 0, 0), 0.5)
    assert unpack(half).T.tolist() == [[128, 0, 0], [255, 128, 128]]


# The legend


def scale(**more):
    return Scale(lookup(ColourMap.GREY, False), 0.0, 100.0, lambda value: f"{value:.0f}", **more)


def test_the_legend_says_where_numbers_go_on():
    assert scale(below=True, above=True).ticks(3) == ["≤ 0", "50", "≥ 100"]
    assert scale().ticks(2) == ["0", "100"]


def test_the_legend_of_one_value_has_one_number():
    assert Scale(lookup(ColourMap.GREY, False), 4.0, 4.0, str).ticks(5) == ["4.0"]


def test_a_narrow_scale_does_not_write_a_number_twice(qtbot):
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.resize(400, 40)
    grey = lookup(ColourMap.GREY, False)
    bar.show_scale("Error", Scale(grey, -1.0, 1.0, lambda value: str(round(value))))
    assert bar.ticks() == ["-1", "0", "1"]


def test_a_narrow_legend_has_fewer_numbers(qtbot):
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.show_scale("Size", scale())
    bar.resize(800, 60)
    assert len(bar.ticks()) == 5
    bar.resize(60, 60)
    assert len(bar.ticks()) == 2
    assert bar.accessibleName() == "Size: 0 to 100"


# The widget


class Chequered(CellCanvas):
    """Paints nothing, since only its frame matters here."""

    def paint_cells(self, painter):
        pass


@pytest.fixture
def canvas(qtbot):
    widget = Chequered()
    qtbot.addWidget(widget)
    widget.resize(400, 300)
    widget.show()
    widget.set_grid(1000, 1000)
    return widget


def test_a_new_grid_is_fitted_and_stays_so_when_resized(canvas):
    assert canvas.frame.stride == 4
    canvas.resize(800, 600)
    assert canvas.fitted
    assert canvas.frame.stride == 2


def test_the_wheel_zooms_about_the_pointer(canvas):
    canvas.show_one_to_one()
    place = QPointF(120, 80)
    before = canvas.frame.cell_at(120, 80)
    for _ in range(3):
        canvas.wheelEvent(
            QWheelEvent(
                place,
                place,
                QPoint(),
                QPoint(0, 120),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
        )
    assert canvas.frame.magnify == 4
    assert not canvas.fitted
    after = canvas.frame.cell_at(120, 80)
    assert all(abs(a - b) <= 4 for a, b in zip(before, after, strict=True))


def mouse(canvas, kind, x, y, button=Qt.MouseButton.LeftButton):
    place = QPointF(x, y)
    buttons = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
    event = QMouseEvent(kind, place, place, place, button, buttons, Qt.KeyboardModifier.NoModifier)
    handler = {
        QEvent.Type.MouseButtonPress: canvas.mousePressEvent,
        QEvent.Type.MouseMove: canvas.mouseMoveEvent,
        QEvent.Type.MouseButtonRelease: canvas.mouseReleaseEvent,
    }
    handler[kind](event)


def test_a_click_picks_and_a_drag_moves(canvas, qtbot):
    canvas.show_one_to_one()
    picked = []
    canvas.picked.connect(lambda row, col: picked.append((row, col)))
    before = canvas.frame
    mouse(canvas, QEvent.Type.MouseButtonPress, 50, 60)
    mouse(canvas, QEvent.Type.MouseButtonRelease, 50, 60)
    assert picked == [before.cell_at(50, 60)]
    mouse(canvas, QEvent.Type.MouseButtonPress, 50, 60)
    mouse(canvas, QEvent.Type.MouseMove, 20, 50)
    mouse(canvas, QEvent.Type.MouseButtonRelease, 20, 50)
    assert len(picked) == 1
    assert (canvas.frame.left, canvas.frame.top) == (before.left + 30, before.top + 10)


def press(canvas, key, modifiers=Qt.KeyboardModifier.NoModifier):
    canvas.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, key, modifiers))


def test_keys_zoom_move_and_step(canvas):
    steps = []
    canvas.stepped.connect(lambda down, across: steps.append((down, across)))
    press(canvas, Qt.Key.Key_Plus)
    assert canvas.frame.stride == 2
    press(canvas, Qt.Key.Key_Minus)
    assert canvas.frame.stride == 4
    press(canvas, Qt.Key.Key_1)
    assert (canvas.frame.magnify, canvas.frame.stride) == (1, 1)
    left = canvas.frame.left
    press(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert canvas.frame.left > left
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right):
        press(canvas, key)
    assert steps == [(-1, 0), (1, 0), (0, -1), (0, 1)]
    press(canvas, Qt.Key.Key_0)
    assert canvas.fitted


def test_scroll_bars_reach_the_end_of_a_picture_beyond_32_bits(canvas):
    canvas.set_grid(HUGE, HUGE)
    for _ in range(60):
        canvas.zoom(inward=True)
    assert canvas.frame.picture_width > 1 << 38
    bar = canvas.horizontalScrollBar()
    bar.setValue(bar.maximum())
    assert canvas.frame.cells_in_sight()[3] > HUGE - (1 << 10)
    bar.setValue(0)
    assert canvas.frame.left == 0


def test_an_empty_grid_does_nothing(canvas):
    canvas.set_grid(0, 0)
    press(canvas, Qt.Key.Key_Plus)
    canvas.zoom(inward=True)
    canvas.reveal(3, 3)
    canvas.grab()
    assert canvas.frame.empty
