"""What is done with the edits of a file: making them, switching them off, saying what is the matter with one.

An edit is a change of `Work`, so all of it can be undone. The opened file itself is never touched; whoever shows its
bytes sees the edits as soon as the workspace has read it with them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from app.comparing import JUDGE, Comparing
from app.models.span_marks import enclosing
from app.selection import Selection
from app.session.file_work import FileWork
from codec.comparison.side import AS_OPENED, Side
from codec.container import Container
from codec.edits.byte_edits import flip_bit, put_bytes, typed
from codec.edits.edit import Edit
from codec.edits.field_edits import Editable, edit_field, editable
from codec.edits.overlay import EditedSource, base_of, edits_of, over_other_bytes, why_not
from codec.edits.sealing import checksum_edits
from codec.errors import InputError, SourceError
from codec.formats.native import NAME as NATIVE
from codec.source import Source
from codec.spans import Span

LONGEST_EDIT = 1 << 20
"""Bytes that one edit puts at most: all edits are kept in memory, and in the session."""


@dataclass(frozen=True, eq=False)
class Editing:
    """The edits of one document.

    Attributes:
        container: the file as it is shown.
        work: where the edits are kept.
    """

    container: Container
    work: FileWork

    # What there is

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All edits, those that are switched off included."""
        return self.work.now.edits

    @property
    def source(self) -> EditedSource:
        """The bytes with all edits that there are now, which may not be shown yet."""
        return EditedSource(self._base, self.edits)

    @property
    def _base(self) -> Source:
        return base_of(self.container.source)

    @property
    def has_checksums(self) -> bool:
        """Whether the layout has checksums of its bytes, which `seal` can make match."""
        return self.container.format == NATIVE

    @property
    def in_force(self) -> int:
        """How many edits count."""
        return sum(map(self.counts, range(len(self.edits))))

    def counts(self, number: int) -> bool:
        """Whether an edit is in force."""
        return not why_not(self.edits[number], self._base.size)

    def remark(self, number: int) -> str:
        """Why an edit is not in force, or what else is odd about it, as a sentence; "" without."""
        reason = why_not(self.edits[number], self._base.size)
        if reason:
            return f"{reason[0].upper()}{reason[1:]}."
        try:
            other = over_other_bytes(self.edits, number, self._base)
        except SourceError as error:
            return error.sentence()
        return (
            "The file has changed: other bytes stood there when the edit was made." if other else ""
        )

    def field(self, span: Span) -> Editable:
        """A field as it can be edited.

        Raises:
            InputError, SourceError: as `editable`.
        """
        return editable(self.source, self.container.root, span)

    # What an edit would be

    def bit_edit(self, offset: int, bit: int) -> Edit:
        """The edit that flips a bit.

        Raises:
            InputError, SourceError: as `flip_bit`.
        """
        return flip_bit(self.source, offset, bit)

    def bytes_edit(self, offset: int, data: bytes) -> Edit:
        """The edit that puts bytes in the place of those that are there.

        Raises:
            InputError, SourceError: as `put_bytes`; or they are too many.
        """
        if len(data) > LONGEST_EDIT:
            raise InputError(
                f"{len(data):,} bytes are too many for one edit: it takes {LONGEST_EDIT:,}"
            )
        return put_bytes(self.source, offset, data)

    def field_edit(self, span: Span, text: str) -> Edit:
        """The edit that puts what `text` says into a field.

        Raises:
            InputError, SourceError: as `edit_field`.
        """
        return edit_field(self.source, self.container.root, span, text)

    # Changing the list

    def add(self, edit: Edit) -> None:
        """Lays an edit over all others; nothing happens where it changes no byte."""
        if edit.before != edit.after:
            self._change(f"Edit {edit.title}", (*self.edits, edit))

    def type_byte(self, offset: int, value: int) -> None:
        """Puts a byte that was typed; bytes typed one after another are one edit.

        Raises:
            SourceError: as `put_bytes`.
        """
        edit = put_bytes(self.source, offset, bytes([value]))
        if edit.before != edit.after:
            self._change(f"Type {edit.title}", typed(self.edits, edit))

    def switch(self, numbers: Collection[int], *, on: bool) -> None:
        """Puts some edits in force, or out of it."""
        edits = [
            replace(edit, enabled=on) if number in numbers else edit
            for number, edit in enumerate(self.edits)
        ]
        self._change(f"Switch {_counted(numbers)} {'on' if on else 'off'}", tuple(edits))

    def remove(self, numbers: Collection[int]) -> None:
        """Removes some edits."""
        kept = [edit for number, edit in enumerate(self.edits) if number not in numbers]
        self._change(f"Remove {_counted(numbers)}", tuple(kept))

    def discard_all(self) -> None:
        """Removes all edits."""
        self.remove(range(len(self.edits)))

    def seal(self) -> int:
        """Makes all checksums of bytes match; returns how many did not.

        Raises:
            InputError, SourceError: as `checksum_edits`.
        """
        found = checksum_edits(self.source, self.container.format)
        if found:
            count = "a checksum" if len(found) == 1 else f"{len(found):,} checksums"
            self._change(f"Match {count}", (*self.edits, *found))
        return len(found)

    def _change(self, title: str, edits: tuple[Edit, ...]) -> None:
        self.work.change(title, replace(self.work.now, edits=edits))


def _counted(numbers: Collection[int]) -> str:
    return "an edit" if len(numbers) == 1 else f"{len(numbers):,} edits"


def selected_field(container: Container, selection: Selection) -> Span | None:
    """The innermost field that holds all selected bytes; None where none are selected."""
    if selection.span is None:
        return None
    path = enclosing(container.root, *selection.span, selection.tile, selection.tensor)
    return container.root.descend(path)


Sides = tuple[Side | None, Side | None]

AGAINST_ITSELF: tuple[Side, Side] = (AS_OPENED, JUDGE)
"""The sides by which edits are judged: the file as it was opened, and as it is now."""


def sides_after(shown: Container, comparing: Comparing, *, edited: bool) -> Sides:
    """What is compared once a file was read again, or edited.

    With its first edit the file is held against itself as it was opened, unless something else is compared; with its
    last edit that comparison ends. What else was held against the file as opened is held against the judge then.

    Args:
        shown: the file as it was shown before.
        comparing: what was compared.
        edited: whether it has edits in force now.
    """
    sides = comparing.left, comparing.right
    if not edited:
        if set(sides) <= set(AGAINST_ITSELF):
            return (None, None) if AS_OPENED in sides else sides
        left, right = (JUDGE if side == AS_OPENED else side for side in sides)
        return left, right
    first = not edits_of(shown.source)
    return AGAINST_ITSELF if first and sides == (None, None) else sides
