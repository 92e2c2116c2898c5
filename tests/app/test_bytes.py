"""Bytes: files of any size by pages, a cursor by mouse and keys, fields, steps and problems per byte."""

from __future__ import annotations

import os
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QToolButton, QToolTip

from app import theme
from app.document import Document
from app.models.byte_places import ProblemPlaces, StepBytes, UnclaimedPlaces
from app.models.byte_texts import numbers_sentence, pattern_from
from app.offsets import offset_from
from app.selection import Selection
from app.view import NO_DOCUMENT
from app.views.bytes import BytesView
from app.views.bytes.canvas import HexCanvas
from app.views.bytes.cursor_keys import Step
from app.views.bytes.geometry import WIDTHS, Geometry, columns_that_fit, offset_digits
from app.views.bytes.page import Sight, read_rows
from app.views.bytes.painting import hex_text
from app.views.bytes.scrolling import MOST, RowScale
from codec import decoders
from codec.formats import open_file, parse
from codec.problems import Problem
from codec.source import BytesSource, Source
from codec.spans import ListedSpans, Span, SpanKind
from tests.app.windows import on_screen
from tests.codec.files import LEGACY, with_bytes

GAUSSIAN = "gaussian10_300x200_t64.batched"
STREAMS = 1304
"""Where the streams of that file begin."""

pytestmark = pytest.mark.usefixtures("qapp")


class Zeros(Source):
    """A file of any size, without the bytes."""

    name = "zeros"

    def __init__(self, size: int) -> None:
        self.size = size

    def _pread(self, size: int, offset: int) -> bytes:
        return bytes(size)


@pytest.fixture
def view(qtbot):
    return on_screen(qtbot, BytesView(), 900, 500)


@pytest.fixture
def document(view, open_legacy, settle):
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    settle()
    return document


@pytest.fixture
def told(document):
    """A list that grows with every selection."""
    told: list[Selection] = []
    document.selection_changed.connect(told.append)
    return told


def canvas_of(view):
    return view.findChild(HexCanvas)


def place_of(canvas, offset):
    """The middle of a byte in the viewport."""
    row, column = divmod(offset, canvas.geometry_.columns)
    box = canvas.geometry_.hex_box(row - canvas.first_row, column, column)
    return box.center().toPoint()


def click(qtbot, view, offset, modifier=Qt.KeyboardModifier.NoModifier):
    canvas = canvas_of(view)
    at = place_of(canvas, offset)
    qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, modifier, at)


def said(view) -> str:
    return " ".join(label.text() for label in view.findChildren(QLabel) if label.isVisible())


def field(view, starts_with):
    (found,) = (
        e for e in view.findChildren(QLineEdit) if e.placeholderText().startswith(starts_with)
    )
    return found


def button(view, name):
    (found,) = (b for b in view.findChildren(QToolButton) if b.accessibleName() == name)
    return found


def gaussian() -> bytes:
    return (LEGACY[0].parent / GAUSSIAN).read_bytes()


# Places on the page


GEOMETRIES = st.builds(
    Geometry, st.floats(4, 30), st.floats(8, 60), st.integers(8, 16), st.sampled_from(WIDTHS)
)


@given(GEOMETRIES, st.data())
def test_the_middle_of_a_byte_is_that_byte(geometry, data):
    column = data.draw(st.integers(0, geometry.columns - 1))
    for box in geometry.boxes(5, column, column):
        assert geometry.column_at(box.center().x()) == column
        assert geometry.row_at(box.center().y()) == 5
        assert box.right() <= geometry.width


@given(GEOMETRIES, st.integers(0, 1 << 60), st.integers(0, 500), st.integers(0, 300))
def test_pieces_are_the_bytes_row_by_row(geometry, begin, size, first_row):
    first_row += begin // geometry.columns - 5
    rows, columns = 10, geometry.columns
    pieces = geometry.pieces(begin, begin + size, first_row, rows)
    found = [(first_row + r) * columns + c for r, a, b in pieces for c in range(a, b + 1)]
    low, high = first_row * columns, (first_row + rows) * columns
    assert found == list(range(max(begin, low), min(begin + size, high)))


