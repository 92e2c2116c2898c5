"""What one trip to the card takes along: which tiles, what of the file, which windows they fill.

A tensor that does not fit into the card's memory goes in several trips. All of this is NumPy, so it is
tested where there is no card.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import PREDICTORS, Predictor, Tensor
from codec.decoders.cuda.records import (
    LEFT,
    NO_PREDICTOR,
    OUTCOME,
    PLACE,
    READ_AHEAD,
    TILE,
    TOP,
)
from codec.errors import DecodeError

BYTES_PER_TILE = TILE.itemsize + OUTCOME.itemsize + PLACE.itemsize
"""Of the card's memory, beside the tile's stream and weights."""

FIXED_BYTES = 1 << 20
"""Of the card's memory, beside all that depends on the tensor; far more than it is."""

WIDEST_STORE = 16
"""Bytes of the widest store of a kernel; all that lies in the card's memory is aligned to it."""

Tiles = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Trip:
    """Tiles that are decoded together.

    Attributes:
        tiles: int64[n], in coding order.
        records: TILE[n]; what depends on the bytes of the file, offset and size, is still 0.
        begin, size: the part of the file that holds their streams.
        first_row, rows: the rows of the matrix that they fill; 0 where they fill none.
        output: bytes that their streams are decoded to.
        pitch: bytes from one row of that to the next.
    """

    tiles: Tiles
    records: NDArray[Any]
    begin: int
    size: int
    first_row: int
    rows: int
    output: int
    pitch: int


@dataclass(frozen=True)
class Load:
    """What a run of tiles would take; loads add up.

    Attributes:
        tiles: how many there are.
        begin, end: the part of the file that holds their streams; begin > end where there is none.
        output: bytes that they are decoded to.
    """

    tiles: int
    begin: int
    end: int
    output: int

    def __add__(self, other: Load) -> Load:
        return Load(
            self.tiles + other.tiles,
            min(self.begin, other.begin),
            max(self.end, other.end),
            self.output + other.output,
        )

    def bytes(self, outputs: int, checkpoints_per_tile: int) -> int:
        """Of the card's memory."""
        per_tile = BYTES_PER_TILE + 8 * checkpoints_per_tile
        stream = max(self.end - self.begin, 0) + 2 * READ_AHEAD
        return FIXED_BYTES + self.tiles * per_tile + stream + outputs * self.output


def rectangles(tensor: Tensor, tiles: Tiles) -> NDArray[np.int64]:
    """int64[n, 4]: row, column, rows and columns of what each tile fills, as `Tensor.rectangle`."""
    records = tensor.tiles[tiles]
    found = np.empty((len(tiles), 4), dtype=np.int64)
    found[:, 0] = records["row"].astype(np.int64) * tensor.tile_rows
    found[:, 1] = records["col"].astype(np.int64) * tensor.tile_cols
    found[:, 2] = np.clip(tensor.rows - found[:, 0], 0, tensor.tile_rows)
    found[:, 3] = np.clip(tensor.cols - found[:, 1], 0, tensor.tile_cols)
    return found


def symbol_counts(tensor: Tensor, tiles: Tiles) -> NDArray[np.int64]:
    """int64[n]: symbols that the layout puts into each tile's stream, as `Tensor.symbol_count`."""
    if tensor.padded:
        return np.full(len(tiles), tensor.tile_rows * tensor.tile_cols, dtype=np.int64)
    found = rectangles(tensor, tiles)
    return found[:, 2] * found[:, 3]


def shadowed(tensor: Tensor) -> NDArray[np.bool_]:
    """bool[n]: the tiles whose place in the grid a later one takes too, in a file that is broken.

    Of these the last one shows in the matrix, as if the tiles were decoded one after the other.
    """
    row, col = tensor.tiles["row"].astype(np.int64), tensor.tiles["col"].astype(np.int64)
    places = (row << 32 | col)[::-1]
    _, last = np.unique(places, return_index=True)
    hidden = np.ones(len(places), dtype=np.bool_)
    hidden[len(places) - 1 - last] = False
    return hidden


