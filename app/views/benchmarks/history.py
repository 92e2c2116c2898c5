"""Earlier runs: show one, go on with it, or tell what has changed since."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.benchmarking import Benchmarking
from app.canvas.controls import button, strip
from app.canvas.fields import say_in, sentence
from app.models.bench_history import ChangeTable, HistoryTable, in_order, notes_of
from app.row_table import sort_anew
from app.views.benchmarks.tables import fit_columns, sorted_table
from codec.bench.history import Entry

NO_FOLDER = "The history has not been read yet."
NO_ENTRIES = "No run has been kept yet. Each will be, while it is measured."


class HistoryPanel(QWidget):
    """The list of earlier runs, and the change since one of them."""

    arrived = Signal()
    """Results from elsewhere are in the list, and selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._benchmarking: Benchmarking | None = None
        self.model, self.changes = HistoryTable(self), ChangeTable(self)
        self.table = sorted_table(self.model, "Earlier runs")
        self.change_table = sorted_table(self.changes, "What has changed")
        self._show = button("Show", "Show the selected run, as if it had just been measured")
        self._compare = button(
            "Compare", "Tell what has changed from the selected run to the one that is shown"
        )
        self._forget = button("Delete…", "Delete the selected run from the disk")
        self._import = button("Import…", "Take in results from another machine")
        self._says = sentence("What the history holds, or what was different")
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.table)
        self._splitter.addWidget(self.change_table)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.addWidget(strip([self._show, self._compare, self._import, self._forget]))
        column.addWidget(self._says)
        column.addWidget(self._splitter, 1)
        self.table.selectionModel().currentRowChanged.connect(self._enable)
        self.table.doubleClicked.connect(self._on_show)

    def use(self, benchmarking: Benchmarking) -> None:
        """Works with this from now on."""
        self._benchmarking = benchmarking
        benchmarking.history.changed.connect(self._take)
        benchmarking.history.taken_in.connect(self._on_taken_in)
        benchmarking.history.comparison_changed.connect(self._take_comparison)
        benchmarking.running_changed.connect(self._enable)
        self._show.clicked.connect(self._on_show)
        self._compare.clicked.connect(self._on_compare)
        self._forget.clicked.connect(self._on_forget)
        self._import.clicked.connect(lambda: benchmarking.file_wanted.emit("import"))
        self._take()
        self._take_comparison()

    @property
    def selected(self) -> Entry | None:
        """The run that is selected."""
        found: Entry | None = self.model.row_at(self.table.currentIndex().row())
        return found

    def _take(self) -> None:
        benchmarking = self._benchmarking
        if benchmarking is not None:
            self.model.show(benchmarking.history.entries or ())
            sort_anew(self.table)  # a new run is the latest, and stands at the top
            fit_columns(self.table)
            self._say()
            self._enable()

    def _take_comparison(self) -> None:
        benchmarking = self._benchmarking
        comparison = None if benchmarking is None else benchmarking.history.comparison
        self.changes.clear()
        if benchmarking is not None and comparison is not None:
            self.changes.show(in_order(comparison, benchmarking.known.result))
        self.change_table.setVisible(comparison is not None)
        fit_columns(self.change_table)
        self._say()

    def recolour(self) -> None:
        """Takes up the theme's colours."""
        self._say()

    def _say(self) -> None:
        benchmarking = self._benchmarking
        if benchmarking is None or benchmarking.history.entries is None:
            says = NO_FOLDER
        elif benchmarking.history.comparison is not None:
            says = notes_of(benchmarking.history.comparison)
        else:
            says = "" if benchmarking.history.entries else NO_ENTRIES
        say_in(self._says, says)

    def _enable(self) -> None:
        entry, benchmarking = self.selected, self._benchmarking
        able = entry is not None and entry.result is not None and benchmarking is not None
        running = benchmarking is not None and benchmarking.running
        shown = None if benchmarking is None else benchmarking.known.result
        self._show.setEnabled(able and not running)
        self._forget.setEnabled(able and not running)
        other = able and shown is not None and entry is not None and entry.result is not None
        self._compare.setEnabled(bool(other and entry.result.id != shown.id))  # type: ignore[union-attr]

    def _on_taken_in(self, entry: Entry) -> None:
        """Selects what came from elsewhere, to be shown or compared."""
        line = self.model.line_of(entry.path)
        if line is not None:
            self.table.setCurrentIndex(self.model.index(line, 0))
            self.arrived.emit()

    def _on_show(self) -> None:
        if self._benchmarking is not None and self.selected is not None:
            self._benchmarking.show(self.selected)

    def _on_compare(self) -> None:
        if self._benchmarking is not None and self.selected is not None:
            self._benchmarking.compare_with(self.selected.result)

    def _on_forget(self) -> None:
        entry = self.selected
        if self._benchmarking is not None and entry is not None and entry.result is not None:
            self._benchmarking.forget_wanted.emit(entry.result)
