"""Colour maps for pictures of numbers, made for the light and the dark theme.

A diverging map has its middle in the colour of the background, so that what is far from 0 stands out in both
themes; blue against orange is told apart with any kind of colour vision. The others run
monotonously from dark to light, so that they still order the values in grey.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

STEPS = 256
"""Colours of a map."""


class ColourMap(StrEnum):
    """The maps there are."""

    DIVERGING = "Blue – orange, around 0"
    SEQUENTIAL = "Violet – yellow"
    GREY = "Grey"


_SEQUENTIAL = ("#2a1650", "#3c3f86", "#2f7093", "#2d9c83", "#7cc256", "#f2e14c")
_GREY = ("#000000", "#ffffff")
_LIGHT_DIVERGING = ("#08306b", "#1f6fb8", "#8cc0e8", "#f6f6f4", "#f3b877", "#c8640e", "#6b2f04")
_DARK_DIVERGING = ("#b5dcff", "#4a9fe0", "#1f5587", "#1b1e22", "#7d4615", "#e08a2c", "#ffdfae")


def lookup(colour_map: ColourMap, dark: bool) -> NDArray[np.uint32]:
    """uint32[256]: the colours of a map from its low to its high end, as opaque 0xAARRGGBB."""
    match colour_map:
        case ColourMap.DIVERGING:
            return _between(_DARK_DIVERGING if dark else _LIGHT_DIVERGING)
        case ColourMap.SEQUENTIAL:
            return _between(_SEQUENTIAL)
        case ColourMap.GREY:
            return _between(_GREY)


def _between(anchors: tuple[str, ...]) -> NDArray[np.uint32]:
    """The colours on straight lines between evenly spaced anchors."""
    points = unpack(packed(QColor(anchor) for anchor in anchors))
    places = np.linspace(0, len(anchors) - 1, STEPS)
    parts = [np.interp(places, np.arange(len(anchors)), channel) for channel in points]
    return pack(np.rint(parts).astype(np.uint32))


def packed(colours: Iterable[QColor]) -> NDArray[np.uint32]:
    """uint32[n]: the colours as opaque 0xAARRGGBB."""
    return np.array([colour.rgb() for colour in colours], dtype=np.uint32)


def pack(channels: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """uint32[n], opaque 0xAARRGGBB, of red, green and blue as uint32[3, n], each below 256."""
    red, green, blue = channels
    packed: NDArray[np.uint32] = (
        np.uint32(0xFF000000) | red << np.uint32(16) | green << np.uint32(8) | blue
    )
    return packed


def unpack(colours: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """uint32[3, n]: red, green and blue of 0xAARRGGBB."""
    shifts = np.array([[16], [8], [0]], dtype=np.uint32)
    parts: NDArray[np.uint32] = colours[np.newaxis] >> shifts & np.uint32(0xFF)
    return parts


def tinted(colours: NDArray[np.uint32], tint: QColor, share: float) -> NDArray[np.uint32]:
    """uint32[n]: the colours with `tint` laid upon them at an opacity of `share`."""
    over = unpack(packed([tint]))
    return pack(np.rint(over * share + unpack(colours) * (1 - share)).astype(np.uint32))


def takes_white(colours: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """bool[n]: whether white text is easier to read on each colour than black.

    By relative luminance (WCAG 2.1): white wins below (0.05 * 1.05)**0.5 - 0.05.
    """
    level = unpack(colours) / 255
    linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    luminance = np.array([0.2126, 0.7152, 0.0722]) @ linear
    white: NDArray[np.bool_] = luminance < (0.05 * 1.05) ** 0.5 - 0.05
    return white


def steps_of(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.intp]:
    """intp[...]: which of a map's 256 colours stands for each value; clipped, 0 for nan.

    Where all values are the same, the colour of the middle stands for them.
    """
    span = high - low
    with np.errstate(invalid="ignore", over="ignore"):
        share = (values - low) / span if span > 0 else np.full(values.shape, 0.5)
        places = np.nan_to_num(np.clip(share, 0.0, 1.0) * (STEPS - 1))
    return np.rint(places).astype(np.intp)
