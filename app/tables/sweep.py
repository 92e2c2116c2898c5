"""The rows of a sweep as a table to export: the keys that the command line promises."""

from __future__ import annotations

from collections.abc import Sequence

from app.exporting.table import Table, table_of_rows
from codec.rerun.choices import Row
from codec.rerun.figures import KEYS, figures


def sweep_tables(rows: Sequence[Row]) -> list[Table]:
    """What a sweep has measured, a combination a row; none before the first."""
    if not rows:
        return []
    return [table_of_rows("Sweep", KEYS, tuple(rows), lambda row: tuple(figures(row).values()))]
