"""The folder of sessions: nothing in it is ever lost silently, and nothing in it keeps a file from opening."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.session import store as store_module
from app.session.file_work import Work
from app.session.json_form import written
from app.session.store import KEPT_ASIDE, OnDisk, SessionStore, stamp_of
from codec.edits.edit import Edit
from codec.errors import InputError
from tests.app.session.full import SESSION, about

PATH = SESSION.path
ROOT = Path(__file__).parents[3]


@pytest.fixture
def store(tmp_path):
    return SessionStore(tmp_path / "deep" / "sessions")


@pytest.fixture
def place(store):
    """Where the session lies; in a folder that exists."""
    place = store.place_of(PATH)
    place.parent.mkdir(parents=True)
    return place


def files(store):
    return sorted(path.name for path in store.folder.iterdir())


def test_there_is_nothing_at_first(store):
    loaded = store.load(PATH)
    assert (loaded.session, loaded.sentence, loaded.keeps) == (None, "", True)
    assert not store.folder.exists()


def test_what_is_saved_is_found_again(store):
    saved = store.save(SESSION, OnDisk())
    loaded = store.load(PATH)
    assert loaded.session == SESSION
    assert loaded.on_disk == saved.on_disk
    assert saved.replaced is None


def test_only_the_user_may_look_into_the_folder(store):
    store.save(SESSION, OnDisk())
    assert store.folder.stat().st_mode & 0o077 == 0


def test_every_file_has_its_own(store):
    paths = ["/a/x.batched", "/b/x.batched", "/a/y.batched", "/a/" + "long" * 60, "/a/\udcff\n"]
    for path in paths:
        store.save(about(path), OnDisk())
    assert [store.load(path).session.path for path in paths] == paths


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\x00" * 1000,
        b'{"format": "ranscope session", "version": 99}',
        written(SESSION)[:-20],
        written(about("/another/file")),
    ],
    ids=["empty", "cut", "zeros", "newer", "truncated", "other file"],
)
def test_what_is_no_use_is_set_aside_untouched(store, place, data):
    place.write_bytes(data)
    loaded = store.load(PATH)
    assert loaded.session is None
    assert loaded.keeps
    assert Path(PATH).name in loaded.sentence
    (aside,) = store.folder.iterdir()
    assert str(aside) in loaded.sentence
    assert aside.read_bytes() == data
    assert store.load(PATH).sentence == ""


def test_a_newer_one_is_not_called_damaged(store, place):
    place.write_bytes(b'{"format": "ranscope session", "version": 99}')
    sentence = store.load(PATH).sentence
    assert "newer version" in sentence
    assert "damaged" not in sentence


def test_the_sentence_tells_the_field(store, place):
    place.write_bytes(written(SESSION).replace(b'"offset": 10', b'"offset": -10'))
    assert "edits[0].offset should be a whole number from 0 on" in store.load(PATH).sentence


def test_a_huge_file_is_not_read(store, place, monkeypatch):
    with place.open("wb") as file:
        file.truncate(1 << 40)
    loaded = store.load(PATH)
    assert "1,099,511,627,776 bytes" in loaded.sentence
    assert loaded.keeps


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_set_aside(store, place, make):
    make(place)
    loaded = store.load(PATH)
    assert loaded.session is None
    assert loaded.keeps
    store.save(SESSION, OnDisk())
    assert store.load(PATH).session == SESSION


def test_a_link_into_nothing_is_set_aside(store, place):
    place.symlink_to(store.folder / "nowhere")
    assert "set aside" in store.load(PATH).sentence
    store.save(SESSION, OnDisk())
    assert store.load(PATH).session == SESSION


def test_what_is_set_aside_does_not_fill_the_folder(store, place):
    for number in range(3 * KEPT_ASIDE):
        place.write_bytes(b"%d" % number)
        assert store.load(PATH).keeps
    assert len(files(store)) == KEPT_ASIDE
    assert f"{3 * KEPT_ASIDE - 1}".encode() in {
        path.read_bytes() for path in store.folder.iterdir()
    }


def test_one_that_cannot_be_got_out_of_the_way_is_not_overwritten(store, place, monkeypatch):
    place.write_bytes(b"precious")

    def refuse(self, target):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    loaded = store.load(PATH)
    assert not loaded.keeps
    assert "nothing is kept of this file" in loaded.sentence
    assert place.read_bytes() == b"precious"


def test_an_unreadable_session_is_told(store, place, monkeypatch):
    store.save(SESSION, OnDisk())

    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("codec.source.os.open", refuse)
    loaded = store.load(PATH)
    assert "Permission denied" in loaded.sentence
    assert loaded.keeps


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    store = SessionStore(tmp_path / "file" / "sessions")
    assert store.load(PATH).session is None
    with pytest.raises(InputError, match="cannot be made"):
        store.save(SESSION, OnDisk())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may do everything")
def test_a_folder_that_may_not_be_entered(store):
    store.save(SESSION, OnDisk())
    store.folder.chmod(0)
    try:
        assert store.load(PATH).session is None
        with pytest.raises(InputError):
            store.save(SESSION, OnDisk())
    finally:
        store.folder.chmod(0o700)


def test_a_full_disk_leaves_what_was_there(store, monkeypatch):
    before = store.save(SESSION, OnDisk()).on_disk

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("codec.atomic_file.os.fsync", full)
        with pytest.raises(InputError, match="No space left on device"):
            store.save(about(PATH, Work(notes="new")), before)
    assert files(store) == [store.place_of(PATH).name]
    assert store.load(PATH).session == SESSION


def test_a_real_full_disk(store, tmp_path):
    """/dev/full refuses every byte, as a full disk does."""
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    store.folder.mkdir(parents=True)
    store.place_of(PATH).symlink_to("/dev/full")
    with pytest.raises(InputError, match="No space left"):
        store.save(SESSION, OnDisk(stamp_of(store.place_of(PATH))))


def test_more_than_can_be_read_again_is_not_written(store, monkeypatch):
    monkeypatch.setattr(store_module, "LARGEST", 1 << 12)
    edits = (Edit(0, bytes(4096), bytes(4096), "much"),)
    with pytest.raises(InputError, match="at most 4,096 are kept"):
        store.save(about(PATH, Work(edits=edits)), OnDisk())
    assert not store.folder.exists()


BASE, OURS, THEIRS = (Work(notes=notes) for notes in ("base", "ours", "theirs"))


def both_write(store, theirs: Work, ours: Work):
    """Two windows that have read the same session write one after the other."""
    before = store.save(about(PATH, BASE), OnDisk()).on_disk
    store.save(about(PATH, theirs), before)
    return store.save(replace(about(PATH, ours), left=None), before)


def test_where_both_windows_have_changed_the_work_the_other_is_set_aside(store):
    saved = both_write(store, THEIRS, OURS)
    assert saved.adopted is None
    assert saved.replaced.read_bytes() == written(about(PATH, THEIRS))
    assert store.load(PATH).session.work == saved.on_disk.work == OURS


def test_work_that_only_another_window_has_changed_is_adopted(store):
    saved = both_write(store, THEIRS, BASE)
    assert saved.adopted == THEIRS
    assert saved.replaced is None
    session = store.load(PATH).session
    assert session.work == saved.on_disk.work == THEIRS
    assert session.left is None  # what is no work is ours


@pytest.mark.parametrize("theirs", [BASE, OURS], ids=["unchanged", "the same"])
def test_a_window_that_has_changed_nothing_else_loses_nothing(store, theirs):
    saved = both_write(store, theirs, OURS)
    assert (saved.adopted, saved.replaced) == (None, None)
    assert store.load(PATH).session.work == OURS


def test_what_is_no_session_any_more_is_set_aside(store):
    before = store.save(about(PATH, BASE), OnDisk()).on_disk
    store.place_of(PATH).write_bytes(b"written by hand")
    saved = store.save(about(PATH, BASE), before)
    assert saved.replaced.read_bytes() == b"written by hand"
    assert store.load(PATH).session.work == BASE


def test_two_windows_that_take_turns_do_not_fill_the_folder(store):
    for number in range(20):
        store.save(about(PATH, Work(notes=str(number))), OnDisk())
    assert len(files(store)) == 2


def test_set_aside_by_wish(store):
    assert store.set_aside(PATH) is None
    store.save(SESSION, OnDisk())
    aside = store.set_aside(PATH)
    assert aside.read_bytes() == written(SESSION)
    assert store.load(PATH).session is None


def test_tidying_keeps_the_latest(store, monkeypatch):
    monkeypatch.setattr(store_module, "KEPT", 3)
    for number in range(6):
        store.save(about(f"/{number}", Work(notes="precious") if number == 1 else Work()), OnDisk())
        os.utime(store.place_of(f"/{number}"), (number, number))
    (store.folder / "running").mkdir()
    left_behind, in_use = store.folder / "running" / ".ranscope-old", store.folder / ".ranscope-new"
    left_behind.touch()
    in_use.touch()
    os.utime(left_behind, (0, 0))
    store.tidy()
    assert [n for n in range(6) if store.load(f"/{n}").session] == [1, 3, 4, 5]
    assert in_use.exists()
    assert not left_behind.exists()


def test_tidying_where_there_is_nothing(store):
    store.tidy()


def test_a_session_in_use_survives_that_its_folder_is_taken_away(store):
    before = store.save(SESSION, OnDisk()).on_disk
    shutil.rmtree(store.folder)
    assert store.save(replace(SESSION, left=None), before).replaced is None
    assert store.load(PATH).session == replace(SESSION, left=None)


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from app.session.file_work import Work
from app.session.store import SessionStore
from tests.app.session.full import SESSION

store = SessionStore(Path(sys.argv[1]))
known = store.load(SESSION.path).on_disk
for number in range(10**9):
    work = replace(SESSION.work, notes=str(number) * 10_000)
    known = store.save(replace(SESSION, work=work), known).on_disk
    print(number, flush=True)
"""


