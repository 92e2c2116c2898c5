"""Gets the tiles that are in sight into the picture, without holding up the window.

It asks the document for what the picture lacks, the middle first, and takes in what has come a few
milliseconds at a time: a job may bring thousands of small tiles at once.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from app.document import Document
from app.views.weights.matrix_canvas import MatrixCanvas

ASKER = "weights"
"""Whose wish for tiles it is, to the document."""

WISHED = 1024
"""Tiles that the document is asked for at once."""

SLICE_SECONDS = 0.006
"""How long tiles are taken in before the window gets its turn: less than half a frame."""

MS_BETWEEN_PAINTS = 50
"""While tiles come in, the picture is painted anew 20 times a second: it looks as alive as at 60, and
leaves the window time for other things."""


class TileIntake(QObject):
    """Keeps the picture on a canvas complete.

    Attributes:
        coming: tiles in sight that are being decoded; WISHED where there may be more.
    """

    sought = Signal()
    """What is in sight, or what is known of it, has changed, and `coming` is up to date."""

    def __init__(self, canvas: MatrixCanvas) -> None:
        super().__init__(canvas)
        self.coming = 0
        self._canvas = canvas
        self._document: Document | None = None
        self._arrived: deque[int] = deque()
        self._seeking = _timer(self, self.seek)
        self._taking = _timer(self, self._take)
        self._painting = _timer(self, canvas.viewport().update, MS_BETWEEN_PAINTS)
        canvas.frame_changed.connect(self.seek_soon)

    def set_document(self, document: Document | None) -> None:
        """Takes tiles from another document from now on."""
        if self._document is not None and self._document is not document:
            self._document.want_tiles((), ASKER)
        self._document = document
        self._arrived.clear()
        self.seek_soon()

    def seek_soon(self) -> None:
        """Looks for missing tiles once the events at hand are dealt with."""
        self._seeking.start()

    def seek(self) -> None:
        """Asks for the tiles that are in sight and not known; of a hidden picture, none are."""
        document, canvas = self._document, self._canvas
        mosaic = canvas.mosaic
        if document is None or mosaic is None or canvas.frame.empty:
            return
        if not canvas.isVisible():
            document.want_tiles((), ASKER)
            return
        canvas.follow_frame()
        wanted = mosaic.wanted(canvas.region(), WISHED)
        unknown = [tile for tile in wanted if document.tile(tile) is None]
        self.add(tile for tile in wanted if document.tile(tile) is not None)
        document.want_tiles(unknown, ASKER)
        self.coming = len(unknown)
        self.sought.emit()

    def add(self, tiles: Iterable[int]) -> None:
        """Takes note of tiles that the document has decoded."""
        self._arrived.extend(tiles)
        if self._arrived:
            self._taking.start()

    def _take(self) -> None:
        """Takes in tiles until the slice is over, and goes on after the next events."""
        document, mosaic = self._document, self._canvas.mosaic
        if document is None or mosaic is None:
            return
        until = time.perf_counter() + SLICE_SECONDS
        while self._arrived and time.perf_counter() < until:
            tile = self._arrived.popleft()
            decoded = document.tile(tile)
            if decoded is not None:
                mosaic.add(tile, decoded)
        if not self._painting.isActive():
            self._painting.start()
        (self._taking if self._arrived else self._seeking).start()


def _timer(parent: QObject, effect: Callable[[], None], after_ms: int = 0) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(after_ms)
    timer.timeout.connect(effect)
    return timer
