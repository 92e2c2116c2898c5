"""Tiles in the wrong place: rules by which a program may misplace all of them, and what the weights themselves tell.

A misplaced tile is found by a window of its weights: every tile that the file codes is entered under the weights of its
upper left corner, and what stands in a place is looked up.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from codec.container import Tensor
from codec.diagnosis.evidence import Evidence
from codec.diagnosis.finding import Fault
from codec.diagnosis.hypothesis import Mapping
from codec.diagnosis.wording import listed, ranges

Numbers = NDArray[np.int64]

WINDOW_ROWS, WINDOW_COLS = 4, 8
"""The corner of a tile by which it is found."""

MOST_TESTED = 4
"""Tiles with the same corner that are looked at."""

MOST_PAIRS = 6
"""Swapped pairs that are named."""


def grid_rules(tensor: Tensor) -> Iterator[Mapping]:
    """The rules by which every tile may be misplaced, simplest first."""
    count, down, across = len(tensor.tiles), tensor.grid_rows, tensor.grid_cols
    if count != down * across or count < 2:
        return
    index = np.arange(count, dtype=np.int64)
    row, col = np.divmod(index, across)
    yield from _shifts(index, row, col, down, across)
    if down == across:
        yield _moved(
            col * across + row, "Grid row and column are exchanged: tile (i, j) stands at (j, i)."
        )
    elif down > 1 and across > 1:
        yield _placed_by(index % down * across + index // down, count, (
            "The tiles' places are counted column by column: the place of tile i is row i mod grid rows, column "
            "i // grid rows; it is row i // grid columns, column i mod grid columns."))  # fmt: skip
        yield _placed_by(index // down * across + index % down, count, (
            f"The tiles' places are computed with the number of grid rows, {down}, in place of that of grid "
            f"columns, {across}."))  # fmt: skip
        yield _moved(_clipped(col * across + row, col, row, down, across), (
            "Grid row and column are exchanged: tile (i, j) stands at (j, i), as far as that is inside."))  # fmt: skip
    yield _moved(index[::-1], "The tiles stand in reverse order.")
    yield _moved(
        np.where(index ^ 1 < count, index ^ 1, index),
        "Tiles are swapped in pairs: 0 and 1, 2 and 3 and so on.",
    )
    yield _moved(
        row * across + across - 1 - col, "The tiles of each grid row stand in reverse order."
    )
    yield _moved((down - 1 - row) * across + col, "The grid rows stand in reverse order.")


def _shifts(
    index: Numbers, row: Numbers, col: Numbers, down: int, across: int
) -> Iterator[Mapping]:
    count = len(index)
    for by in (1, -1):
        way = "next" if by == 1 else "one before"
        text = f"Every tile stands in the place of the {way} in coding order, an index that is off by one"
        yield _moved(_inside(index - by, count), f"{text}.")
        yield _moved(
            (index - by) % count, f"{text}; the one without a place stands at the other end."
        )
        yield _moved(
            np.clip(index - by, 0, count - 1), f"{text}; the last to have one stands in two."
        )
        if across > 1:
            moved = np.where((col >= by) & (col - by < across), index - by, -1)
            yield _moved(
                moved,
                f"Every tile stands one grid column too far to the {'right' if by == 1 else 'left'}.",
            )
            yield _moved(
                row * across + (col - by) % across, "The tiles of each grid row are rotated by one."
            )
        if down > 1:
            yield _moved(
                _inside(index - by * across, count),
                f"Every tile stands one grid row too {'low' if by == 1 else 'high'}.",
            )
            yield _moved((index - by * across) % count, "The grid rows are rotated by one.")


def _moved(sources: Numbers, detail: str) -> Mapping:
    return Mapping(np.ascontiguousarray(sources), detail)


def _inside(sources: Numbers, count: int) -> Numbers:
    return np.where((sources >= 0) & (sources < count), sources, -1)


def _clipped(sources: Numbers, row: Numbers, col: Numbers, down: int, across: int) -> Numbers:
    """Sources where (row, col) of the source is inside the grid, else -1."""
    return np.where((row < down) & (col < across), sources, -1)


def _placed_by(places: Numbers, count: int, detail: str) -> Mapping:
    """Of a rule that gives each tile's place: what stands in each place, the last tile where there are several."""
    sources = np.full(count, -1, dtype=np.int64)
    inside = (places >= 0) & (places < count)
    sources[places[inside]] = np.flatnonzero(inside)
    return Mapping(sources, detail)


def matched(evidence: Evidence) -> Mapping | None:
    """Where the misplaced tiles come from, found by their weights; None where no tile was found elsewhere."""
    tensor = evidence.tensor
    entries = _corners(evidence)
    sources = np.arange(len(tensor.tiles), dtype=np.int64)
    for tile in evidence.wrong.tolist():
        other = _source(evidence, tile, entries)
        if other is not None:
            sources[tile] = other
    moved = np.flatnonzero(sources != np.arange(len(sources)))
    if not len(moved):
        return None
    pairs = [(int(t), int(sources[t])) for t in moved if sources[sources[t]] == t < sources[t]]
    swapped = 2 * len(pairs) == len(moved)
    taken = sources[moved]
    bijective = len(np.unique(taken)) == len(moved) and set(taken.tolist()) == set(moved.tolist())
    mistakes = min(len(moved), 8)
    if swapped:
        named = listed([f"{a:,} and {b:,}" for a, b in pairs[:MOST_PAIRS]])
        more = f" and {len(pairs) - MOST_PAIRS:,} more pairs" if len(pairs) > MOST_PAIRS else ""
        return Mapping(
            sources, f"Tiles are swapped: {named}{more}.", mistakes=max(mistakes // 2, 1)
        )
    if bijective:
        return Mapping(
            sources,
            f"Tiles stand in each other's places: {_arrows(moved, sources)}.",
            mistakes=mistakes,
        )
    detail = (
        f"Tiles hold the weights of other tiles, which also stand in their own places: {_arrows(moved, sources)}. "
        "They were decoded from another tile's stream: look at how a tile's offset is found."
    )
    return Mapping(sources, detail, Fault.STREAM_OFFSET, mistakes)


def _arrows(moved: Numbers, sources: Numbers) -> str:
    """'in place of tile 3 tile 7, …'."""
    named = [f"in place {int(t):,} tile {int(sources[t]):,}" for t in moved[:MOST_PAIRS]]
    if len(moved) > MOST_PAIRS:
        named.append(f"{len(moved) - MOST_PAIRS:,} more (places {ranges(moved)})")
    return listed(named)


def _corners(evidence: Evidence) -> dict[bytes, list[int]]:
    """The tiles by the weights in their corners."""
    entries: dict[bytes, list[int]] = {}
    for tile in np.flatnonzero(evidence.sound).tolist():
        corner = evidence.expected_tile(tile)[:WINDOW_ROWS, :WINDOW_COLS]
        if corner.size:
            entries.setdefault(corner.tobytes(), []).append(tile)
    return entries


def _source(evidence: Evidence, tile: int, entries: dict[bytes, list[int]]) -> int | None:
    """The tile whose weights stand in the place of another, as far as both reach."""
    found = evidence.found_tile(tile)
    for other in entries.get(found[:WINDOW_ROWS, :WINDOW_COLS].tobytes(), ())[:MOST_TESTED]:
        expected = evidence.expected_tile(other)
        rows, cols = min(found.shape[0], expected.shape[0]), min(found.shape[1], expected.shape[1])
        if other != tile and (found[:rows, :cols] == expected[:rows, :cols]).all():
            return other
    return None
