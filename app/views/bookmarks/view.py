"""Places to come back to, each with a note, and notes on the file as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.bookmarking import Bookmarks, go_to, places_here
from app.document import Document
from app.elided import ElidedLabel
from app.exporting.table import Table
from app.flow_layout import FlowLayout
from app.models.bookmark_places import place_title
from app.models.bookmark_table import BookmarkTable
from app.selection import Selection
from app.session.bookmark import Bookmark, Place
from app.shortcuts.keymap import KeyTip
from app.tables.bookmarks import bookmark_tables
from app.view import View
from app.views.bookmarks.note_field import NoteField
from app.views.bookmarks.parts import filter_line, none_yet, stack, table_of

NONE_MATCHES = "No bookmark matches the filter."


class BookmarksView(View):
    """The table of bookmarks, the note of the chosen one, and the notes on the file."""

    TITLE = "Bookmarks"
    QUESTION = "Which places did I want to come back to, and what did I find out about them?"
    HELP = (
        "Lists bookmarked weights, steps, tiles and bytes with a note on each; choosing one goes there, and "
        "takes the debugger to a step; the delete key removes it. Notes on the file as a whole stand below; "
        "all of it is kept, and can be undone."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = BookmarkTable(self)
        self._following = False
        self._noted: Place | None = None
        self._text = filter_line()
        self._text.textChanged.connect(self._apply_filter)
        self._text.returnPressed.connect(self._go_to_first)
        self._add = QPushButton("Bookmark")
        KeyTip(self._add, "Bookmark what is selected, and write a note on it", "bookmark.add")
        self._add.clicked.connect(self.add_here)
        self._remove = QPushButton("Remove")
        self._remove.setToolTip("Remove the chosen bookmarks (Delete)")
        self._remove.clicked.connect(self.remove_chosen)
        self._said = QLabel()
        self._said.setWordWrap(True)
        self._said.setMargin(4)
        self._said.setToolTip("Why there is nothing to choose, or why a place cannot be gone to")
        self._table = self._make_table()
        self._note_title, self._note = ElidedLabel(), NoteField()
        self._note.setToolTip("A note on the chosen bookmark; it is kept as it is typed")
        self._note.setAccessibleName("Note on the chosen bookmark")
        self._note.written.connect(self._keep_note)
        self._notes = NoteField()
        self._notes.setPlaceholderText("Whatever is worth knowing about this file")
        self._notes.setToolTip("Notes on the file as a whole; they are kept as they are typed")
        self._notes.setAccessibleName("Notes on the file")
        self._notes.written.connect(self._keep_notes)
        self._arrange()
        self.begin_at(self._table)

    def set_document(self, document: Document | None) -> None:
        """Shows the bookmarks of another document; what was being typed about the one before is kept."""
        self.commit()
        other = document is None or self.document is None or document.work is not self.document.work
        super().set_document(document)
        if document is not None:
            self.listen(document.work.changed, self._show)
            self.listen(document.selection_changed, self._follow)
        if other:
            self._noted = None
        self._show()

    def theme_changed(self) -> None:
        """Paints what is gone in the new colours."""
        self._table.viewport().update()

    def focus_filter(self) -> bool:
        """Moves the keyboard into the filter."""
        self._text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._text.selectAll()
        return True

    def focus_notes(self) -> None:
        """Moves the keyboard into the notes on the file."""
        self._notes.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def tables(self) -> Sequence[Table]:
        """All bookmarks."""
        return bookmark_tables(self.document)

    # Doing

    def commit(self) -> None:
        """Keeps what has been typed, without waiting for a pause."""
        self._note.commit()
        self._notes.commit()

    def add_here(self) -> None:
        """Bookmarks what is selected, and moves the keyboard to its note."""
        document = self.document
        if document is None:
            return
        place = places_here(document)[0]
        bookmarks = Bookmarks(document.work)
        if bookmarks.number_of(place) is None:
            bookmarks.put(place, "")
        self.choose(place)
        self._note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def choose(self, place: Place) -> None:
        """Chooses the bookmark of a place, even if the filter has hidden it; goes nowhere."""
        if self._row_of(place) is None:
            self._text.clear()
        row = self._row_of(place)
        if row is not None:
            with self._quietly():
                self._table.selectRow(row)
            self._show_note()

    def remove_chosen(self) -> None:
        """Removes the bookmarks that are chosen."""
        rows = self._table.selectionModel().selectedRows()
        numbers = {number for row in rows if (number := self._model.number_at(row)) is not None}
        if self.document is not None and numbers:
            Bookmarks(self.document.work).remove(numbers)

    def _go(self, index: QModelIndex) -> None:
        bookmark = self._at(index)
        if bookmark is not None and self.document is not None:
            with self._quietly():
                self._say(go_to(self.document, bookmark.place))

    def _go_to_first(self) -> None:
        """Goes to the first bookmark that the filter has left, and moves the keyboard to the table."""
        if self._model.rowCount():
            self._table.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._table.selectRow(0)
            self._go(self._model.index(0, 0))

    # Putting it together

    def _make_table(self) -> QTableView:
        table = table_of(self._model)
        table.selectionModel().currentChanged.connect(self._on_current)
        table.selectionModel().selectionChanged.connect(self._show_note)
        table.clicked.connect(self._go)
        table.activated.connect(self._go)
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), table)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self.remove_chosen)
        return table

    def _arrange(self) -> None:
        controls = FlowLayout()
        controls.setContentsMargins(2, 2, 2, 0)
        controls.setSpacing(4)
        for control in (self._text, self._add, self._remove):
            controls.addWidget(control)
        about_file = ElidedLabel()
        about_file.say("Notes on the file")
        for title in (about_file, self._note_title):
            title.setContentsMargins(4, 2, 4, 0)
        self._parts = QSplitter(Qt.Orientation.Vertical)
        self._parts.setChildrenCollapsible(False)
        stacks = {
            stack(self._said, self._table): 4,
            stack(self._note_title, self._note): 1,
            stack(about_file, self._notes): 2,
        }
        for number, (part, share) in enumerate(stacks.items()):
            self._parts.addWidget(part)
            self._parts.setStretchFactor(number, share)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(controls)
        column.addWidget(self._parts, 1)

    # Showing

    def _show(self) -> None:
        document = self.document
        chosen = self._noted
        work = None if document is None else document.work.now
        with self._quietly():
            self._model.show(
                work.bookmarks if work else (), document.container if document else None
            )
            lost = not self._table.selectionModel().hasSelection()
            if lost and chosen is not None and (row := self._row_of(chosen)) is not None:
                self._table.selectRow(row)
        self._notes.show_text(work.notes if work else "")
        self._say("")
        if document is not None:
            self._follow(document.selection)
        self._show_note()

    def _say(self, sentence: str) -> None:
        """Says why a place cannot be gone to, or why there is nothing to choose."""
        if not sentence and not self._model.rowCount():
            sentence = NONE_MATCHES if self._model.bookmarks else none_yet()
        self._said.setText(sentence)
        self._said.setVisible(bool(sentence))

    def _follow(self, _selection: Selection) -> None:
        """Chooses the bookmark of what is selected; where there is none, the chosen one stays."""
        document = self.document
        if document is None or self._following or not self._model.bookmarks:
            return
        places = places_here(document)
        marked = next((place for place in places if self._model.number_of(place) is not None), None)
        if marked is not None and self._noted not in places and self._row_of(marked) is not None:
            self.choose(marked)

    def _show_note(self) -> None:
        """Shows the note of the chosen bookmark; there is nothing to write where several are chosen."""
        rows = self._table.selectionModel().selectedRows()
        bookmark = self._at(rows[0]) if len(rows) == 1 else None
        if self._noted is not None and (bookmark is None or bookmark.place != self._noted):
            self._note.commit()
        self._noted = None if bookmark is None else bookmark.place
        self._note.setEnabled(bookmark is not None)
        self._remove.setEnabled(bool(rows))
        if bookmark is None or self.document is None:
            self._note_title.say("Note")
            self._note.show_text("")
            return
        title = place_title(bookmark.place, self.document.container)
        self._note_title.say(f"Note on {title[:1].lower()}{title[1:]}")
        self._note.show_text(bookmark.note)

    # Choosing

    def _on_current(self, index: QModelIndex) -> None:
        if not self._following:
            self._go(index)

    def _apply_filter(self) -> None:
        with self._quietly():
            chosen = self._noted
            self._model.show_only(self._text.text())
            if chosen is not None and (row := self._row_of(chosen)) is not None:
                self._table.selectRow(row)
        self._say("")
        self._show_note()

    def _keep_note(self, note: str) -> None:
        if self.document is not None and self._noted is not None:
            Bookmarks(self.document.work).annotate(self._noted, note)

    def _keep_notes(self, notes: str) -> None:
        if self.document is not None:
            Bookmarks(self.document.work).write_notes(notes)

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """What is chosen meanwhile is shown, and not gone to."""
        before, self._following = self._following, True
        try:
            yield
        finally:
            self._following = before

    def _at(self, index: QModelIndex) -> Bookmark | None:
        number = self._model.number_at(index)
        return None if number is None else self._model.bookmarks[number]

    def _row_of(self, place: Place) -> int | None:
        number = self._model.number_of(place)
        return None if number is None else self._model.row_of(number)
