"""The plots of a benchmark's rows behind tabs; only the one that is seen is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from app.canvas.controls import Options, named, strip
from app.canvas.fields import say_in, sentence
from app.models.bench_series import (
    SIZES,
    chosen,
    of_action,
    pareto,
    roof_bars,
    size_lines,
    time_bars,
)
from app.views.benchmarks.bars import BarPlot
from app.views.benchmarks.points import PointPlot
from codec.bench.plan import Action
from codec.bench.rows import Row

ALL_DATA = "all data"

NO_ROWS = "Nothing has been measured yet: “Run” measures what the form says."
NO_TIMES = "No candidate has a time for this: choose another action or data."
NO_TIMES_YET = "Nothing has a time yet: every candidate is prepared and warms up first."
NO_ROOF = (
    "The memory bandwidth of this machine was not measured, so there is no share of it to show."
)
ONE_SIZE = "Only one {} was measured; the plan “sizes” measures several."
ONE_OF = {"weights": "size", "tiles": "number of tiles", "tile": "size of tiles"}
ONE_RATIO = "Speed against ratio needs two candidates that have both."


class Shown(QStackedWidget):
    """A plot, or why there is none."""

    def __init__(self, plot: QWidget) -> None:
        super().__init__()
        self._why: QLabel = sentence("Why there is no plot")
        self._why.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._why.setMargin(self.fontMetrics().height())
        self.addWidget(plot)
        self.addWidget(self._why)

    @property
    def reason(self) -> str:
        """Why there is no plot; "" where there is one."""
        return self._why.text() if self.currentIndex() else ""

    def say(self, reason: str) -> None:
        """Shows the plot, or why there is none."""
        self._why.setText(reason)
        self.setCurrentIndex(1 if reason else 0)


class BenchPlots(QTabWidget):
    """Bars, time against size, speed against ratio, share of the bandwidth; and panels that others add.

    Attributes:
        controls: what chooses the rows that are plotted; to be laid out by whoever shows the plots.
    """

    picked = Signal(object)
    """Carries the key of the row whose bar or point was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[Row] = ()
        self._baseline = ""
        self._families: Mapping[str, str] = {}
        self._running = False
        self.action = Options(
            [(each.value, each, "") for each in (Action.DECODE, Action.ENCODE)], "What is plotted"
        )
        self.data = QComboBox()
        self.data.setToolTip("The data whose measurements are plotted")
        self.data.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.data.setMinimumContentsLength(18)
        self.against = Options(
            [(SIZES[n][0], n, "") for n in SIZES], "What the times are plotted against"
        )
        self.bars = BarPlot(
            "ms, shorter is faster",
            "Medians; the whisker is the middle half of the runs.",
            may_be_log=True,
        )
        self.sizes = PointPlot(
            "Time against size", "Both axes are logarithmic: a straight line is a power."
        )
        self.one_size = sentence("Why the times do not say how they grow")
        self.pareto = PointPlot(
            "Speed against ratio",
            "Up and to the right is better; those on the dashed line are beaten by none.",
        )
        self.roof = BarPlot(
            "% of the measured memory bandwidth",
            "Bytes that had to move, over the time and the bandwidth of a plain copy.",
        )
        self._pages: list[tuple[Shown, Callable[[], str]]] = []
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._add(self.bars, "Bars", "Medians side by side", self._draw_bars)
        noted = QWidget()
        column = QVBoxLayout(noted)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.one_size)
        column.addWidget(self.sizes, 1)
        self._add(
            noted,
            "Size",
            "How the time grows with rows, tiles and the size of tiles",
            self._draw_sizes,
            [self.against.box],
        )
        self._add(self.pareto, "Ratio", "Speed against ratio", self._draw_pareto)
        self._add(self.roof, "Bandwidth", "Share of the measured memory bandwidth", self._draw_roof)
        self.controls = strip([named("Plot of", self.data), self.action.box])
        self.setDocumentMode(True)
        self.setUsesScrollButtons(True)

    def _add(
        self,
        plot: QWidget,
        title: str,
        tip: str,
        draw: Callable[[], str],
        controls: Sequence[QWidget] = (),
    ) -> None:
        page, shown = QWidget(), Shown(plot)
        column = QVBoxLayout(page)
        column.setContentsMargins(2, 2, 2, 2)
        if controls:
            column.addWidget(strip([named("against", each) for each in controls]))
        column.addWidget(shown, 1)
        self._pages.append((shown, draw))
        self.setTabToolTip(self.addTab(page, title), tip)

    def _connect(self) -> None:
        for plot in (self.bars, self.sizes, self.pareto, self.roof):
            plot.picked.connect(self.picked)
        for box in (self.action.box, self.data, self.against.box):
            box.currentIndexChanged.connect(self.draw)
        self.currentChanged.connect(self.draw)

    def show_rows(
        self,
        rows: Sequence[Row],
        baseline: str,
        families: Mapping[str, str],
        *,
        running: bool = False,
    ) -> None:
        """Shows other rows.

        Args:
            rows: of one run.
            baseline: the candidate that speeds are told against.
            families: those of `app.models.bench_series.families`.
            running: whether more is to come.
        """
        self._rows, self._baseline, self._families = rows, baseline, families
        self._running = running
        names = [ALL_DATA, *dict.fromkeys(row.measured.data for row in rows)]
        if names != [self.data.itemText(place) for place in range(self.data.count())]:
            with QSignalBlocker(self.data):
                before = self.data.currentText() if self.data.count() > 1 else ""
                self.data.clear()
                self.data.addItems(names)
                first = min(1, len(names) - 1)
                self.data.setCurrentIndex(names.index(before) if before in names else first)
        self._show_an_action()
        self.draw()

    def _show_an_action(self) -> None:
        """Turns to what has times, where what is chosen has none."""
        with_time = {row.measured.action for row in self._rows if row.times is not None}
        if with_time and self.action.value not in with_time:
            with QSignalBlocker(self.action.box):
                self.action.choose(next(iter(with_time)))

    def pick(self, key: object) -> None:
        """Marks a row in all plots."""
        for plot in (self.bars, self.sizes, self.pareto, self.roof):
            plot.pick(key)

    def recolour(self) -> None:
        """Takes up the theme's colours."""
        for plot in (self.bars, self.sizes, self.pareto, self.roof):
            plot.recolour()
        say_in(self.one_size, self.one_size.text())

    @property
    def reason(self) -> str:
        """Why nothing is plotted on the page that is seen; "" where something is."""
        place = self.currentIndex()
        return self._pages[place][0].reason if place < len(self._pages) else ""

    def draw(self) -> None:
        """Draws what is seen."""
        place = self.currentIndex()
        self.controls.setVisible(place < len(self._pages))  # the other pages choose for themselves
        if 0 <= place < len(self._pages):
            shown, draw = self._pages[place]
            reason = draw() if self._rows else NO_ROWS
            timed = any(row.times is not None for row in self._rows)
            shown.say(NO_TIMES_YET if reason and self._running and not timed else reason)

    @property
    def _chosen(self) -> list[Row]:
        data = self.data.currentText()
        return chosen(self._rows, None if data == ALL_DATA else data, self.action.value)

    def _draw_bars(self) -> str:
        data = self.data.currentText()
        rows = of_action(self._rows, None if data == ALL_DATA else data, self.action.value)
        bars = time_bars(rows, self._baseline)
        self.bars.show_bars(bars)
        return "" if bars else NO_TIMES

    def _draw_roof(self) -> str:
        bars = roof_bars(self._chosen, self._baseline)
        self.roof.show_bars(bars)
        return "" if bars else (NO_ROOF if self._chosen else NO_TIMES)

    def _draw_sizes(self) -> str:
        size = self.against.value
        rows = self._rows if size == "weights" else self._chosen
        found = size_lines(chosen(rows, None, self.action.value), size, self._families)
        self.sizes.show_lines(found, (SIZES[size][0], "ms"), (True, True))
        several = self._running or len({spot.x for line in found for spot in line.spots}) > 1
        say_in(self.one_size, "" if several else ONE_SIZE.format(ONE_OF[size]))
        return "" if found else NO_TIMES

    def _draw_pareto(self) -> str:
        lines, front = pareto(self._chosen)
        one = self.data.currentText() != ALL_DATA  # ratios of different weights beat nothing
        self.pareto.show_lines(lines, ("Ratio", "GB/s"), (False, True), front if one else None)
        return "" if len(lines) > 1 else ONE_RATIO
