"""Structure: a lazy tree over any file, problems marked in place, a filter, and the one selection."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLineEdit, QTreeView

from app.document import Document
from app.models import span_search
from app.models.span_columns import Column
from app.models.span_marks import SpanMarks, enclosing, stream_path
from app.models.span_search import SpanMatchesModel
from app.models.span_tree import GROUP, GROUPED_OVER, SpanTreeModel, group_width
from app.selection import Selection
from app.view import NO_DOCUMENT
from app.views.structure import StructureView
from codec.formats import batched, open_file, parse
from codec.frequency import FrequencyTable
from codec.problems import Problem, Severity
from codec.source import BytesSource
from codec.spans import ListedSpans, RecordSpans, Span, SpanKind
from tests.app.windows import on_screen
from tests.codec.files import LEGACY, with_bytes

GAUSSIAN = "gaussian10_300x200_t64.batched"
pytestmark = pytest.mark.usefixtures("qapp")

TILES = 200 * 350


@pytest.fixture(scope="module")
def large():
    """A layer of 70,000 tiles whose streams are symbol count and state alone."""
    frequencies = np.zeros(256, dtype=np.int64)
    frequencies[128] = 4096
    sizes = np.full(TILES, 8, dtype=np.int64)
    head = batched.head((200, 350), 1, FrequencyTable.of_frequencies(frequencies), sizes)
    stream = (1).to_bytes(4, "little") + (1 << 23).to_bytes(4, "little")
    return parse(BytesSource(head + TILES * stream, "large.batched"))


@pytest.fixture
def view(qtbot):
    return on_screen(qtbot, StructureView(), 700, 500)


def tree_of(view):
    return view.findChild(QTreeView)


def current(view):
    return tree_of(view).model().span_at(tree_of(view).currentIndex())


def texts(index) -> list[str]:
    return [index.siblingAtColumn(column).data() for column in Column]


def rows(model, parent=None) -> list[QModelIndex]:
    above = QModelIndex() if parent is None else parent
    return [model.index(row, 0, above) for row in range(model.rowCount(above))]


def everything(model, parent=None) -> list[QModelIndex]:
    return [index for row in rows(model, parent) for index in (row, *everything(model, row))]


# The tree


@pytest.mark.parametrize("path", LEGACY, ids=lambda path: path.name)
def test_the_tree_keeps_qts_rules_and_shows_every_span(path):
    root = open_file(path).root
    model = SpanTreeModel(root)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    shown = [model.span_at(index) for index in everything(model)]
    wanted = [root, *(span for _, span in span_search.walk(root, []))]
    assert [(s.name, s.offset, s.value) for s in shown] == [
        (s.name, s.offset, s.value) for s in wanted
    ]
    tester.deleteLater()


def test_a_row_says_what_a_span_is():
    model = SpanTreeModel(open_file(LEGACY[0].parent / GAUSSIAN).root)
    index = model.index_of((0, 3))
    assert texts(index) == ["rows", "300", "8", "4", "Rows of the weight matrix."]
    assert "bytes 8 to 11 (0x8 to 0xB)" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert model.headerData(Column.OFFSET, Qt.Orientation.Horizontal) == "Offset"


def test_an_index_stays_the_same_however_it_is_come_by():
    model = SpanTreeModel(open_file(LEGACY[0].parent / GAUSSIAN).root)
    by_path = model.index_of((3, 7, 1))
    by_rows = model.index(1, 0, model.index(7, 0, model.index(3, 0, model.index(0, 0))))
    assert by_path == by_rows
    assert by_path.parent() == model.index_of((3, 7))
    assert not model.index_of((3, 999)).isValid()


@pytest.mark.parametrize("count", [0, 1, GROUPED_OVER, GROUPED_OVER + 1, TILES, 10**6, 10**9])
def test_no_row_has_more_rows_below_than_a_view_can_take(count):
    width = group_width(count)
    assert -(-count // width) <= GROUPED_OVER
    assert width == 1 or width % GROUP == 0


def test_many_children_stand_in_groups_and_only_what_is_looked_at_is_made(large):
    made = []
    entries = large.root.children[2]

    def make(row):
        made.append(row)
        return entries.children[row]

    listed = RecordSpans(entries.offset, 12, TILES, make)
    root = Span("file", 0, 1 << 30, SpanKind.FILE, children=ListedSpans(
        [Span("index", entries.offset, 12 * TILES, SpanKind.INDEX, children=listed)]
    ))  # fmt: skip
    model = SpanTreeModel(root)
    above = model.index_of((0,))
    groups = rows(model, above)
    assert [group.data() for group in groups[:2]] == ["0 … 255", "256 … 511"]
    assert groups[-1].data() == "69,888 … 69,999"
    assert [model.span_at(group) for group in groups] == [None] * len(groups)
    made.clear()
    index = model.index_of((0, 60_000))
    assert index.data().startswith("tile 60,000 ")
    assert index.parent().data() == "59,904 … 60,159"
    assert made == [60_000]


# Marks


def problem(offset: int, size: int, code: str = "table-start", tile: int | None = None) -> Problem:
    return Problem(code, offset, size, f"what is wrong at {offset}", tile=tile)


def test_a_problem_belongs_to_the_innermost_span_that_holds_all_of_it():
    root = open_file(LEGACY[0].parent / GAUSSIAN).root
    names = {
        (8, 4): "rows",
        (8, 8): "header",
        (560, 4): "symbol 130",
        (560, 2): "start",
        (40, 1024): "frequency table",
        (30, 100): root.name,
        (root.end, 0): root.name,
    }
    for place, name in names.items():
        assert root.descend(enclosing(root, *place)).name == name


def test_a_problem_of_a_tile_belongs_to_its_stream_where_its_bytes_lead_elsewhere():
    root = open_file(LEGACY[0].parent / GAUSSIAN).root
    assert enclosing(root, root.end, 0, tile=5) == stream_path(root, 5) == (3, 5)
    assert enclosing(root, 1064 + 5 * 12, 4, tile=5) == (2, 5, 0)
    assert enclosing(root, root.end, 0, tile=10**6) == ()


def test_marks_of_what_is_inside_reach_every_span_around():
    root = open_file(LEGACY[0].parent / GAUSSIAN).root
    marks = SpanMarks(root, [problem(560, 2), problem(37, 3, "padding"), problem(562, 2)])
    assert marks.worst_own((1, 130, 0)) is Severity.ERROR
    assert marks.worst_own((1, 130)) is None
    assert marks.worst_inside((1, 130)) is Severity.ERROR
    assert marks.worst_inside((0,)) is Severity.WARNING
    assert marks.worst_inside(()) is Severity.ERROR
    assert marks.worst_inside((1,), range(130)) is None
    assert marks.worst_inside((1,), range(130, 140)) is Severity.ERROR
    assert marks.worst_inside((2,)) is None


def test_marked_rows_are_told_apart_and_explained():
    model = SpanTreeModel(open_file(LEGACY[0].parent / GAUSSIAN).root)
    told: list[bool] = []
    model.dataChanged.connect(lambda *_: told.append(True))
    model.set_problems([problem(560, 2)])
    assert told
    start, symbol, other = (model.index_of(path) for path in ((1, 130, 0), (1, 130), (1, 131)))
    role = Qt.ItemDataRole.ToolTipRole
    assert "Error: what is wrong at 560" in start.data(role)
    assert "at least one error further inside" in symbol.data(role)
    assert "rror" not in other.data(role)
    keys = [
        index.data(Qt.ItemDataRole.DecorationRole).cacheKey() for index in (start, symbol, other)
    ]
    assert len(set(keys)) == 3


# The filter


def found_by(model) -> list[str]:
    return [model.span_at(index).name for index in everything(model)]


def search(root, text, qtbot) -> SpanMatchesModel:
    model = SpanMatchesModel(root, text)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    qtbot.waitUntil(lambda: not model.searching, timeout=60_000)
    return model


def test_the_filter_shows_matches_and_what_is_around_them(qtbot):
    root = open_file(LEGACY[0].parent / GAUSSIAN).root
    assert found_by(search(root, "num_tiles_r", qtbot)) == [root.name, "header", "num_tiles_row"]
    assert found_by(search(root, "SYMBOL 130", qtbot)) == [
        root.name,
        "frequency table",
        "symbol 130",
    ]
    assert found_by(search(root, "no such field", qtbot)) == [root.name]


def test_the_filter_finds_values_however_their_digits_are_grouped(qtbot):
    root = open_file(LEGACY[0].parent / GAUSSIAN).root
    for text in ("53643", "53,643"):
        assert "compressed_size" in found_by(search(root, text, qtbot))


def test_a_tile_is_found_by_its_number_before_anything_else(large, qtbot):
    model = SpanMatchesModel(large.root, "tile 69,999")
    qtbot.waitUntil(lambda: len(everything(model)) >= 5)
    names = [name.partition(" (")[0] for name in found_by(model)]
    assert names == ["large.batched", "tile index", "tile 69,999", "tile streams", "tile 69,999"]
    model.stop()


def test_the_filter_stops_and_says_so(large, qtbot):
    model = SpanMatchesModel(large.root, "tile")
    told: list[str] = []
    model.told.connect(told.append)
    qtbot.waitUntil(lambda: not model.searching)
    assert model.found == span_search.MOST_MATCHES
    assert told[-1].startswith("Stopped at 500 of ")
    assert len(everything(model)) < 2 * span_search.MOST_MATCHES


def test_the_filter_gives_up_after_so_many_fields(large, qtbot, monkeypatch):
    monkeypatch.setattr(span_search, "MOST_SEEN", 2000)
    model = SpanMatchesModel(large.root, "no such field")
    told: list[str] = []
    model.told.connect(told.append)
    qtbot.waitUntil(lambda: not model.searching)
    assert told[-1] == (
        "Stopped: 0 of 2,000 fields match. Further tiles are found by their number."
    )


# The view


def test_an_empty_view_says_why(view):
    assert view.empty_text == NO_DOCUMENT


@pytest.mark.parametrize("path", LEGACY, ids=lambda path: path.name)
def test_every_file_shows(path, view, open_legacy, settle):
    document = open_legacy(path)
    view.set_document(document)
    settle()
    assert view.empty_text == ""
    assert tree_of(view).model().rowCount() == 1
    assert not view.grab().isNull()


def test_moving_in_the_tree_selects_and_comes_back_unchanged(view, open_legacy):
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    told: list[Selection] = []
    document.selection_changed.connect(told.append)
    model = tree_of(view).model()
    tree_of(view).setCurrentIndex(model.index_of((3, 7, 2)))
    span = model.span_at(model.index_of((3, 7, 2)))
    assert told == [Selection(0, 7, None, (span.offset, span.size))]
    assert current(view).name == "final state"


def test_a_selection_from_elsewhere_opens_the_tree_and_selects_nothing(view, open_legacy, settle):
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    told: list[Selection] = []
    document.selection_changed.connect(told.append)
    document.select_bytes(563)
    assert current(view).name == "freq"
    document.select_tile(4)
    assert current(view).name == "tile 4 (row 1, column 0)"
    document.select_symbol(4, 10)
    settle()
    assert current(view).name == "renormalisation bytes"
    index = tree_of(view).currentIndex()
    assert tree_of(view).isExpanded(index.parent())
    assert tree_of(view).visualRect(index).isValid()
    assert len(told) == 4, "the three, and the bytes of the symbol when the trace was there"


def test_an_unreadable_stream_is_shown_as_the_tile_it_is(view, jobs):
    data = (LEGACY[0].parent / GAUSSIAN).read_bytes()
    cut = with_bytes(data, 1064 + 11 * 12 + 4, (1 << 31).to_bytes(4, "little"))
    document = Document("cut.batched", parse(BytesSource(cut, "cut.batched")), jobs)
    view.set_document(document)
    document.select_tile(11)
    assert current(view).name == "tile 11 (row 2, column 3)"
    assert current(view).end == len(cut), "what the file has of it"
    assert "of which the file has" in current(view).value
    document.close()


def test_the_filter_line_filters_and_gives_the_tree_back(view, open_legacy, qtbot):
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    line = view.findChild(QLineEdit)
    assert view.focus_filter()
    width = tree_of(view).columnWidth(Column.NAME)
    qtbot.keyClicks(line, "tile 12")
    matches = tree_of(view).model()
    qtbot.waitUntil(lambda: not matches.searching)
    assert isinstance(matches, SpanMatchesModel)
    index = matches.index_of((3, 12))
    assert tree_of(view).isExpanded(index.parent())
    tree_of(view).setCurrentIndex(index)
    assert document.selection.tile == 12
    line.clear()
    assert current(view).name.startswith("tile 12 ")
    assert isinstance(tree_of(view).model(), SpanTreeModel)
    assert tree_of(view).columnWidth(Column.NAME) == width


def test_problems_are_marked_as_soon_as_the_check_has_found_them(view, open_legacy, settle):
    document = open_legacy("smooth_512x512_t256.batched")
    view.set_document(document)
    settle()
    assert document.fully_checked
    table = tree_of(view).model().index_of((1,))
    messages = [p.message for p in document.problems if p.offset == 40]
    assert messages
    shown = " ".join(table.data(Qt.ItemDataRole.ToolTipRole).split())
    assert all(message in shown for message in messages)


def test_values_and_offsets_are_copied(view, open_legacy):
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    document.select_bytes(8)
    actions = {action.text().replace("&", ""): action for action in tree_of(view).actions()}
    for name, text in (("Copy value", "300"), ("Copy offset", "8"), ("Copy name", "rows")):
        actions[name].trigger()
        assert QGuiApplication.clipboard().text() == text


def test_the_way_to_the_bytes_is_told(view, open_legacy, qtbot):
    view.set_document(open_legacy(GAUSSIAN))
    tree_of(view).setCurrentIndex(tree_of(view).model().index_of((0, 3)))
    tree_of(view).setFocus()
    with qtbot.waitSignal(view.panel_wanted):
        qtbot.keyClick(tree_of(view), Qt.Key.Key_Return)


def test_another_document_takes_the_place_of_the_first(view, open_legacy):
    first, second = open_legacy(GAUSSIAN), open_legacy("ramp_256x256_t16.batched")
    view.set_document(first)
    view.set_document(second)
    first.select_bytes(8)
    assert current(view) is None
    view.set_document(None)
    assert view.empty_text == NO_DOCUMENT
