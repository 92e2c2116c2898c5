"""Finding the span of a byte, and the bytes that have none, against looking at every byte."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.formats import batched, native, open_file
from codec.spans import (
    ListedSpans,
    RecordSpans,
    ScatteredSpans,
    Span,
    SpanKind,
    Spans,
    gaps,
    struct_spans,
)
from codec.struct_layout import Struct
from tests.codec.files import LEGACY

END = 60
RANGES = st.lists(st.tuples(st.integers(0, END), st.integers(0, 20)), max_size=12)

Range = tuple[int, int]


def leaf(offset: int, size: int, name: str = "") -> Span:
    return Span(name or f"{offset}+{size}", offset, size, SpanKind.STREAM)


def scattered(ranges: Sequence[Range]) -> ScatteredSpans:
    table = np.array(ranges, dtype=np.uint64).reshape(-1, 2)
    return ScatteredSpans(table[:, 0], table[:, 1], lambda i: leaf(*ranges[i], name=str(i)))


def covers(place: Range, offset: int) -> bool:
    return place[0] <= offset < place[0] + place[1]


@given(ranges=RANGES)
def test_of_several_claims_the_one_that_begins_last_wins(ranges: list[Range]) -> None:
    spans = scattered(ranges)
    for offset in range(-1, END + 22):
        claims = [(place[0], i) for i, place in enumerate(ranges) if covers(place, offset)]
        assert spans.locate(offset) == (max(claims)[1] if claims else None)


@given(ranges=RANGES)
def test_the_next_claim_is_the_next_beginning(ranges: list[Range]) -> None:
    spans = scattered(ranges)
    for offset in range(-1, END + 2):
        later = [begin for begin, _ in ranges if begin > offset]
        assert spans.next_claim(offset) == min(later, default=None)


@pytest.mark.parametrize("struct", [batched.HEADER, native.TENSOR], ids=lambda s: s.name)
def test_fields_are_found_by_bisection(struct: Struct) -> None:
    record = np.zeros(1, struct.dtype)[0]
    quick = struct_spans(struct, record, 7, SpanKind.HEADER)
    plain = Spans(len(quick), quick.__getitem__)
    for offset in range(5, 7 + struct.size + 2):
        assert quick.locate(offset) == plain.locate(offset)


@given(base=st.integers(0, 30), stride=st.integers(1, 9), count=st.integers(0, 9))
def test_records_are_found_by_division(base: int, stride: int, count: int) -> None:
    def make(i: int) -> Span:
        return leaf(base + i * stride, stride)

    quick, plain = RecordSpans(base, stride, count, make), Spans(count, make)
    for offset in range(base - 2, base + stride * count + 3):
        assert quick.locate(offset) == plain.locate(offset)


@given(
    ranges=RANGES,
    bounds=st.tuples(st.integers(0, END), st.integers(0, END)),
)
def test_gaps_are_the_bytes_that_nothing_covers(ranges: list[Range], bounds: Range) -> None:
    first, end = min(bounds), max(bounds)
    begins = np.array([begin for begin, _ in ranges], dtype=np.int64)
    sizes = np.array([size for _, size in ranges], dtype=np.int64)
    found = gaps(begins, sizes, first, end)
    free = [o for o in range(first, end) if not any(covers(place, o) for place in ranges)]
    assert [o for begin, size in found for o in range(begin, begin + size)] == free
    assert all(size > 0 for _, size in found)
    joints = [(a, b) for a, b in pairwise(found) if sum(a) >= b[0]]
    assert joints == [], "neighbouring gaps are one gap"


def test_children_are_a_sequence() -> None:
    spans = Spans(5, lambda i: leaf(10 * i, 10))
    assert len(spans) == 5
    assert [span.offset for span in spans] == [0, 10, 20, 30, 40]
    assert [span.offset for span in spans[1:4:2]] == [10, 30]
    assert spans[-1].offset == 40
    for index in (5, -6):
        with pytest.raises(IndexError):
            spans[index]


def test_a_span_knows_its_bytes() -> None:
    span = leaf(10, 5)
    assert span.end == 15
    assert [offset in span for offset in (9, 10, 14, 15)] == [False, True, True, False]
    assert 10 not in leaf(10, 0)
    assert "10" not in span


@pytest.fixture
def tree() -> Span:
    """A file of 40 bytes: a header of two fields, streams with holes between them, and the holes."""
    header = Span("header", 0, 8, SpanKind.HEADER, children=ListedSpans([leaf(0, 4), leaf(4, 3)]))
    places = [(8, 10), (25, 5), (12, 4)]
    streams = Span("streams", 8, 22, SpanKind.STREAM, children=scattered(places), sparse=True)
    between = scattered([(18, 7), (30, 10)])
    holes = Span("holes", 18, 22, SpanKind.UNCLAIMED, children=between, sparse=True)
    return Span("file", 0, 40, SpanKind.FILE, children=ListedSpans([header, streams, holes]))


@pytest.mark.parametrize(
    ("offset", "path", "name"),
    [
        (0, (0, 0), "0+4"),
        (4, (0, 1), "4+3"),
        (7, (0,), "header"),
        (8, (1, 0), "0"),
        (12, (1, 2), "2"),
        (15, (1, 2), "2"),
        (16, (1, 0), "0"),
        (18, (2, 0), "0"),
        (25, (1, 1), "1"),
        (30, (2, 1), "1"),
        (39, (2, 1), "1"),
    ],
)
def test_the_way_to_a_byte(tree: Span, offset: int, path: tuple[int, ...], name: str) -> None:
    assert tree.path_to(offset) == path
    assert tree.descend(path).name == name
    found = tree.leaf_at(offset)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("offset", [-1, 40, 1 << 40])
def test_there_is_no_way_to_a_byte_outside(tree: Span, offset: int) -> None:
    assert tree.path_to(offset) is None
    assert tree.leaf_at(offset) is None


def test_leaves_tile_the_range(tree: Span) -> None:
    found = [(span.name, begin, end) for span, begin, end in tree.leaves(2, 33)]
    assert found == [
        ("0+4", 2, 4),
        ("4+3", 4, 7),
        ("header", 7, 8),
        ("0", 8, 12),
        ("2", 12, 16),
        ("0", 16, 18),
        ("0", 18, 25),
        ("1", 25, 30),
        ("1", 30, 33),
    ]
    assert list(tree.leaves(5, 5)) == []
    assert list(tree.leaves(40, 50)) == []


@given(ranges=RANGES, begin=st.integers(0, END))
def test_leaves_agree_with_looking_up_each_byte(ranges: list[Range], begin: int) -> None:
    """So a window of the hex view shows a byte in the same colour wherever it begins."""
    places = [(b, min(s, END - b)) for b, s in ranges]
    holes = gaps(np.array([b for b, _ in places]), np.array([s for _, s in places]), 0, END)
    streams = Span("s", 0, END, SpanKind.STREAM, children=scattered(places), sparse=True)
    rest = Span("h", 0, END, SpanKind.UNCLAIMED, children=scattered(holes), sparse=True)
    root = Span("file", 0, END, SpanKind.FILE, children=ListedSpans([streams, rest]))
    at = begin
    for span, first, last in root.leaves(begin, END):
        assert first == at < last
        same = [root.path_to(offset) for offset in range(first, last)]
        assert set(same) == {root.path_to(first)}
        assert root.descend(same[0] or ()).name == span.name
        at = last
    assert at == max(begin, END)


@pytest.mark.parametrize("path", LEGACY, ids=lambda path: path.name)
def test_every_byte_of_a_real_file_has_a_name(path) -> None:
    root = open_file(path).root
    at = 0
    for span, first, last in root.leaves(0, root.size):
        assert (first, span.offset, span.end) == (at, first, last), "sound files have no overlaps"
        assert span.name
        assert span.kind not in (SpanKind.FILE, SpanKind.UNCLAIMED)
        at = last
    assert at == root.size == path.stat().st_size
