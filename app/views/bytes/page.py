"""One page of the hex view: all that is painted, collected before anything is painted."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.models.bookmarked import ByteMarks
from app.models.byte_places import ProblemPlaces, StepBytes, WordPlaces
from app.models.stepped import Stepped
from app.views.bytes.geometry import Geometry
from codec.edits.overlay import EditedSource
from codec.errors import SourceError
from codec.problems import Problem
from codec.source import Source
from codec.spans import Span, SpanKind


@dataclass(frozen=True, slots=True)
class Row:
    """The bytes of one row, or why they cannot be read, as a sentence."""

    offset: int
    data: bytes
    unread: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Page:
    """What is in sight.

    Attributes:
        geometry: where it stands.
        first_row: the row of the file at the top.
        rows: from the top; none behind the end of the file.
        regions: the kind of each field in sight, with its bytes [begin, end).
        problems: those about any byte in sight.
        turns: int64[n], for each byte in sight which step took it (`StepBytes.turns`); None where no
            trace is there.
        words: the offsets of the words in sight that more than one byte makes, of the selected stream.
        word_bytes: bytes of each.
        selected: (offset, size) of what is selected.
        stepped: what the debugger has done; None where it does nothing.
        cursor: offset of the byte that the keyboard is at.
        digit: the first digit of what is typed there, which waits for the second; or None.
        edited: the ranges [begin, end) of bytes in sight that edits have changed.
        bookmarked: bool[n], for each byte in sight whether a bookmark is on it.
        bookmarks: int64[k], the offsets in sight at which bookmarks begin.
        focused: whether the keyboard is in the view.
    """

    geometry: Geometry
    first_row: int
    rows: tuple[Row, ...]
    regions: list[tuple[SpanKind, int, int]]
    problems: list[Problem]
    turns: NDArray[np.int64] | None
    words: range
    word_bytes: int
    selected: tuple[int, int] | None
    stepped: Stepped | None
    cursor: int
    focused: bool
    digit: int | None
    edited: list[tuple[int, int]]
    bookmarked: NDArray[np.bool_]
    bookmarks: NDArray[np.int64]

    @property
    def begin(self) -> int:
        """Offset of the first byte in sight."""
        return self.first_row * self.geometry.columns


def read_rows(source: Source, first_row: int, count: int, columns: int) -> tuple[Row, ...]:
    """Reads rows, all at once; where that fails, as when the file shrank, one by one."""
    begin = first_row * columns
    end = min(begin + count * columns, source.size)
    offsets = range(begin, end, columns)
    try:
        data = source.read(begin, max(end - begin, 0))
    except SourceError:
        return tuple(_read_row(source, offset, columns) for offset in offsets)
    return tuple(Row(o, data[o - begin : o - begin + columns]) for o in offsets)


def _read_row(source: Source, offset: int, columns: int) -> Row:
    try:
        return Row(offset, source.read(offset, min(columns, source.size - offset)))
    except SourceError as error:
        return Row(offset, b"", error.sentence())


@dataclass(eq=False, slots=True)
class Sight:
    """The file that a hex view shows, and what is known about its bytes."""

    source: Source
    root: Span
    problems: ProblemPlaces
    steps: StepBytes | None = None
    words: WordPlaces | None = None
    selected: tuple[int, int] | None = None
    stepped: Stepped | None = None
    cursor: int = 0
    digit: int | None = None
    bookmarks: list[ByteMarks] = field(default_factory=list)

    def take_over(self, before: Sight) -> None:
        """Stays where the cursor was in another state of the same file."""
        last = self.source.size - 1
        self.cursor, self.digit = min(before.cursor, last), before.digit
        self.selected = before.selected

    def page(self, geometry: Geometry, first_row: int, rows: int, focused: bool) -> Page:
        """What is in sight from `first_row` on."""
        begin = first_row * geometry.columns
        end = min(begin + rows * geometry.columns, self.source.size)
        behind = end + (end == self.source.size)  # what is missing is missing at the end
        return Page(
            geometry,
            first_row,
            read_rows(self.source, first_row, rows, geometry.columns),
            list(self.root.regions(begin, end)),
            self.problems.over(begin, behind),
            None if self.steps is None else self.steps.turns(begin, end),
            range(0) if self.words is None else self.words.within(begin, end),
            1 if self.words is None else self.words.width,
            self.selected,
            self.stepped,
            self.cursor,
            focused,
            self.digit,
            edited_ranges(self.source, begin, end),
            self._bookmarked(begin, end),
            np.concatenate([_NOWHERE, *(each.begins(begin, end) for each in self.bookmarks)]),
        )

    def _bookmarked(self, begin: int, end: int) -> NDArray[np.bool_]:
        """bool[end - begin]: whether a bookmark is on each byte."""
        covered = np.zeros(max(end - begin, 0), dtype=np.bool_)
        for each in self.bookmarks:
            covered |= each.covered(begin, end)
        return covered

    def bookmarks_at(self, offset: int) -> list[int]:
        """Numbers of the bookmarks that are on a byte, or before it."""
        return sorted({number for each in self.bookmarks for number in each.at(offset).tolist()})


_NOWHERE: NDArray[np.int64] = np.zeros(0, dtype=np.int64)


def edited_ranges(source: Source, begin: int, end: int) -> list[tuple[int, int]]:
    """The ranges of the bytes [begin, end) that edits have changed; none where that cannot be read."""
    if not isinstance(source, EditedSource):
        return []
    try:
        return source.ranges_changed(begin, end)
    except SourceError:  # of which the rows tell
        return []
