"""Frequencies: the table against the data in the same units, and what the difference costs."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QTableWidget,
)

from app import theme
from app.selection import Selection
from app.view import NO_DOCUMENT
from app.views.frequencies import FrequenciesView
from app.views.frequencies.axes import SlotAxis, SymbolAxis
from app.views.frequencies.bars import Bars
from app.views.frequencies.fit import Fit
from app.views.frequencies.wording import why_no_whole
from codec.frequency import FrequencyTable, histogram, normalise
from tests.app.native import mixed_file, opened
from tests.app.windows import on_screen

GAUSSIAN = "gaussian10_300x200_t64.batched"
STARVED = "gaussian10_512x256_t256.batched"
PER_TILE = "gaussian10_512x384_t256.wcdc"
BROKEN = "brokentable_1024x1024_t256.batched"

counts_of_symbols = arrays(np.int64, 256, elements=st.integers(0, 10_000), fill=st.just(1))


# The fit


@settings(deadline=None, derandomize=True)
@given(counts_of_symbols, counts_of_symbols)
def test_a_fit_adds_up(counts, others):
    assume(counts.any())
    table = FrequencyTable.of_frequencies(normalise(others + 1))
    fit = Fit(table, counts)
    assert fit.slots.sum() == pytest.approx(4096)
    assert 0 <= fit.entropy <= fit.best_cost + 1e-9
    assert fit.best_cost <= fit.cost + 1e-9
    assert sum(fit.lost_by(symbol) for symbol in range(256)) == pytest.approx(fit.lost, abs=1e-9)
    worst = fit.worst()
    assert [misfit.lost for misfit in worst] == sorted((m.lost for m in worst), reverse=True)
    for misfit in worst:
        assert misfit.lost == pytest.approx(fit.lost_by(misfit.symbol))
        assert misfit.freq == table.frequencies[misfit.symbol]


def test_a_symbol_that_cannot_be_coded_costs_everything():
    frequencies = np.zeros(256, dtype=np.int64)
    frequencies[7] = 4096
    counts = np.zeros(256, dtype=np.int64)
    counts[[7, 9]] = 100, 1
    fit = Fit(FrequencyTable.of_frequencies(frequencies), counts)
    assert np.isinf(fit.cost)
    assert fit.worst()[0].symbol == 9


# The axes


@pytest.mark.usefixtures("qapp")
def test_ticks_of_symbols_are_symbols():
    axis = SymbolAxis(30)
    for begin, end, pixels in ((-1, 256, 400), (-1, 256, 100), (100, 108, 400), (120, 180, 300)):
        ((step, values),) = axis.tickValues(begin, end, pixels)
        assert all(0 <= value <= 255 and value % step == 0 for value in values)
        assert len(values) >= 2
        assert len(values) * 30 <= pixels * 1.2 or step == 64
    axis.bias = 128
    assert axis.tickStrings([0, 128, 255], 1, 1) == ["-128", "0", "127"]


@pytest.mark.usefixtures("qapp")
def test_ticks_of_slots():
    axis = SlotAxis(20)
    assert axis.tickStrings([0, 2000], 1, 1) == ["0", "2,000"]
    axis.powers = True
    assert axis.tickStrings([-2, 0, 12], 1, 1) == ["1/4", "1", "4,096"]
    for _, values in axis.tickValues(-3.2, 12.4, 100):
        assert all(isinstance(value, int) and -3 <= value <= 12 for value in values)


# The view


@pytest.fixture
def view(qtbot):
    return on_screen(qtbot, FrequenciesView(), 520, 480)


@pytest.fixture
def shown(view, open_legacy, settle):
    """The view of a fully checked document whose table starves symbol 128."""
    document = open_legacy(STARVED)
    view.set_document(document)
    settle()
    return view, document


def scope(view, name):
    view._controls.scope.setCurrentText(name)


def log_box(view):
    return next(box for box in view.findChildren(QCheckBox) if box.text() == "&Log")


def bars(view):
    return view.findChild(Bars)


def button(view, text):
    buttons = view.findChildren(QAbstractButton)
    return next(button for button in buttons if button.text() == text)


def verdict(view):
    return re.sub("<[^>]*>", "", view._costs._verdict.text())


def test_it_says_why_it_is_empty(view, open_legacy, tmp_path):
    assert view.empty_text == NO_DOCUMENT
    cut = tmp_path / "cut.batched"
    cut.write_bytes(open_legacy(GAUSSIAN).path.read_bytes()[:100])
    view.set_document(open_legacy(cut))
    assert "No frequency table was found" in view.empty_text
    view.set_document(None)
    assert view.empty_text == NO_DOCUMENT


def test_the_whole_tensor_against_its_table(shown):
    view, document = shown
    counts = document.report.counts
    assert np.array_equal(view._fit.counts, counts)
    assert bars(view)._shares.sum() == pytest.approx(4096)
    assert bars(view)._frequencies.sum() == 4096
    assert "This table loses 0.206 bits a weight" in verdict(view)


def test_the_worst_symbol_is_named(shown):
    view, _ = shown
    table = view.findChild(QTableWidget)
    assert [table.item(0, column).text() for column in range(5)] == [
        "128", "0", "1", "118", "0.199",
    ]  # fmt: skip
    table.selectRow(0)
    assert "symbol 128" in view._readout.text()
    assert "loses 0.1986 bits a weight" in view._readout.text()


def test_before_the_check_the_table_stands_alone(view, open_legacy, settle):
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    assert bars(view)._shares is None
    assert bars(view)._frequencies.sum() == 4096
    assert "not counted yet" in view._why.text()
    offer = button(view, "Run the full check")
    assert offer.isVisible()
    offer.click()
    settle()
    assert not offer.isVisible()
    assert view._fit.total == 20 * 4096


def test_the_selected_tile_against_the_table(shown, settle):
    view, document = shown
    scope(view, "Selected tile")
    assert "Select a tile" in view._why.text()
    document.select_tile(1)
    settle()
    assert np.array_equal(view._fit.counts, histogram(document.trace["symbol"]))
    first = view._fit
    document.select_symbol(1, 500)
    assert view._fit is first  # nothing to compute again
    document.select_tile(0)
    settle()
    assert np.array_equal(view._fit.counts, histogram(document.trace["symbol"]))
    assert not np.array_equal(view._fit.counts, first.counts)
    scope(view, "Whole tensor")
    assert view._fit.total == 2 * 65536


def test_tiles_decoded_together_are_told_apart(shown, settle):
    view, document = shown
    document.want_tiles((0, 1))
    settle()
    scope(view, "Selected tile")
    for tile in (0, 1, 0):
        document.select_tile(tile)
        settle()
        assert np.array_equal(view._fit.counts, histogram(document.tile(tile).stream.symbols))


def test_a_refused_table_is_shown_and_explained(view, open_legacy, settle):
    document = open_legacy(BROKEN)
    view.set_document(document)
    settle()
    assert "sum to 7,938, not to 4,096" in view._note.text()
    assert view._note.isVisible()
    assert "No symbol can be decoded" in view._why.text()
    assert bars(view)._frequencies.sum() == 7938


def test_a_selected_symbol_is_marked(shown, settle):
    view, document = shown
    document.select_symbol(1, 300)
    settle()
    symbol = int(document.trace["symbol"][300])
    assert bars(view)._symbol == symbol
    assert f"symbol {symbol}<" in view._readout.text()
    document.select_symbol(1, 301)
    assert bars(view)._symbol == int(document.trace["symbol"][301])


@pytest.mark.parametrize(("name", "size"), [(STARVED, 4), (PER_TILE, 2)])
def test_a_selected_table_entry_is_marked(view, open_legacy, settle, name, size):
    document = open_legacy(name)
    view.set_document(document)
    document.select_bytes(document.tensor.table_span[0] + 120 * size, size)
    settle()
    assert bars(view)._symbol == 120


def test_a_click_marks_the_symbol(shown, qtbot):
    view, document = shown
    plot = bars(view)._plot
    QApplication.processEvents()
    centre = QPoint(plot.viewport().width() // 2, plot.viewport().height() // 2)
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    place = bars(view)._box.mapSceneToView(plot.mapToScene(centre)).x()
    assert bars(view)._symbol == round(place)
    assert document.selection.symbol is None


def test_hovering_tells_the_symbol_and_leaving_forgets_it(shown):
    view, _ = shown
    view._mark(10)
    bars(view).hovered.emit(128)
    text = re.sub("<[^>]*>", "", view._readout.text())
    for part in ("symbol 128", "residual 0", "frequency 1 ", "start 2,053", "12.000 bits"):
        assert part in text
    assert "occurs 3,782 times = 118.19 slots" in text
    bars(view).hovered.emit(None)
    assert "symbol 10<" in view._readout.text()


def test_going_from_place_to_place_of_a_symbol(shown, settle, qtbot):
    view, document = shown
    assert not button(view, "Next place").isEnabled()
    document.select_tile(0)
    settle()
    view._mark(128)
    places = np.flatnonzero(document.trace["symbol"] == 128)
    for place in places[:3]:
        button(view, "Next place").click()
        assert (document.selection.tile, document.selection.symbol) == (0, place)
    document.select_symbol(0, int(places[-1]))
    qtbot.keyClick(bars(view), Qt.Key.Key_Return)
    assert document.selection.symbol == places[0]
    absent = int(np.setdiff1d(np.arange(256), document.trace["symbol"])[0])
    view._mark(absent)
    button(view, "Next place").click()
    assert document.selection.symbol == places[0]
    assert "does not occur" in view._readout.text()


def test_the_table_entry_is_one_click_away(shown):
    view, document = shown
    view._mark(5)
    button(view, "Table entry").click()
    assert document.selection.span == (40 + 5 * 4, 4)


def test_keys_move_the_mark(shown, qtbot):
    view, _ = shown
    view._mark(128)
    for key, symbol in (
        (Qt.Key.Key_Left, 127), (Qt.Key.Key_Right, 128), (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Left, 0), (Qt.Key.Key_End, 255), (Qt.Key.Key_PageUp, 239),
    ):  # fmt: skip
        qtbot.keyClick(bars(view), key)
        assert bars(view)._symbol == symbol


def test_marking_selects_nothing(shown):
    view, document = shown
    told: list[Selection] = []
    document.selection_changed.connect(told.append)
    view._mark(77)
    assert told == []


def test_a_logarithmic_axis_shows_what_is_rare(shown):
    view, document = shown
    log_box(view).setChecked(True)
    least = document.report.counts[document.report.counts > 0].min()
    low, high = bars(view)._box.viewRange()[1]
    assert low < np.log2(least * 4096 / document.report.counts.sum())
    assert high > np.log2(118)
    log_box(view).setChecked(False)
    assert bars(view)._box.viewRange()[1][0] == 0


def test_the_axis_names_residuals_or_differences(view, open_legacy, settle):
    view.set_document(open_legacy(PER_TILE))
    settle()
    axis = view._controls.axis
    assert axis.itemText(1) == "Difference"
    axis.setCurrentIndex(1)
    assert bars(view)._symbols.bias == 128
    assert bars(view)._symbols.labelText == "difference"


def test_a_hidden_view_catches_up(view, open_legacy, settle):
    view.hide()
    document = open_legacy(STARVED)
    view.set_document(document)
    settle()
    fits = [view._fit]
    view.show()
    fits.append(view._fit)
    assert fits[0] is None
    assert fits[1].total == 2 * 65536


@pytest.mark.parametrize("choice", [theme.Choice.DARK, theme.Choice.LIGHT])
def test_it_takes_up_the_colours(shown, choice):
    view, _ = shown
    theme.choose(choice)
    colour = view.grab().toImage().pixelColor(100, 100)
    theme.choose(theme.Choice.SYSTEM)
    assert (colour.lightness() < 128) == (choice is theme.Choice.DARK)


def test_every_control_has_a_tooltip(view):
    kinds = (QAbstractButton, QComboBox, Bars)
    controls = [c for kind in kinds for c in view.findChildren(kind) if c.isVisibleTo(view)]
    assert len(controls) > 5
    assert [control for control in controls if not control.toolTip()] == []


def test_it_is_no_wider_than_a_narrow_panel(shown):
    view, _ = shown
    assert view.minimumSizeHint().width() <= 250


def test_a_table_that_codes_nothing_is_not_called_undecodable():
    raw, constant, mixed = (opened(mixed_file()).tensors[n] for n in (2, 3, 0))
    for tensor in (raw, constant):
        assert "no tile of this tensor has a rANS stream" in why_no_whole(tensor, None)
    assert "not counted yet" in why_no_whole(mixed, None)
