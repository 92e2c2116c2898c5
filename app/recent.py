"""Files opened before: remembered, offered in the menu and on the welcome page, forgotten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.settings import Settings
from app.welcome import Welcome


class RecentFiles:
    """Keeps the menu and the welcome page in step with the settings."""

    def __init__(
        self,
        settings: Settings,
        menu: QMenu,
        welcome: Welcome,
        open_file: Callable[[Path], object],
    ) -> None:
        """Offers the files in `menu`, above what stands in it, and on `welcome`."""
        self._settings = settings
        self._menu = menu
        self._clear = menu.actions()[0]
        self._welcome = welcome
        self._open_file = open_file
        self._offered: list[QAction] = []
        self._soon = QTimer(
            menu, singleShot=True, interval=0
        )  # once, however many files are opened
        self._soon.timeout.connect(self.show)
        menu.insertSeparator(self._clear)
        menu.aboutToShow.connect(self.show)
        welcome.chosen.connect(open_file)
        self.show()

    def add(self, path: Path) -> None:
        """Remembers that a file was opened."""
        self._settings.add_recent(path)
        self._soon.start()

    def clear(self) -> None:
        """Forgets all."""
        self._settings.recent = []
        self.show()

    def show(self) -> None:
        """Offers those that still exist."""
        paths = self._settings.recent
        for action in self._offered:
            self._menu.removeAction(action)
            action.deleteLater()
        above = self._menu.actions()[0]
        self._offered = [self._offer(path) for path in paths]
        self._menu.insertActions(above, self._offered)
        self._clear.setEnabled(bool(paths))
        self._welcome.show_recent(paths)

    def _offer(self, path: Path) -> QAction:
        action = QAction(path.name.replace("&", "&&"), self._menu)
        action.setToolTip(f"Open {path}")
        action.triggered.connect(lambda: self._open_file(path))
        return action
