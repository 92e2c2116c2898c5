"""Commands in the real window: found, called by keys that change, exported; all of it by the keyboard alone."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QSplitter,
    QTabBar,
    QTableView,
    QTextBrowser,
    QToolBar,
    QToolButton,
    QWidget,
)

from app import theme
from app.commands import COMMANDS
from app.export_commands import ExportCommands
from app.exporting.dialog import TableChooser
from app.exporting.formats import Format
from app.focus_ring import LINE_NAME
from app.main_window import MainWindow
from app.shortcuts import keymap
from app.workspace import sample_path
from codec.comparison.output import SideKind
from codec.comparison.side import Side
from tests.app.windows import action, at_rest

WITHOUT_TABLES = {"Help"}
"""Panels that show no data."""

LATER = {
    "Divergence", "Files", "Debugger", "Edits", "Bookmarks", "Encode again", "Benchmarks",
}  # fmt: skip
"""Panels that have some only once there are two traces or two files, or something was made in them."""


@pytest.fixture
def window(qtbot, settings):
    before = theme.choice()
    window = MainWindow(settings)
    qtbot.addWidget(window)
    window.resize(1600, 1000)
    with qtbot.waitSignal(window.completed, timeout=60_000):
        window.show()
    yield window
    window.close()
    theme.choose(before)
    keymap.reset_all()


@pytest.fixture
def opened(window, qtbot):
    window.workspace.open([sample_path()])
    qtbot.waitUntil(lambda: window.workspace.current is not None, timeout=60_000)
    at_rest(window, qtbot)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def focused() -> QWidget:
    """What has the keyboard."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def compared(window, qtbot, tmp_path):
    """The window with a dump beside its file, and everything that panels may show asked for."""
    document = window.workspace.current
    weights = np.zeros((document.tensor.rows, document.tensor.cols), dtype=np.int8)
    np.save(tmp_path / "dump.npy", weights)
    document.comparing.use(None, Side(SideKind.DUMP, str(tmp_path / "dump.npy")))
    document.decode_whole()
    document.select_symbol(0, 3)
    at_rest(window, qtbot)
    return document


# One registry


def test_the_palette_has_every_command(opened):
    entries = {entry.key: entry for entry in opened.registry._entries()}
    assert {command.name for command in COMMANDS} - set(entries) == {"help.palette"}
    for command in COMMANDS:
        if command.name in entries:
            entry = entries[command.name]
            assert (entry.title, entry.tooltip) == (command.plain_title, command.tooltip)
            assert bool(entry.why_not) is not action(opened, command.name).isEnabled()


def test_a_command_that_can_do_nothing_says_why(window):
    entries = {entry.key: entry for entry in window.registry._entries()}
    assert entries["compare.swap"].why_not == "No file is open."
    window._actions.forbid("file.open", "The disk is on fire.")
    assert not action(window, "file.open").isEnabled()
    assert action(window, "file.open").toolTip() == "The disk is on fire."
    window._actions.enable_for_file(True)
    assert not action(window, "file.open").isEnabled()
    window._actions.forbid("file.open", "")
    assert action(window, "file.open").isEnabled()


def test_the_palette_finds_files_that_are_open_and_that_were(opened, qtbot, tmp_path):
    other = tmp_path / "another.batched"
    shutil.copy(sample_path(), other)
    opened.workspace.open([other])
    qtbot.waitUntil(lambda: len(opened.workspace.documents) == 2, timeout=60_000)
    at_rest(opened, qtbot)
    first, second = opened.workspace.documents

    def entry(document):
        return next(e for e in opened.registry._entries() if e.key == f"open {document.path}")

    assert entry(second).place == "Open file"
    entry(first).act()
    assert opened.workspace.current is first
    opened.workspace.close(second)
    assert entry(second).place == "Opened before"
    entry(second).act()
    qtbot.waitUntil(lambda: len(opened.workspace.documents) == 2, timeout=60_000)
    at_rest(opened, qtbot)


