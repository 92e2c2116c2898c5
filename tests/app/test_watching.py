"""Watching files: each way in which a program writes a file is told once."""

from __future__ import annotations

import pytest
from pytestqt.exceptions import TimeoutError as NothingTold

from app import watching
from app.watching import FileWatcher

ENOUGH = 8 * watching.SETTLED_MS
"""Milliseconds within which a change is told in any case."""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "layer.batched"
    path.write_bytes(b"before")
    return path


@pytest.fixture
def watcher(qapp, path):
    watcher = FileWatcher()
    watcher.watch(path)
    yield watcher
    watcher.forget(path)


@pytest.fixture
def told(watcher, qtbot):
    """Waits until a change is told; returns the paths told."""
    paths: list[str] = []
    watcher.changed.connect(paths.append)

    def wait():
        qtbot.waitUntil(lambda: bool(paths), timeout=ENOUGH)
        return paths

    return wait


def test_written_in_place(path, told):
    path.write_bytes(b"after it")
    assert told() == [str(path)]


def test_replaced_and_replaced_again(path, told, tmp_path):
    for content in (b"first", b"second"):
        other = tmp_path / "other"
        other.write_bytes(content)
        other.replace(path)
        paths = told()
        assert paths == [str(path)]
        paths.clear()


def test_removed_and_made_again(path, told):
    path.unlink()
    paths = told()
    assert paths == [str(path)]
    paths.clear()
    path.write_bytes(b"again")
    assert told() == [str(path)]


def test_written_in_many_pieces_is_told_once(path, told, qtbot):
    with path.open("ab", buffering=0) as file:
        for _ in range(20):
            file.write(b"more")
            qtbot.wait(watching.SETTLED_MS // 20)
    paths = told()
    qtbot.wait(2 * watching.SETTLED_MS)
    assert paths == [str(path)]


def test_another_file_of_the_folder_is_nobodys_business(path, watcher, qtbot):
    with pytest.raises(NothingTold), qtbot.waitSignal(watcher.changed, timeout=ENOUGH // 2):
        (path.parent / "another").write_bytes(b"x")


def test_a_forgotten_file_is_not_told(path, watcher, qtbot):
    watcher.forget(path)
    with pytest.raises(NothingTold), qtbot.waitSignal(watcher.changed, timeout=ENOUGH // 2):
        path.write_bytes(b"after it")


def test_a_file_that_is_not_there_can_be_watched(watcher, tmp_path, told):
    path = tmp_path / "later"
    watcher.watch(path)
    path.write_bytes(b"now")
    assert told() == [str(path)]
    watcher.forget(path)


def test_one_more_file_is_not_paid_for_by_all(watcher, tmp_path, monkeypatch):
    files = [tmp_path / f"{number}.batched" for number in range(40)]
    for each in files:
        each.write_bytes(b"some")
    looked: list[object] = []
    places = watching._places_of

    def look(path):
        looked.append(path)
        return places(path)

    monkeypatch.setattr(watching, "_places_of", look)
    for each in files:
        watcher.watch(each)
    assert looked == files
    system = watcher._watcher
    assert {*map(str, files), str(tmp_path)} <= {*system.files(), *system.directories()}
    for each in files:
        watcher.forget(each)
    assert looked == files
    assert [*system.files()] == [str(watcher.watched[0])]
    assert [*system.directories()] == [str(tmp_path)]


def test_of_no_file_nothing_is_watched(watcher, path):
    watcher.forget(path)
    assert not watcher._watcher.files()
    assert not watcher._watcher.directories()
