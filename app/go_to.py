"""The dialog that asks for a byte offset and says, while it is typed, what lies there."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.offsets import offset_from
from app.place_dialog import PlaceDialog
from codec.container import Container


class GoToOffset(PlaceDialog):
    """Asks for an offset in a file."""

    def __init__(self, container: Container, cursor: int, parent: QWidget | None = None) -> None:
        """Asks for an offset in `container`, perhaps counted from the offset `cursor`."""
        self._container = container
        self._cursor = cursor
        tip = "A byte offset; after + or - it counts from the selected byte"
        super().__init__("Go to offset", "&Offset:", "1234, 0x4d2, +16, -0x10 or end", tip, parent)

    def place_from(self, text: str) -> int:
        """The offset that a person means."""
        return offset_from(text, self._cursor, self._container.source.size)

    def says_of(self, place: int) -> str:
        """Where in the structure of the file it is."""
        names, span = [], self._container.root
        for row in span.path_to(place) or ():
            span = span.children[row]
            names.append(span.name)
        return f"Byte {place:,} (0x{place:X}): {' › '.join(names)}"

    def extent(self) -> str:
        """How long the file is."""
        return f"The file has {self._container.source.size:,} bytes."


def ask_for_offset(container: Container, cursor: int, parent: QWidget) -> int | None:
    """The offset that the user wants to go to; None where the dialog was cancelled."""
    return GoToOffset(container, cursor, parent).ask()
