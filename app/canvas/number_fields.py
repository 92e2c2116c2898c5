"""Fields for numbers, all alike: they tell of a number when it is finished, not of every digit on the way."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

Box = TypeVar("Box", QSpinBox, QDoubleSpinBox)


def whole_number(tip: str, least: int, most: int) -> QSpinBox:
    """A field for a whole number."""
    box = _finished(QSpinBox(), tip)
    box.setRange(least, most)
    return box


def real_number(tip: str, least: float, most: float) -> QDoubleSpinBox:
    """A field for a number with two decimals."""
    box = _finished(QDoubleSpinBox(), tip)
    box.setRange(least, most)
    return box


def _finished(box: Box, tip: str) -> Box:
    box.setGroupSeparatorShown(True)
    box.setKeyboardTracking(False)
    box.setToolTip(tip)
    return box