def test_the_palette_is_called_and_does(opened, qtbot):
    qtbot.keySequence(opened, QKeySequence("Ctrl+Shift+P"))
    QTest.keyClicks(focused(), "go to problems")
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    before = opened.workspace.current
    qtbot.keySequence(opened, QKeySequence("Ctrl+Shift+P"))
    QTest.keyClicks(focused(), "reload")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened.workspace.current is not before, timeout=60_000)
    at_rest(opened, qtbot)


def test_changed_keys_call_the_command_and_are_told_everywhere(opened, qtbot, settings):
    keymap.change("help.show", "Ctrl+Alt+H")
    assert action(opened, "help.show").shortcut() == QKeySequence("Ctrl+Alt+H")
    assert settings.shortcuts == {"help.show": "Ctrl+Alt+H"}
    qtbot.keySequence(opened, QKeySequence("Ctrl+Alt+H"))
    view = opened.panels.view("Help")
    qtbot.waitUntil(view.isVisible)
    assert "Ctrl+Alt+H" in view.findChild(QTextBrowser).toPlainText()
    keymap.change("jobs.check", "Ctrl+Alt+C")
    bar = opened.findChild(QToolBar)
    button = bar.widgetForAction(action(opened, "jobs.check"))
    assert "Ctrl+Alt+C" in button.toolTip()
    keymap.reset_all()
    assert action(opened, "help.show").shortcut() == QKeySequence("F1")
    assert settings.shortcuts == {}


def test_the_toolbar_is_made_of_the_table(opened, settings):
    bar = opened.findChild(QToolBar)
    texts = [each.iconText() for each in bar.actions() if not each.isSeparator()]
    assert texts == [command.toolbar for command in COMMANDS if command.toolbar]
    assert bar.isVisible()
    action(opened, "view.toolbar").trigger()
    assert not bar.isVisible()
    assert not settings.toolbar
    action(opened, "view.toolbar").trigger()
    assert bar.isVisible()


def test_what_a_narrow_window_has_no_room_for_is_behind_a_sign_that_is_seen(opened):
    """Qt draws that button as a black picture, which is not seen in the dark, and gives it no name."""
    more = opened.findChild(QToolBar).findChild(QToolButton, "qt_toolbar_ext_button")
    assert more.text() == "»"
    assert more.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextOnly
    assert more.toolTip()
    assert more.accessibleName()


# The keyboard alone


def stops(window):
    """Where Tab leads, from where the keyboard is until it comes back there."""
    found: list[QWidget] = []
    for _ in range(2_000):
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused not in found:
            found.append(focused)
        elif focused is not found[-1]:
            return found
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not come round; it stays at {QApplication.focusWidget()}")


def controls(view):
    """All that takes the keyboard in a view now."""
    return [
        part
        for part in view.findChildren(QWidget)
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus
        and part.isEnabled()
        and part.isVisible()
        and part.focusProxy() is None
    ]


def test_tab_reaches_every_control_of_every_panel(opened, qtbot, tmp_path):
    compared(opened, qtbot, tmp_path)
    missed = {}
    for view in opened.panels.views():
        opened.panels.go(view.TITLE)
        qtbot.waitUntil(lambda view=view: opened.panels.focused_view() is view)
        at_rest(opened, qtbot)
        expected = controls(view)
        reached = stops(opened)
        behind = [part for part in reached if opened.panels.hides(part)]
        assert behind == [], (view.TITLE, [part.toolTip() for part in behind])
        still = controls(view)  # going about may enable and disable some
        left_out = [part for part in expected if part in still and part not in reached]
        if left_out:
            missed[view.TITLE] = [part.toolTip() or part.accessibleName() for part in left_out]
    assert missed == {}


