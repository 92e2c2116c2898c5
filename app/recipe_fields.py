"""The settings of an encoding to try, as several views ask for them: ticked, or typed as lists; all combinations."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QWidget

from app.canvas.controls import strip
from app.models.rerun_form import Form
from codec.formats import FORMATS
from codec.rerun.recipe import PREDICTORS
from codec.table_rule import Normalisation

TYPED: dict[str, tuple[str, str, str]] = {
    "tiles": (
        "Tile",
        "256",
        "Shapes of a tile: 256 is 256×256; 128x512, native alone, 128 rows of 512",
    ),
    "scale_bits": (
        "Table bits",
        "12",
        "log2 of the slots of the frequency table: 8 to 15, or 12 in the original's layouts",
    ),
    "word_bits": (
        "Word bits",
        "16, or 8 in the original's",
        "Bits that renormalisation moves at a time: 8, or 16 in the native layout",
    ),
    "lanes": (
        "Lanes",
        "64, or 1 in the original's",
        "rANS states that share a stream: 1 to 1,024 in the native layout",
    ),
    "runs": (
        "Run",
        "16, or 1 in the original's",
        "Weights side by side that a lane codes: 1 to 1,024 in the native layout",
    ),
    "samples": (
        "Sample",
        "all",
        "Symbols from the start that the table is made from, or all; the original took 1048576",
    ),
}
"""The fields that are typed: label, what is usual, and what may stand there."""

TICKED: dict[str, tuple[str, dict[str, str]]] = {
    "layouts": (
        "Layout",
        dict(
            zip(
                FORMATS,
                (
                    "The original's layer of padded square tiles, predicted from the left",
                    "The original's file of tiles, predicted from the left or from above",
                    "Ranscope's own: lanes, tables of any precision, raw and constant tiles",
                ),
                strict=True,
            )
        ),
    ),
    "predictors": (
        "Predictor",
        dict(
            zip(
                PREDICTORS,
                (
                    "Weights as they are",
                    "The weight to the left predicts",
                    "The weight above predicts",
                    "Whatever is cheapest for each tile, as far as the layout has it",
                ),
                strict=True,
            )
        ),
    ),
    "normalisations": (
        "Table by",
        {
            str(
                Normalisation.OURS
            ): "The frequencies that code the counted symbols in the fewest bits",
            str(
                Normalisation.ORIGINAL
            ): "As the original encoder made them, with its faults, to study those",
        },
    ),
}
"""The fields that are ticked: title, and what each choice means."""

ORDER = (
    "layouts", "tiles", "predictors", "scale_bits", "samples", "normalisations", "word_bits",
    "lanes", "runs",
)  # fmt: skip
"""From top to bottom."""


class RecipeFields(QWidget):
    """The fields of a `Form`."""

    changed = Signal()
    """Something else stands in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.typed = {name: _line(name) for name in TYPED}
        self.ticked = {name: _boxes(name) for name in TICKED}
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        layout.setVerticalSpacing(self.fontMetrics().height() // 4)
        for name in ORDER:
            if name in self.typed:
                layout.addRow(TYPED[name][0], self.typed[name])
            else:
                layout.addRow(TICKED[name][0], strip(self.ticked[name].values()))
        for line in self.typed.values():
            line.textChanged.connect(self.changed)
        for boxes in self.ticked.values():
            for box in boxes.values():
                box.toggled.connect(self.changed)

    @property
    def form(self) -> Form:
        """What stands in it."""
        typed = {name: line.text() for name, line in self.typed.items()}
        return Form(
            layouts=self._chosen("layouts"),
            predictors=self._chosen("predictors"),
            normalisations=self._chosen("normalisations"),
            **typed,
        )

    def show_form(self, form: Form) -> None:
        """Fills it in, and tells once."""
        with ExitStack() as stack:
            stack.enter_context(QSignalBlocker(self))
            for name, line in self.typed.items():
                line.setText(getattr(form, name))
            for name, boxes in self.ticked.items():
                chosen: Sequence[str] = getattr(form, name)
                for value, box in boxes.items():
                    box.setChecked(value in chosen)
        self.changed.emit()

    def _chosen(self, name: str) -> tuple[str, ...]:
        return tuple(value for value, box in self.ticked[name].items() if box.isChecked())


def _line(name: str) -> QLineEdit:
    label, usual, says = TYPED[name]
    line = QLineEdit()
    line.setPlaceholderText(f"usual: {usual}")
    line.setToolTip(f"{says}. Several between commas are all tried; nothing is the usual.")
    line.setAccessibleName(label)
    line.setClearButtonEnabled(True)
    return line


def _boxes(name: str) -> dict[str, QCheckBox]:
    title, choices = TICKED[name]
    boxes = {}
    for value, says in choices.items():
        box = QCheckBox(value)
        box.setToolTip(f"{says}. All that are ticked are tried.")
        box.setAccessibleName(f"{title}: {value}")
        boxes[value] = box
    return boxes
