"""Editing by hand: typing in Bytes, the Edits panel, the dialogs, and the commands of the window."""

from __future__ import annotations

import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QLabel, QLineEdit, QMenu, QTableView

from app import edit_commands
from app.comparing import JUDGE
from app.edit_dialogs import EditDialog
from app.edit_menu import add_byte_edits, add_field_edit
from app.views.bytes import BytesView
from app.views.bytes.canvas import HexCanvas
from app.views.edits import EditsView
from app.workspace import sample_path
from codec.edits.overlay import edits_of
from codec.formats import open_file
from tests.app.conftest import LEGACY

NAME = "gaussian10_300x200_t64.batched"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / NAME
    shutil.copy(LEGACY / NAME, path)
    return path


@pytest.fixture
def document(window, path, settled):
    window.workspace.open([path])
    settled()
    return window.workspace.current


@pytest.fixture
def canvas(window, document) -> HexCanvas:
    canvas: HexCanvas = window.panels.view(BytesView.TITLE).findChild(HexCanvas)
    document.select_bytes(2000, 1)
    canvas.setFocus()
    return canvas


@pytest.fixture
def edits(window, document) -> EditsView:
    window.panels.go(EditsView.TITLE)
    view: EditsView = window.panels.view(EditsView.TITLE)
    return view


def trigger(window, name):
    window.findChild(QAction, name).trigger()


def dialog_of(window, qtbot) -> EditDialog:
    qtbot.waitUntil(lambda: bool(window.findChildren(EditDialog)))
    dialog: EditDialog = window.findChildren(EditDialog)[-1]
    return dialog


def says(dialog: EditDialog) -> str:
    return dialog.findChildren(QLabel)[-1].text()


def ok_of(dialog: EditDialog):
    box = dialog.findChild(QDialogButtonBox)
    return box.button(QDialogButtonBox.StandardButton.Ok)


def messages(window) -> str:
    return " ".join(row.sentence for row in window.messages.rows())


# Typing


def test_two_digits_make_a_byte_and_the_page_stays(window, document, canvas, settled, qtbot):
    canvas.reveal(2000)
    first = canvas.first_row
    qtbot.keyClicks(canvas, "dEa")
    assert [edit.after for edit in document.editing.edits] == [b"\xde"]
    assert canvas.sight.digit == 0xA
    settled()
    assert canvas.sight.source is window.workspace.current.container.source
    assert (canvas.sight.cursor, canvas.first_row, canvas.sight.digit) == (2001, first, 0xA)
    qtbot.keyClicks(canvas, "d")
    settled()
    assert [edit.after for edit in document.editing.edits] == [b"\xde\xad"]
    assert canvas.sight.source.read(2000, 2) == b"\xde\xad"
    page = canvas.sight.page(canvas.geometry_, canvas.first_row, 20, True)
    assert page.edited == [(2000, 2002)]
    assert not canvas.grab().isNull()


