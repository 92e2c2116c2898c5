"""The command table: complete, without clashes, and fit to be read by a person."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from app.commands import COMMANDS, PANEL_SHORTCUTS
from app.shortcuts.keys import portable, why_not

ROOT = Path(__file__).parent.parent.parent


def test_names_are_unique():
    assert [name for name, n in Counter(c.name for c in COMMANDS).items() if n > 1] == []


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.shortcut], ids=lambda c: c.name)
def test_a_shortcut_is_spelt_and_allowed(qapp, command):
    assert portable(command.shortcut) == command.shortcut
    assert why_not(command.shortcut) == ""


def test_no_two_commands_have_the_same_shortcut(qapp):
    called: dict[str, list[str]] = {}
    for command in COMMANDS:
        if command.shortcut:
            called.setdefault(command.shortcut, []).append(command.name)
    clashes = {keys: names for keys, names in called.items() if len(names) > 1}
    assert clashes == {}, "; ".join(
        f"{keys} calls {' and '.join(names)}: give all but one of them other keys"
        for keys, names in clashes.items()
    )


def test_shortcuts_stand_in_the_table_alone():
    """Keys of a panel's own are taken in it, by an event or a shortcut of its context."""
    found = []
    for path in (ROOT / "app").rglob("*.py"):
        if "setShortcut(" in path.read_text(encoding="utf-8") and path.name != "actions.py":
            lines = path.read_text(encoding="utf-8").splitlines()
            assert any(
                "WidgetShortcut" in line or "WidgetWithChildren" in line for line in lines
            ), path
            found.append(path)
    assert len(found) < 12  # they are the exception


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_can_be_read_in_the_palette(command):
    """Without the menu before it, the title must still say what it does; two must not read the same."""
    assert command.plain_title.strip() == command.plain_title != ""
    assert "&" not in command.plain_title
    same = [
        other.name
        for other in COMMANDS
        if (other.plain_title, other.menu_path) == (command.plain_title, command.menu_path)
    ]
    assert same == [command.name]


def test_the_toolbar_stays_short():
    """A window 1,280 wide has room for all of it."""
    texts = [command.toolbar for command in COMMANDS if command.toolbar]
    assert len(texts) == len(set(texts))
    assert sum(len(text) + 4 for text in texts) < 180


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


def test_letters_of_the_menu_bar_do_not_clash():
    titles = {command.menu.partition("/")[0] for command in COMMANDS}
    letters = Counter(title[title.index("&") + 1].lower() for title in titles)
    assert [letter for letter, n in letters.items() if n > 1] == []


def test_every_panel_can_be_reached_and_toggled():
    names = {command.name for command in COMMANDS}
    for panel, shortcut in PANEL_SHORTCUTS.items():
        go = next(c for c in COMMANDS if c.name == f"panel.{panel.lower()}.go")
        assert go.shortcut == shortcut
        assert f"panel.{panel.lower()}.show" in names
