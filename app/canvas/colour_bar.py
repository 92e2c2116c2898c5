"""The legend of a picture of numbers: which colour stands for which number, and in which unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import theme
from app.canvas.colours import STEPS

TICKS = 5
"""Numbers beneath a bar that is wide enough for them."""


@dataclass(frozen=True, eq=False)
class Scale:
    """A range of numbers and its colours.

    Attributes:
        colours: uint32[n], from `low` to `high`.
        low, high: the numbers at the ends.
        text: writes a number.
        below, above: whether there are numbers beyond the ends, shown in the colours of the ends.
    """

    colours: NDArray[np.uint32]
    low: float
    high: float
    text: Callable[[float], str]
    below: bool = False
    above: bool = False

    @property
    def single(self) -> bool:
        """Whether all numbers are the same: then there is one colour, that of the middle."""
        return self.low >= self.high

    def ticks(self, count: int) -> list[str]:
        """The numbers at `count` evenly spaced places; marked where the ends stand for more."""
        if self.single:
            return [self.text(self.low)]
        texts = [self.text(float(value)) for value in np.linspace(self.low, self.high, count)]
        if self.below:
            texts[0] = f"≤ {texts[0]}"
        if self.above:
            texts[-1] = f"≥ {texts[-1]}"
        return texts


class ColourBar(QWidget):
    """A strip of colours with numbers beneath, or a row of named colours."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ""
        self._scale: Scale | None = None
        self._classes: Sequence[tuple[str, QColor]] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_scale(self, title: str, scale: Scale) -> None:
        """Shows a range of numbers; the title names the quantity and its unit."""
        self._title, self._scale, self._classes = title, scale, ()
        self.setAccessibleName(f"{title}: {' to '.join(scale.ticks(2))}")
        self.update()

    def show_classes(self, title: str, classes: Sequence[tuple[str, QColor]]) -> None:
        """Shows named colours."""
        self._title, self._scale, self._classes = title, None, classes
        self.setAccessibleName(f"{title}: {', '.join(name for name, _ in classes)}")
        self.update()

    def ticks(self) -> list[str]:
        """The numbers as they stand beneath the bar: as many as there is room for."""
        if self._scale is None:
            return []
        metrics = self.fontMetrics()
        for count in range(TICKS, 2, -1):
            texts = self._scale.ticks(count)
            room = sum(metrics.horizontalAdvance(f"  {text}  ") for text in texts) <= self.width()
            if room and len(set(texts)) == len(texts):  # a narrow scale has few numbers to write
                return texts
        return self._scale.ticks(2)

    def sizeHint(self) -> QSize:
        """As high as its text needs; as wide as it is given."""
        line = self.fontMetrics().height()
        return QSize(12 * line, round(2.9 * line))

    def minimumSizeHint(self) -> QSize:
        """As `sizeHint`, but narrow."""
        return QSize(4 * self.fontMetrics().height(), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints title, strip and numbers."""
        painter, line = QPainter(self), self.fontMetrics().height()
        painter.setPen(theme.current().foreground)
        title = QRect(0, 0, self.width(), line)
        elided = self.fontMetrics().elidedText(
            self._title, Qt.TextElideMode.ElideRight, self.width()
        )
        painter.drawText(title, Qt.AlignmentFlag.AlignHCenter, elided)
        strip = QRect(0, line + line // 8, self.width(), round(0.6 * line))
        if self._scale is not None:
            self._paint_strip(painter, self._scale, strip)
        elif self._classes:
            self._paint_classes(painter, line)
        painter.end()

    def _paint_strip(self, painter: QPainter, scale: Scale, strip: QRect) -> None:
        middle = slice(STEPS // 2, STEPS // 2 + 1) if scale.single else slice(None)
        colours = np.ascontiguousarray(scale.colours[middle])
        size, form = len(colours), QImage.Format.Format_RGB32
        painter.drawImage(strip, QImage(colours.data, size, 1, colours.nbytes, form))
        texts = self.ticks()
        metrics, baseline = self.fontMetrics(), strip.bottom() + 2 + self.fontMetrics().ascent()
        places = np.linspace(0, self.width(), len(texts)) if len(texts) > 1 else [self.width() / 2]
        for place, text in zip(places, texts, strict=True):
            width = metrics.horizontalAdvance(text)
            left = min(max(round(place - width / 2), 0), self.width() - width)
            painter.drawText(left, baseline, text)

    def _paint_classes(self, painter: QPainter, line: int) -> None:
        widths = [
            self.fontMetrics().horizontalAdvance(name) + 2 * line for name, _ in self._classes
        ]
        x, top = max(0, (self.width() - sum(widths)) // 2), round(1.5 * line)
        for (name, colour), width in zip(self._classes, widths, strict=True):
            painter.fillRect(x, top + line // 8, round(0.8 * line), round(0.8 * line), colour)
            painter.drawText(x + line, top + self.fontMetrics().ascent(), name)
            x += width
