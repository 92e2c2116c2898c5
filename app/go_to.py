"""The dialog that asks for a byte offset and says, while it is typed, what lies there."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QWidget

from app.offsets import offset_from
from codec.container import Container


class GoToOffset(QDialog):
    """Asks for an offset in a file; `offset` is the answer, or None as long as there is none."""

    def __init__(self, container: Container, cursor: int, parent: QWidget | None = None) -> None:
        """Asks for an offset in `container`, perhaps counted from the offset `cursor`."""
        super().__init__(parent)
        self.setWindowTitle("Go to offset")
        self.offset: int | None = None
        self._container = container
        self._cursor = cursor
        self._edit = QLineEdit()
        self._edit.setPlaceholderText("1234, 0x4d2, +16, -0x10 or end")
        self._edit.setToolTip("A byte offset; after + or - it counts from the selected byte")
        self._found = QLabel()
        self._found.setMinimumWidth(360)
        self._found.setWordWrap(True)
        buttons = QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        self._buttons = QDialogButtonBox(buttons)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow("&Offset:", self._edit)
        form.addRow(self._found)
        form.addRow(self._buttons)
        self._edit.textChanged.connect(self._look)
        self._look("")

    def _look(self, text: str) -> None:
        """Takes the offset, or says why it is none."""
        size = self._container.source.size
        self.offset, says = None, f"The file has {size:,} bytes."
        if text.strip():
            try:
                self.offset = offset_from(text, self._cursor, size)
                says = self._place(self.offset)
            except ValueError as error:
                says = str(error)
        self._found.setText(says)
        ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setEnabled(self.offset is not None)

    def _place(self, offset: int) -> str:
        names, span = [], self._container.root
        for row in span.path_to(offset) or ():
            span = span.children[row]
            names.append(span.name)
        return f"Byte {offset:,} (0x{offset:X}): {' › '.join(names)}"


def ask_for_offset(container: Container, cursor: int, parent: QWidget) -> int | None:
    """The offset that the user wants to go to; None where the dialog was cancelled."""
    dialog = GoToOffset(container, cursor, parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return dialog.offset if accepted else None
