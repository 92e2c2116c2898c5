"""Matrices as pictures that stand inside the page: PNGs of at most so many pixels, as data URIs.

A pixel may stand for many weights. Of errors it shows the largest, since one wrong weight among thousands is what is
looked for; of weights it shows the mean.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.report import colours
from app.report.colours import Scale
from app.report.verdict import tile_shares
from codec.comparison.comparison import Comparison

MOST_PIXELS = 512
"""Along a side of a picture: four of them, packed, stay well below 2 MB whatever they show."""

WEIGHTS_AT_ONCE = 1 << 22
"""Weights that are looked at in one go."""

Reduce = Callable[[NDArray[Any]], NDArray[np.float64]]
"""float64[rows, cols] of any[rows, k, cols, k]: what a pixel shows of the weights that it stands for."""


class Picture(NamedTuple):
    """A picture and how to read it.

    Attributes:
        uri: the PNG.
        width, height: in pixels.
        weights: (rows, cols) that a pixel stands for.
        scale: what its colours mean.
    """

    uri: str
    width: int
    height: int
    weights: tuple[int, int]
    scale: Scale


def error_picture(comparison: Comparison, *, signed: bool) -> Picture:
    """The errors of all weights; of those that share a pixel, the largest."""
    largest = max(min(comparison.max_abs_error, 1 << 30), 1)
    scale = colours.signed(largest) if signed else colours.amount(largest)
    reduce = _largest if signed else _largest_size
    values, each = _reduced(comparison, reduce, comparison.errors)
    return _picture(values, each, scale)


def output_picture(comparison: Comparison, weights: NDArray[Any], scale: Scale) -> Picture:
    """The weights of one side; of those that share a pixel, the mean."""

    def part(rows: slice, cols: slice) -> NDArray[Any]:
        return weights[rows, cols]

    values, each = _reduced(comparison, _mean, part)
    return _picture(values, each, scale)


def weight_scale(comparison: Comparison) -> Scale:
    """One scale for both outputs, so that like weights look alike."""
    sides = [side.weights for side in (comparison.left, comparison.right) if side.weights.size]
    low = min((int(side.min()) for side in sides), default=0)
    high = max((int(side.max()) for side in sides), default=1)
    return colours.weights(low, max(high, low + 1))


def tile_picture(comparison: Comparison) -> Picture:
    """The share of wrong weights of each tile, in percent; of tiles that share a pixel, the largest."""
    tensor = comparison.tensor
    shares = np.zeros((max(tensor.grid_rows, 1), max(tensor.grid_cols, 1)))
    rows, cols = tensor.tiles["row"].astype(np.int64), tensor.tiles["col"].astype(np.int64)
    inside = (rows < shares.shape[0]) & (cols < shares.shape[1])
    shares[rows[inside], cols[inside]] = 100 * tile_shares(comparison)[inside]
    each = _pixel_of(shares.shape)
    return _picture(_blocks(shares, each, _largest), each, colours.amount(100))


def _reduced(
    comparison: Comparison, reduce: Reduce, part: Callable[[slice, slice], NDArray[Any]]
) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """The values of all pixels, looked at a band of rows at a time; and the weights that each stands for."""
    shape = comparison.tensor.rows, comparison.tensor.cols
    each = _pixel_of(shape)
    bands = [
        _blocks(part(rows, slice(0, shape[1])), each, reduce) for rows in _bands(shape, each[0])
    ]
    return np.concatenate(bands), each


def _pixel_of(shape: tuple[int, ...]) -> tuple[int, int]:
    """(rows, cols) that a pixel stands for: the same number along both sides, unless one is very short."""
    each = max(-(-max(shape) // MOST_PIXELS), 1)
    return min(each, shape[0]), min(each, shape[1])


def _bands(shape: tuple[int, int], each: int) -> Iterator[slice]:
    """Rows by whole pixels."""
    height = max(WEIGHTS_AT_ONCE // max(shape[1], 1) // each, 1) * each
    for row in range(0, shape[0], height):
        yield slice(row, min(row + height, shape[0]))


def _blocks(values: NDArray[Any], each: tuple[int, int], reduce: Reduce) -> NDArray[np.float64]:
    """What each pixel shows; the last row and column of pixels may stand for fewer weights, which are repeated."""
    rows, cols = (-(-n // k) * k for n, k in zip(values.shape, each, strict=True))
    padding = ((0, rows - values.shape[0]), (0, cols - values.shape[1]))
    if rows * cols != values.size:
        values = np.pad(values, padding, mode="edge")
    return reduce(values.reshape(rows // each[0], each[0], cols // each[1], each[1]))


def _largest(blocks: NDArray[Any]) -> NDArray[np.float64]:
    low, high = blocks.min(axis=(1, 3)), blocks.max(axis=(1, 3))
    found: NDArray[np.float64] = np.where(-low > high, low, high).astype(np.float64)
    return found


def _largest_size(blocks: NDArray[Any]) -> NDArray[np.float64]:
    return np.abs(_largest(blocks))


def _mean(blocks: NDArray[Any]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = blocks.mean(axis=(1, 3), dtype=np.float64)
    return found


def _picture(values: NDArray[np.float64], each: tuple[int, int], scale: Scale) -> Picture:
    image = Image.fromarray(scale.indices(values))
    image.putpalette(scale.palette.tobytes())
    target = io.BytesIO()
    image.save(target, format="PNG", optimize=True)
    uri = f"data:image/png;base64,{base64.b64encode(target.getvalue()).decode('ascii')}"
    return Picture(uri, values.shape[1], values.shape[0], each, scale)
