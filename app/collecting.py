"""Has Python collect garbage in the window's thread alone.

Python collects wherever an allocation happens to be one too many. Where that is a worker's thread, Qt objects that
hang in reference cycles are destroyed there: their destructors want Qt's locks while the window's thread holds these
and waits for Python's, and the window stands still for ever. So nothing is collected unasked, and a timer asks.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer, Slot

LOOK_MS = 100
"""Between two looks at whether there is something to collect."""

SECONDS_BETWEEN_WHOLE = 30.0
"""At least so long between two collections of everything, which can take longer than a frame."""


class Collector(QObject):
    """Collects garbage now and then, in the thread that it was made in, for as long as it lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._last_whole = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        gc.disable()
        gc.freeze()  # what is loaded by now, modules above all, stays: nobody need look at it again
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Collects the generations that are due, as Python's own rules have it."""
        counts, limits = gc.get_count(), gc.get_threshold()
        if counts[0] <= limits[0]:
            return
        due = 1 if counts[1] > limits[1] else 0
        now = time.monotonic()
        if counts[2] > limits[2] and now - self._last_whole > SECONDS_BETWEEN_WHOLE:
            self._last_whole, due = now, 2
        gc.collect(due)
