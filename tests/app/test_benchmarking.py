"""Benchmarks as the window runs them: in a worker, stopped and gone on with, kept, compared and exported."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.benchmarking import Benchmarking
from app.jobs import Jobs
from app.models.bench_form import COMPOSED, BenchForm
from app.models.rerun_form import Form
from app.requests import DEFAULT_DECODER
from codec.bench.plan import Action
from codec.bench.plan_file import read_plan
from codec.bench.plan_writing import write_plan
from codec.bench.result import Outcome
from codec.bench.result_file import load, save
from tests.app.bench_results import result_of
from tests.app.bench_work import ENGINE, plan_of

LONG_MS = 60_000


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "history"


class Told(Benchmarking):
    """One that notes what it could not do."""

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self.told: list[str] = []
        self.failed.connect(self.told.append)


def made(jobs, folder):
    return Told(jobs, folder, engine=ENGINE)


@pytest.fixture
def bench(jobs, folder):
    found = made(jobs, folder)
    yield found
    found.close()


@pytest.fixture
def runs(bench, qtbot, jobs):
    """Runs a plan to its end."""

    def run(plan):
        bench.choice.plans["fake"] = plan
        bench.choice.ask(BenchForm(plan="fake"))
        bench.run()
        assert bench.running
        qtbot.waitUntil(lambda: not bench.running and not jobs.busy, timeout=LONG_MS)

    return run


def test_a_plan_is_run_shown_and_kept(bench, runs, folder):
    drawn: list[int] = []
    bench.rows_changed.connect(lambda: drawn.append(len(bench.rows)))
    runs(plan_of("one", "two", data=("a", "b")))
    assert bench.known.result.complete
    assert len(bench.rows) == 8 == drawn[-1]
    assert drawn[0] == 0
    assert {row.measured.outcome for row in bench.rows} == {Outcome.MEASURED}
    assert load(bench.known.path) == bench.known.result
    assert [entry.result.id for entry in bench.history.entries] == [bench.known.result.id]
    assert bench.no_resume == "All of it was measured."
    assert bench.told == []


def test_one_that_crashes_is_shown_as_such(bench, runs):
    runs(plan_of("base", "crash"))
    outcomes = {(r.measured.candidate, r.measured.action): r.measured.outcome for r in bench.rows}
    assert outcomes["crash", Action.DECODE] is Outcome.CRASHED
    assert outcomes["base", Action.DECODE] is Outcome.MEASURED


def test_what_was_measured_stays_when_it_is_stopped_and_is_gone_on_with(bench, qtbot, jobs):
    bench.choice.plans["fake"] = plan_of("slow", "slow 2", rounds=60)
    bench.choice.ask(BenchForm(plan="fake"))
    bench.run()
    bench.run()  # which is refused while one runs
    qtbot.waitUntil(
        lambda: any(row.times and row.times.runs > 2 for row in bench.rows), timeout=LONG_MS
    )
    assert bench.known.standing.share > 0
    bench.stop()
    qtbot.waitUntil(lambda: not bench.running and not jobs.busy, timeout=LONG_MS)
    first = bench.known.result
    assert not first.complete
    had = {row.measured.candidate: row.times.runs for row in bench.rows}
    assert set(had) == {"slow", "slow 2"}
    assert min(had.values()) > 2
    assert load(bench.known.path) == first
    assert bench.no_resume == ""
    bench.resume()
    qtbot.waitUntil(lambda: not bench.running and not jobs.busy, timeout=LONG_MS)
    assert bench.known.result.complete
    assert bench.known.result.id == first.id
    assert min(row.times.runs for row in bench.rows) >= 60
    assert len(bench.history.entries) == 1
    assert bench.told == []


def test_a_run_that_was_cut_off_is_gone_on_with_in_another_window(bench, runs, jobs, folder, qtbot):
    runs(plan_of("base", "x"))
    whole = bench.known.result
    save(bench.known.path, replace(whole, measurements=whole.measurements[:2], complete=False))
    later = made(jobs, folder)
    later.history.read()
    qtbot.waitUntil(lambda: not jobs.busy, timeout=LONG_MS)
    later.show(later.history.entries[0])
    qtbot.waitUntil(lambda: len(later.rows) == 2, timeout=LONG_MS)
    assert later.no_resume == ""
    later.resume()
    qtbot.waitUntil(lambda: not later.running and not jobs.busy, timeout=LONG_MS)
    assert later.known.result.complete
    assert len(later.rows) == 4
    assert later.known.path == folder / f"{whole.id}.json"
    assert load(later.known.path) == later.known.result
    later.close()


def test_a_run_that_another_window_measures_is_not_gone_on_with(qapp, bench, jobs, folder, qtbot):
    bench.choice.plans["fake"] = plan_of("slow", "slow 2", rounds=500)
    bench.choice.ask(BenchForm(plan="fake"))
    bench.run()
    qtbot.waitUntil(
        lambda: any(row.times and row.times.runs > 2 for row in bench.rows), timeout=LONG_MS
    )
    others = Jobs(qapp)
    later = made(others, folder)
    later.history.read()
    qtbot.waitUntil(lambda: not others.busy, timeout=LONG_MS)
    shown = later.history.entries[0]
    later.show(shown)
    later.resume()
    qtbot.waitUntil(lambda: not later.running and not others.busy, timeout=LONG_MS)
    assert "another window of Ranscope" in later.told[0]
    assert later.known.result == shown.result
    assert later.known.path == shown.path
    assert bench.running
    bench.stop()
    qtbot.waitUntil(lambda: not bench.running and not jobs.busy, timeout=LONG_MS)
    assert list((folder / "running").glob("*.json")) == []
    later.close()
    others.shutdown()
    others.deleteLater()


def test_closing_the_app_keeps_what_was_measured(qapp, folder, qtbot):
    jobs = Jobs(qapp)
    bench = made(jobs, folder)
    bench.choice.plans["fake"] = plan_of("slow", "slow 2", rounds=200)
    bench.choice.ask(BenchForm(plan="fake"))
    bench.run()
    qtbot.waitUntil(
        lambda: any(row.times and row.times.runs > 2 for row in bench.rows), timeout=LONG_MS
    )
    path = bench.known.path
    bench.close()
    jobs.shutdown()
    jobs.deleteLater()
    kept = load(path)
    assert not kept.complete
    assert {len(each.seconds) > 2 for each in kept.measurements} == {True}


def test_another_machines_run_is_not_gone_on_with(bench, qtbot, jobs, folder):
    other = replace(result_of(plan_of("base")), measurements=(), complete=False)
    folder.mkdir()
    save(folder / f"{other.id}.json", other)
    bench.history.read()
    qtbot.waitUntil(lambda: not jobs.busy, timeout=LONG_MS)
    bench.show(bench.history.entries[0])
    bench.resume()
    qtbot.waitUntil(lambda: not bench.running and not jobs.busy, timeout=LONG_MS)
    assert "another machine" in bench.told[0]
    assert load(folder / f"{other.id}.json") == other


def test_another_baseline_gives_other_speeds(bench, runs, qtbot):
    runs(plan_of("one", "two"))
    assert bench.baseline == bench.figures.baseline == "one"
    bench.set_baseline("two")
    qtbot.waitUntil(lambda: bench.figures.baseline == "two", timeout=LONG_MS)
    bench.set_baseline("nobody")
    assert bench.baseline == "one"
    qtbot.waitUntil(lambda: bench.figures.baseline == "one", timeout=LONG_MS)


def test_results_are_taken_in_compared_and_exported(bench, runs, tmp_path, qtbot, jobs):
    runs(plan_of("base", "x"))
    elsewhere = replace(bench.known.result, id="20200101-000000-elsewhere-0000", complete=True)
    save(tmp_path / "headless.json", elsewhere)
    bench.history.take_in(str(tmp_path / "headless.json"))
    qtbot.waitUntil(lambda: not jobs.busy, timeout=LONG_MS)
    assert len(bench.history.entries) == 2
    assert bench.known.result.id != elsewhere.id  # what is shown stays
    bench.compare_with(elsewhere)
    qtbot.waitUntil(lambda: bench.history.comparison is not None, timeout=LONG_MS)
    assert bench.history.comparison.before == elsewhere.id
    for suffix in ("csv", "json", "html", "toml"):
        bench.export(str(tmp_path / f"out.{suffix}"))
        qtbot.waitUntil(lambda: not jobs.busy, timeout=LONG_MS)
    assert "base" in (tmp_path / "out.csv").read_text()
    assert json.loads((tmp_path / "out.json").read_bytes())["id"] == bench.known.result.id
    assert "Change since" in (tmp_path / "out.html").read_text()
    assert (tmp_path / "out.toml").read_text().startswith("name = ")
    bench.history.forget(elsewhere)
    qtbot.waitUntil(lambda: len(bench.history.entries) == 1, timeout=LONG_MS)
    bench.compare_with(None)
    assert bench.history.comparison is None


def test_nothing_that_is_asked_of_the_history_takes_the_place_of_another(
    bench, tmp_path, qtbot, jobs
):
    first, second = result_of(), replace(result_of(), id="20200101-000000-second-0000")
    for name, result in (("first", first), ("second", second)):
        save(tmp_path / f"{name}.json", result)
    said: list[str] = []
    bench.said.connect(said.append)
    bench.history.take_in(str(tmp_path / "first.json"))
    bench.history.read()
    bench.history.take_in(str(tmp_path / "second.json"))
    bench.history.forget(first)
    bench.history.read()
    for name in ("one.json", "two.json"):
        bench.history.export(str(tmp_path / name), first, "")
    qtbot.waitUntil(lambda: not jobs.busy, timeout=LONG_MS)
    assert [entry.result.id for entry in bench.history.entries] == [second.id]
    assert sorted(said) == [
        "Took in first.json", "Took in second.json", "Wrote one.json", "Wrote two.json"
    ]  # fmt: skip
    assert bench.told == []


def test_results_from_elsewhere_are_shown_where_nothing_else_is(bench, tmp_path, qtbot, jobs):
    save(tmp_path / "headless.json", result_of())
    bench.history.take_in(str(tmp_path / "headless.json"))
    qtbot.waitUntil(lambda: not jobs.busy and bool(bench.rows), timeout=LONG_MS)
    assert bench.known.result == result_of()
    assert bench.known.path.parent == bench.history.folder


def test_damaged_results_cost_a_sentence(bench, tmp_path, qtbot, jobs):
    (tmp_path / "bad.json").write_text("{")
    bench.history.take_in(str(tmp_path / "bad.json"))
    qtbot.waitUntil(lambda: not jobs.busy, timeout=LONG_MS)
    assert "bad.json cannot be used" in bench.told[0]


def test_without_a_folder_results_are_shown_and_not_kept(jobs, qtbot):
    bench = Benchmarking(jobs, None, engine=ENGINE)
    bench.choice.plans["fake"] = plan_of("base")
    bench.choice.ask(BenchForm(plan="fake"))
    bench.run()
    qtbot.waitUntil(lambda: not bench.running and not jobs.busy, timeout=LONG_MS)
    assert bench.known.path is None
    assert len(bench.rows) == 2
    bench.close()


def test_a_plan_is_read_from_a_file_and_chosen(bench, tmp_path, qtbot, jobs):
    write_plan(tmp_path / "mine.toml", bench.choice.plans["quick"])
    bench.choice.read_plan(str(tmp_path / "mine.toml"))
    qtbot.waitUntil(lambda: not jobs.busy, timeout=LONG_MS)
    assert bench.choice.reading.plan == read_plan(tmp_path / "mine.toml")
    (tmp_path / "bad.toml").write_text("nonsense = 1\n")
    bench.choice.read_plan(str(tmp_path / "bad.toml"))
    qtbot.waitUntil(lambda: not jobs.busy, timeout=LONG_MS)
    assert "bad.toml, line 1" in bench.told[0]
    assert bench.choice.form.plan == str(tmp_path / "mine.toml")


def test_which_coders_can_run_is_asked_in_the_child(bench, qtbot, jobs):
    bench.choice.ask_coders()
    qtbot.waitUntil(lambda: bool(bench.choice.reasons), timeout=LONG_MS)
    assert bench.choice.reasons["cpu"] == bench.choice.reasons["reference"] == ""


def test_tiles_are_timed_and_selected(bench, open_legacy, qtbot, jobs):
    document = open_legacy("gaussian10_300x200_t64.batched")
    bench.tiles.time(DEFAULT_DECODER)
    assert bench.told == ["No tensor is opened whose tiles could be timed"]
    bench.take_document(document)
    bench.tiles.time(DEFAULT_DECODER)
    assert bench.tiles.busy
    qtbot.waitUntil(lambda: bench.tiles.times is not None, timeout=LONG_MS)
    assert len(bench.tiles.times.seconds) == len(document.tensor.tiles)
    assert not bench.tiles.times.wrong.any()
    bench.tiles.select(7)
    assert document.selection.tile == 7
    said: list[str] = []
    bench.said.connect(said.append)
    bench.take_document(None)
    bench.tiles.select(3)
    assert document.selection.tile == 7
    assert said == ["The tiles that were timed are of another file"]


def test_a_real_run_on_a_small_matrix(jobs, folder, qtbot):
    bench = Benchmarking(jobs, folder)
    form = BenchForm(
        plan=COMPOSED, kinds="normal-10", sizes="64", ways=("cpu",), peers=(), rounds=3, warm_up_s=0.1,
        threads="1", recipes=Form(("native", "batched"), tiles="32"),
    )  # fmt: skip
    bench.choice.ask(form)
    bench.run()
    qtbot.waitUntil(lambda: not bench.running and not jobs.busy, timeout=LONG_MS)
    assert bench.known.result.complete
    assert {row.measured.outcome for row in bench.rows} == {Outcome.MEASURED}
    assert {row.times.runs for row in bench.rows} == {3}
    assert {row.measured.digest == row.measured.expected for row in bench.rows} == {True}
    assert len(bench.rows) == 4
    bench.close()
