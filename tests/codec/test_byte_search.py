"""Finding bytes piece by piece against finding them in one go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec import byte_search
from codec.errors import Cancelled
from codec.source import BytesSource

FEW = st.binary(max_size=40).map(lambda data: bytes(byte % 3 for byte in data))


def going_round(data: bytes, pattern: bytes, start: int, backward: bool) -> int | None:
    """The same by looking at every offset, in the order of the search."""
    last = len(data) - len(pattern)
    inside = 0 <= start <= last
    offsets = list(range(last + 1))
    if backward:
        turn = start + 1 if inside else last + 1
        order = [*offsets[:turn][::-1], *offsets[turn:][::-1]]
    else:
        turn = start if inside else 0
        order = [*offsets[turn:], *offsets[:turn]]
    return next((i for i in order if data[i : i + len(pattern)] == pattern), None)


@given(
    data=FEW,
    pattern=FEW.filter(bool).map(lambda data: data[:3]),
    start=st.integers(-2, 42),
    backward=st.booleans(),
    piece=st.integers(1, 7),
)
def test_pieces_miss_nothing_and_keep_the_order(data, pattern, start, backward, piece):
    whole, byte_search.PIECE = byte_search.PIECE, piece
    try:
        found = byte_search.find(BytesSource(data), pattern, start, backward)
    finally:
        byte_search.PIECE = whole
    assert found == going_round(data, pattern, start, backward)


def test_a_search_is_cancelled_between_two_pieces(monkeypatch):
    monkeypatch.setattr(byte_search, "PIECE", 10)
    told = []

    def tick(done, total):
        told.append((done, total))
        if done >= 30:
            raise Cancelled

    with pytest.raises(Cancelled):
        byte_search.find(BytesSource(bytes(100)), b"\1", 0, tick=tick)
    assert told == [(0, 100), (10, 100), (20, 100), (30, 100)]
