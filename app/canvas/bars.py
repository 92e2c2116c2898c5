"""Scroll bars for pictures that are longer than the 32-bit numbers that Qt's scroll bars count in."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollBar

BAR_BITS = 30
"""Longer ways are counted in coarser steps."""


def coarseness(picture: int) -> int:
    """By how many bits the steps of a bar are coarser than the pixels of a picture."""
    return max(0, picture.bit_length() - BAR_BITS)


def set_bar(bar: QScrollBar, origin: int, picture: int, viewport: int) -> None:
    """Shows on a bar which part of a picture is in the viewport; all in pixels."""
    by = coarseness(picture)
    bar.setRange(0, max(0, picture - viewport) >> by)
    bar.setPageStep(max(1, viewport >> by))
    bar.setSingleStep(max(1, (viewport >> by) // 16))
    bar.setValue(max(0, origin) >> by)
