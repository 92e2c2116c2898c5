"""The marks that bookmarks leave: where they are, in every view, as long as they are there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip

from app import theme
from app.bookmarking import Bookmarks
from app.canvas.ribbons import RibbonLayer
from app.debug_place import Course, DebugPlace, step_of_symbol
from app.models.bookmark_places import MOST_TOLD, told
from app.models.bookmarked import Bookmarked, ByteMarks
from app.selection import Selection
from app.session.bookmark import Bookmark, Place
from app.session.file_work import Work
from app.views.bytes import BytesView
from app.views.debugger import DebuggerView
from app.views.debugger.bookmark_ticks import BookmarkTicks
from app.views.tiles import TilesView
from app.views.weights import WeightsView
from codec.formats import open_file, parse
from codec.source import BytesSource
from codec.stepping.walk import Direction
from tests.app.conftest import LEGACY
from tests.app.native import CONSTANT_TILE, PLAIN_TILE, small_lanes

GAUSSIAN = "gaussian10_300x200_t64.batched"
BIG = (1 << 63) - 1
pytestmark = pytest.mark.usefixtures("qapp")

spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), max_size=12)


def marks_of(*places, container=None):
    found = container or open_file(str(LEGACY / GAUSSIAN))
    return Bookmarked(tuple(Bookmark(place) for place in places), found)


class TestBytes:
    @given(spans, st.integers(0, 45), st.integers(0, 20))
    def test_what_is_marked_is_what_is_in_a_stretch(self, stretches, begin, size):
        array = np.array(stretches, dtype=np.int64).reshape(-1, 2)
        marks = ByteMarks(array[:, 0], array[:, 1], np.arange(len(array)))
        page = range(begin, begin + size)
        inside = [any(o <= byte < o + n for o, n in stretches) for byte in page]
        assert marks.covered(begin, begin + size).tolist() == inside
        starts = sorted({o for o, _ in stretches if o in page})
        assert marks.begins(begin, begin + size).tolist() == starts
        here = [k for k, (o, n) in enumerate(stretches) if o <= begin < o + max(n, 1)]
        assert sorted(marks.at(begin)) == here

    def test_a_tile_is_marked_where_its_stream_begins(self):
        marked = marks_of(Selection(0, 3), Selection(0, None, None, (5, 2)))
        (tensor,) = open_file(str(LEGACY / GAUSSIAN)).tensors
        offset = int(tensor.tiles["offset"][3])
        assert marked.bytes.begins(0, offset + 1).tolist() == [5, offset]
        assert np.flatnonzero(marked.bytes.covered(0, offset + 1)).tolist() == [5, 6]
        assert marked.bytes.at(offset).tolist() == [0]

    @pytest.mark.parametrize("native", [False, True])
    def test_weights_and_steps_are_marked_where_their_bytes_are(
        self, native, open_legacy, settle, tmp_path
    ):
        path = tmp_path / "few.rsc"
        path.write_bytes(small_lanes())
        document = open_legacy(path if native else GAUSSIAN)
        tile = PLAIN_TILE if native else 1
        document.select_tile(tile)
        settle()
        trace = document.trace
        tensor = document.tensor
        symbols = [0, 1, 5, 77, 400, tensor.symbol_count(tile) - 1]
        places: list[Place] = [Selection(0, tile, symbol) for symbol in symbols[:-1]]
        step = tensor.interleaving.step_of(symbols[-1], tensor.symbol_count(tile))
        places.append(DebugPlace(Course(0, tile), step))
        marks = marks_of(*places, Selection(0, 0, 3), container=document.container).of_trace(
            trace, 0
        )
        rows = [trace.row_of_symbol(symbol) for symbol in symbols]
        stretches = [trace.bytes_of_row(row) for row in rows]
        assert len(marks) == len(symbols)
        for number, (offset, size) in enumerate(stretches):
            assert number in marks.at(offset)
            assert marks.covered(offset, offset + size).all()


class TestTiles:
    def test_they_hold_what_is_in_them(self):
        container = open_file(str(LEGACY / GAUSSIAN))
        stream = int(container.tensors[0].tiles["offset"][7])
        marked = marks_of(
            Selection(0, 5),
            Selection(0, 3, 17),
            DebugPlace(Course(0, 3, Direction.ENCODE), 5),
            Selection(0, None, None, (stream + 9, 2)),
            Selection(0, None, None, (4, 1)),
        )
        assert marked.tiles(0).tolist() == [3, 5, 7]
        assert [marked.of_tile(0, tile) for tile in (0, 3, 5, 7)] == [[], [1, 2], [0], [3]]

    def test_what_the_file_has_not_is_left_out(self):
        marked = marks_of(
            Selection(BIG, 1),
            Selection(0, BIG, 3),
            Selection(0, 1, BIG),
            Selection(0, None, None, (BIG, BIG)),
            Selection(0, None, None, (7, BIG)),
            DebugPlace(Course(0, BIG), 3),
            DebugPlace(Course(BIG, 0), 3),
            DebugPlace(Course(0, 2), BIG),
            Selection(),
        )
        assert marked.tiles(0).tolist() == [2]
        assert len(marked.in_tiles(0).weights[0]) == 0
        assert marked.bytes.at(BIG - 1).tolist() == []
        assert marked.bytes.at(8).tolist() == [4]
        assert marked.steps(Course(0, 2))[0].tolist() == []


class TestWeights:
    @pytest.mark.parametrize("native", [False, True])
    def test_they_are_where_the_tensor_has_them(self, native):
        data = small_lanes() if native else (LEGACY / GAUSSIAN).read_bytes()
        container = parse(BytesSource(data, "few"))
        tensor = container.tensors[0]
        random = np.random.default_rng(3)
        places = [
            Selection(0, int(tile), int(random.integers(tensor.symbol_count(int(tile)))))
            for tile in random.integers(0, len(tensor.tiles), 200)
        ]
        weights = [tensor.weight_of(place.tile or 0, place.symbol or 0) for place in places]
        wanted = {(*weight, n) for n, weight in enumerate(weights) if weight is not None}
        found, numbers = marks_of(*places, container=container).in_tiles(0).weights
        assert {(*at, n) for at, n in zip(found.tolist(), numbers.tolist(), strict=True)} == wanted

    def test_steps_are_those_of_either_coder(self):
        container = parse(BytesSource(small_lanes(), "few"))
        tensor, tile = container.tensors[0], PLAIN_TILE
        symbols = [0, 3, 4, 9, 100]
        marked = marks_of(*(Selection(0, tile, symbol) for symbol in symbols), container=container)
        for direction in Direction:
            course = Course(0, tile, direction)
            wanted = [step_of_symbol(tensor, course, symbol) for symbol in symbols]
            assert marked.steps(course)[0].tolist() == wanted
        assert len(marked.steps(Course(0, CONSTANT_TILE))[0]) == 0


def test_a_line_tells_place_and_note_and_many_are_counted():
    container = open_file(str(LEGACY / GAUSSIAN))
    marks = [Bookmark(Selection(0, tile), "why?\nmore" if tile else "") for tile in range(9)]
    assert told(marks, [0, 1], container) == ["Bookmark: tile 0", "Bookmark: tile 1 – why?"]
    lines = told(marks, range(9), container)
    assert len(lines) == MOST_TOLD + 1
    assert lines[-1] == f"and {9 - MOST_TOLD} more bookmarks"


# In the views


def count(view, colour=None) -> int:
    """Pixels in the colour of bookmarks."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32) | np.uint32(0xFF << 24)
    return int((pixels == (colour or theme.current().bookmark).rgb()).sum())


