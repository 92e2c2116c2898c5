"""An overlay reads as the edited bytes would, whatever lies over what; and only where it may."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.edits.edit import Edit
from codec.edits.overlay import (
    EditedSource,
    base_of,
    edits_of,
    file_below,
    in_force,
    over_other_bytes,
    why_not,
)
from codec.errors import SourceError
from codec.source import BytesSource, FileSource

SIZE = 40


def edit(offset: int, after: bytes, before: bytes | None = None, enabled: bool = True) -> Edit:
    return Edit(offset, bytes(len(after)) if before is None else before, after, "", enabled)


@st.composite
def edits(draw: st.DrawFn) -> list[Edit]:
    """Edits anywhere, over one another and over the end."""
    made = []
    for _ in range(draw(st.integers(0, 8))):
        after = draw(st.binary(min_size=1, max_size=12))
        made.append(edit(draw(st.integers(0, SIZE + 4)), after, enabled=draw(st.booleans())))
    return made


def applied(data: bytes, laid: list[Edit]) -> bytes:
    """The judge: the edits carried out on the bytes, one after another."""
    found = bytearray(data)
    for one in laid:
        if one.enabled and one.offset + len(one.after) <= len(data):
            found[one.offset : one.offset + len(one.after)] = one.after
    return bytes(found)


@given(st.binary(min_size=SIZE, max_size=SIZE), edits(), st.data())
def test_every_way_to_read_gives_the_edited_bytes(
    data: bytes, laid: list[Edit], draw: st.DataObject
) -> None:
    source, expected = EditedSource(BytesSource(data), laid), applied(data, laid)
    offset = draw.draw(st.integers(0, SIZE))
    size = draw.draw(st.integers(0, SIZE - offset))
    assert source.read(offset, size) == expected[offset : offset + size]
    target = np.zeros(size, dtype=np.uint8)
    source.read_into(offset, target)
    assert target.tobytes() == expected[offset : offset + size]
    found = source.array(offset, np.dtype("<u2"), size // 2)
    assert found.tobytes() == expected[offset : offset + size // 2 * 2]


@given(st.binary(min_size=SIZE, max_size=SIZE), edits(), st.data())
def test_the_changed_ranges_are_those_that_differ(
    data: bytes, laid: list[Edit], draw: st.DataObject
) -> None:
    source, expected = EditedSource(BytesSource(data), laid), applied(data, laid)
    begin = draw.draw(st.integers(0, SIZE))
    end = draw.draw(st.integers(begin, SIZE))
    ranges = source.ranges_changed(begin, end)
    inside = [at for first, last in ranges for at in range(first, last)]
    assert inside == [at for at in range(begin, end) if data[at] != expected[at]]
    assert all(first < last for first, last in ranges)


def test_nothing_is_read_outside_the_file() -> None:
    source = EditedSource(BytesSource(b"abcd"), [edit(1, b"X")])
    with pytest.raises(SourceError, match="5 bytes were wanted"):
        source.read(0, 5)
    with pytest.raises(SourceError):
        source.read_into(2, np.zeros(3, dtype=np.uint8))


def test_a_file_that_shrinks_while_it_is_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(100))
    source = EditedSource(FileSource(path), [edit(50, b"X"), edit(90, b"Y")])
    path.write_bytes(bytes(60))
    assert source.read(48, 4) == b"\0\0X\0"
    with pytest.raises(SourceError, match="has shrunk"):
        source.read(80, 20)
    assert source.changed()


def test_an_edit_over_the_end_or_switched_off_does_not_count() -> None:
    laid = (edit(2, b"XY"), edit(3, b"Z", enabled=False))
    assert in_force(laid, 4) == laid[:1]
    assert in_force(laid, 3) == ()
    assert why_not(laid[0], 4) == ""
    assert why_not(laid[0], 3) == "it reaches to byte 4, and the file has 3 bytes now"
    assert why_not(laid[1], 4) == "it is switched off"


def test_an_edit_tells_whether_it_was_made_over_other_bytes() -> None:
    base = BytesSource(b"abcd")
    first, second = edit(0, b"XY", b"ab"), edit(1, b"ZZ", b"Yc")
    assert not over_other_bytes([first, second], 0, base)
    assert not over_other_bytes([first, second], 1, base)
    assert over_other_bytes([second], 0, base)
    assert over_other_bytes([first, second], 0, BytesSource(b"aXcd"))


def test_what_lies_below_is_found(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abcd")
    file = FileSource(path)
    laid = (edit(0, b"X"),)
    edited = EditedSource(file, laid)
    assert base_of(edited) is file
    assert base_of(file) is file
    assert edits_of(edited) == laid
    assert edits_of(file) == ()
    assert file_below(edited) is file
    assert file_below(BytesSource(b"")) is None
    assert not edited.changed()


def test_an_edit_takes_as_many_bytes_as_it_puts() -> None:
    for offset, before, after in ((-1, b"a", b"b"), (0, b"", b""), (0, b"a", b"bc")):
        with pytest.raises(ValueError, match="as many bytes as it takes"):
            Edit(offset, before, after, "")
    assert Edit(3, b"ab", b"cd", "").end == 5
