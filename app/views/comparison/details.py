"""What stands beside the pictures: the verdict, the tiles and the histogram, wherever there is room."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from app.views.comparison.histogram import ErrorHistogram
from app.views.comparison.share_map import ShareMap
from app.views.comparison.verdict import Verdict
from codec.comparison.comparison import Comparison

WIDE = 1.6
"""From this ratio of width to height on, the parts stand beside each other."""

SHARES = (3, 2, 2)
"""What each part gets of the room."""

VERDICT_LINES = 10
"""Lines of the verdict in sight at least where the parts stand below each other, and are scrolled."""


class Details(QSplitter):
    """The three parts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.verdict = Verdict()
        self.tiles = ShareMap()
        self.histogram = ErrorHistogram()
        for place, part in enumerate((self.verdict, self.tiles, self.histogram)):
            self.addWidget(part)
            self.setStretchFactor(place, SHARES[place])
        self.setChildrenCollapsible(False)

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Shows the tiles and the errors of another comparison."""
        self.tiles.show_comparison(comparison)
        self.histogram.show_comparison(comparison)

    def recolour(self) -> None:
        """Takes up the colours of the theme."""
        self.verdict.write()
        self.tiles.recolour()
        self.histogram.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts the parts where there is more room for them."""
        super().resizeEvent(event)
        wide = event.size().width() > WIDE * event.size().height()
        roomy = event.size().width() >= 3 * self.verdict.page.minimumSizeHint().width()
        wanted = Qt.Orientation.Horizontal if wide and roomy else Qt.Orientation.Vertical
        if self.orientation() != wanted:
            self.setOrientation(wanted)
            below = wanted == Qt.Orientation.Vertical
            lines = VERDICT_LINES if below else 0
            self.verdict.page.setMinimumHeight(lines * self.fontMetrics().height())
            length = max(event.size().width(), event.size().height())
            self.setSizes([length * share for share in SHARES])
