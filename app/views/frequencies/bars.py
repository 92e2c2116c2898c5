"""The plot: the table's frequencies as bars, the data's shares as a line over them, in the same units."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import theme
from app.plots import adopt_menus, dress, frame_focus, pg
from app.views.frequencies.axes import SlotAxis, SymbolAxis
from app.views.frequencies.wording import BIAS
from codec.frequency import SYMBOLS

LEAST_POWER = -12
"""On a logarithmic axis, less than 2^-12 of a slot is drawn as that."""


PIXELS_FOR_GAPS = 6
"""Bars at least so wide have gaps between them; gaps between narrower ones would flicker."""


class PickBox(pg.ViewBox):  # type: ignore[misc]
    """The area of the plot: a click chooses, the wheel zooms along the symbols, dragging moves."""

    picked = Signal(float)
    picked_twice = Signal(float)

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.setMouseEnabled(x=True, y=False)
        self.disableAutoRange()

    def mouseClickEvent(self, event: Any) -> None:
        """Chooses the symbol under the left button."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            place = self.mapToView(event.pos()).x()
            (self.picked_twice if event.double() else self.picked).emit(place)


class Bars(QWidget):
    """The plot of a table against its data."""

    picked = Signal(int)
    """Carries the symbol that was clicked or gone to by a key."""
    wanted = Signal(int)
    """Carries the symbol that was double-clicked, or on which Enter was pressed."""
    hovered = Signal(object)
    """Carries the symbol under the pointer, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._frequencies = np.zeros(SYMBOLS)
        self._shares: NDArray[np.float64] | None = None
        self._powers = False
        self._symbol: int | None = None
        self._symbols = SymbolAxis(self.fontMetrics().horizontalAdvance("-128  "))
        self._slots = SlotAxis(self.fontMetrics().height() * 3 // 2)
        self._box = PickBox()
        self._plot = pg.PlotWidget(
            viewBox=self._box, axisItems={"bottom": self._symbols, "left": self._slots}
        )
        self._table = pg.BarGraphItem(x=[], height=[], width=1.0)
        self._data = pg.PlotCurveItem([0, 0], [0], stepMode="center", skipFiniteCheck=True)
        self._chosen = pg.BarGraphItem(x=[], height=[], width=1.0)
        self._pointer = pg.InfiniteLine(angle=90, movable=False)
        self.setAccessibleName("Frequencies by symbol")
        self.setToolTip(
            "Click a symbol for its numbers; double-click it, or press Enter, to go to its next place in "
            "the tile. The wheel zooms, dragging moves. Keys: ← → Page Up/Down Home End, 0 for all."
        )
        self._prepare()
        self.recolour()

    def _prepare(self) -> None:
        adopt_menus(self._plot)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.hideButtons()
        line = self.fontMetrics().height()
        self._plot.setMinimumHeight(line * 7)
        # The topmost and the rightmost number of an axis reach beyond its end.
        self._plot.getPlotItem().layout.setContentsMargins(0, line // 2, line, 0)
        for item in (self._pointer, self._table, self._chosen, self._data):
            self._plot.addItem(item)
        self._pointer.hide()
        self._box.setLimits(xMin=-1, xMax=SYMBOLS, minXRange=8, maxXRange=SYMBOLS + 1)
        self._box.setXRange(-1, SYMBOLS, padding=0)
        self._box.sigXRangeChanged.connect(self._fit_width)
        self._box.picked.connect(lambda place: self._emit(self.picked, place))
        self._box.picked_twice.connect(lambda place: self._emit(self.wanted, place))
        self._plot.scene().sigMouseMoved.connect(self._on_hover)
        self._plot.viewport().installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.addWidget(self._plot)

    # What is shown

    def show_fit(
        self, frequencies: NDArray[np.int64], shares: NDArray[np.float64] | None, total: int
    ) -> None:
        """Shows a table and, where it is known, the data's shares.

        Args:
            frequencies: int64[256], slots.
            shares: float64[256], in slots as well; or None.
            total: slots there are.
        """
        self._frequencies, self._shares = frequencies.astype(np.float64), shares
        self._slots.setLabel(f"slots of {total:,}")
        self._draw()

    def set_powers(self, powers: bool) -> None:
        """Whether the axis of slots is logarithmic."""
        self._powers = self._slots.powers = powers
        self._draw()

    def set_bias(self, shown: bool, name: str) -> None:
        """Whether symbols are named by what they stand for, and what that is called."""
        self._symbols.bias = BIAS if shown else 0
        self._symbols.setLabel(name if shown else "symbol")
        self._symbols.picture = None
        self._symbols.update()

    def mark(self, symbol: int | None) -> None:
        """Marks a symbol, moving the plot where it is out of sight; None marks none."""
        self._symbol = symbol
        begin, end = self._box.viewRange()[0]
        if symbol is not None and not begin <= symbol <= end:
            half = (end - begin) / 2
            self._box.setXRange(symbol - half, symbol + half, padding=0)
        self._draw_mark()

    def _draw(self) -> None:
        """Draws everything for the axis in use."""
        shares = self._shares
        heights = self._frequencies if shares is None else np.maximum(self._frequencies, shares)
        floor = self._floor()
        top = self._place(np.array([max(float(heights.max()), 1.0)]))[0]
        self._table.setOpts(
            x=np.arange(SYMBOLS),
            y0=np.full(SYMBOLS, floor),
            height=self._place(self._frequencies) - floor,
        )
        if shares is None:
            self._data.setData([0, 0], [floor])
        else:
            self._data.setData(np.arange(SYMBOLS + 1) - 0.5, self._place(shares))
        self._box.setYRange(floor, top + (top - floor) * 0.05, padding=0)
        self._slots.picture = None
        self._draw_mark()

    def _fit_width(self) -> None:
        """Leaves gaps between the bars where they are wide enough for it."""
        begin, end = self._box.viewRange()[0]
        width = 0.8 if self._box.width() > (end - begin) * PIXELS_FOR_GAPS else 1.0
        if width != self._table.opts["width"]:
            self._table.setOpts(width=width)
            self._chosen.setOpts(width=width)

    def _draw_mark(self) -> None:
        symbol, floor = self._symbol, self._floor()
        self._pointer.setVisible(symbol is not None)
        if symbol is None:
            self._chosen.setOpts(x=[], y0=[], height=[])
            return
        height = self._place(self._frequencies[symbol : symbol + 1]) - floor
        self._chosen.setOpts(x=[symbol], y0=[floor], height=height)
        self._pointer.setValue(symbol)

    def _floor(self) -> float:
        """The lower end of the axis of slots: just below the least that is drawn."""
        if not self._powers:
            return 0.0
        values = self._frequencies
        if self._shares is not None:
            values = np.concatenate([values, self._shares])
        least = values[values > 0].min(initial=1.0)
        return float(max(np.floor(np.log2(least)), LEAST_POWER)) - 1

    def _place(self, slots: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where numbers of slots are on the axis."""
        if not self._powers:
            return slots
        floor = self._floor()
        with np.errstate(divide="ignore"):
            return np.maximum(np.log2(slots), floor)

    # Input

    def _emit(self, signal: Any, place: float) -> None:
        signal.emit(min(max(round(place), 0), SYMBOLS - 1))

    def _on_hover(self, place: Any) -> None:
        if self._box.sceneBoundingRect().contains(place):
            symbol = round(self._box.mapSceneToView(place).x())
            self.hovered.emit(symbol if 0 <= symbol < SYMBOLS else None)
        else:
            self.hovered.emit(None)

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        """Notes when the pointer leaves the plot."""
        if event.type() == QEvent.Type.Leave:
            self.hovered.emit(None)
        return bool(super().eventFilter(watched, event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right move from symbol to symbol, Enter goes to its next place, 0 shows all."""
        symbol, key = self._symbol, Qt.Key(event.key())
        moves = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_PageUp: -16,
            Qt.Key.Key_PageDown: 16,
            Qt.Key.Key_Home: -SYMBOLS,
            Qt.Key.Key_End: SYMBOLS,
        }
        if key in moves:
            self._emit(self.picked, moves[key] + (BIAS - moves[key] if symbol is None else symbol))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and symbol is not None:
            self.wanted.emit(symbol)
        elif key == Qt.Key.Key_0:
            self._box.setXRange(-1, SYMBOLS, padding=0)
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Wide and low, as the bell of a histogram."""
        line = self.fontMetrics().height()
        return QSize(30 * line, 14 * line)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Shows that the keyboard is here."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Shows that the keyboard is elsewhere."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Frames the plot while it has the keyboard."""
        super().paintEvent(event)
        frame_focus(self)

    def recolour(self) -> None:
        """Takes up the colours of the theme."""
        dress(self._plot)
        colours = theme.current()
        bars = theme.blend(colours.series[0], colours.background, 0.7)
        self._table.setOpts(brush=bars, pen=None)
        self._chosen.setOpts(brush=colours.selection, pen=pg.mkPen(colours.foreground))
        self._data.setPen(pg.mkPen(colours.series[1], width=1.5))
        self._pointer.setPen(pg.mkPen(colours.foreground, style=Qt.PenStyle.DotLine))
