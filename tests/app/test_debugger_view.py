"""The Debugger panel: what it shows, what its controls do, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollArea,
    QStyledItemDelegate,
)

from app import theme
from app.models.debug_breakpoints import CONDITION, NOTE, STOPS
from app.models.debug_steps import DebugStepTable
from app.session.breakpoint import Breakpoint
from app.view import NO_DOCUMENT
from app.views.debugger import DebuggerView
from app.views.debugger.completing import MEANINGS
from codec.comparison.output import SideKind
from codec.comparison.side import Side
from codec.conditions.condition import parse
from codec.conditions.presets import PRESETS
from codec.stepping.units import Unit
from codec.stepping.walk import Direction
from tests.app.native import PLAIN_TILE, small_lanes
from tests.app.windows import on_screen

GAUSSIAN = "gaussian10_300x200_t64.batched"

# Offers of names stand in a popup.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard")


@pytest.fixture
def view(qtbot):
    return on_screen(qtbot, DebuggerView(), 900, 600)


@pytest.fixture
def shown(view, qtbot, settle):
    """Has the view show what there is, all jobs done."""

    def wait():
        settle()
        qtbot.waitUntil(lambda: not view._late)

    return wait


@pytest.fixture
def stepping(view, open_legacy, shown, tmp_path):
    """A document that is stepped through, in the view."""

    def start(layout="batched"):
        path = tmp_path / "few.rsc"
        path.write_bytes(small_lanes())
        document = open_legacy(GAUSSIAN if layout == "batched" else path)
        document.select_tile(0 if layout == "batched" else PLAIN_TILE)
        view.set_document(document)
        document.debugging.start()
        shown()
        return document

    return start


def click(qtbot, view, text):
    found = [b for b in view.findChildren(QAbstractButton) if b.text() == text and b.isVisible()]
    assert len(found) == 1, text
    assert found[0].isEnabled()
    qtbot.mouseClick(found[0], Qt.MouseButton.LeftButton)


def test_without_a_document_it_says_so(view):
    assert view.empty_text == NO_DOCUMENT


def test_before_anything_is_stepped_it_says_how(view, open_legacy, shown):
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    shown()
    assert "No stream is stepped through" in view._state.text()
    assert view.timeline.marks.steps == 0
    click_free = [b for b in view.findChildren(QAbstractButton) if not b.toolTip()]
    assert all(b.parent().toolTip() or not b.text() for b in click_free)


def test_buttons_step_run_and_jump(view, stepping, shown, qtbot):
    document = stepping()
    debugging = document.debugging
    for text, step in (("▶", 1), ("▶", 2), ("◀", 1), ("▶|", debugging.steps), ("|◀", 0)):
        click(qtbot, view, text)
        shown()
        assert debugging.step == step, text
    debugging.breakpoints.add(Breakpoint("step == 7"))
    for text, step in (("▶▶", 7), ("▶▶", debugging.steps), ("◀◀", 7)):
        click(qtbot, view, text)
        shown()
        assert debugging.step == step, text


def test_the_unit_is_what_the_buttons_go_over(view, stepping, shown, qtbot):
    document = stepping()
    box = next(b for b in view.findChildren(QComboBox) if b.accessibleName() == "Unit of a step")
    box.setCurrentIndex(2)
    click(qtbot, view, "▶")
    shown()
    assert document.debugging.step == 64
    click(qtbot, view, "◀")
    shown()
    assert document.debugging.step == 0


def test_a_button_has_the_other_decoder_take_the_steps(view, stepping, shown, qtbot):
    document = stepping()
    other = next(b for b in view.findChildren(QAbstractButton) if b.text() == "Other")
    click(qtbot, view, "Other")
    shown()
    assert document.debugging.walker is not None
    assert document.debugging.walker.name != document.decoder
    assert other.isChecked()
    click(qtbot, view, "Other")
    shown()
    assert document.debugging.walker is None
    assert not other.isChecked()


def test_a_file_on_the_other_side_takes_no_steps(view, stepping, shown, qtbot):
    document = stepping()
    path = str(document.path)
    document.comparing.use(Side(SideKind.DECODER, document.decoder), Side(SideKind.FILE, path))
    shown()
    other = next(b for b in view.findChildren(QAbstractButton) if b.text() == "Other")
    click(qtbot, view, "Other")
    assert document.debugging.walker is None
    assert not other.isChecked()
    assert "is a file: open it to step through its streams." in view._note.text()


def test_the_field_jumps(view, stepping, shown, qtbot):
    document = stepping()
    field = next(e for e in view.findChildren(QLineEdit) if e.accessibleName() == "Step")
    for typed, step in (("100", 100), ("+20", 120), ("nonsense", 120), ("end", 4096)):
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, typed)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        shown()
        assert document.debugging.step == step


def test_the_card_shows_the_next_step(view, stepping, shown):
    document = stepping()
    document.debugging.jump(33)
    shown()
    trace, row = document.debugging.window, document.debugging.standing.row
    assert "Step 33 decodes" in view.card.shown
    assert f"{int(trace['state_before'][row]):,} mod 4,096" in view.card.shown
    view.card.selectAll()  # what is read can be copied
    assert "Step 33 decodes" in view.card.textCursor().selectedText()
    assert "Tile 0, before decode step 33 of 4,096" in view._state.text()
    document.debugging.jump_to_end()
    shown()
    assert "No step is left" in view.card.shown


def test_the_timeline_scrubs_by_mouse_and_keyboard(view, stepping, shown, qtbot):
    document = stepping()
    debugging, line = document.debugging, view.timeline
    middle = QPoint(round(line.scale.x(2048)), line.height() // 2)
    qtbot.mousePress(line, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(line, middle + QPoint(40, 0))
    qtbot.mouseRelease(line, Qt.MouseButton.LeftButton, pos=middle + QPoint(40, 0))
    shown()
    assert abs(debugging.step - line.scale.step_at(middle.x() + 40)) <= line.scale.steps_a_pixel
    line.setFocus()
    for key, step in (
        (Qt.Key.Key_Home, 0), (Qt.Key.Key_Right, 1), (Qt.Key.Key_Left, 0), (Qt.Key.Key_Left, 0),
        (Qt.Key.Key_PageDown, 4096 // 20), (Qt.Key.Key_End, 4096), (Qt.Key.Key_Right, 4096),
    ):  # fmt: skip
        qtbot.keyClick(line, key)
        shown()
        assert debugging.step == step


def test_the_timeline_marks_breakpoints_and_the_selection(view, stepping, shown):
    document = stepping()
    document.select_symbol(0, 700)
    assert document.debugging.toggle_breakpoint()
    document.debugging.breakpoints.add(Breakpoint("symbol_index == 9", tensor=0, tile=3))
    document.debugging.breakpoints.add(Breakpoint("step == 20"))
    document.debugging.breakpoints.add(Breakpoint("step == 4096"))
    document.debugging.breakpoints.add(Breakpoint("freq == 1"))
    shown()
    marks = view.timeline.marks
    assert (marks.selected, marks.breaks, marks.cursor, marks.row) == (700, (20, 700), 0, 64)
    document.debugging.set_direction(Direction.ENCODE)
    shown()
    assert view.timeline.marks.breaks == (20, 4095 - 700)
    assert not view.grab().isNull()


def test_choosing_a_step_selects_it_and_entering_goes_there(view, stepping, shown, qtbot):
    document = stepping()
    table = view.step_table
    table.setFocus()
    table.selectRow(12)
    shown()
    assert document.selection.symbol == 12
    assert document.debugging.step == 0
    assert table.selected_rows() == [12]
    qtbot.keyClick(table, Qt.Key.Key_Return)
    shown()
    assert document.debugging.step == 12


def test_the_selected_row_follows_the_selection(view, stepping, shown):
    document = stepping()
    document.select_symbol(0, 40)
    shown()
    assert view.step_table.selected_rows() == [40]
    assert view.steps.cursor == 0
    document.select_tile(2)
    shown()
    assert view.step_table.selected_rows() == []
    assert "Tile 2 is selected; the cursor is in tile 0." in view._note.text()


def test_lanes_have_a_list_where_there_are_several(view, stepping, shown):
    stepping()
    assert not view.lists.isTabVisible(1)
    document = stepping("native")
    assert view.lists.isTabVisible(1)
    view.lists.setCurrentIndex(1)
    document.debugging.jump(5)
    shown()
    assert view.lanes.rowCount() == 4
    assert view.lanes.next_lane == 1


# Conditions


def test_a_condition_runs_ahead_and_back(view, stepping, shown, qtbot):
    document = stepping()
    line = view.condition.line
    line.setFocus()
    qtbot.keyClicks(line, "step == 300")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    shown()
    assert document.debugging.step == 300
    document.debugging.jump_to_end()
    qtbot.keyClick(line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    shown()
    assert document.debugging.step == 300
    assert "Stopped where step == 300." in view._note.text()


def test_a_wrong_condition_is_marked_where_it_is_wrong(view, stepping, shown, qtbot):
    document = stepping()
    line = view.condition.line
    qtbot.keyClicks(line, "state < frq")
    complaint = view.condition.complaint
    assert "<code>state &lt; <span" in complaint
    assert "frq" in complaint
    assert "did you mean freq?" in complaint
    click(qtbot, view, "Run to ▶")
    shown()
    assert document.debugging.step == 0
    assert line.cursorPosition() == len("state < ")
    line.setText("")
    qtbot.keyClicks(line, "freq == 1")
    assert view.condition.complaint == ""


def test_presets_are_conditions_that_are_written_into_the_line(view, stepping, qtbot):
    stepping()
    box = next(
        b for b in view.findChildren(QComboBox) if b.accessibleName().startswith("Conditions")
    )
    for number, preset in enumerate(PRESETS, 1):
        box.setCurrentIndex(number)
        box.activated.emit(number)
        assert parse(view.condition.line.text()).text == preset.text()
        assert box.currentIndex() == 0
        if preset.value:
            assert view.condition.line.selectedText() == str(preset.usual)


def test_names_are_completed(view, qtbot, open_legacy):
    view.set_document(open_legacy(GAUSSIAN))
    line = view.condition.line
    line.setFocus()
    qtbot.keyClicks(line, "1 < renorm")
    popup = line._popup
    qtbot.waitUntil(popup.isVisible)
    index = popup.model().index(0, 0)
    assert index.data().startswith("renormalised – ")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(popup, key)
    assert line.text() == "1 < renormalised"
    assert "byte0" in MEANINGS


def test_break_lists_the_condition(view, stepping, shown, qtbot):
    document = stepping()
    qtbot.keyClicks(view.condition.line, "freq == 1")
    click(qtbot, view, "Break")
    shown()
    assert document.debugging.breakpoints.all == (Breakpoint("freq == 1"),)
    model = view.breakpoints.table.model()
    assert model.index(0, CONDITION).data() == "freq == 1"
    document.work.history.undo()
    shown()
    assert model.rowCount() == 0


# Breakpoints


@pytest.fixture
def listed(view, stepping, shown):
    document = stepping()
    for condition in ("step == 5", "symbol == 300", "step == 50"):
        document.debugging.breakpoints.add(Breakpoint(condition))
    view.lists.setCurrentWidget(view.breakpoints)
    shown()
    return document


def test_breakpoints_are_ticked_edited_and_taken_away(view, listed, shown, qtbot):
    table, model = view.breakpoints.table, view.breakpoints.table.model()
    role = Qt.ItemDataRole
    table.setFocus()
    table.selectRow(1)
    table.setCurrentIndex(model.index(1, CONDITION))
    qtbot.keyClick(table, Qt.Key.Key_Space)
    shown()
    assert not listed.debugging.breakpoints.all[1].enabled
    assert model.setData(model.index(0, NOTE), "why", role.EditRole)
    assert model.setData(model.index(0, CONDITION), "step == 6", role.EditRole)
    shown()
    assert listed.debugging.breakpoints.all[0] == Breakpoint("step == 6", note="why")
    assert not model.setData(model.index(0, CONDITION), "step ==", role.EditRole)
    assert "character" in view.breakpoints._note.text()
    table.selectRow(1)
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    shown()
    assert [b.condition for b in listed.debugging.breakpoints.all] == ["step == 6", "step == 50"]


def test_stops_are_counted(view, listed, shown):
    listed.debugging.run(True)
    shown()
    assert listed.debugging.step == 5
    assert view.breakpoints.table.model().index(0, STOPS).data() == "1"


def test_a_breakpoint_is_made_about_one_tile(view, listed, shown, qtbot):
    view.breakpoints.table.selectRow(0)
    click(qtbot, view, "This tile ⇄ all")
    shown()
    assert (
        listed.debugging.breakpoints.all[0].tensor,
        listed.debugging.breakpoints.all[0].tile,
    ) == (0, 0)
    view.breakpoints.table.selectRow(0)
    click(qtbot, view, "This tile ⇄ all")
    assert listed.debugging.breakpoints.all[0].tile is None


def test_entering_a_breakpoint_runs_to_it(view, listed, shown, qtbot):
    view.breakpoints.table.selectRow(2)
    qtbot.keyClick(view.breakpoints.table, Qt.Key.Key_Return)
    shown()
    assert listed.debugging.step == 50


def test_a_breakpoint_that_does_not_parse_is_red_and_says_why(view, listed, shown):
    listed.debugging.breakpoints.add(Breakpoint("freq =="))
    shown()
    model = view.breakpoints.table.model()
    assert "character" in model.index(3, 0).data(Qt.ItemDataRole.ToolTipRole)
    listed.debugging.run(True)
    shown()
    assert listed.debugging.step == 5


# Both ways


def mirrored(document) -> bool:
    return document.debugging.mirror is not None


def test_both_coders_stand_beside_each_other_while_they_are_looked_at(view, stepping, shown):
    document = stepping("native")
    assert not mirrored(document)
    view.lists.setCurrentWidget(view.mirror)
    document.debugging.jump(700)
    shown()
    assert mirrored(document)
    assert view.mirror.table.model().rowCount() > 1000
    assert not view.card.isVisible()
    view.lists.setCurrentIndex(0)
    assert not mirrored(document)
    assert view.card.isVisible()


# All of it


@pytest.mark.parametrize("width", [250, 400, 1200])
def test_it_fits_into_any_width(view, stepping, shown, qtbot, width):
    stepping("native")
    for height in (200, 700):
        view.resize(width, height)
        for tab in range(view.lists.count()):
            view.lists.setCurrentIndex(tab)
            shown()
            content = view.controls.parentWidget()
            qtbot.waitUntil(lambda: content.width() <= width)  # noqa: B023
            for part in (view.controls, view.timeline, view.condition, view.lists):
                assert part.geometry().right() <= content.width()


def test_nothing_scrolls_at_the_size_that_a_small_window_gives_it(view, stepping, shown):
    stepping("native")
    view.resize(764, 370)
    view.lists.setCurrentWidget(view.step_table)
    shown()
    area = view.findChild(QScrollArea)
    QApplication.processEvents()
    assert area.verticalScrollBar().maximum() == 0
    assert view.step_table.height() > 4 * view.fontMetrics().height()


def test_both_next_steps_are_in_sight_beside_each_other(view, stepping, shown, qtbot):
    document = stepping("native")
    view.lists.setCurrentWidget(view.mirror)
    for step in (700, 2000):
        document.debugging.jump(step)
        shown()
        qtbot.waitUntil(lambda: mirrored(document))
        shown()
        table, row = view.mirror.table, view.mirror._model.cursor
        for each in (row - 1, row):
            place = table.visualRect(table.model().index(each, 0))
            assert table.viewport().rect().contains(place.center()), (step, each)


def test_colours_change(view, stepping, shown):
    stepping()
    before = theme.choice()
    try:
        theme.choose(theme.Choice.DARK)
        shown()
        dark = view.card.shown
        theme.choose(theme.Choice.LIGHT)
        assert view.card.shown != dark
    finally:
        theme.choose(before)


def test_tables_are_offered(view, listed):
    names = {table.name for table in view.tables()}
    assert {"Breakpoints", "Lanes", "Next step"} < names
    for table in view.tables():
        parts = list(table.parts())
        assert sum(len(part[0]) for part in parts) == table.rows


def test_another_document_takes_the_place(view, stepping, open_legacy, shown):
    stepping()
    view.set_document(open_legacy("gaussian10_512x384_t256.wcdc"))
    shown()
    assert view.steps.rowCount() == 0
    assert "No stream" in view._state.text()
    view.set_document(None)
    assert view.empty_text == NO_DOCUMENT


@pytest.mark.parametrize("direction", Direction)
def test_the_timeline_marks_the_checkpoints(view, stepping, shown, direction):
    document = stepping()
    document.debugging.set_direction(direction)
    shown()
    interval = view.timeline.marks.interval
    assert interval in (256, 4096)
    assert f"Every {interval:,} steps there is a checkpoint." in view.timeline._tip(50)


def test_a_step_paints_two_rows_and_asks_for_no_widths(view, stepping, shown, qtbot, monkeypatch):
    document = stepping()
    document.debugging.jump(100)
    shown()
    qtbot.wait(50)
    asked: set[int] = set()
    painted: set[int] = set()
    plain, header = DebugStepTable.plain_text, DebugStepTable.headerData

    def plain_text(model, row, column):
        painted.add(row)
        return plain(model, row, column)

    def header_data(model, section, *more):
        asked.add(section)
        return header(model, section, *more)

    monkeypatch.setattr(DebugStepTable, "plain_text", plain_text)
    monkeypatch.setattr(DebugStepTable, "headerData", header_data)
    document.debugging.step_by(Unit.SYMBOL, forward=True)
    shown()
    qtbot.wait(50)
    assert document.debugging.step == 101
    assert painted <= {99, 100, 101, 102}  # the edges of neighbours, too
    assert (
        len(asked) < 60
    )  # the rows in sight and the titles, and not a thousand to find how wide they are


def test_plain_cells_look_as_qt_paints_them(view, stepping, shown, qtbot):
    stepping()
    table = view.step_table
    ours = table.viewport().grab().toImage()
    table.setItemDelegate(QStyledItemDelegate(table))
    theirs = table.viewport().grab().toImage()
    assert ours == theirs
