"""The problems of a file as a table, under the names that `ranscope info --json` has for them."""

from __future__ import annotations

from app.document import Document
from app.exporting.table import Table, table_of_rows
from codec.problems import Problem

COLUMNS = (
    "severity", "code", "offset", "size", "tensor", "tile", "message", "expected", "found",
    "likely_cause",
)  # fmt: skip


def problem_tables(document: Document | None) -> list[Table]:
    """All that is known to be wrong; a table without rows where nothing is."""
    if document is None:
        return []
    return [table_of_rows("Problems", COLUMNS, document.problems, _cells)]


def _cells(problem: Problem) -> tuple[object, ...]:
    return (
        str(problem.severity), problem.code, problem.offset, problem.size, problem.tensor,
        problem.tile, problem.message, problem.expected, problem.found, problem.likely_cause,
    )  # fmt: skip
