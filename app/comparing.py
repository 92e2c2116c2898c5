"""The comparison of one document: what stands on both sides, what differs and why, and where the traces part.

Sides are read, compared and diagnosed by workers, or in the child where they run code that may crash; this keeps
what they answer and tells the views. It selects nothing and decodes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.decoding import Shown
from app.encode_steps import EncodeSteps
from app.jobs import Jobs
from app.pending import Pending
from app.side_requests import (
    LEFT,
    RIGHT,
    SIDE_REQUESTS,
    CompareRequest,
    DiagnoseRequest,
    FilesRequest,
    OffersRequest,
    ParseSideRequest,
    SideRequest,
)
from app.side_tasks import CompareFiles, OfferSides, ReadOrStandIn, ReadSide
from app.side_traces import SideTraces
from app.watching import FileWatcher
from app.work import Response
from codec.comparison.comparison import Comparison
from codec.comparison.divergence import Divergence
from codec.comparison.files import FileComparison
from codec.comparison.output import Output, SideKind
from codec.comparison.side import Side
from codec.comparison.stand_in import stands_in
from codec.decoders.availability import DEFAULT
from codec.diagnosis.finding import Finding
from codec.trace import Trace

JUDGE = Side(SideKind.DECODER, DEFAULT)
"""What the left side is where only the right one was chosen."""

NOT_CHOSEN = "Choose what to compare: a decoder, a dump, a capture or another compressed file."


class Comparing(QObject):
    """Two sides of the selected tensor, and all that follows from them.

    Attributes:
        comparison: what differs; None while it is not known.
        findings: the mistakes that explain it, best first; None while they are not known.
        findings_note: why they could not be sought; "" where they were, or are being sought.
        note: why there is no comparison; "" where there is one, or one is coming.
        offers: where a side was refused, its place and the other ways to read it, best first.
        printed: what code of the user's on either side printed when it was last run; "" without.
        files: the opened file against another compressed one on a side; None where there is none (yet).
        encode_steps: where the encoders of both files part, tile by tile.
        files_note: why there is none although such a file stands there; "" where there is one, or one is coming.
    """

    sides_changed = Signal()
    """`left`, `right` or `running` has changed."""
    comparison_changed = Signal()
    """`comparison`, `note`, `offers`, `files` or `files_note` is another."""
    findings_changed = Signal()
    """`findings` or `findings_note` has changed."""
    traces_changed = Signal()
    """`traces`, `trace_notes` or `divergence` has changed."""
    failed = Signal(str)
    """Carries a sentence about work that could not be done."""

    def __init__(self, shown: Shown, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self.comparison: Comparison | None = None
        self.findings: tuple[Finding, ...] | None = None
        self.findings_note = ""
        self.note = NOT_CHOSEN
        self.offers: tuple[tuple[int, Side], ...] = ()
        self.printed = ["", ""]
        self.files: FileComparison | None = None
        self.files_note = ""
        self.encode_steps = EncodeSteps(shown, jobs, self)
        self._shown = shown
        self._sides: list[Side | None] = [None, None]
        self._outputs: list[Output | None] = [None, None]
        self._traces = SideTraces(shown, jobs, self)
        self._traces.changed.connect(self.traces_changed)
        self._watcher = FileWatcher(self)
        self._watcher.changed.connect(self._on_disk_change)
        self._pending = Pending(jobs, self)
        self._pending.finished.connect(self._on_finished)
        self._pending.failed.connect(self._on_failed)

    # What there is

    @property
    def left(self) -> Side | None:
        """What was expected."""
        return self._sides[LEFT]

    @property
    def right(self) -> Side | None:
        """What was found."""
        return self._sides[RIGHT]

    @property
    def running(self) -> bool:
        """Whether sides are being read or compared."""
        kinds = (*SIDE_REQUESTS, CompareRequest, ParseSideRequest)
        return any(request.kind in self._pending for request in kinds)

    @property
    def traces(self) -> tuple[Trace | None, Trace | None]:
        """Of the selected tile, by both sides; None where one is not there (yet)."""
        return self._traces.traces

    @property
    def trace_notes(self) -> tuple[str, str]:
        """Why a trace is not there, as sentences; "" where it is, or is coming."""
        return self._traces.notes

    @property
    def traces_compared(self) -> bool:
        """Whether both traces are there and were held against each other."""
        return self._traces.compared

    @property
    def divergence(self) -> Divergence | None:
        """Where the traces part; None where they do not, or are not there."""
        return self._traces.divergence

    # Choosing

    def use(self, left: Side | None, right: Side | None) -> None:
        """Puts both sides; a right one alone is held against the judge."""
        if left is None and right is not None:
            left = JUDGE
        for place, side in enumerate((left, right)):
            if side != self._sides[place]:
                self._sides[place], self._outputs[place] = side, None
                self.printed[place] = ""
        self._watch()
        self._start()

    def adopt(self, left: Side, right: Side, comparison: Comparison) -> None:
        """As `use`, where both sides were read and compared already."""
        self._sides, self._outputs = [left, right], [comparison.left, comparison.right]
        self._watch()
        self._start(comparison)

    def put(self, place: int, side: Side | None) -> None:
        """Puts one side (`LEFT` or `RIGHT`)."""
        if place == LEFT:
            self.use(side, self.right)
        else:
            self.use(self.left, side)

    def open(self, place: int, text: str) -> None:
        """Puts a decoder by its name, or a file by its path, on one side."""
        self._pending.submit(ParseSideRequest(text, place))
        self.sides_changed.emit()

    def swap(self) -> None:
        """Has the sides change places."""
        for pair in (self._sides, self._outputs, self.printed):
            pair.reverse()
        self._start()

    def run_again(self, runs: int = 1) -> None:
        """Reads both sides again; decoders run so many times, to see whether they always give the same."""
        for place, side in enumerate(self._sides):
            if side is not None:
                again = runs if side.kind is SideKind.DECODER else 1
                self._sides[place] = replace(side, runs=again)
        self._outputs = [None, None]
        self._start()

    def want_traces(self) -> None:
        """Asks both sides for the trace of the selected tile, unless they have been asked."""
        self._traces.want(self._sides)

    def leave_tensor(self) -> None:
        """Another tensor is selected: both sides are read of that one."""
        self._outputs = [None, None]
        self._start()

    def leave_tile(self) -> None:
        """Another tile is selected: the traces of the one before are not shown any more."""
        self._traces.drop()

    def give_way(self) -> None:
        """Stops looking for explanations: what is compared is about to be another."""
        self._pending.withdraw([DiagnoseRequest.kind])

    def close(self) -> None:
        """Stops all work; no signal follows."""
        self._watcher.close()
        self._pending.close()
        self._traces.close()
        self.encode_steps.close()

    # Work

    def _start(self, known: Comparison | None = None) -> None:
        """Reads what is not there; compares as soon as both sides are, unless what that gives is `known`."""
        self._pending.withdraw(
            asks.kind
            for asks in (
                *SIDE_REQUESTS, CompareRequest, DiagnoseRequest, FilesRequest, OffersRequest,
            )
        )  # fmt: skip
        self.comparison, self.findings, self.findings_note = None, None, ""
        self.files, self.files_note, self.offers = None, "", ()
        self.encode_steps.begin(None, None)
        self.note = NOT_CHOSEN if None in self._sides else ""
        if not self.note:
            self._read()
            self._compare(known)
            self._compare_files()
        self._traces.drop()
        self.sides_changed.emit()
        self.comparison_changed.emit()
        self.findings_changed.emit()

    def _read(self) -> None:
        """Reads the sides that are not there."""
        tensor = self._shown.tensor
        for side, output, asks in zip(self._sides, self._outputs, SIDE_REQUESTS, strict=True):
            if tensor is not None and side is not None and output is None:
                task = ReadOrStandIn(tensor.index, side)
                self._pending.submit(asks(self._shown.container, task, side.isolated))

    def _compare(self, known: Comparison | None = None) -> None:
        """Compares where both outputs are there, unless what that gives is `known`."""
        tensor, (left, right) = self._shown.tensor, self._outputs
        if tensor is None or left is None or right is None:
            return
        if known is not None:
            self.comparison = known
            self._diagnose(known)
            return
        if stands_in(left) and stands_in(right):
            self.note = " ".join(left.notices)
            self.comparison_changed.emit()
        else:
            self._pending.submit(CompareRequest(tensor, left, right))

    def _compare_files(self) -> None:
        """Compares the files where another compressed one stands on a side, or what writes one."""
        tensor = self._shown.tensor
        for side in self._sides:
            compressed = side is not None and side.kind in (SideKind.FILE, SideKind.OPENED)
            if tensor is not None and side is not None and compressed:
                task = CompareFiles(tensor.index, side)
                self._pending.submit(FilesRequest(self._shown.container, task, side.isolated))

    # Files that change

    def _watch(self) -> None:
        """Watches the files on both sides, and those alone."""
        for path in self._watcher.watched:
            self._watcher.forget(path)
        for side in self._sides:
            if side is not None and Path(side.name).is_absolute():
                self._watcher.watch(Path(side.name))

    @Slot(str)
    def _on_disk_change(self, path: str) -> None:
        """Reads a side again whose file was saved: a decoder that is being repaired, most of all."""
        for place, side in enumerate(self._sides):
            if side is not None and side.name == path:
                self._outputs[place] = None
        self._start()

    # Answers

    @Slot(object)
    def _on_finished(self, response: Response) -> None:
        match response.request, response.result:
            case ParseSideRequest(place=place), Side() as side:
                self.put(place, side)
            case SideRequest(place=place), Output() as output:
                self._outputs[place], self.printed[place] = output, response.printed
                self._compare()
                self.sides_changed.emit()
            case CompareRequest(), Comparison() as comparison:
                self.comparison = comparison
                self._diagnose(comparison)
                self.sides_changed.emit()
                self.comparison_changed.emit()
            case OffersRequest(place=place), tuple() as sides:
                self.offers = tuple((place, side) for side in sides)
                self.comparison_changed.emit()
            case FilesRequest(task=task), FileComparison() as files:
                self.files = files
                self.encode_steps.begin(task.side, files)
                self.comparison_changed.emit()
            case DiagnoseRequest(), tuple() as findings:
                self.findings = findings
                self.findings_changed.emit()

    def _diagnose(self, comparison: Comparison) -> None:
        self._pending.submit(DiagnoseRequest(self._shown.container, comparison))

    def _look_for_offers(self, task: ReadSide, place: int, cancelled: bool) -> None:
        """Has a worker look how else a file that was refused can be read."""
        if not cancelled and task.side.kind in (SideKind.DUMP, SideKind.FILE):
            wanted = OfferSides(task.tensor, task.side)
            self._pending.submit(OffersRequest(self._shown.container, wanted, place=place))

    @Slot(object)
    def _on_failed(self, response: Response) -> None:
        reason = response.error or "It was cancelled."
        match response.request:
            case SideRequest(task=task, place=place):
                self.printed[place] = response.printed
                self.note = f"There is no output of {task.side.title}: {reason}"
                self._look_for_offers(task, place, response.cancelled)
                self.comparison_changed.emit()
            case CompareRequest():
                self.note = reason
                self.comparison_changed.emit()
            case FilesRequest():
                self.files_note = reason
                self.comparison_changed.emit()
            case DiagnoseRequest():
                self.findings_note = reason
                self.findings_changed.emit()
        if not response.cancelled:
            self.failed.emit(reason)
        self.sides_changed.emit()
