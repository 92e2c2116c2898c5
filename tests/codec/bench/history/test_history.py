"""The folder of results: listed whatever is in it, files from elsewhere taken in, nothing overwritten."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codec.bench.history import History
from codec.bench.result_file import save
from codec.errors import InputError
from codec.json_fields import DamagedJson
from tests.codec.bench.results.made import RESULT

LATER = replace(RESULT, id="20260103-0-later", started="2026-01-03T00:00:00+00:00")


@pytest.fixture
def history(tmp_path):
    return History(tmp_path / "deep" / "history")


def test_runs_are_kept_and_listed_the_latest_first(history):
    assert history.entries() == ()
    for result in (RESULT, LATER):
        history.keeper(result).keep(result)
    assert [entry.result for entry in history.entries()] == [LATER, RESULT]


def test_a_run_that_goes_on_is_kept_where_it_was(history):
    less = replace(RESULT, measurements=RESULT.measurements[:2], complete=False)
    history.keeper(less).keep(less)
    history.keeper(RESULT).keep(RESULT)
    assert [entry.result for entry in history.entries()] == [RESULT]


def test_a_run_that_went_on_elsewhere_is_kept_beside(history):
    history.keeper(RESULT).keep(RESULT)
    less = replace(RESULT, measurements=RESULT.measurements[:2], complete=False)
    history.keeper(less).keep(less)
    assert len(history.entries()) == 2
    assert RESULT in [entry.result for entry in history.entries()]


def test_what_cannot_be_read_is_listed_with_a_sentence_and_left_alone(history):
    history.keeper(RESULT).keep(RESULT)
    bad = history.folder / "bad.json"
    bad.write_bytes(b"{}")
    (history.folder / "folder.json").mkdir()
    first, second = history.entries()
    assert first.result == RESULT
    assert (second.path, second.result) == (bad, None)
    assert "bad.json cannot be used as results" in second.sentence
    assert bad.read_bytes() == b"{}"


def test_runs_are_found_by_name_or_by_how_it_begins(history):
    for result in (RESULT, LATER):
        history.keeper(result).keep(result)
    assert history.find(RESULT.id) == RESULT
    assert history.find("20260103") == LATER
    assert history.find("last") == LATER
    with pytest.raises(InputError, match="has 2 runs called '2026'"):
        history.find("2026")
    with pytest.raises(InputError, match="has no run called 'x'"):
        history.find("x")


def test_results_from_elsewhere_are_taken_in_once(history, tmp_path):
    save(tmp_path / "r.json", RESULT)
    assert history.take_in(tmp_path / "r.json") == RESULT
    assert history.take_in(tmp_path / "r.json") == RESULT
    assert len(history.entries()) == 1


def test_other_content_under_a_taken_name_gets_a_name_of_its_own(history, tmp_path):
    history.keeper(RESULT).keep(RESULT)
    whole = replace(RESULT, complete=True)
    save(tmp_path / "r.json", whole)
    taken = history.take_in(tmp_path / "r.json")
    assert taken == replace(whole, id=f"{RESULT.id}-2")
    assert {entry.result.id for entry in history.entries()} == {RESULT.id, taken.id}


def test_damaged_results_are_not_taken_in(history, tmp_path):
    (tmp_path / "r.json").write_bytes(b"{")
    with pytest.raises(DamagedJson):
        history.take_in(tmp_path / "r.json")
    assert history.entries() == ()


def test_a_run_can_be_forgotten(history):
    history.keeper(RESULT).keep(RESULT)
    history.forget(RESULT)
    assert history.entries() == ()


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="cannot be made"):
        History(tmp_path / "file" / "history").keeper(RESULT)