def test_a_digit_alone_is_dropped(document, canvas, qtbot):
    for dropped in (Qt.Key.Key_Escape, Qt.Key.Key_Backspace, Qt.Key.Key_Right):
        qtbot.keyClick(canvas, Qt.Key.Key_A)
        assert canvas.sight.digit == 0xA
        qtbot.keyClick(canvas, dropped)
        assert canvas.sight.digit is None
    qtbot.keyClick(canvas, Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(canvas, Qt.Key.Key_G)
    assert canvas.sight.digit is None
    assert document.editing.edits == ()


def test_the_last_byte_can_be_typed(window, document, canvas, settled, qtbot):
    last = document.container.source.size - 1
    document.select_bytes(last, 1)
    canvas.go_to(last)
    there = document.container.source.read(last, 1)[0]
    qtbot.keyClicks(canvas, f"{there ^ 0xFF:02x}")
    assert document.editing.edits[0].offset == last
    assert canvas.sight.cursor == last
    settled()


def test_what_stood_in_the_file_is_told(window, document, canvas, settled):
    before = document.container.source.read(2000, 1).hex().upper()
    document.editing.add(document.editing.bit_edit(2000, 0))
    settled()
    view = window.panels.view(BytesView.TITLE)
    told = " ".join(label.text() for label in view.findChildren(QLabel))
    assert f"edited: {before} in the file" in told
    assert "edited" in told


# The panel


def test_the_panel_lists_edits_and_says_when_there_are_none(window, edits, document, settled):
    assert "Nothing is edited" in edits.empty_text
    document.editing.add(document.editing.bit_edit(2000, 0))
    assert edits.empty_text == ""
    settled()
    assert edits.findChild(QTableView).model().rowCount() == 1


def test_keys_go_switch_and_remove(window, edits, document, settled, qtbot):
    for offset in (2000, 3000, 4000):
        document.editing.add(document.editing.bit_edit(offset, 0))
    settled()
    table = edits.findChild(QTableView)
    table.setCurrentIndex(table.model().index(1, 0))
    qtbot.keyClick(table, Qt.Key.Key_Space)
    settled()
    assert [edit.enabled for edit in document.editing.edits] == [True, False, True]
    assert table.currentIndex().row() == 1
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    settled()
    assert [edit.offset for edit in document.editing.edits] == [2000, 4000]
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert window.workspace.current.selection.span == (4000, 1)


def test_everything_can_be_discarded_and_compared_from_the_panel(window, edits, document, settled):
    document.comparing.use(JUDGE, JUDGE)
    document.editing.add(document.editing.bit_edit(3000, 0))
    settled()
    edits._compare.click()
    settled()
    assert window.workspace.current.comparing.comparison.left.title == "as opened"
    edits._discard.click()
    settled()
    assert edits_of(window.workspace.current.container.source) == ()
    assert "Nothing is edited" in edits.empty_text


# Commands and dialogs


def test_checksums_are_matched_from_the_panel_and_by_command(window, tmp_path, settled):
    window.workspace.open([sample_path("minilm_query_key_t128.rsc")])
    settled()
    document = window.workspace.current
    window.panels.go(EditsView.TITLE)
    button = window.panels.view(EditsView.TITLE)._seal
    assert not button.isEnabled()
    remarks: list[str] = []
    window.statusBar().messageChanged.connect(remarks.append)
    trigger(window, "edit.seal")
    assert remarks[-1] == "All checksums match"
    table = document.tensor.table_span[0]
    document.editing.add(document.editing.bytes_edit(table + 2 * 128, b"\1\0"))
    settled()
    codes = [problem.code for problem in window.workspace.current.problems]
    assert "checksum" in codes
    button.click()
    settled()
    codes = [problem.code for problem in window.workspace.current.problems]
    assert "checksum" not in codes
    assert len(window.workspace.current.editing.edits) == 4


def test_undo_and_redo_are_commands(window, document, settled):
    trigger(window, "edit.undo")
    document.editing.add(document.editing.bit_edit(2000, 0))
    settled()
    trigger(window, "edit.undo")
    settled()
    assert document.editing.edits == ()
    trigger(window, "edit.redo")
    trigger(window, "edit.redo")
    settled()
    assert len(edits_of(window.workspace.current.container.source)) == 1
    trigger(window, "edit.discard")
    settled()
    assert window.workspace.current.title == NAME


def test_a_field_is_edited_in_a_dialog(window, document, settled, qtbot):
    header = document.container.root.children[0]
    document.select_span(header.children[3])
    trigger(window, "edit.field")
    dialog = dialog_of(window, qtbot)
    line = dialog.findChild(QLineEdit)
    assert line.text() == "300"
    assert "is 300 already" in says(dialog)
    assert not ok_of(dialog).isEnabled()
    line.setText("-4")
    assert "-4 does not fit" in says(dialog)
    line.setText("0x140")
    assert says(dialog) == "Header, rows: 300 → 320."
    ok_of(dialog).click()
    settled()
    assert window.workspace.current.container.tensors[0].rows == 320


def test_bytes_and_bits_are_edited_in_dialogs(window, document, settled, qtbot):
    document.select_bytes(2000, 3)
    trigger(window, "edit.bytes")
    dialog = dialog_of(window, qtbot)
    line = dialog.findChild(QLineEdit)
    assert line.text() == document.container.source.read(2000, 3).hex(" ")
    line.setText("1")
    assert not ok_of(dialog).isEnabled()
    line.setText("01 02 03 04")
    dialog.accept()
    settled()
    assert window.workspace.current.container.source.read(2000, 4) == bytes([1, 2, 3, 4])
    trigger(window, "edit.flip")
    flipping = dialog_of(window, qtbot)
    for wrong in ("8", "x", ""):
        flipping.findChild(QLineEdit).setText(wrong)
        assert not ok_of(flipping).isEnabled()
    flipping.findChild(QLineEdit).setText("7")
    flipping.accept()
    settled()
    assert window.workspace.current.container.source.read(2000, 1)[0] == 0x81


def test_commands_say_why_they_do_nothing(window, document, qtbot):
    document.select_span(document.container.root.children[0])
    remarks: list[str] = []
    window.statusBar().messageChanged.connect(remarks.append)
    for name in ("edit.field", "edit.discard", "compare.as_opened", "file.save_edited"):
        trigger(window, name)
    assert "made of parts" in remarks[0]
    assert remarks[1:] == ["Nothing is edited"] * 1
    assert document.editing.edits == ()


def test_the_context_menus_edit(window, document, settled, qtbot):
    menu = QMenu(window)
    told: list[str] = []
    add_field_edit(menu, document, document.container.root.children[0], window, told.append)
    add_byte_edits(menu, document, (2000, 1), window, told.append)
    menu.actions()[0].trigger()
    assert told == ["Header is made of parts, which can be edited one by one."]
    (flips,) = menu.findChildren(QMenu)  # PySide6 6.8 destroys one that an action was asked for
    bits = flips.actions()
    assert len(bits) == 8
    bits[-1].trigger()
    assert document.editing.edits[0].title.startswith("bit 0 of byte 2,000")
    settled()
    offered = QMenu(window)
    window.panels.view(BytesView.TITLE)._add_edits(offered)
    titles = [action.text() for action in offered.actions() if action.text()]
    assert titles == ["Edit &field…", "Edit &bytes…", "F&lip bit"]


def test_the_edited_file_is_saved_and_the_opened_one_refused(
    window, document, path, tmp_path, settled, monkeypatch
):
    before, target = path.read_bytes(), tmp_path / "edited.batched"
    document.editing.add(document.editing.bit_edit(2000, 0))
    settled()
    chosen = [str(path), str(target)]
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", staticmethod(lambda *_: (chosen.pop(0), ""))
    )
    trigger(window, "file.save_edited")
    settled()
    assert "never written to" in messages(window)
    trigger(window, "file.save_edited")
    settled()
    assert path.read_bytes() == before
    assert open_file(target).source.read(2000, 1)[0] == before[2000] ^ 1
    assert edit_commands.FILTER


def test_a_reload_tells_what_became_of_the_edits(window, document, path, settled):
    document.editing.add(document.editing.bit_edit(2000, 0))
    settled()
    data = path.read_bytes()
    path.write_bytes(data[:1990])
    window.workspace.reload(window.workspace.current)
    settled()
    told = messages(window)
    assert "Your edit is kept, and 0 in force" in told
    assert "Edits says what is the matter with 1" in told


def test_a_disk_change_is_still_told_after_an_edit(window, document, settled):
    window.workspace.changed_on_disk.emit(document)
    assert "has changed on disk" in messages(window)
    document.editing.add(document.editing.bit_edit(2000, 0))
    settled()
    assert "has changed on disk" in messages(window)


def test_the_tab_and_the_title_show_that_a_file_is_edited(window, document, settled):
    document.editing.add(document.editing.bit_edit(2000, 0))
    settled()
    assert window.windowTitle() == f"{NAME} (edited) – Ranscope"
