"""Files of results: whole or as they were, and nothing lost when a disk is full."""

from __future__ import annotations

import tempfile
import time

import pytest

from codec.atomic_file import write_file
from codec.bench import result_file
from codec.bench.result import Outcome
from codec.bench.result_file import ResultKeeper, load, save
from codec.errors import InputError, RanscopeError
from codec.json_fields import DamagedJson
from tests.codec.bench.results.made import RESULT, measurement, with_


def test_a_file_comes_back(tmp_path):
    save(tmp_path / "r.json", RESULT)
    assert load(tmp_path / "r.json") == RESULT


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "r.json"
    path.write_bytes(b"{")
    with pytest.raises(
        DamagedJson, match=r"r\.json cannot be used as results of a benchmark: it is no JSON"
    ):
        load(path)
    with pytest.raises(RanscopeError):
        load(tmp_path / "none.json")


def test_one_that_is_absurdly_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(result_file, "LARGEST", 100)
    save(tmp_path / "r.json", RESULT)
    with pytest.raises(DamagedJson, match="no results have more than 100"):
        load(tmp_path / "r.json")


def test_each_state_is_on_disk_as_soon_as_it_is_known(tmp_path):
    keeper = ResultKeeper(tmp_path / "r.json")
    for count in range(len(RESULT.measurements) + 1):
        state = with_(*RESULT.measurements[:count])
        keeper.keep(state)
        assert load(keeper.path) == state
    changed = with_(measurement(seconds=(1.0,)), *RESULT.measurements[1:])
    keeper.keep(changed)
    assert load(keeper.path) == changed


class FullDisk:
    """`write_file` for a disk that is full while `full` is set."""

    def __init__(self, monkeypatch):
        self.full = False
        self._write = write_file
        monkeypatch.setattr(result_file, "write_file", self)

    def __call__(self, path, pieces):
        if self.full and not str(path).startswith(tempfile.gettempdir() + "/ranscope-bench-"):
            raise InputError(f"{path} cannot be written: No space left on device")
        self._write(path, pieces)


def test_nothing_is_lost_when_the_disk_is_full_for_a_while(tmp_path, monkeypatch):
    disk = FullDisk(monkeypatch)
    told: list[str] = []
    keeper = ResultKeeper(tmp_path / "r.json", told.append)
    keeper.keep(with_())
    disk.full = True
    keeper.keep(with_(*RESULT.measurements[:1]))
    keeper.keep(with_(*RESULT.measurements[:2]))
    assert load(keeper.path) == with_()
    assert len(told) == 1
    assert "No space left" in told[0] == keeper.trouble
    disk.full = False
    assert keeper.finish(RESULT) == keeper.path
    assert load(keeper.path) == RESULT
    assert not keeper.trouble


def test_what_is_not_finished_is_written_now_and_then_and_at_the_end(tmp_path, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    keeper = ResultKeeper(tmp_path / "r.json")

    def partly(count):
        return with_(measurement(seconds=(1.0,) * count, outcome=Outcome.CANCELLED))

    keeper.keep(partly(1))
    keeper.keep(partly(2))
    assert load(keeper.path) == partly(1)
    now[0] += result_file.SECONDS_BETWEEN
    keeper.keep(partly(3))
    assert load(keeper.path) == partly(3)
    keeper.keep(partly(4))
    keeper.finish(partly(4))
    assert load(keeper.path) == partly(4)


def test_what_cannot_be_kept_where_it_should_be_is_kept_elsewhere(tmp_path, monkeypatch):
    disk = FullDisk(monkeypatch)
    disk.full = True
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    elsewhere = ResultKeeper(tmp_path / "r.json").finish(RESULT)
    assert elsewhere.parent == tmp_path
    assert load(elsewhere) == RESULT


def test_a_real_full_device_is_told(tmp_path):
    keeper = ResultKeeper(tmp_path / "none" / "r.json")
    keeper.keep(RESULT)
    assert "cannot be written" in keeper.trouble
