"""The real window, killed without a word: what was done is offered by the next one, and is there."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from app import theme
from app.main_window import MainWindow
from app.session.json_form import read
from app.session.store import SessionStore
from app.settings import Settings
from app.workspace import sample_path
from tests.app.session import killed_window
from tests.app.session.killed_window import NOTES, SYMBOL

ROOT = Path(__file__).parents[3]


@pytest.fixture
def paths(tmp_path):
    paths = [tmp_path / name for name in ("first.batched", "second.batched")]
    for path in paths:
        shutil.copy(sample_path(), path)
    return paths


@pytest.fixture
def settings_path(tmp_path):
    return tmp_path / "settings.ini"


@pytest.fixture
def make_window(qtbot, settings_path):
    windows = []
    before = theme.choice()

    def make():
        window = MainWindow(Settings(settings_path))
        windows.append(window)
        qtbot.addWidget(window)
        with qtbot.waitSignal(window.completed, timeout=30_000):
            window.show()
        rest(qtbot, window)
        return window

    yield make
    for window in windows:
        window.close()
    theme.choose(before)


def rest(qtbot, window):
    qtbot.waitUntil(lambda: not (window.jobs.busy or window.keeping.busy), timeout=60_000)


def start(settings_path, paths) -> subprocess.Popen[str]:
    """A window in another process, that has done its work."""
    command = [sys.executable, killed_window.__file__, settings_path, *paths]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=None, encoding="utf-8"
    )
    assert process.stdout.readline() == "done\n"
    return process


def kept(settings_path, path):
    """What is on the disk about a file; None while there is nothing."""
    place = SessionStore(settings_path.parent / "sessions").place_of(str(path))
    return read(place.read_bytes()) if place.exists() else None


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def test_all_that_was_done_is_offered_and_restored(qtbot, make_window, settings_path, paths):
    process = start(settings_path, paths)

    def all_is_kept() -> bool:
        sessions = [kept(settings_path, path) for path in paths]
        return all(each is not None and each.work.notes and each.right for each in sessions)

    qtbot.waitUntil(all_is_kept, timeout=30_000)
    kill(process)

    window = make_window()
    (row,) = window.messages.rows()
    assert "ended without closing" in row.sentence
    assert all(path.name in row.sentence for path in paths)
    restore = next(each for each in row.findChildren(QPushButton) if each.text() == "Restore")
    restore.click()
    qtbot.waitUntil(lambda: len(window.workspace.documents) == 2, timeout=30_000)
    rest(qtbot, window)
    assert window.workspace.current.title == paths[0].name
    for document in window.workspace.documents:
        assert (document.selection.tile, document.selection.symbol) == SYMBOL
        assert document.work.now.notes == f"{NOTES} in {document.title}"
        assert [each.note for each in document.work.now.bookmarks] == ["here"]
        assert document.comparing.right.name == "reference"
    assert window.messages.rows() == []


def test_a_second_window_beside_a_living_one_is_no_crash(qtbot, make_window, settings_path, paths):
    process = start(settings_path, paths[:1])
    try:
        window = make_window()
        assert window.messages.rows() == []
        window.workspace.open(paths[:1])
        qtbot.waitUntil(lambda: bool(window.workspace.documents), timeout=30_000)
        rest(qtbot, window)
        (row,) = window.messages.rows()
        assert f"open in another window of Ranscope, too (process {process.pid})" in row.sentence
    finally:
        kill(process)


def test_a_window_that_was_closed_offers_nothing(qtbot, make_window, paths):
    first = make_window()
    first.workspace.open(paths[:1])
    qtbot.waitUntil(lambda: bool(first.workspace.documents), timeout=30_000)
    rest(qtbot, first)
    first.close()
    second = make_window()
    assert second.messages.rows() == []
    assert second.workspace.documents == []
