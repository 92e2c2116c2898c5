"""The jobs around results that are kept: the history, the change between two runs, exports, and files decoded wrong.

Nothing here imports Qt.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from app.bench_tasks import WriteCase
from app.work import ChildRequest, Progress, Request
from codec.atomic_file import write_file
from codec.bench.change import Comparison, compare
from codec.bench.history import Entry, History
from codec.bench.plan_writing import write_plan
from codec.bench.result import RunResult


@dataclass(frozen=True, eq=False)
class Listing:
    """The history, the latest run first, and which of its entries was taken in; None where none was."""

    entries: tuple[Entry, ...]
    taken: Entry | None = None


@dataclass(frozen=True, eq=False)
class HistoryRequest(Request):
    """Lists the history, after results were taken in or forgotten; the result is a `Listing`.

    Attributes:
        folder: of the history.
        taken: a file of results to take in first.
        forgotten: a run to delete first.
    """

    folder: Path
    taken: str | None = None
    forgotten: RunResult | None = None
    kind: ClassVar[str] = "bench history"
    supersedes_running: ClassVar[bool] = False

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return "Taking in results" if self.taken else "Reading the history of benchmarks"

    def run(self, progress: Progress) -> Listing:
        """Does all of it."""
        history = History(self.folder)
        result = None if self.taken is None else history.take_in(self.taken)
        if self.forgotten is not None:
            history.forget(self.forgotten)
        entries = history.entries()
        found = (each for each in entries if result is not None and each.result == result)
        return Listing(entries, next(found, None))


@dataclass(frozen=True, eq=False)
class CompareRunsRequest(Request):
    """Compares two runs; the result is a `Comparison`."""

    before: RunResult
    after: RunResult
    kind: ClassVar[str] = "bench change"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Comparing with {self.before.id}"

    def run(self, progress: Progress) -> Comparison:
        """Compares them."""
        return compare(self.before, self.after)


@dataclass(frozen=True, eq=False)
class ExportRunRequest(Request):
    """Writes a run as CSV, JSON or a page, by what the name ends in, or a plan; the result is the path."""

    path: str
    measured: RunResult
    baseline: str | None = None
    comparison: Comparison | None = None
    kind: ClassVar[str] = "bench export"
    supersedes_running: ClassVar[bool] = False

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Writing {Path(self.path).name}"

    def run(self, progress: Progress) -> Path:
        """Writes it whole, or not at all."""
        path = Path(self.path)
        if path.suffix.lower() == ".toml":
            write_plan(path, self.measured.plan)
        else:
            write_file(path, [self._content(path.suffix.lower())])
        return path

    def _content(self, suffix: str) -> bytes:
        if suffix == ".csv":
            from codec.bench.export_csv import csv_bytes

            return csv_bytes(self.measured, self.baseline)
        if suffix == ".html":
            from app.report.bench_page import page

            return page(self.measured, self.baseline, self.comparison).encode("utf-8")
        from codec.bench.result_form import written

        return written(self.measured)


@dataclass(frozen=True, eq=False)
class CaseRequest(ChildRequest):
    """Writes what was decoded or encoded wrong, so that it can be opened; the result is a `Case`.

    An encoder is run once more for that, and may do anything.
    """

    task: WriteCase
    kind: ClassVar[str] = "bench case"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Writing what {self.task.candidate.name} was wrong at"
