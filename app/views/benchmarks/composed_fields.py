"""The fields that a plan is composed of: the data, the coders and their settings, and how long it is measured."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QWidget

from app.canvas.controls import Options, button, named, strip
from app.canvas.number_fields import real_number, whole_number
from app.models.bench_form import OPENED, WAYS, BenchForm
from app.recipe_fields import RecipeFields
from codec.bench.peers import PEERS
from codec.bench.plan import Action


class ComposedFields(QWidget):
    """All of a `BenchForm` but which plan it is."""

    changed = Signal()
    """Something else stands in it."""
    file_wanted = Signal(str)
    """A file is to be chosen; carries for what: "data" or "coder"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make_data()
        self._make_coders()
        self._make_stopping()
        self.recipes = RecipeFields()
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
        self.seed = whole_number("Seed of what is random", 0, 1_000_000)
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
        self.rounds = whole_number("Runs of each candidate, at least", 1, 1_000_000)
        self.seconds = real_number("Seconds for all of them together, at least", 0, 86_400)
        self.warm_up = real_number("Seconds of untimed runs of each candidate, at most", 0, 86_400)
        self.limit = real_number("Seconds that one run may take", 0.01, 86_400)

    def _lay_out(self) -> None:
        fields = QFormLayout(self)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setVerticalSpacing(self.fontMetrics().height() // 4)
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

    def _connect(self) -> None:
        self.opened.box.currentIndexChanged.connect(self.changed)
        for box in (*self.ways.values(), *self.peers.values(), *self.timed.values()):
            box.toggled.connect(self.changed)
        for line in (self.kinds, self.sizes, self.files, self.threads, self.brought):
            line.textChanged.connect(self.changed)
        for number in (self.seed, self.rounds, self.seconds, self.warm_up, self.limit):
            number.valueChanged.connect(self.changed)
        self.recipes.changed.connect(self.changed)
        self.data_file.clicked.connect(lambda: self.file_wanted.emit("data"))
        self.coder_file.clicked.connect(lambda: self.file_wanted.emit("coder"))

    @property
    def form(self) -> BenchForm:
        """What stands in it, as the form of a plan that is composed."""
        return BenchForm(
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
        """Fills it in; tells of each field that changes."""
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

    def add_path(self, purpose: str, path: str) -> None:
        """Adds a file to the weights, or to the coders."""
        line = self.files if purpose == "data" else self.brought
        line.setText("; ".join(part for part in (line.text().strip().rstrip(";"), path) if part))

    def show_reasons(self, reasons: Mapping[str, str]) -> None:
        """Says beside the coders why some cannot run here, by their names."""
        for name, box in self.ways.items():
            _show_reason(box, name, reasons.get(WAYS[name].coder, ""), WAYS[name].meaning)
        for name, box in self.peers.items():
            _show_reason(box, name, reasons.get(name, ""), PEERS[name].meaning)


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