def flat_trips(
    tensor: Tensor, tiles: Sequence[int], budget: int, per_tile: int = 0
) -> Iterator[Trip]:
    """Trips that put the values of each tile behind those of the one before.

    Args:
        tensor: the matrix.
        tiles: which of them.
        budget: bytes of the card's memory that a trip may take.
        per_tile: checkpoints of a tile.

    Raises:
        DecodeError: a single tile does not fit.
    """
    chosen = np.array(tiles, dtype=np.int64)
    sizes = aligned(symbol_counts(tensor, chosen))
    units = Units(tensor, chosen, np.arange(len(chosen) + 1), sizes)
    for begin, end in units.cuts(budget, lambda load: load.bytes(1, per_tile)):
        part = chosen[begin:end]
        records, total = flat_records(tensor, part)
        yield Trip(part, records, *stream_span(tensor, part), 0, 0, total, WIDEST_STORE)


def matrix_trips(tensor: Tensor, budget: int, per_tile: int = 0) -> Iterator[Trip]:
    """Trips of whole tile rows, from the first to the last, that together fill the matrix.

    Args and errors are those of `flat_trips`. Where tiles are predicted from one another, the
    residuals take as much room again as the weights, and one more row that lies above.
    """
    row_of = tensor.tiles["row"].astype(np.int64)
    order = np.argsort(row_of, kind="stable")
    starts = np.append(np.flatnonzero(np.diff(row_of[order], prepend=-1)), len(order))
    room = np.full(len(starts) - 1, tensor.tile_rows * tensor.cols)
    outputs, above = (1, 0) if tensor.padded else (2, tensor.cols)
    units = Units(tensor, order, starts, room)
    for begin, end in units.cuts(budget, lambda load: load.bytes(outputs, per_tile) + above):
        part = np.sort(order[starts[begin] : starts[end]])
        first_row, rows = band(tensor, part)
        if tensor.padded:
            records, size = matrix_records(tensor, part, first_row), rows * tensor.cols
        else:
            records, size = flat_records(tensor, part)
        yield Trip(part, records, *stream_span(tensor, part), first_row, rows, size, tensor.cols)


def flat_records(tensor: Tensor, tiles: Tiles) -> tuple[NDArray[Any], int]:
    """TILE[n] of windows one behind the other, each of one row; and the bytes that they take."""
    counts = symbol_counts(tensor, tiles)
    room = aligned(counts)
    records = np.zeros(len(tiles), dtype=TILE)
    records["target"] = np.cumsum(room) - room
    records["count"], records["cols"], records["width"] = counts, counts, np.maximum(counts, 1)
    records["rows"], records["store"] = 1, WIDEST_STORE
    return records, int(room.sum())


def matrix_records(tensor: Tensor, tiles: Tiles, first_row: int) -> NDArray[Any]:
    """TILE[n] of the windows that tiles with padding fill in the matrix, from `first_row` on."""
    place = rectangles(tensor, tiles)
    inside = (place[:, 2] > 0) & (place[:, 3] > 0) & ~shadowed(tensor)[tiles]
    records = np.zeros(len(tiles), dtype=TILE)
    records["target"] = np.where(inside, (place[:, 0] - first_row) * tensor.cols + place[:, 1], 0)
    records["count"], records["width"] = symbol_counts(tensor, tiles), tensor.tile_cols
    records["rows"], records["cols"] = np.where(inside, place[:, 2:].T, 0)
    records["store"] = widest_store(tensor.cols, tensor.tile_cols, records)
    return records


def places(tensor: Tensor, tiles: Tiles, residuals: NDArray[Any]) -> tuple[NDArray[Any], Tiles]:
    """What undoing the prediction of `tiles` takes.

    Args:
        tensor: the matrix.
        tiles: int64[n].
        residuals: TILE[n], from `flat_records`.

    Returns:
        PLACE[n] by anti-diagonal of the tile grid, and where each anti-diagonal begins, int64[m + 1].
    """
    found = np.zeros(len(tiles), dtype=PLACE)
    found["row"], found["col"], found["rows"], found["cols"] = rectangles(tensor, tiles).T
    found["residuals"], found["outcome"] = residuals["target"], np.arange(len(tiles))
    found["predictor"] = _predictor_numbers()[tensor.tiles["predictor"][tiles]]
    diagonal = tensor.tiles["row"][tiles].astype(np.int64) + tensor.tiles["col"][tiles]
    order = np.argsort(diagonal, kind="stable")
    begins = np.flatnonzero(np.diff(diagonal[order], prepend=-1))
    return found[order], np.append(begins, len(tiles))