def tooltip(widget, place: QPoint) -> str:
    event = QHelpEvent(QEvent.Type.ToolTip, place, widget.mapToGlobal(place))
    QApplication.sendEvent(widget, event)
    return QToolTip.text()


@pytest.fixture
def shown(qtbot, open_legacy, settle):
    """Shows a view of a document."""

    def show(kind, name=GAUSSIAN):
        view, document = kind(), open_legacy(name)
        qtbot.addWidget(view)
        view.resize(700, 500)
        view.show()
        view.set_document(document)
        document.select_tile(0)
        settle()
        return view, document

    return show


@pytest.mark.parametrize(
    ("kind", "place", "canvas"),
    [
        (TilesView, Selection(0, 7), "map"),
        (WeightsView, Selection(0, 7, 70), "canvas"),
        (BytesView, Selection(0, None, None, (1310, 40)), "_canvas"),
    ],
)
def test_a_mark_comes_and_goes_with_its_bookmark(shown, kind, place, canvas):
    view, document = shown(kind)
    viewport = getattr(view, canvas).viewport()
    before = count(viewport)
    Bookmarks(document.work).put(place, "odd")
    with_mark = count(viewport)
    assert with_mark > before
    for act, there in (
        (document.work.history.undo, False),
        (document.work.history.redo, True),
        (lambda: Bookmarks(document.work).remove({0}), False),
        (document.work.history.undo, True),
        (lambda: document.work.restore(Work()), False),
    ):
        act()
        assert count(viewport) == (with_mark if there else before)


