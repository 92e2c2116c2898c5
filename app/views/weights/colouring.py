"""The choice of colours for weights: which map, and which weights its ends stand for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QSpinBox, QWidget

from app import theme
from app.canvas.colours import ColourMap, lookup
from app.canvas.controls import Options, named
from app.models.value_range import ValueRange, range_of_counts
from app.models.weight_pages import BIAS

FULL = ValueRange(-128.0, 127.0)
"""Of int8."""


class Range(Enum):
    """What the ends of the colour map stand for: what it is called, and what that means."""

    IN_SIGHT = "In sight", "From the least to the largest weight in sight."
    CLIPPED = "In sight, clipped", "As in sight, but this percentage is left out at each end."
    SYMMETRIC = "± k", "From −k to k."
    FULL = "Full int8", "From −128 to 127."


@dataclass(frozen=True, eq=False)
class Colouring:
    """The colours that were chosen.

    Attributes:
        colours: uint32[256], of the map in the current theme.
        shown: the weights at its ends.
    """

    colours: NDArray[np.uint32]
    shown: ValueRange


class ColouringControls(QObject):
    """The controls, to be put into a strip.

    Attributes:
        parts: the widgets in their order.
    """

    changed = Signal()
    """Something else was chosen."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._map = Options(
            [(str(each), each, "") for each in ColourMap], "Colours that stand for the weights"
        )
        self._range = Options(
            [(each.value[0], each, each.value[1]) for each in Range],
            "Weights that the ends of the colours stand for; the legend below has the numbers",
        )
        self._k = QSpinBox()
        self._k.setRange(1, 128)
        self._k.setValue(32)
        self._k.setToolTip("k: weights from −k to k are told apart by their colours")
        self._percent = QSpinBox()
        self._percent.setRange(1, 49)
        self._percent.setSuffix(" %")
        self._percent.setToolTip("Share of the weights in sight that is left out at each end")
        self.parts: tuple[QWidget, ...] = (
            named("Colo&urs", self._map.box),
            named("R&ange", self._range.box),
            self._k,
            self._percent,
        )
        self._connect()
        self._show_numbers()

    def _connect(self) -> None:
        self._range.box.currentIndexChanged.connect(self._show_numbers)
        self._map.box.currentIndexChanged.connect(self.changed)
        self._range.box.currentIndexChanged.connect(self.changed)
        self._k.valueChanged.connect(self.changed)
        self._percent.valueChanged.connect(self.changed)

    def _show_numbers(self) -> None:
        """Shows the number that the chosen range needs, if it needs one."""
        kind = self._range.value
        self._k.setVisible(kind is Range.SYMMETRIC)
        self._percent.setVisible(kind is Range.CLIPPED)

    def choose(self, colour_map: ColourMap | None = None, kind: Range | None = None) -> None:
        """Chooses a map, a range, or both, as the user would."""
        if colour_map is not None:
            self._map.choose(colour_map)
        if kind is not None:
            self._range.choose(kind)

    def colouring(self, counts: NDArray[np.int64]) -> Colouring:
        """What is chosen, for cells of which `counts[i]` in sight show the weight i - 128."""
        colour_map, shown = self._map.value, self._shown(counts)
        if colour_map is ColourMap.DIVERGING:
            shown = shown.around_zero()
        return Colouring(lookup(colour_map, theme.current().dark), shown)

    def _shown(self, counts: NDArray[np.int64]) -> ValueRange:
        match self._range.value:
            case Range.IN_SIGHT:
                return range_of_counts(counts, -BIAS) or FULL
            case Range.CLIPPED:
                return range_of_counts(counts, -BIAS, self._percent.value()) or FULL
            case Range.SYMMETRIC:
                return ValueRange(-float(self._k.value()), float(self._k.value()))
            case Range.FULL:
                return FULL
