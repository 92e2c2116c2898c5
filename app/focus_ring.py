"""Shows which widget has the keyboard, by a line round it: every style has its own idea of that, often none.

One line goes wherever the keyboard goes in the window and its dialogs, so that no view has to think of it.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar, QSplitter, QWidget

from app import theme

WIDTH = 2
"""Of the line, in device-independent pixels."""

LINE_NAME = "focus line"
"""The name by which the line is found among the children of its widget."""


class FocusRing(QObject):
    """Follows the keyboard from widget to widget."""

    def __init__(self, window: QWidget) -> None:
        """Follows it in `window` and in the dialogs over it."""
        super().__init__(window)
        self._window = window
        self._line: _Line | None = None
        self._lines = 0
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    @property
    def shown_on(self) -> QWidget | None:
        """The widget that the line is drawn on now; None where it is on none."""
        return None if self._line is None else self._line.parentWidget()

    @Slot(QWidget, QWidget)
    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        before, self._line = self._line, None
        if before is not None:
            before.leave()
        if now is not None and self._is_ours(now) and not isinstance(now, _UNFRAMED):
            self._lines += 1
            self._line = _Line(now)
            self._line.destroyed.connect(partial(self._forget, self._lines))

    def _is_ours(self, widget: QWidget) -> bool:
        """Whether it is in the window, in a dialog over it, or in a panel that was taken out."""
        above: QWidget | None = widget  # Qt's own isAncestorOf ends at the border of a window
        while above is not None and above is not self._window:
            above = above.parentWidget()
        return above is not None

    def _forget(self, number: int) -> None:
        """The widget went, and its line with it."""
        if number == self._lines:
            self._line = None


_UNFRAMED = (QMenu, QMenuBar, QSplitter)
"""What shows by itself where the keyboard is, or would take the line for a part of its own."""


class _Line(QWidget):
    """A line just inside the border of a widget; clicks go through it."""

    def __init__(self, framed: QWidget) -> None:
        super().__init__(framed)
        self.setObjectName(LINE_NAME)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        framed.installEventFilter(self)
        self._follow()
        self.show()

    def leave(self) -> None:
        """Goes from its widget."""
        self.hide()
        self.deleteLater()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fills what the mask leaves of it, in a picture, too, where there is no mask."""
        painter, colour, whole = QPainter(self), theme.current().accent, self.rect()
        for side in (
            QRect(0, 0, whole.width(), WIDTH),
            QRect(0, whole.height() - WIDTH, whole.width(), WIDTH),
            QRect(0, 0, WIDTH, whole.height()),
            QRect(whole.width() - WIDTH, 0, WIDTH, whole.height()),
        ):
            painter.fillRect(side, colour)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keeps the size of its widget, and stays above children that come later."""
        # Asked of Qt, since a filter may be called when this object's own attributes are gone.
        if watched is self.parentWidget() and event.type() in _FOLLOWED:
            self._follow()
        return False

    def _follow(self) -> None:
        framed = self.parentWidget()
        if framed is not None:
            whole = QRect(0, 0, framed.width(), framed.height())
            self.setGeometry(whole)
            inside = whole.adjusted(WIDTH, WIDTH, -WIDTH, -WIDTH)
            self.setMask(QRegion(whole).subtracted(QRegion(inside)))
            self.raise_()


_FOLLOWED = (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.ChildAdded)
