"""The batched layout: what is read from a sound file, and what every wrong field is called."""

from __future__ import annotations

import numpy as np
import pytest

from codec.container import Prediction
from codec.decoders.base import Decoder
from codec.errors import InputError
from codec.formats import batched
from codec.formats.batched import HEADER, INDEX_ENTRY, INDEX_OFFSET, TABLE_ENTRY, TABLE_OFFSET
from codec.formats.findings import KEPT_PER_CODE
from codec.frequency import FrequencyTable
from codec.problems import Problem
from codec.spans import SpanKind
from codec.struct_layout import Struct
from tests.codec.files import (
    batched_file,
    field_of,
    noise,
    only_tensor,
    parsed,
    stream_place,
    with_bytes,
    with_field,
)

WEIGHTS = noise(7, 6)
FILE = batched_file(WEIGHTS, 4)
DATA_OFFSET = INDEX_OFFSET + 4 * INDEX_ENTRY.size


def entry(tile: int) -> int:
    return INDEX_OFFSET + tile * INDEX_ENTRY.size


def codes(data: bytes) -> list[str]:
    return [problem.code for problem in parsed(data).problems]


def only_problem(data: bytes) -> Problem:
    (problem,) = parsed(data).problems
    return problem


def test_a_sound_file() -> None:
    container = parsed(FILE, "layers/query.batched")
    assert (container.format, container.problems) == ("batched", ())
    tensor = only_tensor(container)
    assert (tensor.name, tensor.dtype) == ("query", "int8")
    assert (tensor.rows, tensor.cols, tensor.tile_rows, tensor.tile_cols) == (7, 6, 4, 4)
    assert (tensor.grid_rows, tensor.grid_cols, tensor.refusal) == (2, 2, "")
    assert (tensor.prediction, tensor.padded) == (Prediction.FLAT_LEFT, True)
    assert [(int(t["row"]), int(t["col"])) for t in tensor.tiles] == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    ]
    assert tensor.tiles["offset"][0] == DATA_OFFSET
    ends = tensor.tiles["offset"] + tensor.tiles["size"]
    np.testing.assert_array_equal(ends[:-1], tensor.tiles["offset"][1:])
    assert ends[-1] == len(FILE)


def test_edge_tiles_are_cut_but_coded_whole() -> None:
    tensor = only_tensor(parsed(FILE))
    assert [tensor.rectangle(t)[:] for t in range(4)] == [
        (0, 0, 4, 4),
        (0, 4, 4, 2),
        (4, 0, 3, 4),
        (4, 4, 3, 2),
    ]
    assert [tensor.coded_shape(t) for t in range(4)] == [(4, 4)] * 4
    assert tensor.weight_of(3, 0) == (4, 4)
    assert tensor.weight_of(3, 5) == (5, 5)
    assert tensor.weight_of(3, 2) is None
    assert tensor.weight_of(3, 12) is None


def test_a_weight_and_its_symbol_are_two_names_of_one_place() -> None:
    tensor = only_tensor(parsed(FILE))
    for row in range(7):
        for col in range(6):
            tile = tensor.tile_at(row, col)
            assert tile is not None
            assert tensor.weight_of(tile, tensor.symbol_at(tile, row, col)) == (row, col)
    for outside in ((-1, 0), (0, -1), (7, 0), (0, 6)):
        assert tensor.tile_at(*outside) is None


def cases() -> list[tuple[str, int, set[str]]]:
    """(field, value, codes): every field at 0, 1, beside its value, and at its maximum."""
    shape_and_index = {"grid-shape", "tile-count", "tile-position"}
    return [
        *[("version", value, {"version"}) for value in (0, 2, 0xFFFF)],
        ("tile_size", 0, {"tile-size", "tile-position"}),
        ("tile_size", 1, shape_and_index),
        ("tile_size", 3, {"grid-shape", "tile-count"}),
        ("tile_size", 0xFFFF, shape_and_index | {"implausible-size"}),
        ("rows", 0, {"empty-shape", "grid-shape", "tile-count"}),
        ("rows", 1, {"grid-shape", "tile-count"}),
        ("rows", 9, {"grid-shape", "tile-count"}),
        ("rows", 0xFFFFFFFF, {"grid-shape", "tile-count", "implausible-size"}),
        ("cols", 0, {"empty-shape", *shape_and_index}),
        ("cols", 1, shape_and_index),
        ("cols", 9, shape_and_index),
        ("cols", 0xFFFFFFFF, shape_and_index | {"implausible-size"}),
        *[("num_tiles_row", value, {"grid-shape"}) for value in (0, 1, 3, 0xFFFF)],
        *[("num_tiles_col", value, {"grid-shape"}) for value in (0, 1, 3, 0xFFFF)],
        *[("num_tiles", value, {"tile-count"}) for value in (0, 1, 3, 5, 0xFFFFFFFF)],
        *[
            ("compressed_size", value, {"file-size"})
            for value in (0, 1, len(FILE) - 1, len(FILE) + 1, 0xFFFFFFFF)
        ],
        *[("tile_index_offset", value, {"section-overlap"}) for value in (0, 1, INDEX_OFFSET - 1)],
        ("tile_index_offset", INDEX_OFFSET + 1, {"section-offset"}),
        ("tile_index_offset", len(FILE) + 1, {"section-offset"}),
        ("tile_index_offset", 0xFFFFFFFF, {"section-offset"}),
        *[("tile_data_offset", value, {"section-overlap"}) for value in (0, 1, DATA_OFFSET - 1)],
        (
            "tile_data_offset",
            DATA_OFFSET + 1,
            {"tile-bounds", "unclaimed-bytes"},
        ),
        ("tile_data_offset", 0xFFFFFFFF, {"section-offset"}),
        *[("predictor_mode", value, {"predictor"}) for value in (1, 2, 3, 0xFF)],
    ]


