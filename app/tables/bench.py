"""The measurements of a benchmark as a table to export: the keys that the command line promises."""

from __future__ import annotations

from collections.abc import Sequence

from app.exporting.table import Table, table_of_rows
from codec.bench.rows import Row, figures


def bench_tables(rows: Sequence[Row]) -> list[Table]:
    """What was measured, a row each; none before anything was."""
    if not rows:
        return []
    keys = tuple(figures(rows[0]))
    return [
        table_of_rows("Measurements", keys, tuple(rows), lambda row: tuple(figures(row).values()))
    ]
