"""The jobs around results that are kept: the history, the change between two runs, exports, and files decoded wrong.

Nothing here imports Qt.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from app.work import Progress, Request
from codec.atomic_file import write_file
from codec.bench.change import Comparison, compare
from codec.bench.history import Entry, History
from codec.bench.plan import Candidate, Data
from codec.bench.plan_writing import write_plan
from codec.bench.result import RunResult
from codec.errors import InputError


@dataclass(frozen=True, eq=False)
class HistoryRequest(Request):
    """Lists the history, after results were taken in or forgotten; the result is its entries.

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

    def run(self, progress: Progress) -> tuple[Entry, ...]:
        """Does all of it."""
        history = History(self.folder)
        if self.taken is not None:
            history.take_in(self.taken)
        if self.forgotten is not None:
            history.forget(self.forgotten)
        return history.entries()


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
    run_of: RunResult
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
            write_plan(path, self.run_of.plan)
        else:
            write_file(path, [self._content(path.suffix.lower())])
        return path

    def _content(self, suffix: str) -> bytes:
        if suffix == ".csv":
            from codec.bench.export_csv import csv_bytes

            return csv_bytes(self.run_of, self.baseline)
        if suffix == ".html":
            from app.report.bench_page import page

            return page(self.run_of, self.baseline, self.comparison).encode("utf-8")
        from codec.bench.result_form import written

        return written(self.run_of)


@dataclass(frozen=True, eq=False)
class CaseRequest(Request):
    """Writes the file that a candidate was given to decode, so that it can be opened; the result is its path.

    Attributes:
        data: whose weights they are.
        candidate: by whose recipe they are encoded, as when it was measured.
        folder: that the file goes to.
    """

    data: Data
    candidate: Candidate
    folder: Path
    kind: ClassVar[str] = "bench case"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Writing what {self.candidate.name} was to decode"

    def run(self, progress: Progress) -> Path:
        """Loads the weights, and encodes them.

        Raises:
            InputError: it has a format of its own, or the data is a model, whose layers are files by themselves.
        """
        from codec.bench.data import load  # with numba, which takes most of a second to load
        from codec.rerun.encoding import suffix_of, write_again
        from codec.rerun.sources import SourceWeights

        recipe = self.candidate.recipe
        if recipe is None:
            raise InputError(
                f"{self.candidate.coder} has a format of its own, which cannot be opened"
            )
        if self.data.layers is not None:
            raise InputError(
                f"{self.data.name} is a model of many files: measure one of its layers"
            )
        matrix, facts = load(self.data, progress)
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{facts.digest}-{recipe.layout}-{recipe.tile_rows}x{recipe.tile_cols}"
        weights = SourceWeights("weights", self.data.name, matrix)
        path = self.folder / f"{name}{suffix_of(recipe.layout)}"
        return write_again(path, weights, recipe, progress)[0]
