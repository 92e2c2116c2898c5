"""The picture of the weights: every cell is what was decoded, however it is put together; and the view."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont

from app import theme
from app.canvas.colours import ColourMap, lookup
from app.canvas.numbers import numbered
from app.document import Document
from app.models import weight_stores
from app.models.downsample import Statistic, downsample
from app.models.value_range import ValueRange, range_of_counts
from app.models.weight_mosaic import WeightMosaic
from app.models.weight_pages import (
    BIAS,
    CODES,
    FAILED,
    NOWHERE,
    UNKNOWN,
    Region,
    State,
    weight_text,
)
from app.selection import Selection
from app.views.weights import WeightsView
from app.views.weights.colouring import Range
from app.views.weights.palette import code_colours
from codec import decoders
from codec.decoders.streams import Status
from codec.formats import batched, parse
from codec.source import BytesSource
from tests.app.windows import on_screen
from tests.codec.files import batched_file, noise, only_tensor, parsed, stream_place, with_field
from tests.codec.files import with_bytes as patched

GAUSSIAN = "gaussian10_300x200_t64.batched"
PER_TILE = "gaussian10_512x384_t256.wcdc"
BROKEN = "brokentable_1024x1024_t256.batched"


# Blocks


def naive(weights, stride, statistic):
    """One value a block, from the definition."""
    blocks = [
        [weights[r : r + stride, c : c + stride] for c in range(0, weights.shape[1], stride)]
        for r in range(0, weights.shape[0], stride)
    ]
    pick = {
        Statistic.MEAN: lambda block: np.rint(block.astype(np.float64).mean()),
        Statistic.FIRST: lambda block: block[0, 0],
        Statistic.LARGEST: lambda block: max(block.reshape(-1).tolist(), key=abs),
    }[statistic]
    return np.array([[pick(block) for block in line] for line in blocks])


@settings(deadline=None, derandomize=True)
@given(
    st.integers(1, 30),
    st.integers(1, 30),
    st.integers(1, 20),
    st.sampled_from(list(Statistic)),
    st.integers(0, 1000),
)
def test_a_block_becomes_one_value(rows, cols, stride, statistic, seed):
    weights = np.random.default_rng(seed).integers(-128, 128, (rows, cols)).astype(np.int8)
    found = downsample(weights, stride, statistic)
    expected = naive(weights, stride, statistic)
    if statistic is Statistic.LARGEST:  # -5 and 5 are equally far from 0
        np.testing.assert_array_equal(np.abs(found.astype(int)), np.abs(expected.astype(int)))
    else:
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("value", [-128, 127])
@pytest.mark.parametrize("stride", [255, 256, 257, 300])
def test_sums_of_large_blocks_do_not_wrap(value, stride):
    weights = np.full((600, 600), value, dtype=np.int8)
    assert (downsample(weights, stride, Statistic.MEAN) == value).all()


# The mosaic


class Shelf:
    """Decoded tiles to look at, as a document has them; it may hold fewer than were decoded."""

    def __init__(self, container):
        self.tensor = only_tensor(container)
        decoder = decoders.make("cpu")
        self.decoded = decoder.decode_tiles(
            container, self.tensor, list(range(len(self.tensor.tiles))), {}
        )
        self.held = dict(self.decoded)

    def mosaic(self, statistic=Statistic.MEAN):
        return WeightMosaic(self.tensor, self.held.get, statistic)

    def whole(self):
        return Region(0, self.tensor.rows, 0, self.tensor.cols)

    def complete(self, mosaic):
        """Adds what is wanted until nothing is; returns how often each tile was added."""
        added = dict.fromkeys(self.decoded, 0)
        while wanted := mosaic.wanted(self.whole(), 3):
            for tile in wanted:
                mosaic.add(tile, self.decoded[tile])
                added[tile] += 1
        return added


@pytest.fixture(scope="module")
def weights():
    return noise(150, 131, seed=3, sigma=30)


@pytest.fixture(scope="module")
def shelf(weights):
    return Shelf(parsed(batched_file(weights, 32)))


@pytest.fixture(params=[1 << 24, 5000, 400], ids=["overview", "coarse overview", "mostly detail"])
def overview_cells(request, monkeypatch):
    monkeypatch.setattr(weight_stores, "OVERVIEW_CELLS", request.param)
    monkeypatch.setattr(weight_stores, "PAGE", 16)
    return request.param


def strides(mosaic):
    return sorted({mosaic.stride_from(stride) for stride in (1, 2, 3, 4, 8, 16)})


@pytest.mark.parametrize("statistic", [Statistic.MEAN, Statistic.FIRST])
def test_a_complete_picture_shows_the_weights(overview_cells, shelf, weights, statistic):
    mosaic = shelf.mosaic(statistic)
    for stride in strides(mosaic):
        mosaic.set_stride(stride)
        shelf.complete(mosaic)
        found = mosaic.codes(shelf.whole()).astype(int) - BIAS
        expected = downsample(weights, stride, statistic).astype(int)
        if overview_cells == 1 << 24 or stride == 1 or statistic is Statistic.FIRST:
            np.testing.assert_array_equal(found, expected)
        else:
            # Means of means are rounded twice, and cells that cross tiles show the first one's.
            assert np.abs(found - expected).mean() < 3


@pytest.mark.parametrize("stride", [1, 4])
def test_tiles_come_into_the_picture_one_by_one(overview_cells, shelf, weights, stride):
    mosaic = shelf.mosaic()
    shelf.held.clear()
    mosaic.set_stride(mosaic.stride_from(stride))
    assert (mosaic.codes(shelf.whole()) == UNKNOWN).all()
    for tile in (7, 0):
        place = shelf.tensor.rectangle(tile)
        region = Region(place.row, place.row + place.rows, place.col, place.col + place.cols)
        mosaic.add(tile, shelf.decoded[tile])
        assert (mosaic.codes(region) != UNKNOWN).all()
    shelf.held.update(shelf.decoded)
    known = (mosaic.codes(shelf.whole()) != UNKNOWN).mean()
    assert 0 < known < 0.2


def test_no_tile_is_wanted_twice_though_it_is_forgotten(overview_cells, shelf):
    shelf.held.clear()
    mosaic = shelf.mosaic()
    for stride in strides(mosaic):
        mosaic.set_stride(stride)
        assert max(shelf.complete(mosaic).values()) <= 1
    shelf.held.update(shelf.decoded)


def test_the_tiles_nearest_to_the_middle_are_wanted_first(shelf):
    mosaic = shelf.mosaic()
    wanted = mosaic.wanted(Region(60, 70, 60, 70), 100)
    assert wanted == [6, 7, 11, 12] or sorted(wanted) == [6, 7, 11, 12]
    assert mosaic.wanted(shelf.whole(), 1) == [12]


def test_a_tile_that_would_show_no_cell_is_not_wanted(shelf):
    mosaic = shelf.mosaic()
    mosaic.set_stride(64)
    assert sorted(mosaic.wanted(shelf.whole(), 100)) == [0, 2, 4, 10, 12, 14, 20, 22, 24]


def test_another_statistic_is_another_picture(overview_cells, shelf, weights):
    mosaic = shelf.mosaic(Statistic.FIRST)
    mosaic.set_stride(mosaic.stride_from(4))
    shelf.complete(mosaic)
    first = mosaic.codes(shelf.whole())
    mosaic.set_statistic(Statistic.LARGEST)
    shelf.complete(mosaic)
    largest = mosaic.codes(shelf.whole())
    assert (np.abs(largest.astype(int) - BIAS) >= np.abs(first.astype(int) - BIAS)).all()
    assert (largest != first).any()


def test_pages_are_bounded(shelf, monkeypatch):
    monkeypatch.setattr(weight_stores, "PAGE", 16)
    monkeypatch.setattr(weight_stores, "PAGES", 4)
    mosaic = shelf.mosaic()
    shelf.complete(mosaic)
    for row in range(0, 144, 16):
        mosaic.pages(Region(row, row + 16, 0, 16))
    assert len(mosaic._overview._pages) == 4


def test_old_pages_are_brought_up_to_date_one_after_the_other(shelf, monkeypatch):
    monkeypatch.setattr(weight_stores, "PAGE", 64)
    mosaic = shelf.mosaic()
    mosaic.pages(shelf.whole())
    for tile, decoded in shelf.decoded.items():
        mosaic.add(tile, decoded)
    pages = mosaic.pages(shelf.whole(), seconds=0)
    assert all(page.stale and page.incomplete for page in pages)
    for _ in pages:
        clock = SimpleNamespace(perf_counter=iter([0.0, 0.5, *[2.0] * 100]).__next__)
        monkeypatch.setattr(weight_stores, "time", clock)
        before = sum(page.stale for page in pages)
        mosaic.pages(shelf.whole(), seconds=1)
        assert sum(page.stale for page in pages) == before - 1
    assert not any(page.incomplete for page in pages)


def test_counts_are_of_what_is_in_sight(shelf, weights):
    mosaic = shelf.mosaic()
    shelf.complete(mosaic)
    counts = mosaic.counts(Region(10, 20, 30, 50))
    expected = np.bincount(weights[10:20, 30:50].reshape(-1).astype(int) + BIAS, minlength=256)
    np.testing.assert_array_equal(counts, expected)


def damaged(weights):
    """Tile 6 runs out of bytes, 12 stands where 11 does, 13 outside the grid, 24 is missing."""
    data = batched_file(weights, 32)
    offset, size = stream_place(data, 6)
    data = patched(data, offset + size // 2, bytes(range(200, 216)))
    entry = batched.INDEX_OFFSET + 12 * batched.INDEX_ENTRY.size
    data = with_field(data, batched.INDEX_ENTRY, "tile_col", 1, entry)
    return with_field(data, batched.INDEX_ENTRY, "tile_row", 900, entry + batched.INDEX_ENTRY.size)


@pytest.fixture(scope="module")
def damaged_shelf(weights):
    return Shelf(parsed(damaged(weights)))


def test_a_failed_tile_is_known_as_failed(overview_cells, damaged_shelf):
    mosaic = damaged_shelf.mosaic()
    damaged_shelf.complete(mosaic)
    status = damaged_shelf.decoded[6].stream.status
    assert status is not Status.OK
    assert mosaic.state(6) is State.BROKEN
    assert mosaic.failures[6] == status.word
    place = damaged_shelf.tensor.rectangle(6)
    region = Region(place.row, place.row + place.rows, place.col, place.col + place.cols)
    assert mosaic.failed_in(region).tolist() == [6]
    assert mosaic.failed_in(Region(0, 32, 0, 32)).tolist() == []
    codes = mosaic.codes(region)
    assert (codes >= FAILED).all()
    assert (codes < CODES).all()


def test_a_place_without_a_tile_is_shown_as_such(overview_cells, damaged_shelf):
    mosaic = damaged_shelf.mosaic()
    damaged_shelf.complete(mosaic)
    assert (mosaic.codes(Region(64, 96, 64, 96)) == NOWHERE).all()
    assert mosaic.weight(70, 70) is None


def test_of_two_tiles_at_one_place_the_first_is_shown(overview_cells, damaged_shelf, weights):
    mosaic = damaged_shelf.mosaic()
    damaged_shelf.complete(mosaic)
    mosaic.add(12, damaged_shelf.decoded[12])
    found = mosaic.codes(Region(64, 96, 32, 64)).astype(int) - BIAS
    stride = -(-32 // found.shape[0])
    np.testing.assert_array_equal(found, downsample(weights[64:96, 32:64], stride, Statistic.MEAN))


def test_weights_are_remembered_where_the_overview_has_them(shelf, weights):
    mosaic = shelf.mosaic()
    assert mosaic.weight(40, 50) == weights[40, 50]
    shelf.held.clear()
    assert mosaic.weight(40, 50) is None
    shelf.complete(mosaic)
    assert mosaic.weight(40, 50) == weights[40, 50]
    assert mosaic.symbol(6, 0) is None
    shelf.held.update(shelf.decoded)
    assert mosaic.symbol(6, 0) == shelf.decoded[6].stream.symbols[0]


# Colours and numbers


def test_ranges_come_from_what_is_in_sight():
    counts = np.zeros(256, dtype=np.int64)
    counts[[100, 120, 130, 200]] = [1, 98, 100, 1]
    assert range_of_counts(counts, -BIAS) == ValueRange(-28, 72)
    assert range_of_counts(counts, -BIAS, 1) == ValueRange(-8, 2)
    assert range_of_counts(np.zeros(256, dtype=np.int64), -BIAS) is None
    assert ValueRange(-8, 2).around_zero() == ValueRange(-8, 8)


def test_every_code_has_its_colour():
    grey = lookup(ColourMap.GREY, dark=False)
    table = code_colours(grey, ValueRange(-128, 127), theme.current())
    np.testing.assert_array_equal(table[:256], grey)
    assert table[UNKNOWN] == 0
    opaque = np.delete(table, UNKNOWN) >> np.uint32(24)
    assert (opaque == 0xFF).all()
    assert (table[FAILED:] != table[:256]).all()


def test_numbers_are_written_into_their_cells(qapp):
    codes = [BIAS - 3, BIAS + 100, UNKNOWN]
    table = code_colours(lookup(ColourMap.GREY, False), ValueRange(-128, 127), theme.current())
    font = QFont()
    font.setPixelSize(11)
    texts = [weight_text(code) for code in codes]
    picture = numbered(np.array([[0, 1], [2, 0]]), 32, table[codes], texts, font)
    assert picture.shape == (64, 64)
    assert (picture[:3, :3] == table[BIAS - 3]).all()
    assert len(np.unique(picture[:32, :32])) > 3
    assert (picture[32:, :32] == 0).all()
    np.testing.assert_array_equal(picture[:32, :32], picture[32:, 32:])


def test_a_code_is_read_as_its_weight():
    assert [
        weight_text(code) for code in (0, BIAS, 255, FAILED, FAILED + 255, UNKNOWN, NOWHERE)
    ] == [
        "−128",
        "0",
        "127",
        "−128",
        "127",
        "",
        "",
    ]


# The view


@pytest.fixture
def view(qtbot):
    return on_screen(qtbot, WeightsView(), 600, 560)


def shown(view, qtbot, document):
    """Shows a document and waits until all that is in sight is decoded."""
    view.set_document(document)
    qtbot.waitUntil(
        lambda: not any(page.incomplete for page in view.canvas.mosaic.pages(view.canvas.region())),
        timeout=20_000,
    )
    intake = view.intake
    qtbot.waitUntil(lambda: not (intake.coming or intake._seeking.isActive()), timeout=20_000)


def pixel(view, row, col):
    """The colour in the middle of a cell, as 0xAARRGGBB."""
    box = view.canvas.frame.box(row, col)
    image = view.canvas.viewport().grab().toImage()
    return image.pixel((box.left + box.right) // 2, (box.top + box.bottom) // 2)


@pytest.mark.parametrize("name", [GAUSSIAN, PER_TILE])
def test_what_is_in_sight_is_decoded_and_painted(view, qtbot, open_legacy, name):
    document = open_legacy(name)
    shown(view, qtbot, document)
    weights = np.load(document.path.with_suffix(".npy"))
    found = view.canvas.mosaic.codes(view.canvas.region()).astype(int) - BIAS
    np.testing.assert_array_equal(
        found, downsample(weights, view.canvas.frame.stride, Statistic.MEAN)
    )
    view.colouring.choose(ColourMap.GREY, Range.FULL)
    view.canvas.tile_lines = False
    view.canvas.show_one_to_one()
    grey = lookup(ColourMap.GREY, dark=False)
    for row, col in ((3, 5), (100, 77), (199, 180)):
        view.canvas.reveal(row, col)
        assert pixel(view, row, col) == grey[int(weights[row, col]) + BIAS]


def test_what_was_painted_before_a_tile_came_is_painted_anew(view, jobs, weights):
    document = Document("some", parse(BytesSource(batched_file(weights, 32))), jobs)
    view.set_document(document)
    view.colouring.choose(ColourMap.GREY, Range.FULL)
    canvas = view.canvas
    canvas.show_one_to_one()
    canvas.grab()
    canvas.zoom(inward=False)
    canvas.grab()
    shelf = Shelf(document.container)
    for tile, decoded in shelf.decoded.items():
        canvas.mosaic.add(tile, decoded)
    canvas.zoom(inward=True)
    grey = lookup(ColourMap.GREY, dark=False)
    assert pixel(view, 20, 20) == grey[int(weights[20, 20]) + BIAS]
    document.close()


def test_nothing_is_decoded_for_a_hidden_view(qtbot, open_legacy):
    view = WeightsView()
    qtbot.addWidget(view)
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    qtbot.wait(50)
    assert document.tile(0) is None


def test_a_view_that_is_hidden_or_shows_another_document_wants_no_tiles(
    view, qtbot, open_legacy, monkeypatch
):
    wishes: list[tuple[Document, int]] = []

    def note(document, tiles, asker=""):
        assert asker
        wishes.append((document, len(tiles)))

    monkeypatch.setattr(Document, "want_tiles", note)
    first, second = open_legacy(GAUSSIAN), open_legacy(PER_TILE)
    view.set_document(first)
    qtbot.waitUntil(lambda: (first, 20) in wishes)
    view.set_document(second)
    assert wishes[-1] == (first, 0)
    qtbot.waitUntil(lambda: (second, 4) in wishes)
    view.hide()
    qtbot.waitUntil(lambda: wishes[-1] == (second, 0))


def test_only_tiles_in_sight_are_decoded(view, qtbot, open_legacy):
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    while view.canvas.frame.magnify < 32:
        view.canvas.zoom(inward=True)
    view.canvas.reveal(0, 0)
    view.intake.seek()
    qtbot.waitUntil(lambda: document.tile(0) is not None, timeout=20_000)
    qtbot.wait(50)
    assert document.tile(19) is None


def test_a_click_selects_the_weight_and_tells_once(view, qtbot, open_legacy):
    document = open_legacy(GAUSSIAN)
    shown(view, qtbot, document)
    told: list[Selection] = []
    document.selection_changed.connect(told.append)
    box = view.canvas.frame.box(70, 66)
    qtbot.mouseClick(
        view.canvas.viewport(),
        Qt.MouseButton.LeftButton,
        pos=QPointF(box.left, box.top).toPoint(),
    )
    assert (told[0].tile, told[0].symbol) == (5, 6 * 64 + 2)
    assert len({(each.tile, each.symbol) for each in told}) == 1


def test_arrow_keys_move_the_selected_weight(view, qtbot, open_legacy):
    document = open_legacy(GAUSSIAN)
    shown(view, qtbot, document)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Right)
    assert selected(document) == (0, 0)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left):
        qtbot.keyClick(view.canvas, key)
    assert selected(document) == (2, 0)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Left)
    assert selected(document) == (2, 0)


def selected(document):
    return document.tensor.weight_of(document.selection.tile, document.selection.symbol)


def test_a_selection_from_elsewhere_is_scrolled_into_sight(view, qtbot, open_legacy):
    document = open_legacy(GAUSSIAN)
    shown(view, qtbot, document)
    while view.canvas.frame.magnify < 48:
        view.canvas.zoom(inward=True)
    told = []
    document.selection_changed.connect(lambda selection: told.append(selection.symbol))
    document.select_symbol(18, 5)
    row, row_end, col, col_end = view.canvas.frame.cells_in_sight()
    assert row <= 256 < row_end
    assert col <= 133 < col_end
    assert set(told) == {5}
    assert "Row 256, column 133" in view._line.text()


def test_a_padding_symbol_and_a_tile_are_named(view, qtbot, open_legacy):
    document = open_legacy(GAUSSIAN)
    shown(view, qtbot, document)
    document.select_symbol(19, 4095)
    assert view._line.text() == "Symbol 4,095 of tile 19 is padding, and no weight"
    document.select_tile(19)
    assert view._line.text() == "Tile 19 · rows 256 to 299, columns 192 to 199"


def test_a_weight_is_described(view, qtbot, open_legacy):
    document = open_legacy(GAUSSIAN)
    shown(view, qtbot, document)
    weights = np.load(document.path.with_suffix(".npy"))
    symbol = document.tile(5).stream.symbols[6 * 64 + 2]
    value = f"{weights[70, 66]}".replace("-", "−")
    expected = f"Row 70, column 66 · weight {value} · symbol 386 ({symbol}) of tile 5"
    view.canvas.hovered.emit((70, 66))
    assert view._line.text() == expected
    assert view.canvas.describe(70, 66) == expected
    view.canvas.hovered.emit(None)
    assert "Point at a weight" in view._line.text()


def test_a_failed_tile_says_why(view, qtbot, jobs, weights):
    document = Document("damaged", parse(BytesSource(damaged(weights), "damaged")), jobs)
    shown(view, qtbot, document)
    word = document.tile(6).stream.status.word
    expected = f"1 tile in sight failed; tile 6: {word}"
    qtbot.waitUntil(lambda: view.canvas.note == expected)
    assert f"failed: {word}" in view.canvas.describe(40, 40)
    assert "no tile of the file covers" in view.canvas.describe(70, 70)
    view.canvas.grab()
    document.close()


def test_a_tensor_that_is_refused_says_why(view, open_legacy):
    view.set_document(open_legacy(BROKEN))
    assert view.empty_text == (
        "None of the weights can be decoded: the frequencies sum to 7,938 where there are 4,096 slots."
    )


def test_another_tensor_has_its_own_picture(view, qtbot, jobs, weights):
    container = parsed(batched_file(weights, 32))
    first = only_tensor(container)
    second = replace(first, index=1, refusal="its table was lost")
    document = Document("two", replace(container, tensors=(first, second)), jobs)
    view.set_document(document)
    document.select(Selection(1))
    assert view.empty_text == "None of the weights can be decoded: its table was lost."
    document.select(Selection(0, 3))
    assert view.empty_text == ""
    assert view.canvas.mosaic.tensor is first
    document.close()


def test_a_file_that_was_cut_says_so(view, jobs, open_legacy):
    data = open_legacy(GAUSSIAN).path.read_bytes()[:30]
    document = Document("cut", parse(BytesSource(data)), jobs)
    view.set_document(document)
    assert "No matrix was found" in view.empty_text
    document.close()
    view.set_document(None)
    assert view.empty_text == "No file is open."


def test_a_shape_beyond_all_bounds_is_refused_without_arithmetic_going_wrong(view, jobs, weights):
    data = batched_file(weights, 32)
    for field in ("rows", "cols"):
        data = with_field(data, batched.HEADER, field, 0xFFFFFFFF)
    document = Document("huge", parse(BytesSource(data)), jobs)
    view.set_document(document)
    assert "4,294,967,295" in view.empty_text or "weights" in view.empty_text
    document.select_tile(3)
    view.grab()
    document.close()


def test_a_large_shape_that_the_file_may_claim_is_shown_without_being_allocated(
    view, qtbot, jobs, weights
):
    data = batched_file(weights, 32)
    for field in ("rows", "cols"):
        data = with_field(data, batched.HEADER, field, 1 << 14)
    for field in ("num_tiles_row", "num_tiles_col"):
        data = with_field(data, batched.HEADER, field, 1 << 9)
    document = Document("large", parse(BytesSource(data)), jobs)
    assert not document.tensor.refusal
    shown(view, qtbot, document)
    mosaic = view.canvas.mosaic
    assert mosaic._overview.base.size <= weight_stores.OVERVIEW_CELLS
    document.select_weight(3, 5)
    for _ in range(20):
        view.canvas.zoom(inward=True)
    qtbot.waitUntil(lambda: mosaic.codes(view.canvas.region())[0, 0] != UNKNOWN, timeout=20_000)
    view.grab()
    assert "weight" in view.canvas.describe(3, 5)
    document.close()


def test_the_legend_follows_map_and_range(view, qtbot, open_legacy):
    shown(view, qtbot, open_legacy(GAUSSIAN))
    view.colouring.choose(ColourMap.GREY, Range.FULL)
    assert view._bar.ticks()[0::4] == ["−128", "127"]
    view.colouring.choose(kind=Range.SYMMETRIC)
    assert view._bar.ticks()[0::4] == ["≤ −32", "≥ 32"]
    weights = np.load(open_legacy(GAUSSIAN).path.with_suffix(".npy"))
    view.colouring.choose(kind=Range.IN_SIGHT)
    assert view._bar.ticks()[0::4] == [f"−{-weights.min()}", f"{weights.max()}"]
    view.colouring.choose(ColourMap.DIVERGING)
    reach = np.abs(weights.astype(int)).max()
    assert view._bar.ticks()[0::4] == [f"−{reach}", f"{reach}"]


def test_colours_follow_the_theme(view, qtbot, open_legacy):
    shown(view, qtbot, open_legacy(GAUSSIAN))
    light = view.canvas._colours
    theme.choose(theme.Choice.DARK)
    dark = view.canvas._colours
    view.grab()
    theme.choose(theme.Choice.LIGHT)
    assert not np.array_equal(light, dark)
    np.testing.assert_array_equal(view.canvas._colours, light)
    theme.choose(theme.Choice.SYSTEM)


def test_another_document_of_the_same_shape_keeps_what_is_in_sight(view, qtbot, open_legacy):
    shown(view, qtbot, open_legacy(GAUSSIAN))
    view.canvas.zoom(inward=True)
    view.canvas.zoom(inward=True)
    frame = view.canvas.frame
    view.set_document(open_legacy(GAUSSIAN))
    assert view.canvas.frame == frame
    view.set_document(open_legacy(PER_TILE))
    assert view.canvas.fitted


@pytest.mark.parametrize("width", [250, 1200])
def test_no_control_is_cut_off(view, qtbot, open_legacy, width):
    shown(view, qtbot, open_legacy(GAUSSIAN))
    view.resize(width, 700)
    qtbot.wait(20)
    for part in view.colouring.parts:
        if part.isVisible():
            assert part.geometry().right() <= part.parentWidget().width()
            assert part.width() >= min(part.sizeHint().width(), width - 20)
