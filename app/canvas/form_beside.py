"""How views are laid out that ask for something and show what comes of it: beside each other where there is room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.canvas.fields import Fields


class FormBeside(QWidget):
    """A form that scrolls, what stays in sight below it, and the results at its right, or below both."""

    def __init__(
        self,
        fields: Sequence[QWidget],
        below: Sequence[QWidget],
        results: QWidget,
        *,
        wide: int,
        form: int,
        most: float,
    ) -> None:
        """Lays them out.

        Args:
            fields: of the form, from top to bottom; some of them break into lines, as `strip` does.
            below: what does not scroll with them, of the same kind: the buttons are always in sight.
            results: what takes the rest.
            wide: characters of width from which on the form stands beside the results.
            form: characters of width that the form has there.
            most: share of the width, or of the height, that the form takes at most.
        """
        super().__init__()
        self._wide, self._needed, self._most = wide, form, most
        gap = self.fontMetrics().height() // 2
        content, kept, asked = QWidget(), QWidget(), QWidget()
        self._fields = _column(content, fields, gap)
        self._fields.setContentsMargins(gap, gap, gap, 0)
        self._fields.addStretch(1)
        self._below = _column(kept, below, gap // 2)
        self._below.setContentsMargins(gap, gap // 2, gap, gap // 2)
        self._area = Fields(content)
        column = _column(asked, (self._area, kept), 0)
        column.setStretchFactor(self._area, 1)
        column.addStretch(0)
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setChildrenCollapsible(False)
        for part in (asked, results):
            self._splitter.addWidget(part)
        self._splitter.setStretchFactor(1, 1)
        _column(self, [self._splitter], 0)

    def limit(self) -> None:
        """Gives the form no more height than it needs, now that other fields of it may be in sight."""
        self._area.limit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts the form beside the results where there is room for both, and gives it what it needs."""
        super().resizeEvent(event)
        line = self.fontMetrics().averageCharWidth()
        wide = self.width() > self._wide * line
        split = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if split != self._splitter.orientation() or not wide:
            self._splitter.setOrientation(split)
            whole = self.width() if wide else self.height()
            needed = self._needed * line if wide else self._height_needed()
            first = min(needed, round(self._most * whole))
            self._splitter.setSizes([first, whole - first])

    def _height_needed(self) -> int:
        """Of the form and what is below it, at the width that they have."""
        width = self._area.viewport().width()
        return self._fields.heightForWidth(width) + self._below.heightForWidth(width)


class PlotBeside(QSplitter):
    """A table, and a plot below it, or at its right where the whole is so many times as wide as it is high."""

    def __init__(self, table: QWidget, plot: QWidget, wide: float) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._wide = wide
        self.setChildrenCollapsible(False)
        for part in (table, plot):
            self.addWidget(part)
        self.setSizes([500, 500])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts the plot beside the table where there is room for both."""
        super().resizeEvent(event)
        wide = self.width() > self._wide * self.height()
        self.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)


def _column(widget: QWidget, parts: Sequence[QWidget], gap: int) -> QVBoxLayout:
    """The widget with parts below each other, and no margin around them."""
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(gap)
    for part in parts:
        column.addWidget(part)
    return column
