"""Encode walks: the judge's steps, the mirror image of decoding, and bytes that land where the file has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from codec import decoders, rans
from codec import scalar_prediction as scalar
from codec.container import Container, Framing, Prediction, Tensor
from codec.errors import Cancelled, DecodeError, FormatError, InputError
from codec.formats import open_file
from codec.formats.streams import stream_bytes
from codec.frequency import FrequencyTable
from codec.interleaving import Interleaving
from codec.native_coder import stream_bytes as lane_stream_bytes
from codec.rans import Coder
from codec.stepping import encode_walk as walking
from codec.stepping.encode_walk import EncodeWalk, bytes_moved, encode_walk, interval_for, mirrored
from codec.stepping.walk import Direction, Test, Walk
from codec.trace import STEP_COLUMNS, Trace
from tests.codec.files import (
    DATA,
    DECODABLE,
    Weights,
    batched_file,
    batched_symbols,
    noise,
    only_tensor,
    parsed,
    stream_of,
    stream_place,
    table_of,
    wcdc_file,
    with_bytes,
)
from tests.codec.native_files import native_bytes
from tests.codec.strategies import damaged, matrices

CODERS = ("cpu", "reference")

MIRRORED = {
    "state_before": "state_after",
    "state_after": "state_before",
    **{name: name for name in ("tile", "lane", "symbol_index", "symbol", "slot", "freq", "start")},
    "bytes_read": "bytes_read",
}
"""Columns of an encode step, and what they are to the decode step that it undoes."""


@pytest.fixture(autouse=True)
def _short_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints every 16 steps, so that small files have some."""
    monkeypatch.setattr(walking, "LEAST_INTERVAL", 16)


def written(name: str, weights: Weights, **native: Any) -> bytes:
    """A file of one of the layouts."""
    makers: dict[str, Callable[[], bytes]] = {
        "batched": lambda: batched_file(weights, 7),
        "wcdc": lambda: wcdc_file(weights, 7),
        "native": lambda: native_bytes({"a": weights}, tile_rows=16, tile_cols=24, **native),
    }
    return makers[name]()


@st.composite
def native_settings(draw: st.DrawFn) -> dict[str, int]:
    return {
        "lanes": draw(st.sampled_from([1, 2, 5])),
        "run": draw(st.sampled_from([1, 3, 16])),
        "word_bits": draw(st.sampled_from([8, 16])),
        "scale_bits": draw(st.sampled_from([9, 12, 15])),
    }


@st.composite
def files(draw: st.DrawFn) -> Container:
    name = draw(st.sampled_from(["batched", "wcdc", "native"]))
    weights = draw(matrices())
    if name != "native":
        return parsed(written(name, weights))
    # Small native tiles are rarely worth a stream.
    return parsed(written(name, np.resize(weights, (32, 40)), **draw(native_settings())))


def coded_tiles(container: Container) -> list[tuple[Tensor, int]]:
    return [
        (tensor, tile)
        for tensor in container.tensors
        for tile in range(len(tensor.tiles))
        if tensor.coding(tile) == 0
    ]


def placed(walk: Walk, trace: Trace) -> dict[int, int]:
    """The bytes that all steps move out, by the file offset where they come to stand."""
    found: dict[int, int] = {}
    word, forward = walk.tensor.coder.word_bytes, trace.forward
    for row in range(len(trace)):
        offset, size = trace.bytes_of_row(row)
        moved = bytes_moved(int(trace["state_before"][row]), size)
        words = [moved[at : at + word] for at in range(0, size, word)]
        stored = b"".join(words if forward else reversed(words))
        found.update(enumerate(stored, offset))
    return found


def check_lands_on_the_file(container: Container, tensor: Tensor, tile: int, walk: Walk) -> None:
    """The steps give the file's own stream, byte for byte and state for state."""
    frame, trace = container.frame(tensor, tile), walk.trace(0, walk.steps)
    data = container.source.read(frame.words_begin, frame.words_end - frame.words_begin)
    assert placed(walk, trace) == dict(enumerate(data, frame.words_begin))
    assert walk.moment(walk.steps).states == frame.states
    assert walk.moment(0).states == (tensor.coder.lower_bound,) * tensor.interleaving.lanes


