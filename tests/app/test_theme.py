"""The colours: readable in both themes, told apart without colour vision, and announced."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QGuiApplication, QPalette

from app import theme
from app.theme import Choice
from codec.problems import Severity
from codec.spans import SpanKind

READABLE = 4.5
"""The contrast that WCAG 2 asks for text."""

# Machado, Oliveira and Fernandes (2009): what is seen without one kind of cone, in linear RGB.
COLOUR_VISION: dict[str, list[list[float]]] = {
    "all cones": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "no red cones": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green cones": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


@pytest.fixture(params=[Choice.LIGHT, Choice.DARK])
def colours(request, qapp):
    before = theme.choice()
    theme.choose(request.param)
    yield theme.current()
    theme.choose(before)


def linear(colour: QColor) -> np.ndarray:
    parts = np.array([colour.redF(), colour.greenF(), colour.blueF()])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def luminance(colour: QColor) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one: QColor, other: QColor) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def lab(colour: QColor, vision: list[list[float]]) -> np.ndarray:
    """CIE L*a*b* of a colour as it is seen with a kind of colour vision."""
    seen = np.clip(np.asarray(vision) @ linear(colour), 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    scaled = np.cbrt(np.maximum(xyz @ seen / [0.9505, 1.0, 1.089], 1e-9))
    x, y, z = scaled
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_text_is_readable(colours):
    grounds = [colours.background, colours.window, colours.raised]
    assert min(contrast(colours.foreground, ground) for ground in grounds) >= READABLE
    assert min(contrast(colours.dim, ground) for ground in grounds[:2]) >= READABLE
    assert contrast(colours.selection_ink, colours.selection) >= 4


def test_bytes_are_readable_on_every_kind_of_span(colours):
    assert set(colours.span_fills) == set(SpanKind)
    for fill in colours.span_fills.values():
        assert contrast(colours.foreground, fill) >= READABLE


def test_marks_are_readable(colours):
    assert set(colours.span_inks) == set(SpanKind)
    assert set(colours.severities) == set(Severity)
    for ink in [*colours.span_inks.values(), *colours.severities.values(), colours.good]:
        assert contrast(ink, colours.background) >= READABLE


@pytest.mark.parametrize("vision", COLOUR_VISION)
def test_neighbouring_bytes_are_told_apart(colours, vision):
    """The kinds that stand side by side in a file, as fills of the hex view."""
    inside_a_stream = [SpanKind.COUNT, SpanKind.RENORMALISATION, SpanKind.STATE]
    before_it = [SpanKind.HEADER, SpanKind.TABLE, SpanKind.INDEX]
    native = [
        (SpanKind.HEADER, SpanKind.NAME),
        (SpanKind.NAME, SpanKind.TABLE),
        (SpanKind.TABLE, SpanKind.SCALE),
        (SpanKind.SCALE, SpanKind.INDEX),
        (SpanKind.RAW, SpanKind.STATE, SpanKind.PADDING),
    ]
    for group in (inside_a_stream, before_it, *native):
        for one, other in combinations((colours.span_fills[kind] for kind in group), 2):
            matrix = COLOUR_VISION[vision]
            assert np.linalg.norm(lab(one, matrix) - lab(other, matrix)) >= 9


@pytest.mark.parametrize("vision", COLOUR_VISION)
def test_lines_of_a_plot_are_told_apart(colours, vision):
    for one, other in combinations(colours.series[:2], 2):
        matrix = COLOUR_VISION[vision]
        assert np.linalg.norm(lab(one, matrix) - lab(other, matrix)) >= 25


def test_dark_is_dark(colours):
    assert colours.dark == (theme.choice() is Choice.DARK)


def test_choosing_colours_the_application_and_tells(colours, qtbot):
    other = Choice.LIGHT if colours.dark else Choice.DARK
    with qtbot.waitSignal(theme.changed):
        theme.choose(other)
    assert theme.current().name == other
    assert QGuiApplication.palette().color(QPalette.ColorRole.Base) == theme.current().background


def test_plots_take_the_colours(colours, qtbot):
    from app.plots import dress, pg

    assert pg.getConfigOption("imageAxisOrder") == "row-major"
    assert pg.getConfigOption("background") == colours.background
    plot = pg.PlotWidget()
    qtbot.addWidget(plot)
    theme.choose(Choice.LIGHT if colours.dark else Choice.DARK)
    dress(plot)
    assert plot.backgroundBrush().color() == theme.current().background
    assert plot.getAxis("left").textPen().color() == theme.current().foreground
