"""A run's figures as CSV: for spreadsheets, and for whoever plots with tools of their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from codec.bench.result import RunResult
from codec.bench.rows import figures, layer_rows, rows


def csv_bytes(result: RunResult, baseline: str | None = None) -> bytes:
    """The figures as CSV (RFC 4180, lines ending in a line feed) with a header, in UTF-8.

    A line for each measurement, its `layer` empty; behind it, where it is of a model, one for each layer. What is
    missing is an empty cell. A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    out = io.StringIO()
    lines = list(_lines(result, baseline))
    columns = list(lines[0]) if lines else ["data", "candidate", "action", "layer", "outcome"]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["run", "started", *columns])
    for line in lines:
        writer.writerow([_cell(value) for value in (result.id, result.started, *line.values())])
    return out.getvalue().encode("utf-8")


def _lines(result: RunResult, baseline: str | None) -> Iterator[dict[str, Any]]:
    """Each line by the names of its columns."""
    for row in rows(result, baseline):
        yield _with_layer("", figures(row))
        for name, layer in layer_rows(row, result, baseline):
            yield _with_layer(name, figures(layer))


def _with_layer(name: str, known: dict[str, Any]) -> dict[str, Any]:
    """Figures with the name of their layer behind what they are of."""
    of = ("data", "candidate", "action")
    return {**{key: known[key] for key in of}, "layer": name, **known}


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value
