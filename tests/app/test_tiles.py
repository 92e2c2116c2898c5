"""The tiles: what is known of each, their places, the table that sorts them, and the view."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, QPointF, Qt

from app import theme
from app.canvas.colours import ColourMap, lookup, steps_of
from app.document import Document
from app.models.tile_grid import MOST_PLACES, NO_TILE, TileGrid, drawn_shape
from app.models.tile_measures import ERROR, SOUND, WARNING, Measure, TileFacts
from app.models.tile_table import COLUMNS, TileTable
from app.models.value_range import ValueRange, range_of
from app.selection import Selection
from app.views.tiles import TilesView
from app.views.tiles.scale_controls import MEASURES, Range
from app.views.tiles.tile_map import problem_marks
from codec import decoders
from codec.checks import check
from codec.formats import batched, open_file, parse
from codec.source import BytesSource
from tests.app.conftest import LEGACY
from tests.app.windows import on_screen
from tests.codec.files import batched_file, noise, only_tensor, parsed, stream_place, with_field
from tests.codec.files import with_bytes as patched

GAUSSIAN = "gaussian10_300x200_t64.batched"
PER_TILE = "gaussian10_512x384_t256.wcdc"
BROKEN = "brokentable_1024x1024_t256.batched"
TICK = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


def moved(data, tile, row, col):
    """The file with another place in the grid for a tile."""
    entry = batched.INDEX_OFFSET + tile * batched.INDEX_ENTRY.size
    data = with_field(data, batched.INDEX_ENTRY, "tile_row", row, entry)
    return with_field(data, batched.INDEX_ENTRY, "tile_col", col, entry)


@pytest.fixture(scope="module")
def sound():
    return batched_file(noise(150, 131, seed=3), 32)


@pytest.fixture(scope="module")
def damaged(sound):
    """Tile 6 runs out of bytes, 12 and 11 share a place, 13 and 24 stand outside."""
    offset, size = stream_place(sound, 6)
    data = patched(sound, offset + size // 2, bytes(range(200, 216)))
    return moved(moved(moved(data, 12, 2, 1), 13, 900, 1), 24, 4, 5)


def opened(data, jobs):
    return Document("some.batched", parse(BytesSource(data)), jobs)


def facts_of(data, checked=True):
    container = parsed(data)
    report = check(container, decoders.make("cpu"))
    tensor = only_tensor(container)
    if checked:
        return TileFacts(tensor, report.tensors[0], report.problems)
    return TileFacts(tensor, None, container.problems)


# Places


def test_a_sound_grid_has_each_tile_at_its_place(sound):
    grid = TileGrid(only_tensor(parsed(sound)))
    assert (grid.rows, grid.cols, grid.missing, grid.repeated) == (5, 5, 0, 0)
    assert not len(grid.outside)
    np.testing.assert_array_equal(grid.picture, np.arange(25).reshape(5, 5))
    assert grid.at(2, 3) == [13]
    assert grid.place(13) == (2, 3)


def test_a_damaged_grid_names_what_is_twice_outside_and_missing(damaged):
    grid = TileGrid(only_tensor(parsed(damaged)))
    assert (grid.repeated, grid.missing) == (1, 3)
    assert grid.outside.tolist() == [13, 24]
    assert grid.at(2, 1) == [11, 12]
    assert grid.at(2, 2) == []
    assert grid.picture[2, 1] == 11
    assert grid.picture[2, 2] == NO_TILE
    assert np.flatnonzero(~grid.first).tolist() == [12, 13, 24]
    rows, cols = np.indices((5, 5))
    np.testing.assert_array_equal(grid.tiles_at(rows, cols), grid.picture)


def test_steps_go_to_the_next_tile_and_over_holes(damaged):
    grid = TileGrid(only_tensor(parsed(damaged)))
    assert grid.step(0, 0, 1) == 1
    assert grid.step(0, -1, 0) is None
    assert grid.step(11, 0, 1) == 14
    assert grid.step(12, 0, 1) == 14
    assert grid.step(7, 1, 0) == 17


@pytest.mark.parametrize("places", [MOST_PLACES + 1, 1 << 62])
def test_a_grid_beyond_all_bounds_is_not_drawn(sound, places):
    tensor = only_tensor(parsed(sound))
    object.__setattr__(tensor, "grid_cols", places // tensor.grid_rows)
    grid = TileGrid(tensor)
    assert not grid.drawable
    with pytest.raises(ValueError, match="not drawn"):
        _ = grid.picture


# Measures


def test_what_the_index_says_is_known_before_the_check(sound):
    facts = facts_of(sound, checked=False)
    tiles = facts.tensor.tiles
    assert not facts.checked
    np.testing.assert_array_equal(facts.column(Measure.OFFSET), tiles["offset"])
    np.testing.assert_array_equal(facts.column(Measure.SIZE), tiles["size"])
    assert (facts.column(Measure.SYMBOLS) == 32 * 32).all()
    # The tile in the corner keeps 22 rows of 3 weights.
    assert facts.column(Measure.BITS)[24] == pytest.approx(tiles["size"][24] * 8 / (22 * 3))
    assert np.isnan(facts.column(Measure.ENTROPY)).all()
    assert facts.text(Measure.ENTROPY, 0) == "–"
    assert facts.text(Measure.STATUS, 0) == "not decoded yet"


def test_symbols_without_padding_are_the_tiles_own():
    container = open_file(LEGACY / PER_TILE)
    tensor = only_tensor(container)
    facts = TileFacts(tensor, None, ())
    expected = [tensor.symbol_count(tile) for tile in range(len(tensor.tiles))]
    assert facts.column(Measure.SYMBOLS).tolist() == expected


def test_what_the_streams_say_comes_with_the_check(sound):
    facts = facts_of(sound)
    # In the tiles at the right edge most of the symbols are padding.
    assert (facts.column(Measure.ENTROPY) > 4).reshape(5, 5)[:, :4].all()
    assert (facts.column(Measure.TABLE_LOSS) >= 0).all()
    assert facts.text(Measure.STATUS, 3) == "ok"
    assert "ok" in facts.sentence(3)
    assert "entropy" in facts.sentence(3)


def test_a_failed_tile_has_a_problem(damaged):
    facts = facts_of(damaged)
    assert facts.severity[6] == ERROR
    assert 6 in facts.troubled
    assert facts.text(Measure.PROBLEMS, 6).startswith("error: ")
    assert facts.text(Measure.STATUS, 6) != "ok"


def test_a_tile_that_was_not_decoded_to_its_end_has_no_entropy(sound):
    offset, size = stream_place(sound, 6)
    facts = facts_of(patched(sound, offset + size - 4, bytes(4)))
    assert facts.text(Measure.STATUS, 6) == "stored state out of range"
    for measure in (Measure.ENTROPY, Measure.TABLE_LOSS):
        assert np.isnan(facts.column(measure)[6])
        assert not np.isnan(facts.column(measure)[7])
    assert "entropy" not in facts.sentence(6)


def test_a_tile_that_cannot_be_read_is_an_error_before_the_check(sound):
    entry = batched.INDEX_OFFSET + 3 * batched.INDEX_ENTRY.size
    data = with_field(sound, batched.INDEX_ENTRY, "offset", 0xFFFFFF00, entry)
    facts = facts_of(data, checked=False)
    assert facts.severity[3] == ERROR
    assert facts.severity[0] == SOUND


def test_several_problems_of_a_tile_are_counted(damaged):
    facts = facts_of(damaged)
    worst = facts._problems[13]
    extra = TileFacts(facts.tensor, None, [*worst, *worst, *worst])
    assert extra.text(Measure.PROBLEMS, 13).endswith(f"(+{3 * len(worst) - 1})")
    assert extra.column(Measure.PROBLEMS)[13] > facts.column(Measure.PROBLEMS)[13]


def test_numbers_are_written_as_a_person_reads_them():
    assert Measure.SIZE.number(12345.0) == "12,345"
    assert Measure.BITS.number(6.14159) == "6.142"
    assert Measure.TABLE_LOSS.number(np.inf) == "∞"
    assert Measure.ENTROPY.number(np.nan) == "–"
    assert Measure.BITS.heading == "Bits per weight"
    assert Measure.ENTROPY.heading == "Entropy (bits per symbol)"
    assert Measure.ROW.heading == "Row"


def test_ranges_leave_out_what_is_not_finite():
    values = np.array([3.0, np.nan, np.inf, 1.0])
    assert range_of(values) == ValueRange(1, 3)
    assert range_of(np.full(3, np.nan)) is None
    assert range_of(np.arange(101.0), 10) == ValueRange(10, 90)


# The table


def values_in_order(table, facts, measure):
    return [facts.column(measure)[table.tile_of(row)] for row in range(table.rowCount())]


@pytest.mark.parametrize("order", TICK, ids=["ascending", "descending"])
@pytest.mark.parametrize("measure", COLUMNS)
def test_the_table_sorts_by_every_column(damaged, measure, order):
    table, facts = TileTable(), facts_of(damaged)
    table.set_facts(facts)
    table.sort(COLUMNS.index(measure), order)
    found = np.array(values_in_order(table, facts, measure))
    known = found[~np.isnan(found)]
    steps = np.diff(known)
    assert ((steps >= 0) if order == TICK[0] else (steps <= 0)).all()
    assert np.isnan(found[len(known) :]).all()
    assert sorted(table.tile_of(row) for row in range(25)) == list(range(25))
    assert [table.row_of(table.tile_of(row)) for row in range(25)] == list(range(25))


def test_the_filter_leaves_only_tiles_with_problems(damaged):
    table, facts = TileTable(), facts_of(damaged)
    table.set_facts(facts)
    table.set_only_problems(True)
    assert {table.tile_of(row) for row in range(table.rowCount())} == set(facts.troubled.tolist())
    assert table.row_of(0) is None
    assert table.row_of(6) is not None
    assert table.row_of(10**9) is None
    table.set_only_problems(False)
    assert table.rowCount() == 25


def test_an_index_stays_with_its_tile_when_the_table_is_sorted(damaged):
    table = TileTable()
    table.set_facts(facts_of(damaged))
    held = [QPersistentModelIndex(table.index(row, 4)) for row in (0, 7, 24)]
    table.sort(COLUMNS.index(Measure.SIZE), TICK[1])
    assert [table.tile_of(index.row()) for index in held] == [0, 7, 24]
    assert [index.column() for index in held] == [4, 4, 4]


def test_the_table_obeys_the_rules_of_models(qtmodeltester, damaged):
    table = TileTable()
    table.set_facts(facts_of(damaged))
    qtmodeltester.check(table)


def test_cells_and_heads_have_texts(damaged):
    table, facts = TileTable(), facts_of(damaged)
    assert table.rowCount() == 0
    table.set_facts(facts)
    for column, measure in enumerate(COLUMNS):
        assert table.index(6, column).data() == facts.text(measure, 6)
        head = table.headerData(column, Qt.Orientation.Horizontal)
        assert head == measure.title
        tooltip = table.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        assert measure.value.meaning in tooltip


# The map's marks


@pytest.mark.parametrize(
    ("tile", "shape"),
    [
        ((256, 256), (16, 16)),
        ((64, 256), (4, 16)),
        ((1, 65536), (4, 16)),
        ((300, 200), (16, 11)),
        ((0, 0), (4, 4)),
    ],
)
def test_a_place_is_drawn_in_the_shape_of_a_tile_but_never_as_a_line(tile, shape):
    assert drawn_shape(*tile) == shape


def test_marks_fit_cells_that_are_no_squares():
    severity = np.array([[SOUND, ERROR]], dtype=np.uint8)
    colours = np.array([0, 0xFFAA8800, 0xFFCC0000], dtype=np.uint32)
    marks = problem_marks(severity, (6, 24), colours)
    assert marks.shape == (6, 48)
    assert not marks[:, :24].any()
    assert marks[0, 47] == colours[ERROR]
    assert problem_marks(severity, (2, 8), colours).shape == (2, 16)


@pytest.mark.parametrize("side", [1, 4, 5, 20])
def test_marks_stand_in_the_cells_with_problems_only(side):
    severity = np.array([[SOUND, ERROR], [WARNING, SOUND]], dtype=np.uint8)
    colours = np.array([0, 0xFFAA8800, 0xFFCC0000], dtype=np.uint32)
    marks = problem_marks(severity, (side, side), colours)
    assert marks.shape == (2 * side, 2 * side)
    assert not marks[:side, :side].any()
    assert not marks[side:, side:].any()
    assert marks[0, 2 * side - 1] != 0
    assert marks[side, side - 1] != 0
    if side >= 5:
        assert marks[0, 2 * side - 1] == colours[ERROR]
        assert marks[side, side - 1] == colours[WARNING]
        assert marks[side - 1, side] == 0


# The view


@pytest.fixture
def view(qtbot):
    return on_screen(qtbot, TilesView(), 700, 700)


@pytest.fixture
def unchecked(monkeypatch):
    """No document checks its file by itself."""
    monkeypatch.setattr("app.document.CHECKED_AT_ONCE", -1)


def click(view, qtbot, row, col):
    box = view.map.frame.box(row, col)
    middle = QPointF((box.left + box.right) / 2, (box.top + box.bottom) / 2)
    qtbot.mouseClick(view.map.viewport(), Qt.MouseButton.LeftButton, pos=middle.toPoint())


def selected_tile(view):
    rows = view.list.table.selectionModel().selectedRows()
    return view.list.model.tile_of(rows[0].row()) if rows else None


def test_a_click_on_the_map_selects_the_tile_everywhere(view, qtbot, open_legacy):
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    told: list[Selection] = []
    document.selection_changed.connect(told.append)
    click(view, qtbot, 3, 1)
    assert document.selection.tile == 13
    assert selected_tile(view) == 13
    assert view.map._selected == (3, 1)
    assert {each.tile for each in told} == {13}
    assert view._line.text().startswith("Tile 13, row 3, column 1 of the grid")


def test_a_row_of_the_table_selects_the_tile(view, open_legacy):
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    view.list.table.sortByColumn(COLUMNS.index(Measure.SIZE), TICK[1])
    view.list.table.selectionModel().setCurrentIndex(
        view.list.model.index(2, 0),
        QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows,
    )
    assert document.selection.tile == view.list.model.tile_of(2)
    assert view.map._selected == view.grid.place(document.selection.tile)


def test_a_selection_from_elsewhere_is_shown_and_not_answered(view, open_legacy):
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    told: list[Selection] = []
    document.selection_changed.connect(told.append)
    document.select_symbol(17, 100)
    assert selected_tile(view) == 17
    assert [(each.tile, each.symbol) for each in told] == [(17, 100)]
    document.select_bytes(3)
    assert selected_tile(view) is None
    assert view.map._selected is None


def test_a_selected_tile_keeps_its_symbol_when_the_table_is_sorted_or_filtered(view, open_legacy):
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    document.select_symbol(17, 100)
    view.list.table.sortByColumn(COLUMNS.index(Measure.BITS), TICK[1])
    view.list.problems_only.setChecked(True)
    view.list.problems_only.setChecked(False)
    assert (document.selection.tile, document.selection.symbol) == (17, 100)
    assert selected_tile(view) == 17


def test_arrow_keys_move_over_the_grid(view, qtbot, open_legacy):
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    view.map.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(view.map, key)
    assert document.selection.tile == 4
    qtbot.keyClick(view.map, Qt.Key.Key_Left)
    assert document.selection.tile == 4


def test_pointing_tells_all_measures(view, settle, open_legacy):
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    settle()
    view.map.hovered.emit((1, 2))
    text = view._line.text()
    for part in ("Tile 6", "row 1, column 2", "bytes at", "symbols", "bits per weight", "entropy"):
        assert part in text
    assert view.map.describe(1, 2) == text


def test_measures_that_need_the_check_offer_it(view, qtbot, unchecked, open_legacy):
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    view.scale.choose(Measure.BITS)
    assert not view._check.isVisible()
    view.scale.choose(Measure.ENTROPY)
    assert view._check.isVisible()
    assert "Entropy is known once every stream has been decoded" in view._notice.text()
    with qtbot.waitSignal(document.checked, timeout=30_000):
        qtbot.mouseClick(view._check, Qt.MouseButton.LeftButton)
    assert not view._check.isVisible()
    assert view._notice.text() == ""
    entropy = document.report.tiles["entropy"]
    assert view._bar.ticks()[0] == f"{entropy.min():.3f}"
    assert view._bar.ticks()[-1] == f"{entropy.max():.3f}"


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("name", [GAUSSIAN, PER_TILE, BROKEN])
def test_every_measure_of_every_file_is_painted(view, settle, open_legacy, measure, name):
    view.set_document(open_legacy(name))
    settle()
    view.scale.choose(measure)
    view.grab()
    assert view.empty_text == ""


def test_the_range_can_be_clipped_and_fixed(view, open_legacy):
    view.set_document(open_legacy(GAUSSIAN))
    view.scale.choose(Measure.SIZE, Range.FILE)
    sizes = view.facts.column(Measure.SIZE)
    assert view._bar.ticks()[0] == f"{sizes.min():,.0f}"
    view.scale.choose(kind=Range.CLIPPED)
    assert view._bar.ticks()[0].startswith("≤ ")
    view.scale.choose(kind=Range.FIXED)
    assert view.scale._low.value() == sizes.min()
    view.scale.fix(ValueRange(2000, 3000))
    assert view._bar.ticks()[0] == "≤ 2,000"
    assert view._bar.ticks()[-1] == "≥ 3,000"
    view.scale.choose(Measure.BITS)
    assert view._bar.ticks()[0] == f"{view.facts.column(Measure.BITS).min():.3f}"


def test_cells_have_the_colours_of_the_legend(view, open_legacy):
    view.set_document(open_legacy(GAUSSIAN))
    view.scale.choose(Measure.SIZE)
    sizes = view.facts.column(Measure.SIZE)
    colours = lookup(ColourMap.SEQUENTIAL, theme.current().dark)
    image = view.map.viewport().grab().toImage()
    for tile in (0, 7, 19):
        box = view.map.frame.box(*view.grid.place(tile))
        expected = colours[steps_of(sizes[tile : tile + 1], sizes.min(), sizes.max())[0]]
        assert image.pixel(box.left + 3, box.bottom - 3) == expected


def test_a_place_claimed_twice_shows_both_tiles(view, qtbot, jobs, damaged):
    document = opened(damaged, jobs)
    view.set_document(document)
    assert view.map.describe(2, 1).endswith("also claimed by tile 12")
    assert "no tile of the index claims this place" in view.map.describe(2, 2)
    notice = view._notice.text()
    assert "2 tiles outside the grid; 1 tile at a place that another has" in notice
    assert "3 of its 25 places without a tile" in notice
    click(view, qtbot, 2, 1)
    assert document.selection.tile == 11
    click(view, qtbot, 2, 1)
    assert document.selection.tile == 12
    document.select_tile(13)
    assert view.map._selected is None
    assert selected_tile(view) == 13
    view.grab()
    document.close()


def test_an_index_that_was_cut_leaves_places_empty(view, jobs, sound):
    document = opened(sound[: batched.INDEX_OFFSET + 7 * batched.INDEX_ENTRY.size], jobs)
    view.set_document(document)
    assert view.list.model.rowCount() == 7
    assert "18 of its 25 places without a tile" in view._notice.text()
    view.grab()
    document.close()


def test_an_absurd_grid_is_listed_and_not_drawn(view, jobs, sound):
    for field in ("rows", "cols"):
        sound = with_field(sound, batched.HEADER, field, 0xFFFFFFFF)
    document = opened(sound, jobs)
    view.set_document(document)
    assert not view._picture.isVisible()
    assert (
        "× 134,217,728 tiles, which is not drawn; the table lists the 25 that the index holds"
        in (view._notice.text())
    )
    document.select_tile(3)
    assert selected_tile(view) == 3
    view.grab()
    document.close()


def test_a_file_without_tiles_says_so(view, jobs, sound):
    for data, reason in (
        (sound[:30], "No matrix was found"),
        (sound[: batched.INDEX_OFFSET + 3], "cut before its tile index"),
    ):
        document = opened(data, jobs)
        view.set_document(document)
        assert reason in view.empty_text
        view.grab()
        document.close()
    view.set_document(None)
    assert view.empty_text == "No file is open."


def test_another_tensor_has_its_own_tiles(view, jobs, sound):
    container = parsed(sound)
    first = only_tensor(container)
    second = replace(first, index=1, tiles=first.tiles[:4])
    document = Document("two", replace(container, tensors=(first, second)), jobs)
    view.set_document(document)
    document.select(Selection(1, 2))
    assert view.list.model.rowCount() == 4
    assert selected_tile(view) == 2
    document.select(Selection(0, 20))
    assert view.list.model.rowCount() == 25
    assert selected_tile(view) == 20
    document.close()


def test_colours_follow_the_theme(view, open_legacy):
    view.set_document(open_legacy(BROKEN))
    view.scale.choose(Measure.PROBLEMS)
    light = view.map._colours.copy()
    theme.choose(theme.Choice.DARK)
    dark = view.map._colours.copy()
    view.grab()
    theme.choose(theme.Choice.SYSTEM)
    assert not np.array_equal(light, dark)


def test_the_table_stands_where_there_is_room(view, open_legacy):
    view.set_document(open_legacy(GAUSSIAN))
    view.resize(1200, 500)
    assert view._splitter.orientation() == Qt.Orientation.Horizontal
    view.resize(250, 700)
    assert view._splitter.orientation() == Qt.Orientation.Vertical
    view.grab()


def test_the_filter_takes_the_keyboard(view, open_legacy):
    view.set_document(open_legacy(GAUSSIAN))
    assert view.focus_filter()
    assert view.focusWidget() is view.list.problems_only