@pytest.mark.parametrize(("field", "value", "expected"), cases())
def test_a_wrong_header_field_is_called_by_its_name(
    field: str, value: int, expected: set[str]
) -> None:
    container = parsed(with_field(FILE, HEADER, field, value))
    assert {problem.code for problem in container.problems} == expected
    of_field = [p for p in container.problems if p.message.startswith(f"{field} is ")]
    for problem in of_field:
        assert (problem.offset, problem.size) == (HEADER.offset_of(field), HEADER.size_of(field))
        assert problem.found == f"{value:,}"
        assert f"{value:,}" in problem.message


def values_tried(field: str) -> list[int]:
    return [value for name, value, _ in cases() if name == field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (field, value)
        for field in (
            "version",
            "num_tiles_row",
            "num_tiles_col",
            "num_tiles",
            "compressed_size",
            "tile_index_offset",
        )
        for value in values_tried(field)
    ]
    + [("tile_data_offset", value) for value in (0, 1, DATA_OFFSET - 1, 0xFFFFFFFF)],
)
def test_weights_survive_a_field_that_others_make_up_for(
    field: str, value: int, reference: Decoder
) -> None:
    """What one header field says wrongly, the shape and the other offsets still tell."""
    container = parsed(with_field(FILE, HEADER, field, value))
    decoded = reference.decode(container, only_tensor(container))
    np.testing.assert_array_equal(decoded.weights, WEIGHTS)


@pytest.mark.parametrize("at", [37, 38, 39])
def test_padding_that_is_not_zero(at: int) -> None:
    problem = only_problem(with_bytes(FILE, at, b"\x07"))
    assert (problem.code, problem.offset, problem.size) == ("padding", 37, 3)


def test_a_shape_whose_product_wraps_is_refused() -> None:
    """65536 × 65536 × 65536 × 65536 is 0 in 64 bits; 2^16 × 2^16 is 0 in 32."""
    for rows, cols in ((1 << 16, 1 << 16), (1 << 31, 1 << 31), (0xFFFFFFFF, 0xFFFFFFFF)):
        data = with_field(with_field(FILE, HEADER, "rows", rows), HEADER, "cols", cols)
        tensor = only_tensor(parsed(data))
        assert f"claims {rows * cols:,} weights" in tensor.refusal
        assert "implausible-size" in codes(data)


def with_entry(symbol: int, field: str, value: int) -> bytes:
    return with_field(FILE, TABLE_ENTRY, field, value, TABLE_OFFSET + symbol * TABLE_ENTRY.size)


def used(data: bytes) -> list[int]:
    symbols: list[int] = np.flatnonzero(only_tensor(parsed(data)).table.frequencies).tolist()
    return symbols


def test_a_wrong_sum_of_frequencies() -> None:
    symbol = used(FILE)[-1]
    offset = TABLE_OFFSET + symbol * TABLE_ENTRY.size
    found = int(field_of(FILE, TABLE_ENTRY, "freq", offset))
    problem = only_problem(with_entry(symbol, "freq", found - 1))
    assert (problem.code, problem.offset, problem.size) == ("table-sum", TABLE_OFFSET, 1024)
    assert (problem.expected, problem.found) == ("4,096", "4,095")
    tensor = only_tensor(parsed(with_entry(symbol, "freq", found - 1)))
    assert tensor.refusal == "", "slots without an owner harm only streams that point at them"
    tensor = only_tensor(parsed(with_entry(symbol, "freq", found + 1)))
    assert tensor.refusal == "the frequencies sum to 4,097 where there are 4,096 slots"


