"""What the views of the divergence say in words, and the lines that they say it in."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from app.comparing import Comparing
from app.document import Document
from codec.comparison.comparison import Comparison
from codec.comparison.output import SideKind
from codec.comparison.side import Side

NO_SIDES = "Choose two sides to compare, in Comparison, to see at which step they part."
NO_TILE = "Select a tile to see at which of its steps the sides part."
NO_TENSOR = "No tensor was found in the file, so there are no steps."


def side_name(side: Side) -> str:
    """What a person calls a side: a decoder's name, or its file's without the folder."""
    return PurePath(side.name).name


def why_nothing(document: Document) -> str:
    """Why there is nothing to say of a document's traces at all; "" where there is something."""
    if document.tensor is None:
        return NO_TENSOR
    comparing = document.comparing
    return comparing.note or NO_SIDES if None in (comparing.left, comparing.right) else ""


def why_no_traces(document: Document) -> str:
    """Why the traces of the selected tile are not there, and what can be done about it."""
    comparing, tile = document.comparing, document.selection.tile
    if tile is None:
        return NO_TILE
    if comparing.left is None or comparing.right is None:
        return ""
    why = _why_sides_have_none(comparing, tile)
    return why or f"The traces of tile {tile:,} are being computed by both sides."


def _why_sides_have_none(comparing: Comparing, tile: int) -> str:
    """Why there is nothing to compare, side by side; "" where no side says so."""
    sides, notes = (comparing.left, comparing.right), comparing.trace_notes
    if notes[0] and notes[0] == notes[1]:
        return finished(notes[0])
    told = [
        f"{place} side{_named(side, note)}: {finished(note)}{_remedy(side, tile, not comparing.note)}"
        for place, side, note in zip(("Left", "Right"), sides, notes, strict=True)
        if note and side is not None
    ]
    return "\n".join(told)


def _named(side: Side, note: str) -> str:
    """The side's name, where the note itself does not give it."""
    name = side_name(side)
    return "" if name in note else f", {name}"


def _remedy(side: Side, tile: int, read: bool) -> str:
    """What can be done about a side without a trace; `read` tells whether its weights could be read at all."""
    match side.kind:
        case SideKind.DUMP:
            return (
                " Put the decoder that wrote it on this side, or a capture with a trace of tile "
                f"{tile:,}; the diagnosis needs no steps."
            )
        case SideKind.CAPTURE if read:
            return f" To see them, capture it again with the option --trace {tile}."
        case _:
            return ""


def finished(note: str) -> str:
    """A note as a sentence; a file's name at its begin is left as it is."""
    text = f"{note[:1].upper()}{note[1:]}" if note.partition(" ")[0].isalpha() else note
    return text if text.endswith((".", "!", "?")) else f"{text}."


def first_tile_note(comparison: Comparison) -> str:
    """Why there is no first tile to go to; "" where there is one."""
    if comparison.first is None:
        return "Both outputs are equal in every weight, so no tile of them parts."
    if comparison.first.tile < 0:
        return (
            "The weights that differ all lie where no tile of the file does: no stream is at fault."
        )
    return ""


def sentence_label(tooltip: str) -> QLabel:
    """A label for sentences, that breaks them into lines rather than widen the window."""
    label = QLabel()
    label.setWordWrap(True)
    label.setMinimumWidth(1)
    label.setToolTip(tooltip)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
