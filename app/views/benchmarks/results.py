"""What a run has measured: the table, what is to be kept in mind, and plots below or beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QVBoxLayout, QWidget

from app.benchmarking import Benchmarking
from app.canvas.controls import button, named, strip
from app.canvas.form_beside import PlotBeside
from app.models.bench_series import families
from app.models.bench_table import DATA, IN_SIGHT, BenchTable, bench_columns, key_of_row, remarks_of
from app.row_table import select_line, sort_anew
from app.views.benchmarks.history import HistoryPanel
from app.views.benchmarks.plots import BenchPlots
from app.views.benchmarks.scenario import ScenarioPanel
from app.views.benchmarks.tables import fit_columns, sorted_table
from app.views.benchmarks.tiles import TilesPanel
from codec.bench.merging import Key
from codec.bench.plan import Plan
from codec.bench.result import Outcome
from codec.bench.rows import Row

SECONDS_BETWEEN_DRAWINGS = 0.4
"""While rows come, the plots are drawn at most this often."""

REMARK_LINES = 5
"""Of the remarks, that are in sight at once."""

REMARKS_FROM = 16
"""Lines of height from which on there is room for the remarks; below, the tips of the table's lines have them."""

WIDE = 2.0
"""Width over height from which on the plots stand beside the table."""

NO_REMARKS = "Nothing is to be remarked."
NOTHING_YET = "Nothing has been measured yet."


