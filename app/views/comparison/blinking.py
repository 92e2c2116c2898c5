"""Blinking between two pictures: while a key is held, or by itself; the eye finds what moves."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QToolButton

from app.views.comparison.pictures import Pictures

BLINK_MS = 500
"""How long each side is seen while both blink by themselves."""

KEYS = (Qt.Key.Key_B, Qt.Key.Key_Space)


class Blinking(QObject):
    """Has the pictures blink."""

    def __init__(self, pictures: Pictures, switch: QToolButton) -> None:
        """Takes the pictures, and the button that has them blink by themselves."""
        super().__init__(pictures)
        self._pictures = pictures
        self._held = False
        self._timer = QTimer(self)
        self._timer.setInterval(BLINK_MS)
        self._timer.timeout.connect(self._turn)
        switch.toggled.connect(self._on_switch)

    def press(self, event: QKeyEvent) -> bool:
        """Shows the other side from now on, if it is the key for that; says whether it is."""
        if event.key() not in KEYS or event.modifiers():
            return False
        if not event.isAutoRepeat():
            self._hold(True)
        return True

    def release(self, event: QKeyEvent) -> bool:
        """Shows each side in its own place again, if it is the key for that; says whether it is."""
        if event.key() not in KEYS:
            return False
        if not event.isAutoRepeat():
            self._hold(False)
        return True

    def let_go(self) -> None:
        """The key may be let go where nobody tells: in another window."""
        if self._held:
            self._hold(False)

    def _hold(self, on: bool) -> None:
        self._held = on
        self._pictures.set_blinking(on)

    def _on_switch(self, on: bool) -> None:
        if on:
            self._timer.start()
        else:
            self._timer.stop()
            self._pictures.set_blinking(False)

    def _turn(self) -> None:
        if self._pictures.isVisible() and not self._held:
            self._pictures.set_blinking(not self._pictures.blinking)
