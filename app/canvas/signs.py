"""How curves and their points are told apart in all plots: a colour and a shape for each."""

from __future__ import annotations

from PySide6.QtGui import QColor

from app import theme

SIGNS = "o", "s", "t", "d"
"""Shapes of points, beside colours: no curve is told apart by colour alone."""

SIGN_TEXTS = {"o": "●", "s": "■", "t": "▼", "d": "◆"}
"""The same for the legend."""


def look(place: int) -> tuple[QColor, str]:
    """The colour and the sign of a curve."""
    inks = theme.current().series
    return inks[place % len(inks)], SIGNS[(place + place // len(inks)) % len(SIGNS)]
