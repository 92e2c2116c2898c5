"""What is said about sessions, and what the buttons of it do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox, QPushButton

from app.messages import Messages
from app.session.file_work import FileWork, Work
from app.session_notices import SessionNotices, listed, summary
from codec.edits.edit import Edit
from tests.app.session.full import SESSION, WORK

EDITS = (Edit(0, b"a", b"b", "one"), Edit(1, b"a", b"b", "two"))
OFF = tuple(replace(edit, enabled=False) for edit in EDITS)


class File:
    """What is known of a document."""

    def __init__(self, work=None):
        self.path = Path("/a/layer.batched")
        self.title = "layer.batched"
        self.work = work or FileWork()


class Crashes(QObject):
    """Says that a window has crashed."""

    found = Signal()
    settled = Signal()

    def __init__(self, called):
        super().__init__()
        self.offered: tuple[str, ...] = ()
        self.open_offered = lambda: called.append("open")
        self.dismiss_offered = lambda: called.append("dismiss")


class Keeping(QObject):
    """Says what the real one would say."""

    refused = Signal(object, str)
    file_changed = Signal(object, str, object)
    edits_taken_up = Signal(object, int)
    found_elsewhere = Signal(object, object)
    closed = Signal(object)
    shared = Signal(object, str)
    failed = Signal(str)
    recovered = Signal()

    def __init__(self):
        super().__init__()
        self.documents: list[File] = []
        self.called: list[object] = []
        self.crashes = Crashes(self.called)

        self.lost = ""

    def start_afresh(self, document):
        self.called.append(document)

    def take_up(self, document, session):
        self.called.append((document, session.path))

    def unkept(self):
        return self.lost


@pytest.fixture
def messages(qtbot):
    messages = Messages()
    qtbot.addWidget(messages)
    return messages


@pytest.fixture
def keeping(messages):
    keeping: Any = Keeping()
    SessionNotices(keeping, messages, keeping)
    return keeping


def sentences(messages):
    return [row.sentence for row in messages.rows()]


def press(messages, text):
    buttons = messages.rows()[-1].findChildren(QPushButton)
    next(button for button in buttons if button.text() == text).click()


def test_what_is_wrong_is_said_once_a_file(keeping, messages):
    file = File()
    keeping.refused.emit(file, "first")
    keeping.refused.emit(file, "second")
    keeping.shared.emit(file, "two windows")
    assert sentences(messages) == ["second", "two windows"]


def test_a_disk_that_has_room_again_takes_the_message_away(keeping, messages):
    keeping.failed.emit("full")
    keeping.failed.emit("still full")
    assert sentences(messages) == ["still full"]
    keeping.recovered.emit()
    assert sentences(messages) == []


def test_edits_can_be_switched_on_again(keeping, messages):
    file = File(FileWork(Work(edits=OFF, notes="kept")))
    keeping.file_changed.emit(file, "changed", EDITS)
    press(messages, "Switch edits on")
    assert file.work.now == Work(edits=EDITS, notes="kept")
    file.work.history.undo()
    assert file.work.now.edits == OFF
    assert sentences(messages) == []


def test_only_what_was_on_is_switched_on(keeping, messages):
    file = File(FileWork(Work(edits=OFF)))
    keeping.file_changed.emit(file, "changed", EDITS[:1])
    press(messages, "Switch edits on")
    assert file.work.now.edits == (EDITS[0], OFF[1])


def test_without_edits_there_is_nothing_to_switch_on(keeping, messages):
    keeping.file_changed.emit(File(), "changed", ())
    assert [b.text() for b in messages.findChildren(QPushButton)] == ["Start afresh"]


def test_starting_afresh_reaches_the_document_that_is_shown_now(keeping, messages):
    before = File()
    now = File(before.work)
    keeping.documents = [File(), now]
    keeping.file_changed.emit(before, "changed", EDITS)
    press(messages, "Start afresh")
    assert keeping.called == [now]


def test_a_file_that_was_closed_meanwhile(keeping, messages):
    keeping.file_changed.emit(File(), "changed", EDITS)
    press(messages, "Start afresh")
    assert keeping.called == []


@pytest.mark.parametrize(("button", "called"), [("Restore", "open"), ("Leave", "dismiss")])
def test_a_crash(keeping, messages, button, called):
    keeping.crashes.offered = ("/a/x.batched", "/b/y.wcdc")
    keeping.crashes.found.emit()
    assert "without closing x.batched and y.wcdc." in sentences(messages)[0]
    press(messages, button)
    assert keeping.called == [called]
    assert sentences(messages) == []


def test_a_crash_whose_files_are_open_by_now_is_told_no_more(keeping, messages):
    keeping.crashes.offered = ("/a/x.batched",)
    keeping.crashes.found.emit()
    keeping.crashes.settled.emit()
    assert sentences(messages) == []


def test_edits_of_the_last_session_are_told_and_can_be_switched_off(keeping, messages):
    file = File(FileWork(Work(edits=EDITS, notes="kept")))
    keeping.edits_taken_up.emit(file, 2)
    assert sentences(messages) == [
        "2 edits of your last session lie over layer.batched; the file itself is as it was."
    ]
    press(messages, "Switch off")
    assert file.work.now == Work(edits=OFF, notes="kept")
    file.work.history.undo()
    assert file.work.now.edits == EDITS


def test_the_session_of_a_file_that_was_moved_is_offered(keeping, messages):
    before = File()
    now = File(before.work)
    keeping.documents = [now]
    keeping.found_elsewhere.emit(before, SESSION)
    (sentence,) = sentences(messages)
    assert SESSION.path in sentence
    assert sentence.endswith("is kept: 4 bookmarks, 2 breakpoints, 2 edits and notes.")
    press(messages, "Take it up")
    assert keeping.called == [(now, SESSION.path)]


def test_nothing_is_to_be_chosen_about_a_file_that_is_closed(keeping, messages):
    file = File()
    keeping.file_changed.emit(file, "changed", EDITS)
    keeping.shared.emit(file, "two windows")
    keeping.refused.emit(file, "set aside")
    keeping.closed.emit(file)
    assert sentences(messages) == ["set aside"]


@pytest.mark.parametrize(("answer", "closes"), [("Discard", True), ("Cancel", False)])
def test_closing_asks_where_work_would_be_lost(keeping, messages, monkeypatch, answer, closes):
    asked = []

    def warning(_parent, _title, text, *_buttons):
        asked.append(text)
        return QMessageBox.StandardButton[answer]

    monkeypatch.setattr(QMessageBox, "warning", warning)
    notices = SessionNotices(keeping, messages, keeping)
    assert notices.may_close(messages)
    assert asked == []
    keeping.lost = "The disk is full."
    assert notices.may_close(messages) is closes
    assert "The disk is full." in asked[0]


def test_work_in_a_few_words():
    assert summary(Work(edits=EDITS[:1])) == "1 edit"
    assert summary(replace(WORK, notes="")) == "4 bookmarks, 2 breakpoints and 2 edits"


def test_lists():
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(list("abc")) == "a, b and c"
    assert listed(list("abcd")) == "a, b, c and d"
    assert listed(list("abcdefg")) == "a, b, c and 4 more"
