"""The edits that a context menu offers for a place of the file: its field, its bytes, and each bit of its byte."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.document import Document
from app.edit_dialogs import ask_for_bytes, ask_for_field
from codec.edits.byte_edits import BITS
from codec.errors import RanscopeError
from codec.spans import Span

Tell = Callable[[str], object]
"""Shows a sentence about what cannot be done."""


def add_field_edit(
    menu: QMenu, document: Document, span: Span, parent: QWidget, tell: Tell
) -> None:
    """Offers to edit a field."""
    _add(
        menu,
        "Edit &field…",
        "Put another value into this field; the file itself stays as it is",
        lambda: ask_for_field(document, span, parent),
        tell,
    )


def add_byte_edits(
    menu: QMenu, document: Document, place: tuple[int, int], parent: QWidget, tell: Tell
) -> None:
    """Offers to edit the bytes at an (offset, size), and to flip a bit of the first."""
    offset, size = place
    _add(
        menu,
        "Edit &bytes…",
        "Put other bytes in the place of these; the file itself stays as it is",
        lambda: ask_for_bytes(document, offset, size, parent),
        tell,
    )
    try:
        value = document.editing.source.read(offset, 1)[0]
    except RanscopeError:
        return
    bits = menu.addMenu("F&lip bit")
    bits.setToolTipsVisible(True)
    for bit in reversed(range(BITS)):
        now = value >> bit & 1
        _add(
            bits,
            f"Bit &{bit}: {now} → {1 - now}",
            f"Flip bit {bit} of byte {offset:,}, bit 0 being the least",
            partial(_flip, document, offset, bit),
            tell,
        )


def _flip(document: Document, offset: int, bit: int) -> None:
    document.editing.add(document.editing.bit_edit(offset, bit))


def _add(menu: QMenu, text: str, tooltip: str, act: Callable[[], object], tell: Tell) -> None:
    action = QAction(text, menu)
    action.setToolTip(tooltip)

    def run() -> None:
        try:
            act()
        except RanscopeError as error:
            sentence = error.sentence()
            tell(f"{sentence[:1].upper()}{sentence[1:]}.")

    action.triggered.connect(run)
    menu.addAction(action)