@given(st.floats(50, 4000), st.floats(4, 30), st.integers(8, 16))
def test_as_many_bytes_a_row_as_fit(width, char, digits):
    columns = columns_that_fit(width, char, digits)
    fitting = [n for n in WIDTHS if Geometry(char, 1, digits, n).width <= width]
    assert columns == max(fitting, default=min(WIDTHS))


@pytest.mark.parametrize(
    ("size", "digits"), [(0, 8), (1 << 32, 8), ((1 << 32) + 1, 10), (1 << 40, 10), (1 << 60, 16)]
)
def test_offsets_have_as_many_digits_as_the_last_one(size, digits):
    assert offset_digits(size) == digits


@given(st.binary(max_size=32), st.integers(0, 31))
def test_hex_stands_where_the_geometry_says(data, first):
    geometry, text = Geometry(1, 1, 8, 64), hex_text(data, first)
    for i, byte in enumerate(data):
        at = int(geometry.hex_x(first + i) - geometry.hex_x(first))
        assert text[at : at + 2] == f"{byte:02X}"


# Rows on a scroll bar


@given(st.integers(0, 1 << 62), st.integers(1, 200))
def test_a_scroll_bar_reaches_both_ends_of_any_file(rows, page):
    scale = RowScale(rows, page)
    assert 0 <= scale.maximum <= MOST
    assert scale.row(0) == 0
    assert scale.row(scale.maximum) == scale.last_first
    assert scale.value(scale.last_first) == scale.maximum


@given(st.integers(0, 1 << 62), st.integers(1, 200), st.data())
def test_the_scroll_bar_shows_where_the_page_is(rows, page, data):
    scale = RowScale(rows, page)
    row = data.draw(st.integers(0, scale.last_first))
    assert 0 <= row - scale.row(scale.value(row)) < scale.per_value or row == scale.last_first
    if rows <= MOST:
        assert scale.row(scale.value(row)) == row


@given(st.integers(1, 1 << 40), st.integers(1, 99), st.booleans(), st.data())
def test_a_row_is_brought_into_sight(rows, page, stepping, data):
    scale = RowScale(rows, page)
    row = data.draw(st.integers(0, rows - 1))
    first = data.draw(st.integers(0, scale.last_first))
    found = scale.revealing(row, first, stepping)
    assert found <= row < found + page
    assert 0 <= found <= scale.last_first
    if first <= row < first + page:
        assert found == first


# What keys mean


KEYS = Qt.Key


@pytest.mark.parametrize(
    ("key", "control", "cursor", "target"),
    [
        (KEYS.Key_Right, False, 20, 21),
        (KEYS.Key_Left, False, 0, 0),
        (KEYS.Key_Down, False, 20, 36),
        (KEYS.Key_Down, False, 95, 95),
        (KEYS.Key_Up, False, 20, 4),
        (KEYS.Key_Up, False, 3, 3),
        (KEYS.Key_Home, False, 20, 16),
        (KEYS.Key_End, False, 20, 31),
        (KEYS.Key_End, False, 97, 99),
        (KEYS.Key_Home, True, 20, 0),
        (KEYS.Key_End, True, 20, 99),
        (KEYS.Key_PageDown, False, 20, 52),
        (KEYS.Key_PageDown, False, 90, 99),
        (KEYS.Key_PageUp, False, 20, 4),
        (KEYS.Key_A, False, 20, None),
        (KEYS.Key_Left, True, 20, None),
    ],
)
def test_a_key_leads_to_a_byte(key, control, cursor, target):
    assert Step(size=100, columns=16, page=2).target(key, control, cursor) == target


# What is typed


@pytest.mark.parametrize(
    ("text", "offset"),
    [("12", 12), ("0x1F", 31), (" 1,024 ", 1024), ("+16", 516), ("-0x10", 484), ("END", 1999)],
)
def test_an_offset_is_understood(text, offset):
    assert offset_from(text, 500, 2000) == offset


@pytest.mark.parametrize("text", ["", "x", "0x", "2000", "-501", "+1500", "1.5", "9" * 5000, "--4"])
def test_what_is_no_offset_of_the_file_is_refused(text):
    with pytest.raises(ValueError, match=r"offset|not in the file"):
        offset_from(text, 500, 2000)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("de ad", b"\xde\xad"),
        ("0xDEAD", b"\xde\xad"),
        ("beef", b"\xbe\xef"),
        ('"beef"', b"beef"),
        ("bee", b"bee"),
        ("WCDC", b"WCDC"),
        ('"ä"', "ä".encode()),
    ],
)
def test_a_pattern_is_understood(text, pattern):
    assert pattern_from(text) == pattern