@pytest.mark.parametrize("choice", [theme.Choice.LIGHT, theme.Choice.DARK])
def test_where_the_keyboard_is_can_be_seen(opened, qtbot, choice):
    theme.choose(choice)
    accent = theme.current().accent
    for title in ("Structure", "Bytes", "Tiles", "Frequencies", "Problems"):
        opened.panels.go(title)
        QApplication.processEvents()
        focused = QApplication.focusWidget()
        assert opened.focus_ring.shown_on is focused
        picture = focused.grab().toImage()
        corner = QColor(picture.pixel(picture.width() // 2, 0))
        assert corner.rgb() == accent.rgb(), title
    chooser = TableChooser(opened.findChild(ExportCommands)._offers(), opened)
    chooser.show()
    chooser.activateWindow()
    chooser._list.setFocus()
    qtbot.waitUntil(lambda: opened.focus_ring.shown_on is chooser._list)
    chooser.close()
    chooser.deleteLater()
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    opened.panels.go("Structure")
    assert opened.focus_ring.shown_on is QApplication.focusWidget()
    lines = [line for line in opened.findChildren(QWidget, LINE_NAME) if line.isVisible()]
    assert len(lines) == 1


def test_no_letter_of_a_panel_opens_a_menu(opened):
    """Alt with it would open the menu once and lead to the control the next time."""
    menus = {QKeySequence.mnemonic(menu.text()).toString() for menu in opened.menuBar().actions()}
    clashes = {}
    for view in opened.panels.views():
        parts = [label for label in view.findChildren(QLabel) if label.buddy() is not None]
        parts += view.findChildren(QAbstractButton)
        texts = [p.text() for p in parts if QKeySequence.mnemonic(p.text()).toString() in menus]
        if texts:
            clashes[view.TITLE] = texts
    assert clashes == {}


def test_the_ring_outlives_what_it_was_on(opened, qtbot):
    part = QTextBrowser(opened)
    part.show()
    part.setFocus()
    qtbot.waitUntil(lambda: opened.focus_ring.shown_on is part)
    part.deleteLater()
    qtbot.waitUntil(lambda: opened.focus_ring.shown_on is not part)
    opened.panels.go("Structure")
    assert opened.focus_ring.shown_on is QApplication.focusWidget()


def test_tabs_that_take_the_keyboard_have_a_name(opened):
    for bar in opened.findChildren(QTabBar):
        assert bar.accessibleName() or bar.parentWidget() is not opened.panels


def test_a_panel_is_taken_out_by_keyboard(opened, qtbot):
    opened.panels.go("Bytes")
    action(opened, "view.float_panel").trigger()
    assert opened.panels["Bytes"].isFloating()
    qtbot.waitUntil(lambda: opened.panels.focused_view() is opened.panels.view("Bytes"))
    action(opened, "view.float_panel").trigger()
    assert not opened.panels["Bytes"].isFloating()


# Exporting


def test_the_borders_between_panels_are_moved_by_keyboard(opened):
    action(opened, "panel.structure.go").trigger()
    panel = opened.panels["Structure"]
    width, height = panel.width(), panel.height()
    action(opened, "size.wider").trigger()
    QApplication.processEvents()
    assert panel.width() > width
    action(opened, "size.narrower").trigger()
    QApplication.processEvents()
    assert panel.width() == width
    action(opened, "size.higher").trigger()
    QApplication.processEvents()
    higher = panel.height()
    assert higher > height
    action(opened, "size.lower").trigger()
    QApplication.processEvents()
    assert panel.height() < higher


def test_the_border_within_a_panel_is_moved_by_keyboard(opened):
    action(opened, "panel.tiles.go").trigger()
    view = opened.panels.view("Tiles")
    table = view.findChild(QTableView)
    table.setFocus()
    splitter = next(
        each
        for each in view.findChildren(QSplitter)
        if each.isAncestorOf(table) and each.count() > 1
    )
    place = next(n for n in range(splitter.count()) if splitter.widget(n).isAncestorOf(table))
    before = splitter.sizes()
    action(opened, "size.more").trigger()
    assert splitter.sizes()[place] >= before[place]
    grown = splitter.sizes()
    action(opened, "size.less").trigger()
    assert splitter.sizes()[place] < grown[place]
    assert sum(splitter.sizes()) == sum(before)


def test_every_panel_offers_its_tables(opened, qtbot, tmp_path):
    compared(opened, qtbot, tmp_path)
    without = set()
    for view in opened.panels.views():
        tables = view.tables()
        if not tables:
            without.add(view.TITLE)
        names = [table.name for table in tables]
        assert len(set(names)) == len(names)
        for table in tables:
            assert len(set(table.columns)) == len(table.columns)
            assert all(name == name.lower() and " " not in name for name in table.columns), names
            part = next(iter(table.parts()), None)
            if part is not None:
                assert len(part) == len(table.columns)
                assert len({len(values) for values in part}) == 1
    assert without <= WITHOUT_TABLES | LATER


@pytest.fixture
def choose_first(monkeypatch, tmp_path):
    """Has the dialogs answered: the table of a name, a format, a file."""

    def choose(name, format_, target):
        def accept(chooser):
            row = next(n for n, offer in enumerate(chooser._offers) if offer.table.name == name)
            chooser._list.setCurrentItem(chooser._list.topLevelItem(row))
            chooser._format.setCurrentIndex(list(Format).index(format_))
            return QDialog.DialogCode.Accepted

        monkeypatch.setattr(TableChooser, "exec", accept)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))

    return choose


