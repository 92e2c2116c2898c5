"""The comparison of a document: sides that are read by workers, and what follows from them."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from app.comparing import JUDGE
from app.difference_steps import Order, next_difference
from app.selection import Selection
from app.side_requests import LEFT, RIGHT
from codec.comparison.output import SideKind
from codec.comparison.side import Side
from tests.app.conftest import LEGACY

NAME = "gaussian10_300x200_t64"
DUMP = str(LEGACY / f"{NAME}.gpu-later.npy")
ORIGINAL = str(LEGACY / f"{NAME}.npy")


def share(document):
    """The share of the weights that differ; None without a comparison."""
    comparison = document.comparing.comparison
    return None if comparison is None else comparison.share


@pytest.fixture
def document(open_legacy):
    return open_legacy(f"{NAME}.batched")


@pytest.fixture
def compared(document, settle):
    document.comparing.open(RIGHT, DUMP)
    settle()
    return document


def test_nothing_is_compared_at_first_and_the_note_says_how_to_begin(document):
    comparing = document.comparing
    assert comparing.comparison is None
    assert comparing.findings is None
    assert not comparing.running
    assert "Choose" in comparing.note


def test_a_file_alone_is_held_against_the_judge(compared):
    comparing = compared.comparing
    assert comparing.left == JUDGE
    assert comparing.right.kind is SideKind.DUMP
    wrong = np.load(DUMP) != np.load(ORIGINAL)
    assert comparing.comparison.differing == wrong.sum()
    assert comparing.note == ""
    assert not comparing.running


def test_the_mistake_is_found_without_asking(compared):
    first = compared.comparing.findings[0]
    assert [str(fault) for fault in first.faults] == ["unwritten"]


def test_views_are_told_of_all_that_comes(document, settle):
    told = []
    comparing = document.comparing
    comparing.sides_changed.connect(lambda: told.append("sides"))
    comparing.comparison_changed.connect(lambda: told.append("comparison"))
    comparing.findings_changed.connect(lambda: told.append("findings"))
    comparing.open(RIGHT, DUMP)
    assert comparing.running
    settle()
    assert told.count("comparison") == 2  # gone, and there
    assert told[-1] == "findings"
    assert "sides" in told


def test_a_file_that_does_not_fit_costs_a_sentence(document, settle, tmp_path):
    np.save(tmp_path / "small.npy", np.zeros((3, 4), np.int8))
    sentences: list[str] = []
    document.comparing.failed.connect(sentences.append)
    document.comparing.open(RIGHT, str(tmp_path / "small.npy"))
    settle()
    assert document.comparing.comparison is None
    assert "3" in document.comparing.note
    assert len(sentences) == 1


def test_a_path_that_leads_nowhere_leaves_the_sides_as_they_are(compared, settle, tmp_path):
    before = compared.comparing.comparison
    compared.comparing.open(RIGHT, str(tmp_path / "nowhere.npy"))
    settle()
    assert compared.comparing.right.name == DUMP
    assert compared.comparing.comparison is before


def test_swapped_sides_change_the_signs(compared, settle):
    before = compared.comparing.comparison
    compared.comparing.swap()
    settle()
    after = compared.comparing.comparison
    assert compared.comparing.left.name == DUMP
    np.testing.assert_array_equal(after.histogram, before.histogram[::-1])


def test_a_file_that_is_saved_anew_is_compared_anew(document, settle, qtbot, tmp_path):
    path = tmp_path / "mine.npy"
    shutil.copy(DUMP, path)
    document.comparing.open(RIGHT, str(path))
    settle()
    assert not document.comparing.comparison.equal

    shutil.copy(ORIGINAL, path)
    qtbot.waitUntil(lambda: share(document) == 0, timeout=20_000)


def test_decoders_run_several_times_on_request(compared, settle):
    compared.comparing.run_again(3)
    settle()
    comparison = compared.comparing.comparison
    assert comparison.left.varying is not None
    assert not comparison.left.varying.any()
    assert comparison.right.varying is None


def test_ending_it_leaves_nothing(compared):
    compared.comparing.use(None, None)
    assert compared.comparing.comparison is None
    assert "Choose" in compared.comparing.note


def test_traces_are_asked_for_only_when_wanted(document, settle):
    reference = Side(SideKind.DECODER, "reference")
    document.comparing.use(reference, JUDGE)
    document.select_tile(3)
    settle()
    assert document.comparing.traces == (None, None)
    document.comparing.want_traces()
    settle()
    left, right = document.comparing.traces
    assert len(left) == len(right) == document.tensor.symbol_count(3)
    assert document.comparing.traces_compared
    assert document.comparing.divergence is None


def test_another_tile_drops_the_traces(document, settle):
    document.comparing.use(JUDGE, JUDGE)
    document.select_tile(3)
    document.comparing.want_traces()
    settle()
    document.select_tile(4)
    assert document.comparing.traces == (None, None)
    document.comparing.want_traces()
    settle()
    assert set(document.comparing.traces[LEFT]["tile"]) == {4}


def test_a_dump_has_no_trace_and_says_so(compared, settle):
    compared.select_tile(0)
    compared.comparing.want_traces()
    settle()
    assert compared.comparing.traces[RIGHT] is None
    assert compared.comparing.trace_notes[RIGHT]
    assert compared.comparing.trace_notes[LEFT] == ""


def test_another_tensor_is_compared_as_soon_as_it_is_selected(open_legacy, settle):
    samples = LEGACY.parent.parent.parent / "assets" / "samples"
    document = open_legacy(samples / "minilm_query_key_t128.rsc")
    document.comparing.use(Side(SideKind.DECODER, "reference"), JUDGE)
    settle()
    assert document.comparing.comparison.tensor.index == 0
    document.select_tensor(1)
    settle()
    assert document.comparing.comparison.tensor.index == 1
    assert document.comparing.comparison.equal


@pytest.mark.parametrize("order", Order)
def test_differences_follow_each_other_there_and_back(compared, order):
    comparison = compared.comparing.comparison
    selection, seen = Selection(0), []
    for _ in range(5):
        found = next_difference(comparison, selection, order, forward=True)
        seen.append((found.row, found.col))
        tile = comparison.tensor.tile_at(found.row, found.col)
        symbol = comparison.tensor.symbol_at(tile, found.row, found.col)
        selection = Selection(0, tile, symbol)
    assert len(set(seen)) == 5
    back = next_difference(comparison, selection, order, forward=False)
    assert (back.row, back.col) == seen[3]


def test_the_first_difference_in_coding_order_is_where_stepping_begins(compared):
    comparison = compared.comparing.comparison
    found = next_difference(comparison, Selection(0), Order.CODING, forward=True)
    assert found == comparison.first


WRONG = """
import numpy as np

