"""What the commands about commands do: finding one, changing keys, showing the toolbar."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from app.actions import Actions, Effect
from app.commands import COMMANDS, Command
from app.document import Document
from app.palette import Palette
from app.palette.entry import Entry
from app.settings import Settings
from app.shortcuts import keymap
from app.shortcuts.editor import ShortcutEditor
from app.shortcuts.keys import native
from app.tensor_chooser import name_of, tensor_sentence
from app.toolbar import Toolbar
from app.workspace import Workspace

PALETTE = "help.palette"
"""The palette does not offer itself."""


class RegistryCommands(QObject):
    """The effects of the commands about commands."""

    def __init__(self, window: QMainWindow, workspace: Workspace, settings: Settings) -> None:
        """Takes what they need of the window.

        Args:
            window: lies below the palette and gets the toolbar.
            workspace: knows the files and tensors that can be found.
            settings: keep what was changed.
        """
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._settings = settings
        self._actions: Actions | None = None
        self._toolbar: Toolbar | None = None
        self._palette = Palette(window, self._entries)
        self._tensors: tuple[weakref.ref[Document], list[Entry]] | None = None
        keymap.use(settings.shortcuts)
        keymap.changed.connect(self._remember_keys)

    def effects(self) -> dict[str, Effect]:
        """What each of the commands does, by name."""
        return {
            PALETTE: self._palette.open,
            "help.shortcuts": self.edit_shortcuts,
            "view.toolbar": self._show_toolbar,
        }

    def use(self, actions: Actions) -> None:
        """Takes the actions that the effects have become: for the toolbar and the palette."""
        self._actions = actions
        self._toolbar = Toolbar(actions, self._window)
        self._window.addToolBar(self._toolbar)
        self._toolbar.setVisible(self._settings.toolbar)
        actions["view.toolbar"].setChecked(self._settings.toolbar)

    def edit_shortcuts(self) -> None:
        """Shows all commands with their keys, to be changed."""
        editor = ShortcutEditor(self._window)
        editor.exec()
        editor.deleteLater()

    def _show_toolbar(self, shown: bool) -> None:
        self._settings.toolbar = shown
        if self._toolbar is not None:
            self._toolbar.setVisible(shown)

    def _remember_keys(self) -> None:
        self._settings.shortcuts = keymap.changes()

    # What the palette offers

    def _entries(self) -> list[Entry]:
        """Every command, file and tensor, as they are now."""
        actions = self._actions
        commands = (
            []
            if actions is None
            else [
                _command_entry(command, actions) for command in COMMANDS if command.name != PALETTE
            ]
        )
        current = self._workspace.current
        tensors = self._tensors_of(current) if current is not None else ()
        return [*commands, *self._files(), *self._recent_files(), *tensors]

    def _tensors_of(self, document: Document) -> list[Entry]:
        """Its tensors, where there are several; a model has thousands, and they do not change."""
        known = self._tensors
        if known is not None and known[0]() is document:
            return known[1]
        tensors = document.container.tensors
        entries = [
            Entry(f"tensor {n}", name_of(each), "Tensor", tensor_sentence(each), self._selector(n))
            for n, each in enumerate(tensors if len(tensors) > 1 else ())
        ]
        self._tensors = weakref.ref(document), entries
        return entries

    def _selector(self, number: int) -> Callable[[], object]:
        """Selects a tensor of what is shown then: an entry that held its document would keep it from going."""

        def select() -> None:
            if self._workspace.current is not None:
                self._workspace.current.select_tensor(number)

        return select

    def _files(self) -> list[Entry]:
        return [
            Entry(
                f"open {document.path}",
                document.title,
                "Open file",
                f"Show {document.path}.",
                _show(self._workspace, document),
            )
            for document in self._workspace.documents
        ]

    def _recent_files(self) -> list[Entry]:
        """Those that are not open."""
        shown = {document.path for document in self._workspace.documents}
        return [
            Entry(f"open {path}", path.name, "Opened before", f"Open {path}.", self._opener(path))
            for path in self._settings.recent
            if path not in shown
        ]

    def _opener(self, path: Path) -> Callable[[], object]:
        return lambda: self._workspace.open([path])


def _command_entry(command: Command, actions: Actions) -> Entry:
    action = actions[command.name]
    return Entry(
        command.name,
        command.plain_title,
        command.menu_path,
        command.tooltip,
        action.trigger,
        native(keymap.keys_of(command.name)),
        actions.why_not(command.name),
        action.isChecked() if action.isCheckable() else None,
    )


def _show(workspace: Workspace, document: Document) -> Callable[[], object]:
    return lambda: workspace.show(document)
