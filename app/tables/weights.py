"""The weights of a tensor as tables: of the selected tile as shown, and of all tiles, decoded while written."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from app.document import Document
from app.exporting.table import Part, Table
from app.tasks import DecodedTiles, DecodeTiles
from codec.container import Container, Tensor
from codec.decoders.availability import DEFAULT
from codec.decoders.base import DecodedTile, no_tick
from codec.decoders.streams import Status

COLUMNS = ("tile", "symbol_index", "row", "col", "weight", "sound")
"""`sound`: whether the tile was decoded to its end, so that its weights can be trusted."""

WEIGHTS_AT_ONCE = 1 << 18
"""Weights that are decoded in one go, if a tile has no more."""


def weight_tables(document: Document | None) -> list[Table]:
    """The weights of the selected tile, if they are known, and those of all tiles, in coding order."""
    tensor = None if document is None else document.tensor
    if document is None or tensor is None or tensor.refusal:
        return []
    container, tile = document.container, document.selection.tile
    every = Table(
        f"All weights, decoded by {DEFAULT}",
        COLUMNS,
        _covered(tensor),
        lambda: _all(container, tensor),
    )
    decoded = None if tile is None else document.tile(tile)
    if tile is None or decoded is None:
        return [every]
    title = f"Weights of the selected tile, decoded by {document.decoder}"
    rows = decoded.weights.size
    selected = Table(title, COLUMNS, rows, lambda: iter([_part(tensor, tile, decoded)]))
    return [selected, every]


def _covered(tensor: Tensor) -> int:
    """Weights in all tiles, each tile counted, too, where several claim one place."""
    rows = tensor.rows - tensor.tiles["row"].astype(np.float64) * tensor.tile_rows
    cols = tensor.cols - tensor.tiles["col"].astype(np.float64) * tensor.tile_cols
    sizes = np.clip(rows, 0, tensor.tile_rows) * np.clip(cols, 0, tensor.tile_cols)
    return int(sizes.sum())


def _all(container: Container, tensor: Tensor) -> Iterator[Part]:
    """Every tile in coding order."""
    shape = max(tensor.tile_rows * tensor.tile_cols, 1)
    batch = max(1, WEIGHTS_AT_ONCE // shape)
    known: dict[int, DecodedTile] = {}
    for begin in range(0, len(tensor.tiles), batch):
        tiles = tuple(range(begin, min(begin + batch, len(tensor.tiles))))
        task = DecodeTiles(tensor.index, DEFAULT, tiles, known)
        done = task.run_on(container, no_tick)
        found = done.tiles if isinstance(done, DecodedTiles) else {}
        for tile in tiles:
            yield _part(tensor, tile, found[tile])
        # A tile may be predicted from those above and before it: one row of the grid, and this batch.
        recent = range(max(0, tiles[-1] - tensor.grid_cols - batch), len(tensor.tiles))
        known = {
            tile: found.get(tile) or known[tile] for tile in {*known, *found} if tile in recent
        }


def _part(tensor: Tensor, tile: int, decoded: DecodedTile) -> Part:
    rows, cols = decoded.weights.shape
    place, width = tensor.rectangle(tile), tensor.coded_shape(tile)[1]
    row, col = (each.reshape(-1) for each in np.indices((rows, cols), dtype=np.int64))
    sound = decoded.stream.status == Status.OK
    return (
        _same(tile, rows * cols),
        row * width + col,
        row + place.row,
        col + place.col,
        decoded.weights.reshape(-1),
        np.full(rows * cols, sound, dtype=np.bool_),
    )


def _same(number: int, count: int) -> NDArray[np.int64]:
    return np.full(count, number, dtype=np.int64)
