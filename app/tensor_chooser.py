"""The line that tells which tensor of the file is shown, and lets another be chosen.

Everything that the window shows is of one tensor at a time. A model has hundreds of them, so the names are
searched by any part of them rather than scrolled through.
"""

from __future__ import annotations

from PySide6.QtCore import QMetaObject, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QWidget,
)

from app.document import Document
from app.elided import ElidedLabel
from app.shortcuts.keymap import KeyTip
from codec.container import Tensor

NAME_WIDTH = 28
"""Characters of a name that the box has room for, at least."""

LONG_NAME_WIDTH = 56
"""Characters that it has room for at most, where the window is wide."""


class TensorChooser(QWidget):
    """Shown for files whose layout names tensors; others hold one, which the file's name stands for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document: Document | None = None
        self._connection: QMetaObject.Connection | None = None
        self._box = _NameBox(self)
        self._previous = _arrow("◀", "Show the tensor before this one", "view.previous_tensor")
        self._next = _arrow("▶", "Show the tensor after this one", "view.next_tensor")
        self._told = ElidedLabel(self)
        label = QLabel("&Tensor")
        label.setBuddy(self._box)
        label.setMinimumWidth(label.sizeHint().width() + 4)  # the last letter reaches beyond that
        line = QHBoxLayout(self)
        line.setContentsMargins(6, 2, 6, 2)
        line.addWidget(label)
        line.addWidget(self._box, 1)
        line.addWidget(self._previous)
        line.addWidget(self._next)
        line.addWidget(self._told, 2)
        self._box.chosen.connect(self._choose)
        self._previous.clicked.connect(lambda: self.step(-1))
        self._next.clicked.connect(lambda: self.step(1))
        self.hide()

    def set_document(self, document: Document | None) -> None:
        """Offers the tensors of another document."""
        if self._connection is not None:
            QObject.disconnect(self._connection)
            self._connection = None
        self._document = document
        tensors = () if document is None else document.container.tensors
        self.setVisible(len(tensors) > 1 or any(t.origin is not None for t in tensors))
        self._box.offer([name_of(tensor) for tensor in tensors])
        for widget in (self._box, self._previous, self._next):
            widget.setEnabled(len(tensors) > 1)
        if document is not None:
            self._connection = document.selection_changed.connect(self._show)
        self._show()

    def step(self, distance: int) -> None:
        """Shows the tensor so many places further, round the ends."""
        document = self._document
        if document is not None and document.container.tensors:
            number = document.selection.tensor + distance
            document.select_tensor(number % len(document.container.tensors))

    def take_focus(self) -> None:
        """Moves the keyboard to where a name is typed."""
        self._box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._box.select_text()

    def _choose(self, tensor: int) -> None:
        if self._document is not None:
            self._document.select_tensor(tensor)
        self._show()

    def _show(self) -> None:
        tensor = None if self._document is None else self._document.tensor
        self._box.show_number(-1 if tensor is None else tensor.index)
        self._told.say("" if tensor is None else tensor_sentence(tensor))


class _NameBox(QComboBox):
    """A list of names of which any part can be typed."""

    chosen = Signal(int)
    """Carries the number of the name that the user chose."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._line = QLineEdit()
        self.setEditable(True)
        self.setLineEdit(self._line)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        KeyTip(
            self, "The tensor that is shown; type any part of another's name", "view.choose_tensor"
        )
        self.setAccessibleName("Tensor")
        self.setMinimumContentsLength(NAME_WIDTH)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMaximumWidth(LONG_NAME_WIDTH * self.fontMetrics().averageCharWidth())
        self.setMaxVisibleItems(24)
        self._completer = QCompleter(self.model(), self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(self._completer)
        self.activated.connect(self.chosen)
        self._line.editingFinished.connect(self._restore)

    def offer(self, names: list[str]) -> None:
        """Offers other names; tells nothing."""
        with QSignalBlocker(self):
            self.clear()
            self.addItems(names)

    def show_number(self, number: int) -> None:
        """Shows a name, by its number; tells nothing."""
        with QSignalBlocker(self):
            self.setCurrentIndex(number)
            self.setEditText(self.itemText(number))

    def select_text(self) -> None:
        """Selects the name, so that typing replaces it."""
        self._line.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the first name that holds what was typed."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            found = self.findText(self.currentText(), Qt.MatchFlag.MatchContains)
            if found >= 0:
                self.chosen.emit(found)
                return
        super().keyPressEvent(event)

    def _restore(self) -> None:
        """Leaves no half-typed name behind."""
        popup = self._completer.popup()
        if popup is None or not popup.isVisible():
            self.setEditText(self.itemText(self.currentIndex()))


def _arrow(text: str, tooltip: str, command: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    KeyTip(button, tooltip, command)
    button.setAccessibleName(tooltip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def name_of(tensor: Tensor) -> str:
    """What a tensor is called; its number where it has no name."""
    return tensor.name or f"tensor {tensor.index:,}"


def tiles_phrase(tensor: Tensor) -> str:
    """How many tiles a tensor has, and of which shape they are but for those at its edges."""
    noun = "tile" if len(tensor.tiles) == 1 else "tiles"
    return f"{len(tensor.tiles):,} {noun} of {tensor.tile_rows:,} × {tensor.tile_cols:,}"


def tensor_sentence(tensor: Tensor) -> str:
    """A tensor in one line: shape, dtype, what it was before, and how it is cut and coded."""
    parts = [f"{tensor.rows:,} × {tensor.cols:,} {tensor.dtype}"]
    parts += _origin_parts(tensor)
    if tensor.refusal:
        return "  ·  ".join([*parts, f"cannot be decoded: {tensor.refusal}"])
    parts.append(tiles_phrase(tensor))
    lanes, run = tensor.interleaving
    if lanes > 1:
        parts.append(f"{lanes:,} lanes, runs of {run:,}")
    coder = tensor.coder
    parts.append(f"{coder.word_bits}-bit words, {coder.scale_bits}-bit table")
    return "  ·  ".join(parts)


def _origin_parts(tensor: Tensor) -> list[str]:
    """What a tensor was before, where that is not what it is."""
    origin = tensor.origin
    if origin is None:
        return []
    parts = []
    if (origin.dtype, origin.shape) != (tensor.dtype, (tensor.rows, tensor.cols)):
        shape = " × ".join(f"{length:,}" for length in origin.shape)
        parts.append(f"was {origin.dtype or 'of another dtype'} {shape}".rstrip())
    scales = _SCALES.get(origin.quantisation, origin.quantisation)
    return [*parts, scales] if scales else parts


_SCALES = {"none": "", "tensor": "one scale", "row": "a scale a row"}
