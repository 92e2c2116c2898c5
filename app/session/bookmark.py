"""A place with a note."""

from __future__ import annotations

from dataclasses import dataclass

from app.selection import Selection


@dataclass(frozen=True)
class Bookmark:
    """A byte span, a tile, a step or a weight that is to be found again.

    Attributes:
        place: what is selected when it is gone to: a span alone is bytes, a tile alone a tile, a symbol both a
            weight and its step.
        note: the user's words; may have several lines.
    """

    place: Selection
    note: str = ""