def test_a_wrong_start() -> None:
    symbol = used(FILE)[3]
    offset = TABLE_OFFSET + symbol * TABLE_ENTRY.size
    found = int(field_of(FILE, TABLE_ENTRY, "start", offset))
    data = with_entry(symbol, "start", found + 1)
    problem = only_problem(data)
    assert (problem.code, problem.offset, problem.size) == ("table-start", offset, 4)
    assert (problem.expected, problem.found) == (f"{found:,}", f"{found + 1:,}")
    assert "both own slot" in only_tensor(parsed(data)).refusal


def test_the_start_of_an_absent_symbol_is_nobodys_business() -> None:
    (absent, *_) = sorted(set(range(256)) - set(used(FILE)))
    assert codes(with_entry(absent, "start", 999)) == []


@pytest.mark.parametrize("frequency", [4097, 0xFFFF])
def test_a_frequency_above_the_total(frequency: int) -> None:
    tensor = only_tensor(parsed(with_entry(0, "freq", frequency)))
    assert "4,096 slots" in tensor.refusal


@pytest.mark.parametrize(
    ("field", "value"), [("tile_row", 1), ("tile_row", 0xFFFF), ("tile_col", 1), ("tile_col", 9)]
)
def test_a_tile_at_another_place(field: str, value: int) -> None:
    problem = only_problem(with_field(FILE, INDEX_ENTRY, field, value, entry(0)))
    assert (problem.code, problem.tile) == ("tile-position", 0)
    assert (problem.offset, problem.size) == (entry(0) + 8, 4)
    assert problem.expected == "row 0, column 0"


def test_rows_and_columns_exchanged(decoder: Decoder) -> None:
    data = FILE
    for tile, (row, col) in enumerate([(0, 0), (1, 0), (0, 1), (1, 1)]):
        data = with_field(data, INDEX_ENTRY, "tile_row", row, entry(tile))
        data = with_field(data, INDEX_ENTRY, "tile_col", col, entry(tile))
    container = parsed(data)
    assert [(p.code, p.tile) for p in container.problems] == [
        ("tile-position", 1),
        ("tile-position", 2),
    ]
    weights = decoder.decode(container, only_tensor(container)).weights
    np.testing.assert_array_equal(weights[:4, :4], WEIGHTS[:4, :4])
    np.testing.assert_array_equal(weights[:3, 4:], WEIGHTS[4:, :2])


def test_an_index_in_another_order_decodes(decoder: Decoder) -> None:
    entries = [FILE[entry(tile) : entry(tile + 1)] for tile in range(4)]
    data = with_bytes(FILE, entry(0), b"".join(entries[::-1]))
    container = parsed(data)
    found = [problem.code for problem in container.problems]
    assert found == ["tile-position"] * 4 + ["tile-order"]
    decoded = decoder.decode(container, only_tensor(container))
    np.testing.assert_array_equal(decoded.weights, WEIGHTS)


def test_two_tiles_at_one_place_of_the_file() -> None:
    first, size = stream_place(FILE, 0)
    data = with_field(FILE, INDEX_ENTRY, "offset", 0, entry(1))
    container = parsed(data)
    overlap, *rest = container.problems
    assert (overlap.code, overlap.offset, overlap.tile) == ("tile-overlap", first, 1)
    assert 0 < overlap.size <= size
    assert {problem.code for problem in rest} <= {"unclaimed-bytes", "tile-overlap"}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("offset", 0xFFFFFFFF, "tile-bounds"),
        ("size", 0xFFFFFFFF, "tile-bounds"),
        ("size", 7, "stream-size"),
        ("size", 0, "stream-size"),
    ],
)
def test_a_stream_that_cannot_be_read(field: str, value: int, code: str, decoder: Decoder) -> None:
    container = parsed(with_field(FILE, INDEX_ENTRY, field, value, entry(2)))
    assert [(p.code, p.tile) for p in container.problems if p.tile is not None] == [(code, 2)]
    tensor = only_tensor(container)
    assert tensor.tiles["readable"].tolist() == [True, True, False, True]
    decoded = decoder.decode(container, tensor)
    assert decoded.failed.tolist() == [2]
    np.testing.assert_array_equal(decoded.weights[:4], WEIGHTS[:4])
    assert not decoded.weights[4:, :4].any()
    np.testing.assert_array_equal(decoded.weights[4:, 4:], WEIGHTS[4:, 4:])


def test_bytes_behind_the_last_stream() -> None:
    data = with_field(FILE + b"more", HEADER, "compressed_size", len(FILE) + 4)
    problem = only_problem(data)
    assert (problem.code, problem.offset, problem.size) == ("trailing-bytes", len(FILE), 4)
    assert parsed(data).root.children[-1].kind is SpanKind.UNCLAIMED


