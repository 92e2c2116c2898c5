"""The original's scenario: a model's layers brought and decoded for each token, beside what its authors claim."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.canvas.fields import say_in, sentence
from app.models.bench_scenario import (
    IN_SIGHT,
    LAYERS_IN_SIGHT,
    MODEL,
    LayerTable,
    ScenarioRow,
    ScenarioTable,
    scenario_rows,
    scenario_says,
)
from app.views.benchmarks.plots import Shown
from app.views.benchmarks.tables import fit_columns, sorted_table
from codec.bench.result import RunResult

NO_MODEL = (
    "This run has no model whose layers are brought one by one: the plan “scenario” has one, beside the figures of the "
    "original's status document."
)
NO_LAYERS = "Select a candidate that was measured to see its layers one by one."


class ScenarioPanel(QWidget):
    """A table of the candidates and the claims, and one of the layers of the candidate that is selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: RunResult | None = None
        self.model, self.layers = ScenarioTable(self), LayerTable(self)
        self.table = sorted_table(
            self.model, "Candidates over a model, and the original's claims", IN_SIGHT
        )
        self.layer_table = sorted_table(
            self.layers, "Layers of the selected candidate", LAYERS_IN_SIGHT
        )
        self._says = sentence("What the model is")
        self._about_layers = sentence("Whose layers these are")
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self.shown = Shown(self._splitter)
        self._lay_out()
        self.table.selectionModel().currentRowChanged.connect(self._show_layers)
        self.shown.say(NO_MODEL)

    def _lay_out(self) -> None:
        above, below = QWidget(), QWidget()
        for place, parts in (
            (above, (self._says, self.table)), (below, (self._about_layers, self.layer_table)),
        ):  # fmt: skip
            column = QVBoxLayout(place)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(parts[0])
            column.addWidget(parts[1], 1)
            self._splitter.addWidget(place)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setSizes([600, 400])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2, 2, 2, 2)
        whole.addWidget(self.shown)

    @property
    def selected(self) -> ScenarioRow | None:
        """The row that is selected."""
        found: ScenarioRow | None = self.model.row_at(self.table.currentIndex().row())
        return found

    def show_result(self, result: RunResult | None) -> None:
        """Shows what a run has of models."""
        if result is self._result:
            return
        self._result = result
        rows = scenario_rows(result)
        first = not self.model.rowCount()
        self.model.show(rows)
        self.shown.say("" if rows else NO_MODEL)
        self.table.setColumnHidden(MODEL, len({row.model for row in rows if row.model}) < 2)
        say_in(self._says, scenario_says(result))
        if first and rows:
            fit_columns(self.table)
            self.table.setCurrentIndex(self.model.index(0, 0))
        self._show_layers()

    def recolour(self) -> None:
        """Takes up the theme's colours."""
        self.table.viewport().update()
        self._show_layers()
        say_in(self._says, scenario_says(self._result))

    def _show_layers(self, *_rows: object) -> None:
        row = self.selected
        layers = () if row is None else row.layers
        first = not self.layers.rowCount()
        self.layers.show(layers)
        if first and layers:
            fit_columns(self.layer_table)
        say_in(self._about_layers, f"{row.name}, layer by layer" if row and layers else NO_LAYERS)