@pytest.mark.parametrize("text", ["", "  ", '""'])
def test_nothing_is_no_pattern(text):
    with pytest.raises(ValueError, match="Write the bytes"):
        pattern_from(text)


# What is where


@pytest.mark.parametrize("path", LEGACY, ids=lambda path: path.name)
def test_regions_are_the_kinds_of_the_leaves(path):
    root = open_file(path).root
    leaves = [(leaf.kind, begin, end) for leaf, begin, end in root.leaves(0, root.end)]
    assert list(root.regions(0, root.end)) == leaves
    for begin in range(0, min(root.end, 3000), 37):
        part = [(k, max(b, begin), min(e, begin + 100)) for k, b, e in leaves]
        assert list(root.regions(begin, begin + 100)) == [p for p in part if p[1] < p[2]]


def problem(offset, size):
    return Problem("padding", offset, size, f"wrong at {offset}")


def test_problems_are_found_by_place_and_in_turn():
    problems = [problem(40, 10), problem(8, 4), problem(100, 0), problem(8, 8)]
    places = ProblemPlaces(problems)
    assert places.over(10, 12) == [problems[1], problems[3]]
    assert places.over(12, 13) == [problems[3]]
    assert places.over(50, 100) == []
    assert places.over(100, 101) == [problems[2]]
    forward, at = [], (0, 0)
    for _ in range(5):
        found = places.step(at, forward=True)
        at = found.offset, found.size
        forward.append(found)
    assert forward == [problems[1], problems[3], problems[0], problems[2], problems[1]]
    assert places.step((8, 4), forward=False) == problems[2]
    assert ProblemPlaces().step((0, 0), forward=True) is None


def test_unclaimed_bytes_are_found_in_turn():
    data = with_bytes(gaussian(), 1064 + 3 * 12 + 4, (1000).to_bytes(4, "little")) + b"behind"
    root = parse(BytesSource(data, "holes")).root
    places = UnclaimedPlaces(root)
    assert len(places) == 2
    first = places.step(0, forward=True).offset
    second = len(data) - 6
    assert places.step(first, forward=True).offset == second
    assert places.step(second, forward=True).offset == first
    assert places.step(second, forward=False).offset == first
    assert places.step(0, forward=False).offset == second
    sound = UnclaimedPlaces(parse(BytesSource(gaussian(), "sound")).root)
    assert not len(sound)
    assert sound.step(0, forward=True) is None


@pytest.mark.parametrize("part", [(0, 4096), (1000, 1500), (0, 0)])
def test_every_byte_knows_the_step_that_took_it(part):
    container = open_file(LEGACY[0].parent / GAUSSIAN)
    (tensor,) = container.tensors
    trace = decoders.make("reference").trace(container, tensor, 2, *part)
    steps, (begin, size) = StepBytes(trace), (int(tensor.tiles[n][2]) for n in ("offset", "size"))
    expected = [trace.row_of_byte(offset) for offset in range(begin, begin + size)]
    assert [steps.row(offset) for offset in range(begin, begin + size)] == expected
    turns = steps.turns(begin, begin + size).tolist()
    for (one, other), (before, after) in zip(pairwise(expected), pairwise(turns), strict=True):
        if None not in (one, other):
            assert after - before == int(one != other), "so that every other step is shaded"


def test_bytes_are_read_as_numbers():
    source = BytesSource(bytes([1, 254, 3, 4, 200]), "five")
    spaced = numbers_sentence(source, 1).replace("\N{NO-BREAK SPACE}", " ")
    assert spaced == "u8 254   i8 -2   u16 1,022   u32 3,355,706,366"
    assert numbers_sentence(source, 4).endswith("–")


# The view


def test_an_empty_view_says_why(view):
    assert view.empty_text == NO_DOCUMENT


