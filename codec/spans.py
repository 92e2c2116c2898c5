"""Names for every byte of a file: a tree of spans that is made while it is walked.

A span is a byte range with a name, a meaning and a decoded value. The field tree and the hex view are
two looks at the same spans. A layer may have tens of thousands of tiles, so children are sequences
that make their spans when asked, and finding the span of a byte is a search, not a scan.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from codec.struct_layout import Field, Struct


class SpanKind(StrEnum):
    """What role the bytes of a span play; the hex view colours by it."""

    FILE = "file"
    HEADER = "header"
    NAME = "name"
    TABLE = "frequency table"
    SCALE = "scales"
    INDEX = "tile index"
    STREAM = "stream"
    COUNT = "symbol count"
    RENORMALISATION = "renormalisation bytes"
    STATE = "final state"
    RAW = "raw weights"
    PADDING = "padding"
    UNCLAIMED = "unclaimed"


class Spans(Sequence["Span"]):
    """The children of a span, made when asked for."""

    def __init__(self, count: int, make: Callable[[int], Span]) -> None:
        self._count = count
        self._make = make

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Span: ...
    @overload
    def __getitem__(self, index: slice) -> list[Span]: ...
    def __getitem__(self, index: int | slice) -> Span | list[Span]:
        if isinstance(index, slice):
            return [self._make(i) for i in range(*index.indices(self._count))]
        if not -self._count <= index < self._count:
            raise IndexError(index)
        return self._make(index % self._count)

    def locate(self, offset: int) -> int | None:
        """Which child holds the byte at `offset`; None where no child does."""
        return next((i for i, span in enumerate(self) if offset in span), None)

    def next_claim(self, offset: int) -> int | None:
        """Where, behind `offset`, a child begins that may claim bytes of another child; or None."""
        return None


class ListedSpans(Spans):
    """Children that exist already."""

    def __init__(self, spans: Sequence[Span] = ()) -> None:
        super().__init__(len(spans), spans.__getitem__)


class RecordSpans(Spans):
    """Children of one layout, one behind the other: the records of an array."""

    def __init__(self, base: int, stride: int, count: int, make: Callable[[int], Span]) -> None:
        super().__init__(count, make)
        self._base = base
        self._stride = stride

    def locate(self, offset: int) -> int | None:
        """As `Spans.locate`, by division."""
        index = (offset - self._base) // self._stride
        return index if 0 <= index < self._count else None


class ScatteredSpans(Spans):
    """Children anywhere, in any order, perhaps over one another: the streams of the tiles."""

    def __init__(
        self,
        offsets: NDArray[np.integer[Any]],
        sizes: NDArray[np.integer[Any]],
        make: Callable[[int], Span],
    ) -> None:
        super().__init__(len(offsets), make)
        begins = offsets.astype(np.int64)
        ends = begins + sizes.astype(np.int64)
        self._order = np.argsort(begins, kind="stable")
        self._begins, self._ends = begins[self._order], ends[self._order]
        self._reach = np.maximum.accumulate(self._ends) if len(ends) else self._ends

    def locate(self, offset: int) -> int | None:
        """As `Spans.locate`, by bisection; of several claims the one that begins last."""
        last = int(np.searchsorted(self._begins, offset, side="right")) - 1
        if last < 0 or self._reach[last] <= offset:
            return None
        if self._ends[last] <= offset:  # an earlier, longer claim reaches over this one
            last = int(np.flatnonzero(self._ends[: last + 1] > offset)[-1])
        return int(self._order[last])

    def next_claim(self, offset: int) -> int | None:
        """As `Spans.next_claim`, by bisection."""
        following = int(np.searchsorted(self._begins, offset, side="right"))
        return int(self._begins[following]) if following < len(self._begins) else None


@dataclass(frozen=True)
class Span:
    """A named byte range.

    Attributes:
        name: what the bytes are called.
        offset: first byte, from the start of the file.
        size: in bytes; 0 for a span whose bytes are missing.
        kind: the role of the bytes.
        value: the decoded value as a person reads it; "" where there is none.
        meaning: one sentence for a person.
        tensor: index of the tensor that it belongs to, or None.
        tile: index of the tile that it belongs to, or None.
        children: the spans inside this one.
        sparse: whether bytes inside this span may belong to none of its children, and so to
            another span beside this one.
        layout: of a single value, how it stands in the bytes; None where there is none.
    """

    name: str
    offset: int
    size: int
    kind: SpanKind
    value: str = ""
    meaning: str = ""
    tensor: int | None = None
    tile: int | None = None
    children: Spans = field(default_factory=ListedSpans)
    sparse: bool = False
    layout: Field | None = None

    @property
    def end(self) -> int:
        """The offset behind the last byte."""
        return self.offset + self.size

    def __contains__(self, offset: object) -> bool:
        return isinstance(offset, int | np.integer) and bool(self.offset <= offset < self.end)

    def path_to(self, offset: int) -> tuple[int, ...] | None:
        """The child numbers that lead from here to the innermost span of the byte at `offset`.

        Returns:
            () where this span itself is the innermost; None where it does not claim the byte.
        """
        way = self._way_to(offset)
        return None if way is None else tuple(row for row, _ in way)

    def _way_to(self, offset: int) -> tuple[tuple[int, Span], ...] | None:
        """As `path_to`, each child number with its span."""
        if offset not in self:
            return None
        if isinstance(self.children, ListedSpans):
            candidates: Iterator[int] | tuple[int, ...] = iter(range(len(self.children)))
        else:
            found = self.children.locate(offset)
            candidates = () if found is None else (found,)
        for row in candidates:
            child = self.children[row]
            below = child._way_to(offset)
            if below is not None:
                return ((row, child), *below)
        return None if self.sparse else ()

    def descend(self, path: Sequence[int]) -> Span:
        """The span that `path` leads to from here."""
        span = self
        for row in path:
            span = span.children[row]
        return span

    def leaf_at(self, offset: int) -> Span | None:
        """The innermost span of the byte at `offset`; None where it is not in this span."""
        way = self._way_to(offset)
        return None if way is None else (way[-1][1] if way else self)

    def leaves(self, begin: int, end: int) -> Iterator[tuple[Span, int, int]]:
        """The innermost spans of the bytes from `begin` to `end`, each with the range it fills."""
        while begin < end:
            way = self._way_to(begin)
            if way is None:
                return
            trail = [self, *(span for _, span in way)]
            upto = min(_last_claim(trail, begin), end)
            yield trail[-1], begin, upto
            begin = upto

    def regions(self, begin: int, end: int) -> Iterator[tuple[SpanKind, int, int]]:
        """The kinds of the `leaves`, each with the range that its leaf fills.

        Where only kinds are asked for, one record of an array tells about all of them.
        """
        while begin < end:
            way = self._way_to(begin)
            if way is None:
                return
            trail = [self, *(span for _, span in way)]
            array = next((s for s in trail if isinstance(s.children, RecordSpans)), None)
            if array is None:
                upto = min(_last_claim(trail, begin), end)
                yield trail[-1].kind, begin, upto
                begin = upto
            else:
                record = trail[trail.index(array) + 1]
                yield from _regions_of_records(record, begin, min(end, array.end))
                begin = array.end


def _regions_of_records(record: Span, begin: int, end: int) -> Iterator[tuple[SpanKind, int, int]]:
    """`Span.regions` of records that are all like `record`, one behind the other from there."""
    parts = [(part.kind, part.end - record.offset) for part in record.children or (record,)]
    base = record.offset
    while begin < end:
        for kind, reach in parts:
            upto = min(base + reach, end)
            if upto > begin:
                yield kind, begin, upto
                begin = upto
        base += record.size


def _last_claim(trail: Sequence[Span], begin: int) -> int:
    """How far the bytes from `begin` on belong to the last span of `trail`.

    That is to its end, or to where another claim begins inside one of the spans around it.
    """
    claims = [span.children.next_claim(begin) for span in trail]
    return min([max(trail[-1].end, begin + 1), *(claim for claim in claims if claim is not None)])


class FieldSpans(Spans):
    """The fields of a struct that lies at byte `base`, one behind the other."""

    def __init__(self, struct: Struct, base: int, make: Callable[[int], Span]) -> None:
        super().__init__(len(struct.fields), make)
        self._struct, self._base = struct, base

    def locate(self, offset: int) -> int | None:
        """As `Spans.locate`, by bisection."""
        inside = offset - self._base
        if not 0 <= inside < self._struct.size:
            return None
        return bisect_right(self._struct.places, inside, key=lambda place: place[1]) - 1


def struct_spans(
    struct: Struct,
    record: np.void,
    base: int,
    kind: SpanKind,
    tensor: int | None = None,
    tile: int | None = None,
) -> FieldSpans:
    """One span for every field of a struct that lies at byte `base` and holds `record`."""

    def make(number: int) -> Span:
        field, offset, size = struct.places[number]
        return Span(
            field.name,
            base + offset,
            size,
            SpanKind.PADDING if field.name == "padding" else kind,
            field.text(record[field.name]),
            field.meaning,
            tensor,
            tile,
            layout=field,
        )

    return FieldSpans(struct, base, make)


def gaps(
    begins: NDArray[np.int64], sizes: NDArray[np.int64], first: int, end: int
) -> list[tuple[int, int]]:
    """The (offset, size) of every run of bytes in [first, end) that none of the ranges covers."""
    begins, sizes = begins[sizes > 0], sizes[sizes > 0]  # an empty range must not cut a run in two
    order = np.argsort(begins, kind="stable")
    starts = np.concatenate((begins[order], [end]))
    reach = np.maximum.accumulate(np.concatenate(([first], (begins + sizes)[order])))
    holes = np.flatnonzero(starts > reach)
    return [(int(reach[i]), int(min(starts[i], end) - reach[i])) for i in holes if reach[i] < end]