def test_killed_at_any_moment_it_leaves_a_whole_session(store):
    for lines in (1, 2, 5, 9, 14):
        command = [sys.executable, "-c", WRITER, store.folder]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            for _ in range(lines):
                assert process.stdout.readline()
            time.sleep(lines / 1000)  # somewhere inside the next one
            process.kill()
        loaded = store.load(PATH)
        assert loaded.sentence == ""
        assert len(loaded.session.work.notes) >= 10_000
    left = [name for name in files(store) if name.startswith(".ranscope-")]
    assert len(left) <= 5
    for name in left:
        os.utime(store.folder / name, (0, 0))
    store.tidy()
    assert files(store) == [store.place_of(PATH).name]


def test_the_same_bytes_at_another_path_are_found_by_them(store):
    identity = SESSION.identity
    assert store.of_same_bytes("/new", identity) is None
    store.save(about("/nothing was made of it", Work()), OnDisk())
    store.save(replace(about("/other"), identity=replace(identity, digest="ff")), OnDisk())
    for age, path in enumerate(("/latest", "/older")):
        store.save(about(path), OnDisk())
        os.utime(store.place_of(path), (100 - age, 100 - age))
    (store.folder / "damaged.json").write_text(f'"digest": "{identity.digest}"')
    (store.folder / "folder.json").mkdir()
    assert store.of_same_bytes("/new", identity) == about("/latest")
    assert store.of_same_bytes("/latest", identity) == about("/older")
    assert store.of_same_bytes("/new", replace(identity, modified_ns=1)) is not None
    assert store.of_same_bytes("/new", replace(identity, size=1)) is None


def test_the_digest_is_found_behind_the_longest_path(store):
    path = "/" + "\udcff" * 4095
    store.save(about(path), OnDisk())
    assert store.of_same_bytes("/new", SESSION.identity) == about(path)
