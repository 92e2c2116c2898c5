"""Bookmarks and notes: of any place, found again where it exists, each change of them undone in one step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QTableView,
)

from app import bookmark_dialog, keeping_commands
from app.bookmark_dialog import BookmarkDialog, Choice, ask_for_note
from app.bookmarking import Bookmarks, go_to, next_bookmark, place_of, places_here
from app.command_group import CommandContext
from app.commands.keeping import KEEPING
from app.debug_place import Course, DebugPlace
from app.keeping_commands import KeepingCommands
from app.messages import Messages
from app.models import bookmark_table
from app.models.bookmark_places import place_details, place_title
from app.models.bookmark_table import BookmarkTable, Column
from app.selection import Selection
from app.session.bookmark import Bookmark, Place
from app.session.file_work import FileWork, Work
from app.tables.bookmarks import COLUMNS, bookmark_tables
from app.view import NO_DOCUMENT
from app.views.bookmarks import BookmarksView, note_field
from app.views.bookmarks.note_field import NoteField
from codec.formats import open_file
from codec.stepping.walk import Direction
from tests.app.conftest import LEGACY
from tests.app.windows import on_screen

GAUSSIAN = "gaussian10_300x200_t64.batched"
pytestmark = pytest.mark.usefixtures("qapp")

WEIGHT, TILE, BYTES = Selection(0, 3, 17), Selection(0, 5), Selection(0, None, None, (12, 4))
STEP = DebugPlace(Course(0, 3), 17)
ENCODE = DebugPlace(Course(0, 3, Direction.ENCODE), 64 * 64 - 1 - 17)
PLACES: tuple[Place, ...] = (WEIGHT, TILE, BYTES)
BIG = (1 << 63) - 1


@pytest.fixture(scope="module")
def container():
    return open_file(str(LEGACY / GAUSSIAN))


@pytest.fixture
def document(open_legacy):
    document = open_legacy(GAUSSIAN)
    document.select_tile(0)
    return document


@pytest.fixture
def marked(document):
    """A document with a bookmark of each kind."""
    for number, place in enumerate(PLACES):
        Bookmarks(document.work).put(place, f"note {number}\nmore")
    return document


@pytest.fixture
def view(qtbot):
    return on_screen(qtbot, BookmarksView(), 500, 600)


def table_of(view):
    return view.findChild(QTableView)


def rows(view, column=Column.PLACE) -> list[str]:
    model = table_of(view).model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def fields(view) -> tuple[NoteField, NoteField]:
    found = {field.accessibleName(): field for field in view.findChildren(NoteField)}
    return found["Note on the chosen bookmark"], found["Notes on the file"]


def said(view) -> str:
    labels = view.findChildren(QLabel)
    return " ".join(label.text() for label in labels if label.isVisibleTo(view))


class TestBookmarks:
    def test_there_is_one_of_each_place(self):
        bookmarks = Bookmarks(FileWork())
        for note in ("first", "second"):
            bookmarks.put(WEIGHT, note)
        assert bookmarks.all == (Bookmark(WEIGHT, "second"),)
        assert bookmarks.number_of(WEIGHT) == 0
        assert bookmarks.number_of(TILE) is None

    def test_every_change_is_one_step_of_undo(self):
        work = FileWork()
        bookmarks = Bookmarks(work)
        bookmarks.put(WEIGHT, "a")
        bookmarks.put(TILE, "b")
        bookmarks.annotate(TILE, "c")
        bookmarks.annotate(BYTES, "nothing is there")
        bookmarks.write_notes("notes")
        bookmarks.remove({0})
        states = [work.now]
        while work.history.canUndo():
            work.history.undo()
            states.append(work.now)
        assert [len(state.bookmarks) for state in states] == [1, 2, 2, 2, 1, 0]
        assert [state.notes for state in states] == ["notes"] * 2 + [""] * 4
        while work.history.canRedo():
            work.history.redo()
        assert work.now == states[0]

    def test_next_goes_round_in_their_order(self):
        marks = tuple(Bookmark(place) for place in PLACES)
        assert next_bookmark((), [WEIGHT], None, forward=True) is None
        assert next_bookmark(marks, [Selection()], None, forward=True).place == WEIGHT
        assert next_bookmark(marks, [Selection()], None, forward=False).place == BYTES
        assert next_bookmark(marks, [BYTES], None, forward=True).place == WEIGHT
        assert next_bookmark(marks, [WEIGHT], None, forward=False).place == BYTES
        assert next_bookmark(marks, [Selection()], TILE, forward=True).place == BYTES

    def test_next_gets_past_a_step_and_its_weight(self):
        marks = tuple(Bookmark(place) for place in (TILE, STEP, WEIGHT, BYTES))
        here: list[Place] = [STEP, WEIGHT]  # both are selected at once
        assert next_bookmark(marks, here, None, forward=True).place == WEIGHT
        assert next_bookmark(marks, here, WEIGHT, forward=True).place == BYTES
        assert next_bookmark(marks, here, STEP, forward=False).place == TILE


class TestPlaces:
    def test_what_is_kept_of_a_selection(self, document, settle):
        container = document.container
        assert place_of(document.selection, container) == Selection(0, 0)
        document.select_symbol(3, 17)
        settle()
        assert document.selection.span is not None
        assert place_of(document.selection, container) == WEIGHT
        document.select_bytes(12, 4)
        assert place_of(document.selection, container) == BYTES
        assert place_of(Selection(7), container) == Selection(7)
        assert place_of(Selection(7, 8, None, (1, 2)), container).span == (1, 2)

    @pytest.mark.parametrize("place", PLACES)
    def test_going_there_selects_it(self, document, settle, place):
        assert go_to(document, place) == ""
        settle()
        assert place_of(document.selection, document.container) == place

    @pytest.mark.parametrize("place", [STEP, ENCODE], ids=["decode", "encode"])
    def test_going_to_a_step_takes_the_debugger_there(self, document, settle, place):
        assert go_to(document, place) == ""
        settle()
        assert document.debugging.standing.place == place
        assert places_here(document) == (place, WEIGHT)
        document.debugging.jump(5)
        settle()
        assert go_to(document, place) == ""  # from elsewhere on the same course
        settle()
        assert document.debugging.standing.place == place

    def test_elsewhere_than_the_debugger_a_weight_is_a_weight(self, document, settle):
        go_to(document, STEP)
        settle()
        document.select_symbol(3, 18)
        assert places_here(document) == (Selection(0, 3, 18),)
        document.select_symbol(4, 17)
        assert places_here(document) == (Selection(0, 4, 17),)

    def test_the_end_is_a_place_too(self, document, settle):
        end = DebugPlace(Course(0, 3), 64 * 64)
        go_to(document, DebugPlace(Course(0, 3), 64 * 64 - 1))
        settle()
        document.debugging.jump_to_end()
        settle()
        assert places_here(document)[0] == end
        document.debugging.stop()
        assert go_to(document, end) == ""
        settle()
        assert document.debugging.standing.place == end

    def test_a_tensor_alone(self, document):
        document.select_bytes(12, 4)
        assert go_to(document, Selection(0)) == ""

    @pytest.mark.parametrize(
        ("place", "reason"),
        [
            (Selection(1), "There is no tensor 1: the file has 1."),
            (Selection(BIG, BIG, BIG), "no tensor"),
            (Selection(0, BIG), "no tile"),
            (Selection(0, 20), "There is no tile 20: the tensor has 20."),
            (Selection(0, 3, 64 * 64), "There is no symbol 4,096: the tile has 4,096."),
            (Selection(0, 3, BIG), "no symbol"),
            (Selection(0, None, 5), "no symbol"),
            (Selection(0, None, None, (BIG, BIG)), "no byte"),
            (Selection(0, None, None, (0, BIG)), "no byte"),
            (Selection(0, None, None, (BIG, 0)), "no byte"),
            (DebugPlace(Course(0, 3), 64 * 64 + 1), "There is no step 4,097: the tile has 4,096."),
            (DebugPlace(Course(0, 3), BIG), "no step"),
            (DebugPlace(Course(0, BIG), BIG), "no longer there"),
            (DebugPlace(Course(BIG, 0, Direction.ENCODE), 0), "no longer there"),
        ],
    )
    def test_what_is_gone_is_told_and_changes_nothing(self, document, place, reason):
        before = document.selection
        assert reason in go_to(document, place)
        assert document.selection == before
        assert place_title(place, document.container)
        assert reason in place_details(place, document.container)

    @pytest.mark.parametrize(
        ("place", "title", "details"),
        [
            (Selection(0, 0, 65), "Weight 1, 1", "tile 0, symbol 65, step 65"),
            (TILE, "Tile 5", "row 1, column 1 of the tiles"),
            (BYTES, "Bytes 12 to 15", "header"),
            (Selection(0, None, None, (12, 1)), "Byte 12", "header"),
            (Selection(0, None, None, (12, 0)), "Before byte 12", "header"),
            (Selection(0), "Tensor", ""),
            (STEP, "Decode step 17", "tile 3, symbol 17"),
            (ENCODE, "Encode step 4,078", "tile 3, symbol 17"),
            (
                DebugPlace(Course(0, 3), 64 * 64),
                "Decode step 4,096",
                "tile 3, behind the last step",
            ),
            (DebugPlace(Course(0, 5), 65), "Decode step 65", "tile 5, weight 65, 65"),
        ],
    )
    def test_what_it_is_called(self, container, place, title, details):
        assert place_title(place, container) == title
        assert details in place_details(place, container)

    def test_padding_is_no_weight(self, container):
        tensor = container.tensors[0]
        tile = tensor.tile_at(0, tensor.cols - 1)
        assert place_title(Selection(0, tile, 63), container) == "Symbol 63"


class TestTable:
    def test_it_is_a_sound_model(self, container):
        model = BookmarkTable()
        tester = QAbstractItemModelTester(
            model, QAbstractItemModelTester.FailureReportingMode.Fatal
        )
        model.show([Bookmark(place, "x") for place in PLACES], container)
        model.sort(Column.PLACE)
        model.show([Bookmark(place, "y") for place in PLACES], container)
        model.show([], None)
        tester.deleteLater()

    def test_columns(self, container):
        model = BookmarkTable()
        model.show([Bookmark(TILE, "\n first line \nsecond")], container)
        assert [model.index(0, column).data() for column in (Column.PLACE, Column.NOTE)] == [
            "Tile 5",
            "first line",
        ]
        tooltip = model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
        assert "second" in tooltip

    def test_other_notes_move_nothing(self, container, qtbot):
        model = BookmarkTable()
        model.show([Bookmark(TILE, "a")], container)
        with qtbot.assertNotEmitted(model.modelReset):
            model.show([Bookmark(TILE, "b")], container)
        assert model.index(0, Column.NOTE).data() == "b"

    def test_places_sort_as_numbers_do(self, container):
        places = [Selection(0, 10), Selection(0, 9), Selection(0, None, None, (BIG, 1)), BYTES]
        model = BookmarkTable()
        model.show([Bookmark(place) for place in places], container)
        model.sort(Column.PLACE)
        assert [model.number_at(model.index(row, 0)) for row in range(4)] == [1, 0, 3, 2]

    def test_a_step_sorts_with_the_tiles(self, container):
        model = BookmarkTable()
        model.show([Bookmark(place) for place in (BYTES, ENCODE, STEP, Selection(0, 2))], container)
        model.sort(Column.PLACE)
        assert [model.number_at(model.index(row, 0)) for row in range(4)] == [3, 2, 1, 0]

    def test_places_are_described_once_however_often_they_are_sorted(self, container, monkeypatch):
        described = []

        def describe(place, container):
            described.append(place)
            return place_details(place, container)

        monkeypatch.setattr(bookmark_table, "place_details", describe)
        model = BookmarkTable()
        places: list[Place] = [Selection(0, tile) for tile in range(20)]
        model.show([Bookmark(place) for place in places], container)
        for column in (Column.WHERE, Column.NOTE, Column.WHERE):
            model.sort(column)
        model.show_only("row")
        model.show([Bookmark(place) for place in [*places, STEP]], container)
        assert described.count(places[3]) == 1

    def test_sorting_keeps_what_is_chosen(self, container):
        model = BookmarkTable()
        model.show([Bookmark(TILE, "b"), Bookmark(BYTES, "c"), Bookmark(WEIGHT, "a")], container)
        chosen = QPersistentModelIndex(model.index(0, Column.NOTE))
        model.sort(Column.NOTE)
        assert (chosen.row(), chosen.data()) == (1, "b")
        model.sort(Column.NOTE, Qt.SortOrder.DescendingOrder)
        assert [model.index(row, Column.NOTE).data() for row in range(3)] == ["c", "b", "a"]
        model.sort(-1)
        assert (chosen.row(), model.row_of(0)) == (0, 0)

    def test_the_filter_looks_into_the_whole_note(self, container):
        model = BookmarkTable()
        model.show([Bookmark(TILE, "a\nneedle"), Bookmark(BYTES)], container)
        model.show_only("Tile NEEDLE")
        assert model.rowCount() == 1
        model.show_only("header")
        assert model.number_at(model.index(0, 0)) == 1
        assert model.row_of(0) is None


class TestView:
    def test_without_a_file(self, view):
        assert view.empty_text == NO_DOCUMENT
        assert view.tables() == []

    def test_without_a_bookmark_it_says_how_to_make_one(self, view, document):
        view.set_document(document)
        assert "press Ctrl+K" in said(view)
        assert not fields(view)[0].isEnabled()
        assert fields(view)[1].isEnabled()

    def test_it_lists_what_there_is(self, view, marked):
        view.set_document(marked)
        assert rows(view)[1:] == ["Tile 5", "Bytes 12 to 15"]
        assert rows(view, Column.NOTE) == ["note 0", "note 1", "note 2"]

    def test_choosing_goes_there_and_shows_the_note(self, view, marked, qtbot):
        view.set_document(marked)
        table = table_of(view)
        table.setFocus()
        table.setCurrentIndex(table.model().index(0, 0))
        for place, note in zip(PLACES, ("note 0", "note 1", "note 2"), strict=True):
            assert place_of(marked.selection, marked.container) == place
            assert fields(view)[0].toPlainText() == f"{note}\nmore"
            qtbot.keyClick(table, Qt.Key.Key_Down)

    def test_what_is_gone_is_said(self, view, document):
        Bookmarks(document.work).put(Selection(0, 999), "gone")
        view.set_document(document)
        table_of(view).selectRow(0)
        assert "There is no tile 999" in said(view)
        assert document.selection.tile == 0

    def test_the_bookmark_of_what_is_selected_is_chosen(self, view, marked):
        view.set_document(marked)
        marked.select_tile(5)
        assert "tile 5" in said(view)
        marked.select_tile(6)
        assert fields(view)[0].toPlainText().startswith("note 1")  # the last one stays

    def test_a_note_is_kept_as_it_is_typed(self, view, marked, qtbot):
        view.set_document(marked)
        marked.select_tile(5)
        note = fields(view)[0]
        note.setPlainText("typed")
        assert marked.work.now.bookmarks[1].note != "typed"
        qtbot.waitUntil(lambda: marked.work.now.bookmarks[1].note == "typed")
        assert marked.work.history.undoText() == "Change note"
        marked.work.history.undo()
        assert note.toPlainText() == "note 1\nmore"

    def test_a_note_belongs_to_the_bookmark_that_it_was_typed_for(self, view, marked):
        view.set_document(marked)
        table = table_of(view)
        table.setCurrentIndex(table.model().index(0, 0))
        fields(view)[0].setPlainText("about the first")
        table.setCurrentIndex(table.model().index(1, 0))
        assert [each.note for each in marked.work.now.bookmarks[:2]] == [
            "about the first",
            "note 1\nmore",
        ]
        assert table.currentIndex().row() == 1
        assert fields(view)[0].toPlainText() == "note 1\nmore"

    def test_notes_on_the_file_belong_to_the_file(self, view, open_legacy, document):
        other = open_legacy(GAUSSIAN)
        view.set_document(document)
        fields(view)[1].setPlainText("about this one")
        view.set_document(other)
        assert (document.work.now.notes, other.work.now.notes) == ("about this one", "")
        assert fields(view)[1].toPlainText() == ""
        view.set_document(document)
        assert fields(view)[1].toPlainText() == "about this one"

    def test_what_is_being_typed_survives_another_change(self, view, marked, qtbot):
        view.set_document(marked)
        marked.select_tile(5)
        note, notes = fields(view)
        note.setPlainText("half a no")
        notes.setPlainText("half a sen")
        Bookmarks(marked.work).put(Selection(0, 7), "made meanwhile")
        assert (note.toPlainText(), notes.toPlainText()) == ("half a no", "half a sen")
        view.commit()
        assert marked.work.now.bookmarks[1].note == "half a no"
        assert marked.work.now.notes == "half a sen"

    def test_a_note_that_is_undone_takes_what_is_being_typed_with_it(self, view, document):
        view.set_document(document)
        notes = fields(view)[1]
        notes.setPlainText("kept")
        view.commit()
        notes.setPlainText("kept and more")
        document.work.history.undo()
        assert notes.toPlainText() == ""

    def test_the_cursor_stays_while_what_was_typed_is_kept(self, view, document):
        view.set_document(document)
        notes = fields(view)[1]
        notes.setPlainText("some words")
        cursor = notes.textCursor()
        cursor.setPosition(4)
        notes.setTextCursor(cursor)
        view.commit()
        assert document.work.now.notes == "some words"
        assert notes.textCursor().position() == 4

    def test_several_can_be_removed_by_key(self, view, marked, qtbot):
        view.set_document(marked)
        table = table_of(view)
        table.setFocus()
        table.selectAll()
        assert not fields(view)[0].isEnabled()
        with qtbot.waitActive(view):
            view.activateWindow()
        qtbot.keyClick(table, Qt.Key.Key_Delete)
        assert marked.work.now.bookmarks == ()
        marked.work.history.undo()
        assert len(rows(view)) == 3

    def test_the_button_removes_what_is_chosen(self, view, marked):
        view.set_document(marked)
        button = next(b for b in view.findChildren(QPushButton) if b.text() == "Remove")
        assert not button.isEnabled()
        marked.select_tile(5)
        button.click()
        assert [each.place for each in marked.work.now.bookmarks] == [WEIGHT, BYTES]

    def test_the_button_bookmarks_and_leads_to_the_note(self, view, document, qtbot):
        view.set_document(document)
        with qtbot.waitActive(view):
            view.activateWindow()
        document.select_tile(2)
        next(b for b in view.findChildren(QPushButton) if b.text() == "Bookmark").click()
        assert document.work.now.bookmarks == (Bookmark(Selection(0, 2)),)
        assert fields(view)[0].hasFocus()

    def test_the_filter(self, view, marked):
        view.set_document(marked)
        assert view.focus_filter()
        line = view.findChild(QLineEdit)
        line.setText("tile 5")
        assert rows(view) == ["Tile 5"]
        line.setText("nothing like it")
        assert "No bookmark matches" in said(view)
        view.choose(BYTES)
        assert len(rows(view)) == 3

    def test_the_return_key_goes_to_the_first_that_is_left(self, view, marked, qtbot):
        view.set_document(marked)
        line = view.findChild(QLineEdit)
        line.setText("bytes")
        qtbot.keyClick(line, Qt.Key.Key_Return)
        assert place_of(marked.selection, marked.container) == BYTES
        line.setText("nothing like it")
        qtbot.keyClick(line, Qt.Key.Key_Return)
        assert place_of(marked.selection, marked.container) == BYTES

    def test_choosing_does_not_echo(self, view, marked, qtbot):
        """A byte inside a bookmarked field selects the field; the chosen row stays all the same."""
        Bookmarks(marked.work).put(Selection(0, None, None, (13, 1)), "one byte")
        view.set_document(marked)
        table = table_of(view)
        table.setCurrentIndex(table.model().index(3, 0))
        assert table.currentIndex().row() == 3

    def test_tables(self, view, marked):
        view.set_document(marked)
        (table,) = view.tables()
        (part,) = table.parts()
        cells = dict(zip(table.columns, part, strict=True))
        assert table.columns == COLUMNS
        assert cells["tile"] == [3, 5, None]
        assert cells["offset"] == [None, None, 12]
        assert cells["step"] == [17, None, None]
        assert cells["direction"] == ["decode", None, None]
        assert cells["note"][0] == "note 0\nmore"
        assert bookmark_tables(None) == []

    def test_a_step_in_the_table(self, marked):
        for step in (ENCODE, DebugPlace(Course(9, 9), 9)):
            Bookmarks(marked.work).put(step, "")
        (part,) = bookmark_tables(marked)[0].parts()
        cells = dict(zip(COLUMNS, part, strict=True))
        names = ("tensor", "tile", "row", "column", "symbol", "direction", "step")
        rows = [tuple(cells[name][row] for name in names) for row in (3, 4)]
        assert rows == [
            (0, 3, None, None, 17, "encode", 4078),
            (9, 9, None, None, None, "decode", 9),
        ]

    @pytest.mark.parametrize("cut", [0, 20, 200])
    def test_a_file_that_holds_nothing(self, view, jobs, tmp_path, cut, request):
        from app.document import Document
        from codec.formats import parse
        from codec.source import BytesSource

        data = (LEGACY / GAUSSIAN).read_bytes()[: max(cut, 20)]
        document = Document(tmp_path / "x", parse(BytesSource(data)), jobs)
        document.work.restore(Work(bookmarks=tuple(Bookmark(place) for place in PLACES)))
        view.set_document(document)
        for row in range(3):
            table_of(view).selectRow(row)
        view.set_document(None)
        document.close()


def test_the_panel_can_be_made_low(view, marked):
    """As low as its neighbours; then still a row, a line of its note and one of the notes are seen."""
    view.set_document(marked)
    line = view.fontMetrics().lineSpacing()
    view.resize(300, view.minimumSizeHint().height())
    view.choose(TILE)
    assert view.height() <= 15 * line
    table = table_of(view)
    row = table.visualRect(table.currentIndex())
    assert table.viewport().rect().contains(row.adjusted(0, 0, -row.width() // 2, 0))
    assert all(field.viewport().height() >= line for field in fields(view))
    view.set_document(None)


class TestNotes:
    def test_what_is_typed_without_a_pause_is_kept_all_the_same(self, qtbot, monkeypatch):
        monkeypatch.setattr(note_field, "LONGEST_MS", 30)
        field = NoteField()
        qtbot.addWidget(field)
        written: list[str] = []
        field.written.connect(written.append)
        while not written:
            qtbot.keyClicks(field, "x", delay=2)  # far shorter than a pause
        assert set(written[0]) == {"x"}
        assert field.toPlainText().startswith(written[0])


class TestDialog:
    def test_it_takes_a_note_by_the_return_key(self, qtbot):
        dialog = BookmarkDialog([Choice("Tile 5", "row 1", "before")])
        qtbot.addWidget(dialog)
        dialog.show()
        note = dialog.findChild(QPlainTextEdit)
        with qtbot.waitActive(dialog):
            dialog.activateWindow()
        qtbot.keyClicks(note, " and now")
        qtbot.keyClick(note, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        qtbot.keyClicks(note, "more")
        with qtbot.waitSignal(dialog.accepted):
            qtbot.keyClick(note, Qt.Key.Key_Return)
        assert dialog.note.splitlines() == ["before and now", "more"]

    def test_of_a_step_and_its_weight_one_is_chosen(self, qtbot):
        choices = [
            Choice("Decode step 8"),
            Choice("Weight 1, 2", "tile 3", "mine"),
            Choice("Tile 3"),
        ]
        dialog = BookmarkDialog(choices)
        qtbot.addWidget(dialog)
        step, weight, tile = dialog.findChildren(QRadioButton)
        note = dialog.findChild(QPlainTextEdit)
        assert (dialog.number, dialog.note, weight.isChecked()) == (1, "mine", True)
        step.setChecked(True)
        assert (dialog.number, dialog.note) == (0, "")
        note.setPlainText("typed")
        tile.setChecked(True)
        weight.setChecked(True)
        assert (dialog.number, dialog.note) == (1, "typed")  # what is typed is not thrown away

    @pytest.mark.parametrize(("key", "answer"), [("accept", (0, "kept")), ("reject", None)])
    def test_asking(self, qtbot, view, monkeypatch, key, answer):
        def answered(dialog):
            getattr(dialog, key)()
            return dialog.result()

        monkeypatch.setattr(bookmark_dialog.BookmarkDialog, "exec", answered)
        assert ask_for_note([Choice("Tile 5", "", "kept")], view) == answer


def noted(choices, _parent):
    """Takes the first choice."""
    return 0, f"note on {choices[0].title}"


class Shown:
    """What the commands need of a window."""

    jobs = None

    def __init__(self, document):
        self.current = document
        self.said: list[str] = []
        self.gone: list[str] = []
        self.afresh: list[object] = []

    def go(self, title):
        self.gone.append(title)

    def view(self, title):
        return None

    def start_afresh(self, document):
        self.afresh.append(document)


class TestCommands:
    @pytest.fixture
    def shown(self, document):
        return Shown(document)

    @pytest.fixture
    def effects(self, shown, view, monkeypatch):
        monkeypatch.setattr(keeping_commands, "ask_for_note", noted)
        context = CommandContext(view, shown, shown, shown.go, Messages(view), shown.said.append)
        return KeepingCommands(context, shown).effects()

    def test_every_command_has_an_effect(self, effects):
        assert set(effects) == {command.name for command in KEEPING}

    def test_without_a_file_nothing_happens(self, effects, shown):
        shown.current = None
        for name, effect in effects.items():
            if name not in ("bookmark.find", "bookmark.notes"):
                effect()
        assert shown.said == []

    def test_adding_and_removing(self, effects, shown, document):
        document.select_tile(5)
        effects["bookmark.add"]()
        assert document.work.now.bookmarks == (Bookmark(TILE, "note on Tile 5"),)
        effects["bookmark.remove"]()
        assert document.work.now.bookmarks == ()
        effects["bookmark.remove"]()
        assert shown.said[-1] == "What is selected is not bookmarked"

    def test_adding_asks_for_the_note_that_there_is(self, effects, shown, document, monkeypatch):
        document.select_tile(5)
        Bookmarks(document.work).put(TILE, "before")
        asked = []
        monkeypatch.setattr(keeping_commands, "ask_for_note", lambda *given: asked.extend(given[0]))
        effects["bookmark.add"]()
        assert [each.note for each in asked] == ["before"]
        assert document.work.now.bookmarks == (Bookmark(TILE, "before"),)  # it was cancelled

    def test_stepping(self, effects, shown, marked, settle):
        seen = []
        for name in ("next", "next", "next", "next", "previous"):
            effects[f"bookmark.{name}"]()
            settle()
            seen.append(place_of(marked.selection, marked.container))
        assert seen == [WEIGHT, TILE, BYTES, WEIGHT, BYTES]
        assert shown.said[1] == "Bookmark 2 of 3: Tile 5 – note 1"

    def test_stepping_over_what_is_gone(self, effects, shown, document):
        for place in (Selection(0, 99), TILE):
            Bookmarks(document.work).put(place, "")
        effects["bookmark.next"]()
        effects["bookmark.next"]()
        assert "no tile 99" in shown.said[0]
        assert document.selection.tile == 5

    def test_stepping_without_any(self, effects, shown):
        effects["bookmark.next"]()
        assert shown.said == ["No place is bookmarked"]

    def test_the_others(self, effects, shown, document):
        for name in ("find", "notes", "afresh"):
            effects[f"bookmark.{name}"]()
        assert shown.gone == ["Bookmarks", "Bookmarks"]
        assert shown.afresh == [document]
