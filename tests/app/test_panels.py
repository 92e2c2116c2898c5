"""Panels: all there in the first layout, kept, restored and reset, whatever was stored."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QByteArray, QEvent, QPoint
from PySide6.QtGui import QHelpEvent, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QTabBar,
    QToolButton,
    QToolTip,
    QVBoxLayout,
)

from app.commands import PANELS
from app.panel_layouts import BENCHMARKING, COMPARING, DEBUGGING, INSPECTING
from app.panels import Panels
from app.view import View


def make_view(title: str) -> View:
    """A view that has one field to type into."""
    kind = type(title, (View,), {"TITLE": title, "QUESTION": f"{title}, why?", "HELP": "So. So."})
    view: View = kind()
    QVBoxLayout(view).addWidget(QLineEdit())
    view.set_empty_text("")
    return view


@pytest.fixture
def panels(qtbot):
    panels = Panels()
    qtbot.addWidget(panels)
    for title in PANELS:
        panels[title].fill(make_view(title))
    panels.resize(1600, 950)
    panels.show()
    qtbot.waitUntil(lambda: near_shares(panels))
    return panels


def near_shares(panels, layout=INSPECTING):
    widths = [panels[title].width() / panels.width() for title, _ in layout.columns]
    return all(abs(w - share) < 0.03 for w, (_, share) in zip(widths, layout.columns, strict=True))


def hidden(panels):
    return [title for title in PANELS if panels[title].isHidden()]


def test_the_first_layout_shows_everything_but_help(panels):
    assert hidden(panels) == list(INSPECTING.hidden)
    for upper, lower, share in INSPECTING.rows:
        assert panels[upper].x() == panels[lower].x()
        assert panels[upper].height() / panels.height() == pytest.approx(share, abs=0.06)
    for first, second, *_ in INSPECTING.tabs[:2]:
        assert panels[second] in panels.tabifiedDockWidgets(panels[first])


def test_every_panel_has_a_place_in_every_layout(panels):
    for layout in (INSPECTING, COMPARING, DEBUGGING, BENCHMARKING):
        placed = {title for title, _ in layout.columns}
        placed |= {title for upper, lower, _ in layout.rows for title in (upper, lower)}
        placed |= {title for tabs in layout.tabs for title in tabs}
        assert placed == set(PANELS)


def test_arranged_for_comparing_the_comparison_has_most_of_the_room(panels, qtbot):
    panels.arrange(COMPARING)
    qtbot.waitUntil(lambda: near_shares(panels, COMPARING))
    comparison = panels["Comparison"]
    assert comparison.width() * comparison.height() > 0.4 * panels.width() * panels.height()
    panels.reset()
    qtbot.waitUntil(lambda: near_shares(panels))


def test_nothing_is_crushed_in_a_small_window(panels, qtbot):
    panels.resize(1280, 740)
    panels.reset()
    qtbot.waitUntil(lambda: near_shares(panels))
    for title in ("Structure", "Tiles", "Bytes", "Selection", "Frequencies", "Problems"):
        assert panels[title].width() >= 280
        assert panels[title].height() >= 200


def test_a_layout_comes_back(panels, qtbot):
    panels["Bytes"].close()
    panels["Problems"].setFloating(True)
    state = panels.layout_state()
    panels.reset()
    assert hidden(panels) == list(INSPECTING.hidden)
    assert not panels["Problems"].isFloating()
    panels.restore(state)
    assert hidden(panels) == ["Bytes", *INSPECTING.hidden]
    assert panels["Problems"].isFloating()
    panels.reset()
    qtbot.waitUntil(lambda: near_shares(panels))


@pytest.mark.parametrize("cut", [0, 1, 7, 40, -1])
def test_a_broken_layout_is_as_none(panels, qtbot, cut):
    state = bytes(panels.layout_state().data())
    broken = QByteArray(state[:cut] if cut >= 0 else bytes(255 - byte for byte in state))
    panels.restore(broken)
    qtbot.waitUntil(lambda: near_shares(panels))
    assert hidden(panels) == list(INSPECTING.hidden)


@pytest.mark.parametrize("title", PANELS)
def test_a_panel_is_reached_wherever_it_is(panels, qtbot, title):
    panels.activateWindow()
    panels[title].close()
    panels.go(title)
    assert panels[title].isVisible()
    qtbot.waitUntil(lambda: panels.view(title).isAncestorOf(QApplication.focusWidget()))
    assert panels.focused_view() is panels.view(title)


def test_title_buttons_float_and_close(panels):
    out, shut = panels["Bytes"].titleBarWidget().findChildren(QToolButton)
    assert "Bytes" in out.toolTip()
    out.click()
    assert panels["Bytes"].isFloating()
    out.click()
    assert not panels["Bytes"].isFloating()
    shut.click()
    assert "Bytes" in hidden(panels)


@pytest.mark.parametrize("title", ["Bytes", "Weights"])
def test_the_panel_with_the_keyboard_is_marked(panels, qtbot, title):
    panels.activateWindow()
    panels.go("Structure")
    panels.go(title)
    qtbot.waitUntil(lambda: panels.focused_view() is panels.view(title))
    labels = {other: panels[other].titleBarWidget().findChild(QLabel) for other in PANELS}
    accent = QPalette.ColorRole.Link
    assert [t for t, label in labels.items() if label.foregroundRole() == accent] == [title]


def test_a_panel_asks_its_question(panels):
    for title in PANELS:
        assert panels[title].titleBarWidget().toolTip() == f"{title}, why?"


def test_the_tab_of_a_panel_asks_its_question(panels, monkeypatch):
    shown: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _place, text, _widget: shown.append(text))
    found = panels.findChildren(QTabBar)
    bars = [bar for bar in found if panels.rect().contains(bar.geometry())]  # not those Qt parks
    for bar in bars:
        for tab in range(bar.count()):
            place = bar.tabRect(tab).center()
            QApplication.sendEvent(bar, QHelpEvent(QEvent.Type.ToolTip, place, QPoint()))
    shared = [[t for t in group if t not in INSPECTING.hidden] for group in INSPECTING.tabs]
    seen = [title for group in shared if len(group) > 1 for title in group]
    assert sorted(shown) == sorted(f"{title}, why?" for title in seen)
