"""The dialog that asks for a place by its number and says, while it is typed, what is there."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QWidget

CHARACTERS_WIDE = 48
"""Room for what is said of a place, in characters, before it takes a second line."""


class PlaceDialog(QDialog):
    """Asks for a place; `place` is the answer, or None as long as there is none.

    A subclass is ready to answer `place_from`, `says_of` and `extent` before it calls this `__init__`.
    """

    def __init__(
        self, title: str, label: str, example: str, tip: str, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.place: int | None = None
        self._edit = QLineEdit()
        self._edit.setPlaceholderText(example)
        self._edit.setToolTip(tip)
        self._found = QLabel()
        self._found.setMinimumWidth(self.fontMetrics().averageCharWidth() * CHARACTERS_WIDE)
        self._found.setWordWrap(True)
        buttons = QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        self._buttons = QDialogButtonBox(buttons)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow(label, self._edit)
        form.addRow(self._found)
        form.addRow(self._buttons)
        self._edit.textChanged.connect(self._look)
        self._look("")

    @abstractmethod
    def place_from(self, text: str) -> int:
        """The place that a person means.

        Raises:
            ValueError: it is none, for the reason that the message gives.
        """

    @abstractmethod
    def says_of(self, place: int) -> str:
        """What is there."""

    @abstractmethod
    def extent(self) -> str:
        """Between which places there is a choice; said as long as nothing is typed."""

    def ask(self) -> int | None:
        """The place that the user wants; None where the dialog was cancelled."""
        accepted = self.exec() == QDialog.DialogCode.Accepted
        self.deleteLater()
        return self.place if accepted else None

    def _look(self, text: str) -> None:
        """Takes the place, or says why it is none."""
        self.place, says = None, self.extent()
        if text.strip():
            try:
                self.place = self.place_from(text)
                says = self.says_of(self.place)
            except ValueError as error:
                says = str(error)
        self._found.setText(says)
        ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setEnabled(self.place is not None)
