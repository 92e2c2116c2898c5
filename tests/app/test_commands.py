"""The command table: complete, without clashes, and fit to be read by a person."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from app.commands import COMMANDS, PANEL_SHORTCUTS


def test_names_are_unique():
    assert [name for name, n in Counter(c.name for c in COMMANDS).items() if n > 1] == []


def test_shortcuts_are_real_and_unique(qapp):
    keys = [c.shortcut for c in COMMANDS if c.shortcut]
    for key in keys:
        portable = QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
        assert portable == key
    assert [key for key, n in Counter(keys).items() if n > 1] == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_explains_itself(command):
    assert command.tooltip.endswith(".")
    assert command.tooltip[0].isupper()
    assert command.menu.startswith("&")


def entries(menu: str) -> set[str]:
    """The titles in a menu: of its commands, and of the menus below it."""
    below = {c.menu for c in COMMANDS if c.menu.startswith(f"{menu}/")}
    titles = {c.title for c in COMMANDS if c.menu == menu}
    return titles | {path.removeprefix(f"{menu}/").partition("/")[0] for path in below}


@pytest.mark.parametrize("menu", sorted({command.menu for command in COMMANDS}))
def test_letters_of_a_menu_do_not_clash(menu):
    letters = Counter(t[t.index("&") + 1].lower() for t in entries(menu) if "&" in t)
    assert [letter for letter, n in letters.items() if n > 1] == []


def test_every_panel_can_be_reached_and_toggled():
    names = {command.name for command in COMMANDS}
    for panel, shortcut in PANEL_SHORTCUTS.items():
        go = next(c for c in COMMANDS if c.name == f"panel.{panel.lower()}.go")
        assert go.shortcut == shortcut
        assert f"panel.{panel.lower()}.show" in names
