"""What two sides differ in, as tables: how large errors are, where they are, each of them, and what explains them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from app.document import Document
from app.exporting.table import Part, Table, table_of, table_of_rows
from codec.comparison.comparison import LARGEST_ERROR, Comparison
from codec.diagnosis.finding import Finding

WEIGHTS_AT_ONCE = 1 << 20
"""Weights that are looked at in one go."""


def comparison_tables(document: Document | None) -> list[Table]:
    """The tables of the comparison that is shown; none while nothing is compared."""
    comparing = None if document is None else document.comparing
    comparison = None if comparing is None else comparing.comparison
    if comparing is None or comparison is None:
        return []
    return [
        _errors(comparison),
        _tiles(comparison),
        table_of(
            "Differing weights of each row",
            {
                "row": np.arange(len(comparison.row_differing), dtype=np.int64),
                "differing": comparison.row_differing,
            },
        ),
        _weights(comparison),
        *_findings(comparing.findings or ()),
    ]


def _errors(comparison: Comparison) -> Table:
    errors = np.arange(-LARGEST_ERROR, LARGEST_ERROR + 1, dtype=np.int64)
    return table_of("Sizes of errors", {"error": errors, "weights": comparison.histogram})


def _tiles(comparison: Comparison) -> Table:
    tiles = comparison.tensor.tiles
    columns = {
        "tile": np.arange(len(tiles), dtype=np.int64),
        "row": tiles["row"],
        "col": tiles["col"],
        "differing": comparison.tile_differing,
        "first_symbol_index": comparison.tile_first,
    }
    return table_of("Differing weights of each tile", columns)


def _weights(comparison: Comparison) -> Table:
    """Every weight that differs, along the rows of the matrix."""
    columns = ("row", "col", "left", "right", "error")
    return Table("Differing weights", columns, comparison.differing, lambda: _unequal(comparison))


def _unequal(comparison: Comparison) -> Iterator[Part]:
    tensor, every = comparison.tensor, slice(None)
    at_once = max(1, WEIGHTS_AT_ONCE // max(tensor.cols, 1))
    for begin in range(0, tensor.rows, at_once):
        rows = slice(begin, min(begin + at_once, tensor.rows))
        row, col = np.nonzero(comparison.differs(rows, every))
        if len(row):
            sides = (
                comparison.left.weights[rows][row, col],
                comparison.right.weights[rows][row, col],
            )
            errors = comparison.errors(rows, every)[row, col]
            yield row + begin, col, *sides, errors


def _findings(findings: Sequence[Finding]) -> list[Table]:
    if not findings:
        return []
    columns = ("faults", "side", "explains", "explains_symbols", "tiles", "detail")
    return [table_of_rows("Findings", columns, findings, _finding)]


def _finding(finding: Finding) -> tuple[object, ...]:
    return (
        "; ".join(str(fault) for fault in finding.faults),
        ("left", "right")[finding.side],
        finding.explains,
        finding.explains_symbols,
        len(finding.tiles),
        finding.detail,
    )
