"""Moves the borders between panels, and within one, as a mouse would: for who works by keyboard alone."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from app.actions import Effect
from app.panels import Panels

STEP = 3
"""Lines of text that a border moves at a time."""


class Sizing(QObject):
    """The effects of the commands that change sizes."""

    def __init__(self, panels: Panels) -> None:
        """Changes the sizes of `panels`, and of the parts within them."""
        super().__init__(panels)
        self._panels = panels

    def effects(self) -> dict[str, Effect]:
        """What each of the commands does, by name."""
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        return {
            "size.wider": partial(self._size_panel, across, +1),
            "size.narrower": partial(self._size_panel, across, -1),
            "size.higher": partial(self._size_panel, down, +1),
            "size.lower": partial(self._size_panel, down, -1),
            "size.more": partial(self._size_part, +1),
            "size.less": partial(self._size_part, -1),
        }

    @property
    def _step(self) -> int:
        return STEP * self._panels.fontMetrics().height()

    def _size_panel(self, orientation: Qt.Orientation, sign: int) -> None:
        view = self._panels.focused_view()
        if view is None:
            return
        panel, by = self._panels[view.TITLE], sign * self._step
        across = orientation is Qt.Orientation.Horizontal
        if panel.isFloating():
            panel.resize(panel.width() + by * across, panel.height() + by * (not across))
        else:
            size = max(1, (panel.width() if across else panel.height()) + by)
            self._panels.resizeDocks([panel], [size], orientation)

    def _size_part(self, sign: int) -> None:
        """Moves the nearest border within the panel, at the cost of the part beside."""
        focused = QApplication.focusWidget()
        found = _splitter_of(focused)
        if found is None:
            return
        splitter, place = found
        sizes = splitter.sizes()
        shown = [each for each, size in enumerate(sizes) if size and each != place]
        beside = min(shown, key=lambda each: abs(each - place))
        by = sign * min(self._step, sizes[beside] if sign > 0 else sizes[place])
        sizes[place] += by
        sizes[beside] -= by
        splitter.setSizes(sizes)


def _splitter_of(widget: QWidget | None) -> tuple[QSplitter, int] | None:
    """The nearest splitter of several visible parts around a widget, and which part it is in; None without one."""
    while widget is not None and not widget.isWindow():
        above = widget.parentWidget()
        if isinstance(above, QSplitter):
            visible = [size for size in above.sizes() if size]
            place = above.indexOf(widget)
            if len(visible) > 1 and place >= 0:
                return above, place
        widget = above
    return None
