"""The structs against the format document, byte for byte."""

from __future__ import annotations

import numpy as np
import pytest

from codec.formats import batched, wcdc
from codec.struct_layout import Field, Struct

STRUCTS = {
    "batched header": (batched.HEADER, 40),
    "batched table entry": (batched.TABLE_ENTRY, 4),
    "batched index entry": (batched.INDEX_ENTRY, 12),
    "wcdc header": (wcdc.HEADER, 24),
    "wcdc tile record": (wcdc.TILE_RECORD, 1036),
    "wcdc table entry": (wcdc.TABLE_ENTRY, 2),
}
"""Each struct, and the bytes of one record that the format document states."""

PLACES = {
    batched.HEADER: {
        "magic": (0, "<u4"),
        "version": (4, "<u2"),
        "tile_size": (6, "<u2"),
        "rows": (8, "<u4"),
        "cols": (12, "<u4"),
        "num_tiles_row": (16, "<u2"),
        "num_tiles_col": (18, "<u2"),
        "num_tiles": (20, "<u4"),
        "compressed_size": (24, "<u4"),
        "tile_index_offset": (28, "<u4"),
        "tile_data_offset": (32, "<u4"),
        "predictor_mode": (36, "u1"),
        "padding": (37, "V3"),
    },
    wcdc.HEADER: {
        "magic": (0, "<u4"),
        "version": (4, "<u2"),
        "tile_size": (6, "<u2"),
        "num_tiles_row": (8, "<u4"),
        "num_tiles_col": (12, "<u4"),
        "rows": (16, "<u4"),
        "cols": (20, "<u4"),
    },
    batched.INDEX_ENTRY: {
        "offset": (0, "<u4"),
        "size": (4, "<u4"),
        "tile_row": (8, "<u2"),
        "tile_col": (10, "<u2"),
    },
    wcdc.TILE_RECORD: {
        "predictor": (0, "u1"),
        "padding": (1, "V3"),
        "offset": (4, "<u4"),
        "size": (8, "<u4"),
        "unused": (12, "V1024"),
    },
}


@pytest.mark.parametrize("name", STRUCTS)
def test_records_have_the_documented_size(name: str) -> None:
    struct, size = STRUCTS[name]
    assert struct.size == size == struct.dtype.itemsize


@pytest.mark.parametrize("struct", PLACES, ids=lambda struct: struct.name)
def test_fields_lie_where_the_document_says(struct: Struct) -> None:
    placed = {field.name: (offset, np.dtype(field.type)) for field, offset, _ in struct.places}
    assert placed == {name: (o, np.dtype(t)) for name, (o, t) in PLACES[struct].items()}


@pytest.mark.parametrize("name", STRUCTS)
def test_fields_fill_their_record_without_a_gap(name: str) -> None:
    struct, _ = STRUCTS[name]
    end = 0
    for field, offset, size in struct.places:
        assert (offset, size) == (struct.offset_of(field.name), struct.size_of(field.name))
        assert offset == end
        end += size
    assert end == struct.size


@pytest.mark.parametrize("name", STRUCTS)
def test_every_number_is_little_endian_and_explained(name: str) -> None:
    for field in STRUCTS[name][0].fields:
        assert field.type.startswith(("<u", "V"))
        assert field.meaning.endswith(".")


@pytest.mark.parametrize(
    ("field", "raw", "text"),
    [
        (Field("n", "<u4", ""), (1_234_567).to_bytes(4, "little"), "1,234,567"),
        (Field("n", "<u4", "", "hex"), (0xC0DEC111).to_bytes(4, "little"), "0xC0DEC111"),
        (Field("n", "<u2", "", "hex"), b"\x0a\x00", "0x000A"),
        (Field("n", "V3", "", "bytes"), b"\x01\x02\xff", "01 02 ff"),
        (Field("n", "V20", "", "bytes"), bytes(20), "00 " * 15 + "00 …"),
    ],
    ids=["decimal", "hex", "short hex", "bytes", "many bytes"],
)
def test_values_are_written_as_people_read_them(field: Field, raw: bytes, text: str) -> None:
    (value,) = np.frombuffer(raw, Struct("", (field,)).dtype)[field.name]
    assert field.text(value) == text
