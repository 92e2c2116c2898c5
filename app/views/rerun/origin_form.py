"""Choosing the weights that are encoded: the opened tensor, an array of a file, or generated ones."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QSpinBox, QVBoxLayout, QWidget

from app.canvas.controls import Options, button, named, strip
from app.canvas.number_fields import real_number, whole_number
from app.rerun_requests import ArrayFile, GeneratedWeights, Origin
from codec.quantisation import Granularity
from codec.rerun.sources import KINDS, USUAL_SIDE

LONGEST_SIDE = 65_536
"""Rows, or columns, that can be asked for here."""


class Kind(Enum):
    """Where weights come from."""

    OPENED = "the opened tensor"
    FILE = "a file of arrays"
    GENERATED = "generated weights"


MEANINGS = {
    Kind.OPENED: "The tensor that is selected in the window, decoded",
    Kind.FILE: "An array of a .npy, .npz, .safetensors or .gguf file; floats are quantised",
    Kind.GENERATED: "Weights that are made here, always the same ones",
}

GENERATED = {
    "zeros": "All 0",
    "ramp": "(i mod 256) - 128: left leaves nothing of it",
    "uniform": "Every byte as likely: it cannot be compressed",
    "normal": "Rounded normal weights of mean 0",
    "smooth": "A random walk along each row: left really predicts it",
    "real": "A bundled 384×384 layer of a sentence transformer, one scale a tensor",
}


class OriginForm(QWidget):
    """The controls that choose weights."""

    changed = Signal()
    """Other weights are chosen."""
    file_wanted = Signal()
    """A file is to be chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = Options(
            [(each.value, each, MEANINGS[each]) for each in Kind], "Which weights are encoded"
        )
        self.file = button("Choose…", "Choose a .npy, .npz, .safetensors or .gguf file")
        self._array = QComboBox()
        self._array.setToolTip("The array of the file that is encoded")
        self._array.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._array.setMinimumContentsLength(8)
        self._scales = Options(
            [(f"per {each}", str(each), "") for each in Granularity],
            "Which weights share a scale, where the array holds floats",
        )
        self._made = Options(
            [(name, name, GENERATED[name]) for name in KINDS], "What kind of weights is made"
        )
        self._sigma = _sigma()
        self._rows, self._cols = _side("Rows of the matrix"), _side("Columns of the matrix")
        self._seed = whole_number("Seed of what is random", 0, 1_000_000)
        self._shapes: dict[str, tuple[int, int]] = {}
        self._path = ""
        self._lay_out()
        self._connect()
        self._made.choose("normal")
        self._show_parts()

    def _lay_out(self) -> None:
        self._parts = {
            Kind.OPENED: [],
            Kind.FILE: [
                self.file,
                named("Array", self._array),
                named("Scale", self._scales.box),
            ],
            Kind.GENERATED: [
                named("Kind", self._made.box),
                named("σ", self._sigma),
                named("Rows", self._rows),
                named("Columns", self._cols),
                named("Seed", self._seed),
            ],
        }
        self._parts_of_normal = self._parts[Kind.GENERATED][1:2]
        parts = [part for some in self._parts.values() for part in some]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(strip([named("Weights", self._kind.box), *parts]))

    def _connect(self) -> None:
        self.file.clicked.connect(self.file_wanted)
        for box in (self._kind.box, self._made.box, self._array, self._scales.box):
            box.currentIndexChanged.connect(self._on_change)
        for number in (self._rows, self._cols, self._seed):
            number.valueChanged.connect(self._on_change)
        self._sigma.valueChanged.connect(self._on_change)

    @property
    def kind(self) -> Kind:
        """Where the weights come from."""
        return self._kind.value

    def choose(self, kind: Kind, generated: str | None = None) -> None:
        """Chooses, as the user would."""
        self._kind.choose(kind)
        if generated is not None:
            self._made.choose(generated)

    def origin(self) -> Origin | None:
        """The file's array or the generated weights; None where none is chosen, or the opened tensor is."""
        if self.kind is Kind.FILE and self._array.currentText() in self._shapes:
            name = self._array.currentText()
            return ArrayFile(self._path, name, self._scales.value, self._shapes[name])
        if self.kind is Kind.GENERATED:
            made = self._made.value
            kind = f"normal-{self._sigma.value():g}" if made == "normal" else made
            return GeneratedWeights(
                kind, self._rows.value(), self._cols.value(), self._seed.value()
            )
        return None

    def offer_arrays(self, path: str, shapes: dict[str, tuple[int, int]]) -> None:
        """Offers the arrays of a file."""
        self._path, self._shapes = path, shapes
        self.file.setText(f"{Path(path).name}…")
        self.file.setToolTip(f"{path}: choose another file")
        with QSignalBlocker(self._array):
            self._array.clear()
            self._array.addItems(list(shapes))
        self._on_change()

    def _on_change(self) -> None:
        self._show_parts()
        self.changed.emit()

    def _show_parts(self) -> None:
        """Shows what the chosen kind needs."""
        for kind, parts in self._parts.items():
            _set_visible(parts, kind is self.kind)
        if self.kind is Kind.FILE:
            _set_visible(self._parts[Kind.FILE][1:], bool(self._shapes))
        if self.kind is Kind.GENERATED:
            made = self._made.value
            _set_visible(self._parts_of_normal, made == "normal")
            _set_visible(self._parts[Kind.GENERATED][2:], made != "real")


def _set_visible(parts: Sequence[QWidget], on: bool) -> None:
    for part in parts:
        part.setVisible(on)


def _side(tooltip: str) -> QSpinBox:
    box = whole_number(tooltip, 1, LONGEST_SIDE)
    box.setValue(USUAL_SIDE)
    return box


def _sigma() -> QDoubleSpinBox:
    tip = "Standard deviation of the normal weights, before they are rounded and clipped"
    box = real_number(tip, 0, 1000)
    box.setValue(10)
    return box