def decode(layer):
    print("decoding", layer.rows)
    return np.zeros((layer.rows, layer.cols), np.int8)
"""


def test_a_decoder_of_ones_own_is_run_again_when_it_is_saved(document, settle, qtbot, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(WRONG)
    comparing = document.comparing
    comparing.open(RIGHT, str(path))
    settle()
    assert comparing.right.kind is SideKind.DECODER
    assert comparing.right.isolated
    assert share(document) > 0.9
    assert "decoding 300" in comparing.printed[RIGHT]
    assert comparing.printed[LEFT] == ""
    template = LEGACY.parent.parent.parent / "assets" / "templates" / "decoder.py"
    shutil.copy(template, path)

    qtbot.waitUntil(lambda: share(document) == 0, timeout=60_000)
    assert comparing.printed[RIGHT] == ""


def test_a_decoder_that_dies_costs_a_sentence_and_can_be_repaired(document, settle, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("import os\n\ndef decode(layer):\n    os.abort()\n")
    document.comparing.open(RIGHT, str(path))
    settle()
    assert document.comparing.comparison is None
    assert "SIGABRT" in document.comparing.note
    assert "mine.py" in document.comparing.note
    path.write_text(WRONG)
    document.comparing.run_again()
    settle()
    assert share(document) > 0.9


def test_a_decoder_that_raises_tells_where(document, settle, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("def decode(layer):\n    return 1 / 0\n")
    document.comparing.open(RIGHT, str(path))
    settle()
    assert "line 2" in document.comparing.note
    assert "ZeroDivisionError" in document.comparing.printed[RIGHT]


def test_a_dump_of_another_shape_is_offered_row_by_row(document, settle, tmp_path):
    turned = tmp_path / "turned.npy"
    np.save(turned, np.load(ORIGINAL).reshape(200, 300))
    comparing = document.comparing
    comparing.open(RIGHT, str(turned))
    settle()
    assert comparing.comparison is None
    ((place, side),) = comparing.offers
    assert (place, side.reshape) == (RIGHT, True)
    comparing.put(place, side)
    settle()
    now = document.comparing.comparison
    assert now is not None
    assert now.equal
    assert comparing.offers == ()


def test_each_array_that_fits_is_offered_where_it_is_not_clear_which_is_meant(
    document, settle, tmp_path
):
    several = tmp_path / "several.npz"
    weights = np.load(ORIGINAL)
    np.savez(several, a=weights, b=weights[:5], c=weights.ravel(), d=weights * np.nan)
    document.comparing.open(RIGHT, str(several))
    settle()
    assert [side.tensor for _, side in document.comparing.offers] == ["a", "c"]


def test_nothing_is_offered_of_a_dump_that_fits_in_no_way(document, settle, tmp_path):
    np.save(tmp_path / "small.npy", np.zeros((3, 4), np.int8))
    document.comparing.open(RIGHT, str(tmp_path / "small.npy"))
    settle()
    assert document.comparing.note
    assert document.comparing.offers == ()


def test_where_encoders_part_is_found_in_every_tile_that_is_looked_at(document, settle, tmp_path):
    data = bytearray(document.path.read_bytes())
    for tile in (2, 7):
        record = document.tensor.tiles[tile]
        data[int(record["offset"]) + int(record["size"]) // 2] ^= 0x15
    other = tmp_path / "other.batched"
    other.write_bytes(data)
    comparing = document.comparing
    comparing.open(RIGHT, str(other))
    settle()
    steps = comparing.encode_steps
    assert steps.of(2) is comparing.files.encode
    assert steps.of(7) is None
    for tile in (3, 7):
        steps.want(tile)
        settle()
    assert steps.of(3) is None
    assert steps.of(7).tiles == (7, 7)
    comparing.use(None, None)
    assert steps.of(2) is None


def test_a_file_that_decodes_to_nothing_is_named_as_the_culprit(open_legacy, settle, tmp_path):
    document = open_legacy("brokentable_1024x1024_t256.batched")
    np.save(tmp_path / "original.npy", np.ones((1024, 1024), np.int8))
    comparing = document.comparing
    comparing.open(RIGHT, str(tmp_path / "original.npy"))
    settle()
    assert comparing.note == ""
    assert len(comparing.comparison.left.failed) == 16
    assert [str(fault) for fault in comparing.findings[0].faults] == ["file-table"]
    comparing.put(RIGHT, JUDGE)
    settle()
    assert comparing.comparison is None
    assert "frequencies sum to" in comparing.note
