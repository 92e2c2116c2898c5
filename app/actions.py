"""Makes the menu bar out of the command table: one action a command, and nothing beside the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar

from app.commands import COMMANDS, Command

Effect = Callable[[], object] | Callable[[bool], object]
"""What a command does; that of a checkable command takes whether it is checked now."""


class Actions:
    """The actions of a window by the names of their commands."""

    def __init__(self, window: QMainWindow, effects: Mapping[str, Effect]) -> None:
        """Makes an action for every command, and menus for them.

        Args:
            window: gets the menus, and the shortcuts wherever the keyboard is in it.
            effects: what each command does, by name.
        """
        self._window = window
        self._menus: dict[str, QMenu] = {}
        self._actions = {
            command.name: _action(window, command, effects[command.name]) for command in COMMANDS
        }
        for command in COMMANDS:
            self._place(window.menuBar(), command)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def menu(self, path: str) -> QMenu:
        """The menu that commands call `path`."""
        return self._menus[path]

    def enable_for_file(self, there_is_one: bool) -> None:
        """Enables what makes sense only while a file is open, or disables it."""
        for command in COMMANDS:
            if command.needs_file:
                self._actions[command.name].setEnabled(there_is_one)

    def exclusive(self, names: Iterable[str]) -> None:
        """Makes checkable commands exclude each other."""
        group = QActionGroup(self._window)
        for name in names:
            group.addAction(self._actions[name])

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
    if command.shortcut:
        action.setShortcut(QKeySequence(command.shortcut))
    action.setCheckable(command.checkable)
    # `triggered`, not `toggled`: only what the user does has an effect, not showing what is.
    if command.checkable:
        action.triggered.connect(effect)
    else:
        action.triggered.connect(lambda: effect())  # type: ignore[call-arg]
    return action
