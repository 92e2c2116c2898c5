"""A place with a note."""

from __future__ import annotations

from dataclasses import dataclass

from app.debug_place import DebugPlace
from app.selection import Selection

Place = Selection | DebugPlace
"""What can be bookmarked: a span alone is bytes, a tile alone a tile, a symbol a weight; a `DebugPlace` a step of
one of the two coders."""


@dataclass(frozen=True)
class Bookmark:
    """A byte span, a tile, a step or a weight that is to be found again.

    Attributes:
        place: what is gone to; going to a step takes the debugger there.
        note: the user's words; may have several lines.
    """

    place: Place
    note: str = ""
