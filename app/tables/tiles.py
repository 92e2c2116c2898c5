"""All that is known of the tiles of a tensor as a table: numbers as numbers, names as words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from app.exporting.table import ROWS_AT_ONCE, Part, Table, Values
from app.models.tile_measures import Measure, TileFacts

_NUMBERS = {
    "tile": Measure.TILE,
    "row": Measure.ROW,
    "col": Measure.COL,
    "offset": Measure.OFFSET,
    "size": Measure.SIZE,
    "symbols": Measure.SYMBOLS,
}
"""Whole numbers, known of every tile."""

_MEASURED = {
    "bits_per_weight": Measure.BITS,
    "entropy_bits_per_symbol": Measure.ENTROPY,
    "table_loss_bits_per_symbol": Measure.TABLE_LOSS,
}
"""What may not be known."""

_WORDS = {
    "coding": Measure.CODING,
    "predictor": Measure.PREDICTOR,
    "status": Measure.STATUS,
    "problems": Measure.PROBLEMS,
}


def tile_tables(facts: TileFacts | None) -> list[Table]:
    """The tiles in their order in the file."""
    if facts is None:
        return []
    numbers = {name: facts.column(each).astype(np.int64) for name, each in _NUMBERS.items()}
    measured = {name: facts.column(each) for name, each in _MEASURED.items()}
    arrays: dict[str, NDArray[np.generic]] = {**numbers, **measured}
    columns = (*arrays, *_WORDS)
    return [Table("Tiles", columns, facts.count, lambda: _parts(facts, tuple(arrays.values())))]


def _parts(facts: TileFacts, arrays: tuple[Values, ...]) -> Iterator[Part]:
    for begin in range(0, facts.count, ROWS_AT_ONCE):
        tiles = range(begin, min(begin + ROWS_AT_ONCE, facts.count))
        words = [[facts.text(each, tile) for tile in tiles] for each in _WORDS.values()]
        yield (*(values[begin : tiles.stop] for values in arrays), *words)
