"""The document: one selection, completed by the trace; tiles and checks that come from workers."""

from __future__ import annotations

import numpy as np
import pytest

from app.document import Document
from app.selection import Selection
from app.workspace import sample_path
from codec.formats import parse
from codec.source import BytesSource
from tests.app.conftest import LEGACY

GAUSSIAN = LEGACY / "gaussian10_300x200_t64.batched"
PER_TILE = LEGACY / "gaussian10_512x384_t256.wcdc"
BROKEN = LEGACY / "brokentable_1024x1024_t256.batched"


@pytest.fixture
def opened(open_legacy):
    return lambda path=GAUSSIAN: open_legacy(path)


def selections(document):
    """A list that grows with every selection told."""
    told: list[Selection] = []
    document.selection_changed.connect(told.append)
    return told


def test_a_selected_weight_gets_its_bytes_when_the_trace_is_there(opened, qtbot):
    document = opened()
    with qtbot.waitSignal(document.trace_changed, check_params_cb=lambda: document.trace):
        document.select_weight(70, 130)
    selection = document.selection
    tensor = document.tensor
    assert tensor.weight_of(selection.tile, selection.symbol) == (70, 130)
    row = document.trace.row_of_symbol(selection.symbol)
    assert selection.span == document.trace.bytes_of_row(row)


def test_a_file_that_was_cut_before_its_first_tensor_has_no_report_of_one(opened, tmp_path, qtbot):
    sample = sample_path().parent / "minilm_query_key_t128.rsc"
    (tmp_path / "cut.rsc").write_bytes(sample.read_bytes()[:300])
    document = opened(tmp_path / "cut.rsc")
    qtbot.waitUntil(lambda: document.fully_checked)
    assert document.tensor is None
    assert document.report is None
    assert document.problems


def test_a_selected_byte_finds_the_step_that_took_it(opened, qtbot):
    document = opened()
    offset = int(document.tensor.tiles["offset"][3]) + 500
    with qtbot.waitSignal(document.selection_changed, check_params_cb=lambda s: s.symbol):
        document.select_bytes(offset)
    begin, size = document.selection.span
    assert begin <= offset < begin + size
    assert document.selection.tile == 3


def test_every_byte_of_a_stream_and_its_symbol_name_each_other(opened, qtbot):
    document = opened()
    with qtbot.waitSignal(document.trace_changed, check_params_cb=lambda: document.trace):
        document.select_tile(19)
    frame = document.container.frame(document.tensor, 19)
    for offset in range(frame.words_begin, frame.words_end, 37):
        document.select_bytes(offset)
        symbol, span = document.selection.symbol, document.selection.span
        document.select(Selection())
        with qtbot.waitSignal(document.trace_changed, check_params_cb=lambda: document.trace):
            document.select_symbol(19, symbol)
        assert document.selection.span == span


def test_selecting_the_same_again_tells_nobody(opened):
    document = opened()
    told = selections(document)
    document.select_tile(1)
    document.select_tile(1)
    assert len(told) == 1


def test_a_header_field_is_selected_without_a_tile(opened):
    document = opened()
    document.select_bytes(9)
    assert document.selection == Selection(0, None, None, (8, 4))


def test_the_state_and_the_count_of_a_stream_are_fields_of_its_tile(opened):
    document = opened()
    frame = document.container.frame(document.tensor, 2)
    document.select_bytes(frame.words_end + 1)
    assert document.selection == Selection(0, 2, None, (frame.words_end, 4))


@pytest.mark.parametrize("path", [GAUSSIAN, PER_TILE], ids=lambda p: p.suffix)
def test_wanted_tiles_come_and_hold_the_weights(opened, qtbot, path):
    document = opened(path)
    tiles = range(len(document.tensor.tiles))
    document.want_tiles(tiles)
    qtbot.waitUntil(lambda: all(document.tile(t) for t in tiles))
    weights = np.load(path.with_suffix(".npy"))
    for tile in tiles:
        place = document.tensor.rectangle(tile)
        part = weights[place.row : place.row + place.rows, place.col : place.col + place.cols]
        np.testing.assert_array_equal(document.tile(tile).weights, part)


def test_a_small_file_is_checked_as_soon_as_it_is_opened(opened, qtbot):
    document = opened()
    assert not document.fully_checked
    with qtbot.waitSignal(document.checked):
        pass
    assert document.report.counts.sum() == 20 * 64 * 64
    assert [p.code for p in document.problems] == ["table-mode-starved"]


def test_a_tensor_that_cannot_be_decoded_says_why_it_has_no_trace(opened):
    document = opened(BROKEN)
    document.select_tile(0)
    document.want_tiles([0])
    assert document.trace is None
    assert "7,938" in document.trace_note
    assert document.tile(0) is None


def test_a_file_without_a_tensor_can_be_looked_at(jobs):
    container = parse(BytesSource(GAUSSIAN.read_bytes()[:30]))
    document = Document("cut", container, jobs)
    document.select_tile(0)
    document.select_weight(0, 0)
    document.want_tiles([0])
    document.select_bytes(9)
    assert document.selection.span == (8, 4)
    document.close()


def test_a_problem_selects_its_bytes_and_its_tile(opened, qtbot):
    document = opened()
    with qtbot.waitSignal(document.checked):
        pass
    document.select_problem(document.problems[0])
    assert document.selection.span == (40, 1024)


def test_a_closed_document_is_silent(opened, qtbot):
    document = opened()
    told = []
    document.checked.connect(lambda: told.append("checked"))
    document.close()
    qtbot.wait(200)
    assert told == []
    document.close = lambda: None
