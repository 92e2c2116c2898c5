"""What is selected, explained in one place: the whole chain from the weight down to the bytes.

The explanation itself is data (`app.models.explanation`); here it becomes a page whose places can be
clicked. The numbers are text: they can be selected, searched and copied.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QTextBrowser, QToolButton, QVBoxLayout, QWidget

from app.document import Document
from app.exporting.table import Table
from app.flow_layout import FlowLayout
from app.models.explanation import (
    Explanation,
    Known,
    Target,
    ToBytes,
    ToSymbol,
    ToTile,
    ToWeight,
    explain,
)
from app.tables.facts import explanation_tables
from app.view import View
from app.views.selection.page import Page
from codec.container import Prediction

NOTHING = "Select a weight, a tile, a step, a byte or a field to see what it is made of."


def known_of(document: Document) -> Known:
    """All that the document knows about its selection."""
    return Known(
        document.container,
        document.selection,
        document.trace,
        document.trace_note,
        document.tile,
        document.report,
        document.problems,
    )


class SelectionView(View):
    """The chain of the selected symbol, or the selected field or tile, in numbers."""

    TITLE = "Selection"
    QUESTION = "How does this weight come out of these bytes, step by step?"
    HELP = (
        "Writes out the whole chain of what is selected, weight ← prediction + residual ← symbol ← slot ← "
        "state ← bytes, with the arithmetic in numbers; for a field or a tile, what it says and means. "
        "Click a place in the text to go there; the text can be selected and copied."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explanation: Explanation | None = None
        self._targets: list[Target] = []
        self._html = ""
        self._stale = False
        self._page = QTextBrowser()
        self._page.setOpenLinks(False)
        self._page.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._page.setAccessibleName("Explanation of the selection")
        self._page.anchorClicked.connect(self._follow)
        self._previous = self._button(
            "◀ Step", "Select the symbol before this one in its tile. Key: ,", ","
        )
        self._next = self._button(
            "Step ▶", "Select the symbol after this one in its tile. Key: .", "."
        )
        self._copy = self._button("Copy all", "Copy the whole explanation as text.")
        self._previous.clicked.connect(lambda: self._step(-1))
        self._next.clicked.connect(lambda: self._step(1))
        self._copy.clicked.connect(lambda: QApplication.clipboard().setText(self.text))
        self._lay_out()

    def _lay_out(self) -> None:
        controls = QWidget()
        flow = FlowLayout(controls)
        flow.setSpacing(4)
        for button in (self._previous, self._next, self._copy):
            flow.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        layout.addWidget(controls)
        layout.addWidget(self._page, 1)
        self.begin_at(self._page)

    def _button(self, text: str, tooltip: str, key: str = "") -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tooltip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if key:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(button.click)
        return button

    # What is shown

    def set_document(self, document: Document | None) -> None:
        """Explains the selection of a document."""
        super().set_document(document)
        if document is not None:
            self.listen(document.selection_changed, self._refresh)
            self.listen(document.trace_changed, self._refresh)
            self.listen(document.checked, self._refresh)
            self.listen(document.tiles_decoded, self._on_tiles)
            self.listen(document.decoder_changed, self._refresh)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Takes up what has changed while the view was hidden."""
        super().showEvent(event)
        if self._stale:
            self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lays the page out for another width."""
        super().resizeEvent(event)
        self._write()

    def theme_changed(self) -> None:
        """Writes the page in the colours of the theme."""
        super().theme_changed()
        self._write()

    @property
    def text(self) -> str:
        """The explanation as plain text; "" where there is none."""
        return "" if self._explanation is None else self._explanation.text

    def copy_text(self) -> str:
        """The selected part of the text, or all of it."""
        return self._page.textCursor().selectedText().replace("\u2029", "\n") or self.text

    def tables(self) -> Sequence[Table]:
        """The facts of the explanation."""
        return explanation_tables(
            None if self.document is None else explain(known_of(self.document))
        )

    def _on_tiles(self, tiles: tuple[int, ...]) -> None:
        document = self.document
        if document is not None and document.selection.tile in tiles:
            self._refresh()

    def _refresh(self) -> None:
        """Explains anew, or later if nobody can see it now."""
        self._stale = not self.isVisible()
        if self._stale:
            return
        document = self.document
        self._explanation = None if document is None else explain(known_of(document))
        if document is not None:
            self.set_empty_text("" if self._explanation is not None else NOTHING)
            self._ask_for_tile(document)
        self._write()

    def _ask_for_tile(self, document: Document) -> None:
        """Asks for the selected tile where the trace alone does not give its weights."""
        tensor, selection = document.tensor, document.selection
        if tensor is None or selection.tile is None or selection.symbol is None:
            return
        windowed = document.trace is not None and document.trace.first_step > 0
        needed = tensor.prediction is Prediction.DIFFERENCED or windowed
        if needed and document.tile(selection.tile) is None:
            document.want_tiles((selection.tile,), "selection")

    def _write(self) -> None:
        """Puts the explanation on the page, staying where the reader is."""
        document = self.document
        symbol = None if document is None else document.selection.symbol
        self._previous.setEnabled(bool(symbol))
        self._next.setEnabled(symbol is not None and symbol + 1 < self._symbols())
        self._copy.setEnabled(self._explanation is not None)
        place = self._page.verticalScrollBar().value()
        page = Page(self._page.fontMetrics(), self._page.viewport().width())
        html = "" if self._explanation is None else page.html(self._explanation)
        self._targets = page.targets
        if html != self._html:  # laying a page out takes longer than writing it
            self._html = html
            self._page.setHtml(html)
            self._page.verticalScrollBar().setValue(place)

    def _symbols(self) -> int:
        """Symbols of the selected tile."""
        document = self.document
        if document is None or document.tensor is None or document.selection.tile is None:
            return 0
        return document.tensor.symbol_count(document.selection.tile)

    # Going elsewhere

    def _follow(self, url: QUrl) -> None:
        """Selects what a link leads to."""
        number = url.fragment()
        if number.isdecimal() and int(number) < len(self._targets):
            self.go(self._targets[int(number)])

    def go(self, target: Target) -> None:
        """Selects a place."""
        document = self.document
        if document is None:
            return
        match target:
            case ToBytes(offset, size):
                document.select_bytes(offset, size)
            case ToWeight(row, col):
                document.select_weight(row, col)
            case ToSymbol(tile, symbol):
                document.select_symbol(tile, symbol)
            case ToTile(tile):
                document.select_tile(tile)

    def _step(self, distance: int) -> None:
        document = self.document
        if document is None:
            return
        selection = document.selection
        if selection.tile is not None and selection.symbol is not None:
            symbol = selection.symbol + distance
            if 0 <= symbol < self._symbols():
                document.select_symbol(selection.tile, symbol)
