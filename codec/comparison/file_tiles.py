"""Which tiles of two files stand for each other, and in what they differ.

A tile stands for the one at the same place of the grid, wherever its stream lies. What the index says of it is compared
for all tiles at once; of streams only those are read again whose bytes differ.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.comparison.byte_ranges import ByteDifferences, Place
from codec.container import Coding, Container, Tensor
from codec.errors import SourceError

ASPECTS = (
    "readable", "offset", "size", "predictor", "coding", "constant", "checksum", "symbol_count",
    "state", "words",
)  # fmt: skip
"""What may differ between the same tile of two files: what the index says of it, and what its stream holds."""

TILE_PAIR = np.dtype([("left", "<i8"), ("right", "<i8"), *((aspect, "?") for aspect in ASPECTS)])
"""A tile of the grid: its number in each file, -1 where a file has none there, and which aspects differ."""


def unlike_grids(left: Tensor, right: Tensor) -> str:
    """Why tiles of two tensors do not stand for each other; "" where they do."""
    if (left.rows, left.cols) != (right.rows, right.cols):
        return (
            f"the matrices have other shapes, {left.rows:,} × {left.cols:,} and "
            f"{right.rows:,} × {right.cols:,}"
        )
    if (left.tile_rows, left.tile_cols) != (right.tile_rows, right.tile_cols):
        return (
            f"the tiles have other shapes, {left.tile_rows:,} × {left.tile_cols:,} and "
            f"{right.tile_rows:,} × {right.tile_cols:,}"
        )
    return ""


def unlike_streams(left: Tensor, right: Tensor) -> str:
    """Why streams of two tensors cannot be held against each other byte by byte; "" where they can."""
    pairs = {
        "the order of words and states": (left.framing, right.framing),
        "the coder's constants": (left.coder, right.coder),
        "the lanes": (left.interleaving, right.interleaving),
    }
    unlike = [name for name, (here, there) in pairs.items() if here != there]
    return f"their streams are made differently: {', '.join(unlike)}" if unlike else ""


def paired(left: Tensor, right: Tensor) -> NDArray[Any]:
    """TILE_PAIR[n] of all places of the grid that either file has a tile for; no aspect set yet."""
    sides = [_tiles_by_place(tensor) for tensor in (left, right)]
    every = [*sides[0], *(place for place in sides[1] if place not in sides[0])]
    tiles = np.zeros(len(every), dtype=TILE_PAIR)
    for name, side in zip(("left", "right"), sides, strict=True):
        tiles[name] = [side.get(place, -1) for place in every]
    return tiles


def _tiles_by_place(tensor: Tensor) -> dict[tuple[int, int], int]:
    """The tile at each place of the grid; of several the first."""
    places = zip(tensor.tiles["row"].tolist(), tensor.tiles["col"].tolist(), strict=True)
    found: dict[tuple[int, int], int] = {}
    for tile, place in enumerate(places):
        found.setdefault(place, tile)
    return found


def comparable(tiles: NDArray[Any], left: Tensor, right: Tensor) -> list[int]:
    """Rows of the tiles whose streams are there in both files."""
    both = np.flatnonzero((tiles["left"] >= 0) & (tiles["right"] >= 0))
    here = left.tiles["readable"][tiles["left"][both]]
    return both[here & right.tiles["readable"][tiles["right"][both]]].tolist()  # type: ignore[no-any-return]


def stream_region(pair: np.void, left: Tensor, right: Tensor) -> tuple[str, Place, Place]:
    """Name and place in both files of a tile's stream."""
    places = [
        (int(tensor.tiles["offset"][tile]), int(tensor.tiles["size"][tile]))
        for tensor, tile in ((left, int(pair["left"])), (right, int(pair["right"])))
    ]
    return f"stream of tile {int(pair['left']):,}", places[0], places[1]


def flag_index(tiles: NDArray[Any], left: Tensor, right: Tensor) -> None:
    """Notes where the index of one file says something else of a tile than the other's."""
    both = np.flatnonzero((tiles["left"] >= 0) & (tiles["right"] >= 0))
    here, there = left.tiles[tiles["left"][both]], right.tiles[tiles["right"][both]]
    for name in ("readable", "offset", "size", "coding"):
        tiles[name][both] = here[name] != there[name]
    tiles["predictor"][both] = _predictors(left, here) != _predictors(right, there)
    constant = (here["coding"] == Coding.CONSTANT) & (there["coding"] == Coding.CONSTANT)
    tiles["constant"][both] = constant & (here["constant"] != there["constant"])
    if left.checksums and right.checksums:
        tiles["checksum"][both] = here["checksum"] != there["checksum"]


def _predictors(tensor: Tensor, tiles: NDArray[Any]) -> NDArray[np.str_]:
    """The predictor of each tile by its name; its number where there is none of that number."""
    names = [str(n) for n in range(256)]
    names[: len(tensor.predictors)] = [str(name) for name in tensor.predictors]
    found: NDArray[np.str_] = np.array(names)[tiles["predictor"]]
    return found


def flag_streams(
    tiles: NDArray[Any],
    found: ByteDifferences,
    rows: list[int],
    left: tuple[Container, Tensor],
    right: tuple[Container, Tensor],
) -> None:
    """Notes which streams differ, and in what: only those are read again."""
    differing = {found.names[number]: found.regions[number] for number in found.differing.tolist()}
    for row in rows:
        pair = tiles[row]
        region = differing.get(f"stream of tile {int(pair['left']):,}")
        if region is not None:
            _flag_stream(pair, region, (*left, int(pair["left"])), (*right, int(pair["right"])))


def _flag_stream(
    pair: np.void,
    region: np.void,
    left: tuple[Container, Tensor, int],
    right: tuple[Container, Tensor, int],
) -> None:
    container, tensor, tile = left
    pair["words"] = True
    if not (tensor.coding(tile) is right[1].coding(right[2]) is Coding.RANS):
        return
    try:
        here, there = container.frame(tensor, tile), right[0].frame(*right[1:])
    except SourceError:  # it has shrunk meanwhile
        return
    pair["symbol_count"] = here.symbol_count != there.symbol_count
    pair["state"] = here.states != there.states
    if region["left_size"] == region["right_size"]:
        begin = here.offset + int(region["same_head"])
        end = here.offset + here.size - int(region["same_tail"])
        pair["words"] = max(begin, here.words_begin) < min(end, here.words_end)
