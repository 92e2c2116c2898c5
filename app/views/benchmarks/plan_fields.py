"""What is measured: a plan that comes along or is in a file, or one that is composed of the fields below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.canvas.controls import button, named, strip
from app.models.bench_form import COMPOSED, BenchForm
from app.models.bench_reading import PlanReading
from app.views.benchmarks.composed_fields import ComposedFields
from codec.bench.plan import Plan

LINES_SHOWN = 7
"""Candidates of a plan that are in sight at once."""


class PlanFields(QWidget):
    """The fields of a `BenchForm`."""

    changed = Signal()
    """Something else stands in it."""
    file_wanted = Signal(str)
    """A file is to be chosen; carries for what: "plan", "data" or "coder"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: list[str] = []
        self._every: tuple[str, ...] = ()
        self.plan = QComboBox()
        self.plan.setToolTip("The plan that is run, or one that is composed of the fields below")
        self.plan.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.plan.setMinimumContentsLength(12)
        self.plan_file = button("Read…", "Read a plan from a .toml file")
        self.title = QLabel()
        self.title.setWordWrap(True)
        self.title.setMinimumWidth(1)
        self.title.setToolTip("What the plan shows")
        self.quick = QCheckBox("A quick look")
        self.quick.setToolTip(
            "Five rounds after a short warm-up: to see that all works, not how fast"
        )
        self.candidates = QListWidget()
        self.candidates.setToolTip(
            "The candidates of the plan; those that are not ticked are left out"
        )
        self.candidates.setAccessibleName("Candidates of the plan")
        self.candidates.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.composed = ComposedFields()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        gap = self.fontMetrics().height() // 4
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * gap)
        column.addWidget(strip([named("&Plan", self.plan), self.plan_file, self.quick]))
        column.addWidget(self.title)
        column.addWidget(self.candidates)
        column.addWidget(self.composed)

    def _connect(self) -> None:
        self.plan.currentIndexChanged.connect(self._on_plan)
        self.quick.toggled.connect(self._on_change)
        self.candidates.itemChanged.connect(self._on_change)
        self.composed.changed.connect(self._on_change)
        self.plan_file.clicked.connect(lambda: self.file_wanted.emit("plan"))
        self.composed.file_wanted.connect(self.file_wanted)

    @property
    def form(self) -> BenchForm:
        """What stands in it."""
        return replace(
            self.composed.form,
            plan=self._names[self.plan.currentIndex()] if self._names else COMPOSED,
            without=self._left_out(),
            quick=self.quick.isChecked(),
        )

    def show_form(self, form: BenchForm) -> None:
        """Fills it in, and tells once."""
        with QSignalBlocker(self):
            if form.plan in self._names:
                self.plan.setCurrentIndex(self._names.index(form.plan))
            self.quick.setChecked(form.quick)
            self.composed.show_form(form)
        self._on_change()

    def add_path(self, purpose: str, path: str) -> None:
        """Adds a file to the weights, or to the coders, of a plan that is composed."""
        self.composed.add_path(purpose, path)

    def offer_plans(self, plans: Mapping[str, Plan], chosen: str) -> None:
        """Offers plans, and shows which one is chosen."""
        names = [*plans, COMPOSED]
        with QSignalBlocker(self.plan):
            if names != self._names:
                self.plan.clear()
                self.plan.addItems([Path(name).name for name in names])
                self._names = names
            self.plan.setCurrentIndex(names.index(chosen) if chosen in names else 0)
        self._show_parts()

    def show_reading(
        self, reading: PlanReading, plan: Plan | None, reasons: Mapping[str, str]
    ) -> None:
        """Shows what the plan is, its candidates, and which of them cannot run here."""
        self.title.setText("" if plan is None else plan.title)
        self.title.setVisible(plan is not None)
        names = tuple(each.name for each in reading.every) if plan is not None else ()
        if names != self._every:
            self._list_candidates(names)
        coders = {each.name: each.coder for each in reading.every}
        with QSignalBlocker(self.candidates):
            for place, name in enumerate(self._every):
                reason = reasons.get(coders.get(name, ""), "")
                item = self.candidates.item(place)
                item.setText(f"{name} · not available: {reason}" if reason else name)
                item.setToolTip(item.text())
        self.composed.show_reasons(reasons)

    def _list_candidates(self, names: Sequence[str]) -> None:
        with QSignalBlocker(self.candidates):
            self.candidates.clear()
            for name in names:
                item = QListWidgetItem(name)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Checked)
                self.candidates.addItem(item)
        self._every = tuple(names)
        lines = min(max(len(names), 1), LINES_SHOWN) + 1
        self.candidates.setFixedHeight(round(1.1 * lines * self.fontMetrics().height()))

    def _left_out(self) -> tuple[str, ...]:
        """Candidates that are not ticked."""
        return tuple(
            name
            for place, name in enumerate(self._every)
            if self.candidates.item(place).checkState() != Qt.CheckState.Checked
        )

    def _on_plan(self) -> None:
        """Another plan has other candidates, all of which are ticked at first."""
        self._list_candidates(())
        self._on_change()

    def _on_change(self) -> None:
        self._show_parts()
        self.changed.emit()

    def _show_parts(self) -> None:
        """Shows the fields of what is composed, or the candidates of a plan."""
        composed = not self._names or self._names[self.plan.currentIndex()] == COMPOSED
        self.composed.setVisible(composed)
        self.candidates.setVisible(not composed)
