"""The edits of a file as a table that can be exported."""

from __future__ import annotations

from app.document import Document
from app.exporting.table import Table, table_of_rows

COLUMNS = ("offset", "size", "before", "after", "title", "enabled", "remark")


def edit_tables(document: Document | None) -> list[Table]:
    """All edits, in the order in which they are laid over the file; none where there are none."""
    if document is None or not document.editing.edits:
        return []
    editing = document.editing
    rows = [(edit, editing.remark(number)) for number, edit in enumerate(editing.edits)]
    return [
        table_of_rows(
            "Edits",
            COLUMNS,
            rows,
            lambda row: (
                row[0].offset,
                len(row[0].after),
                row[0].before.hex(),
                row[0].after.hex(),
                row[0].title,
                row[0].enabled,
                row[1],
            ),
        )
    ]
