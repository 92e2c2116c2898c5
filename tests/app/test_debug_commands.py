"""The commands of the menu "Debug", in the whole window."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog

from app.commands.debugging import DEBUGGING
from app.debug_commands import PANEL
from app.debug_jump import JumpToStep
from codec.stepping.walk import Direction
from tests.app import windows
from tests.app.conftest import LEGACY

PATH = str(LEGACY / "gaussian10_300x200_t64.batched")


@pytest.fixture
def document(window, settled):
    window.workspace.open([PATH])
    settled()
    return window.workspace.current


@pytest.fixture
def trigger(window, settled):
    def act(name):
        windows.trigger(window, name)
        settled()

    return act


def test_steps_runs_and_jumps(document, trigger):
    debugging = document.debugging
    for name, step in (
        ("debug.symbol", 0),
        ("debug.symbol", 1),
        ("debug.lanes", 2),
        ("debug.row", 64),
        ("debug.row_back", 0),
        ("debug.last", debugging.steps or 4096),
        ("debug.symbol_back", 4095),
        ("debug.run_back", 0),
        ("debug.run", 4096),
        ("debug.first", 0),
    ):
        trigger(name)
        assert debugging.step == step, name
    trigger("debug.renormalisation")
    there = debugging.step
    trigger("debug.renormalisation")
    trigger("debug.renormalisation_back")
    assert debugging.step == there
    document.select_symbol(0, 200)
    trigger("debug.jump_to_cursor")
    assert debugging.step == 200
    document.select_symbol(0, 100)
    trigger("debug.run_to_cursor")
    assert debugging.step == 100
    trigger("debug.divergence")
    assert "reference takes every step" in debugging.note
    trigger("debug.divergence_back")
    trigger("debug.stop")
    assert debugging.place is None


def test_breakpoints(window, document, trigger):
    document.select_symbol(0, 30)
    trigger("debug.breakpoint")
    assert [b.condition for b in document.work.now.breakpoints] == ["symbol_index == 30"]
    trigger("debug.enable_all")
    assert not document.work.now.breakpoints[0].enabled
    trigger("debug.enable_all")
    assert document.work.now.breakpoints[0].enabled
    trigger("debug.breakpoint")
    assert document.work.now.breakpoints == ()
    trigger("debug.condition")
    view = window.panels.view(PANEL)
    assert window.focusWidget() is view.condition.line


def test_the_direction_is_ticked(window, document, trigger):
    trigger("debug.symbol")
    trigger("debug.direction")
    assert str(document.debugging.direction) == Direction.ENCODE
    assert window.findChild(QAction, "debug.direction").isChecked()
    trigger("debug.direction")
    assert str(document.debugging.direction) == Direction.DECODE
    assert not window.findChild(QAction, "debug.direction").isChecked()


def test_the_other_decoder_takes_the_steps(window, document, trigger):
    trigger("debug.symbol")
    other = window.findChild(QAction, "debug.other")
    trigger("debug.other")
    assert document.debugging.walker.name == "reference"
    assert other.isChecked()
    trigger("debug.symbol")
    assert document.debugging.step == 1
    trigger("debug.other")
    assert document.debugging.walker is None
    assert not other.isChecked()


def test_jump_asks_for_the_step(window, document, trigger, monkeypatch):
    trigger("debug.symbol")

    def answer(dialog):
        dialog._edit.setText("99999")
        assert dialog.place is None
        assert "There is no step" in dialog._found.text()
        dialog._edit.setText("65")
        assert "row 1, column 1" in dialog._found.text()
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(JumpToStep, "exec", answer)
    trigger("debug.jump")
    assert document.debugging.step == 65


def test_stepping_has_an_arrangement(window, document, trigger, qtbot):
    trigger("view.debug_layout")
    qtbot.waitUntil(lambda: window.panels[PANEL].height() > 200)
    timeline = window.panels.view(PANEL).timeline
    qtbot.waitUntil(lambda: not timeline.visibleRegion().isEmpty())


def test_stepping_survives_reloading(window, document, trigger, settled):
    trigger("debug.symbol")
    document.debugging.jump(123)
    window.workspace.reload(document)
    settled()
    again = window.workspace.current
    assert again is not document
    assert again.debugging.step == 123


def test_without_a_file_nothing_happens(window):
    for command in DEBUGGING:
        assert not window.findChild(QAction, command.name).isEnabled()


def test_what_can_do_nothing_says_why(window, document):
    for name in ("debug.pause", "debug.stop", "debug.enable_all"):
        assert window._actions.why_not(name)
