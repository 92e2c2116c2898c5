"""What the classes whose methods are the effects of commands have in common: what they need of the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.messages import Messages
from app.panels import Panels
from app.work import Response
from app.workspace import Workspace


@dataclass(frozen=True)
class CommandContext:
    """What effects need of the window.

    Attributes:
        window: over which a dialog is shown.
        workspace: knows the files that are open and the one that is shown.
        panels: where what an effect does is looked at.
        go: shows a panel and moves the keyboard there, also where no file is open.
        messages: where it is told what could not be done.
        say: shows a short remark.
    """

    window: QWidget
    workspace: Workspace
    panels: Panels
    go: Callable[[str], None]
    messages: Messages
    say: Callable[[str], None]


class CommandGroup(QObject):
    """The effects of some commands; a subclass says which in its `effects`."""

    def __init__(self, context: CommandContext) -> None:
        super().__init__(context.window)
        self._window, self._workspace = context.window, context.workspace
        self._jobs = context.workspace.jobs
        self._panels, self._go = context.panels, context.go
        self._messages, self._say = context.messages, context.say

    def _tell_of_saving(self, response: Response) -> None:
        """Says what became of a job that saves a file."""
        if response.error is None:
            self._say(f"Saved {response.result}")
        elif not response.cancelled:
            self._messages.tell(response.error)
