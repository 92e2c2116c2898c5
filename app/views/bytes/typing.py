"""Typing in the hex view: two hex digits, one after the other, make a byte."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

DROPPING = (Qt.Key.Key_Escape, Qt.Key.Key_Backspace)
"""Keys that take back a digit that stands alone."""

PLAIN = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
"""Modifiers with which a key still types."""


def digit_of(event: QKeyEvent) -> int | None:
    """The hex digit that a key types; None for any other key."""
    text = event.text()
    if event.modifiers() & ~PLAIN or len(text) != 1 or text not in "0123456789abcdefABCDEF":
        return None
    return int(text, 16)


def drops(event: QKeyEvent) -> bool:
    """Whether a key takes back a digit that stands alone."""
    return Qt.Key(event.key()) in DROPPING
