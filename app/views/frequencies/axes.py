"""The axes of the plot: symbols by number or by what they stand for, slots plainly or by powers of two."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.plots import pg
from codec.frequency import SYMBOLS

TICKS = (1, 2, 4, 8, 16, 32, 64)
"""Distances between two ticks on the axis of symbols."""


class SymbolAxis(pg.AxisItem):  # type: ignore[misc]
    """Symbols 0…255, or what they stand for, -128…127."""

    def __init__(self, room: int) -> None:
        super().__init__("bottom")
        self.setStyle(hideOverlappingLabels=False)
        self.bias = 0
        self._room = room
        """Pixels that a tick needs at least."""

    def tickValues(self, begin: float, end: float, pixels: float) -> list[tuple[int, list[int]]]:
        """Multiples of a power of two, as close as their numbers have room."""
        wanted = (end - begin) * self._room / max(pixels, 1)
        step = next((tick for tick in TICKS if tick >= wanted), TICKS[-1])
        first = int(np.ceil(max(begin, 0) / step)) * step
        return [(step, list(range(first, min(int(end), SYMBOLS - 1) + 1, step)))]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """The symbols of the ticks."""
        return [str(round(value) - self.bias) for value in values]


class SlotAxis(pg.AxisItem):  # type: ignore[misc]
    """Slots, or powers of two of them."""

    def __init__(self, room: int) -> None:
        super().__init__("left")
        self.powers = False
        self._room = room
        """Pixels that a tick needs at least."""
        self.enableAutoSIPrefix(False)
        self.setStyle(maxTickLevel=0)

    def tickValues(self, least: float, most: float, pixels: float) -> list[Any]:
        """On a logarithmic axis whole powers only."""
        if not self.powers:
            return list(super().tickValues(least, most, pixels))
        step = max(1, int(np.ceil((most - least) * self._room / max(pixels, 1))))
        first = int(np.ceil(least / step)) * step
        return [(step, list(range(first, int(most) + 1, step)))]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """Numbers of slots; below one, the power."""
        if not self.powers:
            return [f"{value:,g}" for value in values]
        return [f"{2 ** round(v):,}" if v >= 0 else f"1/{2 ** round(-v):,}" for v in values]
