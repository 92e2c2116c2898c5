"""How often each error occurs: a spike tells of a mistake by a constant, a hill of one that adds up."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from app import theme
from app.canvas.frame import Box
from app.canvas.marks import paint_outline
from app.elided import ElidedLabel
from app.models.comparison_bins import ErrorBins, error_bins
from app.models.comparison_sentences import count, number, signed
from codec.comparison.comparison import Comparison

NARROWEST = 2
"""Pixels of a bar."""


class ErrorBars(QWidget):
    """The bars with the errors beneath them; the arrow keys go from bar to bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparison: Comparison | None = None
        self._logarithmic = True
        self._chosen: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Histogram of errors")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Shows the errors of another comparison."""
        self._comparison, self._chosen = comparison, None
        self.update()

    def set_logarithmic(self, on: bool) -> None:
        """Counts by powers of two, or evenly."""
        self._logarithmic = on
        self.update()

    @property
    def bins(self) -> ErrorBins | None:
        """The bars, as many as there is room for."""
        if self._comparison is None:
            return None
        return error_bins(self._comparison.histogram, max(3, self.width() // NARROWEST))

    def sentence(self, bar: int) -> str:
        """How many weights are off by how much."""
        bins = self.bins
        if bins is None or not 0 <= bar < len(bins.counts):
            return ""
        low, high = bins.span(bar)
        errors = (
            f"Error {signed(low)}" if low == high else f"Errors {signed(low)} to {signed(high)}"
        )
        return f"{errors}: {count(int(bins.counts[bar]), 'weight')}"

    def sizeHint(self) -> QSize:
        """Enough to tell a spike from a hill."""
        line = self.fontMetrics().height()
        return QSize(14 * line, 6 * line)

    def minimumSizeHint(self) -> QSize:
        """Less is no plot."""
        line = self.fontMetrics().height()
        return QSize(6 * line, 5 * line)

    # Painting

    def _plot(self) -> QRect:
        """Where the bars stand: above the numbers."""
        return self.rect().adjusted(2, 2, -2, -self.fontMetrics().height() - 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints ground, bars, the numbers beneath, and what is chosen."""
        painter, colours, bins = QPainter(self), theme.current(), self.bins
        painter.fillRect(self.rect(), colours.background)
        if bins is not None:
            self._paint_bars(painter, bins)
            self._paint_numbers(painter, bins)
        if self.hasFocus():
            paint_outline(painter, Box(0, 0, self.width(), self.height()), colours.accent, 2)
        painter.end()

    def _paint_bars(self, painter: QPainter, bins: ErrorBins) -> None:
        plot, colours = self._plot(), theme.current()
        painter.fillRect(plot.left(), plot.bottom() + 1, plot.width(), 1, colours.dim)
        for bar, height in enumerate(bins.heights(logarithmic=self._logarithmic).tolist()):
            if height:
                left, right = self._edges(bins, bar)
                tall = max(1.0, height * plot.height())
                ink = colours.selection if bar == self._chosen else colours.series[1]
                # Bars apart, where they are wide enough for that.
                wide = right - left - (1 if right - left > 2 * NARROWEST else 0)
                painter.fillRect(QRectF(left, plot.bottom() + 1 - tall, wide, tall), ink)

    def _paint_numbers(self, painter: QPainter, bins: ErrorBins) -> None:
        """Writes the least error, 0 and the largest, where they have room."""
        metrics, baseline = self.fontMetrics(), self.height() - 2 - self.fontMetrics().descent()
        painter.setPen(theme.current().foreground)
        last = len(bins.counts) - 1
        taken: list[tuple[int, int]] = []
        for bar, error in ((0, bins.extent[0]), (last, bins.extent[1]), (bins.bar_of(0), 0)):
            text, left, right = signed(error), *self._edges(bins, bar or 0)
            width = metrics.horizontalAdvance(text)
            place = min(max(round((left + right - width) / 2), 2), self.width() - width - 2)
            if all(place + width + 4 < begin or end + 4 < place for begin, end in taken):
                taken.append((place, place + width))
                painter.drawText(place, baseline, text)

    def _edges(self, bins: ErrorBins, bar: int) -> tuple[float, float]:
        plot = self._plot()
        step = plot.width() / len(bins.counts)
        return plot.left() + bar * step, plot.left() + (bar + 1) * step

    # Pointing

    def bar_at(self, x: float) -> int | None:
        """The bar at a pixel from the left."""
        bins, plot = self.bins, self._plot()
        if bins is None or not plot.left() <= x < plot.left() + plot.width():
            return None
        return int((x - plot.left()) * len(bins.counts) / plot.width())

    def event(self, event: QEvent) -> bool:
        """Answers when Qt asks for a tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            bar = self.bar_at(event.pos().x())
            text = "" if bar is None else self.sentence(bar)
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Goes from bar to bar and says what each one counts."""
        ways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        way, bins = ways.get(Qt.Key(event.key())), self.bins
        if way is None or bins is None:
            super().keyPressEvent(event)
            return
        zero = bins.bar_of(0) or 0
        place = zero if self._chosen is None else self._chosen + way
        self._chosen = min(max(place, 0), len(bins.counts) - 1)
        left, right = self._edges(bins, self._chosen)
        where = self.mapToGlobal(QPoint(round((left + right) / 2), 0))
        QToolTip.showText(where, self.sentence(self._chosen), self)
        self.update()


class ErrorHistogram(QWidget):
    """The bars with what they leave out, and the choice of how they count."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = ErrorBars()
        self.logarithmic = QCheckBox("&Log counts")
        self.logarithmic.setChecked(True)
        self.logarithmic.setToolTip(
            "Count by powers of two, so that rare errors are seen beside many"
        )
        self.logarithmic.toggled.connect(self.bars.set_logarithmic)
        self._told = ElidedLabel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self.fontMetrics().height() // 4)
        column.addWidget(self._told)
        column.addWidget(self.bars, 1)
        column.addWidget(self.logarithmic)

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Shows the errors of another comparison."""
        self.bars.show_comparison(comparison)
        if comparison is not None:
            equal = comparison.total - comparison.differing
            self._told.say(
                f"Errors · {number(equal)} equal",
                "How often each error, right − left, occurs; the weights without one are left out.",
            )