def test_sections_may_lie_apart(decoder: Decoder) -> None:
    """Legal, and shown as bytes that nothing claims: between table and index, and before the streams."""
    moved = FILE[:INDEX_OFFSET] + b"\xaa" * 5 + FILE[INDEX_OFFSET:DATA_OFFSET] + b"\xbb" * 3
    data = moved + FILE[DATA_OFFSET:]
    data = with_field(data, HEADER, "tile_index_offset", INDEX_OFFSET + 5)
    data = with_field(data, HEADER, "tile_data_offset", DATA_OFFSET + 8)
    data = with_field(data, HEADER, "compressed_size", len(data))
    container = parsed(data)
    assert [(p.code, p.offset, p.size) for p in container.problems] == [
        ("unclaimed-bytes", INDEX_OFFSET, 5),
        ("unclaimed-bytes", DATA_OFFSET + 5, 3),
    ]
    decoded = decoder.decode(container, only_tensor(container))
    np.testing.assert_array_equal(decoded.weights, WEIGHTS)


@pytest.mark.parametrize(
    ("size", "code"),
    [
        (4, "truncated-header"),
        (39, "truncated-header"),
        (40, "truncated-table"),
        (INDEX_OFFSET - 1, "truncated-table"),
        (INDEX_OFFSET, "truncated-index"),
        (DATA_OFFSET - 1, "truncated-index"),
    ],
)
def test_a_file_cut_inside_a_section(size: int, code: str) -> None:
    found = {problem.code: problem for problem in parsed(FILE[:size]).problems}
    assert code in found
    assert found[code].offset + found[code].size == size
    assert f"ends at byte {size:,}" in found[code].message


@pytest.mark.parametrize("size", [DATA_OFFSET, len(FILE) - 1])
def test_a_file_cut_inside_a_stream(size: int) -> None:
    found = codes(FILE[:size])
    assert "file-size" in found
    assert "tile-bounds" in found
    assert "trailing-bytes" not in found, "what is left of a cut stream belongs to it"


def test_the_part_of_an_index_that_is_there_is_used(decoder: Decoder) -> None:
    data = FILE[: entry(2) + 5]
    container = parsed(data)
    tensor = only_tensor(container)
    assert len(tensor.tiles) == 2
    assert not decoder.decode(container, tensor).weights.any()


def test_thousands_of_misplaced_tiles_are_counted() -> None:
    tiles = 900
    table = FrequencyTable.of_frequencies(np.full(256, 16, dtype=np.int64))
    head = batched.head((30, 30), 1, table, np.full(tiles, 8, dtype=np.int64))
    data = head + bytes(8 * tiles)
    for tile in range(tiles):
        data = with_field(data, INDEX_ENTRY, "tile_row", 5000, entry(tile))
    problems = parsed(data).problems
    assert [p.code for p in problems] == ["tile-position"] * KEPT_PER_CODE
    assert problems[-1].message.endswith(f"(and {tiles - KEPT_PER_CODE} more)")


@pytest.mark.parametrize(
    ("shape", "tile", "size", "what"),
    [
        ((5, 5), 0x10000, 8, "tile size"),
        ((0x10000, 1), 1, 8, "number of tile rows"),
        ((1, 0x10000), 1, 8, "number of tile columns"),
        ((5, 5), 5, 0xFFFFFFFF, "file size"),
    ],
)
def test_what_does_not_fit_the_header_is_not_written(
    shape: tuple[int, int], tile: int, size: int, what: str
) -> None:
    table = FrequencyTable.of_frequencies(np.full(256, 16, dtype=np.int64))
    tiles = -(-shape[0] // tile) * -(-shape[1] // tile)
    with pytest.raises(InputError, match=f"the {what} would be"):
        batched.head(shape, tile, table, np.full(tiles, size, dtype=np.int64))


@pytest.mark.parametrize("struct", [HEADER, TABLE_ENTRY, INDEX_ENTRY], ids=lambda s: s.name)
def test_every_field_has_its_span(struct: Struct) -> None:
    base = {HEADER: 0, TABLE_ENTRY: TABLE_OFFSET, INDEX_ENTRY: INDEX_OFFSET}[struct]
    root = parsed(FILE).root
    for field, offset, size in struct.places:
        leaf = root.leaf_at(base + offset)
        assert leaf is not None
        assert (leaf.name, leaf.offset, leaf.size) == (field.name, base + offset, size)
        value = np.frombuffer(FILE, struct.dtype, 1, base)[0][field.name]
        assert leaf.value == field.text(value)
