"""Where names stand beside points so that none covers another: the first free side, of a few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.report.markup import Markup, element

CHARACTER, HEIGHT, AWAY = 6.8, 14.0, 9.0
"""Of a letter of 12 px: its width, and the height of a line; and how far from its point a name stands."""

LONGEST = 38
"""Characters of a name that are shown; its title tells the rest."""


class Box(NamedTuple):
    """What a name covers."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether both cover something."""
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.bottom <= other.top or other.bottom <= self.top)


class Spot(NamedTuple):
    """A point with its name, what its title says, and its class in the style."""

    x: float
    y: float
    name: str
    says: str
    class_: str


def short(name: str) -> str:
    """A name as far as there is room for it."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def named_spots(spots: Sequence[Spot], within: Box) -> list[Markup]:
    """Points with their names, which stand within a box and cover neither a point nor each other where that can be."""
    taken = [Box(spot.x - 5, spot.y - 5, spot.x + 5, spot.y + 5) for spot in spots]
    found = []
    for spot in sorted(spots, key=lambda each: each.y):
        choices = [box for box in _choices(spot) if _is_in(box, within)] or _choices(spot)[:1]
        box = min(choices, key=lambda each: sum(each.meets(other) for other in taken))
        taken.append(box)
        circle = element("circle", cx=f"{spot.x:.1f}", cy=f"{spot.y:.1f}", r=5, class_=spot.class_)
        label = element("text", short(spot.name), x=f"{box.left:.1f}", y=f"{box.bottom - 3:.1f}")
        found.append(element("g", element("title", spot.says), circle, label))
    return found


def _choices(spot: Spot) -> list[Box]:
    """Where its name could stand, the best place first."""
    width = CHARACTER * len(short(spot.name))
    right, left = spot.x + AWAY, spot.x - AWAY - width
    lines = [spot.y - HEIGHT / 2 + down * HEIGHT for down in (0.0, -0.8, 0.8, -1.6, 1.6, -2.4, 2.4)]
    return [Box(at, top, at + width, top + HEIGHT) for top in lines for at in (right, left)]


def _is_in(box: Box, within: Box) -> bool:
    return (
        within.left <= box.left
        and within.top <= box.top
        and box.right <= within.right
        and box.bottom <= within.bottom
    )
