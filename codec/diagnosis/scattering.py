"""Tiles written to wrong addresses, compiled: what the matrix holds after all of them were written, one by one.

Whatever a decoder confuses (a stride, a bound, a tile's corner), the address of a tile's weight is base + row * step +
column * step. So one kernel writes by all the rules in `writing`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.bands import in_bands
from codec.fast.compile import kernel, part, sealed

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]

BASE, ROW_STEP, COL_STEP, HEIGHT, WIDTH, CONTENT_WIDTH, ROOM, OWNER = range(8)
"""Columns of writes, int64[tiles, 8]: address of the first weight, what a row and a column more add to it; rows and
columns that are written; weights from one row to the next in the contents; columns of the matrix behind the base,
behind which nothing is written (a huge number where that is not looked at); the tile's place in the grid."""

UNBOUNDED = np.int64(1) << np.int64(40)


def scatter(
    contents: Bytes, begins: Numbers, sizes: Numbers, writes: Numbers, matrix: Bytes, written: Bytes
) -> None:
    """Writes tiles into a matrix in their order; addresses outside are dropped.

    Args:
        contents: u8[any], of all tiles.
        begins, sizes: int64[tiles], where each begins, and how many weights it has.
        writes: int64[tiles, 8], by the columns above.
        matrix: u8[rows * cols], written to.
        written: u8[rows * cols], set to 1 where something was written.
    """
    read = sealed(contents), sealed(begins), sealed(sizes), sealed(writes)

    def write(band: slice) -> None:
        _scatter(*read, matrix, written, band.start, band.stop)

    in_bands(write, len(matrix), len(matrix))


@kernel
def _scatter(
    contents: Bytes,
    begins: Numbers,
    sizes: Numbers,
    writes: Numbers,
    matrix: Bytes,
    written: Bytes,
    low: int,
    high: int,
) -> None:
    """Writes what falls between two addresses of the matrix; every index is held against its bounds."""
    for tile in range(len(begins)):
        base, row_step, col_step, height, width, content_width, room, _ = writes[tile]
        part_of = contents[begins[tile] : begins[tile] + sizes[tile]]
        wide = min(width, room)
        if row_step == 1 and col_step >= height and col_step > 1:
            # Column by column, since that is how they stand in memory; no two fall together.
            for col in range(wide):
                target = base + col * col_step
                _write_run(part_of, col, content_width, height, matrix, written, target, low, high)
            continue
        for row in range(height):
            source, target = row * content_width, base + row * row_step
            if col_step == 1:
                _write_run(part_of, source, 1, wide, matrix, written, target, low, high)
                continue
            for col in range(wide):
                place = target + col * col_step
                if source + col < len(part_of) and low <= place < high:
                    matrix[place] = part_of[source + col]
                    written[place] = 1


@part
def _write_run(
    contents: Bytes,
    source: int,
    step: int,
    count: int,
    matrix: Bytes,
    written: Bytes,
    target: int,
    low: int,
    high: int,
) -> None:
    """Writes weights to consecutive addresses, as far as they lie between two; sources are `step` apart."""
    first, last = max(low - target, 0), min(count, high - target)
    if source >= len(contents):
        return
    if step > 0:
        last = min(last, (len(contents) - source + step - 1) // step)
    if first >= last:
        return
    out, done = matrix[target + first : target + last], written[target + first : target + last]
    if step == 1:
        run = contents[source + first : source + last]
        for i in range(len(out)):
            out[i] = run[i]
    else:
        for i in range(len(out)):
            out[i] = contents[source + (first + i) * step]
    done[:] = 1


@kernel
def scatter_over(
    contents: Bytes,
    begins: Numbers,
    sizes: Numbers,
    writes: Numbers,
    matrix: Bytes,
    written: Bytes,
    grid: tuple[int, int, int, int],
) -> None:
    """As `_scatter`, for some of the tiles over a matrix in which the others stand.

    Where a weight falls into the place of a tile that is written later, that tile's weight stays. `grid`: columns
    of the matrix, rows and columns of a tile, tiles across.
    """
    cols, tile_rows, tile_cols, across = grid
    for tile in range(len(begins)):
        base, row_step, col_step, height, width, content_width, room, own = writes[tile]
        for row in range(height):
            for col in range(min(width, room)):
                source = row * content_width + col
                target = base + row * row_step + col * col_step
                if not (source < sizes[tile] and 0 <= target < len(matrix)):
                    continue
                owner = target // cols // tile_rows * across + target % cols // tile_cols
                if owner <= own or written[target] == 0:
                    matrix[target] = contents[begins[tile] + source]
                    written[target] = 1


def fill_rest(matrix: Bytes, written: Bytes, found: Bytes) -> None:
    """Where nothing was written, the value that was found there most. All have one length."""
    if written.view(np.bool_).all():
        return
    held, out = sealed(found), sealed(written)
    parts = in_bands(lambda band: _unwritten_counts(out[band], held[band]), len(out), len(out))
    fill = np.uint8(np.sum(parts, axis=0).argmax())
    in_bands(lambda band: _fill(matrix[band], out[band], fill), len(out), len(out))


@kernel
def _unwritten_counts(written: Bytes, found: Bytes) -> Numbers:
    """int64[256]: values found where nothing was written."""
    counts = np.zeros(256, dtype=np.int64)
    for i in range(len(written)):
        if written[i] == 0:
            counts[found[i]] += 1
    return counts


@kernel
def _fill(matrix: Bytes, written: Bytes, fill: np.uint8) -> None:
    """Both have one length."""
    for i in range(len(matrix)):
        matrix[i] = matrix[i] if written[i] else fill
