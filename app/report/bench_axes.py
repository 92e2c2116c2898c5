"""Axes of the plots in the page of a benchmark: numbers to places, evenly or by their logarithm, with round ticks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.report.markup import Markup, element

STEPS = (1.0, 2.0, 5.0)
"""Round numbers in a power of ten."""

NARROWEST = 1e-9
"""Of a number: two that are closer are one on an axis, since rounding errors would tell them apart."""


@dataclass(frozen=True)
class Axis:
    """Numbers from `low` to `high` as places from `begin` to `end`; one number alone lies in the middle.

    Attributes:
        low, high: ends of what is shown.
        begin, end: their places in the picture.
        logarithmic: whether equal factors lie equally far apart; both ends are above 0 then.
    """

    low: float
    high: float
    begin: float
    end: float
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Where a number lies."""
        if self.high - self.low <= NARROWEST * max(abs(self.low), abs(self.high)):
            return (self.begin + self.end) / 2
        low, high, value = self._scaled(self.low), self._scaled(self.high), self._scaled(value)
        return self.begin + (value - low) * (self.end - self.begin) / (high - low)

    def ticks(self, most: int = 8) -> list[float]:
        """Round numbers within, so many at most; the ends where there are no two."""
        found = self._logarithmic(most) if self.logarithmic else self._even(most)
        return found if len(found) > 1 else sorted({self.low, self.high})

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self.logarithmic else value

    def _even(self, most: int) -> list[float]:
        width = self.high - self.low
        if width <= 0:
            return []
        power = 10.0 ** math.floor(math.log10(width / most))
        step = next(power * s for s in (*STEPS, 10.0) if width / (power * s) <= most)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]

    def _logarithmic(self, most: int) -> list[float]:
        first, last = math.floor(math.log10(self.low)), math.floor(math.log10(self.high))
        for steps in (STEPS, (1.0,)):
            found = [s * 10.0**p for p in range(first, last + 1) for s in steps]
            found = [value for value in found if self.low <= value <= self.high]
            if len(found) <= most:
                return found
        return found[:: len(found) // most + 1]


def across(axis: Axis, top: float, bottom: float, texts: Sequence[str], title: str) -> list[Markup]:
    """The lines of an axis to the right, `texts` at its ticks, and what it is."""
    lines = []
    for value, text in zip(axis.ticks(), texts, strict=True):
        x = f"{axis.place(value):.1f}"
        lines.append(element("line", x1=x, x2=x, y1=top, y2=bottom, class_="grid"))
        lines.append(
            element("text", text, x=x, y=bottom + 16, text_anchor="middle", class_="faint")
        )
    middle = f"{(axis.begin + axis.end) / 2:.1f}"
    name = element("text", title, x=middle, y=bottom + 34, text_anchor="middle", class_="faint")
    return [*lines, name]


def upwards(
    axis: Axis, left: float, right: float, texts: Sequence[str], title: str
) -> list[Markup]:
    """The lines of an axis upwards, `texts` at its ticks, and what it is."""
    lines = []
    for value, text in zip(axis.ticks(), texts, strict=True):
        y = axis.place(value)
        lines.append(
            element("line", x1=left, x2=right, y1=f"{y:.1f}", y2=f"{y:.1f}", class_="grid")
        )
        lines.append(
            element("text", text, x=left - 6, y=f"{y + 4:.1f}", text_anchor="end", class_="faint")
        )
    name = element("text", title, x=left, y=f"{min(axis.begin, axis.end) - 10:.1f}", class_="faint")
    return [*lines, name]
