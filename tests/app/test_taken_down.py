"""A window that is taken down without being closed, as at the end of a process, says nothing about it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

LEFT_OPEN = """
from dataclasses import replace
from types import SimpleNamespace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QVBoxLayout

from app.commands import PANELS
from app.panels import Panels
from app.session.file_work import FileWork
from app.undo_titles import UndoTitles
from app.view import View


class Workspace(QObject):
    current_changed = Signal()


def view_called(title):
    view = type(title, (View,), {"TITLE": title, "QUESTION": "why?", "HELP": "so"})()
    QVBoxLayout(view).addWidget(QLineEdit())
    view.set_empty_text("")
    return view


def leave_open():
    application = QApplication([])
    window, panels = QMainWindow(), Panels()
    window.setCentralWidget(panels)
    for title in PANELS:
        panels[title].fill(view_called(title))
    window.show()
    window.activateWindow()
    panels.go("Structure")
    actions = {name: QAction(name, window) for name in ("edit.undo", "edit.redo")}
    workspace, work = Workspace(window), FileWork(parent=window)
    workspace.current = SimpleNamespace(work=work)
    UndoTitles(workspace, actions, window)
    workspace.current_changed.emit()
    work.change("a note", replace(work.now, notes="n"))
    application.processEvents()
    window.itself = window
    print(type(application.focusWidget()).__name__, actions["edit.undo"].text())


leave_open()
"""


def test_a_window_that_is_left_open_goes_without_a_word():
    """Whether the keyboard was in it, and whether something could be undone."""
    done = subprocess.run(
        [sys.executable, "-c", LEFT_OPEN], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "QLineEdit edit.undo “a note”\n"
    told = [line for line in done.stderr.splitlines() if "plugin does not support" not in line]
    assert told == []