@pytest.mark.parametrize("path", LEGACY, ids=lambda path: path.name)
@pytest.mark.parametrize("choice", [theme.Choice.LIGHT, theme.Choice.DARK])
def test_every_page_of_every_file_paints(path, choice, view, open_legacy, settle):
    before = theme.choice()
    theme.choose(choice)
    document = open_legacy(path)
    view.set_document(document)
    settle()
    for offset in np.linspace(0, document.container.source.size - 1, 7).astype(int).tolist():
        document.select_bytes(offset)
        settle()
        assert not view.grab().isNull()
    theme.choose(before)


def test_bytes_have_the_colour_of_their_kind(view, document):
    canvas = canvas_of(view)
    picture = canvas.viewport().grab().toImage()
    ratio = picture.devicePixelRatio()
    fills = theme.current().span_fills
    for offset, kind in ((12, SpanKind.HEADER), (37, SpanKind.PADDING), (44, SpanKind.TABLE)):
        row, column = divmod(offset, canvas.geometry_.columns)
        box = canvas.geometry_.hex_box(row, column, column)
        corner = (box.topLeft() + QPointF(2, 2)) * ratio
        assert picture.pixelColor(corner.toPoint()) == fills[kind]


def test_a_clicked_byte_selects_its_field(view, document, told, qtbot):
    click(qtbot, view, 9)
    assert told == [Selection(0, None, None, (8, 4))]
    assert canvas_of(view).sight.cursor == 9
    assert "header › rows" in said(view)
    assert "Byte 9 (0x9), 4 bytes selected" in said(view)


def test_a_clicked_renormalisation_byte_selects_its_step(view, document, told, qtbot, settle):
    document.select_bytes(STREAMS + 10)
    settle()
    told.clear()
    click(qtbot, view, STREAMS + 40)
    (selection,) = told
    assert (
        selection.symbol == document.trace["symbol_index"][document.trace.row_of_byte(STREAMS + 40)]
    )
    assert "taken by step" in said(view)


def test_several_bytes_are_selected_with_shift_and_by_dragging(view, document, told, qtbot):
    click(qtbot, view, 9)
    click(qtbot, view, 20, Qt.KeyboardModifier.ShiftModifier)
    assert told[-1].span == (9, 12)
    viewport, canvas = canvas_of(view).viewport(), canvas_of(view)
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(viewport, left, pos=place_of(canvas, 50))
    before = len(told)
    for offset in (52, 40, 35):
        qtbot.mouseMove(viewport, place_of(canvas, offset))
    assert len(told) == before, "views need not follow every move of the mouse"
    qtbot.mouseRelease(viewport, left, pos=place_of(canvas, 35))
    assert told[-1].span == (35, 16)
    assert view.copy_text() == gaussian()[35:51].hex(" ")
    assert document.selection.span == (35, 16)


def test_a_clicked_byte_of_the_selected_field_shows_the_field(view, document, qtbot):
    click(qtbot, view, 8)
    click(qtbot, view, 10)
    assert canvas_of(view).sight.selected == document.selection.span == (8, 4)
    assert canvas_of(view).sight.cursor == 10


