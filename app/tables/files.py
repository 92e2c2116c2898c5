"""What two compressed files differ in, as tables: the listings of the panel Files, with numbers as numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from app.exporting.table import Table, table_of_rows
from app.models.divergence_files import (
    Listing,
    bytes_listing,
    encode_listing,
    fields_listing,
    tiles_listing,
)
from app.models.divergence_marks import UNKNOWN
from app.tables.reads import pair_tables
from codec.comparison.encode_steps import EncodeDivergence
from codec.comparison.files import FileComparison


def file_tables(files: FileComparison | None, encode: EncodeDivergence | None) -> list[Table]:
    """All fields, tiles and differing parts of both files, their tables, and where their encoders part.

    Args:
        files: what differs; None where there is no other file.
        encode: the step at which the encoders part in the tile that is shown; None where it is not known.
    """
    if files is None:
        return []
    left, right = (np.stack([table.frequencies, table.starts]) for table in files.tables)
    tables = [
        _table("Fields of both files", fields_listing(files, only_differing=False)),
        _table("Tiles of both files", tiles_listing(files, only_differing=False)),
        _table("Parts that differ", bytes_listing(files)),
        *pair_tables((left.astype(np.int64), right.astype(np.int64))),
    ]
    if encode is not None:
        tables.append(_table("Where encoders part", encode_listing(replace(files, encode=encode))))
    return tables


def _table(name: str, listing: Listing) -> Table:
    columns = [re.sub(r"\W+", "_", title.lower()) for title, _ in listing.columns]
    heads = ["side"] if listing.heads else []

    def cells(row: int) -> Sequence[object]:
        texts = [_value(listing, row, column) for column in range(len(columns))]
        return [listing.heads[row], *texts] if heads else texts

    return table_of_rows(name, [*heads, *columns], range(listing.count), cells)


def _value(listing: Listing, row: int, column: int) -> object:
    """A cell: a number where it shows one, None where nothing is known."""
    text = listing.text(row, column)
    if text == UNKNOWN:
        return None
    digits = text.replace(",", "")
    return int(digits) if column in listing.numbers and digits.isdecimal() else text