@pytest.mark.parametrize("kind", [TilesView, WeightsView, BytesView])
def test_another_file_has_its_own_marks(shown, kind, open_legacy):
    view, document = shown(kind)
    for place in (Selection(0, 7, 70), Selection(0, None, None, (1310, 40))):
        Bookmarks(document.work).put(place, "")
    other = open_legacy("ramp_256x256_t16.batched")
    other.select_tile(0)
    view.set_document(other)
    assert count(view) == count(view, QColor("#00727a")) == 0
    view.set_document(document)
    assert count(view) > 0
    view.set_document(None)


def test_marks_are_in_the_colours_of_the_theme(shown):
    view, document = shown(TilesView)
    Bookmarks(document.work).put(Selection(0, 7), "")
    light = theme.current().bookmark
    assert count(view.map.viewport(), light) > 0
    theme.choose(theme.Choice.DARK)
    try:
        assert count(view.map.viewport(), light) == 0
        assert count(view.map.viewport()) > 0
    finally:
        theme.choose(theme.Choice.LIGHT)


def test_pointing_at_a_mark_tells_the_note(shown):
    view, document = shown(TilesView)
    Bookmarks(document.work).put(Selection(0, 7, 70), "looks odd")
    line = "Bookmark: weight 65, 198 – looks odd"
    row, col = view.grid.place(7)
    assert line in view.map.describe(row, col)
    assert line not in view.map.describe(row + 1, col)
    document.select_tile(7)
    assert line in view._line.text()


def test_a_ribbon_that_is_larger_than_its_cell_tells_everywhere(shown):
    view, document = shown(WeightsView)
    Bookmarks(document.work).put(Selection(0, 0, 64 * 20 + 20), "odd")
    view.canvas.show_one_to_one()
    view.grab()
    line = "Bookmark: weight 20, 20 – odd"
    assert all(line in view.canvas.describe(*cell) for cell in ((20, 20), (25, 23)))
    assert not any(line in view.canvas.describe(*cell) for cell in ((19, 20), (20, 19), (40, 20)))
    document.select_symbol(0, 64 * 20 + 20)
    assert line in view._line.text()


