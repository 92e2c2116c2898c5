"""A field that takes a key press as it is, yet lets Tab, Escape and Enter do what they do elsewhere.

Qt's own field takes every key, so that who has no mouse cannot leave it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.shortcuts.keys import native, pressed

LEAVES = (
    Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
)
"""Keys that are not taken where nothing but Shift is held."""


class KeyField(QLineEdit):
    """Shows the keys that were pressed in it.

    Attributes:
        keys: those, in portable text; "" for none.
    """

    taken = Signal(str)
    """Keys were pressed; carries them in portable text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keys = ""
        self.setReadOnly(True)
        self.setPlaceholderText("Press the new keys here")
        self.setAccessibleName("New keys")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def show_keys(self, keys: str) -> None:
        """Shows keys as if they had been pressed; tells nothing."""
        self.keys = keys
        self.setText(native(keys))

    def event(self, event: QEvent) -> bool:
        """Keeps keys from calling the commands that they call elsewhere."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if not _leaves(event):
                event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Takes the keys; one that leaves the field goes on to the dialog."""
        if _leaves(event):
            event.ignore()
            return
        event.accept()
        keys = pressed(event.keyCombination(), event.text())
        if keys:
            self.show_keys(keys)
            self.taken.emit(keys)


def _leaves(event: QKeyEvent) -> bool:
    held = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
    return event.key() in LEAVES and held in (
        Qt.KeyboardModifier.NoModifier,
        Qt.KeyboardModifier.KeypadModifier,
    )
