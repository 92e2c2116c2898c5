"""The per-tile layout: what is read from a sound file, and what every wrong field is called."""

from __future__ import annotations

import numpy as np
import pytest

from codec.container import Prediction, Predictor
from codec.decoders.base import Decoder
from codec.decoders.streams import Status
from codec.errors import InputError
from codec.formats import wcdc
from codec.formats.wcdc import HEADER, TABLE_ENTRY, TABLE_SIZE, TILE_RECORD
from codec.frequency import FrequencyTable
from codec.problems import Problem
from codec.struct_layout import Struct
from tests.codec.files import (
    field_of,
    noise,
    only_tensor,
    parsed,
    wcdc_file,
    with_bytes,
    with_field,
)

WEIGHTS = noise(7, 6)
FILE = wcdc_file(WEIGHTS, 4, [0, 1, 1, 0])
TABLE_OFFSET = HEADER.size + 4 * TILE_RECORD.size
DATA_OFFSET = TABLE_OFFSET + TABLE_SIZE


def record(tile: int) -> int:
    return HEADER.size + tile * TILE_RECORD.size


def codes(data: bytes) -> list[str]:
    return [problem.code for problem in parsed(data).problems]


def only_problem(data: bytes) -> Problem:
    (problem,) = parsed(data).problems
    return problem


def test_a_sound_file() -> None:
    container = parsed(FILE, "layers/query.wcdc")
    assert (container.format, container.problems) == ("wcdc", ())
    tensor = only_tensor(container)
    assert tensor.name == "query"
    assert (tensor.rows, tensor.cols, tensor.tile_rows, tensor.tile_cols) == (7, 6, 4, 4)
    assert (tensor.grid_rows, tensor.grid_cols, tensor.refusal) == (2, 2, "")
    assert (tensor.prediction, tensor.padded) == (Prediction.DIFFERENCED, False)
    assert [(int(t["row"]), int(t["col"])) for t in tensor.tiles] == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    ]
    left, top = Predictor.LEFT, Predictor.TOP
    assert [tensor.predictor(t) for t in range(4)] == [left, top, top, left]
    assert tensor.tiles["offset"][0] == DATA_OFFSET
    assert tensor.table_span == (TABLE_OFFSET, 512)


def test_edge_tiles_are_coded_at_their_own_shape() -> None:
    tensor = only_tensor(parsed(FILE))
    assert [tensor.coded_shape(t) for t in range(4)] == [(4, 4), (4, 2), (3, 4), (3, 2)]
    assert [tensor.symbol_count(t) for t in range(4)] == [16, 8, 12, 6]
    assert tensor.weight_of(3, 3) == (5, 5)
    assert tensor.weight_of(3, 6) is None


def cases() -> list[tuple[str, int, set[str]]]:
    """(field, value, codes): every field at 0, 1, beside its value, and at its maximum."""
    return [
        *[("version", value, {"version"}) for value in (0, 2, 0xFFFF)],
        ("tile_size", 0, {"tile-size"}),
        *[("tile_size", value, {"grid-shape"}) for value in (1, 3, 0xFFFF)],
        *[("num_tiles_row", value, {"grid-shape"}) for value in (0, 1, 3, 0xFFFFFFFF)],
        *[("num_tiles_col", value, {"grid-shape"}) for value in (0, 1, 3, 0xFFFFFFFF)],
        ("rows", 0, {"empty-shape", "grid-shape"}),
        *[("rows", value, {"grid-shape"}) for value in (1, 4, 9)],
        ("rows", 0xFFFFFFFF, {"grid-shape", "implausible-size"}),
        ("cols", 0, {"empty-shape", "grid-shape"}),
        *[("cols", value, {"grid-shape"}) for value in (1, 4, 9)],
        ("cols", 0xFFFFFFFF, {"grid-shape", "implausible-size"}),
    ]


@pytest.mark.parametrize(("field", "value", "expected"), cases())
def test_a_wrong_header_field_is_called_by_its_name(
    field: str, value: int, expected: set[str]
) -> None:
    container = parsed(with_field(FILE, HEADER, field, value))
    assert {problem.code for problem in container.problems} == expected
    for problem in container.problems:
        if problem.message.startswith(f"{field} is "):
            assert (problem.offset, problem.size) == (
                HEADER.offset_of(field),
                HEADER.size_of(field),
            )
            assert problem.found == f"{value:,}"


