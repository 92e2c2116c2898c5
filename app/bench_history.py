"""The results that are kept: the list of them, the change since one of them, exports, and what was cut off.

It knows no widget. Whatever reads or writes a file is done by a worker.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.bench_interrupted import Interrupted, InterruptedRequest
from app.bench_keeping import (
    CaseRequest,
    CompareRunsRequest,
    ExportRunRequest,
    HistoryRequest,
    Listing,
)
from app.bench_tasks import WriteCase
from app.jobs import Jobs
from app.pending import Pending
from app.work import Response
from codec.bench.change import Comparison
from codec.bench.history import Entry
from codec.bench.plan import Action, Candidate, Data
from codec.bench.result import RunResult

CASES = "cases"
"""The folder in that of the history for what was decoded or encoded wrong."""


class RunHistory(QObject):
    """The history of runs in a folder.

    Attributes:
        folder: of the history; None where nothing is kept.
        entries: of it, the latest run first; None before it was read.
        comparison: of the run that is shown with an earlier one; None where none was chosen.
        interrupted: which runs were cut off; None where nothing is kept.
    """

    changed = Signal()
    """`entries` are others."""
    comparison_changed = Signal()
    """`comparison` is another."""
    case_written = Signal(object)
    """Carries the `Case` of a wrong output: the file to open, and what to compare it with."""
    taken_in = Signal(object)
    """Carries the `Entry` of results from elsewhere, which stand in `entries` by then."""
    cut_off = Signal(object)
    """Carries the `Entry` of a run that was cut off when its window closed or crashed."""
    said = Signal(str)
    """Carries a short remark on what was done."""
    failed = Signal(str)
    """Carries a sentence about work that could not be done."""

    def __init__(self, jobs: Jobs, folder: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder
        self.entries: tuple[Entry, ...] | None = None
        self.comparison: Comparison | None = None
        self.interrupted = None if folder is None else Interrupted(folder)
        self._pending = Pending(jobs, self)
        self._pending.finished.connect(self._on_finished)
        self._pending.failed.connect(self._on_failed)

    def read(self) -> None:
        """Reads the folder; `changed` tells."""
        self._ask()

    def take_in(self, path: str) -> None:
        """Takes results from elsewhere into the history."""
        self._ask(taken=path)

    def forget(self, result: RunResult) -> None:
        """Deletes a run."""
        self._ask(forgotten=result)

    def look_for_cut_off(self) -> None:
        """Looks for runs that were cut off; `cut_off` tells of each."""
        if self.interrupted is not None:
            self._pending.submit(InterruptedRequest(self.interrupted))

    def compare(self, before: RunResult | None, after: RunResult | None) -> None:
        """Compares two runs; `comparison_changed` tells. With None for one of them, there is no comparison."""
        if before is None or after is None:
            self._pending.withdraw((CompareRunsRequest.kind,))
            self._set_comparison(None)
        else:
            self._pending.submit(CompareRunsRequest(before, after))

    def export(self, path: str, result: RunResult, baseline: str) -> None:
        """Writes a run: .csv, .json, .html, or its plan as .toml."""
        self._pending.submit_after(ExportRunRequest(path, result, baseline, self.comparison))

    def write_case(self, data: Data, candidate: Candidate, action: Action) -> None:
        """Writes the file that a candidate was to decode, or has encoded; `case_written` tells."""
        folder = Path(tempfile.gettempdir()) if self.folder is None else self.folder
        self._pending.submit(CaseRequest(WriteCase(data, candidate, action, folder / CASES)))

    def close(self) -> None:
        """Stops all work; no signal follows."""
        self._pending.close()

    def _ask(self, taken: str | None = None, forgotten: RunResult | None = None) -> None:
        if self.folder is None:
            self.failed.emit("No folder is known in which benchmarks are kept")
        else:
            self._pending.submit_after(HistoryRequest(self.folder, taken, forgotten))

    def _set_comparison(self, comparison: Comparison | None) -> None:
        if comparison is not self.comparison:
            self.comparison = comparison
            self.comparison_changed.emit()

    @Slot(object)
    def _on_finished(self, response: Response) -> None:
        match response.request, response.result:
            case HistoryRequest(taken=path), Listing() as listing:
                self._take_listing(listing, path)
            case CompareRunsRequest(), Comparison() as comparison:
                self._set_comparison(comparison)
            case ExportRunRequest(), Path() as path:
                self.said.emit(f"Wrote {path.name}")
            case CaseRequest(), case:
                self.case_written.emit(case)
            case InterruptedRequest(), tuple() as entries:
                for entry in entries:
                    self.cut_off.emit(entry)

    def _take_listing(self, listing: Listing, path: str | None) -> None:
        self.entries = listing.entries
        self.changed.emit()
        if path is not None:
            self.said.emit(f"Took in {Path(path).name}")
        if listing.taken is not None:
            self.taken_in.emit(listing.taken)

    @Slot(object)
    def _on_failed(self, response: Response) -> None:
        if not response.cancelled:
            self.failed.emit(response.error or "")
