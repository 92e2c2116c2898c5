"""The steps of a trace as a table, straight from its arrays, under the names that every trace of ours has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.document import Document
from app.exporting.table import Part, Table, table_of
from app.trace_window import why_no_steps
from codec.container import Container, Tensor
from codec.decoders.availability import DEFAULT
from codec.stepping.opening import open_walk
from codec.trace import STEP_COLUMNS, Trace

STEPS_AT_ONCE = 1 << 18
"""Steps that are decoded in one go."""


def step_tables(name: str, trace: Trace | None) -> list[Table]:
    """All steps of a trace, each a row; none where there is no trace.

    Args:
        name: what the table is called, as in "Steps".
        trace: the steps.
    """
    if trace is None or not len(trace):
        return []
    return [table_of(name, {column: trace[column] for column in STEP_COLUMNS})]


def tile_step_tables(document: Document | None) -> list[Table]:
    """The steps of the selected tile that are shown, and all of them, decoded anew while they are written."""
    if document is None:
        return []
    tensor, tile = document.tensor, document.selection.tile
    shown = step_tables("Steps shown", document.trace)
    if tensor is None or tile is None or why_no_steps(tensor, tile):
        return shown
    container, count = document.container, tensor.symbol_count(tile)
    every = Table(
        f"All steps of tile {tile:,}, decoded by {DEFAULT}",
        tuple(STEP_COLUMNS),
        count,
        lambda: _walked(container, tensor, tile),
    )
    return [*shown, every]


def _walked(container: Container, tensor: Tensor, tile: int) -> Iterator[Part]:
    """Every step that the stream allows, window by window."""
    walk = open_walk(container, tensor, tile)
    for first in range(0, walk.steps, STEPS_AT_ONCE):
        trace = walk.trace(first, first + STEPS_AT_ONCE)
        yield tuple(trace[column] for column in STEP_COLUMNS)


def side_tables(traces: Sequence[Trace | None]) -> list[Table]:
    """The steps of both sides of a comparison."""
    names = ("Steps, left", "Steps, right")
    return [
        table
        for name, trace in zip(names, traces, strict=False)
        for table in step_tables(name, trace)
    ]