def check_mirrors(container: Container, tensor: Tensor, tile: int, walk: Walk) -> None:
    """Step j undoes decode step n - 1 - j, and stands where it stood."""
    decoded = decoders.make("reference").trace(container, tensor, tile)
    encoded = walk.trace(0, walk.steps)
    assert len(decoded) == walk.steps == tensor.symbol_count(tile)
    for name, theirs in MIRRORED.items():
        np.testing.assert_array_equal(encoded[name], decoded[theirs][::-1], err_msg=name)
    np.testing.assert_array_equal(encoded["step"], np.arange(walk.steps))
    assert encoded.forward is not decoded.forward
    for row in range(walk.steps):
        undone = walk.steps - 1 - row
        assert walk.moment(row + 1).position == int(decoded["position"][undone])
        if encoded["bytes_read"][row]:
            assert encoded.bytes_of_row(row) == decoded.bytes_of_row(undone)
        moment = walk.moment(row)
        assert moment.lane == int(encoded["lane"][row])
        assert moment.states[moment.lane] == int(encoded["state_before"][row])


@settings(max_examples=60)
@given(files(), st.sampled_from(CODERS), st.data())
def test_a_sound_stream_is_the_mirror_image(
    container: Container, coder: str, data: DataObject
) -> None:
    tiles = coded_tiles(container)
    if not tiles:
        return
    tensor, tile = data.draw(st.sampled_from(tiles))
    walk = encode_walk(container, tensor, tile, coder=coder)
    assert (walk.direction, walk.coder, walk.stopped) == (Direction.ENCODE, coder, "")
    check_mirrors(container, tensor, tile, walk)
    check_lands_on_the_file(container, tensor, tile, walk)


NATIVE = [DATA / "golden" / name for name in ("native_lanes32.rsc", "native_bytes.rsc")]


@pytest.mark.parametrize("path", DECODABLE + NATIVE, ids=lambda path: path.name)
def test_files_encode_to_their_own_bytes(path: Path) -> None:
    container = open_file(path)
    tensor, tile = coded_tiles(container)[-1]
    walk = encode_walk(container, tensor, tile)
    check_lands_on_the_file(container, tensor, tile, walk)


SHAPES = st.tuples(
    st.builds(Interleaving, st.integers(1, 40), st.integers(1, 20)),
    st.sampled_from([Coder(), Coder(1 << 16, 16), Coder(1 << 24, 8, 15), Coder(1 << 12, 16, 9)]),
)


@settings(max_examples=80)
@given(SHAPES, st.integers(0, 400), st.integers(0, 1 << 32))
def test_both_coders_take_the_judges_steps(
    shape: tuple[Interleaving, Coder], count: int, seed: int
) -> None:
    interleaving, coder = shape
    rng = np.random.default_rng(seed)
    frequencies = rng.multinomial((1 << coder.scale_bits) - 40, np.ones(30) / 30) + 1
    frequencies[0] += 10
    whole = np.zeros(256, dtype=np.int64)
    whole[rng.permutation(256)[:30]] = frequencies
    table = FrequencyTable.of_frequencies(whole, coder.scale_bits)
    symbols = rng.choice(np.flatnonzero(whole), count).astype(np.uint8)
    words, states = rans.encode_lanes(symbols.tolist(), table, coder, interleaving)
    container, tensor = a_tensor(table, coder, interleaving, count)
    fast, scalar = (
        EncodeWalk(container, tensor, 0, symbols, coder=name) for name in ("cpu", "reference")
    )
    left, right = fast.trace(0, count), scalar.trace(0, count)
    for name in STEP_COLUMNS:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)
    assert list(fast.moment(count).states) == states
    found = [
        int.from_bytes(part, "little")
        for before, size in zip(left["state_before"], left["bytes_read"], strict=True)
        for part in _words(bytes_moved(int(before), int(size)), coder.word_bytes)
    ]
    assert found == words


