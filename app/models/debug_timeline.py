"""A stream as a line of pixels: which step is at which, and how far apart rows of the tile are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TimeScale:
    """Steps 0…steps laid over a line.

    Attributes:
        steps: steps of the walk.
        left: where step 0 begins, in pixels.
        width: pixels up to where the last step ends.
    """

    steps: int
    left: int
    width: int

    def x(self, step: int) -> float:
        """Where a step begins, in pixels."""
        if self.steps <= 0:
            return float(self.left)
        return self.left + self.width * min(max(step, 0), self.steps) / self.steps

    def step_at(self, x: float) -> int:
        """The step that begins nearest to a pixel."""
        if self.width <= 0:
            return 0
        share = min(max((x - self.left) / self.width, 0.0), 1.0)
        return round(share * self.steps)

    @property
    def steps_a_pixel(self) -> int:
        """Steps that share a pixel; at least one."""
        return max(1, -(-self.steps // max(self.width, 1)))

    def ticks(self, distance: int, least_pixels: float) -> range:
        """The steps at multiples of `distance`, or of the least power of two times it whose ticks keep apart."""
        if self.steps <= 0 or distance <= 0:
            return range(0)
        while self.width * distance / self.steps < least_pixels and distance < self.steps:
            distance *= 2
        return range(distance, self.steps, distance)
