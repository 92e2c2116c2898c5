"""Plots whose points are picked: the ring, the keys of points, and a legend whose names are read in one piece."""

from __future__ import annotations

import html
import re

import pytest
from PySide6.QtCore import Qt, QTextBoundaryFinder

from app.canvas.picked_plot import MOST_NAMED, unbroken
from app.models.bench_series import Line, Spot
from app.views.benchmarks.points import PointPlot

NAMES = [
    "nvCOMP / ANS, 256 KiB", "native, kernel alone, with checksums", "zstd -1 · all-MiniLM-L6-v2",
    "mine/decoder.py:decode (fast)|8", "nati…sums",
]  # fmt: skip


@pytest.fixture
def plot(qtbot):
    found = PointPlot("Time against size", "Times.")
    qtbot.addWidget(found)
    found.resize(900, 400)
    found.show()
    return found


def lines_of(names):
    return [Line(name, (Spot(1 + i, 2, (name, i), f"{name}: 2 ms"),)) for i, name in enumerate(names)]  # fmt: skip


def said(plot):
    """The legend as it is read."""
    return html.unescape(re.sub("<[^>]*>", "", plot._legend.text()))


def as_read(text):
    return text.replace("\N{WORD JOINER}", "").replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_has_no_place_where_a_line_ends(name):
    text = unbroken(name)
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Line, text)
    assert finder.toNextBoundary() == len(text)
    assert as_read(text) == name


def test_the_legend_names_all_curves_in_one_piece_each(plot):
    plot.show_lines(lines_of(NAMES), ("Weights", "ms"))
    text = plot._legend.text()
    assert text.count("<span") == len(NAMES)
    assert [name for name in NAMES if name not in as_read(said(plot))] == []
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Line, said(plot))
    broken = sum(1 for _ in iter(finder.toNextBoundary, -1))
    assert broken == len(NAMES)  # between them, and at the end


def test_a_name_too_long_for_a_line_is_cut_in_its_middle(plot):
    long = "native, kernel alone, with checksums, over all of the layers"
    plot.resize(200, 400)
    plot.show_lines(lines_of([long, "short"]), ("Weights", "ms"))
    first = as_read(said(plot)).split("■")[0]
    assert "…" in first
    assert first.strip().endswith("layers")
    assert plot._legend.fontMetrics().horizontalAdvance(first.strip()) <= plot.width()
    plot.resize(900, 400)
    assert long in as_read(said(plot))


def test_a_legend_that_took_the_plot_s_room_says_what_the_ring_is_on(plot):
    many = lines_of(f"{number}: {NAMES[1]}" for number in range(MOST_NAMED))
    plot.show_lines(many, ("Weights", "ms"))
    assert plot._legend.text().count("<span") == MOST_NAMED
    plot.resize(250, 160)
    assert said(plot) == "Click a point to see what it is."
    plot.pick(many[3].spots[0].key)
    assert said(plot) == many[3].spots[0].says
    assert len(plot._ring.data) == 1
    plot.resize(900, 400)
    assert plot._legend.text().count("<span") == MOST_NAMED
    plot.show_lines(lines_of(f"{n}" for n in range(MOST_NAMED + 1)), ("Weights", "ms"))
    assert "<span" not in plot._legend.text()


def test_names_are_shown_as_they_are_written(plot):
    plot.show_lines(lines_of(["a<b>&c", "d"]), ("Weights", "ms"))
    assert "a<b>&c" in as_read(said(plot))


def test_a_click_tells_the_key_of_a_point_whatever_it_is(plot, qtbot):
    plot.show_lines(lines_of(NAMES), ("Weights", "ms"))
    marks = next(
        item for item in plot._plot.getPlotItem().items if len(getattr(item, "data", ())) > 1
    )
    with qtbot.waitSignal(plot.picked) as told:
        marks.sigClicked.emit(marks, marks.points()[2:3], None)
    assert told.args == [(NAMES[2], 2)]
    with qtbot.waitSignal(plot.picked) as told:
        qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert told.args == [(NAMES[0], 0)]
