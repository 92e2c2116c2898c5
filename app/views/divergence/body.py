"""What is seen of two traces: their steps as tables and their states as a plot, with one cursor through both.

The plot lies below the tables, or beside them where the panel is low: below each other neither would have room.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from app.models.divergence_pairs import LEFT
from app.views.divergence.plot import StatePairPlot
from app.views.divergence.shown import Shown
from app.views.divergence.step_panel import StepPanel

LOW = 2.4
"""From this ratio of width to height on, the plot stands beside the tables."""

TABLES_SHARE = 0.68
"""What the tables get of the width then: with all their columns in sight, on most screens."""


class DivergenceBody(QSplitter):
    """Tables and plot.

    Attributes:
        steps: the tables.
        plot: the states of both sides, of one lane.
    """

    chosen = Signal(int, int)
    """Carries the pair of steps and the side that the user went to in a table."""
    pair_chosen = Signal(int)
    """Carries the pair of steps that the user went to in the plot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.steps = StepPanel()
        self.plot = StatePairPlot()
        self._shown: Shown | None = None
        self._curves_of: tuple[int, int] | None = None
        self.setChildrenCollapsible(False)
        self.addWidget(self.steps)
        self.addWidget(self.plot)
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)
        self.steps.chosen.connect(self.chosen)
        self.plot.chosen.connect(self._on_step)

    @property
    def lane(self) -> tuple[int, int] | None:
        """The stream and the lane that are plotted."""
        return self._curves_of

    def show_traces(self, shown: Shown | None) -> None:
        """Shows two traces, or where the ones that are shown part; or nothing."""
        before, self._shown = self._shown, shown
        if shown is None:
            self.plot.show_curves(None, None)
        if shown is None or before is None or before.pairs is not shown.pairs:
            self._curves_of = None
        self.steps.show_steps(shown)

    def show_step(self, pair: int | None, side: int) -> None:
        """Puts the cursor on a step; without one, brings where the sides part into sight."""
        shown = self._shown
        if shown is None:
            return
        self._show_lane(shown, pair)
        self.steps.show_step(pair, side)
        self.plot.show_step(None if pair is None else shown.pairs.step(pair))
        if pair is None and shown.first is not None:
            self.steps.scroll_to(shown.first)

    def show_around(self, pair: int) -> None:
        """Brings a step into the middle of the table, and the steps around it into the plot."""
        if self._shown is not None:
            self.steps.scroll_to(pair)
            self.plot.show_around(self._shown.pairs.step(pair))

    def _show_lane(self, shown: Shown, pair: int | None) -> None:
        """Plots the lane of a step, or else of where the sides part."""
        at = pair if pair is not None else shown.first or 0
        wanted = (shown.pairs.stream(at), shown.lane(at, LEFT)) if len(shown.pairs) else (0, 0)
        if wanted != self._curves_of:
            self._curves_of = wanted
            label = "log2 state" if shown.lanes() == 1 else f"log2 state, lane {wanted[1]:,}"
            self.plot.show_curves(shown.curves(*wanted), shown.coder, label)
        self.plot.mark(None if shown.first is None else shown.pairs.step(shown.first))

    def _on_step(self, step: int) -> None:
        """Finds the step of the plotted stream that has a number."""
        if self._shown is not None and self._curves_of is not None:
            pair = self._shown.pairs.find(self._curves_of[0], step)
            if pair is not None:
                self.pair_chosen.emit(pair)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts the plot where there is more room for it."""
        super().resizeEvent(event)
        width, height = event.size().width(), event.size().height()
        low = width > LOW * height and width > 50 * self.fontMetrics().height()
        wanted = Qt.Orientation.Horizontal if low else Qt.Orientation.Vertical
        if self.orientation() != wanted:
            self.setOrientation(wanted)
            tables, whole = (TABLES_SHARE, width) if low else (0.6, height)
            self.setSizes([round(tables * whole), round((1 - tables) * whole)])

    def recolour(self) -> None:
        """Takes up the colours of the theme."""
        self.plot.recolour()
        self.steps.recolour()
