"""Sentences: new text asks for a new layout only where it needs more room."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app.sentence import Sentence

LONG = "word " * 60


class Layouts(QObject):
    """Counts how often a widget is asked to lay itself out."""

    count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.fixture
def shown(qtbot):
    """A sentence above something that takes the rest of the room, and what counts their layouts."""
    whole, sentence, below, layouts = QWidget(), Sentence("meaning"), QWidget(), Layouts()
    column = QVBoxLayout(whole)
    column.addWidget(sentence)
    column.addWidget(below, 1)
    qtbot.addWidget(whole)
    whole.resize(300, 400)
    whole.installEventFilter(layouts)
    with qtbot.waitExposed(whole):
        whole.show()
    return whole, sentence, below, layouts


def _settle(qtbot):
    qtbot.wait(10)


def test_a_first_text_gets_a_line(shown, qtbot):
    _, sentence, *_ = shown
    assert sentence.heightForWidth(300) == 0
    sentence.setText("short")
    _settle(qtbot)
    assert sentence.height() >= sentence.fontMetrics().height()
    assert sentence.label.geometry() == sentence.rect()
    assert sentence.text() == "short"


def test_another_text_of_as_many_lines_lays_nothing_out(shown, qtbot):
    _, sentence, _, layouts = shown
    sentence.setText("short")
    _settle(qtbot)
    layouts.count = 0
    for number in range(50):
        sentence.setText(f"short {number}")
        _settle(qtbot) if not number % 10 else None
    assert layouts.count == 0
    assert sentence.text() == "short 49"


def test_a_longer_text_gets_more_room_and_keeps_it(shown, qtbot):
    _, sentence, below, layouts = shown
    sentence.setText("short")
    _settle(qtbot)
    line, layouts.count = sentence.height(), 0
    sentence.setText(LONG)
    _settle(qtbot)
    assert layouts.count
    assert sentence.height() > 2 * line
    assert sentence.height() >= sentence.label.heightForWidth(sentence.width())
    top = below.y()
    sentence.setText("short")
    _settle(qtbot)
    assert below.y() == top


def test_another_width_asks_for_what_the_text_needs(shown, qtbot):
    whole, sentence, *_ = shown
    sentence.setText(LONG)
    _settle(qtbot)
    narrow = sentence.height()
    whole.resize(900, 400)
    _settle(qtbot)
    assert sentence.height() < narrow
    sentence.setText("")
    _settle(qtbot)
    assert sentence.heightForWidth(sentence.width()) == 0


def test_html_is_shown_where_it_is_meant_alone(qtbot):
    plain, rich = Sentence(), Sentence(rich=True)
    for sentence in (plain, rich):
        qtbot.addWidget(sentence)
        sentence.resize(400, 100)
        sentence.setText("<b>1 &lt; 2</b>")
    assert plain.heightForWidth(400) == rich.heightForWidth(400)
    assert plain.label.textFormat() != rich.label.textFormat()


def test_a_text_can_be_selected_while_the_mouse_is_over_it(shown, qtbot):
    _, sentence, *_ = shown
    sentence.setText("some words")
    by_mouse = Qt.TextInteractionFlag.TextSelectableByMouse
    assert not sentence.label.textInteractionFlags() & by_mouse
    place = QPointF(3, 3)
    QApplication.sendEvent(sentence, QEnterEvent(place, place, place))
    assert sentence.label.textInteractionFlags() & by_mouse
    sentence.label.setSelection(0, 4)
    QApplication.sendEvent(sentence, QEvent(QEvent.Type.Leave))
    assert sentence.label.selectedText() == "some"
    sentence.setText("other words")
    assert not sentence.label.textInteractionFlags() & by_mouse
    assert sentence.text() == "other words"
