"""Says in the menu what undo and redo would do: "Undo Add bookmark"."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QUndoStack

from app.actions import Actions
from app.workspace import Workspace

NAMES = "edit.undo", "edit.redo"
"""The commands."""

LONGEST = 60
"""Characters of a change that are shown."""


class UndoTitles(QObject):
    """Titles of the two commands for the document that is shown."""

    def __init__(self, workspace: Workspace, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._undo, self._redo = (_Title(actions[name]) for name in NAMES)
        self._history: QUndoStack | None = None
        workspace.current_changed.connect(self._listen)

    @Slot()
    def _listen(self) -> None:
        document = self._workspace.current
        history = None if document is None else document.work.history
        if history is self._history:
            return
        if self._history is not None:
            self._history.undoTextChanged.disconnect(self._undo.show)
            self._history.redoTextChanged.disconnect(self._redo.show)
        self._history = history
        if history is not None:
            history.undoTextChanged.connect(self._undo.show)
            history.redoTextChanged.connect(self._redo.show)
        self._undo.show("" if history is None else history.undoText())
        self._redo.show("" if history is None else history.redoText())


class _Title(QObject):
    """The title of an action, and what the action would do.

    It belongs to the action and is told all that it needs: a history also changes while a window is taken down, when
    neither the action nor the history itself need be there any more.
    """

    def __init__(self, action: QAction) -> None:
        super().__init__(action)
        self._plain = action.text()

    @Slot(str)
    def show(self, title: str) -> None:
        """Shows what the action would do; "" where it can do nothing."""
        cut = title if len(title) <= LONGEST else f"{title[: LONGEST - 1]}…"
        action = self.parent()
        if isinstance(action, QAction):
            action.setText(f"{self._plain} “{cut.replace('&', '&&')}”" if cut else self._plain)
