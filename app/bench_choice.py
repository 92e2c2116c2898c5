"""What is chosen in "Benchmarks": the form, the plans that there are, and what keeps coders from running here.

It knows no widget. Plans are read, and coders are asked, by workers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from app.bench_asking import AskCoders
from app.bench_requests import CodersRequest, PlanRequest
from app.document import Document
from app.jobs import Jobs
from app.models.bench_form import WAYS, BenchForm
from app.models.bench_reading import PlanReading, read_bench
from app.pending import Pending
from app.work import Response
from codec.bench.peers import PEERS
from codec.bench.plan import Candidate, Data, Plan
from codec.bench.plan_file import bundled, bundled_plan

MOST_OPENED = 256
"""Tensors of the opened file that are taken."""


class PlanChoice(QObject):
    """The plan that is chosen, or composed in the form.

    Attributes:
        form: what stands in the form.
        plans: those that can be chosen, by name or path.
        reading: what the form asks for.
        reasons: why coders cannot run here, by coder, as far as that is known; "" where they can.
    """

    changed = Signal()
    """Any of these is another."""
    failed = Signal(str)
    """Carries a sentence about work that could not be done."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.form = BenchForm()
        self.plans: dict[str, Plan] = {name: bundled_plan(name) for name in bundled()}
        self.reasons: dict[str, str] = {}
        self._document: Document | None = None
        self.reading: PlanReading = read_bench(self.form, self.plans)
        self._pending = Pending(jobs, self)
        self._pending.finished.connect(self._on_finished)
        self._pending.failed.connect(self._on_failed)

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
        coders = tuple(Candidate(name, name) for name in sorted(names))
        self._pending.submit(CodersRequest(AskCoders(coders)))

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

    def close(self) -> None:
        """Stops all work; no signal follows."""
        self._pending.close()

    @Slot(object)
    def _on_finished(self, response: Response) -> None:
        match response.request, response.result:
            case CodersRequest(), dict() as reasons:
                self._take_reasons(reasons)
            case PlanRequest(path=path), Plan() as plan:
                self.plans[path] = plan
                self.ask(replace(self.form, plan=path, without=()))

    def _take_reasons(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(reasons)
        self._read()

    @Slot(object)
    def _on_failed(self, response: Response) -> None:
        if not response.cancelled:
            self.failed.emit(response.error or "")
