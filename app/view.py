"""What all views share: the document they show, their names, and saying why they are empty.

A view shows one document at a time and lives as long as the window. So everything that it connects
to a document must be undone when it is given another one; `listen` keeps count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from PySide6.QtCore import QEvent, QMetaObject, QObject, Qt, Signal, SignalInstance
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QWidget

from app import theme
from app.document import Document
from app.exporting.table import Table

NO_DOCUMENT = "No file is open."


class View(QWidget):
    """One panel of the window: a look at the current document that answers one question.

    Subclasses extend `set_document`: first call it here, then `listen` to what they show, then show
    it. They override `theme_changed` where a palette alone does not recolour them.
    """

    TITLE: ClassVar[str]
    """What the panel is called."""
    QUESTION: ClassVar[str]
    """The question that it answers; the tooltip of its title."""
    HELP: ClassVar[str]
    """What it shows and what can be done there, in two sentences."""

    panel_wanted = Signal(str)
    """The user wants to turn to another panel; carries its title."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document: Document | None = None
        self._connections: list[QMetaObject.Connection] = []
        self._beginning: QWidget | None = None
        self._reason = _Reason(self)
        self.set_empty_text(NO_DOCUMENT)
        theme.changed.connect(self.theme_changed)

    def set_document(self, document: Document | None) -> None:
        """Shows another document, or none; all that was listened to is let go."""
        for connection in self._connections:
            QObject.disconnect(connection)
        self._connections.clear()
        self.document = document
        self.set_empty_text("" if document is not None else NO_DOCUMENT)

    def listen(self, signal: SignalInstance, slot: Callable[..., object]) -> None:
        """Connects a signal of the document until the view is given another one."""
        self._connections.append(signal.connect(slot))

    def set_empty_text(self, sentence: str) -> None:
        """Covers the view with why there is nothing to see, in one sentence; "" uncovers it."""
        self._reason.say(sentence)

    @property
    def empty_text(self) -> str:
        """Why there is nothing to see; "" where there is something."""
        return self._reason.text()

    def theme_changed(self) -> None:
        """Takes up the colours of `theme.current()`."""
        self.update()

    def take_focus(self) -> None:
        """Moves the keyboard here: to where `begin_at` says, or else to the first part that takes it."""
        parts = [self._beginning] if self._beginning is not None else []
        parts += self.findChildren(QWidget)
        first = next((part for part in parts if _takes_focus(part, self)), self)
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def begin_at(self, part: QWidget) -> None:
        """Has `take_focus` move the keyboard to a part of this view.

        Not as Qt's focus proxy: Tab passes over everything that stands before the proxy of a widget.
        """
        self._beginning = part

    def focus_filter(self) -> bool:
        """Moves the keyboard to where this view is filtered or searched; False where it is not."""
        return False

    def tables(self) -> Sequence[Table]:
        """What is shown here as tables that can be exported; none where there is nothing (yet).

        Called whenever the user wants to export, so it must not take long: what takes long belongs into
        `Table.parts`, which a worker calls. Everything is offered whole, also what is filtered out or
        scrolled out of sight.
        """
        return ()

    def copy_text(self) -> str:
        """What "Copy" puts on the clipboard: here the selected cells, tabs between columns."""
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractItemView) and self.isAncestorOf(focused):
            return _selected_cells(focused)
        return ""


def shows_same_file(before: Document | None, now: Document | None) -> bool:
    """Whether a document is the one shown before, read again or edited: a view then stays where it was."""
    return before is not None and now is not None and before.path == now.path


class _Reason(QLabel):
    """Covers its parent with a sentence."""

    def __init__(self, covered: QWidget) -> None:
        super().__init__(covered)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setMargin(16)
        self.setAutoFillBackground(True)
        self.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        covered.installEventFilter(self)

    def say(self, sentence: str) -> None:
        """Shows `sentence` above everything in the parent, or nothing where it is empty."""
        self.setText(sentence)
        self.setVisible(bool(sentence))
        self._cover()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keeps the size of the parent, and stays above children that come later."""
        # Asked of Qt, since a filter may be called when this object's own attributes are gone.
        if watched is self.parentWidget() and event.type() in _COVERED_ANEW and self.text():
            self._cover()
        return False

    def _cover(self) -> None:
        covered = self.parentWidget()
        if covered is not None:
            self.setGeometry(covered.rect())
            self.raise_()


_COVERED_ANEW = (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.ChildAdded)


def _takes_focus(part: QWidget, within: QWidget) -> bool:
    by_keyboard = bool(part.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return by_keyboard and part.isEnabled() and part.isVisibleTo(within)


def _selected_cells(table: QAbstractItemView) -> str:
    """The text of the selected cells, a line a row, in the order that they are shown in."""
    rows: dict[int, list[tuple[int, str]]] = {}
    for index in table.selectedIndexes():
        place = table.visualRect(index)
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        rows.setdefault(place.top(), []).append((place.left(), text))
    lines = (sorted(rows[top]) for top in sorted(rows))
    return "\n".join("\t".join(text for _, text in line) for line in lines)
