"""What the Tiles panel says about the grid as a whole, and about each of its places, in words."""

from __future__ import annotations

from app.models.tile_grid import TileGrid
from app.models.tile_measures import CODING_NAMES, Measure, TileFacts

NAMED = 5
"""Further tiles at one place that are named; the others are counted."""


def why_empty(facts: TileFacts | None) -> str:
    """Why there are no tiles to show; "" where there are some."""
    if facts is None:
        return "No matrix was found in the file, so there are no tiles to show."
    return "" if facts.count else "The file was cut before its tile index, so no tile is known."


def grid_sentence(grid: TileGrid, count: int) -> str:
    """What is wrong with the places of the tiles; "" where each has one of its own."""
    if not grid.drawable:
        return (
            f"The header claims a grid of {grid.rows:,} × {grid.cols:,} tiles, which is not drawn; "
            f"the table lists the {count:,} that the index holds."
        )
    parts = []
    if len(grid.outside):
        parts.append(f"{tiles(len(grid.outside))} outside the grid")
    if grid.repeated:
        parts.append(f"{tiles(grid.repeated)} at a place that another has")
    if grid.missing:
        parts.append(f"{grid.missing:,} of its {grid.places:,} places without a tile")
    return f"{'; '.join(parts)}." if parts else ""


def class_names(facts: TileFacts, measure: Measure) -> list[str]:
    """What the values 0, 1, … of a measure of names are called."""
    if measure is Measure.CODING:
        return list(CODING_NAMES.values())
    return [predictor.name for predictor in facts.tensor.predictors]


def place_sentence(facts: TileFacts, grid: TileGrid, row: int, col: int) -> str:
    """One place in one line: its tile with all measures, and the others that claim it."""
    claims = grid.at(row, col)
    if not claims:
        return f"Row {row:,}, column {col:,} of the grid: no tile of the index claims this place"
    others = [f"{tile:,}" for tile in claims[1 : 1 + NAMED]]
    if len(claims) > 1 + NAMED:
        others.append(f"{len(claims) - 1 - NAMED:,} more")
    also = f" · also claimed by tile {', '.join(others)}" if others else ""
    return facts.sentence(claims[0]) + also


def tiles(number: int) -> str:
    """A number of tiles."""
    return "1 tile" if number == 1 else f"{number:,} tiles"
