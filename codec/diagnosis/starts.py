"""What a decoder adds to the first weight of a row, by each rule that it may follow.

Values of other tiles are taken as they were found: that decoder had no others. Where it decoded tiles at the same
time, what it found there may be what stood in memory before, which no rule tells.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.container import Prediction, Predictor, Rectangle
from codec.diagnosis import undoing
from codec.diagnosis.evidence import Evidence
from codec.diagnosis.pipeline import Start
from codec.prediction import edge_positions

Numbers = NDArray[np.int64]
NO_VALUES: Numbers = np.zeros(1, dtype=np.int64)

_AS_CODED = {Start.AS_CODED, Start.HANDED_ON}

_KERNEL_RULES = {
    Start.CONTINUED: undoing.CONTINUED,
    Start.ROW_ABOVE: undoing.ABOVE,
    Start.LAST_VISIBLE: undoing.LAST_VISIBLE,
    Start.FIRST_ROW: undoing.FIRST_ROW,
}


def left_start(evidence: Evidence, tile: int, start: Start) -> tuple[int, Numbers]:
    """The kernel's rule for LEFT and the values given to it, at least one."""
    place = evidence.tensor.rectangle(tile)
    differenced = evidence.tensor.prediction is Prediction.DIFFERENCED
    coded = undoing.FIRST_ROW if differenced and place.col else undoing.CONTINUED
    if differenced and not place.col:
        coded = undoing.GIVEN
    if start in _AS_CODED:
        edge = edge_positions(place, Predictor.LEFT, evidence.tensor.cols) if differenced else None
        return coded, _rows_of(evidence, tile) if edge is None else _looked_up(evidence, edge)
    if start in {Start.ZERO, Start.UNKNOWN}:
        return undoing.GIVEN, _rows_of(evidence, tile)
    if start is Start.FIRST_ROW:
        return undoing.FIRST_ROW, _looked_up(
            evidence, _flat_before(evidence, place, place.row) + np.arange(place.rows)
        )
    if start in _KERNEL_RULES:
        return _KERNEL_RULES[start], NO_VALUES
    if start is Start.TILE_UNKNOWN:
        return (coded if coded != undoing.GIVEN else undoing.CONTINUED), NO_VALUES
    if start is Start.TILE_FLAT_BEFORE:
        before = _flat_before(evidence, place, place.row)
        return coded, _looked_up(evidence, _decoded(evidence, tile, before))
    if start is Start.TILE_CARRIED:
        return coded, np.array([carried(evidence, tile)], dtype=np.int64)
    if start is Start.MATRIX_LEFT_OR_CONTINUED and not place.col:
        return undoing.CONTINUED, NO_VALUES
    return undoing.GIVEN, _neighbours(evidence, tile, start)


def top_start(evidence: Evidence, tile: int, start: Start) -> tuple[int, Numbers]:
    """The kernel's rule for TOP and the values given to it, at least one."""
    tensor, place = evidence.tensor, evidence.tensor.rectangle(tile)
    above = (place.row - 1) * tensor.cols + place.col + np.arange(place.cols)
    if start is Start.CONTINUED:
        return undoing.CONTINUED, NO_VALUES
    given = start in {Start.MATRIX_LEFT, Start.FLAT_BEFORE}
    if start in _AS_CODED:
        given = tensor.prediction is Prediction.DIFFERENCED
    zeros = np.zeros(tensor.coded_shape(tile)[1], dtype=np.int64)
    return undoing.GIVEN, _looked_up(evidence, above) if given and place.row else zeros


def _neighbours(evidence: Evidence, tile: int, start: Start) -> Numbers:
    """int64[coded rows]: what stands before, or before and above, the first weight of each row in the matrix."""
    place = evidence.tensor.rectangle(tile)
    rows = place.row + np.arange(evidence.tensor.coded_shape(tile)[0], dtype=np.int64)
    if start is Start.ABOVE_LEFT:
        rows = rows - 1
    positions = _flat_before(evidence, place, rows)
    if start is not Start.FLAT_BEFORE and not place.col:
        positions = np.full(len(rows), -1, dtype=np.int64)
    positions[rows < 0] = -1
    return _looked_up(evidence, _decoded(evidence, tile, positions))


def _decoded(evidence: Evidence, tile: int, positions: Numbers) -> Numbers:
    """The positions, or -1 where a tile lies that is decoded later: there stands what the memory held, mostly 0."""
    tensor = evidence.tensor
    row, col = np.divmod(positions, tensor.cols)
    own = tensor.tiles[tile]
    grid_row, grid_col = row // tensor.tile_rows, col // tensor.tile_cols
    before = grid_row * tensor.grid_cols + grid_col
    here = int(own["row"]) * tensor.grid_cols + int(own["col"])
    return np.where((positions >= 0) & (row < tensor.rows) & (before <= here), positions, -1)


def _flat_before(evidence: Evidence, place: Rectangle, rows: Numbers | int) -> Numbers:
    """The flat positions before a tile's first column, in matrix rows."""
    return np.atleast_1d(np.asarray(rows, dtype=np.int64) * evidence.tensor.cols + place.col - 1)


def _looked_up(evidence: Evidence, positions: Numbers) -> Numbers:
    """int64[at least 1]: found weights at flat positions of the matrix, 0 outside."""
    flat = evidence.found.reshape(-1)
    values = np.zeros(max(len(positions), 1), dtype=np.int64)
    inside = (positions >= 0) & (positions < len(flat))
    values[: len(positions)][inside] = flat[positions[inside]]
    return values


def _rows_of(evidence: Evidence, tile: int) -> Numbers:
    return np.zeros(max(evidence.tensor.coded_shape(tile)[0], 1), dtype=np.int64)


def carried(evidence: Evidence, tile: int) -> int:
    """The last value of the tile before in coding order, as the decoder that gave the output had it."""
    if tile == 0:
        return 0
    tensor, before = evidence.tensor, tile - 1
    place, coded = tensor.rectangle(before), tensor.coded_shape(before)
    found = evidence.found_tile(before)
    if not found.size:
        return 0
    if (place.rows, place.cols) == coded:
        return int(found[-1, -1].view(np.int8))
    # The last value is padding, which was not written; it is off by what the whole tile is off by.
    off = int(found[0, 0]) - int(evidence.expected_tile(before)[0, 0])
    return (int(evidence.expected(before)[-1, -1]) + off + 128) % 256 - 128