def _words(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def a_tensor(
    table: FrequencyTable, coder: Coder, interleaving: Interleaving, count: int
) -> tuple[Container, Tensor]:
    """A native tensor with one tile of so many symbols and any constants; its file does not matter."""
    container = parsed(native_bytes({"a": noise(4, 4)}, tile_rows=4, tile_cols=4))
    tensor = replace(
        only_tensor(container), table=table, coder=coder, interleaving=interleaving,
        rows=1, cols=count, tile_rows=1, tile_cols=max(count, 1),
    )  # fmt: skip
    return container, tensor


@settings(max_examples=60)
@given(files(), st.sampled_from(CODERS), st.data())
def test_back_undoes_forward_and_a_jump_is_as_good_as_stepping(
    container: Container, coder: str, data: DataObject
) -> None:
    tiles = coded_tiles(container)
    if not tiles:
        return
    walk = encode_walk(container, *data.draw(st.sampled_from(tiles)), coder=coder)
    stepped = [walk.moment(step) for step in range(walk.steps + 1)]
    assert [moment.step for moment in stepped] == list(range(walk.steps + 1))
    for step in data.draw(st.lists(st.integers(0, walk.steps), max_size=20)):
        assert walk.moment(step) == stepped[step]
    whole = walk.trace(0, walk.steps)
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, walk.steps + 3)] * 2)))
    window = walk.trace(first, last)
    for name in STEP_COLUMNS:
        np.testing.assert_array_equal(window[name], whole[name][first:last])


@settings(max_examples=60)
@given(matrices(), matrices(), native_settings(), st.sampled_from(["batched", "wcdc", "native"]))
def test_other_weights_encode_as_a_file_of_them_would(
    weights: Weights, others: Weights, native: dict[str, int], name: str
) -> None:
    """A tile of one file, given the weights of a second one with the same table, makes its bytes."""
    others = np.resize(others, weights.shape)
    container = parsed(written(name, weights, **native))
    for tensor, tile in coded_tiles(container)[-2:]:
        place = tensor.rectangle(tile)
        mine = weights.copy()
        part = np.s_[place.row : place.row + place.rows, place.col : place.col + place.cols]
        mine[part] = others[part]
        walk = encode_walk(container, tensor, tile, weights=mine[part])
        decoded = decoders.make("reference").decode(container, tensor).weights
        np.testing.assert_array_equal(decoded, weights)
        symbols = walk.symbols.tolist()  # type: ignore[attr-defined]
        check_symbols(tensor, tile, mine, symbols)
        if not walk.stopped:
            check_stream(container, tensor, tile, walk, symbols)


def check_symbols(tensor: Tensor, tile: int, weights: Weights, symbols: list[int]) -> None:
    """The scalar rules make the same symbols of the whole matrix."""
    place, matrix = tensor.rectangle(tile), weights.view(np.uint8).tolist()
    predictor = tensor.predictor(tile)
    assert predictor is not None
    if tensor.prediction is Prediction.FLAT_LEFT:
        assert symbols == scalar.flat_left_symbols(matrix, place, tensor.coded_shape(tile))
    elif tensor.prediction is Prediction.DIFFERENCED:
        assert symbols == scalar.differenced_symbols(matrix, place, predictor)
    else:
        part = weights[place.row : place.row + place.rows, place.col : place.col + place.cols]
        flat = np.ascontiguousarray(part).view(np.uint8).reshape(-1).tolist()
        assert symbols == scalar.within_tile_symbols(flat, place.cols, predictor)


