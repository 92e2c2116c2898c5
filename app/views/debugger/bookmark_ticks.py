"""Bookmarks along the timeline: a ribbon above each step that is bookmarked, or whose weight is.

They are found once for all steps of a walk, and laid out once for a width, so that a step more costs nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter, QPen

from app import theme
from app.canvas.ribbons import SLENDER, paint_ribbons
from app.debug_place import Course
from app.document import Document
from app.models.bookmark_places import told
from app.models.bookmarked import Bookmarked
from app.models.debug_timeline import TimeScale

WIDTH = 1 / 3
"""Of a ribbon, in heights of a line of text."""


class BookmarkTicks:
    """The bookmarks of the stream that is stepped through."""

    def __init__(self) -> None:
        self._document: Document | None = None
        self._marked: Bookmarked | None = None
        self._course: Course | None = None
        self._steps: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._numbers = self._steps
        self._laid_for: tuple[TimeScale, QRectF] | None = None
        self._places: list[QPointF] = []
        self._lines: list[QLineF] = []

    @property
    def steps(self) -> NDArray[np.int64]:
        """int64[n], the steps with bookmarks, in the order in which those were made."""
        return self._steps

    def follow(self, document: Document) -> bool:
        """Takes up the bookmarks of the walk of a document; whether there is something else to paint."""
        standing, marked = document.debugging.standing, document.bookmarked
        course = None if standing is None else standing.course
        if self._document is document and self._marked is marked and self._course == course:
            return False
        self._document, self._marked, self._course = document, marked, course
        nothing = np.zeros(0, dtype=np.int64)
        self._steps, self._numbers = (nothing, nothing) if course is None else marked.steps(course)
        self._laid_for = None
        return True

    def paint(self, painter: QPainter, scale: TimeScale, bar: QRectF) -> None:
        """Paints the ribbons above the bar, each with a line through it."""
        width = round(WIDTH * painter.fontMetrics().height())
        size = QSizeF(width, round(SLENDER * width))
        if self._laid_for != (scale, bar):
            self._laid_for = scale, bar
            places = self._laid_out(scale, width)
            top, left = bar.top() - size.height() - 1, size.width() / 2
            self._places = [QPointF(x - left, top) for x in places]
            self._lines = [QLineF(x, bar.top(), x, bar.bottom()) for x in places]
        painter.setPen(QPen(theme.current().bookmark, 1))
        painter.drawLines(self._lines)
        paint_ribbons(painter, self._places, size)

    def told_at(self, scale: TimeScale, x: float) -> list[str]:
        """A line on each bookmark whose ribbon is at a pixel."""
        if self._document is None or self._marked is None or not len(self._steps):
            return []
        reach = max(scale.steps_a_pixel * 3, 1) if scale.steps > scale.width else 0
        near = np.abs(self._steps - scale.step_at(x)) <= reach
        numbers = self._numbers[near].tolist()
        return told(self._marked.bookmarks, numbers, self._document.container)

    def _laid_out(self, scale: TimeScale, width: int) -> list[float]:
        """Pixels of the steps, ascending; of those whose ribbons would hide one another, one is left."""
        places = scale.left + self._steps * (scale.width / max(scale.steps, 1))
        _, kept = np.unique(np.round(places / (width / 2)), return_index=True)
        kept_places: list[float] = places[kept].tolist()
        return kept_places
