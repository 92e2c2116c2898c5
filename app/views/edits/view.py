"""The list of edits: each can be gone to, switched off and removed; all of it can be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.document import Document
from app.editing import AGAINST_ITSELF
from app.exporting.table import Table
from app.flow_layout import FlowLayout
from app.models.edit_table import Column, EditTableModel
from app.shortcuts.keymap import KeyTip
from app.tables.edits import edit_tables
from app.view import View, shows_same_file
from codec.errors import RanscopeError

NO_EDITS = (
    "Nothing is edited. Type hex digits in Bytes, or edit the selected field or flip a bit from the menu Edit: "
    "the file itself stays as it is."
)

WIDTHS = {
    Column.TITLE: 44,
    Column.OFFSET: 12,
    Column.SIZE: 8,
    Column.BEFORE: 16,
    Column.AFTER: 16,
}
"""First widths of the columns, in digits."""


class EditsView(View):
    """The table of edits, and buttons for all of them."""

    TITLE = "Edits"
    QUESTION = "What have I changed of this file, and what does each change do?"
    HELP = (
        "Lists the edits that are laid over the file, the later over the earlier; the file itself is never "
        "written. Each can be switched off by its check box (Space), gone to (Enter) and removed (Delete); "
        "Comparison shows what they do to the weights, and the edited file can be saved as a new one."
    )

    save_wanted = Signal()
    """The user wants to save the edited file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = EditTableModel(self)
        self._told = QLabel()
        self._told.setWordWrap(True)
        self._told.setMargin(4)
        self._told.setToolTip("How many edits there are, and how many of them are in force")
        self._table = EditTable()
        self._table.setModel(self._model)
        self._table.selectionModel().selectionChanged.connect(self._enable)
        self._table.doubleClicked.connect(self._go)
        self._table.gone_to.connect(self._go)
        self._table.removed.connect(self._remove)
        self._table.switched.connect(self._switch)
        self._make_buttons()
        self._arrange()
        self._size_columns()
        self.begin_at(self._table)

    def set_document(self, document: Document | None) -> None:
        """Shows the edits of another document."""
        row = self._table.currentIndex().row() if shows_same_file(self.document, document) else -1
        super().set_document(document)
        if document is not None:
            self.listen(document.work.changed, self._show)
        self._show()
        if row >= 0:
            self._choose(row)

    def theme_changed(self) -> None:
        """Paints the table in the new colours."""
        self._table.viewport().update()

    def tables(self) -> Sequence[Table]:
        """All edits."""
        return edit_tables(self.document)

    # Putting it together

    def _make_buttons(self) -> None:
        self._go_there = _button("Show", "Select the bytes of the chosen edit in Bytes", self._go)
        self._off = _button("Switch on/off", "Switch the chosen edits on or off", self._switch)
        self._removal = _button("Remove", "Remove the chosen edits", self._remove)
        self._seal = _button(
            "Match checksums",
            "Edit the checksums to match the edited bytes; those of tiles' weights stay",
            self._match_checksums,
            "edit.seal",
        )
        self._discard = _button(
            "Discard all", "Remove all edits", self._discard_all, "edit.discard"
        )
        self._compare = _button(
            "Compare",
            "Hold the edited file against the file as it was opened",
            self._compare_with_itself,
            "compare.as_opened",
        )
        self._save = _button(
            "Save as…",
            "Save the edited file as a new one",
            self.save_wanted.emit,
            "file.save_edited",
        )

    def _arrange(self) -> None:
        controls = FlowLayout()
        controls.setContentsMargins(2, 2, 2, 2)
        controls.setSpacing(4)
        for part in (
            self._go_there, self._off, self._removal, self._seal, self._discard, self._compare,
            self._save,
        ):  # fmt: skip
            controls.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(controls)
        column.addWidget(self._told)
        column.addWidget(self._table, 1)

    def _size_columns(self) -> None:
        digit = self.fontMetrics().horizontalAdvance("0")
        for column, digits in WIDTHS.items():
            self._table.setColumnWidth(column, digits * digit)

    # Showing

    def _show(self) -> None:
        """Shows the edits that there are now; the row that was chosen stays chosen."""
        row = self._table.currentIndex().row()
        document = self.document
        self._model.show(None if document is None else document.editing)
        self._choose(min(row, self._model.rowCount() - 1))
        if document is not None:
            count = len(document.editing.edits)
            self._told.setText(_summary(count, document.editing.in_force))
            self._told.setVisible(bool(count))
            self.set_empty_text("" if count else NO_EDITS)
        self._enable()

    def _choose(self, row: int) -> None:
        if 0 <= row < self._model.rowCount():
            self._table.setCurrentIndex(self._model.index(row, Column.TITLE))

    def _enable(self) -> None:
        """Enables what can be done now."""
        document, chosen = self.document, bool(self._rows())
        edited = document is not None and bool(document.editing.edits)
        for part in (self._go_there, self._off, self._removal):
            part.setEnabled(chosen)
        for part in (self._discard, self._compare, self._save):
            part.setEnabled(edited)
        self._seal.setEnabled(document is not None and edited and document.editing.has_checksums)

    def _rows(self) -> list[int]:
        return sorted({index.row() for index in self._table.selectionModel().selectedIndexes()})

    # What the buttons do

    def _go(self, index: QModelIndex | None = None) -> None:
        edit = self._model.edit((index or self._table.currentIndex()).row())
        if edit is not None and self.document is not None:
            self.document.select_bytes(edit.offset, len(edit.after))
            self.panel_wanted.emit("Bytes")

    def _switch(self) -> None:
        rows = self._rows()
        if self.document is not None and rows:
            edits = self.document.editing.edits
            self.document.editing.switch(rows, on=not all(edits[row].enabled for row in rows))

    def _remove(self) -> None:
        rows = self._rows()
        if self.document is not None and rows:
            self.document.editing.remove(rows)

    def _match_checksums(self) -> None:
        """Makes checksums match, or says above the table why that cannot be."""
        if self.document is not None:
            try:
                says = "" if self.document.editing.seal() else "All checksums match."
            except RanscopeError as error:
                says = f"{error.sentence()[:1].upper()}{error.sentence()[1:]}."
            if says:
                self._told.setText(says)

    def _discard_all(self) -> None:
        if self.document is not None:
            self.document.editing.discard_all()

    def _compare_with_itself(self) -> None:
        if self.document is not None:
            self.document.comparing.use(*AGAINST_ITSELF)
            self.panel_wanted.emit("Comparison")


class EditTable(QTableView):
    """A table in which Enter goes to a row, Space switches rows, and Delete removes them."""

    gone_to = Signal()
    switched = Signal()
    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setAccessibleName("Edits of the file")
        self.setToolTip("The edits, in the order in which they are laid over the file")
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setHighlightSections(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Takes the keys that do something with rows."""
        keys = {
            Qt.Key.Key_Return: self.gone_to,
            Qt.Key.Key_Enter: self.gone_to,
            Qt.Key.Key_Space: self.switched,
            Qt.Key.Key_Delete: self.removed,
        }
        wanted = keys.get(Qt.Key(event.key()))
        if wanted is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        else:
            wanted.emit()


def _summary(count: int, in_force: int) -> str:
    edits = "1 edit" if count == 1 else f"{count:,} edits"
    force = "it is in force" if count == in_force == 1 else f"{in_force:,} of them in force"
    return f"{edits}, {force}; the file itself stays as it was opened."


def _button(text: str, tooltip: str, act: Callable[[], object], command: str = "") -> QPushButton:
    button = QPushButton(text)
    if command:
        KeyTip(button, tooltip, command)
    else:
        button.setToolTip(tooltip)
    button.clicked.connect(lambda: act())
    return button
