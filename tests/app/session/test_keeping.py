"""Sessions of a workspace: written soon after a change, found again, and never a reason not to open a file."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QCoreApplication

from app.debug_place import Course, DebugPlace
from app.jobs import Jobs
from app.selection import Selection
from app.session import keeping as keeping_module
from app.session import writing as writing_module
from app.session.bookmark import Bookmark
from app.session.breakpoint import Breakpoint
from app.session.file_work import Work
from app.session.identity import identity_of
from app.session.json_form import read
from app.session.keeping import Keeping
from app.session.state import KeptLayout, Session
from app.session.store import OnDisk, SessionStore, stamp_of
from app.settings import LAYOUT_VERSION
from app.workspace import Workspace, sample_path
from codec.comparison.output import SideKind
from codec.comparison.side import AS_OPENED, Side
from codec.edits.edit import Edit
from codec.source import FileSource
from codec.stepping.walk import Direction

REFERENCE = Side(SideKind.DECODER, "reference")
WORK = Work(
    (Bookmark(Selection(0, 2), "here"),), (Breakpoint("symbol == 1"),), (), "all tiles are shifted"
)


class Panels:
    """Knows a layout, and nothing else."""

    def __init__(self):
        self.layout = b"first"
        self.restored = QByteArray()
        self.taken_up: list[bytes] = []

    def layout_state(self):
        return QByteArray(self.layout)

    def restore(self, layout):
        self.layout, self.restored = layout.data(), layout
        self.taken_up.append(self.layout)


class Window:
    """A workspace whose sessions are kept; what a window is without its widgets."""

    def __init__(self, folder):
        self.folder = folder
        self.jobs = Jobs()
        self.workspace = Workspace(self.jobs)
        self.panels = Panels()
        self.keeping = Keeping(self.workspace, folder, self.panels, self.workspace)
        self.said: list[str] = []
        for signal in (self.keeping.refused, self.keeping.file_changed, self.keeping.shared):
            signal.connect(lambda _document, sentence, *_: self.said.append(sentence))
        self.keeping.failed.connect(self.said.append)
        self.keeping.crashes.found.connect(lambda: self.said.append("crash"))
        self.keeping.crashes.settled.connect(lambda: self.said.append("settled"))

    @property
    def document(self):
        return self.workspace.current

    def close(self):
        self.keeping.close()
        self.end()

    def die(self):
        """Ends without a word, as a process does that is killed."""
        self.keeping._closed = self.keeping._writing._closed = True
        self.keeping._writing._timer.stop()
        self.keeping._disk.close()
        self.end()

    def end(self):
        self.workspace.close_all()
        self.jobs.shutdown()
        self.workspace.deleteLater()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "sessions"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "layer.batched"
    shutil.copy(sample_path(), path)
    return path


@pytest.fixture
def start(qtbot, folder, monkeypatch, rest):
    """Starts windows, each with some files open; those that are still there are closed at the end."""
    monkeypatch.setattr(writing_module, "SOON_MS", 20)
    windows = []

    def make(*paths):
        window = Window(folder)
        windows.append(window)
        window.keeping.begin()
        window.workspace.open(paths)
        qtbot.waitUntil(lambda: not window.workspace.opening)
        rest(window)
        return window

    yield make
    for window in windows:
        if not window.keeping._closed:
            window.close()


@pytest.fixture
def rest(qtbot):
    """Waits until a window has nothing more to compute, to write or to take up."""

    def wait(window):
        qtbot.waitUntil(lambda: not window.keeping.busy and not window.jobs.busy, timeout=30_000)

    return wait


def on_disk(folder, path):
    return read(SessionStore(folder).place_of(str(path)).read_bytes())


def make_work(window):
    document = window.document
    document.select_symbol(4, 100)
    document.work.change("work", WORK)
    document.comparing.use(REFERENCE, REFERENCE)
    window.panels.layout = b"mine"


def test_all_is_found_again(start, path, rest):
    first = start(path)
    make_work(first)
    rest(first)
    first.close()
    second = start(path)
    document = second.document
    assert (document.selection.tile, document.selection.symbol) == (4, 100)
    assert document.work.now == WORK
    assert not document.work.history.canUndo()
    assert (document.comparing.left, document.comparing.right) == (REFERENCE, REFERENCE)
    assert second.panels.layout == b"mine"
    assert second.said == []


def test_the_place_of_the_debugger_is_found_again(start, path, rest):
    first = start(path)
    first.document.debugging.set_direction(Direction.ENCODE)
    first.document.debugging.start()
    rest(first)
    first.document.debugging.jump(321)
    rest(first)
    place = first.document.debugging.place
    assert place.step == 321
    first.document.select_symbol(5, 7)
    rest(first)
    first.close()
    second = start(path)
    assert second.document.debugging.place == place
    assert second.document.debugging.step == 321
    selection = second.document.selection
    assert (selection.tile, selection.symbol) == (5, 7)  # the cursor does not draw it away


def test_what_is_changed_is_on_the_disk_without_closing(start, path, folder, qtbot):
    window = start(path)
    window.document.work.change("note", Work(notes="soon"))
    qtbot.waitUntil(lambda: on_disk(folder, path).work.notes == "soon", timeout=2000)


def test_a_change_is_written_within_two_seconds(qapp):
    assert writing_module.SOON_MS + 500 <= 2000


def test_changes_that_follow_one_another_do_not_put_the_writing_off(start, path, folder, qtbot):
    window = start(path)
    window.keeping.write_soon()
    due = window.keeping._writing._timer.remainingTime()
    window.keeping.write_soon()
    assert window.keeping._writing._timer.remainingTime() <= due


def test_nothing_is_written_that_is_there_already(start, path, folder, rest):
    window = start(path)
    rest(window)
    place = SessionStore(folder).place_of(str(path))
    before = stamp_of(place)
    assert before is not None
    window.keeping.write_soon()
    rest(window)
    window.close()
    assert stamp_of(place) == before


def test_closing_a_file_writes_at_once(start, path, folder):
    window = start(path)
    window.document.work.change("note", Work(notes="last word"))
    window.workspace.close(window.document)
    window.close()
    assert on_disk(folder, path).work.notes == "last word"


def test_a_killed_window_is_found_again(start, path, rest):
    first = start(path)
    make_work(first)
    rest(first)
    first.die()
    assert start(path).document.work.now == WORK


def test_what_has_been_done_meanwhile_is_not_taken_back(start, path, folder, qtbot, rest):
    first = start(path)
    make_work(first)
    first.close()
    second = Window(folder)
    second.keeping.begin()
    second.workspace.opened.connect(
        lambda document, _: document.work.change("x", Work(notes="new"))
    )
    second.workspace.opened.connect(lambda document, _: document.comparing.use(None, REFERENCE))
    second.workspace.open([path])
    qtbot.waitUntil(lambda: bool(second.workspace.documents))
    second.document.select_tile(7)
    rest(second)
    document = second.document
    assert document.work.now == replace(WORK, notes=f"{WORK.notes}\nnew")
    assert document.work.history.canUndo()
    assert document.selection.tile == 7
    assert document.comparing.right == REFERENCE
    assert document.comparing.left != REFERENCE
    assert second.panels.taken_up == []
    second.close()


def test_before_the_window_is_painted_nothing_is_taken_up_and_nothing_written(
    start, path, folder, qtbot, rest
):
    first = start(path)
    make_work(first)
    rest(first)
    first.close()
    second = Window(folder)
    second.workspace.open([path])
    qtbot.waitUntil(lambda: bool(second.workspace.documents))
    rest(second)
    assert second.document.work.now == Work()
    second.keeping.write_soon()
    rest(second)
    assert on_disk(folder, path).work == WORK
    second.keeping.begin()
    rest(second)
    assert second.document.work.now == WORK
    second.close()


def test_panels_do_not_jump_when_a_second_file_is_opened(start, path, tmp_path, rest):
    other = tmp_path / "other.batched"
    shutil.copy(path, other)
    first = start(path)
    first.panels.layout = b"mine"
    first.close()
    second = start(other)
    second.workspace.open([path])
    rest(second)
    assert len(second.workspace.documents) == 2
    assert second.panels.taken_up == []


def test_a_file_behind_another_is_left_with_the_panels_as_they_are_too(start, path, tmp_path):
    other = tmp_path / "other.batched"
    shutil.copy(path, other)
    first = start(path, other)
    behind = next(each for each in first.workspace.documents if each is not first.document)
    first.panels.layout = b"later"
    first.close()
    assert start(behind.path).panels.taken_up == [b"later"]


@pytest.mark.parametrize("state", ["layout", "restored"])
def test_a_layout_that_the_window_has_or_began_with_is_not_taken_up_again(
    start, path, folder, qtbot, rest, state
):
    first = start(path)
    first.panels.layout = b"mine"
    first.close()
    second = Window(folder)
    setattr(second.panels, state, QByteArray(b"mine"))
    second.workspace.open([path])
    second.keeping.begin()
    qtbot.waitUntil(lambda: bool(second.workspace.documents))
    rest(second)
    assert second.panels.taken_up == []
    second.close()


def test_a_layout_of_another_version_is_left(start, path, folder):
    first = start(path)
    first.panels.layout = b"mine"
    first.close()
    place = SessionStore(folder).place_of(str(path))
    data = place.read_text()
    place.write_text(
        data.replace(f'"version": {LAYOUT_VERSION}', f'"version": {LAYOUT_VERSION + 1}')
    )
    assert start(path).panels.taken_up == []


def test_places_that_are_gone_are_not_selected(start, path, folder, rest):
    first = start(path)
    first.document.select_symbol(8, 100)
    rest(first)
    first.close()
    data = bytearray(path.read_bytes())
    path.write_bytes(data[:200])
    second = start(path)
    assert second.document.selection.symbol is None
    assert second.said == []  # nothing that was made depends on it


def test_a_changed_file_switches_edits_off_and_says_so(start, path, rest):
    first = start(path)
    size = path.stat().st_size
    before = path.read_bytes()[size - 1 :]
    edit = Edit(size - 1, before, bytes([before[0] ^ 1]), "the last byte")
    first.document.work.change("edit", Work(edits=(edit,)))
    rest(first)
    first.close()
    with path.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"other")
    second = start(path)
    assert second.document.work.now.edits == (replace(edit, enabled=False),)
    assert any("1 edit was switched off" in sentence for sentence in second.said)


def test_a_reloaded_file_is_kept_as_it_is_now(start, path, folder, rest):
    window = start(path)
    window.document.work.change("note", Work(notes="note"))
    rest(window)
    before = on_disk(folder, path)
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff")
    window.workspace.reload(window.document)
    rest(window)
    after = on_disk(folder, path)
    assert after.work.notes == "note"
    assert not after.identity.same_content(before.identity)
    window.document.work.change("note", Work(notes="of the new one"))
    rest(window)
    assert on_disk(folder, path).work.notes == "of the new one"


def test_a_file_that_shrinks_while_it_is_open_is_kept_again_once_it_can_be_read(
    path, folder, qtbot, rest, monkeypatch
):
    monkeypatch.setattr(writing_module, "SOON_MS", 20)
    data = path.read_bytes()
    window = Window(folder)
    window.workspace.open([path])
    qtbot.waitUntil(lambda: bool(window.workspace.documents))
    rest(window)
    path.write_bytes(b"")
    window.keeping.begin()
    rest(window)
    (sentence,) = window.said
    assert "is not kept" in sentence
    assert "has shrunk" in sentence
    path.write_bytes(data)
    window.workspace.reload(window.document)
    window.document.work.change("note", Work(notes="kept again"))
    qtbot.waitUntil(lambda: not window.workspace.opening)
    rest(window)
    assert on_disk(folder, path).work.notes == "kept again"
    window.close()


def test_a_file_that_is_read_again_before_its_session_is_found(path, folder, qtbot, rest, start):
    first = start(path)
    make_work(first)
    first.close()
    second = Window(folder)
    second.workspace.open([path])
    qtbot.waitUntil(lambda: bool(second.workspace.documents))
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff")
    second.keeping.begin()
    second.workspace.reload(second.document)
    rest(second)
    assert second.document.work.now == WORK
    session = on_disk(folder, path)
    assert session.identity == identity_of(FileSource(path))
    second.close()


@pytest.mark.parametrize(
    "data", [b"", b"{", b'{"format": "ranscope session", "version": 9}'], ids=repr
)
def test_a_session_that_is_no_use_costs_a_sentence(start, path, folder, data, rest):
    place = SessionStore(folder).place_of(str(path))
    place.parent.mkdir()
    place.write_bytes(data)
    window = start(path)
    (sentence,) = window.said
    assert "set aside" in sentence
    window.document.work.change("note", Work(notes="new"))
    rest(window)
    assert on_disk(folder, path).work.notes == "new"
    assert [path.read_bytes() for path in folder.glob("*.set-aside")] == [data]


def test_a_session_that_cannot_be_moved_is_not_overwritten(start, path, folder, monkeypatch):
    place = SessionStore(folder).place_of(str(path))
    place.parent.mkdir()
    place.write_bytes(b"precious")
    monkeypatch.setattr(SessionStore, "_aside", refuse_to_move)
    window = start(path)
    window.document.work.change("note", Work(notes="new"))
    window.keeping.close()
    assert place.read_bytes() == b"precious"
    assert "nothing is kept" in window.said[0]
    window.end()


def refuse_to_move(self, place):
    from codec.errors import InputError

    raise InputError("it cannot be renamed")


def test_a_full_disk_is_told_once_it_is_over_that_too(start, path, folder, qtbot, monkeypatch):
    monkeypatch.setattr(writing_module, "RETRY_MS", 20)
    window = start(path)
    with monkeypatch.context() as patch:
        patch.setattr("codec.atomic_file.os.fsync", full)
        with qtbot.waitSignal(window.keeping.failed) as failed:
            window.document.work.change("note", Work(notes="much"))
        assert "layer.batched cannot be kept" in failed.args[0]
        assert "No space left on device" in failed.args[0]
        recovered = qtbot.waitSignal(window.keeping.recovered)
    with recovered:
        pass
    assert on_disk(folder, path).work.notes == "much"


def full(_descriptor):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_stays_full_is_told_once(start, path, folder, qtbot, monkeypatch):
    monkeypatch.setattr(writing_module, "RETRY_MS", 10)
    window = start(path)
    tried = []
    save = SessionStore.save

    def counted(*given):
        tried.append(1)
        return save(*given)

    monkeypatch.setattr(SessionStore, "save", counted)
    with monkeypatch.context() as patch:
        patch.setattr("codec.atomic_file.os.fsync", full)
        window.document.work.change("note", Work(notes="much"))
        qtbot.waitUntil(lambda: len(tried) > 3)
    assert len(window.said) == 1


def test_a_file_that_was_closed_on_a_full_disk_is_kept_when_there_is_room(
    start, path, folder, qtbot, monkeypatch
):
    monkeypatch.setattr(writing_module, "RETRY_MS", 20)
    window = start(path)
    with monkeypatch.context() as patch:
        patch.setattr("codec.atomic_file.os.fsync", full)
        window.document.work.change("note", Work(notes="much"))
        with qtbot.waitSignal(window.keeping.failed):
            window.workspace.close(window.document)
    qtbot.waitUntil(lambda: on_disk(folder, path).work.notes == "much")
    qtbot.waitUntil(lambda: not window.keeping.busy)


def test_before_closing_it_can_be_told_what_would_be_lost(start, path, folder, monkeypatch, rest):
    window = start(path)
    window.document.work.change("note", Work(notes="much"))
    with monkeypatch.context() as patch:
        patch.setattr("codec.atomic_file.os.fsync", full)
        sentence = window.keeping.unkept()
    assert "layer.batched cannot be kept" in sentence
    assert "No space left" in sentence
    assert window.keeping.unkept() == ""
    assert on_disk(folder, path).work.notes == "much"


def test_edits_that_are_taken_up_are_told(start, path, rest):
    first = start(path)
    size = path.stat().st_size
    before = path.read_bytes()[size - 1 :]
    edit = Edit(size - 1, before, bytes([before[0] ^ 1]), "the last byte")
    off = replace(edit, enabled=False)
    first.document.work.change("edit", Work(edits=(edit, off)))
    rest(first)
    first.close()
    second = Window(folder=first.folder)
    told = []
    second.keeping.edits_taken_up.connect(lambda _document, count: told.append(count))
    second.keeping.begin()
    second.workspace.open([path])
    until_open(rest, second)
    assert told == [1]
    second.close()


def test_a_file_that_was_moved_finds_its_session(start, path, folder, tmp_path, rest):
    first = start(path)
    first.document.work.change("note", WORK)
    first.close()
    moved = path.rename(tmp_path / "moved.batched")
    second = Window(folder)
    found = []
    second.keeping.found_elsewhere.connect(lambda *given: found.append(given))
    second.keeping.begin()
    second.workspace.open([moved])
    until_open(rest, second)
    ((document, session),) = found
    assert document is second.document
    assert (session.path, session.work) == (str(path), WORK)
    second.keeping.take_up(document, session)
    assert document.work.now == WORK
    assert document.work.history.undoText() == "Take up the session of layer.batched"
    second.close()
    assert on_disk(folder, moved).work == WORK
    assert start(moved).document.work.now == WORK


def until_open(rest, window):
    """Until a file is open and its session taken up."""
    while not window.workspace.documents:
        QCoreApplication.processEvents()
    rest(window)


def test_a_second_window_is_no_crash_and_is_told(start, path, rest):
    first = start(path)
    second = start(path)
    assert second.keeping.crashes.offered == ()
    (sentence,) = second.said
    assert f"open in another window of Ranscope, too (process {os.getpid()})" in sentence
    assert first.said == []


def test_what_only_another_window_has_done_is_taken_up(start, path, folder, rest):
    first, second = start(path), start(path)
    first.document.work.change("work", WORK)
    rest(first)
    second.document.select_tile(8)
    rest(second)
    assert second.document.work.now == WORK
    assert second.document.work.history.undoText() == "Take up the work of another window"
    assert on_disk(folder, path).work == WORK
    assert on_disk(folder, path).selection.tile == 8
    assert list(folder.glob("*.set-aside")) == []


def test_of_two_windows_the_last_change_is_kept_and_the_other_set_aside(start, path, folder, rest):
    first, second = start(path), start(path)
    second.document.work.change("note", Work(notes="second"))
    rest(second)
    for note in ("first", "first again"):
        first.document.work.change("note", Work(notes=note))
        rest(first)
    assert on_disk(folder, path).work.notes == "first again"
    (aside,) = folder.glob("*.set-aside")
    assert read(aside.read_bytes()).work.notes == "second"
    (sentence,) = first.said
    assert str(aside) in sentence


def test_after_a_crash_the_files_are_offered(start, path, tmp_path, qtbot, monkeypatch, rest):
    other = tmp_path / "other.batched"
    shutil.copy(path, other)
    first = start(path, other)
    shown = first.document
    first.workspace.show(next(each for each in first.workspace.documents if each is not shown))
    first.document.work.change("note", Work(notes="unsaved, but kept"))
    rest(first)
    names = [first.document.title, shown.title]
    first.die()
    monkeypatch.setattr("app.session.recovery.Process.alive", False)
    second = start()
    assert second.said == ["crash"]
    assert [Path(path).name for path in second.keeping.crashes.offered] == names
    second.keeping.crashes.open_offered()
    qtbot.waitUntil(lambda: len(second.workspace.documents) == 2)
    rest(second)
    assert second.document.title == names[0]
    assert second.document.work.now.notes == "unsaved, but kept"
    assert second.keeping.crashes.offered == ()
    assert second.said == ["crash", "settled"]


@pytest.fixture
def crashed(start, path, tmp_path, monkeypatch, rest):
    """Two files that were open in a window that crashed."""
    other = tmp_path / "other.batched"
    shutil.copy(path, other)
    first = start(path, other)
    rest(first)
    first.die()
    monkeypatch.setattr("app.session.recovery.Process.alive", False)
    return first.workspace, path, other


def test_a_crash_while_they_are_opened_again_loses_no_file(start, crashed, qtbot, rest):
    second = start()
    second.keeping.crashes.open_offered()
    second.die()  # before any of them is open
    third = start()
    assert {Path(path).name for path in third.keeping.crashes.offered} == {
        "layer.batched",
        "other.batched",
    }


def test_what_cannot_be_opened_again_is_offered_no_more(start, crashed, qtbot, rest):
    _, path, other = crashed
    path.unlink()
    second = start()
    second.keeping.crashes.open_offered()
    qtbot.waitUntil(lambda: not second.workspace.opening)
    rest(second)
    second.die()
    assert start().keeping.crashes.offered == (str(other),)


def test_an_offer_without_an_answer_survives_closing_the_window(start, crashed, rest):
    start().close()
    third = start()
    assert third.said == ["crash"]
    assert len(third.keeping.crashes.offered) == 2
    third.keeping.crashes.dismiss_offered()
    third.close()
    assert start().said == []


def test_what_is_open_here_is_not_offered(start, crashed, rest):
    _, path, other = crashed
    second = start(path)
    assert second.keeping.crashes.offered == (str(other),)
    second.workspace.open([other])
    rest(second)
    assert second.keeping.crashes.offered == ()
    assert second.said == ["crash", "settled"]


def test_panels_stand_again_as_they_stood_when_several_files_crashed(
    start, path, tmp_path, monkeypatch, rest
):
    other = tmp_path / "other.batched"
    shutil.copy(path, other)
    first = start(path, other)
    first.panels.layout = b"mine"
    first.keeping.write_soon()
    rest(first)
    first.die()
    monkeypatch.setattr("app.session.recovery.Process.alive", False)
    second = start()
    second.keeping.crashes.open_offered()
    rest(second)
    assert len(second.workspace.documents) == 2
    assert second.panels.taken_up == [b"mine"]


def test_what_was_dismissed_is_not_offered_again(start, path, qtbot, monkeypatch, rest):
    start(path).die()
    monkeypatch.setattr("app.session.recovery.Process.alive", False)
    second = start()
    assert second.said == ["crash"]
    second.keeping.crashes.dismiss_offered()
    second.die()
    third = start()
    assert third.said == []
    assert third.keeping.crashes.offered == ()


def test_a_window_that_closes_leaves_nothing_to_offer(start, path, folder):
    window = start(path)
    window.close()
    assert list((folder / "running").iterdir()) == []


def test_starting_afresh(start, path, folder, rest):
    window = start(path)
    window.document.work.change("work", WORK)
    rest(window)
    window.keeping.start_afresh(window.document)
    rest(window)
    assert window.document.work.now == Work()
    assert on_disk(folder, path).work == Work()
    (aside,) = folder.glob("*.set-aside")
    assert read(aside.read_bytes()).work == WORK
    window.document.work.history.undo()
    rest(window)
    assert on_disk(folder, path).work == WORK
    assert window.said == []


def test_files_opened_and_closed_at_once_leave_no_half_session(start, path, folder, qtbot):
    """A file that is closed before its session was looked for keeps the one it had."""
    first = start(path)
    first.document.work.change("work", WORK)
    first.close()
    second = Window(folder)
    second.keeping.begin()
    second.workspace.opened.connect(lambda document, _: second.workspace.close(document))
    second.workspace.open([path])
    qtbot.waitUntil(lambda: not second.workspace.opening)
    second.close()
    assert on_disk(folder, path).work == WORK


def test_a_fault_of_ours_costs_no_file(path, folder, qtbot, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("a fault")

    monkeypatch.setattr(keeping_module, "find", broken)
    window = Window(folder)
    window.keeping.begin()
    window.workspace.open([path])
    qtbot.waitUntil(lambda: "keeping a session failed" in caplog.text)
    assert window.document.title == path.name
    window.close()
    assert list(folder.glob("*.json")) == []


BIG = (1 << 63) - 1

ABSURD = [
    {"selection": Selection(BIG, BIG, BIG, (BIG, BIG))},
    {"selection": Selection(0, BIG)},
    {"selection": Selection(0, 0, BIG, (0, BIG))},
    {"selection": Selection(0, None, None, (BIG, 0))},
    {"debugged": DebugPlace(Course(BIG, BIG), BIG)},
    {"debugged": DebugPlace(Course(0, BIG, Direction.ENCODE), BIG)},
    {"debugged": DebugPlace(Course(0, 1), BIG)},
    {"debugged": DebugPlace(Course(0, 1, Direction.ENCODE), BIG)},
    {
        "left": Side(SideKind.DECODER, "no such decoder"),
        "right": Side(SideKind.DUMP, "/no/such.npy"),
    },
    {"right": Side(SideKind.CAPTURE, "\udcff", "x", "y", True)},
    {"right": Side(SideKind.FILE, "/dev/null")},
    {"left": AS_OPENED},
    {"layout": KeptLayout(LAYOUT_VERSION, b"\0" * 100)},
    {
        "work": Work(
            breakpoints=(Breakpoint("no ( condition", True, BIG, BIG, "\0"), Breakpoint(""))
        )
    },
    {"work": Work(bookmarks=tuple(Bookmark(Selection(BIG, BIG, BIG, None)) for _ in range(3)))},
    {"work": Work(edits=(Edit(BIG, b"a", b"b", "far behind the end"),))},
    {"work": Work(edits=(Edit(0, bytes(16), b"\xff" * 16, "nothing of the header is left"),))},
]


@pytest.mark.parametrize("field", ABSURD, ids=lambda field: f"{field}"[:60])
def test_a_session_that_is_sound_and_absurd_costs_no_more_than_a_sentence(
    start, path, folder, rest, field
):
    identity = identity_of(FileSource(path))
    session = Session(str(path), identity, selection=Selection(0, 0))
    SessionStore(folder).save(replace(session, **field), OnDisk())
    window = start(path)
    window.document.select_symbol(2, 2)
    window.document.debugging.start()
    rest(window)
    assert window.document.debugging.step is not None or window.document.work.now.edits
    assert window.said == []
