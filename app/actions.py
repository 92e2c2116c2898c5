"""Makes menus and toolbar out of the command table: one action a command, and nothing beside the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar

from app.commands import COMMANDS, Command
from app.shortcuts import keymap

Effect = Callable[[], object] | Callable[[bool], object]
"""What a command does; that of a checkable command takes whether it is checked now."""

NO_FILE = "No file is open."
"""Why most commands can do nothing at first."""


class Actions(QObject):
    """The actions of a window by the names of their commands."""

    def __init__(self, window: QMainWindow, effects: Mapping[str, Effect]) -> None:
        """Makes an action for every command, and menus for them.

        Args:
            window: gets the menus, and the shortcuts wherever the keyboard is in it.
            effects: what each command does, by name.
        """
        super().__init__(window)
        self._window = window
        self._file_open = False
        self._reasons: dict[str, str] = {}
        self._menus: dict[str, QMenu] = {}
        self._actions = {
            command.name: _action(window, command, effects[command.name]) for command in COMMANDS
        }
        for command in COMMANDS:
            self._place(window.menuBar(), command)
        keymap.changed.connect(self._show_keys)
        self._show_keys()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def menu(self, path: str) -> QMenu:
        """The menu that commands call `path`."""
        return self._menus[path]

    def enable_for_file(self, there_is_one: bool) -> None:
        """Enables what makes sense only while a file is open, or disables it."""
        self._file_open = there_is_one
        for command in COMMANDS:
            if command.needs_file:
                self._enable(command)

    def forbid(self, name: str, reason: str) -> None:
        """Disables a command for a reason, a sentence that its tooltip then says; "" allows it again."""
        if self._reasons.get(name, "") != reason:
            self._reasons[name] = reason
            self._enable(next(command for command in COMMANDS if command.name == name))

    def why_not(self, name: str) -> str:
        """Why a command can do nothing now, as a sentence; "" where it can."""
        if self._actions[name].isEnabled():
            return ""
        return self._reasons.get(name, "") or (
            NO_FILE if not self._file_open else "It can do nothing at the moment."
        )

    def exclusive(self, names: Iterable[str]) -> None:
        """Makes checkable commands exclude each other."""
        group = QActionGroup(self._window)
        for name in names:
            group.addAction(self._actions[name])

    def _enable(self, command: Command) -> None:
        reason, action = self._reasons.get(command.name, ""), self._actions[command.name]
        action.setEnabled(not reason and (self._file_open or not command.needs_file))
        for say in (action.setToolTip, action.setStatusTip):
            say(reason or command.tooltip)

    def _show_keys(self) -> None:
        for command in COMMANDS:
            self._actions[command.name].setShortcut(QKeySequence(keymap.keys_of(command.name)))

    def _place(self, bar: QMenuBar, command: Command) -> None:
        menu = self._menu(bar, command.menu)
        if command.starts_group and not menu.isEmpty():
            menu.addSeparator()
        menu.addAction(self._actions[command.name])

    def _menu(self, bar: QMenuBar, path: str) -> QMenu:
        if path not in self._menus:
            above, _, title = path.rpartition("/")
            menu = (self._menu(bar, above) if above else bar).addMenu(title)
            menu.setToolTipsVisible(True)
            self._menus[path] = menu
        return self._menus[path]


def _action(window: QMainWindow, command: Command, effect: Effect) -> QAction:
    action = QAction(command.title, window)
    action.setObjectName(command.name)
    action.setToolTip(command.tooltip)
    action.setStatusTip(command.tooltip)
    if command.toolbar:
        action.setIconText(command.toolbar)
    action.setCheckable(command.checkable)
    # `triggered`, not `toggled`: only what the user does has an effect, not showing what is.
    if command.checkable:
        action.triggered.connect(effect)
    else:
        action.triggered.connect(lambda: effect())  # type: ignore[call-arg]
    return action
