"""The hex view: the bytes of the file, coloured by what they are, with ways to get about in them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QMenu,
    QVBoxLayout,
    QWidget,
)

from app.document import Document
from app.edit_menu import add_byte_edits, add_field_edit
from app.exporting.table import Table
from app.models.bookmark_places import told
from app.models.byte_places import ProblemPlaces, UnclaimedPlaces, words_of
from app.models.byte_texts import (
    edit_sentence,
    field_sentence,
    numbers_sentence,
    pattern_from,
    place_sentence,
    step_sentence,
)
from app.models.stepped import stepped
from app.offsets import offset_from
from app.selection import Selection
from app.sentence import Sentence
from app.tables.bytes import byte_tables
from app.trace_window import is_coming
from app.view import View, shows_same_file
from app.views.bytes.canvas import HexCanvas
from app.views.bytes.controls import Controls
from app.views.bytes.legend import legend
from app.views.bytes.page import Sight
from codec.errors import RanscopeError, SourceError

MOST_COPIED = 1 << 20
"""Bytes that are copied at most: more text than that no other program takes gladly."""

PATIENCE_MS = 150
"""How long the page stays as it is while the steps around the selected one are on their way."""

LINES_WITH_NUMBERS = 14
"""Lines of text that a panel has room for which also tells the bytes at the cursor as numbers."""

LINES_WITH_LEGEND = 17
"""The same for one that also tells what the colours mean."""


class BytesView(View):
    """The hex view, controls above it, and what is known about the byte at the cursor below it."""

    TITLE = "Bytes"
    QUESTION = "Which field does each byte of the file belong to, and which step of rANS takes it?"
    HELP = (
        "Shows every byte of the file in the colour of its field, what is selected, what is at fault, what is "
        "edited and what the debugger is done with; in the selected tile's stream every other step's bytes are "
        "darker, and the bytes of a word are underlined together. Choosing a byte selects its field or step; "
        "Shift or dragging selects several bytes, to be copied as hex; hex digits that are typed edit a byte, "
        "though never the file itself."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unclaimed: UnclaimedPlaces | None = None
        self._pattern_found = b""
        self._canvas = HexCanvas()
        self._canvas.bookmarks_told = self._bookmarks_told
        self._canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._controls = Controls()
        self._told = _line_of_text("What came of going to an offset or looking for bytes")
        self._told.hide()
        self._place = _line_of_text("The byte at the cursor: where it is and what it belongs to")
        self._numbers = _line_of_text(
            "The bytes from the cursor on as numbers, the least byte first"
        )
        self._legend = _line_of_text("What the colours of the bytes mean", rich=True)
        self._arrange()
        self._waiting = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._waiting.timeout.connect(self._show_now)
        self._connect()
        self.begin_at(self._canvas)
        self.theme_changed()

    def set_document(self, document: Document | None) -> None:
        """Shows the bytes of another document."""
        stay = shows_same_file(self.document, document)
        super().set_document(document)
        self._told.hide()
        if document is None:
            self._unclaimed = None
            self._canvas.set_sight(None)
            return
        root = document.container.root
        self._unclaimed = UnclaimedPlaces(root)
        sight = Sight(document.container.source, root, ProblemPlaces())
        self._canvas.set_sight(sight, stay=stay)
        self.listen(document.selection_changed, self._show_selection)
        self.listen(document.trace_changed, self._show_trace)
        self.listen(document.checked, self._show_problems)
        self.listen(document.bytes_found, self._on_found)
        self.listen(document.debugging.moved, self._show_stepped)
        self.listen(document.work.bookmarks_changed, self._show_bookmarks)
        self._show_problems()
        self._show_legend()
        self._show_stepped()
        self._show_trace()
        self._show_selection(document.selection)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves out what is said below the bytes where that would take the room of the bytes."""
        super().resizeEvent(event)
        lines = self.height() // self.fontMetrics().height()
        self._legend.setVisible(lines >= LINES_WITH_LEGEND)
        self._numbers.setVisible(lines >= LINES_WITH_NUMBERS)

    def theme_changed(self) -> None:
        """Paints everything in the new colours."""
        self._canvas.viewport().update()
        self._show_legend()

    def focus_filter(self) -> bool:
        """Moves the keyboard to where bytes are looked for."""
        self._controls.focus_pattern()
        return True

    def copy_text(self) -> str:
        """The selected bytes in hex; "" where there are too many, or none."""
        sight = self._canvas.sight
        offset, size = self._canvas.selected
        if sight is None or not size:
            return ""
        if size > MOST_COPIED:
            self._tell(f"{size:,} bytes are too many to copy; {MOST_COPIED:,} can be.")
            return ""
        try:
            return sight.source.read(offset, size).hex(" ")
        except SourceError as error:
            self._tell(error.sentence())
            return ""

    def tables(self) -> Sequence[Table]:
        """The selected bytes, and all."""
        return byte_tables(self.document)

    # Putting it together

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._controls)
        column.addWidget(self._told)
        column.addWidget(self._canvas, 1)
        for line in (self._place, self._numbers, self._legend):
            column.addWidget(line)

    def _connect(self) -> None:
        self._canvas.chosen.connect(self._on_chosen)
        self._canvas.cursor_moved.connect(self._show_place)
        self._canvas.typed.connect(self._type)
        self._canvas.customContextMenuRequested.connect(self._show_menu)
        self._controls.offset_wanted.connect(self._go_to_offset)
        self._controls.bytes_wanted.connect(self._find)
        self._controls.problem_wanted.connect(self._step_problem)
        self._controls.unclaimed_wanted.connect(self._step_unclaimed)
        self._controls.columns_wanted.connect(self._canvas.set_columns)

    # Showing

    def _awaits(self, symbol: int | None) -> bool:
        """Whether the page stays as it is, since what its bytes are to a step of the debugger comes at once.

        It would be painted twice for one jump; if it takes longer, the page shows what is known by then.
        """
        document, cursor = self.document, stepped(self.document)
        if document is None or cursor is None or cursor.next is None:
            return False
        if symbol != cursor.next.symbol_index or cursor.tile != document.selection.tile:
            return False
        if not is_coming(document.trace, document.tensor, cursor.tile, symbol):
            return False
        if not self._waiting.isActive():
            self._waiting.start()
        return True

    def _show_now(self) -> None:
        """Shows what is known."""
        self._waiting.stop()
        if self.document is not None:
            self._canvas.viewport().update()
            self._place_selection(self.document.selection)

    def _show_selection(self, selection: Selection) -> None:
        if not self._awaits(selection.symbol):
            self._place_selection(selection)

    def _place_selection(self, selection: Selection) -> None:
        if self._canvas.sight is not None and self.document is not None:
            self._canvas.sight.words = words_of(self.document.tensor, selection.tile)
        with QSignalBlocker(self._canvas):  # what is at the cursor is shown below, once
            self._canvas.select(selection.span)
            if selection.span is None:
                self._show_stream(selection)
        self._show_place()

    def _show_stream(self, selection: Selection) -> None:
        """Goes to the stream of a tile whose symbols have no known bytes, and never will."""
        document = self.document
        tensor = None if document is None else document.tensor
        if document is None or tensor is None or selection.tile is None:
            return
        if tensor.refusal or document.trace_note:
            self._canvas.reveal(int(tensor.tiles["offset"][selection.tile]))

    def _show_problems(self) -> None:
        if self._canvas.sight is None or self.document is None:
            return
        places = ProblemPlaces(self.document.problems)
        self._canvas.sight.problems = places
        self._controls.enable_steps(len(places) > 0, bool(self._unclaimed))
        self._canvas.viewport().update()

    def _show_trace(self) -> None:
        if self._canvas.sight is None or self.document is None:
            return
        figures = self.document.trace_figures
        self._canvas.sight.steps = None if figures is None else figures.step_bytes
        self._take_up_bookmarks()
        self._show_now()

    def _show_bookmarks(self) -> None:
        self._take_up_bookmarks()
        self._canvas.viewport().update()
        self._show_place()
        self._show_legend()

    def _take_up_bookmarks(self) -> None:
        """Finds out which bytes are bookmarked: those of weights and steps are known with their trace."""
        document, sight = self.document, self._canvas.sight
        if document is None or sight is None:
            return
        marked = document.bookmarked
        sight.bookmarks = [marked.bytes]
        if sight.steps is not None:
            sight.bookmarks.append(marked.of_trace(sight.steps.trace, document.selection.tensor))

    def _bookmarks_told(self, offset: int) -> list[str]:
        """A line on each bookmark of a byte."""
        document, sight = self.document, self._canvas.sight
        if document is None or sight is None:
            return []
        numbers = sight.bookmarks_at(offset)
        return told(document.bookmarked.bookmarks, numbers, document.container)

    def _show_stepped(self) -> None:
        """Shows what the debugger has taken, or moved out; goes there where no symbol is left to be selected."""
        sight, cursor = self._canvas.sight, stepped(self.document)
        if sight is None or cursor == sight.stepped:
            return
        sight.stepped = cursor
        if cursor is None or cursor.next is None or not self._awaits(cursor.next.symbol_index):
            self._canvas.viewport().update()
        if cursor is not None and cursor.next is None:
            self._canvas.reveal(cursor.frontier)
        self._show_legend()

    def _show_legend(self) -> None:
        container = None if self.document is None else self.document.container
        done = None if self._canvas.sight is None else self._canvas.sight.stepped
        marked = self.document is not None and bool(self.document.work.now.bookmarks)
        self._legend.setText(legend(container, done, bookmarked=marked))

    def _show_place(self) -> None:
        """Writes out what is known about the byte at the cursor."""
        sight = self._canvas.sight
        if sight is None or not sight.source.size:
            return
        row = None if sight.steps is None else sight.steps.row(sight.cursor)
        step = "" if sight.steps is None or row is None else step_sentence(sight.steps.trace, row)
        parts = [
            place_sentence(sight.cursor, sight.selected),
            field_sentence(sight.root, sight.cursor),
            edit_sentence(sight.source, sight.cursor),
            step,
            *self._bookmarks_told(sight.cursor),
        ]
        self._place.setText("  ·  ".join(part for part in parts if part))
        self._numbers.setText(numbers_sentence(sight.source, sight.cursor))

    def _tell(self, sentence: str) -> None:
        self._told.setText(sentence)
        self._told.setVisible(bool(sentence))

    # Editing

    def _type(self, offset: int, value: int) -> None:
        """Puts a byte that was typed."""
        if self.document is None:
            return
        try:
            self.document.editing.type_byte(offset, value)
        except RanscopeError as error:
            self._tell(error.sentence())

    # Getting about

    def _on_chosen(self, offset: int, size: int) -> None:
        """Selects a byte's field or step, or several bytes as they are."""
        if self.document is None:
            return
        self._tell("")
        self.document.select_bytes(offset, size)
        self._show_selection(self.document.selection)

    def _go_to_offset(self, text: str) -> None:
        sight = self._canvas.sight
        if sight is None:
            return
        try:
            self._canvas.go_to(offset_from(text, sight.cursor, sight.source.size))
        except ValueError as error:
            self._tell(str(error))

    def _step_problem(self, forward: bool) -> None:
        sight = self._canvas.sight
        if sight is None or self.document is None:
            return
        problem = sight.problems.step(self._canvas.selected, forward)
        if problem is not None:
            self.document.select_problem(problem)
            self._tell(f"{problem.severity.capitalize()}: {problem.message}.")

    def _step_unclaimed(self, forward: bool) -> None:
        sight = self._canvas.sight
        if sight is None or self.document is None or self._unclaimed is None:
            return
        span = self._unclaimed.step(sight.cursor, forward)
        if span is not None:
            self.document.select_span(span)

    def _find(self, text: str, forward: bool) -> None:
        sight = self._canvas.sight
        if sight is None or self.document is None:
            return
        try:
            self._pattern_found = pattern_from(text)
        except ValueError as error:
            self._tell(str(error))
            return
        self._tell("Searching…")
        start = sight.cursor + 1 if forward else sight.cursor - 1
        self.document.find_bytes(self._pattern_found, start, backward=not forward)

    def _on_found(self, offset: int | None, reason: str) -> None:
        self._tell(reason)
        if offset is not None:
            self._canvas.reveal(offset)
            self._on_chosen(offset, len(self._pattern_found))

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self._canvas)
        menu.setToolTipsVisible(True)
        for text, tooltip, act in (
            ("&Copy as hex", "Copy the selected bytes in hex", self.copy_text),
            ("Copy &offset", "Copy the offset of the byte at the cursor", self._cursor_text),
        ):
            action = QAction(text, menu)
            action.setToolTip(tooltip)
            action.triggered.connect(lambda _=False, act=act: _copy(act()))
            menu.addAction(action)
        self._add_edits(menu)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._canvas.viewport().mapToGlobal(place))

    def _add_edits(self, menu: QMenu) -> None:
        """Offers to edit the selected bytes, and the field at the cursor."""
        sight, document = self._canvas.sight, self.document
        if sight is None or document is None or not sight.source.size:
            return
        menu.addSeparator()
        leaf = sight.root.leaf_at(sight.cursor)
        if leaf is not None:
            add_field_edit(menu, document, leaf, self, self._tell)
        add_byte_edits(menu, document, self._canvas.selected, self, self._tell)

    def _cursor_text(self) -> str:
        return str(self._canvas.sight.cursor) if self._canvas.sight else ""


def _copy(text: str) -> None:
    if text:
        QGuiApplication.clipboard().setText(text)


def _line_of_text(tooltip: str, *, rich: bool = False) -> Sentence:
    line = Sentence(tooltip, rich=rich)
    line.label.setContentsMargins(4, 0, 4, 0)
    return line
