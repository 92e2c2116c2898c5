"""The slots as they lie, symbol by symbol, with the slot of the debugger's next step marked among them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from app import theme
from app.models.stepped import NextStep, Stepped
from codec.frequency import FrequencyTable

SHADES = (0.45, 0.25)
"""Shares of the table's colour on the slots of every other symbol."""

FREE = 0.08
"""The same on slots that no symbol owns."""


class SlotStrip(QWidget):
    """All slots from left to right; hidden while nothing is debugged.

    Attributes:
        told: what it shows, in words.
    """

    def __init__(self) -> None:
        super().__init__()
        self._strip = _Strip()
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.told.setToolTip("The step that the debugger takes next: its slot, and who owns that.")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._strip)
        layout.addWidget(self.told)
        self.hide()

    def show_step(self, table: FrequencyTable | None, cursor: Stepped | None) -> None:
        """Shows where the slot of the cursor's next step lies in a table; without either, nothing."""
        self.setVisible(table is not None and cursor is not None)
        if table is not None and cursor is not None:
            self._strip.show_slot(table, cursor.next)
            self.told.setText(step_words(table, cursor))


def step_words(table: FrequencyTable, cursor: Stepped) -> str:
    """The slot of the next step in one sentence."""
    coming = cursor.next
    if coming is None:
        return (
            f"All symbols are {'encoded' if cursor.encodes else 'decoded'}: no slot is looked up."
        )
    last, inside = coming.start + coming.freq - 1, coming.slot - coming.start
    owned = f"slot {coming.start:,}" if coming.freq == 1 else f"slots {coming.start:,} to {last:,}"
    slot = f"slot {coming.slot:,} of {table.total:,}"
    if cursor.encodes:
        return (
            f"Next, symbol {coming.symbol} is encoded, which owns {owned}: the state takes {slot}, its first + "
            f"{inside:,}."
        )
    return f"Next, {slot} is looked up: symbol {coming.symbol}, which owns {owned}; its first + {inside:,}."


class _Strip(QWidget):
    """The painted strip."""

    def __init__(self) -> None:
        super().__init__()
        self._table: FrequencyTable | None = None
        self._next: NextStep | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            "All slots, from the first to the last; every other symbol's are darker. The wedge is at the "
            "slot of the debugger's next step, whose owner is filled."
        )

    def show_slot(self, table: FrequencyTable, coming: NextStep | None) -> None:
        """Shows another table, or another slot in it."""
        self._table, self._next = table, coming
        self.update()

    def sizeHint(self) -> QSize:
        """As high as a line of text, and room for the wedge."""
        return QSize(12 * self.fontMetrics().height(), round(1.6 * self.fontMetrics().height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the symbols' slots, the owner's, and the wedge."""
        table = self._table
        if table is None:
            return
        painter, colours = QPainter(self), theme.current()
        wedge = self.fontMetrics().height() / 2
        bar = QRectF(0, wedge, self.width(), self.height() - wedge)
        ink = colours.series[0]
        painter.fillRect(bar, theme.blend(ink, colours.background, FREE))
        used = np.flatnonzero(table.frequencies)
        used = used[np.argsort(table.starts[used], kind="stable")]
        for place, shade in enumerate(SHADES):
            fill = theme.blend(ink, colours.background, shade)
            self._fill(painter, bar, table, used[place::2], fill)
        if self._next is not None:
            owner = np.array([self._next.symbol], dtype=np.int64)
            self._fill(painter, bar, table, owner, colours.stepping)
            self._point(painter, bar, table, self._next.slot, colours.stepping)

    def _fill(
        self,
        painter: QPainter,
        bar: QRectF,
        table: FrequencyTable,
        symbols: NDArray[np.int64],
        fill: QColor,
    ) -> None:
        """Fills the slots of some symbols."""
        scale = bar.width() / table.total
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        starts, widths = table.starts[symbols] * scale, table.frequencies[symbols] * scale
        painter.drawRects(
            [
                QRectF(start, bar.top(), max(width, 1.0), bar.height())
                for start, width in zip(starts.tolist(), widths.tolist(), strict=True)
            ]
        )

    def _point(
        self, painter: QPainter, bar: QRectF, table: FrequencyTable, slot: int, ink: QColor
    ) -> None:
        """Paints the wedge above a slot, and a line through it."""
        x, high = (slot + 0.5) * bar.width() / table.total, bar.top()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        corners = [QPointF(x - high * 0.7, 0), QPointF(x + high * 0.7, 0), QPointF(x, high)]
        painter.drawPolygon(QPolygonF(corners))
        painter.setPen(theme.current().foreground)
        painter.drawLine(QPointF(x, high), QPointF(x, bar.bottom()))
