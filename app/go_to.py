"""The dialog that asks for a byte offset and says, while it is typed, what lies there."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QWidget

from codec.container import Container


class GoToOffset(QDialog):
    """Asks for an offset in a file."""

    def __init__(self, container: Container, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Go to offset")
        self._container = container
        self._edit = QLineEdit()
        self._edit.setPlaceholderText("1234 or 0x4d2")
        self._edit.setToolTip("A byte offset from the start of the file: decimal, or after 0x hex")
        self._found = QLabel(f"The file has {container.source.size:,} bytes.")
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

    @property
    def offset(self) -> int | None:
        """The offset that was typed; None where it is none of this file."""
        offset = parse_offset(self._edit.text())
        return offset if offset is not None and offset < self._container.source.size else None

    def _look(self, text: str) -> None:
        offset = parse_offset(text)
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(self.offset is not None)
        if offset is None:
            size = f"The file has {self._container.source.size:,} bytes."
            self._found.setText(f"{text!r} is no offset. {size}" if text.strip() else size)
        elif self.offset is None:
            self._found.setText(
                f"Byte {offset:,} lies behind the last one, {self._container.source.size - 1:,}."
            )
        else:
            leaf = self._container.root.leaf_at(offset)
            self._found.setText(f"Byte {offset:,} (0x{offset:X}): {leaf.name if leaf else '?'}")


def ask_for_offset(container: Container, parent: QWidget) -> int | None:
    """The offset that the user wants to go to; None where the dialog was cancelled."""
    dialog = GoToOffset(container, parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return dialog.offset if accepted else None


def parse_offset(text: str) -> int | None:
    """The offset that `text` writes: decimal, or hexadecimal after 0x; None where it is neither.

    Spaces, commas and underscores between digits do not count.
    """
    digits = "".join(text.split()).replace(",", "").replace("_", "").lower()
    base = 16 if digits.startswith("0x") else 10
    digits = digits.removeprefix("0x")
    if not digits or not digits.isascii() or not digits.isalnum():
        return None
    try:
        return int(digits, base)
    except ValueError:
        return None
