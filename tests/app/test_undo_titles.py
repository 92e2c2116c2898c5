"""The menu says what undo and redo would do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from app.session.file_work import FileWork, Work
from app.undo_titles import LONGEST, UndoTitles

pytestmark = pytest.mark.usefixtures("qapp")


class Document:
    """What is known of a document."""

    def __init__(self):
        self.work = FileWork()


class Workspace(QObject):
    """Shows one document, or none."""

    current_changed = Signal()

    def __init__(self):
        super().__init__()
        self.current: Document | None = None

    def show(self, document):
        self.current = document
        self.current_changed.emit()


@pytest.fixture
def workspace():
    return Workspace()


@pytest.fixture
def texts(workspace):
    """The titles as they are."""
    actions = {"edit.undo": QAction("&Undo"), "edit.redo": QAction("&Redo")}
    given: Any = actions
    UndoTitles(workspace, given, workspace)
    return lambda: (actions["edit.undo"].text(), actions["edit.redo"].text())


def change(document, title, notes):
    document.work.change(title, replace(document.work.now, notes=notes))


def test_they_follow_the_history_of_the_file_that_is_shown(workspace, texts):
    assert texts() == ("&Undo", "&Redo")
    first, second = Document(), Document()
    workspace.show(first)
    change(first, "Add bookmark", "a")
    assert texts() == ("&Undo “Add bookmark”", "&Redo")
    first.work.history.undo()
    assert texts() == ("&Undo", "&Redo “Add bookmark”")
    workspace.show(second)
    assert texts() == ("&Undo", "&Redo")
    first.work.history.redo()
    assert texts() == ("&Undo", "&Redo")
    workspace.show(None)
    workspace.show(first)
    assert texts() == ("&Undo “Add bookmark”", "&Redo")
    first.work.restore(Work())
    assert texts() == ("&Undo", "&Redo")


def test_a_title_may_hold_anything(workspace, texts):
    document = Document()
    workspace.show(document)
    change(document, "Edit a & b" + "x" * LONGEST, "a")
    undo, _ = texts()
    assert undo.startswith("&Undo “Edit a && bxxx")
    assert undo.endswith("x…”")
    assert len(undo) <= LONGEST + len("&Undo “&”")
