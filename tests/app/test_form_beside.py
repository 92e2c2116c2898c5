"""A form and its results: beside each other where there is room, what is asked for never in the way of the rest."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSplitter, QTextEdit, QWidget

from app.canvas.controls import strip
from app.canvas.form_beside import FormBeside, PlotBeside

LINES = 20


@pytest.fixture
def fields():
    return [strip([QLabel(f"field {number}")]) for number in range(LINES)]


@pytest.fixture
def button():
    return QPushButton("Run")


@pytest.fixture
def beside(qtbot, fields, button):
    found = FormBeside(fields, [strip([button])], QTextEdit(), wide=100, form=48, most=0.5)
    qtbot.addWidget(found)
    found.show()
    return found


def split(beside: QWidget) -> tuple[Qt.Orientation, list[int]]:
    splitter = beside.findChild(QSplitter)
    assert splitter is not None
    return splitter.orientation(), splitter.sizes()


def test_a_wide_panel_has_the_form_at_its_left_and_it_stays_as_wide(beside):
    letter = beside.fontMetrics().averageCharWidth()
    beside.resize(110 * letter, 900)
    side, (form, _) = split(beside)
    assert side == Qt.Orientation.Horizontal
    assert form == pytest.approx(48 * letter, abs=beside.findChild(QSplitter).handleWidth())
    beside.resize(200 * letter, 900)
    assert split(beside)[1][0] == form


def test_a_form_takes_no_more_than_its_share(qtbot, fields):
    beside = FormBeside(fields, [], QTextEdit(), wide=20, form=48, most=0.5)
    qtbot.addWidget(beside)
    beside.resize(60 * beside.fontMetrics().averageCharWidth(), 600)
    beside.show()
    side, (form, results) = split(beside)
    assert side == Qt.Orientation.Horizontal
    assert abs(form - results) <= beside.findChild(QSplitter).handleWidth()


def test_a_narrow_panel_has_the_form_above_and_half_of_the_height_is_left(beside, fields):
    beside.resize(50 * beside.fontMetrics().averageCharWidth(), 300)
    side, (form, results) = split(beside)
    assert side == Qt.Orientation.Vertical
    assert abs(form - results) <= beside.findChild(QSplitter).handleWidth()
    beside.resize(beside.width(), 3000)
    form = split(beside)[1][0]
    assert sum(field.height() for field in fields) < form < 1000  # what it needs, and not half


def test_what_stands_below_the_form_does_not_scroll_with_it(beside, fields, button):
    beside.resize(50 * beside.fontMetrics().averageCharWidth(), 300)
    assert fields[-1].visibleRegion().isEmpty()
    assert button.visibleRegion().boundingRect().size() == button.size()


def test_fields_that_are_hidden_leave_their_room(beside, fields, button, qtbot):
    beside.resize(110 * beside.fontMetrics().averageCharWidth(), 900)
    before = button.mapTo(beside, button.rect().topLeft()).y()
    for field in fields[1:]:
        field.hide()
    beside.limit()
    qtbot.waitUntil(lambda: button.mapTo(beside, button.rect().topLeft()).y() < before / 2)


def test_a_plot_stands_beside_its_table_where_all_is_wide_enough(qtbot):
    both = PlotBeside(QTextEdit(), QTextEdit(), 2.0)
    qtbot.addWidget(both)
    both.show()
    for width, side in ((390, Qt.Orientation.Vertical), (410, Qt.Orientation.Horizontal)):
        both.resize(width, 200)
        assert both.orientation() == side
        assert min(both.sizes()) > 0
