"""The palette: what a few letters find, and that choosing it does it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMainWindow

from app.palette import Palette
from app.palette.delegate import pieces
from app.palette.entry import Entry
from app.palette.matching import match
from app.palette.model import EntryList


def ranked(typed, titles, place="Menu"):
    found = [(match(typed, title, place), title) for title in titles]
    return [title for answer, title in sorted(
        ((answer, title) for answer, title in found if answer is not None),
        key=lambda pair: -pair[0].score,
    )]  # fmt: skip


def test_the_beginning_goes_before_a_word_and_a_word_before_its_inside():
    titles = ["Run backwards", "Show bookmarks", "Bookmarks", "Rebooking"]
    assert ranked("book", titles) == ["Bookmarks", "Show bookmarks", "Rebooking"]


def test_letters_of_words_find_what_they_abbreviate():
    assert ranked("rfc", ["Run full check", "Reload", "Forget recent files"]) == ["Run full check"]
    assert ranked("difference next", ["Next difference", "First difference"]) == ["Next difference"]


def test_the_menu_can_be_typed_too():
    assert match("compare swap", "Swap the sides", "Compare").places == (0, 1, 2, 3)
    assert match("nowhere", "Swap the sides", "Compare") is None


def test_what_a_name_does_can_be_typed_too_and_counts_least():
    says = "Save a table as CSV, JSON or NPZ. Ctrl+E"
    found = match("csv", "Export a table…", "File", says)
    assert found is not None
    assert found.places == ()
    assert match("ctrl+e", "Export a table…", "File", says) is not None
    assert match("sv", "Export a table…", "File", says) is None  # only where a word begins
    assert found.score < match("csv", "Czech silver", "File").score  # letters of the name itself


def test_letters_far_apart_at_first_may_be_close_further_on():
    title = "far from everything, a fine bar"
    assert match("fb", title, "").places == (title.index("fine"), title.index("bar"))


def test_signs_are_letters_as_any_other():
    for sign in r"^-]\.*[(":
        assert match(f"a{sign}", f"a b {sign} c", "").places == (0, 4)


def test_nothing_typed_finds_all_alike():
    assert match("", "Anything", "").score == match("  ", "Anything", "").score


@given(st.text(max_size=12), st.text(max_size=30), st.text(max_size=12))
def test_any_text_is_answered(typed, title, place):
    answer = match(typed, title, place)
    if answer is not None:
        assert list(answer.places) == sorted(set(answer.places))
        cut = pieces(title, answer.places)
        assert "".join(text for text, _ in cut) == title


@pytest.fixture
def done():
    return []


@pytest.fixture
def palette(qtbot, done):
    window = QMainWindow()
    window.setCentralWidget(QLineEdit())
    window.resize(900, 700)
    qtbot.addWidget(window)

    def entries():
        return [
            Entry("a", "Alpha", "File", "Do alpha.", lambda: done.append("alpha"), "Ctrl+A"),
            Entry("b", "Beta", "File", "Do beta.", lambda: done.append("beta"), "", "Not now."),
            Entry("c", "Gamma", "Edit", "Do gamma.", lambda: done.append("gamma"), checked=True),
        ]

    palette = Palette(window, entries)
    window.show()
    window.activateWindow()
    window.centralWidget().setFocus()
    qtbot.waitUntil(window.centralWidget().hasFocus)
    palette.open()
    qtbot.waitUntil(palette._line.hasFocus)
    yield palette
    window.close()


def titles(palette):
    model = palette._model
    return [model.entry(row).title for row in range(model.rowCount())]


def test_what_is_chosen_is_done_from_where_the_keyboard_was(palette, done):
    QTest.keyClicks(palette._line, "gam")
    assert titles(palette) == ["Gamma"]
    QTest.keyClick(palette._line, Qt.Key.Key_Return)
    assert done == ["gamma"]
    assert not palette.isVisible()
    assert palette.parentWidget().centralWidget().hasFocus()
    palette.open()
    assert titles(palette) == ["Gamma", "Alpha", "Beta"]  # what was chosen comes first again


def test_what_is_chosen_before_stands_on_top_of_its_own_list(palette):
    """Opening it anew forgets what was typed."""
    QTest.keyClicks(palette._line, "gam")
    palette.open()  # goes
    palette.open()
    assert palette._line.text() == ""
    assert titles(palette) == ["Alpha", "Beta", "Gamma"]


def test_arrows_choose(palette, done):
    QTest.keyClick(palette._line, Qt.Key.Key_Down)
    QTest.keyClick(palette._line, Qt.Key.Key_Down)
    QTest.keyClick(palette._line, Qt.Key.Key_Down)
    QTest.keyClick(palette._line, Qt.Key.Key_Return)
    assert done == ["gamma"]


def test_what_can_do_nothing_says_why_and_stays(palette, done):
    QTest.keyClicks(palette._line, "beta")
    assert palette._says.whole == "Not now."
    QTest.keyClick(palette._line, Qt.Key.Key_Return)
    assert done == []
    assert palette.isVisible()


def test_nothing_found_is_said(palette, done):
    QTest.keyClicks(palette._line, "zzz")
    assert titles(palette) == []
    assert palette._says.whole == "Nothing is called like this."
    QTest.keyClick(palette._line, Qt.Key.Key_Return)
    assert done == []


def test_escape_goes_back(palette):
    QTest.keyClick(palette._line, Qt.Key.Key_Tab)
    assert palette._line.hasFocus()  # Tab has nowhere to go
    QTest.keyClick(palette._line, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert palette.parentWidget().centralWidget().hasFocus()


def test_turning_to_something_else_closes_it(palette, qtbot):
    other = palette.parentWidget().centralWidget()
    other.setFocus()
    qtbot.waitUntil(lambda: not palette.isVisible())
    assert other.hasFocus()


@pytest.mark.parametrize("size", [(1600, 1000), (400, 260)])
def test_it_stays_inside_the_window(palette, size):
    window = palette.parentWidget()
    palette.close_again()
    window.resize(*size)
    palette.open()
    assert window.rect().contains(palette.geometry())


def test_many_entries_are_found_without_delay():
    """A model has a thousand tensors and more."""
    entries = [
        Entry(f"t{n}", f"model.layers.{n}.attention.query.weight", "Tensor", "", lambda: None)
        for n in range(5_000)
    ]
    model = EntryList()
    model.offer(entries)
    model.find("layers.4999 query")
    assert model.entry(0).key == "t4999"
