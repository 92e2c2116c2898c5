"""Tile reads: what both sides took for every tile, differences marked, and the tie to the selection."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton

from app.models.divergence_read_table import TileReadTable
from app.models.divergence_reads import COLUMNS, READ, Column, TileReads
from app.models.divergence_tables import FrequencyPairTable
from app.selection import Selection
from app.view import NO_DOCUMENT
from app.views.divergence import TileReadsView
from app.views.divergence.tile_reads import NOBODY_TOLD
from codec import decoders
from codec.comparison.comparison import Comparison, compare
from codec.comparison.output import Output, SideKind
from codec.decoders.streams import TILE_READ, Status
from codec.formats import open_file
from tests.app.comparing_fake import open_compared
from tests.app.conftest import LEGACY
from tests.app.windows import on_screen

GAUSSIAN = LEGACY / "gaussian10_300x200_t64.batched"
MANY = 65_536


@pytest.fixture(scope="module")
def left() -> Output:
    container = open_file(str(GAUSSIAN))
    tensor = container.tensors[0]
    whole = decoders.make("cpu").decode(container, tensor)
    table = np.stack([tensor.table.frequencies, tensor.table.starts]).astype(np.int64)
    return Output("cpu", SideKind.DECODER, whole.weights, whole.reads, table)


def output(left: Output, title: str = "mine.py", **kwargs) -> Output:
    """Another output that is like the left one but for what is given."""
    parts = {"weights": left.weights, "reads": left.reads, "table": left.table} | kwargs
    return Output(title, SideKind.DECODER, **parts)


def changed_reads(left: Output, tile: int, **values) -> np.ndarray:
    reads = left.reads.copy()
    for name, value in values.items():
        reads[name][tile] = value
    return reads


def compared(left: Output, right: Output) -> Comparison:
    return compare(open_file(str(GAUSSIAN)).tensors[0], left, right)


def cell(model, tile, column, role=Qt.ItemDataRole.DisplayRole):
    return model.index(model.row_of(tile), COLUMNS.index(column)).data(role)


# The reads


@pytest.mark.parametrize("column", READ)
def test_every_column_that_differs_is_marked_with_both_values(left, column):
    other = changed_reads(left, 3, **{column.field: np.add(left.reads[column.field][3], 1)})
    model = TileReadTable()
    model.set_reads(TileReads(compared(left, output(left, reads=other))))
    text = cell(model, 3, column)
    assert text.count("≠") == 1
    assert cell(model, 3, column, Qt.ItemDataRole.FontRole).bold()
    assert cell(model, 3, column, Qt.ItemDataRole.BackgroundRole) is not None
    assert "left" in cell(model, 3, column, Qt.ItemDataRole.ToolTipRole)
    for tile, each in ((4, column), *((3, c) for c in COLUMNS if c is not column)):
        assert "≠" not in cell(model, tile, each)
        assert cell(model, tile, each, Qt.ItemDataRole.FontRole) is None


def test_cells_say_what_was_read(left):
    other = changed_reads(left, 3, offset=77, status=Status.UNDERRUN, initial_state=1 << 24)
    reads = TileReads(compared(left, output(left, reads=other)))
    assert reads.text(Column.OFFSET, 3) == f"{int(left.reads['offset'][3]):,} ≠ 77"
    assert reads.text(Column.STATUS, 3) == "ok ≠ runs out of bytes"
    assert reads.text(Column.INITIAL, 3).endswith("≠ 16,777,216")
    assert reads.text(Column.SIZE, 3) == f"{int(left.reads['size'][3]):,}"
    assert reads.counts() == {Column.STATUS: 1, Column.OFFSET: 1, Column.INITIAL: 1}


def test_tiles_that_vary_are_listed(left):
    varying = [np.zeros(20, dtype=np.bool_) for _ in range(2)]
    for side, tile in ((0, 4), (0, 5), (1, 5), (1, 6)):
        varying[side][tile] = True
    sides = [output(left, varying=each) for each in varying]
    reads = TileReads(compared(*sides))
    assert reads.run_again
    assert reads.differing.tolist() == [4, 5, 6]
    assert [reads.text(Column.VARIES, tile) for tile in (3, 4, 5, 6)] == [
        "",
        "left",
        "both",
        "right",
    ]
    assert not TileReads(compared(left, left)).run_again


def test_a_status_of_tomorrow_is_a_number(left):
    reads = TileReads(compared(left, output(left, reads=changed_reads(left, 3, status=200))))
    assert reads.text(Column.STATUS, 3) == "ok ≠ status 200"


def test_a_silent_side_differs_in_nothing(left):
    reads = TileReads(compared(left, output(left, reads=None, table=None)))
    assert reads.told == (True, False)
    assert len(reads.differing) == 0
    assert reads.text(Column.SIZE, 3) == f"{int(left.reads['size'][3]):,}"
    silent = TileReads(compared(output(left, reads=None), output(left, reads=None)))
    assert silent.text(Column.SIZE, 3) == "–"
    assert silent.key(Column.SIZE).tolist() == [0] * silent.count


def test_fewer_reads_than_tiles_are_listed_as_far_as_they_go(left):
    reads = TileReads(compared(left, output(left, reads=left.reads[:5])))
    assert reads.count == 5
    assert len(reads.differing) == 0


# The table


@settings(deadline=None, derandomize=True)
@given(st.sampled_from(COLUMNS), st.booleans(), st.booleans(), st.sets(st.integers(0, 19)))
def test_rows_are_sorted_and_filtered(left, column, descending, only, tiles):
    other = left.reads.copy()
    other["bytes_left"][sorted(tiles)] += 1
    reads = TileReads(compared(left, output(left, reads=other)))
    model = TileReadTable()
    model.set_reads(reads)
    model.set_only_differing(only)
    order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
    model.sort(COLUMNS.index(column), order)
    shown = [model.tile_of(row) for row in range(model.rowCount())]
    assert set(shown) == (tiles if only else set(range(reads.count)))
    keys = reads.key(column)[shown]
    assert np.all(np.diff(-keys if descending else keys) >= 0)
    assert [model.row_of(tile) for tile in shown] == list(range(len(shown)))


def test_the_models_keep_qts_rules(left, qapp):
    model, symbols = TileReadTable(), FrequencyPairTable()
    mode = QAbstractItemModelTester.FailureReportingMode.Warning
    testers = [QAbstractItemModelTester(each, mode) for each in (model, symbols)]
    model.set_reads(TileReads(compared(left, left)))
    symbols.set_tables(left.table, left.table)
    symbols.set_only_differing(True)
    model.sort(3, Qt.SortOrder.DescendingOrder)
    model.set_reads(None)
    assert (model.rowCount(), model.row_of(0)) == (0, None)
    del testers


def test_many_tiles_are_an_array(left):
    """65,536 tiles are held against each other as arrays, and only what is shown becomes text."""
    reads = np.zeros(MANY, dtype=TILE_READ)
    other = reads.copy()
    other["size"][::2] = 1
    comparison = compared(left, left)
    object.__setattr__(comparison, "left", output(left, reads=reads))
    object.__setattr__(comparison, "right", output(left, reads=other))
    object.__setattr__(comparison, "tile_differing", np.zeros(MANY, dtype=np.int64))
    model = TileReadTable()
    model.set_reads(TileReads(comparison))
    model.set_only_differing(True)
    model.sort(COLUMNS.index(Column.SIZE))
    assert model.rowCount() == MANY // 2
    assert model.tile_of(1) == 2
    assert len(model.widest_texts()) == len(COLUMNS)


def test_tables_stand_beside_each_other(left):
    other = left.table.copy()
    other[0, 5] += 1
    other[1, 6:] += 1
    model = FrequencyPairTable()
    model.set_tables(left.table, other)
    assert model.differing.tolist() == list(range(5, 256))
    texts = [model.index(5, column).data() for column in range(5)]
    freq, start = left.table[:, 5]
    assert texts == ["5", f"{freq:,}", f"{freq + 1:,}", f"{start:,}", f"{start:,}"]
    marked = [
        column
        for column in range(5)
        if model.index(5, column).data(Qt.ItemDataRole.FontRole) is not None
    ]
    assert marked == [1, 2]
    model.set_only_differing(True)
    assert model.rowCount() == 251
    assert model.index(0, 0).data() == "5"
    assert model.totals() == (4096, 4097)


# The view


@pytest.fixture
def view(qtbot):
    return on_screen(qtbot, TileReadsView(), 700, 500)


@pytest.fixture
def shown(view, jobs, left):
    """The view of a comparison in which tiles 3 and 7 differ."""
    document, comparing = open_compared(GAUSSIAN, jobs)
    view.set_document(document)
    other = left.reads.copy()
    other["offset"][3] += 2
    other["bytes_left"][7] = 4
    comparing.tell(comparison=compared(left, output(left, reads=other)))
    yield view, document, comparing
    document.close()


def button(view, text):
    return next(b for b in view.findChildren(QAbstractButton) if b.text() == text)


def test_it_says_why_it_is_empty(view, jobs, left):
    assert view.empty_text == NO_DOCUMENT
    document, comparing = open_compared(GAUSSIAN, jobs)
    comparing.note = "Choose what to compare."
    view.set_document(document)
    assert view.empty_text == "Choose what to compare."
    comparing.tell(note="", running=True)
    assert "being read" in view.empty_text
    silent = output(left, reads=None, table=None)
    comparing.tell(comparison=compared(silent, silent), running=False)
    assert view.empty_text == NOBODY_TOLD
    document.close()


def test_it_says_what_differs(shown):
    view, _, _ = shown
    assert view.empty_text == ""
    assert view._said.text() == (
        "Of 20 tiles, 2 differ: offset in 1 and bytes left in 1. Their frequency tables are the same."
    )
    assert view._tables_part.isHidden()


def test_a_silent_side_is_named(shown, left):
    view, _, comparing = shown
    dump = output(left, "dump.npy", reads=None, table=None)
    comparing.tell(comparison=compared(left, dump))
    assert view._said.text().startswith("dump.npy does not tell what it read")


def test_tables_are_shown_where_they_differ(shown, left):
    view, _, comparing = shown
    table = left.table.copy()
    table[0, 9] += 3
    comparing.tell(comparison=compared(left, output(left, table=table)))
    assert not view._tables_part.isHidden()
    assert "differ in 1 of 256 symbols; they sum to 4,096 and 4,099" in view._tables_said.text()
    comparing.tell(comparison=compared(left, left))
    assert view._tables_part.isHidden()
    assert "Both sides read the same of all 20 tiles." in view._said.text()


def test_the_selected_tile_is_the_current_row(shown):
    view, document, _ = shown
    told: list[Selection] = []
    document.selection_changed.connect(told.append)
    document.select_tile(7)
    assert view.model.tile_of(view.table.currentIndex().row()) == 7
    view._tiles_only.setChecked(True)
    assert view.model.rowCount() == 2
    assert view.model.tile_of(view.table.currentIndex().row()) == 7
    document.select_tile(4)
    assert not view.table.currentIndex().isValid()
    assert len(told) == 2


def test_a_row_selects_its_tile(shown, qtbot):
    view, document, _ = shown
    view.table.setCurrentIndex(view.model.index(4, COLUMNS.index(Column.SIZE)))
    assert document.selection.tile == 4
    qtbot.keyClick(view.table, Qt.Key.Key_Down)
    assert document.selection.tile == 5


def test_taking_the_keyboard_selects_nothing(shown, qtbot):
    view, document, _ = shown
    view.activateWindow()
    view.table.setFocus()
    qtbot.waitUntil(view.table.hasFocus)
    assert document.selection.tile is None


def test_running_through_the_tiles_that_differ(shown):
    view, document, _ = shown
    for text, tile in (("Differs ▶", 3), ("Differs ▶", 7), ("Differs ▶", 7), ("◀ Differs", 3)):
        button(view, text).click()
        assert document.selection.tile == tile


def test_every_control_has_a_tooltip(shown):
    view, _, _ = shown
    controls = [b for b in view.findChildren(QAbstractButton) if b.text()]
    assert len(controls) == 4
    assert [control.text() for control in controls if not control.toolTip()] == []


def test_it_is_no_wider_than_a_narrow_panel(shown):
    view, _, _ = shown
    assert view.minimumSizeHint().width() <= 250
