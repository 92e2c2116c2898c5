"""The form of "Encode again" read while it is typed, and the rows of a sweep as table and curves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from app.models.rerun_form import AS_ORIGINAL, FIRST, Form, form_of, kept, read, taken_up
from app.models.sweep_columns import (
    COLUMNS,
    PLOTTED,
    SETTINGS,
    differing,
    named_settings,
    setting_texts,
)
from app.models.sweep_series import curves, telling_setting
from app.models.sweep_table import SweepTable
from app.tables.sweep import sweep_tables
from codec.formats import open_file
from codec.rerun.choices import Choices, Refused, grid
from codec.rerun.figures import KEYS, figures
from codec.rerun.measured import Outcome
from codec.rerun.recipe import Recipe, usual
from codec.rerun.sources import SourceWeights, generated
from codec.rerun.sweep import sweep
from codec.table_rule import Normalisation
from tests.app.conftest import LEGACY

SAMPLES = Path(__file__).parent.parent.parent / "assets" / "samples"


def column(key):
    return next(each for each in COLUMNS if each.key == key)


@pytest.fixture(scope="module")
def rows():
    """All outcomes but a failure: refused, exact, and wrong by the original's table."""
    weights = generated("normal-10", 256, 256)
    choices = Choices(
        tiles=((32, 32), (64, 64), (128, 128)),
        predictors=("none", "left"),
        normalisations=tuple(Normalisation),
    )
    return list(sweep(weights, grid(choices)))


# The form


def test_what_is_typed_is_read_as_combinations():
    reading = read(Form(tiles="16, 64", predictors=("none",), layouts=("native",), lanes="1,32"))
    assert (len(reading.rows), reading.wrong) == (4, False)
    assert reading.says == "4 combinations, without a contradiction."
    assert {(r.tile_rows, r.lanes) for r in reading.sound} == {(16, 1), (16, 32), (64, 1), (64, 32)}


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (Form(tiles="big"), "Tile: 'big' is no shape of a tile: write 256, or 128x512"),
        (Form(lanes="8;9"), "Lanes: '8;9' is no whole number"),
        (Form(samples="few"), "Sample: 'few' is no sample"),
        (Form(layouts=()), "Tick a layout at least"),
        (Form(("batched",), lanes="8"), "The batched layout has one lane, not 8: take 1"),
        (Form(("wcdc",), "16x32"), "Wcdc tiles are square, not 16×32"),
        (Form(tiles=",".join(map(str, range(1, 5000)))), "combinations, and a sweep tries"),
    ],
)
def test_a_contradiction_is_told_before_anything_runs(form, says):
    reading = read(form)
    assert reading.wrong
    assert says in reading.says


def test_of_many_only_some_may_be_refused():
    reading = read(Form(predictors=("none", "top"), tiles="16x32"))
    assert not reading.wrong
    assert reading.says.startswith("4 of 6 combinations are refused: ")
    assert "more reason" in reading.says


def test_the_shape_of_the_weights_is_looked_at():
    form = Form(("batched",), "1")
    assert not read(form).wrong
    assert "numbers 65,535" in read(form, (1, 70_000)).says
    assert read(form, (1, 70_000)).wrong


def test_many_combinations_are_only_counted():
    reading = read(Form(("native",), ",".join(map(str, range(1, 1000)))))
    assert (reading.rows, reading.says) == ((), "999 combinations.")
    assert reading.choices.count == 999


@given(text=st.text(max_size=12))
def test_nothing_that_is_typed_breaks_the_form(text):
    for name in ("tiles", "scale_bits", "word_bits", "lanes", "runs", "samples"):
        assert read(Form(**{name: text})).says


@pytest.mark.parametrize(
    "path",
    [*sorted(SAMPLES.glob("*.rsc")), *sorted(LEGACY.glob("gauss*.[bw]*"))],
    ids=lambda p: p.name,
)
def test_the_settings_of_an_opened_tensor_are_one_sound_combination(path):
    container = open_file(path)
    reading = read(form_of(container.tensors[0], container.format))
    (recipe,) = reading.sound
    assert recipe.layout == container.format
    assert recipe.tile_rows == container.tensors[0].tile_rows


def test_what_can_be_filled_in_is_sound():
    assert read(FIRST).sound
    (recipe,) = read(AS_ORIGINAL).sound
    assert (recipe.normalisation, recipe.sample) == (Normalisation.ORIGINAL, 1 << 20)


# The table


def texts(model, key):
    place = COLUMNS.index(column(key))
    return [model.index(line, place).data() for line in range(model.rowCount())]


