"""Counting where weights differ, and how far a hypothesis predicts them, compiled: all are weighed with it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.bands import in_bands
from codec.fast.compile import kernel, part, sealed

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]

AS_IS, TRANSPOSED, BACKWARDS, UPSIDE_DOWN, MIRRORED = range(5)
"""How a tile's weights are laid out in its place."""

DIFFERING, EXPLAINED, CONTRADICTED, UNCLAIMED = range(4)
"""Columns of a tally, int64[tiles, 4]: weights that are wrong in the tile, those of them that were predicted,
weights that are right although something else was predicted, and wrong ones of which nothing is said."""


def grid_differences(left: Bytes, right: Bytes, tile_rows: int, tile_cols: int) -> Numbers:
    """int64[grid rows, grid cols]: weights that differ in each tile of two u8[rows, cols]."""
    rows, cols = left.shape
    if not left.size:
        return np.zeros((-(-rows // tile_rows), -(-cols // tile_cols)), dtype=np.int64)
    one, other = sealed(left), sealed(right)
    down = -(-len(left) // tile_rows)

    def counted(band: slice) -> Numbers:
        rows = slice(band.start * tile_rows, band.stop * tile_rows)
        return _grid_differences(one[rows], other[rows], tile_rows, tile_cols)

    return np.concatenate(in_bands(counted, down, left.size))


@kernel
def _grid_differences(left: Bytes, right: Bytes, tile_rows: int, tile_cols: int) -> Numbers:
    """Both matrices have one shape and are not empty, so every slice is inside."""
    rows, cols = left.shape
    down, across = (rows + tile_rows - 1) // tile_rows, (cols + tile_cols - 1) // tile_cols
    counts = np.zeros((down, across), dtype=np.int64)
    for row in range(rows):
        for grid_col in range(across):
            begin = grid_col * tile_cols
            one, other = left[row, begin : begin + tile_cols], right[row, begin : begin + tile_cols]
            differing = np.int32(0)
            for i in range(len(one)):
                differing += np.int32(one[i] != other[i])
            counts[row // tile_rows, grid_col] += differing
    return counts


def tally(
    contents: Bytes,
    claimed: Mask,
    begins: Numbers,
    places: Numbers,
    layout: int,
    found: Bytes,
    true: Bytes,
    skipped: Mask,
) -> Numbers:
    """int64[tiles, 4]: how far predicted tiles are what was found.

    Args:
        contents: u8[any], predicted weights of all tiles, one behind the other.
        claimed: bool[contents], which of them are predicted at all; bool[0] for all.
        begins: int64[tiles], where each begins.
        places: int64[tiles, 8]: row, column, rows and columns in the matrix; rows and columns of the contents,
            the first row to look at and the one behind the last.
        layout: how contents are laid out.
        found, true: u8[rows, cols].
        skipped: bool[rows, cols], weights not to be counted; bool[0, 0] for none.
    """
    weights, known, begins, places = (
        sealed(contents), sealed(claimed), sealed(begins), sealed(places),
    )  # fmt: skip
    matrices = sealed(found), sealed(true), sealed(skipped)

    def counted(band: slice) -> Numbers:
        return _tally(weights, known, begins[band], places[band], layout, *matrices)

    return np.concatenate(in_bands(counted, len(begins), len(contents)))


@kernel
def _tally(
    contents: Bytes,
    claimed: Mask,
    begins: Numbers,
    places: Numbers,
    layout: int,
    found: Bytes,
    true: Bytes,
    skipped: Mask,
) -> Numbers:
    """Places lie in the matrix and contents in `contents`; what a layout puts outside is not predicted."""
    counts = np.zeros((len(begins), 4), dtype=np.int64)
    for tile in range(len(begins)):
        top, left, rows, cols, height, width, first, last = places[tile]
        differing = explained = contradicted = unclaimed = 0
        plain = layout == AS_IS and len(claimed) == 0
        if plain and rows <= height and cols <= width:
            counts[tile] = _tally_tile(contents[begins[tile] :], places[tile], found, true, skipped)
            continue
        for row in range(first, min(last, rows)):
            for col in range(cols):
                if len(skipped) > 0 and skipped[top + row, left + col]:
                    continue
                value = found[top + row, left + col]
                wrong = value != true[top + row, left + col]
                source = laid_out(layout, row, col, height, width)
                differing += wrong
                if source >= 0 and len(claimed) > 0 and not claimed[begins[tile] + source]:
                    unclaimed += wrong
                    continue
                same = source >= 0 and contents[begins[tile] + source] == value
                explained += wrong and same
                contradicted += not wrong and not same
        counts[tile, 0], counts[tile, 1] = differing, explained
        counts[tile, 2], counts[tile, 3] = contradicted, unclaimed
    return counts


@part
def _tally_tile(
    contents: Bytes, place: Numbers, found: Bytes, true: Bytes, skipped: Mask
) -> Numbers:
    """The tally of a tile that is predicted throughout and laid out as it should be."""
    top, left, rows, cols, _, width, first, last = place
    counts = np.zeros(4, dtype=np.int64)
    for row in range(first, min(last, rows)):
        predicted = contents[row * width : row * width + cols]
        held, right = found[top + row, left : left + cols], true[top + row, left : left + cols]
        if len(skipped) == 0:
            differing, explained, contradicted = _tally_row(predicted, held, right)
        else:
            out = skipped[top + row, left : left + cols]
            differing, explained, contradicted = _tally_rest(predicted, held, right, out)
        counts[0] += differing
        counts[1] += explained
        counts[2] += contradicted
    return counts


@part
def _tally_row(predicted: Bytes, found: Bytes, true: Bytes) -> tuple[int, int, int]:
    """A row of the tally without branches, which the compiler makes vectors of."""
    differing = explained = contradicted = np.int32(0)
    for i in range(len(found)):
        wrong, same = found[i] != true[i], found[i] == predicted[i]
        differing += np.int32(wrong)
        explained += np.int32(wrong & same)
        contradicted += np.int32((not wrong) & (not same))
    return int(differing), int(explained), int(contradicted)


@part
def _tally_rest(predicted: Bytes, found: Bytes, true: Bytes, skipped: Mask) -> tuple[int, int, int]:
    """As `_tally_row`, of the weights that are not skipped."""
    differing = explained = contradicted = np.int32(0)
    for i in range(len(found)):
        counts = not skipped[i]
        wrong, same = found[i] != true[i], found[i] == predicted[i]
        differing += np.int32(counts & wrong)
        explained += np.int32(counts & wrong & same)
        contradicted += np.int32(counts & (not wrong) & (not same))
    return int(differing), int(explained), int(contradicted)


@part
def laid_out(layout: int, row: int, col: int, height: int, width: int) -> int:
    """Which of a tile's height * width weights a layout puts at (row, col); -1 for none."""
    if layout == TRANSPOSED:
        row, col = col, row
    if row >= height or col >= width:
        return -1
    if layout == UPSIDE_DOWN:
        row = height - 1 - row
    if layout == MIRRORED:
        col = width - 1 - col
    place = row * width + col
    return height * width - 1 - place if layout == BACKWARDS else place


def tile_tails(holds: Mask, wrong: Mask, places: Numbers) -> tuple[Numbers, Numbers]:
    """Of each tile, the first weight from which on `holds` is true to its end, and the first wrong one from there.

    Args:
        holds, wrong: bool[rows, cols].
        places: int64[tiles, 4], the tiles' rectangles.

    Returns:
        Two int64[tiles]: numbers of weights, row by row in the tile; its size where there is none.
    """
    held, bad, read = sealed(holds), sealed(wrong), sealed(places)
    parts = in_bands(lambda band: _tile_tails(held, bad, read[band]), len(read), held.size)
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


@kernel
def _tile_tails(holds: Mask, wrong: Mask, places: Numbers) -> tuple[Numbers, Numbers]:
    """Rectangles lie in the matrix."""
    begins = np.empty(len(places), dtype=np.int64)
    firsts = np.empty(len(places), dtype=np.int64)
    for tile in range(len(places)):
        top, left, rows, cols = places[tile]
        begin = first = rows * cols
        for row in range(rows - 1, -1, -1):
            held, bad = holds[top + row, left : left + cols], wrong[top + row, left : left + cols]
            col = cols - 1
            while col >= 0 and held[col]:
                if bad[col]:
                    first = row * cols + col
                col -= 1
            begin = row * cols + col + 1
            if col >= 0:
                break
        begins[tile], firsts[tile] = begin, first
    return begins, firsts


def grid_tally(
    predicted: Bytes, found: Bytes, true: Bytes, skipped: Mask, tile: tuple[int, int]
) -> Numbers:
    """int64[grid rows, grid cols, 4]: the tally of a whole matrix that was predicted, by the tiles of its grid.

    Args:
        predicted, found, true: u8[rows, cols].
        skipped: bool[rows, cols], weights not to be counted; bool[0, 0] for none.
        tile: rows and columns of a tile.
    """
    guess, held, right, out = sealed(predicted), sealed(found), sealed(true), sealed(skipped)

    def counted(band: slice) -> Numbers:
        rows = slice(band.start * tile[0], band.stop * tile[0])
        left_out = out[rows] if len(out) else out
        return _grid_tally(guess[rows], held[rows], right[rows], left_out, tile[0], tile[1])

    return np.concatenate(in_bands(counted, -(-len(found) // tile[0]), found.size))


@kernel
def _grid_tally(
    predicted: Bytes, found: Bytes, true: Bytes, skipped: Mask, tile_rows: int, tile_cols: int
) -> Numbers:
    """All matrices have one shape, but for an empty `skipped`."""
    rows, cols = found.shape
    down, across = (rows + tile_rows - 1) // tile_rows, (cols + tile_cols - 1) // tile_cols
    counts = np.zeros((down, across, 4), dtype=np.int64)
    for row in range(rows):
        for grid_col in range(across):
            place = counts[row // tile_rows, grid_col]
            first, last = grid_col * tile_cols, min((grid_col + 1) * tile_cols, cols)
            guess, held = predicted[row, first:last], found[row, first:last]
            if len(skipped) == 0:
                one = _tally_row(guess, held, true[row, first:last])
            else:
                one = _tally_rest(guess, held, true[row, first:last], skipped[row, first:last])
            place[0] += one[0]
            place[1] += one[1]
            place[2] += one[2]
    return counts
