"""What is measured: a plan that comes along or is in a file, or one that is composed of the fields below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.canvas.controls import Options, button, named, strip
from app.models.bench_form import COMPOSED, OPENED, WAYS, BenchForm
from app.models.bench_reading import PlanReading
from app.recipe_fields import RecipeFields
from codec.bench.peers import PEERS
from codec.bench.plan import Action, Plan

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
        self.quick = _box(
            "A quick look", "Five rounds after a short warm-up: to see that all works, not how fast"
        )
        self.candidates = QListWidget()
        self.candidates.setToolTip(
            "The candidates of the plan; those that are not ticked are left out"
        )
        self.candidates.setAccessibleName("Candidates of the plan")
        self.candidates.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._make_data()
        self._make_coders()
        self._make_stopping()
        self.recipes = RecipeFields()
        self._composed = QWidget()
        self._lay_out()
        self._connect()

    def _make_data(self) -> None:
        self.opened = Options(
            [(name, name, meaning) for name, meaning in OPENED.items()],
            "Tensors of the opened file",
        )
        self.kinds = _line(
            "Kinds",
            "Kinds of generated weights: zeros, ramp, uniform, normal-10, smooth, real",
            "none",
        )
        self.sizes = _line("Sizes", "Sizes of generated weights: 512 is 512×512; 300x200", "none")
        self.seed = _whole("Seed of what is random", 0, 1_000_000)
        self.files = _line(
            "Files",
            "Files of weights, between semicolons: arrays, or compressed ones. Of one with several tensors, "
            "model.safetensors#NAME takes one, and model.safetensors#encoder.* takes those as the layers of a model, "
            "brought one by one for each token",
            "none",
        )
        self.data_file = button("Add…", "Add a file of weights")

    def _make_coders(self) -> None:
        self.ways = {name: _box(name, way.meaning) for name, way in WAYS.items()}
        self.threads = _line(
            "Threads", "Threads of the fast coder; a number, all, or several between commas", "all"
        )
        self.brought = _line("Yours", "Decoders or encoders of yours, between semicolons", "none")
        self.coder_file = button("Add…", "Add a decoder or an encoder of yours")
        self.peers = {name: _box(name, f"{peer.meaning}.") for name, peer in PEERS.items()}
        self.timed = {
            action.value: _box(action.value, f"Whether it is timed to {action.value}")
            for action in Action
        }

    def _make_stopping(self) -> None:
        self.rounds = _whole("Runs of each candidate, at least", 1, 1_000_000)
        self.seconds = _real("Seconds for all of them together, at least", 0, 86_400)
        self.warm_up = _real("Seconds of untimed runs of each candidate, at most", 0, 86_400)
        self.limit = _real("Seconds that one run may take", 0.01, 86_400)

    def _lay_out(self) -> None:
        gap = self.fontMetrics().height() // 4
        fields = QFormLayout(self._composed)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setVerticalSpacing(gap)
        fields.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        fields.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        fields.addRow("Opened tensors", strip([self.opened.box]))
        fields.addRow("Generated", self.kinds)
        fields.addRow("of sizes", self.sizes)
        fields.addRow("Seed", strip([self.seed]))
        fields.addRow("Files", self.files)
        fields.addRow(strip([self.data_file]))
        fields.addRow("Coders", strip(self.ways.values()))
        fields.addRow("Threads", self.threads)
        fields.addRow("Yours", self.brought)
        fields.addRow(strip([self.coder_file]))
        fields.addRow("Peers", strip(self.peers.values()))
        fields.addRow("Timed", strip(self.timed.values()))
        fields.addRow(self.recipes)
        fields.addRow("Until", strip([
            named("rounds", self.rounds), named("seconds", self.seconds),
            named("warm-up, s", self.warm_up), named("limit, s", self.limit),
        ]))  # fmt: skip
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * gap)
        column.addWidget(strip([named("&Plan", self.plan), self.plan_file, self.quick]))
        column.addWidget(self.title)
        column.addWidget(self.candidates)
        column.addWidget(self._composed)

    def _connect(self) -> None:
        self.plan.currentIndexChanged.connect(self._on_plan)
        self.opened.box.currentIndexChanged.connect(self._on_change)
        for box in (self.quick, *self.ways.values(), *self.peers.values(), *self.timed.values()):
            box.toggled.connect(self._on_change)
        for line in (self.kinds, self.sizes, self.files, self.threads, self.brought):
            line.textChanged.connect(self._on_change)
        for number in (self.seed, self.rounds, self.seconds, self.warm_up, self.limit):
            number.valueChanged.connect(self._on_change)
        self.recipes.changed.connect(self._on_change)
        self.candidates.itemChanged.connect(self._on_change)
        for part, purpose in (
            (self.plan_file, "plan"), (self.data_file, "data"), (self.coder_file, "coder"),
        ):  # fmt: skip
            part.clicked.connect(lambda _on=False, purpose=purpose: self.file_wanted.emit(purpose))

    @property
    def form(self) -> BenchForm:
        """What stands in it."""
        return BenchForm(
            plan=self._names[self.plan.currentIndex()] if self._names else COMPOSED,
            without=self._left_out(),
            quick=self.quick.isChecked(),
            opened=self.opened.value,
            kinds=self.kinds.text(),
            sizes=self.sizes.text(),
            seed=self.seed.value(),
            files=self.files.text(),
            ways=_ticked(self.ways),
            brought=self.brought.text(),
            peers=_ticked(self.peers),
            threads=self.threads.text(),
            recipes=self.recipes.form,
            actions=_ticked(self.timed),
            warm_up_s=self.warm_up.value(),
            rounds=self.rounds.value(),
            seconds=self.seconds.value(),
            limit_s=self.limit.value(),
        )

    def show_form(self, form: BenchForm) -> None:
        """Fills it in, and tells once."""
        with ExitStack() as stack:
            stack.enter_context(QSignalBlocker(self))
            if form.plan in self._names:
                self.plan.setCurrentIndex(self._names.index(form.plan))
            self.quick.setChecked(form.quick)
            self.opened.choose(form.opened)
            for name in ("kinds", "sizes", "files", "threads", "brought"):
                getattr(self, name).setText(getattr(form, name))
            for boxes, ticked in (
                (self.ways, form.ways), (self.peers, form.peers), (self.timed, form.actions),
            ):  # fmt: skip
                for value, box in boxes.items():
                    box.setChecked(value in ticked)
            self.seed.setValue(form.seed)
            self.recipes.show_form(form.recipes)
            self.rounds.setValue(form.rounds)
            self.seconds.setValue(form.seconds)
            self.warm_up.setValue(form.warm_up_s)
            self.limit.setValue(form.limit_s)
        self._on_change()

    def add_path(self, purpose: str, path: str) -> None:
        """Adds a file to the weights, or to the coders."""
        line = self.files if purpose == "data" else self.brought
        line.setText("; ".join(part for part in (line.text().strip().rstrip(";"), path) if part))

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
        for name, box in self.ways.items():
            _show_reason(box, name, reasons.get(WAYS[name].coder, ""), WAYS[name].meaning)
        for name, box in self.peers.items():
            _show_reason(box, name, reasons.get(name, ""), PEERS[name].meaning)

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
        self._composed.setVisible(composed)
        self.candidates.setVisible(not composed)


def _show_reason(box: QCheckBox, name: str, reason: str, meaning: str) -> None:
    box.setText(f"{name}, not available" if reason else name)
    box.setToolTip(
        f"Not available: {reason}" if reason else f"{meaning}. All that are ticked are measured."
    )


def _ticked(boxes: Mapping[str, QCheckBox]) -> tuple[str, ...]:
    return tuple(name for name, box in boxes.items() if box.isChecked())


def _box(text: str, tip: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setToolTip(tip)
    return box


def _line(name: str, tip: str, usual: str) -> QLineEdit:
    line = QLineEdit()
    line.setPlaceholderText(usual)
    line.setToolTip(f"{tip}.")
    line.setAccessibleName(name)
    line.setClearButtonEnabled(True)
    return line


def _whole(tip: str, least: int, most: int) -> QSpinBox:
    number = QSpinBox()
    number.setRange(least, most)
    number.setGroupSeparatorShown(True)
    number.setKeyboardTracking(False)
    number.setToolTip(tip)
    return number


def _real(tip: str, least: float, most: float) -> QDoubleSpinBox:
    number = QDoubleSpinBox()
    number.setRange(least, most)
    number.setDecimals(2)
    number.setKeyboardTracking(False)
    number.setToolTip(tip)
    return number
