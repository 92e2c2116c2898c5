"""Pages: squares of a picture of weights, each cell a code for a value and for what is known of it.

A picture cell stands for a block of `stride` × `stride` weights. Its code is 0 to 255 for the values
-128 to 127, `UNKNOWN`, `NOWHERE`, or `FAILED` and more for the same values where they are not to be
trusted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

BIAS = 128
"""Code of the value 0."""
UNKNOWN = 256
"""Code of cells whose tile is not decoded yet."""
NOWHERE = 257
"""Code of cells that no tile of the file covers."""
FAILED = 258
"""Code of the value -128 in a tile that failed to decode."""
CODES = FAILED + 256
"""How many codes there are."""

Codes = NDArray[np.int16]
Ints = NDArray[np.int64]


def weight_text(code: int) -> str:
    """The weight that a code stands for; "" where it stands for none."""
    if code in (UNKNOWN, NOWHERE):
        return ""
    weight = (code - FAILED if code >= FAILED else code) - BIAS
    return f"{weight}".replace("-", "−")


class State(IntEnum):
    """What is known of a tile."""

    UNDECODED = 0
    SOUND = 1
    BROKEN = 2
    MISSING = 3


@dataclass(frozen=True, slots=True)
class Region:
    """Rows [row, row_end) and columns [col, col_end) of the matrix."""

    row: int
    row_end: int
    col: int
    col_end: int


@dataclass(eq=False)
class Page:
    """A square of cells.

    Attributes:
        row, col: the first cell, in cells of the page's stride.
        codes: int16[h, w]; smaller than PAGE at the right and lower edge.
        stride: weights along the side of a cell.
        version: counts how often the codes have changed.
        incomplete: whether some cells are not known yet.
        stale: whether a tile has come since the codes were made.
        tiles: the tiles that are in it; kept by `Detail` only.
    """

    row: int
    col: int
    codes: Codes
    stride: int
    version: int = 0
    incomplete: bool = True
    stale: bool = True
    tiles: set[int] = field(default_factory=set)

    def changed(self) -> None:
        """Takes note that there are other codes."""
        self.version += 1
        self.incomplete = bool((self.codes == UNKNOWN).any())

    def part(self, region: Region) -> tuple[range, range]:
        """The rows and the columns of the page that lie in a region of the matrix."""
        rows, cols = self.codes.shape
        return (
            _lines(self.row, rows, region.row, region.row_end, self.stride),
            _lines(self.col, cols, region.col, region.col_end, self.stride),
        )


def _lines(origin: int, cells: int, begin: int, end: int, stride: int) -> range:
    """The cells of a page, counted from its own first, that weights [begin, end) lie in."""
    return range(max(0, begin // stride - origin), min(cells, -(-end // stride) - origin))
