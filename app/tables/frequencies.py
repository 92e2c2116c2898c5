"""A frequency table against what it codes, symbol by symbol."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.document import Document
from app.exporting.table import Table, Values, table_of
from app.models.explanation import known_symbols
from codec.frequency import SYMBOLS, histogram


def frequency_tables(document: Document | None) -> list[Table]:
    """The table of the selected tensor, with how often each symbol occurs where that is known.

    `bits` is what a symbol costs, scale bits - log2(frequency): infinite where it has no slot.
    """
    tensor = None if document is None else document.tensor
    if document is None or tensor is None:
        return []
    table, symbols = tensor.table, np.arange(SYMBOLS, dtype=np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = table.scale_bits - np.log2(table.frequencies.astype(np.float64))
    columns: dict[str, Values] = {
        "symbol": symbols,
        "value": symbols - 128,
        "frequency": table.frequencies,
        "start": table.starts,
        "bits": bits,
    }
    if document.report is not None:
        columns["count_in_tensor"] = document.report.counts
    counts = _counts_in_tile(document)
    if counts is not None:
        columns["count_in_tile"] = counts
    return [table_of("Frequency table", columns)]


def _counts_in_tile(document: Document) -> NDArray[np.int64] | None:
    """int64[256]: how often each symbol occurs in the selected tile; None where that is not known."""
    tensor, tile = document.tensor, document.selection.tile
    decoded = None if tile is None else document.tile(tile)
    if tensor is None or tile is None or tensor.refusal:
        return None
    symbols = known_symbols(decoded, document.trace, tensor.interleaving)
    return None if symbols is None else histogram(symbols)
