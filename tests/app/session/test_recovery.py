"""Whoever crashed is told from whoever runs; what was open is offered once, to one window."""

from __future__ import annotations

import errno
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from app.session import recovery
from app.session.recovery import Process, Running, begun, is_alive

DEAD = 999_999_999
"""No system has so many processes."""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "sessions"


def marker(folder: Path, name: str = "x", **changed: object) -> Path:
    """A marker as a window leaves it that has crashed."""
    whole = {
        "version": 1, "pid": DEAD, "begun": "1", "host": platform.node(),
        "files": ["/a", "/b"], "offered": [],
    }  # fmt: skip
    place = folder / recovery.FOLDER / f"{name}.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(whole | changed))
    return place


def markers(folder: Path) -> list[dict]:
    return [json.loads(path.read_text()) for path in (folder / recovery.FOLDER).glob("*")]


def test_no_folder_no_crash(folder):
    running = Running(folder)
    assert running.claim() == ()
    assert running.others_with("/a") == ()
    assert not folder.exists()


def test_our_own_marker_is_no_crash(folder):
    running = Running(folder)
    running.write(["/a"])
    assert running.claim() == ()
    assert running.others_with("/a") == ()
    assert [each["files"] for each in markers(folder)] == [["/a"]]


def test_a_window_that_closes_leaves_nothing(folder):
    running = Running(folder)
    running.write(["/a"])
    running.write(())
    running.write(())
    assert markers(folder) == []


def test_a_second_window_that_lives_is_no_crash(folder):
    first, second = Running(folder), Running(folder)
    first.write(["/a", "/b"])
    assert second.claim() == ()
    assert second.others_with("/b") == (os.getpid(),)
    assert second.others_with("/c") == ()
    assert len(markers(folder)) == 1


def test_what_crashed_is_offered_once(folder):
    marker(folder)
    first, second = Running(folder), Running(folder)
    assert first.claim() == ("/a", "/b")
    assert second.claim() == ()


def test_several_crashes_are_offered_together(folder):
    marker(folder, "x", files=["/a", "/b"])
    marker(folder, "y", files=["/b"], offered=["/c"])
    assert Running(folder).claim() == ("/a", "/b", "/c")


def test_what_was_offered_is_offered_again_after_the_next_crash(folder):
    marker(folder)
    Running(folder).claim()
    (kept,) = markers(folder)
    assert (kept["files"], kept["offered"]) == ([], ["/a", "/b"])


def test_a_process_that_was_killed_is_gone(folder):
    code = (
        "import sys, pathlib\nfrom app.session.recovery import Running\n"
        f"Running(pathlib.Path({str(folder)!r})).write(['/a'])\n"
        "print('there', flush=True)\nsys.stdin.read()"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "there\n"
        running = Running(folder)
        assert running.others_with("/a") == (process.pid,)
        assert running.claim() == ()
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, and not yet taken note of
        assert running.others_with("/a") == ()
        assert running.claim() == ("/a",)


def test_a_later_process_of_the_same_number_is_another(folder):
    marker(folder, pid=os.getpid(), begun="not when we began")
    assert Running(folder).claim() == ("/a", "/b")


def test_another_machine_is_left_alone(folder):
    marker(folder, host="elsewhere")
    running = Running(folder)
    assert running.claim() == ()
    assert running.others_with("/a") == ()
    assert len(markers(folder)) == 1


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\0" * 99, b"[]", b'{"version": 1}', b'{"version": 1, "pid": "x"}'],
    ids=repr,
)
def test_what_only_looks_like_a_marker_is_taken_away(folder, data):
    place = marker(folder)
    place.write_bytes(data)
    assert Running(folder).claim() == ()
    assert not place.exists()


def test_a_marker_of_another_version_is_left_alone(folder):
    place = marker(folder, version=2)
    assert Running(folder).claim() == ()
    assert place.exists()


@pytest.mark.parametrize("pid", [0, 1 << 31, (1 << 63) - 1])
def test_absurd_numbers_of_processes(folder, pid):
    marker(folder, pid=pid)
    assert Running(folder).claim() == ("/a", "/b")


def test_absurd_files(folder):
    marker(folder, files=["/a", 3, None, "/b\0", ["/c"]])
    assert Running(folder).claim() == ("/a",)


def test_a_huge_marker_is_not_read(folder):
    place = marker(folder)
    with place.open("wb") as file:
        file.truncate(1 << 40)
    assert Running(folder).claim() == ()


def test_a_full_disk_and_a_read_only_folder_are_borne(folder, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    running = Running(folder)
    with monkeypatch.context() as patch:
        patch.setattr("codec.atomic_file.os.fsync", full)
        running.write(["/a"])
    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", lambda *_, **__: full(0))
        running.write(["/a"])
    assert markers(folder) == []


def test_on_a_full_disk_nothing_offered_is_lost(folder, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    marker(folder, files=["/a"])
    with monkeypatch.context() as patch:
        patch.setattr("codec.atomic_file.os.fsync", full)
        assert Running(folder).claim() == ("/a",)
    assert Running(folder).claim() == ("/a",)
    assert Running(folder).claim() == ()


def test_whether_a_process_is_alive():
    assert is_alive(os.getpid())
    assert not is_alive(DEAD)
    assert Process(os.getpid(), begun(os.getpid()), "").alive


def test_when_a_process_began():
    if not Path("/proc/self/stat").exists():
        pytest.skip("only Linux tells")
    assert begun(os.getpid()).isdigit()
    assert begun(DEAD) == ""
