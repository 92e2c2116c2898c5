"""Benchmarks as the window sees them: the plan that is chosen, its run, what it has measured, and earlier runs.

One for the window: a run goes on while other files are looked at. It knows no widget. Looking must not cost what is
measured: what comes in is taken a few times a second, and its figures are worked out so seldom that this takes a
hundredth of a core at most.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.bench_requests import (
    AskCoders,
    BenchRequest,
    CaseRequest,
    CompareRunsRequest,
    ExportRunRequest,
    Feed,
    Figures,
    FiguresRequest,
    HistoryRequest,
    Known,
    PlanRequest,
    TileTimesRequest,
    wanted_of,
)
from app.bench_tasks import Engine
from app.document import Document
from app.jobs import Jobs
from app.models.bench_form import WAYS, BenchForm, PlanReading, read_bench
from app.pending import Pending
from app.requests import UsedDecoder
from app.tile_timing import TimeTiles
from app.work import Response
from codec.bench.change import Comparison
from codec.bench.history import Entry
from codec.bench.peers import PEERS
from codec.bench.plan import Candidate, Data, Plan
from codec.bench.plan_file import bundled, bundled_plan
from codec.bench.result import RunResult
from codec.bench.rows import Row
from codec.bench.tile_times import TileTimes

LOOK_MS = 400
"""Between two looks at what a run tells."""

REST = 100
"""Times as long as working out the figures took, nothing is worked out again while a run goes on."""

CASES = "cases"
"""The folder in that of the history for files that were decoded wrong."""

MOST_OPENED = 256
"""Tensors of the opened file that are taken."""


class Benchmarking(QObject):
    """The form of "Benchmarks", its run, and the history.

    Attributes:
        form: what stands in the form.
        plans: those that can be chosen, by name or path.
        reading: what the form asks for.
        reasons: why coders cannot run here, by coder, as far as that is known; "" where they can.
        known: what is known of the run that is shown.
        figures: its rows; None before there are any.
        entries: of the history; None before it was read.
        comparison: with an earlier run; None where none was chosen.
        tile_times: of a tensor; None before they were measured.
        tiles_of: the document and the tensor that they are of.
    """

    changed = Signal()
    """`form`, `reading`, `plans` or `reasons` is another."""
    running_changed = Signal()
    """`running` is another, or another run is shown."""
    stood = Signal()
    """`known` is another: how far the run is, or what is to be told of it."""
    rows_changed = Signal()
    """`figures` are others."""
    history_changed = Signal()
    """`entries` are others."""
    comparison_changed = Signal()
    """`comparison` is another."""
    tiles_changed = Signal()
    """`tile_times` are others, or `timing_tiles` is."""
    file_wanted = Signal(str)
    """The user wants to choose a file; carries for what: "plan", "data", "coder", "import" or "export"."""
    comparison_wanted = Signal(object, object)
    """The user wants to see where an output is wrong; carries the `Data` and the `Candidate`."""
    case_written = Signal(object, object)
    """Carries the path of the file that a candidate was to decode, and the `Candidate`."""
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
        self.form = BenchForm()
        self.plans: dict[str, Plan] = {name: bundled_plan(name) for name in bundled()}
        self.reasons: dict[str, str] = {}
        self.known = Known()
        self.figures: Figures | None = None
        self.entries: tuple[Entry, ...] | None = None
        self.comparison: Comparison | None = None
        self.tile_times: TileTimes | None = None
        self.tiles_of: tuple[Document, int] | None = None
        self._folder, self._engine = folder, engine or Engine()
        self._document: Document | None = None
        self._baseline: str | None = None
        self._before: RunResult | None = None
        self._feed = Feed()
        self._asked = (0.0, 0.0)
        self.reading: PlanReading = read_bench(self.form, self.plans)
        self._pending = Pending(jobs, self)
        self._pending.finished.connect(self._on_finished)
        self._pending.failed.connect(self._on_failed)
        self._looking = QTimer(self)
        self._looking.setInterval(LOOK_MS)
        self._looking.timeout.connect(self._look)

    # What is asked for

    def ask(self, form: BenchForm) -> None:
        """Takes up what stands in the form."""
        self.form = form
        self._read()

    def take_document(self, document: Document | None) -> None:
        """Takes the tensors of another document, where the form asks for such."""
        self._document = document
        self._read()

    def ask_coders(self) -> None:
        """Finds out which coders can run here; `changed` tells."""
        names = {way.coder for way in WAYS.values()} | PEERS.keys()
        self._pending.submit(AskCoders(tuple(Candidate(name, name) for name in sorted(names))))

    def read_plan(self, path: str) -> None:
        """Has a worker read a plan's file, and chooses it."""
        self._pending.submit(PlanRequest(path))

    @property
    def opened(self) -> tuple[Data, ...]:
        """The tensors of the opened file that the form asks for."""
        document = self._document
        if document is None or self.form.opened == "none":
            return ()
        tensors = list(document.container.tensors[:MOST_OPENED])
        if self.form.opened == "selected":
            tensors = [document.tensor] if document.tensor is not None else []
        names = [tensor.name for tensor in tensors]
        file = document.path.name
        return tuple(
            Data(f"{name} of {file}" if len(names) > 1 else file, str(document.path), name)
            for name in names
        )

    def _read(self) -> None:
        self.reading = read_bench(self.form, self.plans, self.opened, self.reasons)
        self.changed.emit()

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
        return self.reading.says if self.reading.wrong else ""

    @property
    def no_resume(self) -> str:
        """Why the run that is shown cannot be gone on with, as a sentence; "" where it can."""
        if self.running:
            return "A benchmark is running."
        if self.known.result is None:
            return "There is no run to go on with."
        return "All of it was measured." if self.known.result.complete else ""

    @property
    def baseline(self) -> str:
        """The candidate that speeds are told against; "" before there is a run."""
        result = self.known.result
        return "" if result is None else wanted_of(result.plan, self._baseline)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the run that is shown."""
        return () if self.figures is None else self.figures.rows

    def run(self) -> None:
        """Runs the plan; rows change as they come."""
        if self.no_run or self.reading.plan is None:
            return
        self._baseline = None
        self._start(BenchRequest(self.reading.plan, folder=self._folder, engine=self._engine))

    def resume(self) -> None:
        """Measures what is left of the run that is shown."""
        result = self.known.result
        if self.no_resume or result is None:
            return
        path = self.known.path
        folder = None if path is not None else self._folder
        self._start(BenchRequest(result.plan, result, path, folder, engine=self._engine))

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
        self._set_comparison(None)
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
        begun, rest = self._asked
        if FiguresRequest.kind not in self._pending and time.monotonic() >= begun + rest:
            self._work_out()

    def _work_out(self) -> None:
        result = self.known.result
        if result is None or not result.measurements:
            return
        last = self.figures
        if last is not None and last.result is result and last.baseline == self.baseline:
            return
        self._asked = (time.monotonic(), 0.0)
        self._pending.submit(FiguresRequest(result, self.baseline, last))

    def _end(self) -> None:
        """Takes in all that the run told last."""
        self._looking.stop()
        self._look()
        self._work_out()
        self.running_changed.emit()
        if self._folder is not None:
            self.read_history()

    # The history

    def read_history(self) -> None:
        """Reads the folder of the history; `history_changed` tells."""
        self._ask_history()

    def take_in(self, path: str) -> None:
        """Takes results from elsewhere into the history."""
        self._ask_history(taken=path)

    def forget(self, result: RunResult) -> None:
        """Deletes a run of the history."""
        self._ask_history(forgotten=result)

    def _ask_history(self, taken: str | None = None, forgotten: RunResult | None = None) -> None:
        if self._folder is None:
            self.failed.emit("No folder is known in which benchmarks are kept")
        else:
            self._pending.submit(HistoryRequest(self._folder, taken, forgotten))

    def show(self, entry: Entry) -> None:
        """Shows an earlier run, which can be gone on with."""
        if self.running or entry.result is None:
            return
        self.known = Known(entry.result, path=entry.path)
        self.figures, self._baseline = None, None
        self._set_comparison(None)
        self._work_out()
        self.running_changed.emit()
        self.stood.emit()
        self.rows_changed.emit()

    def compare_with(self, before: RunResult | None) -> None:
        """Compares the run that is shown with an earlier one, or with none."""
        result = self.known.result
        if before is None or result is None:
            self._set_comparison(None)
        else:
            self._pending.submit(CompareRunsRequest(before, result))

    def _set_comparison(self, comparison: Comparison | None) -> None:
        if comparison is not self.comparison:
            self.comparison = comparison
            self.comparison_changed.emit()

    def export(self, path: str) -> None:
        """Writes the run that is shown: .csv, .json, .html, or its plan as .toml."""
        if self.known.result is not None:
            self._pending.submit(
                ExportRunRequest(path, self.known.result, self.baseline, self.comparison)
            )

    def write_case(self, data: Data, candidate: Candidate) -> None:
        """Writes the file that a candidate was to decode; `case_written` tells."""
        folder = Path(tempfile.gettempdir()) if self._folder is None else self._folder
        self._pending.submit(CaseRequest(data, candidate, folder / CASES))

    # Tiles

    @property
    def timing_tiles(self) -> bool:
        """Whether tiles are being timed."""
        return TileTimesRequest.kind in self._pending

    def time_tiles(self, decoder: UsedDecoder) -> None:
        """Times every tile of the selected tensor; `tiles_changed` tells."""
        document = self._document
        if document is None or document.tensor is None:
            self.failed.emit("No tensor is opened whose tiles could be timed")
            return
        tensor = document.tensor.index
        self.tiles_of, self.tile_times = (document, tensor), None
        task = TimeTiles(tensor, decoder.name)
        self._pending.submit(TileTimesRequest(document.container, task, decoder.isolated))
        self.tiles_changed.emit()

    def stop_tiles(self) -> None:
        """Ends the timing of tiles."""
        self._pending.withdraw((TileTimesRequest.kind,))
        self.tiles_changed.emit()

    def select_tile(self, tile: int) -> None:
        """Selects one of the tiles that were timed, if their document is the one that is shown."""
        if self.tiles_of is None or self.tiles_of[0] is not self._document:
            self.said.emit("The tiles that were timed are of another file")
            return
        document, tensor = self.tiles_of
        if document.tensor is None or document.tensor.index != tensor:
            document.select_tensor(tensor)
        document.select_tile(tile)

    def close(self) -> None:
        """Stops all work; no signal follows."""
        self._looking.stop()
        self._pending.close()

    # Answers

    @Slot(object)
    def _on_finished(self, response: Response) -> None:
        match response.request, response.result:
            case BenchRequest(), _:
                self._end()
            case FiguresRequest(), Figures() as figures:
                self._take_figures(figures)
            case AskCoders(), dict() as reasons:
                self._take_reasons(reasons)
            case PlanRequest(path=path), Plan() as plan:
                self.plans[path] = plan
                self.ask(replace(self.form, plan=path, without=()))
            case HistoryRequest(taken=taken), tuple() as entries:
                self._take_entries(entries, taken)
            case CompareRunsRequest(), Comparison() as comparison:
                self._set_comparison(comparison)
            case (ExportRunRequest() | CaseRequest()) as request, Path() as path:
                self._take_path(request, path)
            case TileTimesRequest(), TileTimes() as times:
                self.tile_times = times
                self.tiles_changed.emit()

    def _take_figures(self, figures: Figures) -> None:
        begun, _ = self._asked
        self._asked = (time.monotonic(), REST * (time.monotonic() - begun))
        if self.known.result is None or figures.result.id != self.known.result.id:
            return
        self.figures = figures
        self.rows_changed.emit()
        if not self.running or figures.baseline != self.baseline:
            self._work_out()

    def _take_path(self, request: ExportRunRequest | CaseRequest, path: Path) -> None:
        if isinstance(request, CaseRequest):
            self.case_written.emit(path, request.candidate)
        else:
            self.said.emit(f"Wrote {path.name}")

    def _take_entries(self, entries: tuple[Entry, ...], taken: str | None) -> None:
        self.entries = entries
        self.history_changed.emit()
        if taken is not None:
            self.said.emit(f"Took in {Path(taken).name}")

    def _take_reasons(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(reasons)
        self._read()

    @Slot(object)
    def _on_failed(self, response: Response) -> None:
        request = response.request
        if isinstance(request, BenchRequest):
            self._end()
        if isinstance(request, TileTimesRequest):
            self.tiles_changed.emit()
        if not response.cancelled:
            self.failed.emit(response.error or "")
