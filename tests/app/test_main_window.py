"""The whole window: commands, files, layout and faults, with the real views in it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QMenu,
    QPushButton,
    QTabBar,
    QTextBrowser,
    QWidget,
)

from app import theme
from app.actions import NO_FILE
from app.commands import COMMANDS, PANEL_SHORTCUTS, PANELS
from app.decoder_choice import Readiness
from app.focus_ring import FocusRing
from app.main_window import window as window_module
from app.theme import Choice
from app.view import NO_DOCUMENT
from app.workspace import sample_path
from tests.app.windows import action, at_rest

SAMPLE = sample_path()


@pytest.fixture
def opened(window, copies, qtbot):
    """The window with three files in it, at rest."""
    window.workspace.open(copies)
    qtbot.waitUntil(lambda: len(window.workspace.documents) == 3)
    at_rest(window, qtbot)
    return window


def sentences(window):
    return [row.sentence for row in window.messages.rows()]


# Commands


def test_every_command_has_an_effect_and_a_tooltip(window):
    effects = {**window._effects(), **window._panel_effects()}
    assert set(effects) == {command.name for command in COMMANDS}
    for command in COMMANDS:
        assert action(window, command.name).toolTip() == command.tooltip


def test_what_needs_a_file_is_enabled_with_one(window, copies, qtbot):
    def enabled():
        return {c.name for c in COMMANDS if action(window, c.name).isEnabled()}

    without_file = {c.name for c in COMMANDS if not c.needs_file} - {"file.clear_recent"}
    assert enabled() == without_file
    window.workspace.open(copies[:1])
    qtbot.waitUntil(lambda: window.workspace.current is not None)
    for name in {c.name for c in COMMANDS} - enabled():
        assert window._actions.why_not(name) not in ("", NO_FILE), name


def test_every_control_has_a_tooltip(opened):
    for button in opened.findChildren(QPushButton):
        assert button.toolTip() or button.parentWidget().toolTip(), button.text()


# Files


def test_without_a_file_the_window_says_what_to_do(window):
    texts = " ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())
    assert "drop files" in texts
    assert window.windowTitle() == "Ranscope"


def test_the_sample_opens_by_its_command(window, qtbot):
    action(window, "file.sample").trigger()
    qtbot.waitUntil(lambda: window.workspace.current is not None)
    assert window.workspace.current.path == SAMPLE.resolve()
    assert window.windowTitle().startswith(SAMPLE.name)


def test_files_open_by_dialog(window, copies, qtbot, monkeypatch):
    chosen = [str(path) for path in copies[:2]]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (chosen, ""))
    action(window, "file.open").trigger()
    qtbot.waitUntil(lambda: len(window.workspace.documents) == 2)


def test_files_open_by_dropping(window, copies, qtbot):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in copies] + [QUrl("https://example.org")])
    drop = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(drop)
    qtbot.waitUntil(lambda: len(window.workspace.documents) == 3)


def test_all_views_show_the_current_file(opened):
    for step in (0, 1, 1, -1):
        opened.workspace.step(step)
        current = opened.workspace.current
        assert {view.document for view in opened.panels.views()} == {current}
        assert opened.windowTitle().startswith(current.title)


def test_each_file_keeps_its_selection(opened):
    first, second, _ = opened.workspace.documents
    opened.workspace.show(first)
    first.select_symbol(3, 7)
    opened.workspace.show(second)
    second.select_tile(5)
    opened.workspace.show(first)
    assert (first.selection.tile, first.selection.symbol) == (3, 7)


def test_tabs_follow_the_workspace_and_the_other_way_round(opened):
    tabs = opened.findChild(QTabBar)
    workspace = opened.workspace
    assert [tabs.tabText(i) for i in range(3)] == [d.title for d in workspace.documents]
    tabs.setCurrentIndex(2)
    assert workspace.current is workspace.documents[2]
    tabs.moveTab(2, 0)
    assert [tabs.tabText(i) for i in range(3)] == [d.title for d in workspace.documents]
    action(opened, "view.next_file").trigger()
    assert tabs.currentIndex() == 1
    tabs.tabCloseRequested.emit(1)
    assert tabs.count() == 2
    assert workspace.current is workspace.documents[tabs.currentIndex()]


def test_after_the_last_file_the_window_is_as_at_first(opened):
    for _ in range(3):
        action(opened, "file.close").trigger()
    assert opened.windowTitle() == "Ranscope"
    assert all(view.document is None for view in opened.panels.views())
    without_file = ("Help", "Encode again", "Benchmarks")  # what they are about need not be a file
    empty = {v.empty_text for v in opened.panels.views() if v.TITLE not in without_file}
    assert empty == {NO_DOCUMENT}


def test_bad_files_cost_a_message_each_and_nothing_else(window, tmp_path, copies, qtbot):
    bad = [tmp_path / "empty", tmp_path / "text", tmp_path]
    bad[0].touch()
    bad[1].write_text("not a layer")
    window.workspace.open([*bad, copies[0]])
    qtbot.waitUntil(lambda: len(sentences(window)) == 3 and len(window.workspace.documents) == 1)
    at_rest(window, qtbot)
    assert any("(at byte 0)" in sentence for sentence in sentences(window))
    assert not any("Traceback" in sentence for sentence in sentences(window))


def test_a_changed_file_is_reloaded_on_request(opened, qtbot):
    document = opened.workspace.current
    document.select_tile(4)
    document.path.write_bytes(SAMPLE.read_bytes()[:60_000])
    qtbot.waitUntil(lambda: len(sentences(opened)) == 1)
    assert "changed on disk" in sentences(opened)[0]
    assert opened.workspace.current is document
    opened.messages.rows()[0].findChild(QPushButton).click()
    qtbot.waitUntil(lambda: opened.workspace.current is not document)
    assert opened.workspace.current.selection.tile == 4
    assert sentences(opened) == []
    at_rest(opened, qtbot)


def test_a_changed_file_is_reloaded_unasked_where_that_is_wished_for(opened, qtbot):
    action(opened, "file.reload_unasked").trigger()
    document = opened.workspace.current
    document.path.write_bytes(SAMPLE.read_bytes()[:60_000])
    qtbot.waitUntil(lambda: opened.workspace.current is not document)
    assert sentences(opened) == []
    at_rest(opened, qtbot)


@pytest.mark.parametrize("left", [0, 10, 1000, 60_000])
def test_a_file_that_shrinks_unseen_keeps_the_window_alive(opened, qtbot, left):
    document = opened.workspace.current
    with document.path.open("r+b") as file:
        file.truncate(left)
    for tile in (8, 0, 5):
        document.select_tile(tile)
        at_rest(opened, qtbot)
    document.select_bytes(121_000)
    action(opened, "jobs.check").trigger()
    for title in PANELS:
        opened.panels.go(title)
        QApplication.processEvents()
    at_rest(opened, qtbot)
    assert opened.workspace.current is document


def test_recent_files_are_offered_and_forgotten(opened, settings, copies):
    menu = next(m for m in opened.findChildren(QMenu) if "recen" in m.title())
    menu.aboutToShow.emit()
    names = [entry.text() for entry in menu.actions() if entry.text().endswith(".batched")]
    assert sorted(names) == ["0.batched", "1.batched", "2.batched"]
    copies[1].unlink()
    menu.aboutToShow.emit()
    assert "1.batched" not in [entry.text() for entry in menu.actions()]
    action(opened, "file.clear_recent").trigger()
    assert settings.recent == []
    assert not action(opened, "file.clear_recent").isEnabled()


# Panels and layout


def test_every_panel_is_reached_by_keyboard(opened, qtbot):
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    for title in (*PANELS, PANELS[0]):
        view = opened.panels.view(title)
        qtbot.keySequence(opened, QKeySequence.fromString(PANEL_SHORTCUTS[title]))
        qtbot.waitUntil(lambda view=view: opened.panels.focused_view() is view)


def test_panels_are_toggled_from_the_menu(opened):
    toggle = action(opened, "panel.bytes.show")
    opened._check_shown_panels()
    assert toggle.isChecked()
    toggle.trigger()
    assert opened.panels["Bytes"].isHidden()
    action(opened, "view.reset_layout").trigger()
    assert not opened.panels["Bytes"].isHidden()


def test_layout_and_size_are_remembered(opened, make_window, settings):
    opened.resize(790, 770)  # within the small screen of tests
    opened.panels["Problems"].close()
    opened.close()
    again = make_window()
    assert (again.width(), again.height()) == (790, 770)
    assert again.panels["Problems"].isHidden()


def test_a_window_closed_without_a_file_keeps_its_layout(window, make_window):
    """The panels are not seen then, which must not count as closed."""
    window.close()
    again = make_window()
    assert [title for title in PANELS if again.panels[title].isHidden()] == ["Help"]


def test_the_theme_is_chosen_and_remembered(window, settings):
    action(window, "view.theme_dark").trigger()
    assert theme.current().name == "dark"
    assert settings.theme is Choice.DARK
    assert not action(window, "view.theme_system").isChecked()


@pytest.mark.parametrize("size", [(1600, 1000), (1280, 800)])
def test_the_views_fit_into_the_window(opened, size):
    opened.resize(*size)
    QApplication.processEvents()
    assert (opened.width(), opened.height()) == size


@pytest.mark.parametrize("arrangement", ["view.debug_layout", "view.compare_layout"])
def test_an_arrangement_makes_no_small_window_taller(window, qtbot, arrangement):
    """Panels behind others are narrow, and must not ask for the height that they would need so."""
    window.workspace.open([str(SAMPLE.with_name("minilm_query_key_t128.rsc"))])
    qtbot.waitUntil(lambda: window.workspace.current is not None)
    window.resize(1280, 800)
    action(window, arrangement).trigger()
    debugging = window.workspace.current.debugging
    window.workspace.current.select_tile(0)
    debugging.start()
    qtbot.waitUntil(lambda: debugging.standing is not None and window.complete, timeout=30_000)
    assert (window.width(), window.height()) == (1280, 800)


def test_help_explains_every_panel_with_or_without_a_file(window, qtbot):
    action(window, "help.show").trigger()
    view = window.panels.view("Help")
    qtbot.waitUntil(view.isVisible)
    text = view.findChild(QTextBrowser).toPlainText()
    for panel in window.panels.views():
        assert panel.HELP in text
        assert panel.HELP.count(". ") + panel.HELP.endswith(".") == 2, panel.HELP
    for command in COMMANDS:
        assert command.tooltip in text


# What commands do


def test_going_to_an_offset_selects_it(opened, monkeypatch):
    monkeypatch.setattr(window_module, "ask_for_offset", lambda *_: 6)
    action(opened, "edit.go_to_offset").trigger()
    assert opened.workspace.current.selection.span == (6, 2)


def test_the_filter_of_structure_is_found_from_everywhere(opened, qtbot):
    opened.activateWindow()
    opened.panels.go("Selection")
    action(opened, "edit.filter").trigger()
    qtbot.waitUntil(lambda: opened.panels.focused_view() is opened.panels.view("Structure"))


def test_copying_puts_text_on_the_clipboard(opened, monkeypatch):
    QGuiApplication.clipboard().clear()
    view = opened.panels.view("Structure")
    monkeypatch.setattr(type(view), "copy_text", lambda _: "copied")
    opened.activateWindow()
    opened.panels.go("Structure")
    action(opened, "edit.copy").trigger()
    assert QGuiApplication.clipboard().text() == "copied"


def test_a_picture_is_saved_or_a_message_says_why_not(window, tmp_path, monkeypatch):
    targets = [str(tmp_path / "picture.png"), str(tmp_path / "no" / "folder.png"), ""]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (targets.pop(0), ""))
    for _ in range(3):
        action(window, "file.screenshot").trigger()
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
    assert len(sentences(window)) == 1
    assert "cannot be written" in sentences(window)[0]


def test_a_decoder_is_used_or_a_message_says_why_not(opened, settings, qtbot):
    """Whether this machine has a card or not."""
    action(opened, "decoder.cupy").trigger()
    qtbot.waitUntil(
        lambda: opened.decoders.used == "cupy" or bool(sentences(opened)), timeout=60_000
    )
    used = opened.decoders.used
    assert settings.decoder == "cupy"
    assert {document.decoder for document in opened.workspace.documents} == {used}
    assert action(opened, f"decoder.{used}").isChecked()
    if used != "cupy":
        (sentence,) = sentences(opened)
        assert sentence.startswith("The decoder cupy cannot be used: ")
        assert not action(opened, "decoder.cupy").isEnabled()
        assert action(opened, "decoder.cupy").toolTip() in sentence
    action(opened, "decoder.reference").trigger()
    assert {document.decoder for document in opened.workspace.documents} == {"reference"}
    at_rest(opened, qtbot)


def test_a_card_is_not_looked_for_before_somebody_wants_to_know(opened, qtbot):
    def cupy():
        return next(offer for offer in opened.decoders.offers if offer.name == "cupy")

    assert cupy().readiness is Readiness.UNASKED
    opened.panels.go("Decoding")
    qtbot.waitUntil(
        lambda: cupy().readiness in (Readiness.READY, Readiness.UNAVAILABLE), timeout=60_000
    )


def test_the_whole_tensor_is_decoded_on_request(opened, qtbot):
    action(opened, "jobs.decode_whole").trigger()
    qtbot.waitUntil(lambda: bool(opened.workspace.current.whole_runs), timeout=20_000)
    view = opened.panels.view("Decoding")
    qtbot.waitUntil(lambda: "147,456 weights, decoded by cpu" in view.text)
    at_rest(opened, qtbot)


def test_quitting_stops_all_work(opened):
    opened.workspace.current.check()
    action(opened, "file.quit").trigger()
    assert not opened.isVisible()
    assert not opened.jobs.busy


def _focused() -> QWidget:
    focused = QApplication.focusWidget()
    assert focused is not None
    return focused


def test_tab_reaches_all_that_is_seen_in_a_restored_arrangement(opened, make_window, qtbot):
    """Once round, and on every widget it is shown where the keyboard is."""
    action(opened, "view.debug_layout").trigger()
    opened.close()
    again = make_window()
    again.workspace.open([SAMPLE])
    qtbot.waitUntil(lambda: bool(again.workspace.documents))
    at_rest(again, qtbot)
    again.activateWindow()
    again.panels.go("Structure")
    ring, reached = again.findChild(FocusRing), [_focused()]
    while len(reached) < 500:
        QTest.keyClick(_focused(), Qt.Key.Key_Tab)
        focused = _focused()
        if focused in reached[:-1]:
            break
        assert ring.shown_on is focused
        reached.append(focused)
    missed = [
        widget
        for widget in again.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.isEnabled()
        and not again.panels.hides(widget)
        and widget.focusProxy() is None
        and widget not in reached
    ]
    assert missed == []
    assert any(map(again.panels["Debugger"].isAncestorOf, reached))
