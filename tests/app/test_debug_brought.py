"""Stepping with a decoder that a user brought: what it says, and that the window goes on whatever it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.debug_rival import rival_of
from app.models.debug_sentences import state_sentence
from app.requests import UsedDecoder
from codec.comparison.output import SideKind
from codec.comparison.side import Side
from codec.stepping.units import Unit
from tests.app.conftest import LEGACY

GAUSSIAN = "gaussian10_512x384_t256.wcdc"
TEMPLATE = LEGACY.parent.parent.parent / "assets" / "templates" / "decoder.py"
TRACE = "def trace(layer, tile):\n"
FAULTS = {
    "raises": ("raise RuntimeError('lost my table')", "RuntimeError: lost my table"),
    "kills": ("__import__('os').kill(__import__('os').getpid(), 9)", "signal SIGKILL"),
    "exits": ("__import__('os')._exit(3)", "exit status 3"),
}


def brought(folder: Path, name: str, first: str = "") -> str:
    """The path of a decoder that works, but for a line with which its trace begins."""
    path = folder / f"{name}.py"
    text = TEMPLATE.read_text(encoding="utf-8")
    assert TRACE in text
    path.write_text(text.replace(TRACE, f"{TRACE}    {first or 'pass'}\n"), encoding="utf-8")
    return str(path)


@pytest.fixture
def stepped(open_legacy, settle):
    """A document whose debugger stands at the first step, as a decoder says."""

    def start(decoder: str):
        document = open_legacy(GAUSSIAN)
        document.decode_with(UsedDecoder(decoder, isolated=decoder != "cpu"))
        document.select_tile(0)
        document.debugging.start()
        settle()
        return document

    return start


def test_a_decoder_that_works_is_stepped_as_ours(stepped, settle, tmp_path):
    document, ours = stepped(brought(tmp_path, "works")), stepped("cpu")
    for unit in Unit:
        for each in (document, ours):
            each.debugging.step_by(unit, True)
            settle()
        assert document.debugging.moment == ours.debugging.moment


@pytest.mark.parametrize("fault", FAULTS)
def test_a_decoder_that_fails_is_said_and_another_goes_on(stepped, settle, tmp_path, fault):
    line, said = FAULTS[fault]
    document = stepped(brought(tmp_path, fault, line))
    debugging = document.debugging
    assert debugging.standing is None
    assert said in debugging.note
    assert f"{fault}.py" in debugging.note
    document.decode_with(UsedDecoder("cpu"))
    settle()
    assert (debugging.step, debugging.note) == (0, "")
    debugging.run_to_divergence(Side(SideKind.DECODER, str(tmp_path / f"{fault}.py")), True)
    settle()
    assert said in debugging.note
    assert debugging.step == 0


def test_a_decoder_that_ends_its_process_while_it_is_stepped_leaves_the_cursor(
    stepped, settle, tmp_path
):
    """Steps that are known can be taken all the same; and when it works again, all others."""
    document = stepped(brought(tmp_path, "mine"))
    debugging = document.debugging
    debugging.jump(1000)
    brought(tmp_path, "mine", "__import__('os')._exit(9)")
    debugging.jump(40_000)
    settle()
    assert "mine.py ended its process" in debugging.note
    assert "exit status 9" in debugging.note
    assert debugging.step == 1000
    debugging.step_by(Unit.SYMBOL, True)
    assert (debugging.step, debugging.note) == (1001, "")
    brought(tmp_path, "mine", "'as before'")
    debugging.jump(40_000)
    settle()
    assert (debugging.step, debugging.note) == (40_000, "")


def test_a_decoder_that_was_saved_is_stepped_as_it_is_now(stepped, settle, tmp_path):
    mine = Path(brought(tmp_path, "mine"))
    document = stepped(str(mine))
    debugging = document.debugging
    debugging.jump_to_end()
    settle()
    assert debugging.steps == 65_536
    text = mine.read_text()
    assert "return {\n" in text
    mine.write_text(
        text.replace("    steps = list(walk(", "    steps = list(zip(range(500), walk(").replace(
            "slot_owners(layer)))\n    names",
            "slot_owners(layer))))\n    steps = [step for _, step in steps]\n    names",
        )
    )
    debugging.start()
    settle()
    assert debugging.steps == 500


def test_a_decoder_whose_file_is_gone_is_said(stepped, settle, tmp_path):
    mine = Path(brought(tmp_path, "mine"))
    document = stepped(str(mine))
    mine.unlink()
    document.debugging.jump(40_000)
    settle()
    assert "mine.py" in document.debugging.note
    assert document.debugging.step == 0


def test_a_decoder_that_hangs_is_paused(stepped, settle, tmp_path):
    document = stepped("cpu")
    debugging = document.debugging
    endless = brought(tmp_path, "endless", "while True: pass")
    debugging.run_to_divergence(Side(SideKind.DECODER, endless), True)
    assert debugging.running
    debugging.pause()
    assert not debugging.running
    settle()
    assert debugging.step == 0
    debugging.step_by(Unit.ROW, True)
    settle()
    assert debugging.step == 256


def test_the_steps_of_a_brought_decoder_are_taken_beside_the_one_in_use(stepped, settle, tmp_path):
    document = stepped("cpu")
    debugging = document.debugging
    debugging.jump(700)
    mine = brought(tmp_path, "mine", "return {}")
    debugging.walk_with(UsedDecoder(mine, isolated=True))
    settle()
    assert "mine.py" in debugging.note
    brought(tmp_path, "mine")
    debugging.start()
    settle()
    debugging.jump(700)
    settle()
    assert state_sentence(debugging).startswith("mine.py: Tile 0, before decode step 700 ")
    assert rival_of(document) == Side(SideKind.DECODER, "cpu")
    assert document.decoder == "cpu"
    debugging.run_to_divergence(rival_of(document), True)
    settle()
    assert debugging.note == "cpu takes every step from here on alike."
    debugging.walk_with(None)
    settle()
    assert state_sentence(debugging).startswith("Tile 0, before decode step 700 ")
