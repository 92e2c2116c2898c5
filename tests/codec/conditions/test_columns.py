"""What the names of a condition mean, held against the file, its weights and the walk, one step at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec import decoders
from codec.conditions import parse
from codec.conditions.columns import COLUMNS, Columns
from codec.container import Coding, Container, Framing
from codec.decoders.reference import ReferenceDecoder
from codec.decoders.streams import Status
from codec.errors import DecodeError, InputError, RanscopeError
from codec.stepping.decoder_walk import DecoderWalk
from codec.stepping.opening import open_walk
from codec.stepping.walk import Direction, Walk
from codec.trace import STEP_COLUMNS, Trace
from tests.codec.files import (
    Weights,
    batched_file,
    noise,
    parsed,
    stream_place,
    wcdc_file,
    with_bytes,
)
from tests.codec.native_files import native_bytes, smooth
from tests.codec.strategies import damaged


def native(weights: Weights, lanes: int, run: int, word_bits: int) -> tuple[bytes, Weights]:
    settings: dict[str, Any] = {"lanes": lanes, "run": run, "word_bits": word_bits}
    return native_bytes({"a": weights}, tile_rows=16, tile_cols=16, **settings), weights


SUBJECTS: dict[str, tuple[bytes, Weights]] = {
    "batched": (batched_file(noise(40, 50), 16), noise(40, 50)),
    "wcdc": (wcdc_file(smooth(40, 50), 16), smooth(40, 50)),
    "native, bytes": native(noise(40, 50), lanes=4, run=2, word_bits=8),
    "native, words": native(smooth(40, 50, axis=0), lanes=8, run=4, word_bits=16),
}


def walks(data: bytes) -> Iterator[Walk]:
    container = parsed(data)
    (tensor,) = container.tensors
    for tile in range(len(tensor.tiles)):
        for direction in Direction:
            try:
                yield open_walk(container, tensor, tile, "reference", direction)
            except DecodeError as error:
                assert "has no steps" in str(error)


@pytest.fixture(params=SUBJECTS)
def subject(request: pytest.FixtureRequest) -> tuple[bytes, Weights]:
    return SUBJECTS[request.param]


def columns_of(walk: Walk) -> Columns:
    return Columns(walk.trace(0, walk.steps), walk)


def test_every_column_of_a_trace_has_a_meaning():
    assert set(STEP_COLUMNS) < set(COLUMNS)
    for name, column in COLUMNS.items():
        assert column.meaning, name
        assert len(column.meaning) <= 80


def test_what_the_trace_records_is_taken_as_it_is(subject):
    for walk in walks(subject[0]):
        columns = columns_of(walk)
        for name in STEP_COLUMNS:
            assert columns[name].dtype == np.int64
            assert columns[name].tolist() == columns.trace[name].tolist()
        assert columns["state"].tolist() == columns.trace["state_before"].tolist()


def test_places_are_those_of_the_weights(subject):
    data, weights = subject
    for walk in walks(data):
        columns, (_, cols) = columns_of(walk), walk.tensor.coded_shape(walk.tile)
        for step, symbol in enumerate(columns.trace["symbol_index"].tolist()):
            place = walk.tensor.weight_of(walk.tile, symbol)
            found = int(columns["row"][step]), int(columns["col"][step])
            assert int(columns["padding"][step]) == (place is None)
            assert (columns["tile_row"][step], columns["tile_col"][step]) == divmod(symbol, cols)
            if place is None:
                assert found[0] >= weights.shape[0] or found[1] >= weights.shape[1]
            else:
                assert found == place
                assert columns["weight"][step] == weights[place]
            assert place is not None or columns["weight"][step] == 0


def moved(walk: Walk, trace: Trace, row: int, data: bytes) -> list[int]:
    """The bytes of the file that a step took in or moved out, in the order in which words went, low bytes first."""
    (offset, size), word = trace.bytes_of_row(row), walk.tensor.coder.word_bytes
    words = [list(data[at : at + word]) for at in range(offset, offset + size, word)]
    return [byte for each in (words if trace.forward else words[::-1]) for byte in each]


def test_bytes_are_those_of_the_file(subject):
    data, _ = subject
    most = 0
    for walk in walks(data):
        columns, size = columns_of(walk), walk.tensor.coder.word_bytes
        for row in range(walk.steps):
            taken = moved(walk, columns.trace, row, data)
            most = max(most, len(taken))
            padded = [*taken, -1, -1]
            assert [columns["byte0"][row], columns["byte1"][row]] == padded[:2]
            word = int.from_bytes(bytes(taken[:size]), "little") if taken else -1
            assert columns["word"][row] == word
            assert bool(columns["renormalised"][row]) == bool(taken)
    assert most >= 2


def test_lanes_come_round_in_blocks_and_turns(subject):
    for walk in walks(subject[0]):
        columns, lanes = columns_of(walk), walk.tensor.interleaving
        symbols = columns.trace["symbol_index"].tolist()
        places = [lanes.place_of(symbol) for symbol in symbols]
        assert columns["block"].tolist() == [block for block, _, _ in places]
        assert columns["turn"].tolist() == [turn for _, turn, _ in places]
        assert columns["lane"].tolist() == [lane for _, _, lane in places]
        assert columns["left"].tolist() == list(range(len(symbols)))[::-1]


def test_constants_are_the_coders(subject):
    for walk in walks(subject[0]):
        coder = walk.tensor.coder
        for text in (f"L == {coder.lower_bound}", f"M == {1 << coder.scale_bits}", "L % M == 0"):
            assert parse(text).holds(walk, walk.trace(0, 9)).tolist() == [True] * 9


def test_a_window_has_the_columns_of_its_steps(subject):
    for walk in walks(subject[0]):
        whole, part = columns_of(walk), Columns(walk.trace(33, 57), walk)
        for name in COLUMNS:
            if whole[name].ndim:
                assert part[name].tolist() == whole[name][33:57].tolist()


class Brought(ReferenceDecoder):
    """One of the user's, of which nothing is known but its trace."""

    name = "brought"


