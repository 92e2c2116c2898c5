"""Where the keys move the cursor of the hex view."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
"""Bytes and rows that a key moves the cursor by."""

PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
"""Pages that a key moves the cursor by."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far one key goes.

    Attributes:
        size: bytes of the file, at least one.
        columns: bytes a row.
        page: rows a page.
    """

    size: int
    columns: int
    page: int

    def target(self, key: Qt.Key, control: bool, cursor: int) -> int | None:
        """The byte that a key leads to from `cursor`; None for a key that leads nowhere."""
        start = cursor - cursor % self.columns
        if key in ARROWS and not control:
            across, down = ARROWS[key]
            target = cursor + across + down * self.columns
            return target if 0 <= target < self.size else cursor
        if key in PAGES:
            target = cursor + PAGES[key] * self.page * self.columns
            return min(max(target, cursor % self.columns), self.size - 1)
        if key == Qt.Key.Key_Home:
            return 0 if control else start
        if key == Qt.Key.Key_End:
            return self.size - 1 if control else min(start + self.columns, self.size) - 1
        return None
