"""Writing a table as a job: in a worker, with progress, and it can be stopped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import ClassVar

from app.exporting.formats import write_table
from app.exporting.table import Table
from app.work import Progress, Request


@dataclass(frozen=True, eq=False)
class ExportRequest(Request):
    """Writes a table; the result is the path of the file."""

    table: Table
    path: str
    kind: ClassVar[str] = "export"
    supersedes_running: ClassVar[bool] = False

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Exporting {self.table.name} to {PurePath(self.path).name}"

    def run(self, progress: Progress) -> str:
        """Writes it, whole or not at all."""
        write_table(self.table, self.path, progress)
        return self.path