def walks_of(container: Container, tile: int) -> Iterator[Walk]:
    tensor = container.tensors[0]
    yield open_walk(container, tensor, tile, "reference")
    yield DecoderWalk(container, tensor, tile, Brought())


def test_weights_of_any_decoder_are_those_of_the_tile(subject):
    data, weights = subject
    container = parsed(data)
    coded = np.flatnonzero(container.tensors[0].tiles["coding"] == Coding.RANS)
    for tile in coded.tolist():
        for walk in walks_of(container, tile):
            columns = columns_of(walk)
            inside = ~columns["padding"]
            places = columns["row"][inside], columns["col"][inside]
            assert (columns["weight"][inside] == weights[places]).all()


def test_weights_of_a_stream_that_breaks_off_are_the_decoders(subject):
    """Bytes in the middle are overwritten: what comes out from there on is wrong, or nothing does."""
    data, _ = subject
    offset, size = stream_place(data, 0)
    for middle in (bytes(16), b"\xff" * 16):
        container = parsed(with_bytes(data, offset + size // 2 - 8, middle))
        (tensor,) = container.tensors
        expected = decoders.make("reference").decode_tiles(container, tensor, [0], {})[0].weights
        for walk in walks_of(container, 0):
            columns = columns_of(walk)
            assert (columns["weight"] == expected[columns["row"], columns["col"]]).all()


def test_weights_of_a_stream_that_ends_too_soon_are_the_decoders(subject):
    """The index cuts the stream's last words off, so that it runs out of bytes in a block of lanes."""
    container = parsed(subject[0])
    (tensor,) = container.tensors
    tiles = tensor.tiles.copy()
    tiles["size"][0] -= 60
    if tensor.framing is Framing.TRAILING_STATE:
        tiles["offset"][0] += 60
    shorter = replace(tensor, tiles=tiles)
    container = replace(container, tensors=(shorter,))
    found = decoders.make("reference").decode_tiles(container, shorter, [0], {})[0]
    assert found.stream.status is Status.UNDERRUN
    for walk in walks_of(container, 0):
        columns = columns_of(walk)
        assert 0 < walk.steps < 256
        assert (columns["weight"] == found.weights[columns["row"], columns["col"]]).all()


class Erring(ReferenceDecoder):
    """Takes every symbol for the next one, and the last one for one that no tile has."""

    name = "erring"

    def trace(self, *which: Any) -> Trace:
        trace = super().trace(*which)
        trace.columns["symbol"] += np.uint8(1)
        trace.columns["symbol_index"][-1] = 1 << 31
        return trace


def test_weights_are_those_that_a_decoder_that_errs_makes():
    data, weights = SUBJECTS["native, bytes"]
    container = parsed(data)
    (tensor,) = container.tensors
    walk = DecoderWalk(container, tensor, 0, Erring())
    columns = columns_of(walk)
    wrong = columns["weight"][0] - np.int64(weights[0, 0])
    assert int(wrong) % 256 == 1
    assert len(columns["weight"]) == 256


def test_weights_are_made_once_a_walk(monkeypatch):
    container = parsed(SUBJECTS["batched"][0])
    walk = open_walk(container, container.tensors[0], 0, "reference")
    condition, trace = parse("weight == 3"), walk.trace(0, 99)
    first = condition.holds(walk, trace)
    monkeypatch.setattr(type(walk), "trace", lambda *_: pytest.fail("walked again"))
    assert condition.holds(walk, trace).tolist() == first.tolist()


def test_a_condition_that_names_no_weight_makes_none(monkeypatch):
    monkeypatch.setattr("codec.conditions.columns.values_of", lambda walk: pytest.fail("asked"))
    container = parsed(SUBJECTS["batched"][0])
    walk = open_walk(container, container.tensors[0], 0, "reference")
    assert parse("symbol >= 0 or weight == 3").holds(walk, walk.trace(0, 9)).all()


def test_of_a_trace_alone_what_it_holds_can_be_named():
    container = parsed(SUBJECTS["batched"][0])
    trace = decoders.make("reference").trace(container, container.tensors[0], 0)
    columns = Columns(trace)
    for name in (*STEP_COLUMNS, "state", "renormalised"):
        assert len(columns[name]) == len(trace)
    for name in COLUMNS.keys() - STEP_COLUMNS.keys() - {"state", "renormalised"}:
        with pytest.raises(InputError, match="alone"):
            columns[name]


@given(damaged(), st.sampled_from(["cpu", "reference"]), st.sampled_from(Direction))
def test_damaged_files_have_columns_as_far_as_they_have_steps(data, coder, direction):
    with contextlib.suppress(RanscopeError):
        container = parsed(data)
        for tensor in container.tensors:
            walk = open_walk(container, tensor, 0, coder, direction)
            columns = columns_of(walk)
            for name in COLUMNS:
                assert columns[name].shape in ((), (walk.steps,))
