"""What "Benchmarks" shows, without a widget: the form as a plan, rows as a table and as plots, the history."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from app.bench_requests import Figures, refreshed
from app.bench_running import Known
from app.benching import Standing
from app.models.bench_form import (
    COMPOSED,
    BenchForm,
    kept_bench,
    taken_up_bench,
)
from app.models.bench_history import ChangeTable, HistoryTable, notes_of, verdict
from app.models.bench_reading import read_bench
from app.models.bench_series import (
    Spot,
    chosen,
    families,
    front,
    pareto,
    roof_bars,
    size_lines,
    time_bars,
)
from app.models.bench_standing import duration, standing_text
from app.models.bench_table import BenchTable, bench_columns, key_of_row, remarks_of
from app.models.bench_tiles import MOST_SPOTS, tile_lines, tiles_say
from app.models.rerun_form import Form
from codec.bench.change import compare
from codec.bench.history import Entry
from codec.bench.merging import key_of
from codec.bench.plan import Action, Data
from codec.bench.plan_file import bundled, bundled_plan
from codec.bench.result import LayerFacts, LayerMeasurement
from codec.bench.rows import rows
from codec.bench.tile_times import TileTimes
from codec.rerun.recipe import usual
from tests.app.bench_results import measured, plan_of, result_of, wrong

PLANS = {name: bundled_plan(name) for name in bundled()}
HERE = BenchForm(plan=COMPOSED)


def says(form, **more):
    reading = read_bench(form, PLANS, **more)
    assert reading.wrong
    return reading.says


def plan(form, **more):
    found = read_bench(form, PLANS, **more).plan
    assert found is not None
    return found


def test_a_plan_that_comes_along_is_run_as_it_is():
    reading = read_bench(BenchForm(plan="quick"), PLANS)
    assert reading.plan == PLANS["quick"]
    assert reading.says.startswith("8 measurements: 4 candidates over 1 data, 7 runs of each")


def test_candidates_can_be_left_out_but_not_all():
    names = [each.name for each in PLANS["quick"].candidates]
    some = plan(BenchForm(plan="quick", without=(names[0],)))
    assert [each.name for each in some.candidates] == names[1:]
    assert some.baseline is None
    assert "tick one at least" in says(BenchForm(plan="quick", without=tuple(names)))


def test_a_quick_look_takes_few_rounds():
    assert plan(BenchForm(plan="cpu", quick=True)).stopping.rounds == 5


def test_what_is_composed_is_every_combination():
    form = replace(
        HERE, kinds="normal-10, zeros", sizes="64, 32x48", ways=("cpu", "reference"), threads="1, all",
        recipes=Form(("native",), tiles="16, 32"), peers=("zstandard",), actions=("decode",),
    )  # fmt: skip
    found = plan(form)
    assert [data.source for data in found.data] == [
        "generated:normal-10:64x64:0", "generated:normal-10:32x48:0",
        "generated:zeros:64x64:0", "generated:zeros:32x48:0",
    ]  # fmt: skip
    assert [each.name for each in found.candidates] == [
        "cpu, native, 16×16, threads 1", "cpu, native, 16×16, all threads",
        "cpu, native, 32×32, threads 1", "cpu, native, 32×32, all threads",
        "reference, native, 16×16", "reference, native, 32×32", "zstandard",
    ]  # fmt: skip
    assert found.candidates[0].options == {"threads": 1}
    assert {each.actions for each in found.candidates} == {(Action.DECODE,)}


def test_opened_tensors_are_data():
    opened = (Data("layer", "/files/a.rsc", "layer"),)
    found = plan(replace(HERE, kinds="", opened="selected"), opened=opened)
    assert found.data == opened
    assert "no tensor is opened" in says(replace(HERE, opened="all")).lower()


def test_the_way_of_the_original_is_only_decoded():
    found = plan(replace(HERE, ways=("cupy, tile by tile",), peers=()))
    assert [(each.options, each.actions) for each in found.candidates] == [
        ({"per_tile": True}, (Action.DECODE,))
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"kinds": ""}, "there are no weights"),
        ({"kinds": "noise"}, "there are no weights called 'noise'"),
        ({"kinds": "ramp-3"}, "there are no weights called 'ramp-3'"),
        ({"sizes": ""}, "name sizes"),
        ({"sizes": "x"}, "is no shape"),
        ({"sizes": "9999999"}, "bytes of memory"),
        ({"ways": (), "peers": ()}, "nothing to measure"),
        ({"threads": "0"}, "one thread at least"),
        ({"actions": ()}, "tick what is timed"),
        ({"recipes": Form(())}, "Tick a layout"),
        ({"recipes": Form(("native",), lanes="5000")}, "5,000"),
        ({"rounds": 0}, "rounds is 0"),
        ({"brought": "nobody"}, "no coder called 'nobody'"),
    ],
)
def test_what_contradicts_itself_is_told_before_anything_runs(change, expected):
    assert expected.lower() in says(replace(HERE, **change)).lower()


def test_combinations_that_are_refused_are_told_and_the_others_run():
    form = replace(HERE, recipes=Form(("batched", "native"), lanes="1, 64"), peers=())
    reading = read_bench(form, PLANS)
    assert reading.plan is not None
    assert "combinations are refused" in reading.says


def test_what_cannot_run_here_is_told_with_its_reason():
    reading = read_bench(HERE, PLANS, reasons={"zstandard": "it is not installed", "cpu": ""})
    assert "Not available here: zstandard (it is not installed)." in reading.says


def test_a_form_is_kept_and_taken_up():
    form = replace(HERE, sizes="64", recipes=Form(("wcdc",), "32"), peers=(), seed=7)
    assert taken_up_bench(json.loads(json.dumps(kept_bench(form)))) == form
    assert taken_up_bench({"peers": ["x"], "rounds": "many", "opened": "?"}) == BenchForm(peers=())


# The table


@pytest.fixture
def table(qapp):
    found = BenchTable()
    found.show(rows(result_of(fast=wrong("a", "fast"))))
    return found


def cells(table, line):
    return [table.index(line, place).data() for place in range(table.columnCount())]


def line_of(table, *key):
    return table.line_of(key)


def test_a_wrong_output_is_shown_as_wrong_and_has_no_time(table):
    row = dict(
        zip(
            [c.title for c in table.columns],
            cells(table, line_of(table, "a", "fast", Action.DECODE)),
            strict=True,
        )
    )
    assert row["Outcome"] == "✕ wrong: 5 weights"
    assert {row[title] for title in ("Median", "GB/s", "ms/tile", "Ratio", "Roof")} == {"–"}
    index = table.index(line_of(table, "a", "fast", Action.DECODE), 0)
    assert index.data(Qt.ItemDataRole.ForegroundRole) is not None
    assert "5 weights came out wrong" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_a_right_one_has_all_figures(table):
    table.set_columns(bench_columns("base"))
    row = cells(table, line_of(table, "b", "fast", Action.DECODE))
    assert row[:4] == ["fast", "b", "decode", "right"]
    assert row[6].startswith("2 (")
    assert table.headerData(6, Qt.Orientation.Horizontal) == "× baseline"
    meaning = table.headerData(6, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert "times as fast as base" in meaning
    assert cells(table, line_of(table, "b", "base", Action.DECODE))[6] == "1"


def test_it_sorts_with_what_is_not_known_last(table):
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        table.sort(4, order)
        assert table.row_at(table.rowCount() - 1).measured.candidate == "fast"
    table.sort(4, Qt.SortOrder.AscendingOrder)
    assert table.row_at(0).measured.candidate == "fast"
    assert table.row_at(-1) is None
    table.sort(-1)
    assert table.row_at(0).measured.candidate == "base"


def test_only_the_rows_that_changed_are_told(qapp):
    table, result = BenchTable(), result_of()
    first = result.measurements
    table.show(rows(replace(result, measurements=first[:3])))
    changed, inserted, resets = [], [], []
    table.dataChanged.connect(lambda a, b: changed.append(a.row()))
    table.rowsInserted.connect(lambda _parent, a, b: inserted.append((a, b)))
    table.modelReset.connect(lambda: resets.append(1))
    known = table.rows
    other = rows(replace(result, measurements=(first[0], wrong("a", "base"), *first[2:5])))
    table.show((known[0], other[1], known[2], *other[3:]))
    assert (changed, inserted, resets) == ([1], [(3, 4)], [])
    table.show(other[:2])
    assert resets == [1]
    assert table.rowCount() == 2


@pytest.mark.parametrize(
    ("moved", "anew"), [("slow", ["slow"]), ("base", ["base", "fast", "slow"])]
)
def test_figures_are_worked_out_anew_only_where_they_or_their_baseline_changed(moved, anew):
    result = result_of()
    last = Figures(result, "base", rows(result, "base"))
    slower = measured("a", moved, Action.DECODE, 0.5)
    changed = tuple(slower if key_of(m) == key_of(slower) else m for m in result.measurements)
    now = replace(result, measurements=changed)
    found = refreshed(now, "base", last)
    assert found == rows(now, "base")
    kept = {id(row) for row in last.rows}
    assert [key_of_row(row) for row in found if id(row) not in kept] == [
        ("a", name, Action.DECODE) for name in anew
    ]
    assert refreshed(now, "fast", last) == rows(now, "fast")


def test_remarks_say_what_they_are_about():
    result = result_of(fast=wrong("a", "fast"))
    lines = remarks_of(rows(result))
    assert "decode, a · fast: 5 weights came out wrong" in lines


# Plots


def test_bars_are_those_of_one_data_and_action():
    found = rows(result_of(fast=wrong("a", "fast")))
    bars = time_bars(chosen(found, "a", Action.DECODE), "base")
    assert [(bar.name, bar.base) for bar in bars] == [("base", True), ("slow", False)]
    assert bars[0].low <= bars[0].value <= bars[0].high
    everything = time_bars(chosen(found, None, Action.DECODE), "base")
    assert everything[0].name == "base · a"


def test_the_share_of_the_roof_is_in_percent():
    bars = roof_bars(rows(result_of()), "base")
    base = next(bar for bar in bars if bar.key == ("a", "base", Action.DECODE))
    assert base.value == pytest.approx(0.1, rel=0.01)


def test_time_grows_along_a_line_for_each_family():
    plan = plan_of(("x", "y"))
    small = replace(plan.candidates[0], recipe=replace(usual("native"), tile_rows=64, tile_cols=64))
    plan = replace(plan, candidates=(small, plan.candidates[1]), baseline="x")
    assert families(plan.candidates) == {"x": "x", "y": "x"}
    other = tuple(
        replace(m, tiles=64 if m.candidate == "x" else 4) for m in result_of(plan).measurements
    )
    found = chosen(rows(replace(result_of(plan), measurements=other)), "a", Action.DECODE)
    (line,) = size_lines(found, "tiles", families(plan.candidates))
    assert [spot.x for spot in line.spots] == [4, 64]
    assert len(size_lines(found, "weights", {})) == 2


def test_the_front_has_what_nothing_beats():
    spots = [Spot(x, y, x, "") for x, y in ((1.0, 9.0), (2.0, 5.0), (1.5, 4.0), (3.0, 1.0))]
    assert [spot.x for spot in front(spots)] == [1.0, 2.0, 3.0]
    lines, best = pareto(chosen(rows(result_of(fast=wrong("a", "fast"))), "a", Action.DECODE))
    assert [line.name for line in lines] == ["base", "slow"]
    assert [spot.key for spot in best.spots] == [("a", "base", Action.DECODE)]


def test_tiles_that_are_wrong_have_no_point_and_are_told():
    times = TileTimes(
        np.array([1e-5, 2e-5, 3e-5, np.nan]),
        np.array([1.0, 2.0, 3.0, 4.0]),
        np.ones(4),
        np.array([False, False, False, True]),
    )
    (line,) = tile_lines(times)
    assert [spot.key for spot in line.spots] == [0, 1, 2]
    assert tiles_say(times).startswith("✕ 1 of 4 tiles came out wrong")
    assert tiles_say(times).endswith("rank correlation of time and entropy +1.00.")
    many = MOST_SPOTS + 5
    lots = TileTimes(
        np.linspace(1, 2, many), np.zeros(many), np.zeros(many), np.zeros(many, dtype=bool)
    )
    assert len(tile_lines(lots)[0].spots) == MOST_SPOTS
    assert "too few that differ" in tiles_say(lots)


# The history


def test_the_history_shows_what_can_be_read_and_why_not(qapp):
    table = HistoryTable()
    table.show((Entry(Path("a.json"), result_of()), Entry(Path("b.json"), None, "it is damaged")))
    assert cells(table, 0)[:4] == ["2026-01-01 00:00:00", "Made up", "12", "complete"]
    assert cells(table, 1)[3] == "✕ it is damaged"


def test_a_change_is_told_with_its_interval_and_what_was_different(qapp):
    before = result_of(name="before")
    later = replace(
        result_of(base=measured("a", "base", Action.DECODE, 0.02)),
        machine=replace(before.machine, processor="another"),
    )
    comparison = compare(before, later)
    table = ChangeTable()
    table.show(comparison.changes)
    found = {change.key: verdict(change) for change in comparison.changes}
    assert found["a", "base", Action.DECODE] == "slower"
    assert found["b", "slow", Action.DECODE] == "no clear change"
    assert cells(table, 1)[3].startswith("0.5 (")
    assert "another processor: a processor before, another now" in notes_of(comparison).lower()
    fewer = compare(before, replace(later, measurements=later.measurements[:1]))
    assert "and 6 more" in notes_of(fewer)


def test_how_far_it_is_and_what_it_came_to():
    known = Known(result_of(fast=wrong("a", "fast")), Standing(0.5, "Measuring a", 65.0))
    assert standing_text(known, running=True) == "Measuring a, about 1 min 5 s left."
    assert standing_text(replace(known, warnings=("the disk is full",)), running=False) == (
        "Made up: 11 measured, 1 wrong, in 3 s on a processor, 8 cores. The disk is full."
    )
    assert standing_text(Known(), running=False) == ""
    assert duration(7265) == "2 h 1 min"


def test_a_tensor_of_a_file_or_the_layers_of_a_model_are_named_behind_it():
    files = "/w/m.safetensors#a.weight; /w/m.gguf # blk.*; /w/odd#name.npy; /w/n.npz"
    form = BenchForm(plan=COMPOSED, kinds="", files=files, peers=())
    found = read_bench(form, {}).plan.data
    assert [(each.source, each.tensor, each.layers) for each in found] == [
        ("/w/m.safetensors", "a.weight", None), ("/w/m.gguf", None, "blk.*"),
        ("/w/odd#name.npy", None, None), ("/w/n.npz", None, None),
    ]  # fmt: skip
    assert found[0].name == "a.weight of m.safetensors"


def test_the_scenario_is_a_table_with_the_claims_beside(qapp):
    from app.models.bench_scenario import ScenarioTable, scenario_rows, scenario_says

    assert scenario_rows(None) == scenario_rows(result_of()) == ()
    assert scenario_says(None) == scenario_says(result_of()) == ""
    layers = (LayerFacts("one", 128, 256),)
    result = result_of(plan_of(("base",), ("model",)))
    split = (LayerMeasurement("one", 1 << 15, 1 << 14, 2, (0.002,) * 9, {"decode": (0.001,) * 9}),)
    result = replace(
        result,
        data=(replace(result.data[0], layers=layers),),
        measurements=tuple(
            replace(each, layers=split, stages={"read": (0.0005,) * 9, "decode": (0.001,) * 9})
            for each in result.measurements
        ),
    )
    rows_ = scenario_rows(result)
    assert [row.is_claim for row in rows_] == [False, *[True] * 5]
    assert rows_[0].parts.read == 0.0005
    assert rows_[0].parts.decode == 0.001
    assert rows_[0].tokens == pytest.approx(5 * (rows_[0].parts.total or 0))
    assert "one of them" not in scenario_says(result)
    table = ScenarioTable()
    table.show(rows_)
    titles = [column.title for column in table.columns]
    texts = [[column.text(row) for column in table.columns] for row in rows_]
    of = {
        row.name: dict(zip(titles, cells, strict=True))
        for row, cells in zip(rows_, texts, strict=True)
    }
    assert of["claimed: encoding all layers, once"]["Encode"] == "45 s"
    assert of["claimed: with decoding on the CPU"]["5 tokens"] == "10 s to 20 s"
    assert of["claimed: 295 ms a transfer, for the 4 tiles here"]["5 tokens"] == "5.9 s"
    table.sort(titles.index("Decode"))
    assert table.row_at(0).name == "base"  # what has no figure comes last


def test_a_logarithmic_axis_names_each_number_once(qapp):
    from app.views.benchmarks.points import NumberAxis

    axis = NumberAxis("left")
    axis.setLogMode(True)
    for low, high in ((-3.4, -2.5), (-2, 3), (4.1, 5.6)):
        named = []
        for spacing, values in axis.tickValues(low, high, 300):
            named += [text for text in axis.logTickStrings(values, 1, spacing) if text]
        assert len(named) == len(set(named)) > 1, named
