"""What all tables answer alike: as many columns as heads, titles with their meanings, and nothing beyond them."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt

from app.models.bookmark_table import BookmarkTable
from app.models.debug_breakpoints import BreakpointTable
from app.models.debug_lanes import LaneTable
from app.models.debug_mirror_table import MirrorTable
from app.models.divergence_frames import FramePairTable
from app.models.divergence_read_table import TileReadTable
from app.models.divergence_steps import StepPairTable
from app.models.divergence_tables import FrequencyPairTable
from app.models.edit_table import EditTableModel
from app.models.problem_table import Column, ProblemTableModel
from app.models.step_table import StepTable
from app.models.sweep_table import SweepTable
from app.models.tile_table import TileTable
from app.shortcuts.table import KeyTable

TABLES = (
    BookmarkTable, BreakpointTable, LaneTable, MirrorTable, FramePairTable, TileReadTable, StepPairTable,
    FrequencyPairTable, EditTableModel, ProblemTableModel, StepTable, SweepTable, TileTable, KeyTable,
)  # fmt: skip
SORTABLE = (TileReadTable, SweepTable, TileTable)
ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
ROLE = Qt.ItemDataRole

pytestmark = pytest.mark.usefixtures("qapp")


def across(model: QAbstractItemModel, role: ROLE) -> list[Any]:
    return [model.headerData(column, ACROSS, role) for column in range(model.columnCount())]


@pytest.mark.parametrize("table", TABLES)
def test_every_column_has_a_title_and_says_what_it_holds(table):
    model = table()
    titles, meanings = across(model, ROLE.DisplayRole), across(model, ROLE.ToolTipRole)
    assert titles
    assert all(titles)
    assert all(meaning.endswith(".") for meaning in meanings)
    assert all(meaning.endswith(" Click to sort.") for meaning in meanings) is (table in SORTABLE)


@pytest.mark.parametrize("table", TABLES)
def test_beyond_the_columns_and_before_the_rows_of_an_empty_table_there_is_nothing(table):
    model = table()
    for section in (-1, model.columnCount()):
        assert model.headerData(section, ACROSS) is None
    assert model.headerData(0, DOWN, ROLE.TextAlignmentRole) is None
    assert model.columnCount(model.createIndex(0, 0)) == 0


def test_titles_stand_as_their_numbers_and_words_do():
    model = ProblemTableModel()
    sides = across(model, ROLE.TextAlignmentRole)
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    numbers = [column for column in Column if sides[column] == right]
    assert numbers == [Column.OFFSET, Column.SIZE, Column.TILE]


def test_units_are_told_with_the_meaning():
    model = SweepTable()
    meanings = across(model, ROLE.ToolTipRole)
    assert "Bytes of the whole file. In bytes. Click to sort." in meanings
