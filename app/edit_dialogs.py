"""The dialogs that ask for an edit, and say, while it is typed, what it would do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QWidget

from app.document import Document
from app.editing import Editing
from codec.edits.byte_edits import BITS, bytes_from
from codec.edits.edit import Edit
from codec.edits.field_edits import LONGEST_SHOWN
from codec.errors import InputError, RanscopeError
from codec.spans import Span

WIDTH = 52
"""Of a dialog, in characters."""


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked for.

    Attributes:
        title: of the dialog.
        label: before what is typed.
        text: what stands there at first.
        rule: what may be typed, as a sentence.
        edit: the edit that a text stands for; raises RanscopeError where it stands for none.
    """

    title: str
    label: str
    text: str
    rule: str
    edit: Callable[[str], Edit]


class EditDialog(QDialog):
    """Asks for a value; `edit` is what it would do, or None as long as it can do nothing."""

    def __init__(self, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit: Edit | None = None
        self._question = question
        self.setWindowTitle(question.title)
        self._line = QLineEdit(question.text)
        self._line.setToolTip(question.rule)
        self._line.selectAll()
        rule, self._says = QLabel(question.rule), QLabel()
        for label in (rule, self._says):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setMinimumWidth(WIDTH * self.fontMetrics().averageCharWidth())
        self._says.setAccessibleName("What the edit does, or why it cannot be made")
        buttons = QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        self._buttons = QDialogButtonBox(buttons)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow(f"{question.label}:", self._line)
        for row in (rule, self._says, self._buttons):
            form.addRow(row)
        self._line.textChanged.connect(self._look)
        self._look(question.text)

    def _look(self, text: str) -> None:
        """Takes the edit, or says why it is none."""
        try:
            self.edit = self._question.edit(text)
            says = self.edit.title
        except RanscopeError as error:
            self.edit = None
            says = error.sentence()
        self._says.setText(f"{says[:1].upper()}{says[1:]}.")
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(self.edit is not None)


def ask_for_field(document: Document, span: Span, parent: QWidget) -> None:
    """Asks what a field shall hold, and edits it.

    Raises:
        InputError, SourceError: it cannot be edited.
    """
    editing = document.editing
    field = editing.field(span)
    _ask(
        editing,
        Question(
            "Edit field",
            field.label,
            field.text,
            field.rule,
            lambda text: editing.field_edit(span, text),
        ),
        parent,
    )


def ask_for_bytes(document: Document, offset: int, size: int, parent: QWidget) -> None:
    """Asks for the bytes that shall stand at an offset, and puts them.

    Args:
        document: whose bytes are edited.
        offset: of the first.
        size: how many are offered to be written over, unless they are too many.
        parent: what the dialog stands over.

    Raises:
        SourceError: they cannot be read.
    """
    editing = document.editing
    shown = editing.source.read(offset, min(size, LONGEST_SHOWN))
    rule = "Pairs of hex digits; they take the place of as many bytes, and the file keeps its size."

    def edit(text: str) -> Edit:
        found = editing.bytes_edit(offset, bytes_from(text))
        if found.before == found.after:
            raise InputError("these bytes stand there already")
        return found

    label = f"Bytes from {offset:,} (0x{offset:X})"
    _ask(editing, Question("Edit bytes", label, shown.hex(" "), rule, edit), parent)


def ask_for_bit(document: Document, offset: int, parent: QWidget) -> None:
    """Asks which bit of a byte shall be flipped, and flips it.

    Raises:
        SourceError: the byte cannot be read.
    """
    editing = document.editing
    value = editing.source.read(offset, 1)[0]
    rule = f"Byte {offset:,} (0x{offset:X}) is {value:02X}, in bits {value:0{BITS}b}; bit 0 stands last."

    def edit(text: str) -> Edit:
        if not text.strip().isdecimal():
            raise InputError(f"write the number of a bit, from 0 to {BITS - 1}")
        return editing.bit_edit(offset, int(text.strip()[:4]))

    _ask(editing, Question("Flip bit", "Bit", "0", rule, edit), parent)


def _ask(editing: Editing, question: Question, parent: QWidget) -> None:
    dialog = EditDialog(question, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def make() -> None:
        if dialog.edit is not None:
            editing.add(dialog.edit)

    dialog.accepted.connect(make)
    dialog.open()
