"""Every decoder against the weights that were encoded, and against the reference on damaged files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec import decoders
from codec.container import Container, Tensor
from codec.decoders.base import Decoder
from codec.decoders.streams import DecodedStream, Status
from codec.errors import Cancelled, DecodeError, FormatError, InputError
from codec.formats import batched, open_file
from codec.frequency import FrequencyTable
from tests.codec.files import (
    DATA,
    DECODABLE,
    Weights,
    batched_file,
    expected_weights,
    noise,
    only_tensor,
    parsed,
    stream_place,
    wcdc_file,
    with_bytes,
    with_field,
)
from tests.codec.strategies import damaged, matrices

BROKEN = DATA / "legacy" / "brokentable_1024x1024_t256.batched"
BUNDLED = DATA.parent.parent / "assets" / "samples" / "minilm_query_pertensor_384x384_t128.batched"


@pytest.mark.parametrize("path", [*DECODABLE, BUNDLED], ids=lambda path: path.name)
def test_files_of_the_original_decode_bit_for_bit(path: Path, decoder: Decoder) -> None:
    container = open_file(path)
    tensor = only_tensor(container)
    decoded = decoder.decode(container, tensor)
    np.testing.assert_array_equal(decoded.weights, expected_weights(path))
    assert decoded.weights.dtype == np.int8
    assert len(decoded.failed) == 0
    reads = decoded.reads
    assert set(reads["status"].tolist()) == {Status.OK}
    assert set(reads["final_state"].tolist()) == {1 << 23}
    assert not reads["bytes_left"].any()


def test_the_legacy_files_are_all_here() -> None:
    assert len(DECODABLE) == 11
    assert {path.suffix for path in DECODABLE} == {".batched", ".wcdc"}


def test_the_broken_table_says_why_it_cannot_be_decoded(decoder: Decoder) -> None:
    container = open_file(BROKEN)
    tensor = only_tensor(container)
    why = "the frequencies sum to 7,938 where there are 4,096 slots"
    with pytest.raises(DecodeError, match=f"brokentable_1024x1024_t256 cannot be decoded: {why}"):
        decoder.decode(container, tensor)
    (stream,) = decoder.decode_streams(container, tensor, [3])
    assert (stream.status, stream.detail) == (Status.TENSOR_REFUSED, why)
    found = decoder.decode_tiles(container, tensor, [3], {})
    assert found[3].weights.size == 0


LAYOUTS: dict[str, Callable[..., bytes]] = {"batched": batched_file, "wcdc": wcdc_file}


@pytest.mark.parametrize("layout", LAYOUTS)
@given(weights=matrices(), tile=st.integers(1, 30))
@settings(max_examples=60)
def test_small_files_round_trip(weights: Weights, tile: int, layout: str, decoder: Decoder) -> None:
    container = parsed(LAYOUTS[layout](weights, tile))
    decoded = decoder.decode(container, only_tensor(container))
    np.testing.assert_array_equal(decoded.weights, weights)
    assert len(decoded.failed) == 0


ODD = {
    "one weight": np.array([[-128]], dtype=np.int8),
    "one row": noise(1, 70),
    "one column": noise(70, 1),
    "zeros": np.zeros((33, 9), dtype=np.int8),
    "one value": np.full((9, 33), 77, dtype=np.int8),
    "extremes": np.tile(np.array([-128, 127], dtype=np.int8), (17, 9)),
    "every value": np.arange(-128, 128).astype(np.int8).reshape(16, 16),
    "incompressible": np.random.default_rng(1).integers(-128, 128, (31, 29), dtype=np.int8),
}


@pytest.mark.parametrize("tile", [1, 8, 16, 100])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ODD)
def test_odd_data_and_shapes_round_trip(
    name: str, layout: str, tile: int, decoder: Decoder
) -> None:
    container = parsed(LAYOUTS[layout](ODD[name], tile))
    decoded = decoder.decode(container, only_tensor(container))
    np.testing.assert_array_equal(decoded.weights, ODD[name])


def test_frequencies_of_one_and_of_all_but_one(decoder: Decoder) -> None:
    weights = np.zeros((40, 40), dtype=np.int8)
    weights[13, 7:] = 5
    frequencies = np.zeros(256, dtype=np.int64)
    frequencies[[123, 128, 133]] = 1, 4094, 1
    data = batched_file(weights, 40, FrequencyTable.of_frequencies(frequencies))
    container = parsed(data)
    decoded = decoder.decode(container, only_tensor(container))
    np.testing.assert_array_equal(decoded.weights, weights)


def test_what_was_read_of_each_tile(decoder: Decoder) -> None:
    weights = noise(14, 13)
    container = parsed(wcdc_file(weights, 7))
    tensor = only_tensor(container)
    reads = decoder.decode(container, tensor).reads
    streams = decoder.decode_streams(container, tensor, range(4))
    for tile, read in enumerate(reads):
        frame = container.frame(tensor, tile)
        assert read["tile"] == tile
        assert (read["offset"], read["size"]) == (frame.offset, frame.size)
        assert (read["symbol_count"], read["initial_state"]) == (frame.symbol_count, frame.state)
        assert read["decoded"] == tensor.symbol_count(tile) == streams[tile].decoded
        place = tensor.rectangle(tile)
        first = weights[place.row : place.row + place.rows, place.col : place.col + place.cols]
        np.testing.assert_array_equal(
            read["first_weights"][: min(8, place.cols)], first.reshape(-1)[: min(8, place.cols)]
        )


def test_streams_come_in_the_order_asked_for(decoder: Decoder) -> None:
    container = parsed(batched_file(noise(20, 20), 7))
    tensor = only_tensor(container)
    assert decoder.decode_streams(container, tensor, []) == []
    asked = [4, 0, 8, 4, 1]
    found = decoder.decode_streams(container, tensor, asked)
    assert [stream.tile for stream in found] == asked
    np.testing.assert_array_equal(found[0].symbols, found[3].symbols)


def test_decoding_can_be_cancelled(decoder: Decoder) -> None:
    def stop(done: int, total: int) -> None:
        raise Cancelled

    container = parsed(batched_file(noise(20, 20), 7))
    with pytest.raises(Cancelled):
        decoder.decode(container, only_tensor(container), stop)


def test_progress_ends_at_the_number_of_tiles(decoder: Decoder) -> None:
    told: list[tuple[int, int]] = []
    container = parsed(batched_file(noise(20, 20), 7))
    decoder.decode(container, only_tensor(container), lambda *progress: told.append(progress))
    assert told[-1] == (9, 9)
    assert told == sorted(told)
    assert {total for _, total in told} == {9}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_failed_tile_leaves_the_others_alone(layout: str, decoder: Decoder) -> None:
    """In the per-tile layout all tiles here are LEFT, so only those to the right are lost with it."""
    weights = noise(20, 20)
    data = batched_file(weights, 7) if layout == "batched" else wcdc_file(weights, 7, [0] * 9)
    offset, size = stream_place(data, 4)
    container = parsed(with_bytes(data, offset + size - 4, b"\0\0\0\0"))
    decoded = decoder.decode(container, only_tensor(container))
    assert decoded.reads["status"][4] == Status.STATE_OUT_OF_RANGE
    lost = [4] if layout == "batched" else [4, 5]
    assert decoded.failed.tolist() == lost
    trusted = np.ones((20, 20), dtype=bool)
    trusted[7:14, 7:14] = False
    if layout == "wcdc":
        trusted[7:14, 14:] = False
        assert decoded.reads["status"][5] == Status.NEIGHBOUR
    np.testing.assert_array_equal(decoded.weights[trusted], weights[trusted])
    assert not decoded.weights[7:14, 7:14].any()


@pytest.mark.parametrize(
    ("row", "col"), [(0xFFFF, 0), (0, 0xFFFF), (0xFFFF, 0xFFFF), (2, 0), (0, 2)]
)
def test_a_tile_outside_the_matrix_yields_nothing(row: int, col: int, decoder: Decoder) -> None:
    weights = noise(7, 6)
    data = batched_file(weights, 4)
    data = with_field(data, batched.INDEX_ENTRY, "tile_row", row, batched.INDEX_OFFSET)
    data = with_field(data, batched.INDEX_ENTRY, "tile_col", col, batched.INDEX_OFFSET)
    container = parsed(data)
    decoded = decoder.decode(container, only_tensor(container))
    assert not decoded.weights[:4, :4].any()
    np.testing.assert_array_equal(decoded.weights[4:], weights[4:])
    alone = decoder.decode_tiles(container, only_tensor(container), [0], {})
    assert alone[0].weights.size == 0


def same_stream(one: DecodedStream, other: DecodedStream) -> None:
    assert (one.tile, one.status, one.detail) == (other.tile, other.status, other.detail)
    assert (one.frame, one.decoded) == (other.frame, other.decoded)
    assert (one.final_state, one.bytes_left) == (other.final_state, other.bytes_left)
    np.testing.assert_array_equal(one.symbols, other.symbols)


MOST_SYMBOLS = 200_000
"""The reference takes a microsecond a symbol, and damage can make a small file claim many of them."""


def tensors(data: bytes, decoder: Decoder) -> Iterator[tuple[Container, Tensor]]:
    """The tensors of a damaged file that the reference can decode in a moment, and the decoder at all."""
    try:
        container = parsed(data)
    except FormatError:
        return
    for tensor in container.tensors:
        symbols = sum(tensor.symbol_count(tile) for tile in range(len(tensor.tiles)))
        if tensor.refusal or max(symbols, tensor.weights) >= MOST_SYMBOLS:
            continue
        if decoder.unsupported(tensor):
            with pytest.raises(DecodeError, match="the kernels know native streams with"):
                decoder.decode(container, tensor)
        else:
            yield container, tensor


@given(data=damaged())
@settings(max_examples=150)
def test_damaged_streams_are_decoded_as_by_the_reference(
    data: bytes, decoder: Decoder, reference: Decoder
) -> None:
    for container, tensor in tensors(data, decoder):
        tiles = range(len(tensor.tiles))
        found = decoder.decode_streams(container, tensor, tiles)
        expected = reference.decode_streams(container, tensor, tiles)
        for one, other in zip(found, expected, strict=True):
            same_stream(one, other)


def places_are_unique(tensor: Tensor) -> bool:
    places = np.unique(tensor.tiles[["row", "col"]])
    return len(places) == len(tensor.tiles)


@given(data=damaged())
@settings(max_examples=150)
def test_damaged_files_are_decoded_as_by_the_reference(
    data: bytes, decoder: Decoder, reference: Decoder
) -> None:
    for container, tensor in tensors(data, decoder):
        found = decoder.decode(container, tensor)
        expected = reference.decode(container, tensor)
        np.testing.assert_array_equal(found.reads["status"], expected.reads["status"])
        if places_are_unique(tensor):  # else it is open which of two tiles remains
            np.testing.assert_array_equal(found.weights, expected.weights)
        for name in ("offset", "size", "symbol_count", "final_state", "bytes_left", "decoded"):
            np.testing.assert_array_equal(found.reads[name], expected.reads[name], err_msg=name)


@given(data=damaged())
@settings(max_examples=60)
def test_tiles_decoded_alone_are_those_of_the_whole(data: bytes, decoder: Decoder) -> None:
    for container, tensor in tensors(data, decoder):
        whole = decoder.decode(container, tensor)
        if not places_are_unique(tensor):
            continue
        for tile in range(min(len(tensor.tiles), 12)):
            alone = decoder.decode_tiles(container, tensor, [tile], {})[tile]
            place = tensor.rectangle(tile)
            part = whole.weights[place.row :, place.col :][: place.rows, : place.cols]
            assert alone.stream.status == whole.reads["status"][tile]
            np.testing.assert_array_equal(alone.weights, part)


def test_an_unknown_decoder_is_refused() -> None:
    with pytest.raises(InputError, match="no decoder called 'abacus'; there are reference, cpu"):
        decoders.make("abacus")


def test_the_judge_comes_first() -> None:
    assert decoders.DECODERS[0] == "reference"
    assert decoders.make("reference").name == "reference"


def test_statuses_have_words() -> None:
    assert len({status.word for status in Status}) == len(Status)
