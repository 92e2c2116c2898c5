"""The memory that tells whose turn it is: seen by another process at once, and still there when its writer is gone."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from app import beacon as module
from app.beacon import Beacon, Turn
from codec.errors import InputError
from tests.codec.brought_files import ROOT


@pytest.fixture
def beacon():
    made = Beacon.new()
    yield made
    made.remove()


def test_nobody_has_the_word_at_first(beacon):
    assert beacon.turn() == Turn()


def test_what_one_shows_the_other_sees(beacon):
    other = Beacon(beacon.path)
    begin = time.monotonic()
    other.show(3, 2)
    found = beacon.turn()
    assert (found.candidate, found.action) == (3, 2)
    assert begin <= found.since <= time.monotonic()
    assert not found.checking
    other.show(3, 2, checking=True)
    found = beacon.turn()
    assert (found.candidate, found.action, found.checking) == (3, 2, True)
    other.show(None)
    assert beacon.turn() == Turn()


def test_it_outlives_the_process_that_wrote_it(beacon):
    code = (
        "import sys, os; from app.beacon import Beacon; Beacon(sys.argv[1]).show(0, 1); os.abort()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, beacon.path], cwd=ROOT, check=False, capture_output=True
    )
    assert done.returncode < 0
    assert (beacon.turn().candidate, beacon.turn().action) == (0, 1)


def test_it_still_works_without_its_file_and_the_file_is_gone(beacon):
    beacon.remove()
    beacon.remove()
    assert not Path(beacon.path).exists()
    beacon.show(1)
    assert beacon.turn().candidate == 1


def test_without_a_file_there_is_a_sentence(tmp_path):
    with pytest.raises(InputError, match="cannot be shared"):
        Beacon(str(tmp_path / "none"))
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(InputError, match="cannot be shared"):
        Beacon(str(tmp_path / "empty"))


def test_where_the_shared_memory_is_full_a_temporary_file_does(monkeypatch, tmp_path):
    made = module._empty_file

    def full(folder):
        if folder is not None:
            raise OSError(28, "No space left on device")
        return made(folder)

    monkeypatch.setattr(module, "_empty_file", full)
    monkeypatch.setattr(module, "SHARED_MEMORY", tmp_path)
    found = Beacon.new()
    found.show(0)
    assert found.turn().candidate == 0
    found.remove()
    monkeypatch.setattr(module, "_empty_file", lambda _: full(tmp_path))
    with pytest.raises(InputError, match="No space left"):
        Beacon.new()


def test_where_there_is_no_shared_memory_a_temporary_file_does(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "SHARED_MEMORY", tmp_path / "none")
    made = Beacon.new()
    made.show(0)
    assert made.turn().candidate == 0
    made.remove()
