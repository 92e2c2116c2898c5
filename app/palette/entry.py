"""What the palette offers: something by its name, and what happens when it is chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One line of the palette.

    Attributes:
        key: what it is remembered by when it was chosen; unique.
        title: what it is called.
        place: where it stands otherwise: the menus that lead to it, or what sort of thing it is.
        tooltip: what choosing it does, in one sentence.
        act: does it.
        keys: the keys that do the same, as this system writes them; "" for none.
        why_not: why it can do nothing now, as a sentence; "" where it can.
        checked: whether it is switched on; None where it is no switch.
    """

    key: str
    title: str
    place: str
    tooltip: str
    act: Callable[[], object]
    keys: str = ""
    why_not: str = ""
    checked: bool | None = None
