"""Which keys may call a command, and how they are written.

A panel takes letters, arrows and Tab itself: what is typed there must not leave it. So a shortcut needs Ctrl,
Alt or Meta, or a function key; and Alt with a letter opens menus and leads to controls.
"""

from __future__ import annotations

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

_MODIFIERS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)

BARE_KEYS = frozenset(
    {
        Qt.Key.Key_Control,
        Qt.Key.Key_Shift,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_ScrollLock,
        Qt.Key.Key_unknown,
    }
)
"""Keys that say nothing before another is pressed as well."""


def portable(keys: str) -> str:
    """Keys in the one spelling that the command table has; "" where they are none, or more than one press."""
    sequence = QKeySequence.fromString(keys, QKeySequence.SequenceFormat.PortableText)
    if sequence.count() != 1 or _press(sequence).key() == Qt.Key.Key_unknown:
        return ""
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)


def native(keys: str) -> str:
    """Keys as this system writes them."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def why_not(keys: str) -> str:
    """Why keys cannot call a command, as a sentence; "" where they can."""
    combination = _press(QKeySequence(keys))
    key, modifiers = combination.key(), combination.keyboardModifiers()
    if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35:
        return ""
    if not modifiers & _MODIFIERS:
        return f"{native(keys)} alone is for typing and moving in the panels; add Ctrl or Alt."
    only_alt = modifiers & _MODIFIERS == Qt.KeyboardModifier.AltModifier
    if only_alt and Qt.Key.Key_A <= key <= Qt.Key.Key_Z:
        return f"{native(keys)} opens menus and leads to controls; add Ctrl or take another key."
    if key in (Qt.Key.Key_Tab, Qt.Key.Key_Escape) and only_alt:
        return f"{native(keys)} belongs to the system."
    return ""


def pressed(combination: QKeyCombination, text: str) -> str:
    """The keys of a key press in portable text; "" while only a Ctrl, a Shift or the like is held.

    Args:
        combination: the key and what is held with it.
        text: what the press would type; a Shift that only chose the sign is part of the sign.
    """
    key, modifiers = combination.key(), combination.keyboardModifiers()
    if key in BARE_KEYS:
        return ""
    if text and text.isprintable() and not text.isspace() and not text.isalpha():
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    modifiers &= ~Qt.KeyboardModifier.KeypadModifier
    return QKeySequence(QKeyCombination(modifiers, key)).toString(
        QKeySequence.SequenceFormat.PortableText
    )


def _press(sequence: QKeySequence) -> QKeyCombination:
    """The first press of a sequence."""
    press: QKeyCombination = sequence[0]  # type: ignore[index]  # the stubs leave it out
    return press
