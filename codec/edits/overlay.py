"""Reads a file as if its edits were in it; every reader above it is none the wiser.

An edit may lie over another, and over the end of a file that has shrunk since it was made: of edits over one byte the
last one counts, and one that does not lie wholly inside the file is not in force.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.edits.edit import Edit
from codec.source import FileSource, Source


class _Piece(NamedTuple):
    """Bytes that stand for others; pieces do not overlap."""

    begin: int
    data: bytes

    @property
    def end(self) -> int:
        """The offset behind the last byte."""
        return self.begin + len(self.data)


class EditedSource(Source):
    """A source with edits laid over it; its size is that of what lies below.

    Attributes:
        base: the bytes without edits.
        edits: those in force, in their order.
    """

    def __init__(self, base: Source, edits: Sequence[Edit]) -> None:
        self.base = base
        self.name, self.size = base.name, base.size
        self.edits = in_force(edits, base.size)
        self._pieces = _laid_over_one_another(self.edits)

    def _pread(self, size: int, offset: int) -> bytes:
        data = self.base._pread(size, offset)
        inside = list(self._within(offset, offset + len(data)))
        if not inside:
            return data
        patched = bytearray(data)
        for at, part in inside:
            patched[at - offset : at - offset + len(part)] = part
        return bytes(patched)

    def read_into(self, offset: int, target: NDArray[np.uint8]) -> None:
        """As `Source.read_into`: what lies below is read straight into `target`, and edited there."""
        self.base.read_into(offset, target)
        for at, part in self._within(offset, offset + len(target)):
            target[at - offset : at - offset + len(part)] = np.frombuffer(part, dtype=np.uint8)

    def changed(self) -> bool:
        """Whether what lies below on disk is no longer what was opened."""
        return self.base.changed()

    def ranges_changed(self, begin: int, end: int) -> list[tuple[int, int]]:
        """The ranges [first, last) of the bytes of [begin, end) that are others than below, in order.

        Raises:
            SourceError: what lies below cannot be read.
        """
        return [
            (at + first, at + last)
            for at, part in self._within(begin, end)
            for first, last in _runs(part, self.base.read(at, len(part)))
        ]

    def _within(self, begin: int, end: int) -> Iterator[tuple[int, bytes]]:
        """What lies over the bytes [begin, end): offset and bytes of each part."""
        for piece in self._pieces[bisect_right(self._pieces, begin, key=_end_of) :]:
            if piece.begin >= end:
                return
            first, last = max(piece.begin, begin), min(piece.end, end)
            yield first, piece.data[first - piece.begin : last - piece.begin]


def in_force(edits: Sequence[Edit], size: int) -> tuple[Edit, ...]:
    """Those of some edits that count in a file of `size` bytes."""
    return tuple(edit for edit in edits if not why_not(edit, size))


def why_not(edit: Edit, size: int) -> str:
    """Why an edit does not count in a file of `size` bytes, as a sentence without a stop; "" where it does."""
    if edit.end > size:
        return f"it reaches to byte {edit.end:,}, and the file has {size:,} bytes now"
    return "" if edit.enabled else "it is switched off"


def over_other_bytes(edits: Sequence[Edit], number: int, base: Source) -> bool:
    """Whether an edit was made over other bytes than there are: the file has changed since.

    A byte that an earlier edit put there, whether that is switched on or not, is no other one.

    Raises:
        SourceError: the bytes cannot be read.
    """
    edit = edits[number]
    before = np.frombuffer(edit.before, dtype=np.uint8)
    alike = before == np.frombuffer(base.read(edit.offset, len(before)), dtype=np.uint8)
    for earlier in edits[:number]:
        first, last = max(earlier.offset, edit.offset), min(earlier.end, edit.end)
        if first < last:
            put = earlier.after[first - earlier.offset : last - earlier.offset]
            here = slice(first - edit.offset, last - edit.offset)
            alike[here] |= before[here] == np.frombuffer(put, dtype=np.uint8)
    return not alike.all()


def base_of(source: Source) -> Source:
    """The bytes without edits."""
    return source.base if isinstance(source, EditedSource) else source


def edits_of(source: Source) -> tuple[Edit, ...]:
    """The edits that a source is read with."""
    return source.edits if isinstance(source, EditedSource) else ()


def file_below(source: Source) -> FileSource | None:
    """The file that a source reads, with or without edits; None where it reads none."""
    base = base_of(source)
    return base if isinstance(base, FileSource) else None


def _end_of(piece: _Piece) -> int:
    return piece.end


def _laid_over_one_another(edits: Sequence[Edit]) -> list[_Piece]:
    """The pieces that are left of edits, the later over the earlier, by their offset."""
    pieces: list[_Piece] = []
    for edit in edits:
        first = bisect_right(pieces, edit.offset, key=_end_of)
        last = bisect_left(pieces, edit.end, lo=first, key=lambda piece: piece.begin)
        pieces[first:last] = _over(pieces[first:last], _Piece(edit.offset, edit.after))
    return pieces


def _over(covered: Sequence[_Piece], piece: _Piece) -> Iterator[_Piece]:
    """`piece`, and what sticks out of those that it covers, on its left and on its right."""
    if covered and covered[0].begin < piece.begin:
        yield _Piece(covered[0].begin, covered[0].data[: piece.begin - covered[0].begin])
    yield piece
    if covered and covered[-1].end > piece.end:
        yield _Piece(piece.end, covered[-1].data[piece.end - covered[-1].begin :])


def _runs(one: bytes, other: bytes) -> Iterator[tuple[int, int]]:
    """The runs [first, last) of places where two byte strings of one length differ."""
    differs = np.frombuffer(one, dtype=np.uint8) != np.frombuffer(other, dtype=np.uint8)
    edges = np.flatnonzero(np.diff(differs, prepend=False, append=False))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
