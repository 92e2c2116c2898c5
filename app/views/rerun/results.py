"""What a sweep has measured: a table that sorts, and a plot of one of its figures beside it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QTableView, QVBoxLayout, QWidget

from app.canvas.controls import Options, button, named, strip
from app.canvas.form_beside import PlotBeside
from app.models.sweep_columns import COLUMNS, PLOTTED, SETTINGS, differing
from app.models.sweep_series import curves, telling_setting
from app.models.sweep_table import SweepTable
from app.row_table import dress_sorted, select_line, sort_anew, width_of
from app.views.rerun.plot import SweepPlot
from codec.rerun.choices import Row
from codec.rerun.measured import Measured

SECONDS_BETWEEN_DRAWINGS = 0.2
"""While rows come, the plot is drawn at most this often."""

MEASURED_ROWS = 100
"""Of a long table, so many first and so many last rows say how wide its columns are."""

TABLE_TIP = "A row each combination; Enter, or a double click, writes its file"

WIDE = 5 / 3
"""Width over height from which on table and plot stand side by side."""


class SweepResults(QWidget):
    """Table and plot."""

    picked = Signal(object)
    """Carries the row that the user has selected, or None."""
    encode_wanted = Signal()
    """The user wants the file of the selected row: a double click, or Enter on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = SweepTable(self)
        self.table = QTableView()
        self.plot = SweepPlot()
        self._against = Options(
            [(column.title, column, column.meaning) for column in SETTINGS],
            "The setting along the plot's lower axis",
        )
        self._figure = Options(
            [(column.title, column, column.meaning) for column in PLOTTED],
            "The figure that is plotted",
        )
        self._smallest = button(
            "Smallest", "Select the row with the smallest file that gives the weights back"
        )
        self._by_hand = False
        self._drawing = QTimer(self)
        self._drawing.setSingleShot(True)
        self._drawing.setInterval(round(1000 * SECONDS_BETWEEN_DRAWINGS))
        dress_sorted(self.table, self.model, "Table of the sweep", TABLE_TIP)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(4, 4, 4, 0)
        column.setSpacing(self.fontMetrics().height() // 4)
        chosen = named("Plot", self._figure.box), named("against", self._against.box)
        column.addWidget(strip([*chosen, self._smallest]))
        column.addWidget(self.plot, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(PlotBeside(self.table, below, WIDE))

    def _connect(self) -> None:
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.doubleClicked.connect(self._on_entered)
        entered = QShortcut(Qt.Key.Key_Return, self.table, self._on_entered)
        also = QShortcut(Qt.Key.Key_Enter, self.table, self._on_entered)
        for each in (entered, also):
            each.setContext(Qt.ShortcutContext.WidgetShortcut)
        self.plot.picked.connect(self.select)
        self._figure.box.currentIndexChanged.connect(self._draw)
        self._against.box.activated.connect(self._choose_by_hand)
        self._drawing.timeout.connect(self._draw)
        self._smallest.clicked.connect(self.select_smallest)

    # What is shown

    def clear(self) -> None:
        """Forgets all rows."""
        with QSignalBlocker(self.table.selectionModel()):
            self.model.clear()
        self.picked.emit(None)
        self._by_hand = False
        self._draw()

    def add(self, rows: list[Row]) -> None:
        """Adds rows at the end; the plot follows soon."""
        self.model.add_measured(rows)
        if not self._drawing.isActive():
            self._drawing.start()

    def settle(self) -> None:
        """Sorts what came last into its place, and draws all."""
        sort_anew(self.table)
        self._size_columns()
        self._drawing.stop()
        self._draw()

    def select(self, number: int) -> None:
        """Selects a row, as the user would."""
        select_line(self.table, self.model.line_of(number))

    def select_smallest(self) -> None:
        """Selects the row of the smallest file that gives the weights back, if there is one."""
        number = self.model.smallest()
        if number is not None:
            self.select(number)

    @property
    def selected(self) -> int | None:
        """The number of the selected row."""
        return self.model.number_at(self.table.currentIndex().row())

    def recolour(self) -> None:
        """Takes up the theme's colours."""
        self.plot.recolour()
        self.table.viewport().update()

    def _size_columns(self) -> None:
        """Makes columns as wide as what stands in them, and hides settings in which no row differs."""
        rows = self.model.known
        known = [*rows[:MEASURED_ROWS], *rows[MEASURED_ROWS:][-MEASURED_ROWS:]]
        shown = {column.key for column in (*differing(rows, self.model.texts), *SETTINGS[:3])}
        for place, column in enumerate(COLUMNS):
            self.table.setColumnHidden(place, column.setting and column.key not in shown)
            if column.key == "says":
                continue
            texts = (column.text(row) for row in known)
            self.table.setColumnWidth(place, width_of(self.table, column.title, texts))

    def _draw(self) -> None:
        known, texts = self.model.known, self.model.texts
        if not self._by_hand:
            with QSignalBlocker(self._against.box):
                self._against.choose(telling_setting(known, texts))
        setting, figure = self._against.value, self._figure.value
        self.plot.show_curves(curves(known, texts, setting, figure), setting, figure)
        self.plot.pick(self.selected)

    def _choose_by_hand(self) -> None:
        self._by_hand = True
        self._draw()

    def _on_entered(self) -> None:
        """A row that was refused, or failed, has no file that could be written."""
        row = self.model.measured_at(self.table.currentIndex().row())
        if isinstance(row, Measured) and row.file_size:
            self.encode_wanted.emit()

    def _on_row(self, index: QModelIndex) -> None:
        self.plot.pick(self.model.number_at(index.row()))
        self.picked.emit(self.model.measured_at(index.row()))
