"""The view of benchmarks: what is measured at the left, what came of it at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.benchmarking import Benchmarking
from app.canvas.controls import strip
from app.canvas.fields import say_in, scrolling_down, sentence
from app.canvas.form_beside import FormBeside
from app.document import Document
from app.exporting.table import Table
from app.models.bench_form import COMPOSED
from app.models.bench_standing import standing_text
from app.tables.bench import bench_tables
from app.view import View
from app.views.benchmarks.plan_fields import PlanFields
from app.views.benchmarks.results import BenchResults
from codec.bench.rows import Row

WIDE, FORM = 100, 48
"""Characters of width from which on the form stands beside the results, and of the form there."""

MOST_FORM = 0.5
"""Share of the panel that the form takes at most."""

STEPS = 1000
"""Of the bar that shows how far a run is."""

TIPS = {
    "Run": "Measure all of the plan: candidates take turns, and every output is checked",
    "Stop": "End the run; what was measured stays, and can be gone on with",
    "Resume": "Measure what is left of the run that is shown, what was not available or had no memory, too",
}


class BenchmarksView(View):
    """Encoders and decoders measured beside each other."""

    TITLE = "Benchmarks"
    QUESTION = "Which coder is how fast on these weights, and can that be believed?"
    HELP = (
        "Measures our coders, yours and other compressors in turns, in a process of their own, and checks every output "
        "before its time counts. Shows times with their intervals as a table and plots, what makes them doubtful, and "
        "what has changed since an earlier run."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._benchmarking: Benchmarking | None = None
        self._asked = False
        self.fields, self.results = PlanFields(), BenchResults()
        self.says = sentence("What will be run, or what contradicts itself")
        self.run, self.stop, self.resume = (QPushButton(name) for name in TIPS)
        self.bar = QProgressBar()
        self.standing = sentence("How far the run is, and what is to be told of it")
        self._lay_out()
        self.begin_at(self.fields.plan)
        self.set_empty_text("")

    def _lay_out(self) -> None:
        self.bar.setRange(0, STEPS)
        self.bar.setToolTip("How far the run is")
        for knob, name in zip((self.run, self.stop, self.resume), TIPS, strict=True):
            knob.setToolTip(TIPS[name])
        below = (self.says, strip([self.run, self.stop, self.resume]), self.bar, self.standing)
        self._asked_and_found = FormBeside(
            [self.fields], below, self.results, wide=WIDE, form=FORM, most=MOST_FORM
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolling_down(self._asked_and_found))

    def showEvent(self, event: QShowEvent) -> None:
        """Finds out, when it is first seen, which coders can run here and what was measured before."""
        super().showEvent(event)
        if not self._asked and self._benchmarking is not None:
            self._asked = True
            self._benchmarking.choice.ask_coders()
            self._benchmarking.history.read()

    def use(self, benchmarking: Benchmarking) -> None:
        """Works with this from now on."""
        self._benchmarking = benchmarking
        choice = benchmarking.choice
        self.fields.offer_plans(choice.plans, choice.form.plan)
        self.fields.show_form(choice.form)
        self.results.use(benchmarking)
        choice.changed.connect(self._show_reading)
        benchmarking.running_changed.connect(self._show_state)
        benchmarking.stood.connect(self._show_state)
        self.fields.changed.connect(lambda: choice.ask(self.fields.form))
        self.fields.file_wanted.connect(benchmarking.file_wanted)
        self.results.comparison_wanted.connect(self._on_wrong)
        self.run.clicked.connect(benchmarking.run)
        self.stop.clicked.connect(benchmarking.stop)
        self.resume.clicked.connect(benchmarking.resume)
        benchmarking.take_document(self.document)
        self._show_state()

    def set_document(self, document: Document | None) -> None:
        """Takes the tensors of another document, where the plan asks for such."""
        super().set_document(document)
        self.set_empty_text("")  # weights can be generated without any file
        if document is not None:
            self.listen(document.selection_changed, self._on_selection)
        if self._benchmarking is not None:
            self._benchmarking.take_document(document)

    def theme_changed(self) -> None:
        """Takes up the theme's colours."""
        super().theme_changed()
        self.results.recolour()
        self._show_state()

    def tables(self) -> Sequence[Table]:
        """What was measured."""
        return () if self._benchmarking is None else bench_tables(self._benchmarking.rows)

    def _on_selection(self, _selection: object) -> None:
        if self._benchmarking is not None and self._benchmarking.choice.form.opened == "selected":
            self._benchmarking.take_document(self.document)

    def _show_reading(self) -> None:
        benchmarking = self._benchmarking
        if benchmarking is None:
            return
        choice = benchmarking.choice
        name = choice.form.plan
        self.fields.offer_plans(choice.plans, name)
        plan = None if name == COMPOSED else choice.plans.get(name)
        self.fields.show_reading(choice.reading, plan, choice.reasons)
        self._show_state()

    def _show_state(self) -> None:
        benchmarking = self._benchmarking
        if benchmarking is None:
            return
        running, reading = benchmarking.running, benchmarking.choice.reading
        say_in(self.says, f"{'✕ ' if reading.wrong else ''}{reading.says}", wrong=reading.wrong)
        self.run.setEnabled(not benchmarking.no_run)
        self.stop.setEnabled(running)
        self.resume.setEnabled(not benchmarking.no_resume)
        standing = benchmarking.known.standing
        self.bar.setVisible(running)
        self.bar.setValue(0 if standing is None else round(STEPS * standing.share))
        say_in(self.standing, standing_text(benchmarking.known, running=running))
        self._asked_and_found.limit()

    def _on_wrong(self, row: Row) -> None:
        benchmarking = self._benchmarking
        result = None if benchmarking is None else benchmarking.known.result
        if benchmarking is None or result is None:
            return
        data = next(each for each in result.plan.data if each.name == row.measured.data)
        named = (each for each in result.plan.candidates if each.name == row.measured.candidate)
        benchmarking.comparison_wanted.emit(data, next(named), row.measured.action)
