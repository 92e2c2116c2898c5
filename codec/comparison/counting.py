"""The one pass over two matrices that finds all that a comparison knows: compiled, on all cores, rows at a time.

Counted are places of the tile grid, not tiles: each weight lies in just one place, whatever the file's index makes of
it. A segment is what a row of the matrix has in one place. Most segments of two good decoders are equal, which a
vectorised look tells; only those that differ are gone through weight by weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.comparison.comparison import LARGEST_ERROR
from codec.comparison.wide import Wide, wide
from codec.decoders.base import Tick
from codec.fast.compile import Index, Whole, kernel, part, sealed
from codec.threads import cores, run_in_order

BYTES_AT_ONCE = 1 << 20
"""Weights of one byte that a thread takes at a time."""

WIDE_AT_ONCE = 1 << 17
"""Weights of any other type: they are widened to 64 bits first, in the processor's cache."""

ZERO, ONE, SIGN = np.uint64(0), np.uint64(1), np.uint64(63)
MOST = np.uint64(LARGEST_ERROR)
FROM = np.int64(LARGEST_ERROR)

MAX_ABOVE, MAX_LOW, SUM_ABOVE, SUM_LOW = range(4)
"""Words of `Counts.words`."""


class Grid(NamedTuple):
    """Where tiles lie in a matrix.

    Attributes:
        cols: of the matrix, above 0.
        tile_rows, tile_cols: of a place; above 0, and no more than the matrix has.
        across: places side by side.
    """

    cols: int
    tile_rows: int
    tile_cols: int
    across: int

    @classmethod
    def of(cls, shape: tuple[int, int], tile: tuple[int, int]) -> Grid:
        """The grid of a matrix; one that has no weights counts as one of a column."""
        rows, cols = max(shape[0], 1), max(shape[1], 1)
        tile_rows, tile_cols = min(max(tile[0], 1), rows), min(max(tile[1], 1), cols)
        return cls(cols, tile_rows, tile_cols, -(-cols // tile_cols))


class Counts(NamedTuple):
    """What a kernel finds in some rows.

    Attributes:
        differing: int64[places], weights that differ, for the places that the rows touch, row-major.
        first: int64[places], the first of them: row * tile_cols + column within the place; -1 without.
        rows: u32[rows], weights that differ.
        histogram: int64[511], errors, but for the weights of segments that are equal.
        words: u64[4], the largest error and the sum of all, in two words each; only of wide weights.
    """

    differing: NDArray[np.int64]
    first: NDArray[np.int64]
    rows: NDArray[np.uint32]
    histogram: NDArray[np.int64]
    words: NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Tally:
    """What was found in a whole matrix.

    Attributes:
        differing, first: as in `Counts`, for all places of the grid.
        rows: u32[rows], weights that differ in each row.
        histogram: int64[511], how many weights have each error from -255 to 255; larger ones at the ends.
        max_abs_error, sum_abs_error: of all weights.
    """

    differing: NDArray[np.int64]
    first: NDArray[np.int64]
    rows: NDArray[np.uint32]
    histogram: NDArray[np.int64]
    max_abs_error: int
    sum_abs_error: int


def count(left: NDArray[Any], right: NDArray[Any], grid: Grid, tick: Tick) -> Tally:
    """Counts what differs between two matrices of integers of one shape.

    Raises:
        Cancelled: `tick` says so.
    """
    narrow = left.dtype == right.dtype == np.int8
    each = max((BYTES_AT_ONCE if narrow else WIDE_AT_ONCE) // grid.cols, 1)
    batches = [range(row, min(row + each, len(left))) for row in range(0, len(left), each)]
    work = _narrow_rows if narrow else _wide_rows

    def counted(rows: range) -> Counts:
        return work(left[rows.start : rows.stop], right[rows.start : rows.stop], grid, rows)

    parts = run_in_order(counted, batches, cores(), tick, len(left))
    return _merged(parts, batches, left.shape, grid)


def _narrow_rows(
    left: NDArray[np.int8], right: NDArray[np.int8], grid: Grid, rows: range
) -> Counts:
    counts = _new_counts(grid, rows)
    one, other = (sealed(side).reshape(-1) for side in (left, right))
    _count_narrow(one, other, grid, rows.start, counts)
    errors = np.abs(np.arange(-LARGEST_ERROR, LARGEST_ERROR + 1))
    there = errors[counts.histogram > 0]
    counts.words[MAX_LOW] = there.max(initial=0)
    counts.words[SUM_LOW] = int((errors * counts.histogram).sum())
    return counts


def _wide_rows(left: NDArray[Any], right: NDArray[Any], grid: Grid, rows: range) -> Counts:
    counts = _new_counts(grid, rows)
    one, other = (wide(side) for side in (left, right))
    one, other = (Wide(sealed(side.bits).reshape(-1), side.signed) for side in (one, other))
    _count_wide(one, other, grid, rows.start, counts)
    return counts


def _new_counts(grid: Grid, rows: range) -> Counts:
    bands = _bands(grid, rows)
    places = len(bands) * grid.across
    return Counts(
        np.zeros(places, dtype=np.int64),
        np.full(places, -1, dtype=np.int64),
        np.zeros(len(rows), dtype=np.uint32),
        np.zeros(2 * LARGEST_ERROR + 1, dtype=np.int64),
        np.zeros(4, dtype=np.uint64),
    )


def _bands(grid: Grid, rows: range) -> range:
    """The rows of places that rows of the matrix touch."""
    return range(rows.start // grid.tile_rows, (rows.stop - 1) // grid.tile_rows + 1)


def _merged(parts: list[Counts], batches: list[range], shape: tuple[int, ...], grid: Grid) -> Tally:
    """All parts together; they stand in the order of their rows."""
    places = -(-shape[0] // grid.tile_rows) * grid.across
    differing, first = np.zeros(places, dtype=np.int64), np.full(places, -1, dtype=np.int64)
    histogram = np.zeros(2 * LARGEST_ERROR + 1, dtype=np.int64)
    largest, total = 0, 0
    for counts, rows in zip(parts, batches, strict=True):
        bands = _bands(grid, rows)
        here = slice(bands.start * grid.across, bands.stop * grid.across)
        differing[here] += counts.differing
        first[here] = np.where(first[here] < 0, counts.first, first[here])
        histogram += counts.histogram
        words = [int(word) for word in counts.words]
        largest = max(largest, words[MAX_ABOVE] << 64 | words[MAX_LOW])
        total += words[SUM_ABOVE] << 64 | words[SUM_LOW]
    histogram[LARGEST_ERROR] = shape[0] * shape[1] - int(differing.sum())
    by_row = np.concatenate([np.zeros(0, dtype=np.uint32), *(counts.rows for counts in parts)])
    return Tally(differing, first, by_row, histogram, largest, total)


@kernel
def _count_narrow(
    left: NDArray[np.int8], right: NDArray[np.int8], grid: Grid, first_row: int, counts: Counts
) -> None:
    """Counts rows of int8; indices are inside, as segments end with their row."""
    above = first_row // grid.tile_rows
    for number in range(len(counts.rows)):
        row = first_row + number
        place = (row // grid.tile_rows - above) * grid.across
        base = np.uint64(number * grid.cols)
        for begin in range(0, grid.cols, grid.tile_cols):
            end = min(begin + grid.tile_cols, grid.cols)
            span = base + np.uint64(begin), base + np.uint64(end)
            if _differs(left, right, span):
                found = _histogram(left, right, span, counts.histogram)
                at = np.int64(0)
                if counts.first[place] < 0:
                    at = np.int64(_first(left, right, span[0]) - span[0])
                _note(counts, grid, (row, number, place), found, at)
            place += 1


@part
def _differs(
    left: NDArray[np.int8], right: NDArray[np.int8], span: tuple[np.uint64, np.uint64]
) -> bool:
    """Whether a segment differs at all."""
    mixed = np.int8(0)
    for i in range(span[0], span[1]):
        mixed = np.int8(mixed | np.int8(left[i] ^ right[i]))
    return bool(mixed != 0)


@part
def _histogram(
    left: NDArray[np.int8],
    right: NDArray[np.int8],
    span: tuple[np.uint64, np.uint64],
    histogram: NDArray[np.int64],
) -> np.int64:
    """Counts the errors of a segment; returns how many of them are not 0."""
    found = np.int64(0)
    for i in range(span[0], span[1]):
        error = np.int64(right[i]) - np.int64(left[i])
        histogram[np.uint64(error + FROM)] += 1
        found += np.int64(error != 0)
    return found


@part
def _first(left: NDArray[Any], right: NDArray[Any], begin: Index) -> np.uint64:
    """The first index from `begin` on where two arrays differ; there must be one."""
    at = np.uint64(begin)
    while left[at] == right[at]:
        at += ONE
    return at


@part
def _note(
    counts: Counts, grid: Grid, where: tuple[Whole, Whole, Whole], found: Whole, at: Whole
) -> None:
    """Notes what a segment has: `where` is its row in the matrix, and in `counts`, and its place there."""
    row, number, place = where
    if counts.first[place] < 0:
        counts.first[place] = row % grid.tile_rows * grid.tile_cols + at
    counts.differing[place] += found
    counts.rows[number] += np.uint32(found)


@kernel
def _count_wide(left: Wide, right: Wide, grid: Grid, first_row: int, counts: Counts) -> None:
    """As `_count_narrow`, for integers of any type."""
    above = first_row // grid.tile_rows
    for number in range(len(counts.rows)):
        row = first_row + number
        place = (row // grid.tile_rows - above) * grid.across
        base = np.uint64(number * grid.cols)
        for begin in range(0, grid.cols, grid.tile_cols):
            found, at = np.int64(0), np.int64(0)
            for col in range(begin, min(begin + grid.tile_cols, grid.cols)):
                if _add_error(left, right, base + np.uint64(col), counts):
                    at = at if found else np.int64(col - begin)
                    found += 1
            if found:
                _note(counts, grid, (row, number, place), found, at)
            place += 1


@part
def _add_error(left: Wide, right: Wide, i: np.uint64, counts: Counts) -> bool:
    """Counts one weight; whether it differs."""
    one, other = left.bits[i], right.bits[i]
    low = np.uint64(other - one)
    # The words above are 0 or all ones; all is modulo 2^64, which the signs of the result undo.
    above = np.uint64(ZERO - np.uint64(other < one))
    if right.signed:
        above -= other >> SIGN
    if left.signed:
        above += one >> SIGN
    negative = above >> SIGN != ZERO
    if negative:
        low, above = np.uint64(ZERO - low), np.uint64(~above + np.uint64(low == ZERO))
    if low == ZERO and above == ZERO:
        return False
    _add_magnitude(above, low, counts.words)
    cut = np.int64(MOST if above != ZERO else min(low, MOST))
    counts.histogram[np.uint64(FROM - cut if negative else FROM + cut)] += 1
    return True


@part
def _add_magnitude(above: np.uint64, low: np.uint64, words: NDArray[np.uint64]) -> None:
    """Takes the size of an error into the largest one and the sum; of one batch it stays below 2^128."""
    if above > words[MAX_ABOVE] or (above == words[MAX_ABOVE] and low > words[MAX_LOW]):
        words[MAX_ABOVE], words[MAX_LOW] = above, low
    total = np.uint64(words[SUM_LOW] + low)
    words[SUM_ABOVE] += above + np.uint64(total < low)
    words[SUM_LOW] = total
