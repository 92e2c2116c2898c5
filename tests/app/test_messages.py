"""Messages: they stay, replace each other by topic, and never pile up."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton

from app.messages import KEPT, Answer, Messages
from codec.problems import Severity


@pytest.fixture
def messages(qtbot):
    messages = Messages()
    qtbot.addWidget(messages)
    return messages


def sentences(messages):
    return [row.sentence for row in messages.rows()]


def test_a_message_is_shown_as_plain_text(messages):
    messages.tell("a <b>file</b> is gone")
    (row,) = messages.rows()
    assert [label.text() for label in row.findChildren(QLabel) if label.text()] == [
        "a <b>file</b> is gone"
    ]


def test_messages_never_pile_up(messages):
    for number in range(KEPT + 4):
        messages.tell(f"message {number}")
    assert sentences(messages) == [f"message {number}" for number in range(4, KEPT + 4)]


def test_a_message_replaces_an_older_one_about_the_same(messages):
    messages.tell("it changed", topic="the file")
    messages.tell("something else")
    messages.tell("it changed again", topic="the file")
    messages.tell("something else")
    assert sentences(messages) == ["it changed again", "something else"]


def test_a_message_can_be_withdrawn(messages):
    messages.tell("it changed", topic="the file")
    messages.withdraw("another file")
    assert sentences(messages) == ["it changed"]
    messages.withdraw("the file")
    assert sentences(messages) == []


def test_an_answer_acts_and_takes_the_message_away(messages):
    acted = []
    messages.tell("well?", Severity.WARNING, [Answer("Yes", "Do it", lambda: acted.append(1))])
    (row,) = messages.rows()
    button = row.findChild(QPushButton)
    assert (button.text(), button.toolTip()) == ("Yes", "Do it")
    button.click()
    assert acted == [1]
    assert sentences(messages) == []


def test_a_message_can_be_dismissed(messages):
    messages.tell("never mind")
    messages.rows()[0].findChild(QToolButton).click()
    assert sentences(messages) == []


def test_a_long_sentence_does_not_widen_the_window(messages):
    messages.tell("word " * 400)
    messages.adjustSize()
    assert messages.minimumSizeHint().width() < 300
