"""The panel "Benchmarks" in the whole window: measure, find the wrong one, close amid a run, go on, and export."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton

from app import theme
from app.main_window import MainWindow
from app.models.bench_form import COMPOSED, BenchForm
from app.models.rerun_form import Form
from app.session import recovery
from app.settings import Settings
from app.views.benchmarks import BenchmarksView
from app.workspace import sample_path
from codec.bench.plan import Action, Candidate, Data, Plan, Stopping
from codec.bench.result import Outcome
from codec.bench.result_file import load, save
from codec.rerun.recipe import usual
from tests.app.bench_results import result_of
from tests.app.bench_work import ENGINE, plan_of

LONG_MS = 90_000

ROOT = Path(__file__).parent.parent.parent

WRONG = """
import numpy as np


def decode(layer):
    return np.full((layer.rows, layer.cols), 7, np.int8)
"""


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "settings.ini")


@pytest.fixture
def make_window(qtbot, settings):
    windows = []
    before = theme.choice()

    def make():
        window = MainWindow(settings)
        window.bench.benchmarking._engine = ENGINE
        windows.append(window)
        qtbot.addWidget(window)
        window.resize(1280, 800)
        with qtbot.waitSignal(window.completed, timeout=LONG_MS):
            window.show()
        return window

    yield make
    for window in windows:
        window.bench.benchmarking.stop()
        qtbot.waitUntil(
            lambda window=window: not window.bench.benchmarking.running, timeout=LONG_MS
        )
        window.close()
    theme.choose(before)


@pytest.fixture
def window(make_window):
    return make_window()


def bench_of(window):
    return window.bench.benchmarking


def view_of(window) -> BenchmarksView:
    found = window.panels.view("Benchmarks")
    assert isinstance(found, BenchmarksView)
    return found


def trigger(window, name):
    found = window.findChild(QAction, name)
    assert found is not None
    found.trigger()


def at_rest(window, qtbot):
    qtbot.waitUntil(lambda: not bench_of(window).running and not window.jobs.busy, timeout=LONG_MS)


def choose(window, plan):
    bench_of(window).choice.plans[plan.name] = plan
    bench_of(window).choice.ask(BenchForm(plan=plan.name))


def begin_slow(window, qtbot):
    """Begins a run that takes longer than the test, and waits for what is measured first."""
    choose(window, plan_of("slow", "slow 2", rounds=500))
    trigger(window, "bench.run")
    bench = bench_of(window)
    qtbot.waitUntil(
        lambda: any(row.times and row.times.runs > 2 for row in bench.rows), timeout=LONG_MS
    )


def answer_box(text, seen):
    """Presses the button of the next box that asks, and notes what it asked."""

    def press():
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append(box.text())
        next(button for button in box.findChildren(QPushButton) if button.text() == text).click()

    QTimer.singleShot(0, press)


def rows_told(window):
    return {row.sentence: row for row in window.messages.rows()}


def test_the_commands_run_stop_and_go_on(window, qtbot):
    assert not window.panels.isVisible()
    begin_slow(window, qtbot)
    assert window.panels.isVisible()  # also where no file is open
    assert view_of(window).isVisible()
    trigger(window, "bench.stop")
    at_rest(window, qtbot)
    bench = bench_of(window)
    had = len(bench.rows[0].measured.seconds)
    assert not bench.known.result.complete
    assert rows_told(window) == {}
    trigger(window, "bench.resume")
    qtbot.waitUntil(lambda: len(bench.rows[0].measured.seconds) > had, timeout=LONG_MS)
    trigger(window, "jobs.cancel")  # which stops everything
    at_rest(window, qtbot)
    assert len(bench.rows[0].measured.seconds) > had


def test_the_window_is_arranged_for_measuring(window, qtbot):
    trigger(window, "view.bench_layout")
    qtbot.waitUntil(lambda: view_of(window).width() > window.width() / 2, timeout=LONG_MS)
    assert view_of(window).isVisible()
    assert view_of(window).results.isVisible()


def test_closing_asks_amid_a_run_and_the_next_window_offers_to_go_on(
    make_window, qtbot, monkeypatch
):
    first = make_window()
    begin_slow(first, qtbot)
    asked: list[str] = []
    answer_box("Go on measuring", asked)
    assert not first.close()
    assert bench_of(first).running
    answer_box("Stop and close", asked)
    path = bench_of(first).known.path
    assert first.close()
    assert "0 of 4 measurements are done" in asked[0]
    kept = load(path)
    assert not kept.complete
    assert min(len(each.seconds) for each in kept.measurements) > 2

    monkeypatch.setattr(recovery, "is_alive", lambda _pid: False)  # as if its process were gone
    second = make_window()
    qtbot.waitUntil(lambda: bool(rows_told(second)), timeout=LONG_MS)
    (sentence,) = rows_told(second)
    assert "was cut off when Ranscope ended" in sentence
    buttons = rows_told(second)[sentence].findChildren(QPushButton)
    next(button for button in buttons if button.text() == "Measure the rest").click()
    bench = bench_of(second)
    assert bench.running
    qtbot.waitUntil(
        lambda: (
            bool(bench.rows)
            and min(len(row.measured.seconds) for row in bench.rows)
            > len(kept.measurements[0].seconds)
        ),
        timeout=LONG_MS,
    )
    assert bench.known.result.id == kept.id
    bench.stop()
    at_rest(second, qtbot)


def test_a_run_that_was_stopped_by_hand_is_not_offered(make_window, qtbot, monkeypatch):
    first = make_window()
    begin_slow(first, qtbot)
    trigger(first, "bench.stop")
    at_rest(first, qtbot)
    assert first.close()
    monkeypatch.setattr(recovery, "is_alive", lambda _pid: False)
    second = make_window()
    at_rest(second, qtbot)
    assert rows_told(second) == {}


def test_a_wrong_decoder_is_shown_as_wrong_and_opened_in_the_comparison(window, qtbot, tmp_path):
    brought = tmp_path / "wrong.py"
    brought.write_text(WRONG)
    recipe = usual("batched")
    choose(
        window,
        Plan(
            "mine", "One that is wrong", (Data("small", "generated:normal-10:64x64:1"),),
            (
                Candidate("ours", "cpu", recipe, {"threads": 1}, (Action.DECODE,)),
                Candidate("mine", str(brought), recipe, {}, (Action.DECODE,)),
            ),
            None, Stopping(0.05, 3),
        ),
    )  # fmt: skip
    bench, view = bench_of(window), view_of(window)
    bench._engine = type(ENGINE)()
    trigger(window, "bench.run")
    at_rest(window, qtbot)
    outcomes = {row.measured.candidate: row.measured.outcome for row in bench.rows}
    assert outcomes == {"ours": Outcome.MEASURED, "mine": Outcome.WRONG}
    assert [bar.says for bar in view.results.plots.bars.bars][1] == "✕ wrong output"
    view.results.select(("small", "mine", Action.DECODE))
    view.results.wrong.click()
    qtbot.waitUntil(lambda: window.workspace.current is not None, timeout=LONG_MS)
    comparing = window.workspace.current.comparing
    qtbot.waitUntil(lambda: comparing.comparison is not None, timeout=LONG_MS)
    assert comparing.comparison.differing > 3000
    assert window.panels.view("Comparison").isVisible()
    at_rest(window, qtbot)


def test_the_opened_tensor_is_measured(window, qtbot, tmp_path):
    path = tmp_path / "layer.batched"
    shutil.copy(sample_path(), path)
    window.workspace.open([path])
    qtbot.waitUntil(lambda: window.workspace.current is not None, timeout=LONG_MS)
    at_rest(window, qtbot)
    bench = bench_of(window)
    bench._engine = type(ENGINE)()
    view_of(window).fields.show_form(BenchForm(
        plan=COMPOSED, opened="selected", kinds="", ways=("cpu",), peers=("zstandard",), rounds=3, warm_up_s=0.05,
        threads="1", recipes=Form(("native",)), actions=("decode",),
    ))  # fmt: skip
    trigger(window, "bench.run")
    at_rest(window, qtbot)
    assert {row.measured.data for row in bench.rows} == {"layer.batched"}
    assert bench.known.result.data[0].rows == window.workspace.current.tensor.rows
    timed = [row.measured.outcome for row in bench.rows if row.measured.candidate != "zstandard"]
    assert timed == [Outcome.MEASURED]


def test_results_from_elsewhere_are_taken_in_compared_and_exported(
    window, qtbot, tmp_path, monkeypatch
):
    bench, history = bench_of(window), view_of(window).results.history
    choose(window, plan_of("base", "x"))
    trigger(window, "bench.run")
    at_rest(window, qtbot)
    save(tmp_path / "headless.json", result_of())
    given = {"getOpenFileName": "headless.json", "getSaveFileName": "out.html"}
    for name, file in given.items():
        monkeypatch.setattr(
            QFileDialog, name, lambda *_given, file=file: (str(tmp_path / file), "")
        )
    trigger(window, "bench.import")
    at_rest(window, qtbot)
    assert history.model.rowCount() == 2
    assert view_of(window).results.plots.currentWidget() is history  # what came in is selected
    assert history.selected.result.plan.name == "made"
    history._compare.click()
    qtbot.waitUntil(lambda: bench.history.comparison is not None, timeout=LONG_MS)
    assert "another" in history._says.text() or "other" in history._says.text()
    trigger(window, "bench.export")
    at_rest(window, qtbot)
    assert "<html" in (tmp_path / "out.html").read_text()


def test_two_hundred_candidates_come_in_without_a_stop(window, qtbot):
    """The plots and the table of as many take a few items and few updates: what is drawn does not grow by the turn."""
    choose(window, plan_of(*(f"one {number}" for number in range(200)), rounds=3))
    drawn: list[int] = []
    bench_of(window).rows_changed.connect(lambda: drawn.append(1))
    trigger(window, "bench.run")
    at_rest(window, qtbot)
    assert view_of(window).results.model.rowCount() == 400
    assert bench_of(window).known.result.complete
    assert len(drawn) < 60


def test_the_first_paint_does_not_wait_for_what_measures():
    says = "import sys, app.main_window; print('app.bench_commands' in sys.modules)"
    command = [sys.executable, "-c", says]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "False"