def test_pointing_at_a_byte_tells_the_note(shown):
    view, document = shown(BytesView)
    Bookmarks(document.work).put(Selection(0, None, None, (1310, 40)), "from here on")
    canvas = view._canvas
    document.select_bytes(1312, 1)
    column = 1312 % canvas.geometry_.columns
    row = 1312 // canvas.geometry_.columns - canvas.first_row
    place = canvas.geometry_.hex_box(row, column, column).center().toPoint()
    line = "Bookmark: bytes 1,310 to 1,349 – from here on"
    assert line in tooltip(canvas.viewport(), place)
    assert line in view._place.text()
    assert "bookmarked" in view._legend.text()
    document.work.history.undo()
    assert line not in view._place.text()
    assert "bookmarked" not in view._legend.text()


def test_bytes_of_a_bookmarked_weight_are_marked_once_they_are_known(shown, settle):
    view, document = shown(BytesView)
    Bookmarks(document.work).put(Selection(0, 0, 5), "")
    offset, _ = document.trace.bytes_of_row(document.trace.row_of_symbol(5))
    assert view._canvas.sight.bookmarks_at(offset) == [0]
    document.select_tile(1)
    settle()
    assert view._canvas.sight.bookmarks_at(offset) == []


def test_bytes_are_painted_where_thousands_are_marked(shown):
    view, document = shown(BytesView)
    places = [Selection(0, None, None, (offset, 3)) for offset in range(4000)]
    marks = tuple(Bookmark(place) for place in places)
    document.work.change("many", Work(bookmarks=marks))
    assert count(view._canvas.viewport()) > 1000


class TestTimeline:
    @pytest.fixture
    def stepping(self, shown, settle):
        view, document = shown(DebuggerView)
        document.debugging.start()
        settle()
        return view, document

    @pytest.fixture
    def has_steps(self, stepping, qtbot):
        """Waits for marks at some steps."""
        ticks = stepping[0].timeline.bookmarks
        return lambda *steps: qtbot.waitUntil(lambda: ticks.steps.tolist() == list(steps))

    def test_marks_follow_bookmarks_tile_and_coder(self, stepping, has_steps, settle):
        view, document = stepping
        for place in (Selection(0, 0, 100), DebugPlace(Course(0, 0), 2000), Selection(0, 1, 7)):
            Bookmarks(document.work).put(place, "found here")
        has_steps(100, 2000)
        assert count(view.timeline) > 0
        at = {step: QPoint(round(view.timeline.scale.x(step)), 15) for step in (1000, 2000)}
        assert "found here" in tooltip(view.timeline, at[2000])
        assert "found here" not in tooltip(view.timeline, at[1000])
        document.work.history.undo()
        document.work.history.undo()
        has_steps(100)
        document.debugging.set_direction(Direction.ENCODE)
        has_steps(64 * 64 - 1 - 100)
        document.select_tile(1)
        document.debugging.start()
        has_steps()
        settle()

    def test_a_step_lays_nothing_out_anew(self, stepping, has_steps, qtbot, monkeypatch):
        view, document = stepping
        marks = tuple(Bookmark(Selection(0, 0, symbol)) for symbol in range(4000))
        document.work.change("many", Work(bookmarks=marks))
        has_steps(*range(4000))
        view.timeline.grab()
        laid: list[object] = []
        monkeypatch.setattr(BookmarkTicks, "_laid_out", lambda *given: laid.append(given))
        document.debugging.jump(50)
        qtbot.waitUntil(lambda: view.timeline.marks.cursor == 50)
        view.timeline.grab()
        assert not laid


def test_a_picture_of_many_marks_is_painted_again_as_it_is(shown, monkeypatch):
    view, document = shown(WeightsView)
    marks = tuple(
        Bookmark(Selection(0, tile, symbol)) for tile in range(8) for symbol in range(600)
    )
    document.work.change("many", Work(bookmarks=marks))
    view.grab()
    drawn: list[object] = []
    draw = RibbonLayer._drawn

    def counted(layer, *given):
        drawn.append(given)
        return draw(layer, *given)

    monkeypatch.setattr(RibbonLayer, "_drawn", counted)
    view.grab()
    assert not drawn
    view.canvas.zoom(inward=True)
    view.grab()
    assert len(drawn) == 1
