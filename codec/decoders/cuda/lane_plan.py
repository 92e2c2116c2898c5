"""What one trip to the card takes along of a native tensor: which tiles, what of the file, where weights go.

All of this is NumPy, so it is tested where there is no card.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import NATIVE_PREDICTORS, Coding, Tensor
from codec.decoders.cuda.lane_records import LANE_OUTCOME, LANE_TILE, UNKNOWN_PREDICTOR
from codec.decoders.cuda.plan import (
    FIXED_BYTES,
    WIDEST_STORE,
    Load,
    Tiles,
    Trip,
    Units,
    aligned,
    band,
    rectangles,
    stream_span,
    symbol_counts,
)
from codec.errors import DecodeError

BYTES_PER_TILE = LANE_TILE.itemsize + LANE_OUTCOME.itemsize + 4
"""Of the card's memory, beside the tile's bytes and weights."""

MOST_WEIGHTS = 1 << 30
"""Weights of a tile are fewer: kernels count its bytes in 32 bits."""


def _cost(load: Load) -> int:
    """Bytes of the card's memory."""
    stream = max(load.end - load.begin, 0)
    return FIXED_BYTES + load.tiles * BYTES_PER_TILE + stream + load.output


def lane_matrix_trips(tensor: Tensor, budget: int) -> Iterator[Trip]:
    """Trips of whole tile rows, from the first to the last, that together fill the matrix.

    Args:
        tensor: a native one.
        budget: bytes of the card's memory that a trip may take.

    Raises:
        DecodeError: a single tile row does not fit.
    """
    _require_countable(tensor)
    row_of = tensor.tiles["row"].astype(np.int64)
    order = np.argsort(row_of, kind="stable")
    starts = np.append(np.flatnonzero(np.diff(row_of[order], prepend=-1)), len(order))
    room = np.full(len(starts) - 1, tensor.tile_rows * tensor.cols)
    units = Units(tensor, order, starts, room)
    for begin, end in units.cuts(budget, _cost):
        part = np.sort(order[starts[begin] : starts[end]])
        first_row, rows = band(tensor, part)
        records = lane_records(tensor, part)
        place = rectangles(tensor, part)
        records["target"] = (place[:, 0] - first_row) * tensor.cols + place[:, 1]
        records["width"] = np.maximum(place[:, 3], 1)
        yield _trip(tensor, part, records, first_row, rows, rows * tensor.cols)


def lane_flat_trips(tensor: Tensor, tiles: Sequence[int], budget: int) -> Iterator[Trip]:
    """Trips that put the values of each tile behind those of the one before, nothing undone.

    Args and errors are those of `lane_matrix_trips`; a single tile may not fit.
    """
    _require_countable(tensor)
    chosen = np.array(tiles, dtype=np.int64)
    units = Units(
        tensor, chosen, np.arange(len(chosen) + 1), aligned(symbol_counts(tensor, chosen))
    )
    for begin, end in units.cuts(budget, _cost):
        part = chosen[begin:end]
        records = lane_records(tensor, part)
        room = aligned(records["count"].astype(np.int64))
        records["target"], records["width"] = np.cumsum(room) - room, np.maximum(room, WIDEST_STORE)
        records["predictor"] = UNKNOWN_PREDICTOR
        yield _trip(tensor, part, records, 0, 0, int(room.sum()))


def lane_records(tensor: Tensor, tiles: Tiles) -> NDArray[Any]:
    """LANE_TILE[n] of tiles; where their bytes are and their weights go is still 0."""
    found, known = tensor.tiles[tiles], len(NATIVE_PREDICTORS)
    records = np.zeros(len(tiles), dtype=LANE_TILE)
    records["size"], records["count"] = found["size"], symbol_counts(tensor, tiles)
    records["coding"], records["constant"] = found["coding"], found["constant"].view(np.uint8)
    coded = (found["coding"] == Coding.RANS) & (found["predictor"] < known)
    records["predictor"] = np.where(coded, found["predictor"], UNKNOWN_PREDICTOR)
    return records


def _trip(
    tensor: Tensor, tiles: Tiles, records: NDArray[Any], first_row: int, rows: int, output: int
) -> Trip:
    begin, size = stream_span(tensor, tiles)
    pitch = tensor.cols if rows else WIDEST_STORE
    return Trip(tiles, records, begin, size, first_row, rows, output, pitch)


def _require_countable(tensor: Tensor) -> None:
    if tensor.tile_rows * tensor.tile_cols >= MOST_WEIGHTS and (
        symbol_counts(tensor, np.arange(len(tensor.tiles))).max(initial=0) >= MOST_WEIGHTS
    ):
        raise DecodeError(f"{tensor.name} has tiles of {MOST_WEIGHTS:,} weights or more")
