"""Traces: columns that agree with one another, with the bytes, and whoever filled them."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.container import Container, Tensor
from codec.decoders.base import Decoder
from codec.errors import DecodeError
from codec.formats import open_file
from codec.frequency import FrequencyTable
from codec.trace import STEP_COLUMNS, Trace, concatenate, csv_text, empty_columns, npz_bytes
from tests.codec.files import (
    DATA,
    batched_file,
    noise,
    only_tensor,
    parsed,
    stream_place,
    u32,
    wcdc_file,
    with_bytes,
)
from tests.codec.strategies import matrices

SOUND = {
    "batched": batched_file(noise(23, 17, sigma=30), 12),
    "batched, one symbol": batched_file(np.zeros((9, 9), dtype=np.int8), 8),
    "wcdc": wcdc_file(noise(23, 17, sigma=30), 12),
}


@pytest.fixture(params=SOUND)
def opened(request: pytest.FixtureRequest) -> tuple[Container, Tensor]:
    container = parsed(SOUND[request.param])
    return container, only_tensor(container)


def check_columns(container: Container, tensor: Tensor, trace: Trace) -> None:
    """What must hold in every trace of whole streams that decode."""
    assert {name: column.dtype.str for name, column in trace.columns.items()} == {
        name: np.dtype(kind).str for name, kind in STEP_COLUMNS.items()
    }
    table = tensor.table
    columns = {name: column.astype(np.int64) for name, column in trace.columns.items()}
    for stream in trace.streams:
        rows = np.flatnonzero(columns["tile"] == stream.tile)
        here = {name: column[rows] for name, column in columns.items()}
        count = tensor.symbol_count(stream.tile)
        assert len(rows) == count == stream.symbol_count
        np.testing.assert_array_equal(here["step"], np.arange(count))
        np.testing.assert_array_equal(here["symbol_index"], np.arange(count))
        assert not here["lane"].any()
        assert not here["stream"].any()
        check_states(here, stream.initial_state, tensor)
        check_bytes(here, stream.offset, stream.size)
        np.testing.assert_array_equal(here["slot"], here["state_before"] % 4096)
        np.testing.assert_array_equal(here["freq"], table.frequencies[here["symbol"]])
        np.testing.assert_array_equal(here["start"], table.starts[here["symbol"]])
        np.testing.assert_array_equal(table.slots[here["slot"]], here["symbol"])
        np.testing.assert_array_equal(stream.frequencies, table.frequencies)


def check_states(here: dict[str, np.ndarray], initial: int, tensor: Tensor) -> None:
    """Each state follows from the one before, and the last one is L again."""
    bound = tensor.coder.lower_bound
    assert here["state_before"][0] == initial
    np.testing.assert_array_equal(here["state_after"][:-1], here["state_before"][1:])
    assert here["state_after"][-1] == bound
    for name in ("state_before", "state_after"):
        assert here[name].min() >= bound
        assert here[name].max() < tensor.coder.upper_bound


def check_bytes(here: dict[str, np.ndarray], offset: int, size: int) -> None:
    """The steps take every renormalisation byte exactly once, from the last to the first."""
    taken = np.cumsum(here["bytes_read"])
    np.testing.assert_array_equal(
        here["position"], offset + size - 5 - (taken - here["bytes_read"])
    )
    assert taken[-1] == size - 8


def test_traces_are_consistent(opened: tuple[Container, Tensor], decoder: Decoder) -> None:
    container, tensor = opened
    tiles = range(len(tensor.tiles))
    traces = [decoder.trace(container, tensor, tile) for tile in tiles]
    assert all(trace.stopped == "" for trace in traces)
    whole = concatenate(traces)
    assert [stream.tile for stream in whole.streams] == list(tiles)
    check_columns(container, tensor, whole)


@given(
    weights=matrices(), tile=st.integers(1, 30), layout=st.sampled_from([batched_file, wcdc_file])
)
@settings(max_examples=30)
def test_traces_of_any_file_are_consistent(weights, tile: int, layout, decoder: Decoder) -> None:
    container = parsed(layout(weights, tile))
    tensor = only_tensor(container)
    last = len(tensor.tiles) - 1
    check_columns(container, tensor, decoder.trace(container, tensor, last))


def test_a_trace_of_a_real_stream_is_consistent(decoder: Decoder) -> None:
    container = open_file(DATA / "legacy" / "minilm_key_pertensor_256x256_t256.wcdc")
    trace = decoder.trace(container, container.tensors[0], 0)
    check_columns(container, container.tensors[0], trace)


def assert_same(one: Trace, other: Trace) -> None:
    for name in STEP_COLUMNS:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)
    assert one.stopped == other.stopped
    for a, b in zip(one.streams, other.streams, strict=True):
        assert (a.tile, a.offset, a.size, a.symbol_count, a.initial_state) == (
            b.tile,
            b.offset,
            b.size,
            b.symbol_count,
            b.initial_state,
        )


@pytest.mark.parametrize(
    ("first", "last"),
    [(0, 0), (0, 1), (5, 9), (100, None), (143, 144), (144, None), (9, 5), (0, 9999), (-3, 4)],
)
def test_any_stretch_is_cut_from_the_whole(
    decoder: Decoder, reference: Decoder, first: int, last: int | None
) -> None:
    container = parsed(SOUND["batched"])
    tensor = only_tensor(container)
    whole = reference.trace(container, tensor, 1)
    part = decoder.trace(container, tensor, 1, first, last)
    cut = slice(max(first, 0), last)
    expected = {name: column[cut] for name, column in whole.columns.items()}
    assert_same(part, Trace(expected, whole.streams))


def damaged(where: str) -> bytes:
    """The batched file with tile 1 cut at the front of its bytes, or with a hole in its table."""
    data = SOUND["batched"]
    offset, size = stream_place(data, 1)
    if where == "underrun":
        record = 1064 + 12
        shorter = with_bytes(data, record, u32(offset + 40 - (1064 + 4 * 12)) + u32(size - 40))
        return with_bytes(shorter, offset + 40, data[offset : offset + 4])
    table = only_tensor(parsed(data)).table
    (symbol,) = np.flatnonzero(table.frequencies == table.frequencies.max())[:1]
    return with_bytes(data, 40 + 4 * int(symbol) + 2, b"\0\0")


@pytest.mark.parametrize(
    ("where", "says"), [("underrun", "runs out of bytes"), ("hole", "slot without a symbol")]
)
def test_a_damaged_stream_gives_the_steps_that_it_has(
    decoder: Decoder, reference: Decoder, where: str, says: str
) -> None:
    container = parsed(damaged(where))
    tensor = only_tensor(container)
    trace = decoder.trace(container, tensor, 1)
    assert 0 < len(trace) < tensor.symbol_count(1)
    assert trace.stopped == f"{says} at step {len(trace):,}"
    np.testing.assert_array_equal(trace["state_after"][:-1], trace["state_before"][1:])
    assert_same(trace, reference.trace(container, tensor, 1))
    beyond = decoder.trace(container, tensor, 1, len(trace) + 1)
    assert len(beyond) == 0
    assert beyond.stopped == trace.stopped
    before = decoder.trace(container, tensor, 1, 0, len(trace))
    assert (len(before), before.stopped) == (len(trace), "")


@pytest.mark.parametrize("tile", [-1, 4, 1 << 40])
def test_a_tile_that_is_not_there(decoder: Decoder, tile: int) -> None:
    container = parsed(SOUND["batched"])
    with pytest.raises(DecodeError, match=f"there is no tile {tile:,}: the file has 4"):
        decoder.trace(container, only_tensor(container), tile)


def test_a_stream_that_cannot_be_opened(decoder: Decoder) -> None:
    data = SOUND["batched"]
    offset, size = stream_place(data, 2)
    state = with_bytes(data, offset + size - 4, u32(5))
    container = parsed(state)
    with pytest.raises(DecodeError, match="tile 2: stored state out of range") as told:
        decoder.trace(container, only_tensor(container), 2)
    assert told.value.offset == offset
    container = parsed(data[: offset + 5])
    with pytest.raises(DecodeError, match="tile 2: stream cannot be read"):
        decoder.trace(container, only_tensor(container), 2)


def test_a_tensor_that_is_refused(decoder: Decoder) -> None:
    container = open_file(DATA / "legacy" / "brokentable_1024x1024_t256.batched")
    with pytest.raises(DecodeError, match="cannot be decoded: the frequencies sum to 7,938"):
        decoder.trace(container, container.tensors[0], 0)


def test_rows_are_found_by_symbol_and_by_byte(opened: tuple[Container, Tensor]) -> None:
    container, tensor = opened
    from codec.decoders import make

    trace = make("reference").trace(container, tensor, 0, 3)
    assert trace.first_step == 3
    assert trace.row_of_symbol(2) is None
    assert trace.row_of_symbol(3) == 0
    taken = 0
    for row in range(len(trace)):
        assert trace.row_of_symbol(row + 3) == row
        offset, size = trace.bytes_of_row(row)
        assert size == trace["bytes_read"][row]
        for byte in range(offset, offset + size):
            assert trace.row_of_byte(byte) == row
        taken += size
    assert taken == trace["bytes_read"].sum()
    stream = trace.streams[0]
    for outside in (0, stream.offset, stream.offset + 3, stream.offset + stream.size - 4):
        assert trace.row_of_byte(outside) is None


def test_npz_holds_columns_and_frames(opened: tuple[Container, Tensor], reference: Decoder) -> None:
    container, tensor = opened
    whole = concatenate([reference.trace(container, tensor, t) for t in range(len(tensor.tiles))])
    with np.load(io.BytesIO(npz_bytes(whole)), allow_pickle=False) as stored:
        for name, kind in STEP_COLUMNS.items():
            assert stored[name].dtype.str == np.dtype(kind).str
            assert stored[name].dtype.kind == "u"
            np.testing.assert_array_equal(stored[name], whole[name])
        assert stored["stream_tile"].tolist() == list(range(len(tensor.tiles)))
        assert stored["stream_offset"].tolist() == tensor.tiles["offset"].tolist()
        assert stored["stream_size"].tolist() == tensor.tiles["size"].tolist()
        for tile, row in enumerate(stored["stream_frequencies"]):
            assert stored["stream_symbol_count"][tile] == tensor.symbol_count(tile)
            assert stored["stream_initial_state"][tile] == container.frame(tensor, tile).state
            assert FrequencyTable.of_frequencies(row).sum == 4096


def test_a_trace_of_nothing_is_written_too() -> None:
    nothing = concatenate([])
    assert len(nothing) == 0
    assert nothing.first_step == 0
    with np.load(io.BytesIO(npz_bytes(nothing))) as stored:
        assert stored["step"].shape == (0,)
        assert stored["stream_frequencies"].shape == (0, 256)
    assert csv_text(nothing) == ",".join(STEP_COLUMNS) + "\n"


def test_csv_is_the_columns_in_order(reference: Decoder) -> None:
    container = parsed(SOUND["wcdc"])
    trace = reference.trace(container, only_tensor(container), 1, 0, 20)
    head, *rows = list(csv.reader(io.StringIO(csv_text(trace))))
    assert head == list(STEP_COLUMNS)
    assert len(rows) == 20
    for name, column in zip(head, zip(*rows, strict=True), strict=True):
        assert [int(value) for value in column] == trace[name].tolist()


def test_reasons_to_stop_are_joined() -> None:
    parts = [Trace(empty_columns(1), (), reason) for reason in ("one", "", "two")]
    whole = concatenate(parts)
    assert (len(whole), whole.stopped) == (3, "one; two")