class BenchResults(QWidget):
    """Table, remarks and plots."""

    comparison_wanted = Signal(object)
    """The user wants to see where the output of a row is wrong; carries the `Row`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._benchmarking: Benchmarking | None = None
        self._plan: Plan | None = None
        self._families: Mapping[str, str] = {}
        self.model = BenchTable(self)
        self.table = sorted_table(self.model, "Measurements", IN_SIGHT)
        self.baseline = QComboBox()
        self.baseline.setToolTip("The candidate that speeds are told against")
        self.baseline.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.baseline.setMinimumContentsLength(14)
        self.wrong = button(
            "Where is it wrong?", "Compare what this candidate gives back with the weights"
        )
        self.export = button(
            "Export…", "Write the figures as CSV, the results as JSON, a page, or the plan"
        )
        self.remarks = _text("What is to be kept in mind of these times")
        self.plots, self.tiles = BenchPlots(), TilesPanel()
        self.scenario, self.history = ScenarioPanel(), HistoryPanel()
        self._drawing = QTimer(self)
        self._drawing.setSingleShot(True)
        self._drawing.setInterval(round(1000 * SECONDS_BETWEEN_DRAWINGS))
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        metrics = self.fontMetrics()
        self.remarks.setMaximumHeight(round(REMARK_LINES * 1.3 * metrics.height()))
        for page, title, tip in (
            (self.tiles, "Tiles", "Tile time against tile entropy"),
            (self.scenario, "Scenario", "A model's layers brought for each token, beside the original's claims"),
            (self.history, "History", "Earlier runs, and what has changed since"),
        ):  # fmt: skip
            self.plots.setTabToolTip(self.plots.addTab(page, title), tip)
        above = QWidget()
        column = QVBoxLayout(above)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(metrics.height() // 4)
        controls = strip([named("× against", self.baseline), self.wrong, self.export])
        for part in (controls, self.table, self.remarks):
            column.addWidget(part)
        column.setStretchFactor(self.table, 1)
        below = QWidget()
        under = QVBoxLayout(below)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(metrics.height() // 4)
        under.addWidget(self.plots.controls)
        under.addWidget(self.plots, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(PlotBeside(above, below, WIDE))

    def _connect(self) -> None:
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.plots.picked.connect(self.select)
        self.wrong.clicked.connect(self._on_wrong)
        self.history.arrived.connect(self._on_arrived)
        self._drawing.timeout.connect(self._draw)

    def use(self, benchmarking: Benchmarking) -> None:
        """Works with this from now on."""
        self._benchmarking = benchmarking
        benchmarking.rows_changed.connect(self._take)
        benchmarking.running_changed.connect(self._settle)
        self.baseline.textActivated.connect(benchmarking.set_baseline)
        self.export.clicked.connect(lambda: benchmarking.file_wanted.emit("export"))
        self.tiles.use(benchmarking)
        self.history.use(benchmarking)
        self._settle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shows the remarks where there is room for them."""
        super().resizeEvent(event)
        self.remarks.setVisible(self.height() > REMARKS_FROM * self.fontMetrics().height())

    @property
    def selected(self) -> Row | None:
        """The row that is selected."""
        found: Row | None = self.model.row_at(self.table.currentIndex().row())
        return found

    def select(self, key: Key) -> None:
        """Selects a row, as the user would."""
        select_line(self.table, self.model.line_of(key))

    def recolour(self) -> None:
        """Takes up the theme's colours."""
        self.plots.recolour()
        self.tiles.recolour()
        self.scenario.recolour()
        self.history.recolour()
        self.table.viewport().update()

    def _take(self) -> None:
        """Shows other rows in the table; the plots follow, soon where more rows are to come."""
        benchmarking = self._benchmarking
        if benchmarking is None:
            return
        self._show_rows(benchmarking)
        if not benchmarking.running:
            self._draw()
        elif not self._drawing.isActive():
            self._drawing.start()

    def _show_rows(self, benchmarking: Benchmarking) -> None:
        first = not self.model.rowCount()
        self._show_baselines(benchmarking)
        self.model.show(benchmarking.rows)
        several = len({row.measured.data for row in benchmarking.rows}) > 1
        self.table.setColumnHidden(DATA, not several)  # the plots below name the only one
        if first:
            fit_columns(self.table)

    def _show_baselines(self, benchmarking: Benchmarking) -> None:
        result, base = benchmarking.known.result, benchmarking.baseline
        names = [] if result is None else [each.name for each in result.plan.candidates]
        with QSignalBlocker(self.baseline):
            if names != [self.baseline.itemText(place) for place in range(self.baseline.count())]:
                self.baseline.clear()
                self.baseline.addItems(names)
            self.baseline.setCurrentText(base)
        self.model.set_columns(bench_columns(base or "baseline"))

    def _settle(self) -> None:
        """Draws all, and sorts what came last into its place."""
        if self._benchmarking is not None:
            self._show_rows(self._benchmarking)
        sort_anew(self.table)
        self._drawing.stop()
        self._draw()

    def _draw(self) -> None:
        benchmarking = self._benchmarking
        result = None if benchmarking is None else benchmarking.known.result
        plan = None if result is None else result.plan
        if plan is not self._plan:
            self._plan = plan
            self._families = families(() if plan is None else plan.candidates)
        base = "" if benchmarking is None else benchmarking.baseline
        rows = () if benchmarking is None else benchmarking.rows
        running = benchmarking is not None and benchmarking.running
        self.plots.show_rows(rows, base, self._families, running=running)
        self.export.setEnabled(result is not None and bool(result.measurements))
        self.scenario.show_result(result)
        self._on_row()
        if benchmarking is not None and not benchmarking.running:
            fit_columns(self.table)  # while rows come, nothing moves to the side

    def _on_row(self, _now: QModelIndex | None = None, _before: QModelIndex | None = None) -> None:
        """Shows what there is to remark of the selected row, or of all where none is selected."""
        row = self.selected
        self.plots.pick(None if row is None else key_of_row(row))
        wrong = row is not None and row.measured.outcome is Outcome.WRONG
        self.wrong.setEnabled(wrong)
        rows: Sequence[Row] = self.model.rows if row is None else [row]
        running = self._benchmarking is not None and self._benchmarking.running
        says = "\n".join(remarks_of(rows, running=running))
        _say(self.remarks, says or (NO_REMARKS if self.model.rowCount() else NOTHING_YET))

    def _on_arrived(self) -> None:
        """Goes to the history, where results from elsewhere are not the ones that are shown."""
        benchmarking, entry = self._benchmarking, self.history.selected
        result = None if benchmarking is None else benchmarking.known.result
        if result is not None and entry is not None and entry.result != result:
            self.plots.setCurrentWidget(self.history)

    def _on_wrong(self) -> None:
        row = self.selected
        if row is not None and row.measured.outcome is Outcome.WRONG:
            self.comparison_wanted.emit(row)


def _text(tip: str) -> QPlainTextEdit:
    text = QPlainTextEdit()
    text.setReadOnly(True)
    text.setToolTip(tip)
    text.setAccessibleName(tip)
    text.setTabChangesFocus(True)
    return text


def _say(place: QPlainTextEdit, text: str) -> None:
    """Shows a text; where it is the same, what is selected of it stays."""
    if place.toPlainText() != text:
        place.setPlainText(text)