@pytest.mark.parametrize(
    ("field", "value"),
    [(f, v) for f, v, _ in cases() if f in ("version", "num_tiles_row", "num_tiles_col")],
)
def test_weights_survive_a_field_that_others_make_up_for(
    field: str, value: int, reference: Decoder
) -> None:
    container = parsed(with_field(FILE, HEADER, field, value))
    decoded = reference.decode(container, only_tensor(container))
    np.testing.assert_array_equal(decoded.weights, WEIGHTS)


def test_a_shape_whose_product_wraps_is_refused() -> None:
    for rows, cols in ((1 << 16, 1 << 16), (1 << 31, 1 << 31), (0xFFFFFFFF, 0xFFFFFFFF)):
        data = with_field(with_field(FILE, HEADER, "rows", rows), HEADER, "cols", cols)
        assert f"claims {rows * cols:,} weights" in only_tensor(parsed(data)).refusal


def test_a_grid_whose_product_is_absurd_reads_no_more_than_there_is() -> None:
    """And no table: it would stand behind all of those records."""
    data = with_bytes(FILE, HEADER.offset_of("num_tiles_row"), b"\xff" * 8)
    data = with_field(data, HEADER, "tile_size", 3)
    container = parsed(data)
    assert {p.code for p in container.problems} >= {"truncated-index", "truncated-table"}
    assert container.tensors == ()
    assert [span.name for span in container.root.children][:2] == ["header", "tile records"]


@pytest.mark.parametrize("shape", [(3, 3), (4, 4), (3, 6)])
def test_records_beyond_the_grid_do_no_harm(shape: tuple[int, int], decoder: Decoder) -> None:
    """A tile of a record that has no place in the matrix yields nothing, and no exception."""
    data = with_field(with_field(FILE, HEADER, "rows", shape[0]), HEADER, "cols", shape[1])
    container = parsed(data)
    tensor = only_tensor(container)
    assert len(tensor.tiles) == 4
    decoded = decoder.decode(container, tensor)
    assert decoded.weights.shape == shape
    assert 3 in decoded.failed
    alone = decoder.decode_tiles(container, tensor, [3], {})
    assert alone[3].weights.size == 0


@pytest.mark.parametrize("number", [2, 3, 0xFF])
def test_an_unknown_predictor(number: int, decoder: Decoder) -> None:
    """Its streams decode, but no one knows to what; nor do the tiles that build on it."""
    data = with_field(FILE, TILE_RECORD, "predictor", number, record(0))
    container = parsed(data)
    tensor = only_tensor(container)
    problem = only_problem(data)
    assert (problem.code, problem.offset, problem.size) == ("predictor", record(0), 1)
    assert (problem.tile, tensor.predictor(0)) == (0, None)
    decoded = decoder.decode(container, tensor)
    assert decoded.reads["status"].tolist() == [
        Status.TENSOR_REFUSED,
        Status.OK,
        Status.NEIGHBOUR,
        Status.NEIGHBOUR,
    ]
    np.testing.assert_array_equal(decoded.weights[:4, 4:], WEIGHTS[:4, 4:])


def test_neighbours_of_a_failed_tile_are_not_trusted(decoder: Decoder) -> None:
    offset = int(field_of(FILE, TILE_RECORD, "offset", record(1)))
    container = parsed(with_bytes(FILE, offset, b"\x09"))
    tensor = only_tensor(container)
    status = decoder.decode(container, tensor).reads["status"].tolist()
    assert status == [Status.OK, Status.SYMBOL_COUNT, Status.OK, Status.OK]
    tall = wcdc_file(noise(12, 4), 4, [1, 1, 1])
    offset = int(field_of(tall, TILE_RECORD, "offset", record(0)))
    container = parsed(with_bytes(tall, offset, b"\x09"))
    found = decoder.decode_tiles(container, only_tensor(container), [2], {})
    assert {tile: decoded.stream.status for tile, decoded in found.items()} == {
        0: Status.SYMBOL_COUNT,
        1: Status.NEIGHBOUR,
        2: Status.NEIGHBOUR,
    }
    assert found[2].stream.detail == "it is predicted from tile 1"


def test_room_that_nothing_uses_may_hold_anything() -> None:
    """The original leaves whatever was in memory in the padding and behind it."""
    data = with_bytes(FILE, record(0) + 1, b"\xaa\xbb\xcc")
    data = with_bytes(data, record(1) + 12, b"\xdd" * 1024)
    assert codes(data) == []


