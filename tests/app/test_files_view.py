"""Files: two compressed files side by side, what differs in them, and the way to it in the open one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton

from app.models.divergence_file_table import ListingTable
from app.models.divergence_files import (
    ASPECT_NAMES,
    NOTHING,
    bytes_listing,
    encode_listing,
    encode_sentence,
    fields_listing,
    summary,
    tiles_listing,
)
from app.view import NO_DOCUMENT
from app.views.divergence import FilesView
from app.views.divergence.files import COMING, NO_FILE
from codec.comparison.file_tiles import ASPECTS
from codec.comparison.files import FileComparison, compare_files
from codec.comparison.output import SideKind
from codec.comparison.side import Side
from codec.formats import open_file, parse
from codec.source import BytesSource
from tests.app.comparing_fake import open_compared
from tests.app.conftest import LEGACY
from tests.app.windows import on_screen

GAUSSIAN = LEGACY / "gaussian10_300x200_t64.batched"
TILE = 3


def files_of(data: bytes) -> FileComparison:
    """The legacy file against other bytes."""
    left, right = open_file(str(GAUSSIAN)), parse(BytesSource(data, "other.batched"))
    return compare_files(left, right, (left.tensors[0], right.tensors[0]))


@pytest.fixture(scope="module")
def where() -> int:
    """The offset of a byte in the middle of the stream of tile 3."""
    record = open_file(str(GAUSSIAN)).tensors[0].tiles[TILE]
    return int(record["offset"]) + int(record["size"]) // 2


@pytest.fixture(scope="module")
def flipped(where) -> FileComparison:
    """Against a copy in which one byte of the stream of tile 3 is another."""
    data = bytearray(GAUSSIAN.read_bytes())
    data[where] ^= 0x15
    return files_of(bytes(data))


@pytest.fixture(scope="module")
def same() -> FileComparison:
    return files_of(GAUSSIAN.read_bytes())


def texts(listing) -> list[list[str]]:
    return [
        [listing.text(row, column) for column in range(len(listing.columns))]
        for row in range(listing.count)
    ]


# The lists


def test_one_byte_is_one_tile_and_one_range(flipped, where):
    assert texts(tiles_listing(flipped, True)) == [["3", "3", "words"]]
    assert texts(bytes_listing(flipped)) == [
        ["stream of tile 3", f"{where:,}", "1", f"{where:,}", "1"]
    ]
    assert bytes_listing(flipped).place(0) == (where, 1)
    assert tiles_listing(flipped, True).tile(0) == 3
    assert texts(fields_listing(flipped, True)) == []
    assert summary(flipped).endswith("differ in 1 tile and 1 part.")


def test_all_can_be_listed_with_what_differs_marked(flipped):
    tiles = tiles_listing(flipped, False)
    assert (tiles.count, tiles.apart.tolist()) == (20, [3])
    assert [row for row in range(20) if tiles.differs(row, 2)] == [3]
    fields = fields_listing(flipped, False)
    assert fields.count == len(flipped.fields)
    assert len(fields.apart) == 0
    assert any(fields.place(row) is not None for row in range(fields.count))


def test_the_step_at_which_encoders_part_is_told(flipped):
    listing, encode = encode_listing(flipped), flipped.encode
    assert encode is not None
    assert (listing.count, listing.heads) == (2, ("left", "right"))
    symbol = [title for title, _ in listing.columns].index("symbol")
    assert texts(listing)[0][symbol] == f"{encode.left.symbol:,}"
    marked = {column for column in range(len(listing.columns)) if listing.differs(0, column)}
    assert len(marked) == len(encode.differing)
    assert encode_sentence(flipped).startswith(f"Tile 3, step {encode.step:,} of the ")


def test_equal_files_say_so(same):
    assert summary(same).endswith("byte for byte.")
    assert (encode_listing(same), encode_sentence(same)) == (NOTHING, "")
    assert bytes_listing(same).count == tiles_listing(same, True).count == 0


def test_what_cannot_be_compared_is_told(same):
    note = "the tiles have other shapes, 64 × 64 and 32 × 32"
    other = replace(same, tiles_note=note, streams_note=note)
    assert summary(other).count(f"Not compared further: {note}.") == 1


def test_a_tile_that_one_file_lacks_is_told(flipped):
    tiles = flipped.tiles.copy()
    tiles["right"][5] = -1
    listing = tiles_listing(replace(flipped, tiles=tiles), True)
    assert texts(listing)[-1] == ["5", "–", "the right file has no such tile"]


def test_every_aspect_has_a_name():
    assert set(ASPECT_NAMES) == set(ASPECTS)


def test_the_model_keeps_qts_rules(flipped, qapp):
    model = ListingTable()
    mode = QAbstractItemModelTester.FailureReportingMode.Warning
    tester = QAbstractItemModelTester(model, mode)
    for listing in (tiles_listing(flipped, False), encode_listing(flipped), NOTHING):
        model.show(listing)
        assert model.rowCount() == listing.count
    del tester


# The view


@pytest.fixture
def view(qtbot):
    return on_screen(qtbot, FilesView(), 600, 500)


@pytest.fixture
def shown(view, jobs, flipped):
    document, comparing = open_compared(GAUSSIAN, jobs)
    view.set_document(document)
    comparing.right = Side(SideKind.FILE, "/somewhere/other.batched")
    comparing.tell(files=flipped)
    yield view, document, comparing
    document.close()


def button(view, text):
    return next(b for b in view.findChildren(QAbstractButton) if b.text() == text)


def tab(view, name):
    view.tabs.setCurrentWidget(view.lists[name])
    return view.lists[name]


def test_it_says_why_it_is_empty(view, jobs, flipped):
    assert view.empty_text == NO_DOCUMENT
    document, comparing = open_compared(GAUSSIAN, jobs)
    view.set_document(document)
    assert view.empty_text == NO_FILE
    comparing.tell(left=Side(SideKind.DECODER, "cpu"), right=Side(SideKind.DUMP, "/a/b.npy"))
    assert view.empty_text == NO_FILE
    comparing.tell(right=Side(SideKind.FILE, "/a/b.batched"))
    assert view.empty_text == COMING
    for name in ("note", "files_note"):
        comparing.tell(**{name: "b.batched is cut short"})
        assert view.empty_text == "b.batched is cut short"
        comparing.tell(**{name: ""})
    comparing.tell(files=flipped)
    assert view.empty_text == ""
    document.close()


def test_tabs_count_what_differs(shown):
    view, _, _ = shown
    names = [view.tabs.tabText(number) for number in range(view.tabs.count())]
    assert names == ["Fields", "Table", "Tiles (1)", "Bytes (1)"]
    assert "differ in 1 tile and 1 part" in view._said.text()
    assert not view._encode_part.isHidden()


def test_rows_select_what_they_are_about(shown, where, qtbot):
    view, document, _ = shown
    tiles = tab(view, "Tiles")
    tiles.setCurrentIndex(tiles.model().index(0, 0))
    assert (document.selection.tile, document.selection.symbol) == (3, None)
    parts = tab(view, "Bytes")
    parts.setCurrentIndex(parts.model().index(0, 0))
    assert document.selection.span == (where, 1)


def test_enter_goes_to_the_bytes(shown, where, qtbot):
    view, document, _ = shown
    wanted: list[str] = []
    view.panel_wanted.connect(wanted.append)
    parts = tab(view, "Bytes")
    parts.setCurrentIndex(parts.model().index(0, 0))
    qtbot.keyClick(parts, Qt.Key.Key_Return)
    assert wanted == ["Bytes"]
    assert document.selection.span == (where, 1)


def test_running_through_what_differs(shown):
    view, document, _ = shown
    view._only.setChecked(False)
    tiles = tab(view, "Tiles")
    assert tiles.model().rowCount() == 20
    button(view, "Differs ▶").click()
    assert (tiles.currentIndex().row(), document.selection.tile) == (3, 3)
    document.select_tile(0)
    button(view, "Differs ▶").click()
    assert document.selection.tile == 0
    tiles.show_row(10)
    button(view, "◀ Differs").click()
    assert document.selection.tile == 3


def test_running_through_the_symbols_that_differ(shown, flipped):
    view, _, comparing = shown
    table = flipped.tables[1]
    frequencies = table.frequencies.copy()
    frequencies[9] += 1
    tables = (table, replace(table, frequencies=frequencies))
    comparing.tell(files=replace(flipped, tables=tables))
    view._only.setChecked(False)
    view.tabs.setCurrentWidget(view.symbol_table)
    button(view, "Differs ▶").click()
    assert view.symbol_table.currentIndex().row() == 9
    assert view.tabs.tabText(1) == "Table (1)"


def test_the_encode_step_can_be_selected(shown, flipped):
    view, document, _ = shown
    button(view, "Encode step").click()
    encode = flipped.encode
    assert (document.selection.tile, document.selection.symbol) == (
        encode.tiles[0],
        encode.left.symbol_index,
    )


def test_the_encode_step_of_the_selected_tile_is_shown(shown, flipped):
    view, document, comparing = shown
    steps, first = comparing.encode_steps, view._encode_said.text()
    document.select_tile(7)
    assert steps.asked[-1] == 7
    assert view._encode_said.text() == first  # as long as no other is known
    steps.known[7] = replace(flipped.encode, tiles=(7, 7), step=12)
    steps.changed.emit()
    assert view._encode_said.text().startswith("Tile 7, step 12 ")
    button(view, "Encode step").click()
    assert document.selection.tile == 7
    document.select_tile(8)
    assert view._encode_said.text() == first


def test_equal_files_have_no_encode_step(shown, same):
    view, _, comparing = shown
    comparing.tell(files=same)
    assert view._encode_part.isHidden()
    assert np.all([view.lists[name].model().rowCount() == 0 for name in view.lists])


def test_every_control_has_a_tooltip(shown):
    view, _, _ = shown
    controls = [b for b in view.findChildren(QAbstractButton) if b.text()]
    assert len(controls) == 4
    assert [control.text() for control in controls if not control.toolTip()] == []


def test_it_is_no_wider_than_a_narrow_panel(shown):
    view, _, _ = shown
    assert view.minimumSizeHint().width() <= 250
