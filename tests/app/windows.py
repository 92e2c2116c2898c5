"""What tests do with windows: show a view alone; of the whole window, wait for its jobs and trigger its commands."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

Widget = TypeVar("Widget", bound=QWidget)


def on_screen(qtbot, widget: Widget, width: int, height: int) -> Widget:
    """Shows a widget of this size, which goes with the test."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    return widget


def at_rest(window, qtbot) -> None:
    """Waits until no job of the window waits or runs."""
    qtbot.waitUntil(lambda: not window.jobs.busy, timeout=90_000)


def action(window, name) -> QAction:
    """The action of a command."""
    found = window.findChild(QAction, name)
    assert isinstance(found, QAction), name
    return found


def trigger(window, name) -> None:
    """Does what the command would, if it can be called now."""
    found = action(window, name)
    assert found.isEnabled(), name
    found.trigger()
