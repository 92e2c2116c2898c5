"""Selection: the explanation on a page, its links, and going from step to step."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QApplication, QTextBrowser, QToolButton

from app import theme
from app.models.explanation import ToBytes, ToSymbol, ToTile, ToWeight
from app.selection import Selection
from app.view import NO_DOCUMENT
from app.views.selection import SelectionView
from app.views.selection.view import NOTHING
from tests.app.windows import on_screen

GAUSSIAN = "gaussian10_300x200_t64.batched"
PER_TILE = "gaussian10_512x384_t256.wcdc"


@pytest.fixture
def view(qtbot):
    return on_screen(qtbot, SelectionView(), 480, 600)


@pytest.fixture
def shown(view, open_legacy, settle):
    """The view of a document of which a symbol is selected."""
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    document.select_symbol(4, 777)
    settle()
    return view, document


def page(view):
    return view.findChild(QTextBrowser)


def button(view, text):
    return next(b for b in view.findChildren(QToolButton) if b.text() == text)


def test_it_says_why_it_is_empty(view, open_legacy):
    assert view.empty_text == NO_DOCUMENT
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    assert view.empty_text == NOTHING
    document.select_tile(3)
    assert view.empty_text == ""
    document.select(Selection())
    assert view.empty_text == NOTHING
    view.set_document(None)
    assert view.empty_text == NO_DOCUMENT
    assert view.text == ""


def test_the_page_holds_the_whole_explanation(shown):
    view, document = shown
    text = page(view).toPlainText()
    for line in view.text.splitlines():
        for part in line.strip().partition(": ")[::2]:
            assert part.split("  (")[0].strip() in text
    weights = np.load(document.path.with_suffix(".npy"))
    row, col = document.tensor.weight_of(4, 777)
    assert view.text.startswith(f"W[{row}, {col}] = {weights[row, col]}\n")


def test_it_follows_the_trace(view, open_legacy, settle):
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    document.select_symbol(4, 777)
    assert "being computed" in view.text
    settle()
    assert "being computed" not in view.text
    assert "mod 4,096" in view.text


def test_in_the_per_tile_layout_it_asks_for_the_tile(view, open_legacy, settle):
    document = open_legacy(PER_TILE)
    view.set_document(document)
    document.select_symbol(3, 128 * 200)
    assert document.tile(3) is None
    settle()
    assert document.tile(3) is not None
    weights = np.load(document.path.with_suffix(".npy"))
    assert view.text.startswith(f"W[456, 256] = {weights[456, 256]}\n")
    assert "row stride" in view.text


@pytest.mark.parametrize(
    ("target", "selected"),
    [
        (ToBytes(40, 4), Selection(0, None, None, (40, 4))),
        (ToTile(7), Selection(0, 7, None, None)),
        (ToSymbol(5, 9), Selection(0, 5, 9, None)),
        (ToWeight(0, 1), Selection(0, 0, 1, None)),
    ],
)
def test_a_place_can_be_gone_to(shown, target, selected):
    view, document = shown
    view.go(target)
    found = document.selection
    assert (found.tile, found.symbol) == (selected.tile, selected.symbol)
    assert selected.span is None or found.span == selected.span


def test_links_lead_where_they_say(shown):
    view, document = shown
    assert page(view).toHtml().count("<a href") >= len(view._targets) > 4
    number = view._targets.index(ToSymbol(4, 778))
    page(view).anchorClicked.emit(QUrl(f"#{number}"))
    assert document.selection.symbol == 778
    page(view).anchorClicked.emit(QUrl("#9999"))
    assert document.selection.symbol == 778


def test_going_from_step_to_step(shown, qtbot):
    view, document = shown
    button(view, "Step ▶").click()
    assert document.selection.symbol == 778
    button(view, "◀ Step").click()
    assert document.selection.symbol == 777
    page(view).setFocus()
    qtbot.keyClick(page(view), Qt.Key.Key_Period)
    assert document.selection.symbol == 778
    document.select_symbol(4, 0)
    assert not button(view, "◀ Step").isEnabled()
    document.select_symbol(4, 4095)
    assert not button(view, "Step ▶").isEnabled()
    document.select_tile(4)
    assert not button(view, "Step ▶").isEnabled()


def test_showing_selects_nothing(shown):
    _, document = shown
    told: list[Selection] = []
    document.selection_changed.connect(told.append)
    document.select_symbol(4, 5)
    assert len(told) == 1


def test_all_of_it_can_be_copied(shown):
    view, _ = shown
    button(view, "Copy all").click()
    assert QApplication.clipboard().text() == view.text
    assert view.copy_text() == view.text
    page(view).selectAll()
    assert view.copy_text().startswith("W[")


def test_problems_and_measures_come_with_the_check(view, open_legacy, settle):
    document = open_legacy(GAUSSIAN)
    view.set_document(document)
    document.select_tile(4)
    settle()
    assert document.report is not None
    assert f"entropy: {document.report.tiles['entropy'][4]:.3f}" in view.text


def test_a_hidden_view_catches_up(shown):
    view, document = shown
    view.hide()
    document.select_symbol(4, 5)
    assert "symbol 777 " in view.text
    view.show()
    assert "symbol 5 " in view.text


def test_reading_on_stays_in_place(shown):
    view, document = shown
    bar = page(view).verticalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.value() > 0
    document.select_symbol(4, 778)
    assert bar.value() > 0


@pytest.mark.parametrize("choice", [theme.Choice.DARK, theme.Choice.LIGHT])
def test_it_takes_up_the_colours(shown, choice):
    view, _ = shown
    theme.choose(choice)
    accent = theme.current().accent.name()
    html = page(view).toHtml()
    theme.choose(theme.Choice.SYSTEM)
    assert accent in html


@pytest.mark.parametrize("width", [250, 480, 900])
def test_labels_stand_beside_or_above_and_are_never_cut(shown, width):
    view, _ = shown
    view.resize(width, 600)
    assert page(view).document().size().width() <= page(view).viewport().width()
    assert view.minimumSizeHint().width() <= 250


def test_every_control_has_a_tooltip(view):
    assert all(control.toolTip() for control in view.findChildren(QToolButton))