def test_the_keyboard_does_all_that_the_mouse_does(view, document, told, qtbot):
    canvas = canvas_of(view)
    view.take_focus()
    assert QApplication.focusWidget() is canvas
    for key in (KEYS.Key_Right, KEYS.Key_Down, KEYS.Key_End):
        qtbot.keyClick(canvas, key)
    assert canvas.sight.cursor == 2 * canvas.geometry_.columns - 1
    qtbot.keyClick(canvas, KEYS.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert told[-1].span == (
        canvas.sight.cursor - canvas.geometry_.columns,
        canvas.geometry_.columns + 1,
    )
    qtbot.keyClick(canvas, KEYS.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert canvas.sight.cursor == len(gaussian()) - 1
    assert canvas.first_row > 0
    first = canvas.first_row
    qtbot.keyClick(canvas, KEYS.Key_PageUp)
    assert canvas.first_row < first


def test_a_selection_from_elsewhere_scrolls_there_and_selects_nothing(view, document, told):
    canvas = canvas_of(view)
    document.select_tile(19)
    assert len(told) == 1
    offset, size = document.selection.span
    assert canvas.sight.selected == (offset, size)
    assert canvas.sight.cursor == offset
    row = offset // canvas.geometry_.columns - canvas.first_row
    assert 0 < row < 40
    document.select_bytes(0)
    assert canvas.first_row == 0


def test_a_step_without_bytes_is_shown_as_a_place(view, document, settle):
    document.select_tile(0)
    settle()
    row = int(np.flatnonzero(document.trace["bytes_read"] == 0)[0])
    document.select_symbol(0, int(document.trace["symbol_index"][row]))
    assert document.selection.span[1] == 0
    assert "no byte selected" in said(view)
    assert not view.grab().isNull()


def test_a_symbol_of_a_refused_tensor_leads_to_its_stream(view, open_legacy, settle):
    document = open_legacy("brokentable_1024x1024_t256.batched")
    view.set_document(document)
    document.select_symbol(3, 5)
    settle()
    assert canvas_of(view).sight.cursor == document.tensor.tiles["offset"][3]


def test_going_to_an_offset(view, document, qtbot):
    entry = field(view, "Go to")
    for text, offset in (
        ("0x1000", 4096),
        ("+16", 4112),
        ("-12", 4100),
        ("end", len(gaussian()) - 1),
    ):
        entry.setText(text)
        qtbot.keyClick(entry, KEYS.Key_Return)
        assert canvas_of(view).sight.cursor == offset
    assert document.selection.tile == 19
    entry.setText("1e9")
    qtbot.keyClick(entry, KEYS.Key_Return)
    assert "is no offset" in said(view)


def test_finding_bytes_forward_and_back(view, document, qtbot, settle):
    assert view.focus_filter()
    entry, data = field(view, "Find"), gaussian()
    pattern = data[30_000:30_004]
    entry.setText(pattern.hex(" "))
    qtbot.keyClick(entry, KEYS.Key_Return)
    settle()
    assert document.selection.span == (data.find(pattern, 1), 4)
    button(view, "Previous match").click()
    settle()
    assert document.selection.span == (data.rfind(pattern), 4)
    entry.setText('"not in there"')
    button(view, "Next match").click()
    settle()
    assert "stand nowhere" in said(view)
    entry.setText("")
    button(view, "Next match").click()
    assert "Write the bytes to find" in said(view)


@pytest.fixture
def faulty(view, jobs, settle):
    """A file with a problem in the header and two runs of bytes that nothing claims."""
    data = with_bytes(gaussian(), 38, b"\7")
    data = with_bytes(data, 1064 + 3 * 12 + 4, (1000).to_bytes(4, "little")) + b"behind"
    document = Document("faulty", parse(BytesSource(data, "faulty")), jobs)
    view.set_document(document)
    settle()
    yield document
    view.set_document(None)
    document.close()


def test_stepping_through_problems_and_unclaimed_bytes(view, faulty):
    wanted = sorted((p.offset, p.size) for p in faulty.problems)
    seen = []
    for _ in wanted:
        button(view, "Next problem").click()
        seen.append(faulty.selection.span)
        assert ": " in said(view)
    assert sorted(seen) == wanted
    button(view, "Next unclaimed bytes").click()
    first = faulty.selection.span
    button(view, "Next unclaimed bytes").click()
    assert faulty.container.root.leaf_at(faulty.selection.span[0]).kind is SpanKind.UNCLAIMED
    button(view, "Previous unclaimed bytes").click()
    assert faulty.selection.span == first


def test_steps_that_lead_nowhere_are_disabled(view, document):
    assert not button(view, "Next unclaimed bytes").isEnabled()
    assert button(view, "Next problem").isEnabled() == bool(document.problems)


def tooltip_at(canvas, offset) -> str:
    at = place_of(canvas, offset)
    event = QHelpEvent(QEvent.Type.ToolTip, at, canvas.viewport().mapToGlobal(at))
    QApplication.sendEvent(canvas.viewport(), event)
    return QToolTip.text()


def test_pointing_at_a_byte_names_its_field_step_and_problems(view, faulty, settle):
    canvas = canvas_of(view)
    faulty.select_bytes(0)
    for part in ("37 (0x25)", "header › padding", "padding = 00 07 00", "Warning: the padding"):
        assert part in tooltip_at(canvas, 37)
    faulty.select_bytes(STREAMS + 10)
    settle()
    assert "Taken by step" in tooltip_at(canvas, STREAMS + 10)
    QToolTip.hideText()


def test_the_row_width_can_be_chosen(view, document):
    box = view.findChild(QComboBox)
    for columns in WIDTHS:
        box.setCurrentIndex(box.findData(columns))
        assert canvas_of(view).geometry_.columns == columns
    box.setCurrentIndex(0)
    view.resize(250, 400)
    assert canvas_of(view).geometry_.columns == 4
    assert canvas_of(view).horizontalScrollBar().maximum() == 0, "nothing is cut at 250 pixels"
    view.resize(1400, 400)
    assert canvas_of(view).geometry_.columns == 32


def test_copying(view, document):
    document.select_bytes(0)
    assert view.copy_text() == "11 c1 de c0"
    document.select_tile(0)
    offset, size = document.selection.span
    assert bytes.fromhex(view.copy_text()) == gaussian()[offset : offset + size]


# Files of any size, and files that change


@pytest.fixture
def canvas(qtbot):
    canvas = HexCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(800, 400)
    canvas.show()
    return canvas


@pytest.mark.parametrize("size", [1, 17, 1 << 33, 1 << 45, (1 << 62) + 5])
def test_a_file_of_any_size_is_scrolled_from_end_to_end(size, canvas, qtbot):
    source = Zeros(size)
    root = Span("zeros", 0, size, SpanKind.FILE, children=ListedSpans())
    canvas.set_sight(Sight(source, root, ProblemPlaces([problem(size, 0)])))
    bar, columns = canvas.verticalScrollBar(), canvas.geometry_.columns
    bar.setValue(bar.maximum())
    last = (size - 1) // columns
    assert canvas.first_row <= last < canvas.first_row + 60
    assert not canvas.grab().isNull()
    bar.setValue(0)
    assert canvas.first_row == 0
    qtbot.keyClick(canvas, KEYS.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert canvas.sight.cursor == size - 1
    assert not canvas.grab().isNull()


def wheel(canvas, notches):
    at = QPointF(canvas.viewport().rect().center())
    event = QWheelEvent(
        at, canvas.viewport().mapToGlobal(at), QPoint(), QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas.viewport(), event)


def test_the_wheel_scrolls_by_rows_in_the_largest_file(canvas):
    size = 1 << 60
    root = Span("zeros", 0, size, SpanKind.FILE, children=ListedSpans())
    canvas.set_sight(Sight(Zeros(size), root, ProblemPlaces()))
    lines = QApplication.wheelScrollLines()
    wheel(canvas, -2)
    assert canvas.first_row == 2 * lines
    for _ in range(3):
        wheel(canvas, 1 / 3)
    assert canvas.first_row == lines


@pytest.fixture
def shrinking(tmp_path, view, jobs, settle):
    """A document whose file is cut to 2,000 bytes after it was opened."""
    path = tmp_path / "shrinking.batched"
    path.write_bytes(gaussian())
    document = Document(path, open_file(path), jobs)
    view.set_document(document)
    settle()
    os.truncate(path, 2000)
    yield document
    view.set_document(None)
    document.close()


def test_a_file_that_shrank_is_shown_as_far_as_it_goes(view, shrinking):
    canvas = canvas_of(view)
    rows = read_rows(shrinking.container.source, 120, 10, 16)
    assert [bool(row.unread) for row in rows] == [False] * 5 + [True] * 5
    assert rows[4].data == gaussian()[1984:2000]
    assert "has shrunk" in rows[5].unread
    shrinking.select_bytes(1990)
    assert not view.grab().isNull()
    canvas.go_to(30_000)
    assert not view.grab().isNull()
    assert "has shrunk" in said(view)
    assert view.copy_text() == ""
    assert QGuiApplication.clipboard() is not None


def test_a_header_that_was_cut_shows_its_bytes(view, jobs):
    document = Document("cut", parse(BytesSource(gaussian()[:30], "cut")), jobs)
    view.set_document(document)
    canvas_of(view).go_to(29)
    assert not view.grab().isNull()
    view.set_document(None)
    document.close()


def test_a_low_panel_keeps_its_room_for_bytes(view, document):
    assert view._legend.isVisible()
    assert view._numbers.isVisible()
    view.resize(900, 8 * view.fontMetrics().height())
    assert not view._legend.isVisible()
    assert not view._numbers.isVisible()
    view.resize(900, 500)
    assert view._legend.isVisible()
