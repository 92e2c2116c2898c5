"""The choice of what the colours of the tile map stand for: which measure, and over which range."""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QSpinBox, QWidget

from app.canvas.controls import Options, named
from app.canvas.number_fields import real_number
from app.models.tile_measures import Measure
from app.models.value_range import ValueRange, range_of

MEASURES = (
    Measure.BITS,
    Measure.SIZE,
    Measure.OFFSET,
    Measure.ENTROPY,
    Measure.TABLE_LOSS,
    Measure.CODING,
    Measure.PREDICTOR,
    Measure.PROBLEMS,
)
"""The measures that can be shown as colours."""

CLASSES = (Measure.CODING, Measure.PREDICTOR, Measure.PROBLEMS)
"""Measures that are names rather than numbers: they have colours, but no range."""

WORDS = {Measure.PROBLEMS: "Worst problem"}
"""Measures that are called otherwise than the column of the table."""

LARGEST = 2.0**48
"""The largest number that can stand at an end."""


class Range(Enum):
    """What the ends of the colours stand for: what it is called, and what that means."""

    FILE = "Of this file", "From the least to the largest value of this file's tiles."
    CLIPPED = (
        "Clipped",
        "As of this file, but this percentage of the tiles is left out at each end.",
    )
    FIXED = "Fixed", "Between two numbers, so that several files can be compared."


class ScaleControls(QObject):
    """The controls, to be put into a strip.

    Attributes:
        parts: the widgets in their order.
    """

    changed = Signal()
    """Something else was chosen."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._measure = Options(
            [(WORDS.get(each, each.title), each, each.value.meaning) for each in MEASURES],
            "What the colours of the tiles stand for",
        )
        self._range = Options(
            [(each.value[0], each, each.value[1]) for each in Range],
            "Numbers that the ends of the colours stand for; the legend below has them",
        )
        self._percent = QSpinBox()
        self._percent.setRange(1, 49)
        self._percent.setSuffix(" %")
        self._percent.setToolTip("Share of the tiles that is left out at each end")
        self._low = real_number("Number at the low end of the colours", 0, LARGEST)
        self._high = real_number("Number at the high end of the colours", 0, LARGEST)
        self.parts: tuple[QWidget, ...] = (
            named("&Measure", self._measure.box),
            named("R&ange", self._range.box),
            self._percent,
            self._low,
            self._high,
        )
        self._connect()
        self._show_numbers()

    def _connect(self) -> None:
        self._measure.box.currentIndexChanged.connect(self._on_measure)
        self._range.box.currentIndexChanged.connect(self._on_range)
        for box in (self._percent, self._low, self._high):
            box.valueChanged.connect(self.changed)

    @property
    def measure(self) -> Measure:
        """The chosen measure."""
        return self._measure.value

    def choose(self, measure: Measure | None = None, kind: Range | None = None) -> None:
        """Chooses a measure, a range, or both, as the user would."""
        if measure is not None:
            self._measure.choose(measure)
        if kind is not None:
            self._range.choose(kind)

    def fix(self, shown: ValueRange) -> None:
        """Fixes the range."""
        self._set_fixed(shown)
        self._range.choose(Range.FIXED)
        self.changed.emit()

    def shown(self, values: NDArray[np.float64]) -> ValueRange | None:
        """The numbers at the ends, for tiles with these values; None where none is known."""
        match self._range.value:
            case Range.FILE:
                return range_of(values)
            case Range.CLIPPED:
                return range_of(values, self._percent.value())
            case Range.FIXED:
                low, high = self._low.value(), self._high.value()
                return ValueRange(min(low, high), max(low, high))

    def offer(self, values: NDArray[np.float64]) -> None:
        """Lets the fixed numbers follow the file for as long as nobody has asked for fixed ones."""
        found = range_of(values)
        if self._range.value is not Range.FIXED and found is not None:
            self._set_fixed(found)

    def _set_fixed(self, shown: ValueRange) -> None:
        for box, value in ((self._low, shown.low), (self._high, shown.high)):
            with QSignalBlocker(box):
                box.setDecimals(self.measure.value.digits)
                box.setSingleStep(max(10.0 ** -box.decimals(), (shown.high - shown.low) / 20))
                box.setValue(value)

    def _on_measure(self) -> None:
        """Fixed numbers of one measure mean nothing for another."""
        if self._range.value is Range.FIXED:
            with QSignalBlocker(self._range.box):
                self._range.choose(Range.FILE)
        self._show_numbers()
        self.changed.emit()

    def _on_range(self) -> None:
        self._show_numbers()
        self.changed.emit()

    def _show_numbers(self) -> None:
        """Shows what the chosen range needs, if it needs something."""
        kind, ranged = self._range.value, self.measure not in CLASSES
        self.parts[1].setVisible(ranged)
        self._percent.setVisible(ranged and kind is Range.CLIPPED)
        self._low.setVisible(ranged and kind is Range.FIXED)
        self._high.setVisible(ranged and kind is Range.FIXED)
