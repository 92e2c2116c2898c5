"""A run's figures as CSV, a row a measurement: for spreadsheets, and for whoever plots with tools of their own."""

from __future__ import annotations

import csv
import io
from typing import Any

from codec.bench.result import RunResult
from codec.bench.rows import figures, rows


def csv_bytes(result: RunResult, baseline: str | None = None) -> bytes:
    """The rows as CSV (RFC 4180, lines ending in a line feed) with a header, in UTF-8.

    What is missing is an empty cell. A name that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    out = io.StringIO()
    found = [figures(row) for row in rows(result, baseline)]
    columns = list(found[0]) if found else ["data", "candidate", "action", "outcome"]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["run", "started", *columns])
    for each in found:
        writer.writerow([_cell(value) for value in (result.id, result.started, *each.values())])
    return out.getvalue().encode("utf-8")


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value
