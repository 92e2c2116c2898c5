"""The keys of commands: what may be one, who loses theirs, what is kept and what of it is believed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QKeyCombination, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from app.commands import COMMANDS
from app.settings import Settings
from app.shortcuts import keymap
from app.shortcuts.editor import ShortcutEditor
from app.shortcuts.keys import native, portable, pressed, why_not
from app.shortcuts.table import Column

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture(autouse=True)
def keys_as_in_the_table(qapp):
    keymap.reset_all()
    yield
    keymap.reset_all()


# Which keys


@pytest.mark.parametrize(
    ("keys", "allowed"),
    [
        ("Ctrl+D", True),
        ("F6", True),
        ("Shift+F6", True),
        ("Alt+1", True),
        ("Ctrl+Alt+D", True),
        ("Ctrl+Tab", True),
        ("D", False),
        ("Shift+D", False),
        ("Return", False),
        ("Up", False),
        ("Alt+F", False),
        ("Alt+Tab", False),
    ],
)
def test_keys_that_panels_need_are_refused(qapp, keys, allowed):
    assert portable(keys) == keys
    reason = why_not(keys)
    assert (reason == "") is allowed
    assert allowed or reason.endswith(".")


@pytest.mark.parametrize("keys", ["", "no keys", "Ctrl+K, Ctrl+B", "Ctrl+"])
def test_what_is_no_single_press_is_no_key(qapp, keys):
    assert portable(keys) == ""


@pytest.mark.parametrize(
    ("key", "held", "text", "keys"),
    [
        (Qt.Key.Key_D, CTRL, "\x04", "Ctrl+D"),
        (Qt.Key.Key_D, CTRL | SHIFT, "\x04", "Ctrl+Shift+D"),
        (Qt.Key.Key_Exclam, CTRL | SHIFT, "!", "Ctrl+!"),
        (Qt.Key.Key_5, CTRL | Qt.KeyboardModifier.KeypadModifier, "", "Ctrl+5"),
        (Qt.Key.Key_F6, SHIFT, "", "Shift+F6"),
        (Qt.Key.Key_Control, CTRL, "", ""),
        (Qt.Key.Key_Alt, ALT, "", ""),
    ],
)
def test_a_press_is_written_as_the_table_writes_it(qapp, key, held, text, keys):
    assert pressed(QKeyCombination(held, key), text) == keys


# Changing


def test_keys_that_are_taken_go_over_to_the_other_command():
    assert keymap.keys_of("edit.go_to_offset") == "Ctrl+G"
    keymap.change("compare.swap", "Ctrl+G")
    assert keymap.keys_of("compare.swap") == "Ctrl+G"
    assert keymap.keys_of("edit.go_to_offset") == ""
    assert keymap.command_of("Ctrl+G").name == "compare.swap"
    keymap.reset("edit.go_to_offset")
    assert keymap.keys_of("edit.go_to_offset") == "Ctrl+G"
    assert keymap.keys_of("compare.swap") == ""
    assert keymap.changes() == {}


def test_no_keys_call_two_commands_whatever_is_changed():
    for name, keys in (
        ("jobs.check", "F8"),
        ("jobs.cancel", "F7"),
        ("file.open", "F7"),
        ("jobs.cancel", "F8"),
        ("jobs.check", ""),
    ):
        keymap.change(name, keys)
        used = [keymap.keys_of(command.name) for command in COMMANDS]
        assert len([each for each in used if each]) == len({each for each in used if each})


def test_what_is_stored_is_believed_only_where_it_makes_sense(qapp):
    keymap.use(
        {
            "jobs.check": "Ctrl+Alt+C",
            "jobs.cancel": "",
            "no.command": "Ctrl+Alt+N",
            "file.open": "D",
            "file.close": "what?",
            "file.reload": "Ctrl+Alt+C",
        }
    )
    assert keymap.changes() == {"jobs.check": "Ctrl+Alt+C", "jobs.cancel": ""}
    assert keymap.keys_of("file.open") == "Ctrl+O"


def test_a_choice_goes_before_the_table():
    """A later version may give keys to a command that the user has given to another."""
    keymap.use({"jobs.check": "Ctrl+O"})
    assert keymap.keys_of("jobs.check") == "Ctrl+O"
    assert keymap.keys_of("file.open") == ""


def test_changes_are_kept(tmp_path):
    path = tmp_path / "settings.ini"
    Settings(path).shortcuts = {"jobs.check": "Ctrl+Alt+C", "jobs.cancel": ""}
    assert Settings(path).shortcuts == {"jobs.check": "Ctrl+Alt+C", "jobs.cancel": ""}


@pytest.mark.parametrize("stored", ["", "{", "[]", '"text"', '{"jobs.check": 5}', "null"])
def test_settings_that_were_damaged_hold_no_changes(tmp_path, stored):
    settings = Settings(tmp_path / "settings.ini")
    settings._store.setValue("shortcuts", stored)
    assert settings.shortcuts == {}


def test_tooltips_follow(qtbot):
    button = QPushButton()
    qtbot.addWidget(button)
    keymap.KeyTip(button, "Check everything", "jobs.check")
    assert button.toolTip() == "Check everything (F7)"
    keymap.change("jobs.check", "Ctrl+Alt+C")
    assert button.toolTip() == f"Check everything ({native('Ctrl+Alt+C')})"
    keymap.change("jobs.check", "")
    assert button.toolTip() == "Check everything"
    assert keymap.with_keys("Next", "compare.next_coding", "N") == "Next (N; anywhere F3)"


# The editor, by keyboard alone


@pytest.fixture
def editor(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    editor = ShortcutEditor(parent)
    editor.show()
    qtbot.waitExposed(editor)
    editor.activateWindow()
    yield editor
    parent.close()


def press(editor, key, held=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(editor.focusWidget(), key, held)


def test_keys_are_changed_by_keyboard(editor, qtbot):
    qtbot.waitUntil(editor._filter.hasFocus)
    QTest.keyClicks(editor._filter, "full check")
    press(editor, Qt.Key.Key_Tab)
    assert editor._table.hasFocus()
    press(editor, Qt.Key.Key_Return)
    assert editor._field.hasFocus()
    press(editor, Qt.Key.Key_G, CTRL)
    assert "Go to offset" in editor._says.text()
    assert editor._assign.hasFocus()
    press(editor, Qt.Key.Key_Space)
    assert keymap.keys_of("jobs.check") == "Ctrl+G"
    assert keymap.keys_of("edit.go_to_offset") == ""
    assert editor._table.hasFocus()


def test_keys_that_cannot_be_are_refused_with_a_reason(editor):
    editor.choose("jobs.check")
    editor._field.setFocus()
    press(editor, Qt.Key.Key_D)
    assert "typing" in editor._says.text()
    assert not editor._assign.isEnabled()
    press(editor, Qt.Key.Key_F7)
    assert "already" in editor._says.text()
    assert not editor._assign.isEnabled()


def test_the_field_lets_go_of_the_keyboard(editor):
    editor.choose("jobs.check")
    editor._field.setFocus()
    press(editor, Qt.Key.Key_Tab)
    assert not editor._field.hasFocus()
    editor._field.setFocus()
    press(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible()


def test_what_was_changed_is_marked_and_reset(editor):
    editor.choose("jobs.check")
    editor._remove.click()
    assert keymap.keys_of("jobs.check") == ""
    row = editor._table.currentIndex().row()
    cell = editor._shown.index(row, Column.KEYS)
    assert cell.data(Qt.ItemDataRole.FontRole).bold()
    editor._reset.click()
    assert keymap.keys_of("jobs.check") == "F7"


def answer(editor, text, asked):
    """Presses a button of the question as soon as it is asked."""

    def press_button():
        box = editor.findChild(QMessageBox)
        asked.append(box.text())
        next(each for each in box.buttons() if each.text().replace("&", "") == text).click()

    QTimer.singleShot(0, press_button)


def test_all_keys_are_reset_once_it_is_meant(editor, qtbot):
    keymap.change("jobs.check", "Ctrl+Alt+F8")
    keymap.change("jobs.cancel", "Ctrl+Alt+F9")
    editor._show_chosen()
    changes = keymap.changes()
    asked: list[str] = []
    assert len(changes) == 2
    answer(editor, "Cancel", asked)
    editor._reset_all.click()
    assert keymap.changes() == changes
    answer(editor, "Reset all", asked)
    editor._reset_all.click()
    assert keymap.changes() == {}
    assert asked == ["2 commands have other keys than at first."] * 2
    assert not editor._reset_all.isEnabled()


def test_every_command_is_listed(editor):
    assert editor._shown.rowCount() == len(COMMANDS)
    editor._filter.setText("no command is called like this")
    assert editor._shown.rowCount() == 0
    assert not editor._field.isEnabled()
    editor._filter.clear()
    assert editor._field.isEnabled()
