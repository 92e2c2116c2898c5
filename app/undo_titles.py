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
    """Titles of the two commands for the document that is shown; one that can do nothing says why."""

    def __init__(self, workspace: Workspace, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._actions = actions
        self._plain = [actions[name].text() for name in NAMES]
        self._history: QUndoStack | None = None
        workspace.current_changed.connect(self._listen)
        self._show()

    @Slot()
    def _listen(self) -> None:
        document = self._workspace.current
        history = None if document is None else document.work.history
        if history is not self._history:
            if self._history is not None:
                self._history.indexChanged.disconnect(self._show)
            self._history = history
            if history is not None:
                history.indexChanged.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        history = self._history
        titles = ("", "") if history is None else (history.undoText(), history.redoText())
        for name, plain, title in zip(NAMES, self._plain, titles, strict=True):
            _entitle(self._actions[name], plain, title)


def _entitle(action: QAction, plain: str, title: str) -> None:
    cut = title if len(title) <= LONGEST else f"{title[: LONGEST - 1]}…"
    action.setText(f"{plain} “{cut.replace('&', '&&')}”" if cut else plain)
