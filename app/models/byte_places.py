"""Problems, unclaimed bytes and the steps of a trace by where they are in the file.

The hex view asks for one page at a time, or for the next place from the cursor on. Everything here answers
by bisection, so that it makes no difference how large the file is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Framing, Tensor
from codec.problems import Problem
from codec.spans import Span, SpanKind, Spans
from codec.trace import Trace


class ProblemPlaces:
    """The problems of a file by where they are."""

    def __init__(self, problems: Sequence[Problem] = ()) -> None:
        self._problems = sorted(problems, key=lambda p: (p.offset, p.size))
        self._begins = np.array([p.offset for p in self._problems], dtype=np.int64)
        self._ends = np.array([p.offset + max(p.size, 1) for p in self._problems], dtype=np.int64)

    def __len__(self) -> int:
        return len(self._problems)

    def over(self, begin: int, end: int) -> list[Problem]:
        """The problems of any of the bytes [begin, end), or of a place among them."""
        hits = np.flatnonzero((self._begins < end) & (self._ends > begin))
        return [self._problems[hit] for hit in hits]

    def step(self, place: tuple[int, int], forward: bool) -> Problem | None:
        """The next problem behind an (offset, size), or the last one before it, round the end."""
        if not self._problems:
            return None
        places = [(p.offset, p.size) for p in self._problems]
        next_ = bisect_right(places, place) if forward else bisect_left(places, place) - 1
        return self._problems[next_ % len(places)]


class UnclaimedPlaces:
    """The runs of bytes that no part of the layout claims."""

    def __init__(self, root: Span) -> None:
        found = (span.children for span in root.children if span.kind is SpanKind.UNCLAIMED)
        self._spans: Spans = next(found, root.children)
        self._count = len(self._spans) if self._spans is not root.children else 0

    def __len__(self) -> int:
        return self._count

    def step(self, offset: int, forward: bool) -> Span | None:
        """The next run that begins behind `offset`, or the last one before it, round the end."""
        if not self._count:
            return None
        numbers = range(self._count)
        if forward:
            next_ = bisect_right(numbers, offset, key=lambda n: self._spans[n].offset)
        else:
            next_ = bisect_left(numbers, offset, key=lambda n: self._spans[n].offset) - 1
        return self._spans[next_ % self._count]


@dataclass(frozen=True, slots=True)
class WordPlaces:
    """The words of one stream: they fill [begin, end), each `width` bytes; half a word is none."""

    begin: int
    end: int
    width: int

    def within(self, begin: int, end: int) -> range:
        """The offsets of the words of which some byte lies in [begin, end)."""
        first = max(begin - self.begin, 0) // self.width
        last = -(-min(end - self.begin, self.end - self.begin) // self.width)
        whole = (self.end - self.begin) // self.width
        places = range(first, min(last, whole))
        return range(
            self.begin + places.start * self.width,
            self.begin + places.stop * self.width,
            self.width,
        )


def words_of(tensor: Tensor | None, tile: int | None) -> WordPlaces | None:
    """Where the words of a tile's stream lie; None where they are single bytes, or there is no stream."""
    if tensor is None or tile is None or tile >= len(tensor.tiles):
        return None
    record, width = tensor.tiles[tile], tensor.coder.word_bytes
    coded = tensor.coding(tile) is Coding.RANS and bool(record["readable"])
    if width == 1 or not coded or tensor.framing is not Framing.LEADING_STATES:
        return None
    offset = int(record["offset"])
    return WordPlaces(offset + tensor.frame_bytes, offset + int(record["size"]), width)


class StepBytes:
    """Which step of a trace took which byte."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        rows = np.flatnonzero(trace["bytes_read"])
        place = trace["position"][rows].astype(np.int64)
        reach = trace["bytes_read"][rows].astype(np.int64) - 1
        first = place if trace.forward else place - reach
        order = np.argsort(first, kind="stable")
        self._rows, self._first = rows[order], first[order]
        self._last = self._first + reach[order]

    def turns(self, begin: int, end: int) -> NDArray[np.int64]:
        """int64[end - begin]: a number for each byte that it shares with all bytes of its step.

        Steps that took neighbouring bytes differ by 1. It is -1 where no step of the trace took it.
        """
        offsets = np.arange(begin, end, dtype=np.int64)
        turns = np.searchsorted(self._last, offsets).astype(np.int64)
        inside = np.minimum(turns, max(len(self._last) - 1, 0))
        if not len(self._last):
            return np.full(len(offsets), -1, dtype=np.int64)
        taken = (turns < len(self._last)) & (self._first[inside] <= offsets)
        return np.where(taken, turns, -1)

    def row(self, offset: int) -> int | None:
        """The row of the trace whose step took the byte at `offset`; None where none did."""
        turn = int(self.turns(offset, offset + 1)[0])
        return None if turn < 0 else int(self._rows[turn])
