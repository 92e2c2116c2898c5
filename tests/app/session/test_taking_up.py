"""What of a session is taken up: all of it over the same bytes, no edit over others."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from app.selection import Selection
from app.session.bookmark import Bookmark
from app.session.breakpoint import Breakpoint
from app.session.file_work import Work
from app.session.identity import identity_of
from app.session.recovery import Running
from app.session.state import Session
from app.session.store import OnDisk, SessionStore
from app.session.taking_up import find, joined
from codec.edits.edit import Edit
from codec.source import FileSource

EDITS = (Edit(1, b"b", b"x", "one"), Edit(1, b"x", b"y", "over it"), Edit(0, b"?", b"a", "", False))
MARK = Bookmark(Selection(0, 1), "here")


class Folder:
    """A file, and what is kept of it."""

    def __init__(self, tmp_path):
        self.path = tmp_path / "layer.batched"
        self.store = SessionStore(tmp_path / "sessions")
        self.running = Running(tmp_path / "sessions")

    def write(self, data: bytes, modified_ns: int = 1) -> None:
        self.path.write_bytes(data)
        os.utime(self.path, ns=(modified_ns, modified_ns))

    def keep(self, work: Work) -> None:
        identity = identity_of(FileSource(self.path))
        self.store.save(Session(str(self.path), identity, work), OnDisk())

    def find(self):
        return find(str(self.path), FileSource(self.path), self.store, self.running)


@pytest.fixture
def folder(tmp_path):
    folder = Folder(tmp_path)
    folder.write(b"abc")
    return folder


def test_nothing_is_known(folder):
    found = folder.find()
    assert found.session is None
    assert found.keeps
    assert (found.refusal, found.other_file, found.others) == ("", "", ())


def test_the_same_file(folder):
    work = Work((MARK,), (), EDITS, "note")
    folder.keep(work)
    found = folder.find()
    assert found.session.work == work
    assert found.other_file == ""


def test_the_same_bytes_written_again_later(folder):
    folder.keep(Work(edits=EDITS))
    folder.write(b"abc", modified_ns=2)
    found = folder.find()
    assert found.session.work.edits == EDITS
    assert found.other_file == ""


def test_other_bytes_switch_the_edits_off(folder):
    folder.keep(Work((MARK,), (Breakpoint("symbol == 1"),), EDITS, "note"))
    folder.write(b"abd", modified_ns=2)
    found = folder.find()
    assert [edit.enabled for edit in found.session.work.edits] == [False] * 3
    assert found.session.work.bookmarks == (MARK,)
    assert found.session.work.notes == "note"
    assert found.switched_off == EDITS[:2]
    assert "changed since its session was kept (other bytes)" in found.other_file
    assert "2 edits were switched off" in found.other_file
    assert "Bookmarks and breakpoints were kept" in found.other_file


def test_another_size_is_told(folder):
    folder.keep(Work(edits=EDITS[:1]))
    folder.write(b"abcd", modified_ns=2)
    found = folder.find()
    assert "(3 bytes then, 4 now)" in found.other_file
    assert "1 edit was switched off" in found.other_file
    assert "Bookmarks" not in found.other_file


def test_notes_alone_need_no_message(folder):
    folder.keep(Work(notes="note"))
    folder.write(b"other", modified_ns=2)
    found = folder.find()
    assert found.session.work.notes == "note"
    assert found.other_file == ""


def test_a_digest_of_some_bytes_is_not_trusted_with_edits(folder):
    """Of a large file that was written again, the digest may miss what an edit was made over."""
    work = Work(edits=(Edit(1, b"z", b"x", "made over another byte"),))
    folder.keep(work)
    assert folder.find().switched_off == ()  # nobody has written the file since
    folder.write(b"abc", modified_ns=2)
    assert folder.find().switched_off == work.edits


def test_edits_behind_the_end_of_the_file_are_kept(folder):
    folder.keep(Work(edits=(Edit(2, b"cd", b"xy", "reaches too far"),)))
    folder.write(b"abc", modified_ns=2)
    assert folder.find().session.work.edits[0].enabled


def test_a_damaged_session_is_told(folder):
    folder.keep(Work(notes="note"))
    folder.store.place_of(str(folder.path)).write_bytes(b"{")
    found = folder.find()
    assert found.session is None
    assert found.keeps
    assert "set aside" in found.refusal


def test_a_file_that_cannot_be_read_any_more_keeps_nothing(folder):
    source = FileSource(folder.path)
    folder.path.write_bytes(b"")
    found = find(str(folder.path), source, folder.store, folder.running)
    assert found.identity is None
    assert "is not kept" in found.refusal
    assert "has shrunk" in found.refusal


def test_another_window_is_told(folder):
    Running(folder.store.folder).write([str(folder.path)])
    assert folder.find().others == (os.getpid(),)


def test_joining_what_was_made_meanwhile():
    now = Work((MARK, Bookmark(Selection(), "new")), (), EDITS[:1], "now")
    earlier = Work((MARK,), (Breakpoint("step == 1"),), EDITS[1:], "then")
    assert joined(earlier, now) == Work(
        (MARK, Bookmark(Selection(), "new")),
        (Breakpoint("step == 1"),),
        EDITS[1:] + EDITS[:1],
        "then\nnow",
    )
    assert joined(earlier, Work()) == earlier
    assert joined(Work(), now) == now
    assert joined(now, replace(now, edits=())) == now