def test_a_table_is_exported_by_its_command(opened, qtbot, tmp_path, choose_first):
    choose_first("Tiles", Format.JSON, tmp_path / "tiles")
    action(opened, "export.table").trigger()
    at_rest(opened, qtbot)
    found = json.loads((tmp_path / "tiles.json").read_bytes())
    assert len(found["rows"]) == len(opened.workspace.current.tensor.tiles)
    choose_first("Tiles", Format.CSV, tmp_path / "no" / "folder.csv")
    action(opened, "export.table").trigger()
    at_rest(opened, qtbot)
    assert "cannot be written" in opened.messages.rows()[-1].sentence


def test_the_tables_of_the_focused_panel_come_first(opened):
    exporting = opened.findChild(ExportCommands)
    for title in ("Problems", "Tiles"):
        opened.panels.go(title)
        QApplication.processEvents()
        assert exporting._offers()[0].panel == title


def test_the_chooser_is_used_by_keyboard(opened, qtbot):
    chooser = TableChooser(opened.findChild(ExportCommands)._offers(), opened)
    chooser.show()
    qtbot.waitExposed(chooser)
    first = chooser.chosen
    chooser._list.setFocus()
    QTest.keyClick(chooser._list, Qt.Key.Key_Down)
    assert chooser.chosen is not first
    assert ", ".join(chooser.chosen.table.columns) in chooser._columns.text()
    with qtbot.waitSignal(chooser.accepted):
        QTest.keyClick(chooser._list, Qt.Key.Key_Return)
    chooser.deleteLater()


def test_every_panel_becomes_a_picture(opened, tmp_path, monkeypatch):
    targets = {b"\x89PNG": tmp_path / "panel.png", b"<?xml": tmp_path / "panel.svg"}
    for view in opened.panels.views():
        opened.panels.go(view.TITLE)
        QApplication.processEvents()
        for start, target in targets.items():
            monkeypatch.setattr(
                QFileDialog, "getSaveFileName", lambda *_, target=target: (str(target), "")
            )
            action(opened, "export.panel").trigger()
            data = target.read_bytes()
            assert data.startswith(start), view.TITLE
            assert len(data) > 1_000, view.TITLE
            target.unlink()


def test_a_picture_that_cannot_be_saved_is_told(opened, tmp_path, monkeypatch):
    for name in ("panel.txt", "no/folder.png"):
        monkeypatch.setattr(
            QFileDialog, "getSaveFileName", lambda *_, name=name: (str(tmp_path / name), "")
        )
        action(opened, "export.panel").trigger()
    sentences = [row.sentence for row in opened.messages.rows()]
    assert any("does not end in" in sentence for sentence in sentences)
    assert any("cannot be written" in sentence for sentence in sentences)
    with suppress(FileNotFoundError):
        assert not (tmp_path / "panel.txt").exists()
