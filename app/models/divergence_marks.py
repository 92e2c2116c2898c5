"""How a cell says that both sides differ there: by its ground, and by bold letters, never by colour alone."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QColor, QFont

from app import theme
from codec.problems import Severity

DIFFERENT = "≠"
"""Stands between what the left side has and what the right side has."""

UNKNOWN = "–"
"""Stands for what a side has not told."""

GROUND = 0.28
"""Opacity of the colour behind what differs."""


def different_ground() -> QColor:
    """What is behind cells that differ; text is readable on it."""
    colours = theme.current()
    return theme.blend(colours.severities[Severity.ERROR], colours.background, GROUND)


@cache
def different_font() -> QFont:
    """What is added to the font of cells that differ."""
    font = QFont()
    font.setBold(True)
    return font


def both(left: str | None, right: str | None) -> str:
    """One text for both sides: once where they say the same, else both; None is what is not known."""
    texts = [UNKNOWN if text is None else text for text in (left, right)]
    return texts[0] if texts[0] == texts[1] else f" {DIFFERENT} ".join(texts)


def listed(names: list[str]) -> str:
    """Names as a sentence lists them: "slot, symbol and freq"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""
