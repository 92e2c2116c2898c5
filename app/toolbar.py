"""The toolbar: the commands that the table wants there, as words and signs of the font.

Pictures would have to be drawn anew for light and dark; words are read in both. Its buttons take no keyboard
focus: all of them are in the menus, too, and have keys.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolBar, QToolButton, QWidget

from app.actions import Actions
from app.commands import COMMANDS, Command
from app.shortcuts import keymap

EXTENSION = "qt_toolbar_ext_button"
"""What Qt calls its button for the rest."""


class Toolbar(QToolBar):
    """One button for each command that the table gives a text for it, a line between menus."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__("Toolbar", parent)
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        menu = ""
        for command in COMMANDS:
            if command.toolbar:
                if menu and command.menu != menu:
                    self.addSeparator()
                menu = command.menu
                self._add(command, actions[command.name])
        self._name_extension()
        keymap.changed.connect(self._tell_keys)

    def _name_extension(self) -> None:
        """Gives Qt's button for what a narrow window has no room for a sign: its picture is black in the dark, too."""
        more = self.findChild(QToolButton, EXTENSION)
        if more is not None:
            more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            more.setText("»")
            more.setToolTip("More commands, which this window is too narrow for")
            more.setAccessibleName("More commands")

    def event(self, event: QEvent) -> bool:
        """Writes the keys into the tooltips once the buttons are there."""
        if event.type() == QEvent.Type.Polish:
            self._tell_keys()
        return super().event(event)

    def _add(self, command: Command, action: QAction) -> None:
        self.addAction(action)
        button = self.widgetForAction(action)
        button.setAccessibleName(command.plain_title)
        # The button takes the action's own tooltip first whenever the action changes.
        action.changed.connect(self._tell_keys)

    def _tell_keys(self) -> None:
        for action in self.actions():
            button = self.widgetForAction(action)
            if not action.isSeparator() and button is not None:
                button.setToolTip(keymap.with_keys(action.toolTip(), action.objectName()))
