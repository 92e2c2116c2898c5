"""Benchmarks as the window sees them: the plan that is chosen, its run, and what it has measured.

One for the window: a run goes on while other files are looked at. It knows no widget. Looking must not cost what is
measured: what comes in is taken a few times a second, and its figures are worked out so seldom that this takes a
hundredth of a core at most.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.bench_choice import PlanChoice
from app.bench_history import RunHistory
from app.bench_requests import Figures, FiguresRequest, baseline_in
from app.bench_running import BenchRequest, Feed, Known
from app.bench_tasks import Engine
from app.bench_tiles import TileTiming
from app.document import Document
from app.jobs import Jobs
from app.pending import Pending
from app.work import Response
from codec.bench.history import Entry
from codec.bench.merging import gone_on_with, remaining
from codec.bench.result import RunResult
from codec.bench.rows import Row

LOOK_MS = 500
"""Between two looks at what a run tells."""

REST, MOST_REST_S = 100, 10.0
"""Times as long as working out the figures took, nothing is worked out again while a run goes on; and no longer.

It takes long once, when what it needs is loaded.
"""


class Benchmarking(QObject):
    """A run of what is chosen in "Benchmarks", or an earlier one that is shown.

    Attributes:
        choice: the plan that is chosen or composed.
        known: what is known of the run that is shown.
        figures: its rows; None before there are any.
        history: earlier runs, and what has changed since.
        tiles: the times of single tiles.
    """

    running_changed = Signal()
    """`running` is another, or another run is shown."""
    stood = Signal()
    """`known` is another: how far the run is, or what is to be told of it."""
    rows_changed = Signal()
    """`figures` are others."""
    file_wanted = Signal(str)
    """The user wants to choose a file; carries for what: "plan", "data", "coder", "import" or "export"."""
    comparison_wanted = Signal(object, object, object)
    """The user wants to see where an output is wrong; carries the `Data`, the `Candidate` and the `Action`."""
    forget_wanted = Signal(object)
    """The user wants to delete a run of the history, which is to be asked about; carries its `RunResult`."""
    said = Signal(str)
    """Carries a short remark on what was done."""
    failed = Signal(str)
    """Carries a sentence about work that could not be done."""

    def __init__(
        self,
        jobs: Jobs,
        folder: Path | None = None,
        parent: QObject | None = None,
        engine: Engine | None = None,
    ) -> None:
        """Takes what it needs.

        Args:
            jobs: runs its work.
            folder: of the history; None where nothing is kept.
            parent: of the object.
            engine: what measures; another in tests.
        """
        super().__init__(parent)
        self.known = Known()
        self.figures: Figures | None = None
        self.choice = PlanChoice(jobs, self)
        self.history, self.tiles = RunHistory(jobs, folder, self), TileTiming(jobs, self)
        for part in (self.choice, self.history, self.tiles):
            part.failed.connect(self.failed)
        for teller in (self.history, self.tiles):
            teller.said.connect(self.said)
        self.history.taken_in.connect(self._on_taken_in)
        self._folder, self._engine = folder, engine or Engine()
        self._baseline: str | None = None
        self._feed = Feed()
        self._not_before = 0.0
        self._pending = Pending(jobs, self)
        self._pending.finished.connect(self._on_finished)
        self._pending.failed.connect(self._on_failed)
        self._looking = QTimer(self)
        self._looking.setInterval(LOOK_MS)
        self._looking.timeout.connect(self._look)

    def take_document(self, document: Document | None) -> None:
        """Takes the tensors of another document, where such are asked for."""
        self.choice.take_document(document)
        self.tiles.take_document(document)

    # A run

    @property
    def running(self) -> bool:
        """Whether a run goes on."""
        return BenchRequest.kind in self._pending

    @property
    def no_run(self) -> str:
        """Why none can begin, as a sentence; "" where one can."""
        if self.running:
            return "A benchmark is running."
        reading = self.choice.reading
        return reading.says if reading.wrong else ""

    @property
    def no_resume(self) -> str:
        """Why the run that is shown cannot be gone on with, as a sentence; "" where it can."""
        if self.running:
            return "A benchmark is running."
        if self.known.result is None:
            return "There is no run to go on with."
        result = gone_on_with(self.known.result)
        return "" if remaining(result.plan, result.measurements) else "All of it was measured."

    @property
    def baseline(self) -> str:
        """The candidate that speeds are told against; "" before there is a run."""
        result = self.known.result
        return "" if result is None else baseline_in(result.plan, self._baseline)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the run that is shown."""
        return () if self.figures is None else self.figures.rows

    def run(self) -> None:
        """Runs the plan; rows change as they come."""
        plan = self.choice.reading.plan
        if self.no_run or plan is None:
            return
        self._baseline = None
        self._start(BenchRequest(
            plan, folder=self._folder, interrupted=self.history.interrupted, engine=self._engine
        ))  # fmt: skip

    def resume(self) -> None:
        """Measures what is left of the run that is shown."""
        result = self.known.result
        if self.no_resume or result is None:
            return
        path = self.known.path
        folder = None if path is not None else self._folder
        self._start(BenchRequest(
            result.plan, result, path, folder, self.history.interrupted, engine=self._engine
        ))  # fmt: skip

    def stop(self) -> None:
        """Ends the run; what was measured stays."""
        self._pending.cancel(BenchRequest.kind)

    def set_baseline(self, name: str) -> None:
        """Tells speeds against another candidate."""
        if name != self.baseline:
            self._baseline = name
            self._work_out()

    def _start(self, request: BenchRequest) -> None:
        self._feed = request.feed
        if request.before is None:
            self.figures = None
        self.history.compare(None, None)
        self.known = replace(Known(), result=request.before, path=request.path)
        self._pending.submit(request)
        self._looking.start()
        self.running_changed.emit()
        self.stood.emit()
        self.rows_changed.emit()

    @Slot()
    def _look(self) -> None:
        """Takes what has come, and has its figures worked out where it is time."""
        known = self._feed.known
        if known is self.known:
            return
        if known.result is None:
            known = replace(known, result=self.known.result)
        self.known = known
        self.stood.emit()
        if FiguresRequest.kind not in self._pending and time.monotonic() >= self._not_before:
            self._work_out()

    def _work_out(self) -> None:
        result = self.known.result
        if result is None or not result.measurements:
            return
        last = self.figures
        if last is not None and last.result is result and last.baseline == self.baseline:
            return
        self._pending.submit(FiguresRequest(result, self.baseline, last))

    def _end(self) -> None:
        """Takes in all that the run told last."""
        self._looking.stop()
        self._look()
        self._work_out()
        self.running_changed.emit()
        if self._folder is not None:
            self.history.read()

    def show(self, entry: Entry) -> None:
        """Shows an earlier run, which can be gone on with."""
        if self.running or entry.result is None:
            return
        self.known = Known(entry.result, path=entry.path)
        self.figures, self._baseline = None, None
        self.history.compare(None, None)
        self._work_out()
        self.running_changed.emit()
        self.stood.emit()
        self.rows_changed.emit()

    @Slot(object)
    def _on_taken_in(self, entry: Entry) -> None:
        """Shows results from elsewhere where nothing else is shown; else they are found in the history."""
        if self.known.result is None:
            self.show(entry)

    # What is done with the run that is shown

    def compare_with(self, before: RunResult | None) -> None:
        """Compares it with an earlier one, or with none."""
        self.history.compare(before, self.known.result)

    def export(self, path: str) -> None:
        """Writes it: .csv, .json, .html, or its plan as .toml."""
        if self.known.result is not None:
            self.history.export(path, self.known.result, self.baseline)

    def close(self) -> None:
        """Stops all work; no signal follows. A run that goes on is offered again by the next window."""
        if self.history.interrupted is not None:
            self.history.interrupted.closing.set()
        self._looking.stop()
        for part in (self.choice, self.history, self.tiles, self._pending):
            part.close()

    # Answers

    @Slot(object)
    def _on_finished(self, response: Response) -> None:
        match response.request, response.result:
            case BenchRequest(), _:
                self._end()
            case FiguresRequest(), Figures() as figures:
                self._take_figures(figures)

    def _take_figures(self, figures: Figures) -> None:
        self._not_before = time.monotonic() + min(REST * figures.took, MOST_REST_S)
        if self.known.result is None or figures.result.id != self.known.result.id:
            return
        self.figures = figures
        self.rows_changed.emit()
        if not self.running or figures.baseline != self.baseline:
            self._work_out()

    @Slot(object)
    def _on_failed(self, response: Response) -> None:
        request = response.request
        if isinstance(request, BenchRequest):
            self._end()
        if not response.cancelled:
            self.failed.emit(response.error or "")
