"""The palette itself: a line to type into and a list below it, above everything else in the window.

It is no window of its own, so that it comes and goes at once and the keyboard returns to where it was before
what was chosen is done: "Copy" is about the panel that one came from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSignalBlocker, Qt, Slot
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QLineEdit,
    QListView,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from app.elided import ElidedLabel
from app.palette.delegate import EntryDelegate
from app.palette.entry import Entry
from app.palette.model import EntryList

WIDTH = 84
"""Characters that a line has room for, where the window has."""

LINES = 14
"""Entries in sight, where the window has room."""

LONGEST = 200
"""Letters that can be typed."""

REMEMBERED = 6
"""Entries chosen before that stand at the top while nothing is typed."""

_MOVES = {
    Qt.Key.Key_Down: +1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: LINES - 1,
    Qt.Key.Key_PageUp: 1 - LINES,
}
_TAKES = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_STAYS = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


class Palette(QFrame):
    """Find and do."""

    def __init__(self, window: QMainWindow, entries: Callable[[], Sequence[Entry]]) -> None:
        """Stays hidden until `open`.

        Args:
            window: lies below it.
            entries: gives what there is to choose from, asked anew whenever the palette opens.
        """
        super().__init__(window)
        self._entries = entries
        self._chosen_before: list[str] = []
        self._came_from: QWidget | None = None
        self._model = EntryList(self)
        self._line = QLineEdit()
        self._line.setPlaceholderText("A few letters of a command, panel, file or tensor")
        self._line.setToolTip("Arrow keys choose, Enter does it, Escape goes back")
        self._line.setAccessibleName("Find a command")
        self._line.setClearButtonEnabled(True)
        self._line.setMaxLength(LONGEST)
        self._list = QListView()
        self._says = ElidedLabel()
        self._lay_out()
        self._line.textChanged.connect(self._find)
        self._line.installEventFilter(self)
        self._list.clicked.connect(self._on_click)
        self._list.selectionModel().currentChanged.connect(self._explain)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)
        window.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Button)
        self._list.setModel(self._model)
        self._list.setItemDelegate(EntryDelegate(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setAccessibleName("What was found")
        column = QVBoxLayout(self)
        gap = self.fontMetrics().height() // 3
        column.setContentsMargins(gap, gap, gap, gap)
        column.setSpacing(gap)
        for part in (self._line, self._list, self._says):
            column.addWidget(part)

    # Coming and going

    def open(self) -> None:
        """Shows everything there is to choose from; shown already, it goes."""
        if self.isVisible():
            self.close_again()
            return
        self._came_from = self.window().focusWidget()
        with QSignalBlocker(self._line):
            self._line.clear()
        self._model.offer(self._sorted(self._entries()))
        self._place()
        self.show()
        self.raise_()
        self._line.setFocus(Qt.FocusReason.PopupFocusReason)
        self._choose(0)

    def close_again(self) -> None:
        """Goes, and gives the keyboard back."""
        before, self._came_from = self._came_from, None
        self.hide()
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def _sorted(self, entries: Sequence[Entry]) -> list[Entry]:
        """What was chosen before first, the latest on top; all else as it comes."""
        by_key = {entry.key: entry for entry in entries}
        again = [by_key[key] for key in self._chosen_before if key in by_key]
        return [*again, *(entry for entry in entries if entry.key not in self._chosen_before)]

    def _place(self) -> None:
        """Lies at the top of the window, in its middle."""
        window, metrics = self.window(), self.fontMetrics()
        width = min(WIDTH * metrics.averageCharWidth(), window.width() - 2 * metrics.height())
        shown = max(1, min(self._model.rowCount(), LINES))
        line = self._list.sizeHintForRow(0) if self._model.rowCount() else 2 * metrics.height()
        room = max(window.height() - 12 * metrics.height(), line)
        self._list.setFixedHeight(min(shown * line, room) + 2 * self._list.frameWidth())
        height = self.sizeHint().height()
        self.setGeometry((window.width() - width) // 2, 2 * metrics.height(), width, height)

    @Slot(QWidget, QWidget)
    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Goes when the user turns to something else in the window."""
        if self.isVisible() and now is not None and not self.isAncestorOf(now):
            self._came_from = None
            self.hide()

    # Finding

    @Slot(str)
    def _find(self, typed: str) -> None:
        self._model.find(typed)
        self._place()
        self._choose(0)

    def _choose(self, row: int) -> None:
        last = self._model.rowCount() - 1
        self._list.setCurrentIndex(self._model.index(max(0, min(row, last)), 0))
        self._explain()

    def _explain(self) -> None:
        """Says what the current entry does, or why it cannot."""
        entry = self._current()
        if entry is None:
            self._says.say("Nothing is called like this.")
        else:
            self._says.say(entry.why_not or entry.tooltip)

    def _current(self) -> Entry | None:
        return self._model.entry(self._list.currentIndex().row())

    # Doing

    @Slot(QModelIndex)
    def _on_click(self, _index: QModelIndex) -> None:
        self._take()

    def _take(self) -> None:
        """Does what the current entry says, from where the keyboard was before."""
        entry = self._current()
        if entry is None or entry.why_not:
            return
        self._chosen_before = [entry.key, *(k for k in self._chosen_before if k != entry.key)]
        del self._chosen_before[REMEMBERED:]
        self.close_again()
        entry.act()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes the keys that choose away from the line, and follows the size of the window."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return watched is self._line and self._on_key(Qt.Key(event.key()))
        if (
            event.type() == QEvent.Type.Resize
            and watched is self.parentWidget()
            and self.isVisible()
        ):
            self._place()
        return False

    def _on_key(self, key: Qt.Key) -> bool:
        if key in _MOVES:
            self._choose(self._list.currentIndex().row() + _MOVES[key])
        elif key in _TAKES:
            self._take()
        elif key == Qt.Key.Key_Escape:
            self.close_again()
        else:
            return key in _STAYS
        return True
