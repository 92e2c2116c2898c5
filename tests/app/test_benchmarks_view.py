"""The panel "Benchmarks": the form, the run, table and plots, and what stands there before anything was measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QTableView,
    QWidget,
)

from app import theme
from app.bench_requests import Figures
from app.bench_running import Known
from app.benchmarking import Benchmarking
from app.models.bench_form import COMPOSED, BenchForm
from app.models.bench_scenario import MODEL
from app.models.bench_table import IN_SIGHT, four_digits, remarks_of, share_text
from app.models.rerun_form import Form
from app.theme import Choice
from app.views.benchmarks import BenchmarksView
from app.views.benchmarks.bars import beginning, short
from app.views.benchmarks.history import NO_ENTRIES, NO_FOLDER
from app.views.benchmarks.plots import NO_ROWS, NO_TIMES, NO_TIMES_YET, ONE_OF, BenchPlots
from app.views.benchmarks.results import NOTHING_YET
from app.views.benchmarks.scenario import NO_LAYERS, NO_MODEL
from codec.bench.change import compare
from codec.bench.history import Entry
from codec.bench.plan import Action
from codec.bench.result import Outcome, RunResult
from codec.bench.rows import rows
from tests.app.bench_results import measured, plan_of, result_of, wrong
from tests.app.bench_work import ENGINE
from tests.app.bench_work import plan_of as fake_plan

LONG_MS = 60_000


@pytest.fixture
def bench(jobs, tmp_path):
    found = Benchmarking(jobs, tmp_path / "history", engine=ENGINE)
    yield found
    found.close()


@pytest.fixture
def view(qtbot, bench, jobs):
    found = BenchmarksView()
    qtbot.addWidget(found)
    found.use(bench)
    found.resize(1200, 900)
    found.show()
    qtbot.waitUntil(lambda: not jobs.busy, timeout=LONG_MS)
    yield found
    theme.choose(Choice.LIGHT)


@pytest.fixture
def shows(view, bench):
    """Shows a result as if it had just been measured."""

    def show(result):
        bench.known = Known(result)
        bench.figures = Figures(result, bench.baseline, rows(result))
        bench.running_changed.emit()
        bench.stood.emit()
        bench.rows_changed.emit()
        view.results._draw()

    return show


def page(view, title):
    plots = view.results.plots
    plots.setCurrentIndex([plots.tabText(place) for place in range(plots.count())].index(title))


def test_before_anything_was_measured_it_says_so(view):
    assert view.empty_text == ""
    assert view.results.remarks.toPlainText() == NOTHING_YET
    for title in ("Bars", "Size", "Ratio", "Bandwidth"):
        page(view, title)
        assert view.results.plots.reason == NO_ROWS
    assert "No tiles have been timed" in view.results.tiles.shown.reason
    assert view.results.scenario.shown.reason == NO_MODEL
    assert view.results.history._says.text() == NO_ENTRIES != NO_FOLDER
    assert not view.stop.isEnabled()
    assert not view.resume.isEnabled()
    assert not view.results.wrong.isEnabled()
    assert view.tables() == []


def test_the_form_says_what_will_be_run_and_what_contradicts_itself(view, bench):
    assert view.says.text().startswith("8 measurements")
    view.fields.plan.setCurrentIndex(view.fields.plan.findText(COMPOSED))
    assert view.fields.composed.kinds.isVisible()
    assert not view.fields.candidates.isVisible()
    view.fields.composed.sizes.setText("nonsense")
    assert view.says.text().startswith("✕ Sizes: 'nonsense' is no shape")
    assert not view.run.isEnabled()
    view.fields.composed.sizes.setText("32, 64")
    assert view.run.isEnabled()
    assert len(bench.choice.reading.plan.data) == 2


def test_candidates_are_left_out_by_their_ticks(view, bench):
    view.fields.candidates.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert [each.name for each in bench.choice.reading.plan.candidates] == [
        "native",
        "wcdc",
        "zstd -1",
    ]
    view.fields.plan.setCurrentIndex(view.fields.plan.findText("cpu"))
    assert bench.choice.form.without == ()
    every = bench.choice.plans["cpu"].candidates
    assert bench.choice.reading.plan.candidates == every
    assert view.fields.candidates.count() == len(every)


def test_what_cannot_run_here_says_why(view, bench):
    bench.choice._take_reasons({"zstandard": "it is not installed", "cpu": ""})
    assert view.fields.candidates.item(3).text() == "zstd -1 · not available: it is not installed"
    assert view.fields.composed.peers["zstandard"].text() == "zstandard, not available"
    assert view.fields.composed.peers["zstandard"].toolTip() == "Not available: it is not installed"
    assert "Not available here: zstandard" in view.says.text()


def test_a_form_is_shown_as_it_was_kept(view, bench):
    form = BenchForm(
        plan=COMPOSED, kinds="ramp", sizes="64", seed=3, peers=("constriction",), ways=("reference",),
        actions=("decode",), rounds=21, recipes=Form(("wcdc",), "32"), opened="selected", files="a.npy",
    )  # fmt: skip
    view.fields.show_form(form)
    assert view.fields.form == form == bench.choice.form


def test_a_run_comes_in_and_is_stopped_with_what_it_has(view, bench, qtbot, jobs):
    bench.choice.plans["fake"] = fake_plan("slow", "slow 2", rounds=60)
    bench.choice.ask(BenchForm(plan="fake"))
    qtbot.mouseClick(view.run, Qt.MouseButton.LeftButton)
    assert view.bar.isVisible()
    assert view.stop.isEnabled()
    assert not view.run.isEnabled()
    qtbot.waitUntil(lambda: any(r.times for r in view.results.model.rows), timeout=LONG_MS)
    assert "Measuring a: 2 taking turns" in view.standing.text()
    qtbot.mouseClick(view.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not bench.running and not jobs.busy, timeout=LONG_MS)
    assert view.results.model.rowCount() == 4
    assert "not all of the plan was measured" in view.standing.text()
    assert view.resume.isEnabled()
    assert not view.bar.isVisible()
    qtbot.waitUntil(lambda: len(view.results.plots.bars.bars) == 2, timeout=LONG_MS)


def test_a_real_run_of_a_few_rounds(qtbot, jobs):
    bench = Benchmarking(jobs)
    view = BenchmarksView()
    qtbot.addWidget(view)
    view.use(bench)
    form = BenchForm(
        plan=COMPOSED, sizes="48", ways=("cpu",), peers=(), rounds=3, warm_up_s=0.1, threads="1",
        recipes=Form(("native",), tiles="16"), actions=("decode",),
    )  # fmt: skip
    view.fields.show_form(form)
    assert view.run.isEnabled()
    view.run.click()
    qtbot.waitUntil(lambda: not bench.running and not jobs.busy, timeout=LONG_MS)
    (row,) = view.results.model.rows
    assert row.measured.outcome is Outcome.MEASURED
    assert row.times.runs == 3
    assert "3 runs alone" in view.results.remarks.toPlainText()
    (table,) = view.tables()
    (part,) = table.parts()
    assert part[table.columns.index("outcome")] == ["measured"]
    bench.close()


def test_a_wrong_result_is_shown_as_wrong_and_opens_the_comparison(view, bench, shows):
    result = result_of(fast=wrong("a", "fast"))
    shows(result)
    view.results.select(("a", "fast", Action.DECODE))
    assert view.results.selected.measured.outcome is Outcome.WRONG
    assert "5 weights came out wrong" in view.results.remarks.toPlainText()
    bars = view.results.plots.bars.bars
    assert [(bar.name, bar.value > 0) for bar in bars] == [
        ("base", True),
        ("fast", False),
        ("slow", True),
    ]
    assert bars[1].says == "✕ wrong output"
    wanted: list[object] = []
    bench.comparison_wanted.connect(lambda *what: wanted.append(what))
    assert view.results.wrong.isEnabled()
    view.results.wrong.click()
    assert wanted == [(result.plan.data[0], result.plan.candidates[1], Action.DECODE)]
    view.results.select(("a", "slow", Action.DECODE))
    assert not view.results.wrong.isEnabled()


def test_bars_and_points_select_their_rows_by_keys(view, shows, qtbot):
    shows(result_of())
    plots = view.results.plots
    qtbot.keyClick(plots.bars, Qt.Key.Key_Down)
    qtbot.keyClick(plots.bars, Qt.Key.Key_Down)
    assert view.results.selected.measured.candidate == "fast"
    page(view, "Ratio")
    assert plots.reason == ""
    qtbot.keyClick(plots.pareto, Qt.Key.Key_Right)
    assert view.results.selected.measured.candidate == "slow"
    page(view, "Size")
    assert [len(line.spots) for line in plots.sizes.lines] == [2, 2, 2]
    page(view, "Bandwidth")
    assert len(plots.roof.bars) == 3


def of_sizes(result: RunResult, **weights: int) -> RunResult:
    """The same with so many weights in each of its data."""
    changed = tuple(replace(m, weights=weights[m.data]) for m in result.measurements)
    return replace(result, measurements=changed)


def test_times_of_a_single_size_say_which_plan_has_several(view, bench, shows):
    one = view.results.plots.one_size
    page(view, "Size")
    assert not one.isVisible()
    for size, what in ONE_OF.items():
        shows(result_of())
        view.results.plots.against.choose(size)
        assert one.isVisible()
        assert one.text() == f"Only one {what} was measured; the plan “sizes” measures several."
    assert "sizes" in bench.choice.plans
    shows(of_sizes(result_of(), a=1 << 16, b=1 << 18))
    assert one.isVisible()  # against the weights a tile, of the data that is chosen
    view.results.plots.against.choose("weights")
    assert not one.isVisible()
    assert one.text() == ""


def test_sizes_that_are_still_to_come_are_waited_for(qtbot):
    plots = BenchPlots()
    qtbot.addWidget(plots)
    plots.setCurrentIndex(1)
    plots.show_rows(rows(result_of()), "base", {}, running=True)
    assert (plots.reason, plots.one_size.text()) == ("", "")
    plots.show_rows(rows(result_of()), "base", {})
    assert plots.one_size.text().startswith("Only one size was measured")


def test_a_run_of_200_configurations_is_plotted_in_a_few_items(view, shows):
    names = tuple(f"native, tile {number}" for number in range(200))
    shows(result_of(plan_of(names, ("weights",))))
    assert view.results.model.rowCount() == 400
    for title in ("Bars", "Size", "Ratio", "Bandwidth"):
        page(view, title)
        assert view.results.plots.reason == ""
    pareto = view.results.plots.pareto
    assert len(pareto.lines) == 200
    assert len(pareto._plot.getPlotItem().items) < 10
    assert len(view.results.plots.bars._plot.getPlotItem().items) < 10


def test_another_baseline_is_chosen_above_the_table(view, bench, shows, qtbot):
    shows(result_of())
    assert view.results.baseline.currentText() == "base"
    view.results.baseline.setCurrentText("slow")
    view.results.baseline.textActivated.emit("slow")
    qtbot.waitUntil(lambda: bench.figures.baseline == "slow", timeout=LONG_MS)
    head = view.results.model.headerData(6, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert "times as fast as slow" in head


def test_the_history_shows_compares_and_asks_before_it_deletes(view, bench, shows, qtbot):
    shows(result_of())
    before = result_of(name="before")
    bench.history.entries = (
        Entry(Path("a.json"), before),
        Entry(Path("b.json"), None, "b.json is damaged"),
    )
    bench.history.changed.emit()
    panel = view.results.history
    panel.table.setCurrentIndex(panel.model.index(1, 0))
    assert not panel._show.isEnabled()
    panel.table.setCurrentIndex(panel.model.index(0, 0))
    asked: list[object] = []
    bench.forget_wanted.connect(asked.append)
    panel._forget.click()
    assert asked == [before]
    panel._compare.click()
    qtbot.waitUntil(lambda: bench.history.comparison is not None, timeout=LONG_MS)
    assert panel.changes.rowCount() == 12
    assert "did not take turns" in panel._says.text()
    panel._show.click()
    assert bench.known.result is before
    assert panel.changes.rowCount() == 0
    assert not panel._compare.isEnabled()


def test_a_model_is_shown_layer_by_layer_beside_the_claims(view, shows):
    from codec.bench.result import LayerFacts, LayerMeasurement

    result = result_of(plan_of(("base",), ("model",)))
    layers = (LayerFacts("one", 128, 256), LayerFacts("two", 128, 256))
    facts = (replace(result.data[0], layers=layers),)
    split = tuple(
        LayerMeasurement(each.name, 1 << 15, 1 << 14, 2, (0.001,) * 9, {"decode": (0.001,) * 9})
        for each in layers
    )
    shows(
        replace(
            result,
            data=facts,
            measurements=tuple(replace(m, layers=split) for m in result.measurements),
        )
    )
    panel = view.results.scenario
    assert panel.shown.reason == ""
    assert panel.table.isColumnHidden(MODEL)
    assert "2 layers" in panel._says.text()
    names = [row.name for row in panel.model.rows]
    assert names[0] == "base"
    assert sum(name.startswith("claimed: ") for name in names[1:]) == len(names) - 1 == 5
    texts = [[column.text(row) for column in panel.model.columns] for row in panel.model.rows]
    assert "8 h" in texts[2]
    assert "30 s, hoped for" in texts[3]
    assert "10 s to 20 s" in texts[4]
    assert [layer.name for layer in panel.layers.rows] == ["one", "two"]
    assert "base, layer by layer" in panel._about_layers.text()
    panel.table.setCurrentIndex(panel.model.index(1, 0))
    assert panel.layers.rowCount() == 0
    assert panel._about_layers.text() == NO_LAYERS


def test_it_reads_at_every_width_in_light_and_dark(view, bench, shows):
    shows(result_of(fast=wrong("a", "fast")))
    bench.history.comparison = compare(result_of(name="before"), bench.known.result)
    bench.history.comparison_changed.emit()
    view.fields.plan.setCurrentIndex(view.fields.plan.findText(COMPOSED))
    for width in (250, 700, 1400):
        for choice in (Choice.DARK, Choice.LIGHT):
            theme.choose(choice)
            view.resize(width, 900)
            view.grab()
            assert view.width() == width
            for label in view.findChildren(QLabel):
                if label.isVisible() and label.text() and not label.wordWrap():
                    assert label.width() >= label.minimumSizeHint().width(), label.text()


def test_every_control_says_what_it_does(view):
    kinds = QLineEdit | QComboBox | QAbstractButton | QAbstractSpinBox | QTableView
    inner = QComboBox | QAbstractSpinBox | QTableView | QLineEdit
    menus = {id(each) for menu in view.findChildren(QMenu) for each in menu.findChildren(QWidget)}
    controls = [
        each
        for each in view.findChildren(QWidget)
        if isinstance(each, kinds)
        and not isinstance(each.parent(), inner)
        and id(each) not in menus  # of the plots, which show none
        and not each.objectName().startswith(("qt_", "Scroll"))
    ]
    assert len(controls) > 40
    assert [each for each in controls if not each.toolTip()] == []


def test_names_give_way_for_the_speed_against_the_baseline(view, shows):
    long = ("a name that is long, " * 4 + "one", "a name that is long, " * 4 + "two", "three")
    table = view.results.table
    view.resize(900, 900)
    shows(result_of(plan_of(long, ("weights",))))
    shown = [place for place in range(IN_SIGHT) if not table.isColumnHidden(place)]
    assert sum(table.columnWidth(place) for place in shown) <= table.viewport().width()
    narrow = table.columnWidth(0)
    view.resize(1900, 900)
    assert table.columnWidth(0) > narrow


def test_very_different_times_are_bars_on_a_logarithmic_axis(view, shows):
    bars = view.results.plots.bars
    shows(result_of())
    assert beginning(bars.bars) is None
    shows(result_of(fast=measured("a", "fast", Action.DECODE, 1e-5)))
    assert beginning(bars.bars) == pytest.approx(0.005, rel=0.01)
    label = bars._plot.getAxis("bottom").labelText
    assert "logarithmic" in label
    ticks = bars._plot.getAxis("bottom").logTickStrings([-1.0, 0.0], 1.0, 1.0)
    assert ticks == ["0.1", "1"]
    shows(result_of())
    assert "logarithmic" not in bars._plot.getAxis("bottom").labelText


def test_another_run_of_as_many_rows_is_in_sight(view, shows):
    """What the user brought into sight stays while rows change, and not where they are of another run."""
    page(view, "Ratio")
    shows(result_of())
    pareto = view.results.plots.pareto
    box = pareto._plot.getViewBox()
    box.setRange(xRange=(50, 60), padding=0)
    box.sigRangeChangedManually.emit([True, True])
    pareto.show_lines(pareto.lines, ("Ratio", "GB/s"), (False, True))
    assert box.viewRange()[0] == pytest.approx([50, 60])
    shows(result_of(plan_of(("base", "other", "third"))))
    low, high = box.viewRange()[0]
    assert low < 2 < high


def test_small_numbers_are_read_without_powers_of_ten():
    assert [four_digits(value) for value in (0.0000539, 1215.916, 12.34567, 2.0)] == [
        "0.0000539", "1,216", "12.35", "2",
    ]  # fmt: skip
    assert [share_text(share) for share in (0.677, 0.00042, 0.0)] == ["67.7%", "0.042%", "0.0%"]


def test_names_beside_bars_keep_their_ends():
    assert short("native", 10) == "native"
    assert short("native, kernel alone, with checksums", 15) == "native,…ecksums"


def test_what_is_being_measured_has_not_ended(qtbot):
    plan = plan_of(("base",), ("a",))
    begun = measured(
        "a", "base", Action.DECODE, 1.0, outcome=Outcome.CANCELLED, reason="ended after 0 runs",
        seconds=(), rounds=(),
    )  # fmt: skip
    found = rows(replace(result_of(plan), measurements=(begun,), complete=False), "base")
    assert "ended after 0 runs" in "\n".join(remarks_of(found))
    assert "ended" not in "\n".join(remarks_of(found, running=True))
    plots = BenchPlots()
    qtbot.addWidget(plots)
    plots.show_rows(found, "base", {}, running=True)
    assert plots.reason == NO_TIMES_YET
    plots.show_rows(found, "base", {})
    assert plots.reason == NO_TIMES
