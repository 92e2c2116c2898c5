"""The debugger in files of several tiles and tensors: going to another tile, and breakpoints about one of them."""

from __future__ import annotations

import pytest

from app.models.debug_breakpoints import scope_words
from app.models.debug_sentences import elsewhere_sentence, state_sentence
from app.session.breakpoint import Breakpoint
from codec.stepping.walk import Direction
from tests.app.conftest import LEGACY
from tests.app.native import PLAIN_TILE, RAW_TILE, mixed_file

SAMPLES = LEGACY.parent.parent.parent / "assets" / "samples"
GAUSSIAN = "gaussian10_300x200_t64.batched"


@pytest.fixture
def stepped(open_legacy, settle):
    """A document whose debugger stands at the first step of a tile."""

    def start(name=GAUSSIAN, tile=0):
        document = open_legacy(name)
        document.select_tile(tile)
        document.debugging.start()
        settle()
        return document

    return start


def stands(document, qtbot, tile, step):
    """Waits until the cursor is at a step of a tile."""
    debugging = document.debugging
    qtbot.waitUntil(lambda: debugging.standing is not None and not debugging.opening)
    qtbot.waitUntil(lambda: (debugging.tile, debugging.step) == (tile, step), timeout=20_000)


def test_jump_there_goes_to_another_tile(stepped, qtbot):
    document = stepped()
    document.select_symbol(3, 7)
    document.debugging.jump_to_cursor()
    stands(document, qtbot, 3, 7)
    assert document.selection.symbol == 7


def test_jump_there_goes_to_another_tensor_for_encoding_too(stepped, qtbot):
    document = stepped(SAMPLES / "minilm_query_key_t128.rsc")
    document.debugging.set_direction(Direction.ENCODE)
    document.select_tensor(1)
    document.select_tile(2)
    document.debugging.jump_to_cursor()
    stands(document, qtbot, 2, 0)
    assert document.debugging.tensor == 1
    assert document.debugging.direction is Direction.ENCODE


def test_jump_there_stays_where_the_other_tile_has_no_steps(stepped, qtbot, tmp_path):
    path = tmp_path / "mixed.rsc"
    path.write_bytes(mixed_file())
    document = stepped(path, PLAIN_TILE)
    document.debugging.jump(9)
    stands(document, qtbot, PLAIN_TILE, 9)
    document.select_tile(RAW_TILE)
    document.debugging.jump_to_cursor()
    assert "stored raw" in document.debugging.note
    assert (document.debugging.tile, document.debugging.step) == (PLAIN_TILE, 9)


def test_it_is_said_which_tile_is_selected_and_which_is_stepped_through(stepped):
    document = stepped(SAMPLES / "minilm_query_key_t128.rsc")
    said = elsewhere_sentence(document.debugging, document.selection)
    assert said == ""
    document.select_tile(4)
    said = elsewhere_sentence(document.debugging, document.selection)
    assert said.startswith("Tile 4 is selected; the cursor is in tile 0.")
    document.select_tensor(1)
    document.select_tile(0)
    said = elsewhere_sentence(document.debugging, document.selection)
    assert said.startswith("Tile 0 of key is selected; the cursor is in tile 0 of query.")


def test_breakpoints_name_the_tensor_where_there_are_several(stepped):
    one = stepped().debugging.tensors
    two = stepped(SAMPLES / "minilm_query_key_t128.rsc").debugging.tensors
    first, second = Breakpoint("1", tensor=0, tile=3), Breakpoint("1", tensor=1, tile=3)
    assert scope_words(first, one) == "tile 3"
    assert scope_words(first, two) == "query, tile 3"
    assert scope_words(second, two) == "key, tile 3"
    assert scope_words(second, one) == "tensor 1, tile 3"
    assert scope_words(Breakpoint("1"), two) == "all tiles"


@pytest.mark.parametrize("wanted", [0, 5])
def test_entering_a_breakpoint_of_another_tile_runs_there(stepped, qtbot, wanted):
    document = stepped()
    there = Breakpoint(f"symbol_index == {wanted}", tensor=0, tile=2)
    document.debugging.run_to_breakpoint(there)
    stands(document, qtbot, 2, wanted)
    qtbot.waitUntil(lambda: document.debugging.note.startswith("Stopped where"))


def test_a_stop_says_what_is_noted_of_the_breakpoint(stepped, qtbot):
    document = stepped()
    document.debugging.breakpoints.add(Breakpoint("step == 12", note="the word is taken twice"))
    document.debugging.run(True)
    stands(document, qtbot, 0, 12)
    assert document.debugging.note == "Stopped where step == 12 (the word is taken twice)."


def test_all_is_done_only_at_the_end(stepped, qtbot):
    document = stepped()
    document.debugging.jump(4095)
    stands(document, qtbot, 0, 4095)
    assert "(99.9%)" in state_sentence(document.debugging)