def _predictor_numbers() -> NDArray[np.uint32]:
    """u32[256]: a predictor's number in the kernel, by its number in the file."""
    numbers = {Predictor.LEFT: LEFT, Predictor.TOP: TOP}
    known = [numbers[predictor] for predictor in PREDICTORS]
    return np.array(known + [NO_PREDICTOR] * (256 - len(known)), dtype=np.uint32)


def widest_store(pitch: int, width: int, records: NDArray[Any]) -> NDArray[np.uint32]:
    """u32[n]: 16, 4 or 1, the widest store that is always aligned and never crosses a window's edge."""
    ends = records["target"] | records["cols"] | np.uint64(pitch) | np.uint64(width)
    return np.select([ends % 16 == 0, ends % 4 == 0], [16, 4], 1).astype(np.uint32)


def aligned(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sizes rounded up to whole stores."""
    return (sizes + WIDEST_STORE - 1) // WIDEST_STORE * WIDEST_STORE


def band(tensor: Tensor, tiles: Tiles) -> tuple[int, int]:
    """The first of the matrix rows that tiles fill, and how many there are."""
    place = rectangles(tensor, tiles)
    place = place[(place[:, 2] > 0) & (place[:, 3] > 0)]
    if not len(place):
        return 0, 0
    first = int(place[:, 0].min())
    return first, int((place[:, 0] + place[:, 2]).max()) - first


def stream_span(tensor: Tensor, tiles: Tiles) -> tuple[int, int]:
    """Offset and size of the part of the file that holds all streams that can be read."""
    records = tensor.tiles[tiles]
    records = records[records["readable"]]
    if not len(records):
        return 0, 0
    begin = int(records["offset"].min())
    return begin, int((records["offset"] + records["size"]).max()) - begin


@dataclass(frozen=True, eq=False)
class Units:
    """Runs of tiles that must not be divided.

    Attributes:
        tensor: the matrix.
        tiles: int64[n], in the order of the runs.
        starts: int64[m + 1], where each run begins in `tiles`.
        outputs: int64[m], bytes that each is decoded to.
    """

    tensor: Tensor
    tiles: Tiles
    starts: NDArray[np.int64]
    outputs: NDArray[np.int64]

    def load(self, begin: int, end: int) -> Load:
        """What the runs [begin, end) take together."""
        part = self.tiles[self.starts[begin] : self.starts[end]]
        offset, size = stream_span(self.tensor, part)
        reach = (offset, offset + size) if size else (1 << 63, 0)
        return Load(len(part), *reach, int(self.outputs[begin:end].sum()))

    def cuts(self, budget: int, cost: Callable[[Load], int]) -> Iterator[tuple[int, int]]:
        """The runs in as few [begin, end) as the budget allows."""
        count = len(self.outputs)
        if not count:
            return
        if cost(self.load(0, count)) <= budget:  # nearly always
            yield 0, count
            return
        begin, taken = 0, self._fitting(0, budget, cost)
        for end in range(1, count):
            load = self._fitting(end, budget, cost)
            if cost(taken + load) > budget:
                yield begin, end
                begin, taken = end, load
            else:
                taken += load
        yield begin, count

    def _fitting(self, unit: int, budget: int, cost: Callable[[Load], int]) -> Load:
        load = self.load(unit, unit + 1)
        if cost(load) > budget:
            raise DecodeError(
                f"{self.tensor.name} does not fit: a part that cannot be divided takes {cost(load):,} bytes of "
                f"the card's memory, and {budget:,} can be had"
            )
        return load
