"""What all pictures of a comparison have in common: pages of cells, colours, and images made of both."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app import theme
from app.models.comparison_blocks import Blocks, blocks
from app.models.comparison_pages import ComparisonPages, Page
from app.models.comparison_scale import ErrorKind, ErrorScale, WeightRange, numbers, weight_range
from app.models.weight_pages import Region
from app.views.comparison.palette import Colours, error_colours, places, weight_colours
from codec.comparison.comparison import Comparison

CLIPPED_WEIGHTS = 1.0
"""Percentage of the weights of both sides, those farthest from 0, that have the colours of the ends."""

MOST_PIXELS = 1 << 24
"""Pixels of images that are kept: 64 MiB."""

CLEAR = 0
"""The colour of what a side never wrote: the hatching beneath shows through."""

_NO_TILES = np.zeros(0, dtype=np.int64)


class Picture(Enum):
    """What a picture shows."""

    LEFT = 0
    RIGHT = 1
    ERROR = 2


@dataclass(eq=False)
class _Image:
    """An image; it paints from `pixels`, which must live as long."""

    page: Page
    pixels: Colours
    image: QImage


class Plate(QObject):
    """One comparison, ready to be painted.

    Attributes:
        comparison: what is shown; None where there is nothing.
        scale: what the colours of errors stand for.
        weight_range: the weights at the ends of the colours of both sides.
        error_reach: the error at the end of its colours.
        weights, errors: uint32[65536], the colour of every value.
    """

    changed = Signal()
    """It looks different."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.comparison: Comparison | None = None
        self.scale = ErrorScale()
        self.weight_range = WeightRange()
        self.error_reach = 1
        self.weights = self.errors = np.zeros(1 << 16, dtype=np.uint32)
        self._pages: ComparisonPages | None = None
        self._failed: dict[Picture, NDArray[np.int64]] = {}
        self._images: OrderedDict[tuple[Picture, int, int, int], _Image] = OrderedDict()
        self._pixels = 0

    def show(self, comparison: Comparison | None) -> None:
        """Shows another comparison."""
        self.comparison = comparison
        self._pages = None if comparison is None else ComparisonPages(comparison)
        self._failed = {}
        if comparison is not None:
            self.weight_range = weight_range(comparison, CLIPPED_WEIGHTS)
            self._failed[Picture.LEFT] = comparison.left.failed
            self._failed[Picture.RIGHT] = comparison.right.failed
        self.recolour()

    def set_scale(self, scale: ErrorScale) -> None:
        """Tells errors another way."""
        self.scale = scale
        self.recolour()

    def recolour(self) -> None:
        """Takes up the colours of the theme and of the scale."""
        dark = theme.current().dark
        if self.comparison is not None:
            self.error_reach = self.scale.reach(self.comparison)
        self.weights = weight_colours(self.weight_range.reach, dark)
        self.errors = error_colours(self.scale.kind, self.error_reach, dark)
        self._images.clear()
        self._pixels = 0
        self.changed.emit()

    def pages(self, region: Region, stride: int, seconds: float) -> tuple[list[Page], bool]:
        """As `ComparisonPages.pages`."""
        if self._pages is None:
            return [], True
        shares = self.scale.kind is ErrorKind.SHARE
        return self._pages.pages(region, stride, seconds, shares=shares)

    def has_blanks(self, picture: Picture) -> bool:
        """Whether there may be places in which nothing was written."""
        if self.comparison is None or picture is Picture.ERROR:
            return False
        outputs = self.comparison.left, self.comparison.right
        return outputs[picture.value].written is not None

    def failed(self, picture: Picture) -> NDArray[np.int64]:
        """The tiles that the side of a picture could not decode; none of the errors."""
        return self._failed.get(picture, _NO_TILES)

    def image(self, page: Page, picture: Picture) -> QImage:
        """The image of a page, a pixel a cell."""
        key = (picture, page.stride, page.row, page.col)
        kept = self._images.get(key)
        if kept is None or kept.page is not page:
            pixels = self._colour_page(page, picture)
            height, width = pixels.shape
            form = QImage.Format.Format_ARGB32_Premultiplied
            kept = _Image(page, pixels, QImage(pixels.data, width, height, 4 * width, form))
            self._keep(key, kept)
        self._images.move_to_end(key)
        return kept.image

    def _keep(self, key: tuple[Picture, int, int, int], made: _Image) -> None:
        before = self._images.pop(key, None)
        self._pixels += made.pixels.size - (before.pixels.size if before else 0)
        self._images[key] = made
        while self._pixels > MOST_PIXELS and len(self._images) > 1:
            self._pixels -= self._images.popitem(last=False)[1].pixels.size

    def _colour_page(self, page: Page, picture: Picture) -> Colours:
        shared = picture is Picture.ERROR and self.scale.kind is ErrorKind.SHARE
        if shared and page.shares is not None:
            return self.errors.take(places(page.shares))
        colours = self.colours(picture, page.cells)
        blank = None if picture is Picture.ERROR else page.blank[picture.value]
        if blank is not None:
            colours[blank] = CLEAR
        return colours

    def colours(self, picture: Picture, cells: Blocks) -> Colours:
        """uint32: what some cells look like in a picture."""
        if picture is Picture.ERROR:
            return self.errors.take(places(numbers(self.scale.kind, cells.errors)))
        return self.weights.take(places(cells[picture.value]))

    # Single weights, where there is room for their numbers

    def kinds(
        self, picture: Picture, region: Region, paired: bool
    ) -> tuple[NDArray[np.intp], Colours, list[str]]:
        """The weights of a region, for `app.canvas.numbers.numbered`.

        Args:
            picture: what is shown.
            region: in the matrix.
            paired: whether an error is written as both of its values.

        Returns:
            Which kind each cell is, and the colours and texts of the kinds.
        """
        assert self.comparison is not None
        seen = np.s_[region.row : region.row_end, region.col : region.col_end]
        outputs = self.comparison.left, self.comparison.right
        pair = [output.weights[seen] for output in outputs]
        if picture is not Picture.ERROR:
            pair = [pair[picture.value]] * 2
        (left, left_of), (right, right_of) = (
            np.unique(values, return_inverse=True) for values in pair
        )
        both, kind_of = np.unique(
            left_of.reshape(-1) * len(right) + right_of.reshape(-1), return_inverse=True
        )
        ours, theirs = left[both // len(right)], right[both % len(right)]
        colours = self.colours(picture, blocks(ours[:, np.newaxis], theirs[:, np.newaxis], 1))[:, 0]
        kind = None if paired else self.scale.kind
        texts = _texts(ours.tolist(), theirs.tolist(), picture, kind)
        kind_of = kind_of.reshape(pair[0].shape)
        written = None if picture is Picture.ERROR else outputs[picture.value].written
        if written is not None:
            kind_of = np.where(written[seen], kind_of, len(both))
            colours, texts = np.append(colours, np.uint32(CLEAR)), [*texts, ""]
        return kind_of, colours, texts


LONGEST_NUMBER = 4
"""Characters of a number that has room in a cell: those of "−128"."""


def _texts(
    left: list[Any], right: list[Any], picture: Picture, kind: ErrorKind | None
) -> list[str]:
    """What stands in cells with these weights; `kind` tells how an error is told, None as a pair."""
    if picture is not Picture.ERROR:
        return [_short(value) for value in left]
    pairs = zip(left, right, strict=True)
    if kind is None:
        return [_short(a) if a == b else f"{_short(a)}\n{_short(b)}" for a, b in pairs]
    return [_short(_told(kind, b - a)) if a != b else "" for a, b in pairs]


def _told(kind: ErrorKind, error: int) -> int:
    match kind:
        case ErrorKind.ABSOLUTE:
            return abs(error)
        case ErrorKind.MODULO:
            return error & 0xFF
        case _:
            return error


def _short(value: int) -> str:
    """A number, or … where it has no room."""
    text = f"{value}".replace("-", "−")
    return text if len(text) <= LONGEST_NUMBER else "…"
