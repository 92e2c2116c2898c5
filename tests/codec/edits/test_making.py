"""Edits of bits, bytes and fields: what they put, what they are called, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.container import Container
from codec.edits.byte_edits import bytes_from, flip_bit, put_bytes, typed
from codec.edits.edit import Edit
from codec.edits.field_edits import edit_field, editable, value_bytes
from codec.edits.overlay import EditedSource
from codec.errors import InputError, SourceError
from codec.formats import parse
from codec.source import BytesSource
from codec.spans import Span
from codec.struct_layout import Field
from tests.codec.files import batched_file, noise, parsed, wcdc_file
from tests.codec.native_files import mixed, native_bytes

BATCHED = parsed(batched_file(noise(20, 27), 10))
WCDC = parsed(wcdc_file(noise(20, 27), 10))
NATIVE = parsed(native_bytes(mixed()))


def span_of(container: Container, *names: str) -> Span:
    """The span that names lead to, each the begin of one."""
    span = container.root
    for name in names:
        span = next(child for child in span.children if child.name.startswith(name))
    return span


def edited(container: Container, text: str, *names: str) -> tuple[Edit, Container]:
    made = edit_field(container.source, container.root, span_of(container, *names), text)
    return made, parse(EditedSource(container.source, [made]))


def refusal(container: Container, text: str, *names: str) -> str:
    with pytest.raises(InputError) as caught:
        edit_field(container.source, container.root, span_of(container, *names), text)
    return caught.value.sentence()


# Bits and bytes


@given(st.binary(min_size=1, max_size=20), st.data())
def test_flipping_a_bit_changes_that_bit_alone(data: bytes, draw: st.DataObject) -> None:
    offset, bit = draw.draw(st.integers(0, len(data) - 1)), draw.draw(st.integers(0, 7))
    made = flip_bit(BytesSource(data), offset, bit)
    found = EditedSource(BytesSource(data), [made]).read(0, len(data))
    assert int.from_bytes(found, "little") ^ int.from_bytes(data, "little") == 1 << 8 * offset + bit


def test_edits_of_bytes_are_named() -> None:
    source = BytesSource(bytes(range(200)))
    assert flip_bit(source, 18, 3).title == "bit 3 of byte 18 (0x12): 12 → 1A"
    assert put_bytes(source, 18, b"\xff").title == "byte 18 (0x12): 12 → FF"
    many = put_bytes(source, 18, bytes(6)).title
    assert many == "6 bytes from 18 (0x12): 12 13 14 15 … → 00 00 00 00 …"


def test_bits_and_bytes_that_are_not_there_are_refused() -> None:
    source = BytesSource(b"abc")
    with pytest.raises(InputError, match="bits 0 to 7, and no bit 8"):
        flip_bit(source, 0, 8)
    with pytest.raises(SourceError):
        flip_bit(source, 3, 0)
    with pytest.raises(SourceError):
        put_bytes(source, 2, b"XY")
    with pytest.raises(InputError, match="no bytes"):
        put_bytes(source, 2, b"")


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 255)), min_size=1, max_size=12))
def test_typing_on_joins_and_reads_as_single_edits_would(keys: list[tuple[int, int]]) -> None:
    base = BytesSource(bytes(range(100, 106)))
    joined: tuple[Edit, ...] = ()
    expected = bytearray(base.read(0, 6))
    for offset, value in keys:
        made = put_bytes(EditedSource(base, joined), offset, bytes([value]))
        joined = typed(joined, made)
        expected[offset] = value
    found = EditedSource(base, joined)
    assert found.read(0, 6) == bytes(expected)
    for one in joined:
        assert (
            EditedSource(base, joined[: joined.index(one)]).read(one.offset, len(one.before))
            == one.before
        )


def test_bytes_typed_one_behind_the_other_are_one_edit() -> None:
    base = BytesSource(bytes(10))
    joined: tuple[Edit, ...] = ()
    for offset, value in enumerate(b"\x01\x02\x03", 4):
        joined = typed(joined, put_bytes(EditedSource(base, joined), offset, bytes([value])))
    assert [(one.offset, one.after) for one in joined] == [(4, b"\x01\x02\x03")]
    assert joined[0].title == "3 bytes from 4 (0x4): 00 00 00 → 01 02 03"
    apart = typed(joined, put_bytes(base, 8, b"x"))
    assert len(apart) == 2
    behind_a_flip = typed((flip_bit(base, 0, 0),), put_bytes(base, 1, b"x"))
    assert len(behind_a_flip) == 2


def test_bytes_are_written_as_hex() -> None:
    assert bytes_from(" DE ad\tbeef ") == bytes_from("0xDEADBEEF") == bytes.fromhex("deadbeef")
    for text in ("", "  ", "abc", "xy"):
        with pytest.raises(InputError, match="pairs of hex digits"):
            bytes_from(text)


# Fields


def test_fields_of_every_layout_take_numbers() -> None:
    header, changed = edited(BATCHED, "0x1F", "header", "rows")
    assert header.title == "header, rows: 20 → 31"
    assert header.offset == 8
    assert changed.tensors[0].rows == 31
    start = int(BATCHED.tensors[0].table.starts[129])
    freq, changed = edited(BATCHED, "1,234", "frequency table", "symbol 128", "freq")
    assert freq.title.startswith("symbol 128, freq: ")
    assert changed.tensors[0].table.frequencies[128] == 1234
    assert changed.tensors[0].table.starts[129] == start
    index, changed = edited(BATCHED, "7", "tile index", "tile 2", "size")
    assert index.title.startswith("tile 2 (row 0, column 2), size: ")
    assert changed.tensors[0].tiles["size"][2] == 7
    _, changed = edited(WCDC, "0", "frequency table", "symbol 128")
    assert changed.tensors[0].table.frequencies[128] == 0
    _, changed = edited(WCDC, "1_000", "tile streams", "tile 1", "final state")
    assert changed.frame(changed.tensors[0], 1).state == 1000
    _, changed = edited(
        NATIVE, "9", "tensors", "tensor block.0.mixed", "frequency table", "symbol 1"
    )
    assert changed.tensors[0].table.frequencies[1] == 9
    assert any(problem.code == "checksum" for problem in changed.problems)


def test_names_scales_states_and_opaque_bytes_are_edited() -> None:
    _, changed = edited(NATIVE, "block.0.MIXED", "names", "name 0")
    assert changed.tensors[0].name == "block.0.MIXED"
    made, _ = edited(NATIVE, "00 01 02 03 04 05 06 07", "header", "reserved")
    assert made.after == bytes(range(8))
    tile = "tensors", "tensor block.0.odd", "streams", "tile streams", "tile 0"
    made, changed = edited(NATIVE, "65536", *tile, "states", "state of lane 0")
    assert made.after == b"\0\0\1\0"
    assert changed.frame(changed.tensors[1], 0).state == 65536


def test_a_field_offers_what_it_holds_and_says_what_it_takes() -> None:
    span = span_of(BATCHED, "header", "magic")
    field = editable(BATCHED.source, BATCHED.root, span)
    assert (field.label, field.text) == ("header, magic", "0xC0DEC111")
    assert field.rule == "Integers from 0 to 4,294,967,295; in decimal, or in hex after 0x."
    padding = editable(BATCHED.source, BATCHED.root, span_of(BATCHED, "header", "padding"))
    assert (padding.text, padding.rule) == ("00 00 00", "3 bytes, as pairs of hex digits.")
    name = editable(NATIVE.source, NATIVE.root, span_of(NATIVE, "names", "name 3"))
    assert (name.text, name.rule) == ("Größe", "7 bytes, as UTF-8 text.")


def test_what_does_not_fit_is_refused_with_the_limits() -> None:
    rows = "header", "rows"
    told = refusal(BATCHED, str(1 << 32), *rows)
    assert told == "rows takes integers from 0 to 4,294,967,295, and 4,294,967,296 does not fit"
    assert "-1 does not fit" in refusal(BATCHED, "-1", *rows)
    assert "no number of 5,002 digits" in refusal(BATCHED, f"0x{'f' * 5000}", *rows)
    assert refusal(BATCHED, "20", *rows) == "header, rows is 20 already"
    assert "is no number for rows" in refusal(BATCHED, "twenty", *rows)
    assert "(nothing) is no number" in refusal(BATCHED, " ", *rows)
    assert refusal(BATCHED, "00 01", "header", "padding") == "padding has 3 bytes, and these are 2"
    assert "name 0 has 13 bytes, and these are 5" in refusal(NATIVE, "query", "names", "name 0")
    assert "made of parts" in refusal(BATCHED, "1", "header")
    stream = "tile streams", "tile 0", "renormalisation bytes"
    assert "edit them in Bytes" in refusal(BATCHED, "1", *stream)


def test_a_field_without_bytes_is_refused() -> None:
    lost = Span("nothing", 4, 0, BATCHED.root.kind)
    with pytest.raises(InputError, match="no bytes of nothing"):
        editable(BATCHED.source, BATCHED.root, lost)


def test_signed_numbers_and_floats() -> None:
    signed, scale = Field("constant", "<i1", ""), Field("scale", "<f4", "")
    assert value_bytes(signed, "-128") == b"\x80"
    assert value_bytes(signed, "007") == b"\x07"
    assert value_bytes(scale, "0.5") == b"\x00\x00\x00\x3f"
    assert value_bytes(scale, "inf") == b"\x00\x00\x80\x7f"
    for field, text in ((signed, "128"), (scale, "1e40"), (scale, "x"), (signed, "1.5")):
        with pytest.raises(InputError):
            value_bytes(field, text)


@given(st.text(max_size=12))
def test_any_text_is_taken_or_refused(text: str) -> None:
    for kind in ("<u2", "<i1", "<u8", "<f4", "V3"):
        try:
            found = value_bytes(Field("field", kind, ""), text)
        except InputError:
            continue
        assert len(found) == int(kind[-1])


def test_of_many_bytes_those_that_change_are_shown() -> None:
    source = BytesSource(bytes(range(16)))
    titles = [
        put_bytes(source, 0, bytes([*range(size - 1), 255])).title.split(": ")[1]
        for size in (2, 5, 9)
    ]
    assert titles == [
        "00 01 → 00 FF",
        "… 01 02 03 04 → … 01 02 03 FF",
        "… 05 06 07 08 → … 05 06 07 FF",
    ]
    middle = bytes([0, 1, 2, 99, 4, 5, 6, 7, 8])
    assert put_bytes(source, 0, middle).title.endswith("… 03 04 05 06 … → … 63 04 05 06 …")
    signature = edited(NATIVE, "89 52 53 43 00 00 00 00", "header", "signature")[0]
    assert signature.title == "header, signature: … 0D 0A 1A 0A → … 00 00 00 00"