def with_frequency(symbol: int, change: int) -> bytes:
    offset = TABLE_OFFSET + 2 * symbol
    return with_field(
        FILE, TABLE_ENTRY, "freq", int(field_of(FILE, TABLE_ENTRY, "freq", offset)) + change, offset
    )


def test_a_wrong_sum_of_frequencies() -> None:
    symbol = int(np.argmax(only_tensor(parsed(FILE)).table.frequencies))
    less = with_frequency(symbol, -1)
    problem = only_problem(less)
    assert (problem.code, problem.offset, problem.size) == ("table-sum", TABLE_OFFSET, 512)
    assert only_tensor(parsed(less)).refusal == ""
    more = only_tensor(parsed(with_frequency(symbol, 1)))
    assert more.refusal == "the frequencies sum to 4,097 where there are 4,096 slots"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("offset", 0, "tile-bounds"),
        ("offset", DATA_OFFSET - 1, "tile-bounds"),
        ("offset", 0xFFFFFFFF, "tile-bounds"),
        ("size", 0xFFFFFFFF, "tile-bounds"),
        ("size", 7, "stream-size"),
        ("size", 0, "stream-size"),
    ],
)
def test_a_stream_that_cannot_be_read(field: str, value: int, code: str, decoder: Decoder) -> None:
    container = parsed(with_field(FILE, TILE_RECORD, field, value, record(3)))
    assert [(p.code, p.tile) for p in container.problems if p.tile is not None] == [(code, 3)]
    tensor = only_tensor(container)
    decoded = decoder.decode(container, tensor)
    assert decoded.failed.tolist() == [3]
    np.testing.assert_array_equal(decoded.weights[:4], WEIGHTS[:4])
    np.testing.assert_array_equal(decoded.weights[:, :4], WEIGHTS[:, :4])
    assert not decoded.weights[4:, 4:].any()


def test_the_first_record_pointing_elsewhere_does_not_hide_the_grid() -> None:
    """Its offset helps to find out how many records there are, but only where the grid is wrong."""
    data = with_field(FILE, TILE_RECORD, "offset", 5, record(0))
    tensor = only_tensor(parsed(data))
    assert len(tensor.tiles) == 4
    assert tensor.tiles["readable"].tolist() == [False, True, True, True]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (4, ["truncated-header"]),
        (HEADER.size - 1, ["truncated-header"]),
        (HEADER.size, ["truncated-index", "truncated-table"]),
        (TABLE_OFFSET - 1, ["truncated-index", "truncated-table", "trailing-bytes"]),
        (TABLE_OFFSET, ["truncated-table"]),
        (DATA_OFFSET - 1, ["truncated-table", "trailing-bytes"]),
        (DATA_OFFSET, ["tile-bounds"] * 4),
        (len(FILE) - 1, ["tile-bounds"]),
    ],
)
def test_a_file_cut_anywhere(size: int, expected: list[str]) -> None:
    assert codes(FILE[:size]) == expected


def test_trailing_bytes() -> None:
    problem = only_problem(FILE + b"more")
    assert (problem.code, problem.offset, problem.size) == ("trailing-bytes", len(FILE), 4)


@pytest.mark.parametrize(("tile", "size"), [(0x10000, 8), (5, 0xFFFFFFFF)])
def test_what_does_not_fit_the_header_is_not_written(tile: int, size: int) -> None:
    table = FrequencyTable.of_frequencies(np.full(256, 16, dtype=np.int64))
    one = np.zeros(1, dtype=np.uint8)
    with pytest.raises(InputError, match="would be"):
        wcdc.head((5, 5), tile, table, np.array([size], dtype=np.int64), one)


@pytest.mark.parametrize("struct", [HEADER, TILE_RECORD], ids=lambda struct: struct.name)
def test_every_field_has_its_span(struct: Struct) -> None:
    base = 0 if struct is HEADER else record(2)
    root = parsed(FILE).root
    for field, offset, size in struct.places:
        leaf = root.leaf_at(base + offset)
        assert leaf is not None
        assert (leaf.name, leaf.offset, leaf.size) == (field.name, base + offset, size)
        value = np.frombuffer(FILE, struct.dtype, 1, base)[0][field.name]
        assert leaf.value == field.text(value)
