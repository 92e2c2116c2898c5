"""What all views share: connections that end with the document, and saying why they are empty."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QLineEdit, QTableWidget, QTableWidgetItem, QVBoxLayout

from app import theme
from app.view import NO_DOCUMENT, View


class FakeDocument(QObject):
    """Has a signal, as a document has."""

    told = Signal(int)


class Listening(View):
    """Notes all that its document tells."""

    TITLE, QUESTION, HELP = "Listening", "What was told?", "Notes it. That is all."

    def __init__(self):
        super().__init__()
        self.heard: list[int] = []
        self.themes = 0
        self.field, self.table = QLineEdit(), QTableWidget(2, 2)
        layout = QVBoxLayout(self)
        for part in (self.field, self.table):
            layout.addWidget(part)
        for row in range(2):
            for col in range(2):
                self.table.setItem(row, col, QTableWidgetItem(f"{row}{col}"))

    def set_document(self, document):
        super().set_document(document)
        if document is not None:
            self.listen(document.told, self.heard.append)

    def theme_changed(self):
        self.themes += 1


@pytest.fixture
def view(qtbot):
    view = Listening()
    qtbot.addWidget(view)
    return view


def test_it_hears_its_document_only(view):
    first, second = FakeDocument(), FakeDocument()
    view.set_document(first)
    first.told.emit(1)
    view.set_document(second)
    first.told.emit(2)
    second.told.emit(3)
    view.set_document(None)
    second.told.emit(4)
    assert view.heard == [1, 3]


def test_the_same_document_again_is_heard_once(view):
    document = FakeDocument()
    view.set_document(document)
    view.set_document(document)
    document.told.emit(1)
    assert view.heard == [1]


def test_a_document_that_is_gone_can_be_left(view):
    from shiboken6 import delete

    document = FakeDocument()
    view.set_document(document)
    delete(document)
    view.set_document(None)
    assert view.document is None


def test_without_a_document_it_says_so(view):
    assert view.empty_text == NO_DOCUMENT
    view.set_document(FakeDocument())
    assert view.empty_text == ""


def test_the_reason_covers_everything(view):
    view.resize(300, 200)
    view.show()
    view.set_empty_text("There is nothing to see.")
    view.resize(500, 400)
    label = view.childAt(view.table.geometry().center())
    assert label.text() == "There is nothing to see."
    assert label.geometry() == view.rect()
    view.set_empty_text("")
    assert view.childAt(view.table.geometry().center()) is not label


def test_it_is_told_of_new_colours(view):
    before, choice = view.themes, theme.choice()
    theme.choose(theme.Choice.DARK)
    theme.choose(choice)
    assert view.themes == before + 2


def test_copying_takes_the_selected_cells(view, qtbot):
    view.set_empty_text("")
    view.show()
    qtbot.waitExposed(view)
    view.activateWindow()
    view.table.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is view.table)
    view.table.selectAll()
    assert view.copy_text() == "00\t01\n10\t11"
    view.table.clearSelection()
    view.table.item(1, 1).setSelected(True)
    assert view.copy_text() == "11"
    view.field.setFocus()
    assert view.copy_text() == ""


def test_the_keyboard_goes_to_the_first_part_that_takes_it(view, qtbot):
    view.set_empty_text("")
    view.show()
    view.activateWindow()
    view.take_focus()
    qtbot.waitUntil(view.field.hasFocus)
    view.begin_at(view.table)
    view.take_focus()
    qtbot.waitUntil(view.table.hasFocus)
