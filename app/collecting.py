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
"""At least so long between two collections of everything, which take longer than a key that is held down may wait."""

SECONDS_WITHOUT_WHOLE = 300.0
"""So long they wait, at most, for the window to be at rest."""

REST = 50
"""Objects that come between two looks, at most, while the window is at rest."""


class Collector(QObject):
    """Collects garbage now and then, in the thread that it was made in, for as long as it lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._last_whole = time.monotonic()
        self._young = 0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        gc.disable()
        gc.freeze()  # what is loaded by now, modules above all, stays: nobody need look at it again
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Collects the generations that are due, as Python's own rules have it; everything only at rest."""
        counts, limits = gc.get_count(), gc.get_threshold()
        resting = 0 <= counts[0] - self._young < REST
        if self._whole_due(resting):
            self._last_whole = time.monotonic()
            gc.collect(2)
        elif counts[0] > limits[0]:
            gc.collect(1 if counts[1] > limits[1] else 0)
        self._young = gc.get_count()[0]

    def _whole_due(self, resting: bool) -> bool:
        """Whether it is time to collect everything."""
        if gc.get_count()[2] <= gc.get_threshold()[2]:
            return False
        waited = time.monotonic() - self._last_whole
        return waited > (SECONDS_BETWEEN_WHOLE if resting else SECONDS_WITHOUT_WHOLE)