def check_stream(
    container: Container, tensor: Tensor, tile: int, walk: Walk, symbols: list[int]
) -> None:
    """What was moved out, and the last states, are the stream that the judge makes of the symbols."""
    offset = int(tensor.tiles["offset"][tile])
    words, states = rans.encode_lanes(symbols, tensor.table, tensor.coder, tensor.interleaving)
    if tensor.framing is Framing.TRAILING_STATE:
        expected = stream_bytes(len(symbols), bytes(words), states[0])
        inside = expected[4:-4]
    else:
        expected = lane_stream_bytes(words, states, tensor.coder)
        inside = expected[tensor.frame_bytes :]
    trace = walk.trace(0, walk.steps)
    begin = offset + (4 if trace.forward else tensor.frame_bytes)
    assert placed(walk, trace) == dict(enumerate(inside, begin))
    assert list(walk.moment(walk.steps).states) == states
    assert (trace.streams[0].offset, trace.streams[0].size) == (offset, len(expected))


def test_what_was_moved_out_grows_from_where_the_first_byte_lands() -> None:
    weights = noise(12, 12, sigma=1)
    for name, native in (("batched", {}), ("native", {"lanes": 2})):
        container = parsed(written(name, weights, **native))
        tensor = only_tensor(container)
        walk, frame = encode_walk(container, tensor, 0), container.frame(tensor, 0)
        assert isinstance(walk, EncodeWalk)
        whole = frame.words_begin, frame.words_end - frame.words_begin
        assert walk.moved_out(walk.steps) == whole
        assert walk.moved_out(0)[1] == 0
        middle, size = walk.moved_out(walk.steps // 2)
        end = frame.words_begin if name == "batched" else frame.words_end
        assert (middle if name == "batched" else middle + size) == end


@pytest.mark.parametrize("coder", CODERS)
def test_a_symbol_of_frequency_0_stops_the_encoder(coder: str) -> None:
    weights = np.zeros((7, 7), dtype=np.int8)
    table = table_of(batched_symbols(np.resize(np.array([0, 1], np.int8), (7, 7)), 7))
    container = parsed(batched_file(weights, 7, table))
    other = weights.copy()
    other[3, 2] = 100  # its difference occurs nowhere
    walk = encode_walk(container, only_tensor(container), 0, weights=other, coder=coder)
    assert walk.steps == 48 - (3 * 7 + 3)
    assert walk.stopped == f"symbol 28 has frequency 0 at step {walk.steps}"
    assert walk.trace(0, 99).stopped == walk.stopped
    assert walk.trace(0, walk.steps).stopped == ""
    assert len(walk.trace(0, 99)) == walk.steps == walk.moment(walk.steps).step
    with pytest.raises(IndexError):
        walk.moment(walk.steps + 1)


def test_a_walk_whose_first_symbol_cannot_be_coded_has_no_steps() -> None:
    container, tensor = a_tensor(table_of([[1, 2, 2]]), Coder(1 << 16, 16), Interleaving(4, 2), 81)
    absent = int(np.flatnonzero(tensor.table.frequencies == 0)[0])
    symbols = np.full(81, absent, dtype=np.uint8)
    walk = EncodeWalk(container, tensor, 0, symbols)
    assert (walk.steps, len(walk.trace(0, 81)), walk.moved_out(0)[1]) == (0, 0, 0)
    assert walk.moment(0).states == (tensor.coder.lower_bound,) * tensor.interleaving.lanes


def test_a_stream_that_stops_early_has_no_symbols_to_encode() -> None:
    data = batched_file(noise(7, 7), 7)
    offset, size = stream_place(data, 0)
    broken = with_bytes(data, offset + size - 4, (1 << 23).to_bytes(4, "little"))
    container = parsed(broken)
    with pytest.raises(DecodeError, match="not all of its symbols are known: runs out of bytes"):
        encode_walk(container, only_tensor(container), 0)


def test_a_stream_with_another_end_is_encoded_as_it_should_have_been() -> None:
    """All symbols are known, so the walk shows what an encoder makes of them."""
    weights = noise(7, 7)
    data = batched_file(weights, 7)
    sound = stream_of(batched_symbols(weights, 7)[0], only_tensor(parsed(data)).table)
    offset, _ = stream_place(data, 0)
    container = parsed(with_bytes(data, offset + 4, bytes([data[offset + 4] ^ 1])))
    tensor = only_tensor(container)
    walk = encode_walk(container, tensor, 0)
    assert walk.steps == 49
    moved = placed(walk, walk.trace(0, 49))
    assert bytes(moved[at] for at in sorted(moved))[1:] == sound[5:-4]


def test_tiles_without_a_stream_are_refused() -> None:
    container = parsed(native_bytes({"a": np.full((3, 5), 7, dtype=np.int8)}))
    with pytest.raises(DecodeError, match="tile 0 has no steps: it is constant"):
        encode_walk(container, only_tensor(container), 0)
    with pytest.raises(DecodeError, match="there is no tile 9: the file has 1"):
        encode_walk(container, only_tensor(container), 9)
    cut = parsed(batched_file(noise(7, 7), 7)[:-2])
    with pytest.raises(DecodeError, match="tile 0: "):
        encode_walk(cut, only_tensor(cut), 0, weights=noise(7, 7))


def test_weights_of_another_shape_and_unknown_coders_are_refused() -> None:
    container = parsed(batched_file(noise(7, 7), 7))
    tensor = only_tensor(container)
    with pytest.raises(InputError, match="tile 0 has int8 weights, 7 × 7; these are int8, 7 × 6"):
        encode_walk(container, tensor, 0, weights=noise(7, 6))
    with pytest.raises(InputError, match="no encoder called 'cuda' can be stepped"):
        encode_walk(container, tensor, 0, coder="cuda")


class _Symbol(Test):
    def __init__(self, symbol: int) -> None:
        self.symbol = symbol

    def holds(self, walk: Walk, trace: Trace) -> Any:
        return trace["symbol"] == self.symbol


def test_steps_are_found_ahead_and_behind() -> None:
    container = open_file(DATA / "legacy" / "gaussian10_256x256_t256.wcdc")
    walk = encode_walk(container, only_tensor(container), 0)
    symbols = walk.trace(0, walk.steps)["symbol"]
    rare = int(np.bincount(symbols, minlength=256).argsort(kind="stable")[-40])
    places = np.flatnonzero(symbols == rare)
    test, middle = _Symbol(rare), int(places[len(places) // 2])
    assert walk.find(test, middle) == middle
    assert walk.find(test, middle + 1) == int(places[len(places) // 2 + 1])
    assert walk.find(test, middle, forward=False) == int(places[len(places) // 2 - 1])
    absent = int(np.flatnonzero(np.bincount(symbols, minlength=256) == 0)[0])
    assert walk.find(_Symbol(absent), 0) is None


@settings(max_examples=150)
@given(damaged(), st.sampled_from(CODERS))
def test_damaged_files_give_walks_or_reasons(data: bytes, coder: str) -> None:
    try:
        container = parsed(data)
    except FormatError:
        return
    for tensor in container.tensors:
        for tile in range(min(len(tensor.tiles), 4)):
            try:
                walk = encode_walk(container, tensor, tile, coder=coder)
            except DecodeError as error:
                assert str(error)
                continue
            trace = walk.trace(0, walk.steps + 1)
            assert len(trace) == walk.steps
            assert trace.stopped == walk.stopped
            assert walk.moment(walk.steps).step == walk.steps


def test_laying_can_be_cancelled() -> None:
    container = parsed(batched_file(noise(30, 30), 30))

    def tick(done: int, total: int) -> None:
        if done > 100:
            raise Cancelled

    with pytest.raises(Cancelled):
        encode_walk(container, only_tensor(container), 0, tick)


def test_moments_mirror_one_another() -> None:
    container = parsed(batched_file(noise(7, 7), 7))
    walk = encode_walk(container, only_tensor(container), 0)
    assert (mirrored(walk, 0), mirrored(walk, 49), mirrored(walk, 10)) == (49, 0, 39)


@given(st.integers(0, 1 << 33))
def test_checkpoints_are_few_and_searches_begin_at_them(steps: int) -> None:
    interval = interval_for(steps)
    assert steps <= interval * walking.MOST_CHECKPOINTS
    assert interval & (interval - 1) == 0
