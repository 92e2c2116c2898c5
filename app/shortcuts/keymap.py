"""The keys of every command: those of the table, and what the user has changed of them, in one place.

Menus, tooltips and Help ask `keys_of` and write themselves anew when `changed` is emitted. What a user chose
goes before what the table has: where a new version gives a command keys that are taken, it has none.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.commands import COMMANDS, Command
from app.shortcuts.keys import native, portable, why_not

_COMMANDS: dict[str, Command] = {command.name: command for command in COMMANDS}


class _Keymap(QObject):
    """The changes; a QObject, so that whoever shows keys can be told."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.changes: dict[str, str] = {}

    def take(self, changes: Mapping[str, str]) -> None:
        """Makes these the changes."""
        self.changes = dict(changes)
        self.changed.emit()


_keymap = _Keymap()

changed = _keymap.changed
"""Emitted after keys have changed."""


def keys_of(name: str) -> str:
    """The keys that call a command, in portable text; "" where none do."""
    changes = _keymap.changes
    if name in changes:
        return changes[name]
    keys = _COMMANDS[name].shortcut
    return "" if keys in changes.values() else keys


def command_of(keys: str) -> Command | None:
    """The command that keys call; None where they call none."""
    return next((each for each in COMMANDS if keys and keys_of(each.name) == keys), None)


def is_changed(name: str) -> bool:
    """Whether a command is called by other keys than the table says."""
    return keys_of(name) != _COMMANDS[name].shortcut


def changes() -> dict[str, str]:
    """What the user has changed: keys by the name of the command; "" where it shall have none."""
    return dict(_keymap.changes)


def use(stored: Mapping[str, str]) -> None:
    """Takes up changes that were stored; what of them makes no sense is as if it were not there."""
    sound: dict[str, str] = {}
    for name, keys in stored.items():
        spelt = portable(keys)
        fits = not keys or (spelt != "" and not why_not(spelt) and spelt not in sound.values())
        if name in _COMMANDS and fits:
            sound[name] = spelt
    _keymap.take(sound)


def change(name: str, keys: str) -> None:
    """Has keys call a command, and no longer the one that they called before; "" takes its keys away."""
    taken = _keymap.changes
    before = command_of(keys)
    if before is not None and before.name != name:
        taken = {**taken, before.name: ""}
    _keymap.take(_without_needless({**taken, name: keys}))


def reset(name: str) -> None:
    """Gives a command the keys of the table back; whatever they call now loses them."""
    change(name, _COMMANDS[name].shortcut)


def reset_all() -> None:
    """Gives every command the keys of the table back."""
    _keymap.take({})


def _without_needless(changes: Mapping[str, str]) -> dict[str, str]:
    """The changes that are not what the table has anyway."""
    return {name: keys for name, keys in changes.items() if keys != _COMMANDS[name].shortcut}


def with_keys(text: str, name: str, here: str = "") -> str:
    """A tooltip, followed by the keys that do what it says.

    Args:
        text: the tooltip.
        name: of the command that does the same.
        here: the key that does it within the panel; "" for none.
    """
    anywhere = native(keys_of(name))
    if here and anywhere:
        return f"{text} ({here}; anywhere {anywhere})"
    return f"{text} ({here or anywhere})" if here or anywhere else text


class KeyTip(QObject):
    """Keeps a widget's tooltip as its command's keys are."""

    def __init__(self, widget: QWidget, text: str, name: str, here: str = "") -> None:
        """Sets the tooltip of `widget` as `with_keys` says, from now on."""
        super().__init__(widget)
        self._widget = widget
        self._text = text
        self._name = name
        self._here = here
        changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self._widget.setToolTip(with_keys(self._text, self._name, self._here))
