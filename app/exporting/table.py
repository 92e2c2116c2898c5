"""A table as it is exported: named columns, and their values part by part.

Every panel offers its tables as these, so that one piece of code writes all of them, in a worker. A table
holds no widget and no Qt model. What it is made of must not change any more once it is offered: arrays,
tuples and other frozen data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

Values = NDArray[Any] | Sequence[object]
"""The values of one column: numbers as a one-dimensional array, everything else (text, numbers that may be
missing) as a sequence of `str`, `int`, `float`, `bool` and None."""

Part = tuple[Values, ...]
"""Some consecutive rows: the values of every column, in the columns' order and all of one length."""

ROWS_AT_ONCE = 1 << 14
"""Rows of a part, where whoever makes them is free to choose."""


@dataclass(frozen=True, eq=False)
class Table:
    """A table that can be exported.

    Attributes:
        name: what it is called among the tables of its panel, as in "Tiles".
        columns: what its columns are called in a file: lower case, words joined by "_", with the unit where
            there is one ("bits_per_weight"); no two alike.
        rows: how many rows there are; None where only going through them would tell.
        parts: yields the rows from the first to the last. It is called in a worker thread, any number of
            times, and may raise RanscopeError.
    """

    name: str
    columns: tuple[str, ...]
    rows: int | None
    parts: Callable[[], Iterator[Part]]


def table_of(name: str, columns: Mapping[str, Values]) -> Table:
    """A table of columns that are in memory, all of one length.

    Args:
        name: see `Table`.
        columns: the values by the column's name.
    """
    rows = len(next(iter(columns.values()), ()))
    values = tuple(columns.values())
    return Table(name, tuple(columns), rows, lambda: slices(values, rows))


def table_of_rows(
    name: str, columns: Sequence[str], rows: Sequence[Any], cells: Callable[[Any], Sequence[object]]
) -> Table:
    """A table of rows that are in memory, whose cells are only worked out when it is written.

    Args:
        name: see `Table`.
        columns: see `Table`.
        rows: whatever the rows are made of; frozen.
        cells: gives the values of one of `rows`, in the columns' order; called in a worker thread.
    """

    def parts() -> Iterator[Part]:
        for begin in range(0, len(rows), ROWS_AT_ONCE):
            made = [cells(row) for row in rows[begin : begin + ROWS_AT_ONCE]]
            yield tuple(list(column) for column in zip(*made, strict=True))

    return Table(name, tuple(columns), len(rows), parts)


def slices(values: Part, rows: int) -> Iterator[Part]:
    """Columns that are in memory, part by part."""
    for begin in range(0, rows, ROWS_AT_ONCE):
        yield tuple(column[begin : begin + ROWS_AT_ONCE] for column in values)