def test_rows_are_sorted_and_unknown_ones_come_last(rows):
    model = SweepTable()
    model.add_measured(rows[:5])
    model.add_measured(rows[5:])
    assert model.rowCount() == len(rows) == 36
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        model.sort(COLUMNS.index(column("file_size")), order)
        shown = texts(model, "file_size")
        known = [int(text.replace(",", "")) for text in shown if text != "–"]
        assert known == sorted(known, reverse=order == Qt.SortOrder.DescendingOrder)
        assert set(shown[len(known) :]) == {"–"}
    model.sort(COLUMNS.index(column("tile")))
    tiles = texts(model, "tile")
    assert tiles == sorted(tiles, key=lambda text: int(text.partition("×")[0]))


def test_a_kept_place_follows_its_row(rows):
    model = SweepTable()
    model.add_measured(rows)
    smallest = model.smallest()
    assert smallest is not None
    model.sort(COLUMNS.index(column("file_size")))
    assert rows[smallest].file_size == min(
        row.file_size for row in rows if getattr(row, "outcome", None) is Outcome.EXACT
    )
    line = model.line_of(smallest)
    assert line is not None
    assert model.number_at(line) == smallest
    assert model.number_at(999) is None


def test_the_ratio_of_a_file_that_loses_weights_stands_in_brackets():
    weights = generated("normal-10", 1024, 1024)
    (row,) = sweep(weights, [Recipe(normalisation=Normalisation.ORIGINAL)])
    known = figures(row)
    assert known["outcome"] == "wrong"
    assert column("ratio").text(known).startswith("(1.3")
    assert column("decode_ms").text(known) == "–"


def test_every_column_reads_every_row(rows):
    for row in map(figures, rows):
        for each in COLUMNS:
            assert isinstance(each.text(row), str)
            assert each.order(row) is not None


def test_settings_that_follow_from_the_layout_do_not_count_as_different():
    weights = SourceWeights("w", "", generated("ramp", 64, 64).matrix)
    known = [figures(row) for row in sweep(weights, [usual("wcdc"), usual("native")])]
    texts = setting_texts(known)
    assert [each.key for each in differing(known, texts)] == ["layout", "predictor"]
    assert named_settings(texts[1], differing(known, texts)) == "native, none"


def test_the_rows_can_be_exported(rows):
    assert sweep_tables([]) == []
    (table,) = sweep_tables(rows)
    assert (table.columns, table.rows) == (KEYS, len(rows))
    ((*columns,),) = table.parts()
    assert list(columns[KEYS.index("ratio")]) == [figures(row)["ratio"] for row in rows]


# The plot


def test_a_curve_for_each_combination_of_the_other_settings(rows):
    known = [figures(row) for row in rows]
    drawn = curves(known, setting_texts(known), column("tile"), column("ratio"))
    assert drawn.values == ("32×32", "64×64", "128×128")
    assert {series.name for series in drawn.series} == {
        f"{layout}, {predictor}, table by {name}"
        for layout, predictor in (
            ("batched", "left"), ("wcdc", "left"), ("native", "none"), ("native", "left"),
        )
        for name in Normalisation
    }  # fmt: skip
    for series in drawn.series:
        assert [point.x for point in series.points] == [0, 1, 2]
        for point in series.points:
            assert known[point.number]["ratio"] == point.y
            assert known[point.number]["outcome"] == ("exact" if point.sound else "wrong")
    assert drawn.bound == pytest.approx(8 / 5.37, abs=0.01)
    assert curves(known, setting_texts(known), column("tile"), column("encode_ms")).bound is None


def test_what_is_plotted_against_is_what_varies_most(rows):
    known = [figures(row) for row in rows]
    assert telling_setting(known, setting_texts(known)).key in ("tile", "layout")
    assert telling_setting([], []).key == "tile"
    refused = [figures(row) for row in rows if isinstance(row, Refused)]
    assert curves(refused, setting_texts(refused), SETTINGS[1], PLOTTED[0]).series == ()


def test_a_form_that_was_kept_is_the_same_form():
    form = Form(("wcdc",), "16, x", ("left",), "9", "", "1,2", "3", "all", ("ours", "original"))
    assert taken_up(json.loads(json.dumps(kept(form)))) == form
    assert taken_up(json.loads(json.dumps(kept(Form((), normalisations=()))))) == Form(
        (), normalisations=()
    )


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"tiles": 5, "layouts": "native", "predictors": [["none"]], "lanes": None},
        {"layouts": ["no such"], "predictors": [1], "normalisations": {"ours": 1}},
        {"tiles": "1" * 5000, "runs": "a\nb", "samples": "\0"},
        {"unknown": "field", "scale_bits": ["12"]},
    ],
)
def test_a_stored_form_that_makes_no_sense_is_as_at_first(stored):
    assert taken_up(stored) == FIRST
