"""The Comparison panel: three linked pictures, the way from difference to difference, sides, verdict."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QComboBox, QToolButton, QWidget

from app import theme
from app.difference_steps import Order
from app.document import Document
from app.models.comparison_blocks import WHOLE
from app.models.comparison_scale import ErrorKind, Scaling
from app.models.comparison_sides import SideChoice
from app.models.weight_pages import Region
from app.selection import Selection
from app.views.comparison import ComparisonView
from app.views.comparison.failed_tiles import in_region
from app.views.comparison.palette import error_colours, legend, places, weight_colours
from app.views.comparison.pictures import Layout
from app.views.comparison.plate import Picture
from codec.comparison.comparison import compare
from codec.comparison.output import Output, SideKind
from codec.comparison.side import Side
from codec.decoders.streams import TILE_READ, Status
from codec.diagnosis.finding import Fault, Finding
from codec.formats import parse
from codec.problems import Severity
from codec.source import BytesSource
from tests.app.comparing_fake import open_compared
from tests.app.conftest import LEGACY
from tests.codec.files import batched_file, noise

GAUSSIAN = "gaussian10_300x200_t64"
JUDGE = Side(SideKind.DECODER, "cpu")
DUMP = Side(SideKind.DUMP, str(Path("somewhere") / "dump.npy"))
FOUND = Finding(
    (Fault.UNWRITTEN,), 1.0, 1.0, "Rows from 200 on were never written.", np.arange(12, 20)
)


@pytest.fixture
def right_weights():
    """The original weights, but what the recorded decoder left out: rows 200 and on."""
    weights = np.load(LEGACY / f"{GAUSSIAN}.npy").astype(np.int8)
    weights[200:] = 0
    return weights


@pytest.fixture
def opened(qtbot, jobs):
    """A document over a stored file and its fake comparison."""
    document, fake = open_compared(LEGACY / f"{GAUSSIAN}.batched", jobs)
    yield document, fake
    document.close()


@pytest.fixture
def view(qtbot, opened):
    view = ComparisonView()
    qtbot.addWidget(view)
    view.resize(900, 800)
    view.set_document(opened[0])
    view.show()
    qtbot.waitExposed(view)
    return view


def comparison_of(document, right, **facts):
    left = np.load(LEGACY / f"{GAUSSIAN}.npy").astype(np.int8)
    return compare(
        document.tensor,
        Output("cpu", SideKind.DECODER, left),
        Output("dump.npy", SideKind.DUMP, right, **facts),
    )


@pytest.fixture
def compared(view, opened, right_weights):
    """The view with a comparison and a verdict in it; gives the comparison."""
    document, fake = opened
    comparison = comparison_of(document, right_weights)
    fake.tell(left=JUDGE, right=DUMP, comparison=comparison, findings=(FOUND,))
    return comparison


def painted(view, qtbot):
    """The view, painted until no page is lacking."""
    for canvas in view.pictures.in_use:
        region, stride = canvas.region(), canvas.frame.stride
        qtbot.waitUntil(lambda region=region, stride=stride: view.plate.pages(region, stride, 1)[1])
    return view.grab().toImage()


def colour_at(canvas, row, col):
    """The colour in the middle of a cell."""
    canvas.grab()
    image = canvas.viewport().grab().toImage()
    box = canvas.frame.box(row, col)
    return image.pixel((box.left + box.right) // 2, (box.top + box.bottom) // 2)


def shown(view):
    return [canvas.seen for canvas in view.pictures.in_use]


def press(widget, key, modifiers=Qt.KeyboardModifier.NoModifier, kind=QEvent.Type.KeyPress):
    QApplication.sendEvent(widget, QKeyEvent(kind, key, modifiers))


def mouse(canvas, kind, x, y, buttons=Qt.MouseButton.LeftButton):
    button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    place = QPointF(x, y)
    event = QMouseEvent(
        kind, place, canvas.mapToGlobal(place), button, buttons, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(canvas.viewport(), event)


# Why it is empty


def test_without_a_document_it_says_so(qtbot):
    view = ComparisonView()
    qtbot.addWidget(view)
    assert view.empty_text == "No file is open."
    assert view.copy_text() == ""


def test_without_sides_it_says_how_to_choose_them(view, opened):
    assert view.empty_text == ""
    assert view.reason.isVisible()
    assert view.reason.text() == "Choose what stands on both sides, at the top, to compare them."


def test_it_says_why_there_is_no_comparison(view, opened):
    _, fake = opened
    fake.tell(left=JUDGE, right=DUMP, running=True)
    assert view.reason.text() == "Comparing…"
    fake.tell(running=False, note="dump.npy holds 3×3 weights.")
    assert view.reason.text() == "dump.npy holds 3×3 weights."
    assert not view.pictures.isVisible()


def test_a_file_without_a_matrix_says_so(qtbot, jobs):
    document = Document(
        "cut.batched", parse(BytesSource(batched_file(noise(8, 8, seed=1), 8)[:9])), jobs
    )
    view = ComparisonView()
    qtbot.addWidget(view)
    view.set_document(document)
    assert "No matrix was found" in view.empty_text
    document.close()


def test_a_new_comparison_replaces_the_old(view, opened, compared, right_weights):
    document, fake = opened
    fake.tell(comparison=None, findings=None, note="The decoder crashed.")
    assert view.reason.text() == "The decoder crashed."
    assert not view.pictures.isVisible()
    fake.tell(comparison=comparison_of(document, right_weights), note="")
    assert view.pictures.isVisible()
    assert not view.reason.isVisible()


def test_another_document_is_let_go(view, opened, compared):
    _, fake = opened
    view.set_document(None)
    fake.tell(comparison=None)
    assert view.empty_text == "No file is open."
    assert view.plate.comparison is None


# Pictures


def test_three_pictures_have_one_size_and_one_frame(view, compared, qtbot):
    frames = {canvas.frame for canvas in view.pictures.in_use}
    assert len(view.pictures.in_use) == 3
    assert len(frames) == 1
    view.pictures.canvases[2].zoom(inward=True)
    view.pictures.canvases[1].zoom(inward=True)
    view.pictures.canvases[0].reveal(250, 190)
    assert len({canvas.frame for canvas in view.pictures.in_use}) == 1
    view.resize(700, 600)
    view.resize(1200, 900)
    assert len({canvas.frame for canvas in view.pictures.in_use}) == 1
    assert not any(canvas.fitted for canvas in view.pictures.in_use)
    view.pictures.canvases[2].fit()
    assert all(canvas.fitted for canvas in view.pictures.in_use)


def test_panning_does_not_drift(view, compared):
    for _ in range(6):
        view.pictures.main.zoom(inward=True)
    view.pictures.main.reveal(150, 100)
    QApplication.processEvents()  # scroll bars take their room
    before = view.pictures.main.frame
    view.resize(902, 801)
    view.resize(900, 800)
    after = view.pictures.main.frame
    assert abs(after.left - before.left) <= 2
    assert abs(after.top - before.top) <= 2


@pytest.mark.parametrize("layout", list(Layout))
def test_layouts_keep_what_is_in_sight(view, compared, layout):
    for canvas in view.pictures.in_use:
        canvas.set_marks(None, (280, 150))  # zooming keeps it in place
    for _ in range(8):
        view.pictures.main.zoom(inward=True)
    magnify = view.pictures.main.frame.magnify
    view.controls.choose(layout)
    assert all(canvas.frame.magnify == magnify for canvas in view.pictures.in_use)
    view.controls.choose(Layout.THREE)
    QApplication.processEvents()  # scroll bars take their room
    assert len({canvas.frame for canvas in view.pictures.in_use}) == 1
    region = view.pictures.main.region()
    assert region.row <= 280 < region.row_end
    assert region.col <= 150 < region.col_end


def test_pictures_show_their_side(view, compared, right_weights, qtbot):
    view.controls.tile_lines.setChecked(False)
    for _ in range(6):
        view.pictures.main.zoom(inward=True)
    view.pictures.main.reveal(205, 60)
    frame = view.pictures.main.frame
    assert frame.stride == 1
    painted(view, qtbot)
    row, col = 205, 62
    left, error, right = view.pictures.in_use
    expected = compared.left.weights[row, col], right_weights[row, col]
    for canvas, value in ((left, expected[0]), (right, expected[1])):
        assert (
            colour_at(canvas, row, col)
            == view.plate.weights[places(np.array([value], dtype=np.int32))[0]]
        )
    told = np.array([int(expected[1]) - int(expected[0])], dtype=np.int32)
    assert colour_at(error, row, col) == view.plate.errors[places(told)[0]]


def test_one_wrong_weight_in_a_large_layer_is_seen(qtbot, jobs, opened, view):
    document, fake = opened
    left = np.load(LEGACY / f"{GAUSSIAN}.npy").astype(np.int8)
    right = left.copy()
    right[151, 77] += 1
    fake.tell(left=JUDGE, right=DUMP, comparison=comparison_of(document, right), findings=())
    view.controls.tile_lines.setChecked(False)
    view.resize(400, 420)
    for _ in range(2):
        view.pictures.main.zoom(inward=False)
    assert view.pictures.main.frame.stride > 1
    painted(view, qtbot)
    error = view.pictures.in_use[1]
    stride = error.frame.stride
    equal = view.plate.errors[0]
    assert colour_at(error, 151 // stride * stride, 77 // stride * stride) != equal
    assert colour_at(error, 0, 0) == equal


def test_what_was_not_written_is_hatched(view, opened, right_weights, qtbot):
    document, fake = opened
    written = np.ones(right_weights.shape, dtype=np.bool_)
    written[200:] = False
    fake.tell(comparison=comparison_of(document, right_weights, written=written))
    region, stride = view.pictures.main.region(), view.pictures.main.frame.stride
    page = view.plate.pages(region, stride, 10)[0][-1]
    image = view.plate.image(page, Picture.RIGHT)
    assert image.pixelColor(0, image.height() - 1).alpha() == 0
    assert view.plate.image(page, Picture.LEFT).pixelColor(0, image.height() - 1).alpha() == 255


def test_numbers_are_written_where_they_have_room(view, compared):
    for _ in range(20):
        view.pictures.main.zoom(inward=True)
    region = view.pictures.main.region()
    view.pictures.main.reveal(200, 0)
    region = view.pictures.main.region()
    row, col = next(
        (row, col)
        for row in range(200, region.row_end)
        for col in range(region.col, region.col_end)
        if compared.left.weights[row, col]
    )
    place = row - region.row, col - region.col
    left = f"{compared.left.weights[row, col]}".replace("-", "−")
    kind_of, colours, texts = view.plate.kinds(Picture.LEFT, region, paired=False)
    assert texts[kind_of[place]] == left
    kind_of, colours, texts = view.plate.kinds(Picture.ERROR, region, paired=True)
    assert texts[kind_of[place]] == f"{left}\n0"
    assert len(colours) == len(texts)
    kind_of, _, texts = view.plate.kinds(Picture.ERROR, region, paired=False)
    assert texts[kind_of[place]] == f"{-int(compared.left.weights[row, col])}".replace("-", "−")
    assert not view.grab().isNull()


def test_values_too_long_for_a_cell_are_not_cut_off(view, opened, right_weights):
    document, fake = opened
    wide = right_weights.astype(np.int32)
    wide[0, 0] = -123_456
    fake.tell(comparison=comparison_of(document, wide))
    for _ in range(20):
        view.pictures.main.zoom(inward=True)
    view.pictures.main.reveal(0, 0)
    kind_of, _, texts = view.plate.kinds(Picture.RIGHT, view.pictures.main.region(), paired=False)
    assert texts[kind_of[0, 0]] == "…"
    assert not view.grab().isNull()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("kind", list(ErrorKind))
def test_the_least_error_never_looks_like_none(kind, dark):
    reach = WHOLE if kind is ErrorKind.SHARE else 255
    table = error_colours(kind, reach, dark)
    contrast = [
        sum(abs((int(table[value]) >> by & 255) - (int(table[0]) >> by & 255)) for by in (0, 8, 16))
        for value in (1, reach // 2, reach)
    ]
    assert min(contrast) > 60


def test_the_legend_shows_the_colours_of_the_pictures():
    table = error_colours(ErrorKind.SIGNED, 3, dark=False)
    shown = legend(table, -3, 3)
    wanted = places(np.arange(-3, 4, dtype=np.int32))
    assert set(shown.tolist()) == set(table[wanted].tolist())
    assert (shown[0], shown[-1]) == (table[places(np.array([-3]))[0]], table[3])


@pytest.mark.parametrize("kind", list(ErrorKind))
@pytest.mark.parametrize("scaling", list(Scaling))
def test_every_way_to_tell_errors_is_painted_and_named(view, compared, kind, scaling, qtbot):
    view.errors.choose(kind, scaling)
    assert not painted(view, qtbot).isNull()
    named = view._legends.errors.accessibleName()
    assert named
    if kind is ErrorKind.SIGNED:
        words = {
            Scaling.LINEAR: "linear",
            Scaling.CLIPPED: "clipped",
            Scaling.BY_HAND: "cut by hand",
        }
        assert words[scaling] in named


# Blinking and swiping


def test_a_held_key_shows_the_other_side(view, compared):
    view.controls.choose(Layout.ONE)
    canvas = view.pictures.main
    press(canvas, Qt.Key.Key_B)
    assert shown(view) == [Picture.RIGHT]
    assert "dump.npy" in canvas.accessibleName()
    press(canvas, Qt.Key.Key_B, kind=QEvent.Type.KeyRelease)
    assert shown(view) == [Picture.LEFT]
    assert "cpu" in canvas.accessibleName()


def test_both_sides_change_places_while_they_blink(view, compared):
    press(view.pictures.main, Qt.Key.Key_Space)
    assert shown(view) == [Picture.RIGHT, Picture.ERROR, Picture.LEFT]
    view.hide()
    assert shown(view)[0] is Picture.LEFT


def test_it_blinks_by_itself_while_the_button_is_down(view, compared, qtbot):
    view.controls.blink.click()
    for picture in (Picture.RIGHT, Picture.LEFT, Picture.RIGHT):
        qtbot.waitUntil(lambda picture=picture: shown(view)[0] is picture)
    view.controls.blink.click()
    assert shown(view)[0] is Picture.LEFT


def test_the_line_between_the_sides_is_dragged(view, compared):
    view.controls.choose(Layout.SWIPE)
    canvas = view.pictures.main
    width, height = canvas.viewport().width(), canvas.viewport().height()
    frame = canvas.frame
    mouse(canvas, QEvent.Type.MouseButtonPress, width / 2, height / 2)
    mouse(canvas, QEvent.Type.MouseMove, width / 4, height / 2)
    mouse(canvas, QEvent.Type.MouseButtonRelease, width / 4, height / 2)
    assert canvas.line == pytest.approx(0.25, abs=0.01)
    assert canvas.frame == frame
    mouse(canvas, QEvent.Type.MouseMove, width / 2, height / 2, Qt.MouseButton.NoButton)
    assert canvas.line == pytest.approx(0.25, abs=0.01)


def test_the_line_is_moved_by_keys(view, compared):
    view.controls.choose(Layout.SWIPE)
    canvas = view.pictures.main
    for _ in range(100):
        press(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.line == 1
    press(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert 0.9 < canvas.line < 1


def test_both_sides_of_the_line_are_painted(view, compared, right_weights, qtbot):
    view.controls.choose(Layout.SWIPE)
    view.controls.tile_lines.setChecked(False)
    painted(view, qtbot)
    canvas = view.pictures.main
    stride = canvas.frame.stride
    row = 260 // stride * stride
    left = [colour_at(canvas, row, col) for col in range(0, 80, stride)]
    right = [colour_at(canvas, row, col) for col in range(120, 200, stride)]
    assert len(set(left)) > 5
    assert set(right) == {int(view.plate.weights[0])}


# Selecting


def test_the_selection_is_shown_without_an_echo(view, opened, compared, qtbot, settle):
    document, _ = opened
    with qtbot.waitSignal(document.selection_changed):
        document.select_weight(210, 60)
    settle()
    with qtbot.assertNotEmitted(document.selection_changed, wait=50):
        view.pointing.show_selection()
    assert all(canvas.anchor_cell() == (210, 60) for canvas in view.pictures.in_use)
    assert "Row 210, column 60 · cpu" in view.pointing.line.text()


def test_a_click_selects_the_weight_that_is_farthest_off(view, opened, right_weights):
    document, fake = opened
    left = np.load(LEGACY / f"{GAUSSIAN}.npy").astype(np.int8)
    right = left.copy()
    right[101, 63] ^= 4
    fake.tell(comparison=comparison_of(document, right))
    for _ in range(3):
        view.pictures.main.zoom(inward=False)
    stride = view.pictures.main.frame.stride
    assert stride >= 4
    view.pictures.picked.emit(101 // stride * stride, 63 // stride * stride)
    tensor = document.tensor
    assert tensor.weight_of(document.selection.tile, document.selection.symbol) == (101, 63)


def test_arrow_keys_move_the_selected_weight(view, opened, compared):
    document, _ = opened
    document.select_weight(10, 10)
    press(view.pictures.main, Qt.Key.Key_Down)
    press(view.pictures.main, Qt.Key.Key_Right)
    selection = document.selection
    assert document.tensor.weight_of(selection.tile, selection.symbol) == (11, 11)


def selected_weight(document):
    return document.tensor.weight_of(document.selection.tile, document.selection.symbol)


def test_keys_lead_to_the_next_difference_in_both_orders(view, opened, compared, qtbot):
    document, _ = opened
    view.activateWindow()
    view.take_focus()
    document.select_weight(0, 0)
    first = compared.next_in_matrix(0, 0)
    qtbot.keyClick(view.pictures.main, Qt.Key.Key_N)
    assert selected_weight(document) == (first.row, first.col)
    second = compared.next_in_matrix(first.row, first.col)
    qtbot.keyClick(view.pictures.main, Qt.Key.Key_N)
    assert selected_weight(document) == (second.row, second.col)
    qtbot.keyClick(view.pictures.main, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert selected_weight(document) == (first.row, first.col)
    document.select_weight(255, 63)
    at = document.selection
    coded = compared.next_in_coding_order(at.tile, at.symbol)
    qtbot.keyClick(view.pictures.main, Qt.Key.Key_C)
    assert selected_weight(document) == (coded.row, coded.col)


def test_behind_the_last_difference_it_says_so(view, opened, compared):
    document, _ = opened
    document.select_weight(0, 5)
    view.pointing.go_to_difference(Order.MATRIX, forward=False)
    assert view.pointing.line.text() == "No weight differs before this one in matrix order."
    assert selected_weight(document) == (0, 5)


def test_the_first_difference_is_a_click_away(view, opened, compared):
    document, _ = opened
    view.figures.linkActivated.emit("#0")
    assert selected_weight(document) == (compared.first.row, compared.first.col)


def test_the_pointer_is_shown_in_the_other_pictures(view, compared):
    left, error, right = view.pictures.in_use
    error.hovered.emit((210, 60))
    assert left._pointed == right._pointed == (210, 60)
    assert error._pointed is None
    assert view.pointing.line.text().startswith("Row 210, column 60")
    error.hovered.emit(None)
    assert left._pointed is None


def test_the_tile_map_selects_tiles_and_follows(view, opened, compared):
    document, _ = opened
    view.details.tiles.canvas.picked.emit(3, 2)
    assert document.selection.tile == 14
    view.details.tiles.canvas.stepped.emit(1, 0)
    assert document.selection.tile == 18
    assert view.details.tiles.canvas.anchor_cell() == (4, 2)
    told = view.details.tiles.canvas.describe(4, 2)
    assert told.startswith("Tile 18:")


def test_failed_tiles_are_hatched_in_the_picture_of_their_side(view, opened, right_weights, qtbot):
    document, fake = opened
    reads = np.zeros(20, dtype=TILE_READ)
    reads["status"][5] = Status.UNDERRUN
    right_weights[64:128, 64:128] = 0
    fake.tell(comparison=comparison_of(document, right_weights, reads=reads))
    assert "failed in 1 tile, hatched in the picture" in view.notices.text()
    painted(view, qtbot)
    hatched = theme.current().severities[Severity.ERROR].rgb()
    left, error, right = view.pictures.canvases

    def has_hatching(canvas, row, col):
        image = canvas.viewport().grab().toImage()
        box = canvas.frame.box(row, col, 64, 64)
        places = [(x, box.top + 5) for x in range(box.left, box.right)]
        return any(image.pixel(*place) == hatched for place in places)

    assert has_hatching(right, 64, 64)
    assert not has_hatching(right, 0, 64)
    assert not has_hatching(left, 64, 64)
    assert not has_hatching(error, 64, 64)


def test_hatching_is_looked_for_in_sight_alone(opened):
    tensor, tiles = opened[0].tensor, np.array([0, 5, 19])
    assert in_region(tensor, tiles, Region(0, 64, 0, 64)).tolist() == [0]
    assert in_region(tensor, tiles, Region(63, 66, 63, 66)).tolist() == [0, 5]
    assert in_region(tensor, tiles, Region(299, 300, 199, 200)).tolist() == [19]


def test_another_way_to_read_a_side_is_a_click_away(view, opened):
    _, fake = opened
    reshaped = replace(DUMP, reshape=True)
    fake.tell(left=JUDGE, right=DUMP, note="dump.npy is 200×300.", offers=((1, reshaped),))
    assert "Read dump.npy row by row" in view.reason.text()
    view.reason.linkActivated.emit("0")
    assert fake.right == reshaped


def test_the_verdict_is_in_sight_where_the_panel_is_wide_and_low(view, compared, qtbot):
    view.resize(1100, 420)
    qtbot.waitUntil(lambda: view.details.verdict.page.height() > 0)
    page = view.details.verdict.page
    assert page.mapTo(view, page.rect().bottomLeft()).y() < view.height()
    canvas = view.pictures.main
    assert canvas.mapTo(view, canvas.rect().bottomLeft()).y() < view.height()


def test_varying_tiles_are_outlined_and_named(view, opened, right_weights, qtbot):
    document, fake = opened
    varying = np.zeros(20, dtype=np.bool_)
    varying[5] = True
    fake.tell(comparison=comparison_of(document, right_weights, varying=varying))
    assert "1 of 20 tiles came out differently" in view.notices.text()
    canvas = view.details.tiles.canvas
    mark = theme.current().series[2].rgb()
    image = canvas.viewport().grab().toImage()
    box = canvas.frame.box(1, 1)
    assert image.pixel(box.left + 1, (box.top + box.bottom) // 2) == mark
    view.notices.linkActivated.emit("#1")
    assert document.selection.tile == 5


def test_a_weight_without_a_tile_is_outlined_here_alone(qtbot, jobs, view, opened, monkeypatch):
    document, fake = opened
    left = np.load(LEGACY / f"{GAUSSIAN}.npy").astype(np.int8)
    right = left.copy()
    right[0, 0] ^= 1
    fake.tell(comparison=comparison_of(document, right))
    before = document.selection
    monkeypatch.setattr(type(document.tensor), "tile_at", lambda self, row, col: None)
    view.pointing._select(0, 0)
    assert document.selection == before
    assert view.pictures.main.anchor_cell() == (0, 0)


# Sides


def menu_of(chooser):
    chooser.menu().aboutToShow.emit()
    return {action.text(): action for action in chooser.menu().actions() if action.text()}


def test_sides_are_chosen_from_what_is_offered(view, opened, qtbot):
    _, fake = opened
    gpu = Side(SideKind.DECODER, "cupy")
    view.use_choices(
        [
            SideChoice("cpu", JUDGE, "fast"),
            SideChoice("cupy", gpu, "needs an NVIDIA GPU", available=False),
        ]
    )
    fake.tell(left=JUDGE, right=DUMP)
    left = menu_of(view.sides.choosers[0])
    assert left["cpu"].isChecked()
    assert not left["cupy"].isEnabled()
    assert left["cupy"].toolTip() == "needs an NVIDIA GPU"
    menu_of(view.sides.choosers[1])["cpu"].trigger()
    assert fake.asked[-1] == ("use", JUDGE, JUDGE)
    with qtbot.waitSignal(view.file_wanted) as wanted:
        menu_of(view.sides.choosers[1])["Dump, capture or &file…"].trigger()
    assert wanted.args == [1]


def test_sides_are_named_swapped_and_run_again(view, opened, compared):
    _, fake = opened
    assert view.sides.choosers[0].text().strip() == "Left: cpu"
    assert view.sides.choosers[1].text().strip() == "Right: dump.npy"
    clicks = {part.text(): part for part in view.findChildren(QToolButton)}
    clicks["Run again"].click()
    clicks["Run 5 times"].click()
    clicks["⇄"].click()
    assert fake.asked[-3:] == [("run_again", 1), ("run_again", 5), ("use", DUMP, JUDGE)]


def test_nothing_can_be_run_before_sides_are_chosen(view):
    clicks = {part.text(): part for part in view.findChildren(QToolButton)}
    assert not any(clicks[text].isEnabled() for text in ("Run again", "Run 5 times", "⇄"))


# Numbers and verdict


def test_numbers_verdict_and_pictures_come_from_one_comparison(view, compared):
    assert f"{compared.differing:,} of 60,000 weights differ" in view.figures.text()
    page = view.details.verdict.page.toPlainText()
    assert "unwritten" in page
    assert "Rows from 200 on were never written." in page
    assert "explains 100 %" in page
    text = view.copy_text()
    assert "cpu (left) and dump.npy (right)" in text
    assert "unwritten" in text
    assert "In tiles 12, 13, 14" in text


def test_the_places_of_a_finding_can_be_clicked(view, opened, compared):
    document, _ = opened
    page = view.details.verdict
    page.page.anchorClicked.emit("#2")
    assert document.selection.tile == 14


def test_the_verdict_waits_and_is_honest(view, opened, compared):
    _, fake = opened
    fake.tell(findings=None)
    assert "being sought" in view.details.verdict.page.toPlainText()
    fake.tell(findings=())
    assert "No known mistake explains it" in view.details.verdict.page.toPlainText()
    fake.tell(findings=None, findings_note="the judge crashed.")
    assert "the judge crashed." in view.details.verdict.page.toPlainText()


def test_equal_outputs_have_no_way_to_a_difference(view, opened):
    document, fake = opened
    left = np.load(LEGACY / f"{GAUSSIAN}.npy").astype(np.int8)
    fake.tell(comparison=comparison_of(document, left), findings=())
    assert view.figures.text().startswith("Equal")
    assert view.details.verdict.page.toPlainText().startswith("Equal")
    assert not any(each.isEnabled() for each in view.steps.buttons)
    assert not view.grab().isNull()


def test_the_histogram_tells_how_many_are_off_by_how_much(view, compared):
    bars = view.details.histogram.bars
    bar = bars.bins.bar_of(-3)
    low, high = bars.bins.span(bar)
    expected = compared.histogram[255 + low : 255 + high + 1].sum()
    assert f"{int(expected):,} weights" in bars.sentence(bar)
    before = bars.grab().toImage()
    view.details.histogram.logarithmic.click()
    assert bars.grab().toImage() != before
    press(bars, Qt.Key.Key_Right)
    assert bars._chosen == bars.bins.bar_of(0)


def test_tooltips_say_what_is_pointed_at(view, compared):
    canvas = view.pictures.main
    box = canvas.frame.box(100, 100)
    place = QPoint(box.left, box.top)
    event = QHelpEvent(QEvent.Type.ToolTip, place, canvas.mapToGlobal(place))
    assert QApplication.sendEvent(canvas.viewport(), event)
    assert canvas.describe(100, 100).startswith("Row 100, column 100")


# Looks


def test_every_control_has_a_tooltip(view, compared):
    for kind in (QToolButton, QComboBox):
        lacking = [
            part
            for part in view.findChildren(kind)
            if not part.toolTip() and part.isVisibleTo(view) and part.objectName() == ""
        ]
        assert [part.text() if kind is QToolButton else part for part in lacking] == []


@pytest.mark.parametrize("width", [250, 420, 740, 1600])
def test_nothing_is_wider_than_the_panel(view, compared, width, qtbot):
    view.resize(width, 700)
    QApplication.processEvents()
    QApplication.processEvents()
    for part in view.findChildren(QWidget):
        if part.isVisibleTo(view) and isinstance(part, QToolButton | QComboBox):
            right = part.mapTo(view, QPoint(part.width(), 0)).x()
            assert right <= width, part


def test_it_follows_the_theme(view, compared, qtbot):
    before = theme.choice()
    light = painted(view, qtbot)
    theme.choose(theme.Choice.DARK)
    QApplication.processEvents()
    dark = painted(view, qtbot)
    theme.choose(before)
    assert light != dark
    assert dark.pixelColor(dark.width() - 2, 2).lightness() < 100


def test_another_tensor_of_the_document_is_no_danger(view, opened, compared):
    document, _ = opened
    document.select(Selection(0, None, None, None))
    assert view.pictures.main.anchor_cell() is None


def test_what_a_decoder_printed_is_shown_even_when_it_failed(view, opened):
    _, comparing = opened
    mine = Side(SideKind.DECODER, "/somewhere/mine.py")
    assert not view.printed.isVisibleTo(view)
    comparing.tell(left=mine, right=mine, printed=["", "one\ntwo\n"], note="It failed.")
    assert view.printed.isVisibleTo(view)
    assert view.printed.text.toPlainText() == "one\ntwo"
    view.resize(900, 900)
    QApplication.processEvents()
    spare = view.printed.height() - view.printed.sizeHint().height()
    assert spare <= 0, "the heading and the text stand apart"
    comparing.tell(printed=["", ""])
    assert not view.printed.isVisibleTo(view)


# What an edit did


def test_the_same_result_is_not_drawn_again_when_the_files_are_compared(view, opened, compared):
    changes: list[None] = []
    view.plate.changed.connect(lambda: changes.append(None))
    opened[1].tell(files_note="The files cannot be compared.")
    opened[1].comparison_changed.emit()
    assert changes == []
    assert view.plate.comparison is compared


def test_the_same_file_with_other_edits_is_painted_before_anything_else(
    view, opened, compared, jobs, right_weights, qtbot
):
    painted(view, qtbot)
    QApplication.processEvents()
    edited, fake = open_compared(LEGACY / f"{GAUSSIAN}.batched", jobs)
    comparison = comparison_of(edited, right_weights)
    fake.comparison = comparison
    seen: dict[object, object] = {}
    for canvas in view.pictures.in_use:
        paint = canvas.paint_cells
        canvas.paint_cells = lambda painter, paint=paint, canvas=canvas: (
            seen.update({canvas: view.plate.comparison}),
            paint(painter),
        )
    view.set_document(edited)
    assert list(seen.values()) == [comparison] * 3
    view.set_document(None)
    edited.close()


def test_tables_of_colours_are_kept_and_cannot_be_written():
    for made in (error_colours(ErrorKind.SIGNED, 7, True), weight_colours(7, True)):
        with pytest.raises(ValueError, match="read-only"):
            made[0] = 0
    assert error_colours(ErrorKind.SIGNED, 7, True) is error_colours(ErrorKind.SIGNED, 7, True)
