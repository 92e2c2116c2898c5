"""Problems: sorted, filtered, written out; choosing one selects its place, and none says what was checked."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QTableView, QTextBrowser

from app.document import Document
from app.models.problem_sentences import details
from app.models.problem_table import (
    RAISED,
    Column,
    ProblemFilter,
    ProblemTableModel,
    counts,
)
from app.selection import Selection
from app.view import NO_DOCUMENT
from app.views.problems import ProblemsView
from codec.formats import parse
from codec.problems import Problem, Severity
from codec.source import BytesSource
from tests.app.windows import on_screen
from tests.codec.files import LEGACY, batched_file, noise, with_bytes

GAUSSIAN = "gaussian10_300x200_t64.batched"
pytestmark = pytest.mark.usefixtures("qapp")

BIG = 5 << 30

PROBLEMS = (
    Problem("padding", BIG, 3, "the padding is not zero", "00 00 00", "00 07 00"),
    Problem("tile-bounds", 900, 10, "a stream reaches outside", tensor=0, tile=11),
    Problem("table-start", 560, 4, "symbol 130 starts at slot 99", "2,655", "99", tensor=0),
    Problem(
        "tile-bounds", 900, 10, "another stream does", cause="someone cut it", tensor=0, tile=2
    ),
)


def table_of(view):
    return view.findChild(QTableView)


def column(view, which=Column.MESSAGE) -> list[str]:
    model = table_of(view).model()
    return [model.index(row, which).data() for row in range(model.rowCount())]


def said(view) -> str:
    """All that labels in sight say, and the details."""
    labels = [label.text() for label in view.findChildren(QLabel) if label.isVisibleTo(view)]
    return " ".join([*labels, view.findChild(QTextBrowser).toPlainText()])


@pytest.fixture
def view(qtbot):
    return on_screen(qtbot, ProblemsView(), 900, 400)


@pytest.fixture
def show(view, jobs):
    """Shows a file that is given as bytes, as it is after parsing: nothing is checked further."""
    shown = []

    def show_bytes(data: bytes) -> Document:
        document = Document("file.batched", parse(BytesSource(data, "file.batched")), jobs)
        shown.append(document)
        view.set_document(document)
        return document

    yield show_bytes
    view.set_document(None)
    for document in shown:
        document.close()


def gaussian() -> bytes:
    return (LEGACY[0].parent / GAUSSIAN).read_bytes()


def faulty() -> bytes:
    """Padding that is not zero, a wrong tile position, and bytes behind the last stream."""
    data = with_bytes(gaussian(), 38, b"\7")
    return with_bytes(data, 1064 + 12 * 8 + 8, b"\0\0") + b"more"


# The table


@pytest.fixture
def model():
    model = ProblemTableModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_problems(PROBLEMS)
    yield model
    tester.deleteLater()


def codes(shown) -> list[tuple[str, str]]:
    return [
        (shown.index(row, Column.CODE).data(), shown.index(row, Column.TILE).data())
        for row in range(shown.rowCount())
    ]


def test_a_row_says_all_about_a_problem(model):
    row = [model.index(2, column).data() for column in Column]
    assert row == [
        "error",
        "table-start",
        "560",
        "4",
        "",
        "",
        "symbol 130 starts at slot 99",
        "2,655",
        "99",
        PROBLEMS[2].likely_cause,
    ]
    assert model.index(3, Column.CAUSE).data() == "someone cut it"


@pytest.mark.parametrize(
    ("by", "order"),
    [
        (Column.SEVERITY, [1, 2, 3, 0]),
        (Column.OFFSET, [2, 1, 3, 0]),
        (Column.TILE, [0, 2, 3, 1]),
        (Column.FOUND, [1, 3, 0, 2]),
    ],
)
def test_columns_sort_by_what_they_mean(model, by, order):
    shown = ProblemFilter(model)
    shown.sort(by)
    assert [shown.problem_at(shown.index(row, 0)) for row in range(4)] == [
        PROBLEMS[number] for number in order
    ]


def test_the_filter_lets_through_a_severity_and_all_words(model):
    shown = ProblemFilter(model)
    shown.show_only(Severity.WARNING, "")
    assert codes(shown) == [("padding", "")]
    shown.show_only(None, "STREAM does another")
    assert codes(shown) == [("tile-bounds", "2")]
    shown.show_only(Severity.ERROR, "padding")
    assert codes(shown) == []
    shown.show_only(None, "")
    assert len(codes(shown)) == 4


def test_what_edits_raise_is_marked_and_can_be_shown_alone(model):
    raised = model.problems[1:2]
    model.set_problems(model.problems, (), raised)
    shown = ProblemFilter(model)
    severities = [model.index(row, Column.SEVERITY).data() for row in range(3)]
    assert [text.endswith(", by edit") for text in severities] == [False, True, False]
    assert RAISED in model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    shown.show_only(None, "", raised=True)
    assert [shown.problem_at(shown.index(row, 0)) for row in range(shown.rowCount())] == [*raised]
    assert RAISED in details(raised[0], raised=True)
    assert RAISED not in details(raised[0])


def test_problems_are_counted():
    assert counts(PROBLEMS) == "3 errors, 1 warning"
    assert counts(PROBLEMS[:1]) == "1 warning"
    assert counts(()) == ""


def test_a_problem_is_written_out():
    text = details(PROBLEMS[2])
    for part in ("Symbol 130 starts at slot 99.", "2,655", "bytes 560 to 563 (0x230 to 0x233)"):
        assert part in text
    assert "tile 11" in details(PROBLEMS[1])
    assert "&lt;b&gt;bold" in details(Problem("padding", 0, 0, "<b>bold</b>"))


# The view


def test_an_empty_view_says_why(view):
    assert view.empty_text == NO_DOCUMENT


@pytest.mark.parametrize("path", LEGACY, ids=lambda path: path.name)
def test_every_file_shows_all_its_problems(path, view, open_legacy, settle):
    document = open_legacy(path)
    view.set_document(document)
    settle()
    assert document.fully_checked
    assert sorted(column(view)) == sorted(problem.message for problem in document.problems)
    assert not view.grab().isNull()


def test_a_sound_file_is_called_sound_only_when_every_stream_was_decoded(view, show, settle):
    document = show(batched_file(noise(64, 64), 32))
    assert not document.fully_checked
    assert "every stream was decoded" not in said(view)
    assert "have not been decoded yet" in said(view)
    assert view.findChild(QPushButton).isVisibleTo(view)
    settle()
    assert document.problems == ()
    assert "every stream was decoded" in said(view)
    assert not view.findChild(QPushButton).isVisibleTo(view)
    assert not table_of(view).isVisibleTo(view)


def test_the_button_runs_the_full_check(view, show, settle, jobs, monkeypatch):
    monkeypatch.setattr("app.document.CHECKED_AT_ONCE", 0)
    document = show(batched_file(noise(64, 64), 32))
    assert not jobs.busy
    view.findChild(QPushButton).click()
    settle()
    assert document.fully_checked


def test_a_file_that_cannot_be_decoded_is_not_called_decoded(view, open_legacy, settle):
    view.set_document(open_legacy("brokentable_1024x1024_t256.batched"))
    settle()
    assert "No stream can be decoded: " in said(view)
    assert "every stream was decoded" not in said(view)


def test_a_header_that_was_cut_shows_what_there_is(view, show):
    show(gaussian()[:30])
    assert column(view, Column.CODE) == ["truncated-header"]
    assert "there is no matrix" in said(view)


def test_choosing_a_problem_selects_its_bytes_and_its_tile(view, show, settle):
    document = show(faulty())
    settle()
    number = column(view, Column.CODE).index("tile-position")
    told: list[object] = []
    document.selection_changed.connect(told.append)
    table_of(view).selectRow(number)
    assert told == [Selection(0, 8, None, (1064 + 12 * 8 + 8, 4))]
    assert "Tile at the wrong place of the grid" in said(view)


def test_a_selected_problem_is_shown_without_selecting_again(view, show, settle):
    document = show(faulty())
    settle()
    told: list[object] = []
    document.selection_changed.connect(told.append)
    problem = next(p for p in document.problems if p.code == "padding")
    document.select_problem(problem)
    assert len(told) == 1
    row = table_of(view).currentIndex().row()
    assert column(view)[row] == problem.message
    assert "Padding is not zero" in said(view)
    document.select_bytes(8)
    assert len(told) == 2
    assert not table_of(view).selectionModel().hasSelection()


def test_the_controls_filter(view, show, settle, qtbot):
    show(faulty())
    settle()
    everything = len(column(view))
    box = view.findChild(QComboBox)
    box.setCurrentIndex(box.findText("Warnings"))
    assert set(column(view, Column.SEVERITY)) == {"warning"}
    box.setCurrentIndex(0)
    assert view.focus_filter()
    qtbot.keyClicks(view.findChild(QLineEdit), "padding")
    assert column(view, Column.CODE) == ["padding"]
    qtbot.keyClicks(view.findChild(QLineEdit), " and more")
    assert "No problem matches the filter." in said(view)
    view.findChild(QLineEdit).clear()
    assert len(column(view)) == everything


def test_a_header_is_clicked_to_sort(view, show, settle, qtbot):
    show(faulty())
    settle()
    header = table_of(view).horizontalHeader()
    place = header.sectionViewportPosition(Column.OFFSET) + 5
    at = header.viewport().rect().center()
    at.setX(place)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    offsets = [int(text.replace(",", "")) for text in column(view, Column.OFFSET)]
    assert offsets == sorted(offsets)
