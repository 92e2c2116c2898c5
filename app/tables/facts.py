"""What the panels of text say, as tables: the explanation of the selection, and the figures of decoders' runs."""

from __future__ import annotations

from collections.abc import Mapping

from app.exporting.table import Table, table_of_rows
from app.models.explanation import Explanation
from app.tasks import DecodedWhole
from codec.decoders.timing import Run

PARTS = ("read", "transfer", "kernel", "copy_back")
"""Parts of a run, as `Timing` calls them."""


def explanation_tables(explanation: Explanation | None) -> list[Table]:
    """What is selected, a fact a row."""
    if explanation is None:
        return []
    rows = [
        (section.title, line.label, line.value, line.note)
        for section in explanation.sections
        for line in section.lines
    ]
    return [
        table_of_rows("Selection", ("section", "label", "value", "note"), rows, lambda row: row)
    ]


def run_tables(runs: Mapping[str, DecodedWhole]) -> list[Table]:
    """How long each decoder took for the whole tensor, a part of a run a row; `whole` is by the clock."""
    rows = [row for whole in runs.values() for row in _run_rows(whole)]
    if not rows:
        return []
    columns = (
        "decoder",
        "device",
        "weights",
        "failed_tiles",
        "part",
        "seconds",
        "weights_per_second",
    )
    return [table_of_rows("Times", columns, rows, lambda row: row)]


def _run_rows(whole: DecodedWhole) -> list[tuple[object, ...]]:
    run = whole.run
    head = (run.decoder, run.device, run.weights, len(whole.failed))
    return [(*head, name, seconds, run.rate(seconds)) for name, seconds in _parts(run)]


def _parts(run: Run) -> list[tuple[str, float]]:
    timing = run.timing
    parts = [] if timing is None else [(name, getattr(timing, name)) for name in PARTS]
    if parts:
        parts.append(("rest", run.rest))
    return [*parts, ("whole", run.seconds)]
