"""The steps of both sides: what they took for the frame, where they part, frozen, and all steps below."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.models.divergence_frames import FramePairTable
from app.models.divergence_steps import NAMES, StepPairTable
from app.views.divergence.shown import Shown
from app.views.divergence.tables import FrozenRows, PairTable

LANE_COLUMN = NAMES.index("lane")
STREAM_COLUMN = NAMES.index("stream")


class StepPanel(QWidget):
    """Three tables, of which only the last is always there."""

    chosen = Signal(int, int)
    """Carries the pair of steps and the side that the user went to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps = StepPairTable(self)
        self._parting_step = StepPairTable(self)
        self._frames = FramePairTable(self)
        self.list = PairTable(self.steps, "Steps of both sides")
        self.parting = FrozenRows(self._parting_step, "The step at which they part", self.list)
        self.frames = FrozenRows(self._frames, "Frame of the stream by both sides")
        self._frames_caption = QLabel("Before the first step")
        self._parting_caption = QLabel("First step that differs")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for part in (
            self._frames_caption, self.frames, self._parting_caption, self.parting, self.list,
        ):  # fmt: skip
            column.addWidget(part, 1 if part is self.list else 0)
        self.list.setMinimumHeight(4 * self.list.verticalHeader().defaultSectionSize())
        self.setFocusProxy(self.list)
        self.list.chosen.connect(lambda row: self._choose(self.steps, row))
        self.parting.chosen.connect(lambda row: self._choose(self._parting_step, row))
        self.parting.clicked.connect(lambda index: self._choose(self._parting_step, index.row()))
        self.show_steps(None)

    def show_steps(self, shown: Shown | None) -> None:
        """Shows the steps of two traces; or nothing."""
        pairs = None if shown is None else shown.pairs
        first = None if shown is None else shown.first
        self.steps.show(pairs)
        self._parting_step.show(pairs if first is not None else None, first)
        self._frames.show(*(shown.frames if shown is not None else (None, None)))
        apart = shown is not None and (shown.starts_apart or bool(self._frames.differing))
        for part in (self.frames, self._frames_caption):
            part.setVisible(apart)
        self.parting.setVisible(first is not None)
        self._parting_caption.setVisible(apart and first is not None)
        self.list.horizontalHeader().setVisible(first is None)
        self._fit(shown)

    def _fit(self, shown: Shown | None) -> None:
        """Makes columns as wide as what they hold, and hides those that tell nothing."""
        self.frames.resizeColumnsToContents()
        single = shown is None or shown.lanes() == 1
        texts = self.steps.widest_texts()
        for table in (self.list, self.parting):
            table.setColumnHidden(LANE_COLUMN, single)
            table.setColumnHidden(STREAM_COLUMN, shown is None or not shown.several_streams)
            table.fit_columns(texts)
        # One width of their heads for both, so that columns stand below each other.
        width = self.list.verticalHeader().sizeHint().width()
        for table in (self.list, self.parting):
            table.verticalHeader().setFixedWidth(width)
        for rows in (self.frames, self.parting):
            rows.fit_height()

    def show_step(self, pair: int | None, side: int, centred: bool = False) -> None:
        """Makes a step the current one, in sight; None leaves none."""
        self.list.show_row(None if pair is None else self.steps.row_of(pair, side), centred)

    def scroll_to(self, pair: int) -> None:
        """Brings a step into the middle, without making it the current one."""
        self.list.scroll_to(self.steps.row_of(pair, 0), centred=True)

    @property
    def current(self) -> tuple[int, int] | None:
        """The current pair and side; None where there is none."""
        index = self.list.currentIndex()
        if not index.isValid():
            return None
        return self.steps.pair_of(index.row()), self.steps.side_of(index.row())

    def recolour(self) -> None:
        """Takes up the colours of the theme."""
        for table in (self.list, self.parting, self.frames):
            table.viewport().update()

    def _choose(self, model: StepPairTable, row: int) -> None:
        self.chosen.emit(model.pair_of(row), model.side_of(row))
