"""What both sides of a comparison read of every tile, and the frequency tables that they used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.exporting.table import Table, Values, table_of
from app.models.divergence_pairs import SIDE_NAMES
from app.models.divergence_reads import LISTS, READ, Column, TileReads
from codec.comparison.comparison import Comparison
from codec.decoders.streams import Status

Pair = tuple[NDArray[np.int64] | None, NDArray[np.int64] | None]


def read_tables(comparison: Comparison | None) -> list[Table]:
    """The tiles as both sides read them, and both frequency tables, as far as sides have told."""
    if comparison is None:
        return []
    reads = TileReads(comparison)
    tables = [_reads(reads)] if any(reads.told) else []
    return [*tables, *pair_tables((comparison.left.table, comparison.right.table))]


def _reads(reads: TileReads) -> Table:
    columns: dict[str, Values] = {
        "tile": np.arange(reads.count, dtype=np.int64),
        "weights_differing": reads.key(Column.WEIGHTS).astype(np.int64),
    }
    for side, name in enumerate(SIDE_NAMES):
        told = reads.reads[side]
        if told is not None:
            columns.update((f"{name}_{key}", values) for key, values in _of_side(told, reads.count))
    return table_of("Tile reads", columns)


def _of_side(told: NDArray[Any], count: int) -> Iterator[tuple[str, Values]]:
    """Each column of a side; lists of values become a column a value."""
    for column in READ:
        values = told[column.field][:count]
        if column in LISTS:
            for place in range(values.shape[1]):
                yield f"{column.field}_{place}", values[:, place]
        elif column is Column.STATUS:
            yield column.field, [_status(int(value)) for value in values]
        else:
            yield column.field, values


def _status(number: int) -> str:
    known = number in Status.__members__.values()
    return Status(number).word if known else f"status {number}"


def pair_tables(tables: Pair) -> list[Table]:
    """Two frequency tables beside each other; each is int64[2, symbols], frequency and first slot."""
    known = {
        name: table for name, table in zip(SIDE_NAMES, tables, strict=True) if table is not None
    }
    if not known:
        return []
    symbols = min(table.shape[1] for table in known.values())
    columns: dict[str, Values] = {"symbol": np.arange(symbols, dtype=np.int64)}
    for name, table in known.items():
        columns[f"{name}_frequency"] = table[0, :symbols]
        columns[f"{name}_start"] = table[1, :symbols]
    return [table_of("Frequency tables", columns)]
