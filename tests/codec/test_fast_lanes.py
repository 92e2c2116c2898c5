"""The compiled kernels of the native layout against the scalar reference: every constant that the layout
allows, sound streams and damaged ones, eight lanes at a time and one by one."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec import rans
from codec.checksum import tile_checksum
from codec.container import NATIVE_PREDICTORS, Coding, Predictor
from codec.decoders.cpu import CpuDecoder
from codec.decoders.reference import ReferenceDecoder
from codec.decoders.streams import Status
from codec.errors import DecodeError
from codec.fast import (
    lane_checksums,
    lane_coding,
    lane_decode,
    lane_encode,
    lane_histograms,
    lane_trace,
    lane_vector_encode,
)
from codec.fast.lane_checksums import tile_checksums
from codec.fast.lane_decode import StoredTiles, decode_tiles
from codec.fast.lane_encode import encode_tiles
from codec.fast.lane_histograms import tile_histograms
from codec.fast.lane_steps import lookup
from codec.fast.lane_tables import lane_shape, lane_table
from codec.fast.lane_trace import trace_lanes
from codec.fast.vectors import AVX2
from codec.fast.walk import Status as FastStatus
from codec.fast_lane_coder import FastLaneCoder
from codec.formats import parse
from codec.frequency import FrequencyTable, normalise
from codec.interleaving import Interleaving
from codec.native_coder import ReferenceLaneCoder, stream_bytes
from codec.native_encoder import encode_native
from codec.native_layer import Layer, NativeSettings
from codec.native_plan import tile_rectangles
from codec.rans import Coder
from codec.source import BytesSource
from codec.trace import STEP_COLUMNS
from codec.warmup import warm

ROOT = Path(__file__).parent.parent.parent
DEFAULT = Coder(1 << 16, 16, 12), Interleaving(32, 16)
BOTH = pytest.mark.parametrize("vectors", [True, False], ids=["eight lanes", "one lane"])


@st.composite
def coders(draw):
    """Any coder and interleaving of the layout, those that vectors take as often as not."""
    if draw(st.booleans()):
        scale, bound = draw(st.tuples(st.integers(8, 12), st.integers(12, 16)))
        lanes, run = draw(st.sampled_from([(8, 4), (8, 16), (16, 8), (32, 16), (24, 12)]))
        return Coder(1 << bound, 16, scale), Interleaving(lanes, run)
    word, scale = draw(st.sampled_from([8, 16])), draw(st.integers(8, 15))
    bound = draw(st.integers(scale, 32 - word))
    lanes = draw(st.sampled_from([1, 2, 3, 8, 32, 33, 100, 1024]))
    run = draw(st.sampled_from([1, 2, 3, 4, 16, 17, 48, 1024]))
    return Coder(1 << bound, word, scale), Interleaving(lanes, run)


@st.composite
def weights(draw, longest=60):
    """int8 matrices: narrow, wide, uniform, of one value; now and then large enough for whole blocks."""
    rows, cols = draw(st.tuples(st.integers(1, longest), st.integers(1, longest)))
    rng = np.random.default_rng(draw(st.integers(0, 1 << 32)))
    spread = draw(st.sampled_from([0.0, 0.4, 3.0, 10.0, 60.0]))
    return rng.normal(0, spread, (rows, cols)).round().clip(-128, 127).astype(np.int8)


@st.composite
def tilings(draw, matrix):
    """The tiles of a matrix, of any size, or any one rectangle of it."""
    if draw(st.booleans()):
        sides = draw(st.tuples(st.integers(1, 70), st.integers(1, 70)))
        return tile_rectangles(matrix.shape, *sides)
    row, col = draw(st.integers(0, matrix.shape[0])), draw(st.integers(0, matrix.shape[1]))
    rows = draw(st.integers(0, matrix.shape[0] - row))
    return np.array([(row, col, rows, draw(st.integers(0, matrix.shape[1] - col)))])


def table_for(counts, scale_bits):
    """The best table; of nothing, one of equals."""
    if not counts.any():
        counts = np.ones(256, np.int64)
    return FrequencyTable.of_frequencies(normalise(counts, scale_bits), scale_bits)


@given(st.data())
@settings(max_examples=80)
def test_what_the_coder_makes_is_the_references_and_decodes(data):
    matrix, (coder, interleaving) = data.draw(weights()), data.draw(coders())
    tiles = data.draw(tilings(matrix))
    numbers = data.draw(st.lists(st.integers(0, 2), min_size=len(tiles), max_size=len(tiles)))
    predictors = np.array(numbers, np.uint8)
    fast, reference = FastLaneCoder(), ReferenceLaneCoder()
    counts = np.zeros((len(tiles), 256), np.int64)
    for number, predictor in enumerate(NATIVE_PREDICTORS):
        found = fast.histograms(matrix, tiles, predictor)
        np.testing.assert_array_equal(found, reference.histograms(matrix, tiles, predictor))
        counts[predictors == number] = found[predictors == number]
    table = table_for(counts.sum(axis=0), coder.scale_bits)
    expected = reference.encode(matrix, tiles, predictors, table, coder, interleaving)
    sums = reference.checksums(matrix, tiles)
    np.testing.assert_array_equal(fast.checksums(matrix, tiles), sums)
    assert_same_streams(
        fast.encode(matrix, tiles, predictors, table, coder, interleaving), expected
    )
    shape = lane_shape(coder, interleaving)
    for vectors in (True, False):
        streams = encode_tiles(matrix, tiles, predictors, table, shape, vectors=vectors)
        assert_same_streams(streams, expected)
        stored = stored_streams(expected, tiles, predictors)
        decoded = np.zeros_like(matrix)
        job = lookup(expected.data, lane_table(table), shape, vectors=vectors)
        report = decode_tiles(job, stored, decoded, checksums=True)
        assert not report.status.any()
        assert not report.bytes_left.any()
        assert (report.end_states == coder.lower_bound).all()
        np.testing.assert_array_equal(report.checksums, sums)
        for row, col, rows, cols in tiles.tolist():
            place = np.s_[row : row + rows, col : col + cols]
            np.testing.assert_array_equal(decoded[place], matrix[place])


def assert_same_streams(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def stored_streams(streams, tiles, predictors):
    spans = np.stack([streams.offsets, streams.offsets + streams.sizes], axis=1)
    codings = np.full(len(tiles), Coding.RANS, np.uint8)
    return StoredTiles(spans, tiles, codings, predictors, np.zeros(len(tiles), np.int8))


@BOTH
@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (37, 83), (64, 64), (20, 512)])
@pytest.mark.parametrize("predictor", NATIVE_PREDICTORS)
def test_shapes_at_the_edge(shape, predictor, vectors):
    """Fewer symbols than a block, blocks that end amid a row, runs that span rows, whole blocks."""
    matrix = np.random.default_rng(5).normal(0, 9, shape).round().astype(np.int8)
    tiles, predictors = (
        np.array([(0, 0, *shape)]),
        np.array([NATIVE_PREDICTORS.index(predictor)], np.uint8),
    )
    (counts,) = tile_histograms(matrix, tiles, predictor)
    table = table_for(counts, 12)
    expected = ReferenceLaneCoder().encode(matrix, tiles, predictors, table, *DEFAULT)
    found = encode_tiles(matrix, tiles, predictors, table, lane_shape(*DEFAULT), vectors=vectors)
    assert_same_streams(found, expected)
    job = lookup(found.data, lane_table(table), lane_shape(*DEFAULT), vectors=vectors)
    decoded = np.zeros_like(matrix)
    report = decode_tiles(job, stored_streams(found, tiles, predictors), decoded, checksums=True)
    np.testing.assert_array_equal(decoded, matrix)
    assert report.checksums.tolist() == [tile_checksum(matrix)]
    assert report.decoded.tolist() == [matrix.size]


def test_reciprocals_divide_exactly_for_every_frequency():
    rng = np.random.default_rng(3)
    for scale, bound, word in [(8, 8, 8), (8, 24, 8), (12, 16, 16), (15, 15, 16), (15, 24, 8)]:
        shape = lane_shape(Coder(1 << bound, word, scale), Interleaving())
        room = bound - scale + word
        for frequency in {1, 2, 3, *range(1, 1 << scale, 7), (1 << scale) - 1}:
            frequencies = np.zeros(256, np.int64)
            frequencies[0], frequencies[1] = frequency, (1 << scale) - frequency
            table = FrequencyTable.of_frequencies(frequencies, scale)
            reciprocal, limit, start, complement = lane_coding.coding_table(table, shape)[:4]
            # All quotients that a state may have, each at its first and last remainder.
            quotients = rng.integers(1 << room - 8 * word // 8, 1 << room, 60)
            quotients[:2] = (1 << room) - 1, (1 << room) - 2
            states = np.concatenate([quotients * frequency, quotients * frequency + frequency - 1])
            states = states.astype(np.uint64)
            assert int(states.max()) == int(limit) - 1
            exact = states // np.uint64(frequency)
            np.testing.assert_array_equal((states * reciprocal) >> np.uint64(64 - room), exact)
            inverse = lane_vector_encode.inverses(table)[0]
            np.testing.assert_array_equal((states * inverse).astype(np.uint64), exact)
            assert (int(start), int(complement)) == (0, (1 << scale) - frequency)


@pytest.mark.parametrize("threads", [1, 2])
def test_no_tiles_make_no_streams(threads):
    """As where all tiles of a tensor are constant."""
    coder, none = FastLaneCoder(threads), np.zeros((0, 4), np.int64)
    matrix, numbers = np.zeros((3, 3), np.int8), np.zeros(0, np.uint8)
    found = coder.encode(matrix, none, numbers, table_for(RARE, 12), *DEFAULT)
    expected = ReferenceLaneCoder().encode(matrix, none, numbers, table_for(RARE, 12), *DEFAULT)
    assert_same_streams(found, expected)
    assert [part.dtype for part in found] == [part.dtype for part in expected]
    assert coder.histograms(matrix, none, Predictor.LEFT).shape == (0, 256)
    assert coder.checksums(matrix, none).shape == (0,)


LONE = np.eye(256, dtype=np.int64)[77]
RARE = np.array([3] + [1] * 200 + [0] * 55)


@BOTH
@pytest.mark.parametrize("scale_bits", [8, 12, 13, 15])
@pytest.mark.parametrize("shares", [LONE, RARE], ids=["one symbol owns all", "many rare ones"])
def test_tables_at_the_edge(shares, scale_bits, vectors):
    """A symbol that owns all slots overflows the fields of a packed entry; frequencies of 1 move most words."""
    table = table_for(shares * 1000, scale_bits)
    rng = np.random.default_rng(6)
    symbols = rng.choice(np.flatnonzero(shares), (40, 96)).astype(np.uint8)
    matrix = (symbols + np.uint8(128)).view(np.int8)
    tiles, none = tile_rectangles((40, 96), 32, 96), np.zeros(2, np.uint8)
    coder = Coder(1 << 16, 16, scale_bits), Interleaving(32, 16)
    expected = ReferenceLaneCoder().encode(matrix, tiles, none, table, *coder)
    shape = lane_shape(*coder)
    assert_same_streams(encode_tiles(matrix, tiles, none, table, shape, vectors=vectors), expected)
    decoded = np.zeros_like(matrix)
    job = lookup(expected.data, lane_table(table), shape, vectors=vectors)
    report = decode_tiles(job, stored_streams(expected, tiles, none), decoded, checksums=False)
    assert not report.status.any()
    np.testing.assert_array_equal(decoded, matrix)


@BOTH
@pytest.mark.parametrize("at", [0, 700, 2047])
@pytest.mark.parametrize("coder", [DEFAULT, (Coder(1 << 23, 8, 12), Interleaving(3, 5))])
def test_a_symbol_without_a_frequency_is_refused(at, coder, vectors):
    table = table_for(np.bincount([3, 200], minlength=256), 12)
    matrix = np.full((1, 2048), 200 - 128, np.int8)
    matrix[0, at] = 9
    tiles = np.array([(0, 0, 1, 1), (0, 0, 1, 2048)])
    tiles[0, 1] = (at + 1) % 2048
    with pytest.raises(ValueError, match="symbol 137 has frequency 0"):
        encode_tiles(
            matrix, tiles, np.zeros(2, np.uint8), table, lane_shape(*coder), vectors=vectors
        )


@st.composite
def damaged(draw):
    """A stream that was sound once: its bytes, symbols, table, coder and interleaving."""
    coder, interleaving = draw(coders())
    rng = np.random.default_rng(draw(st.integers(0, 1 << 32)))
    count = draw(st.sampled_from([0, 1, 7, 130, 512, 513, 2000]))
    counts = np.bincount(rng.normal(128, draw(st.sampled_from([1, 12])), 999).astype(np.uint8))
    table = table_for(np.pad(counts, (0, 256 - len(counts))), coder.scale_bits)
    share = table.frequencies / table.total
    symbols = rng.choice(256, count, p=share)
    words, states = rans.encode_lanes(symbols.tolist(), table, coder, interleaving)
    stream = bytearray(stream_bytes(words, states, coder))
    first = 4 * interleaving.lanes
    match draw(st.sampled_from(["none", "flip", "cut", "grow", "state", "noise", "shift"])):
        case "flip":
            stream[rng.integers(len(stream))] ^= 1 << rng.integers(8)
        case "cut":
            del stream[rng.integers(first, len(stream) + 1) :]
        case "grow":
            stream += rng.bytes(int(rng.integers(1, 70)))
        case "state":
            lane = 4 * rng.integers(interleaving.lanes)
            stream[lane : lane + 4] = rng.bytes(4)
        case "noise":
            stream[first:] = rng.bytes(len(stream) - first)
        case "shift":
            del stream[first : rng.integers(first, first + 4)]
    if draw(st.integers(0, 3)) == 0:
        frequencies = np.where(rng.random(256) < 0.03, 0, table.frequencies)
        table = FrequencyTable(frequencies, table.starts, table.scale_bits)
    return bytes(stream), count, table, coder, interleaving


class Outcome:
    """What the reference makes of a stream; rows as in `STEP_COLUMNS`."""

    def __init__(self, stream, count, table, coder, interleaving):
        first = 4 * interleaving.lanes
        states = np.frombuffer(stream[:first], "<u4").tolist()
        words = np.frombuffer(stream[first:][: (len(stream) - first) // coder.word_bytes * coder.word_bytes],
                              "<u2" if coder.word_bytes == 2 else "u1")[::-1].tolist()  # fmt: skip
        self.symbols, self.rows = np.zeros(count, np.uint8), []
        self.status, self.decoded, self.state = FastStatus.OK, count, states[0]
        self.left = len(stream) - first
        if not all(coder.lower_bound <= state < coder.upper_bound for state in states):
            self.status, self.decoded = FastStatus.STATE_OUT_OF_RANGE, 0
            return
        unread = len(words)
        try:
            walk = rans.lane_steps(words, states, count, table, coder, interleaving)
            for number, s in enumerate(walk):
                self.symbols[s.symbol_index] = s.symbol
                states[s.lane], position = (
                    s.state_after,
                    first + (len(words) - s.unread) * coder.word_bytes,
                )
                unread = s.unread - s.words
                self.rows.append((
                    0, 0, number, s.lane, s.symbol_index, s.state_before, s.slot, s.symbol, s.freq, s.start,
                    s.state_after, position, s.words * coder.word_bytes,
                ))  # fmt: skip
        except rans.Stuck as stuck:
            underrun = isinstance(stuck, rans.Underrun)
            self.status = FastStatus.UNDERRUN if underrun else FastStatus.UNOWNED_SLOT
            self.decoded, self.state = stuck.step, stuck.state
            self.left = stuck.unread * coder.word_bytes
            self.symbols[interleaving.whole(stuck.step) :] = 0
            return
        others = [state for state in states if state != coder.lower_bound]
        self.state = [*others, coder.lower_bound][0]
        self.left = unread * coder.word_bytes + self.left % coder.word_bytes


@given(damaged())
@settings(max_examples=200)
def test_damaged_streams_stop_where_the_reference_stops(case):
    stream, count, table, coder, interleaving = case
    expected = Outcome(*case)
    data = np.frombuffer(b"abc" + stream + b"xy", np.uint8)
    tiles = np.array([(0, 0, 1, count)])
    stored = StoredTiles(
        np.array([(3, 3 + len(stream))]), tiles, np.zeros(1, np.uint8), np.zeros(1, np.uint8),
        np.zeros(1, np.int8),
    )  # fmt: skip
    for vectors in (True, False):
        found = np.full((1, max(count, 1)), 5, np.uint8)
        job = lookup(data, lane_table(table), lane_shape(coder, interleaving), vectors=vectors)
        report = decode_tiles(job, stored, found, weights=False, checksums=True)
        assert FastStatus(report.status[0]) is expected.status
        assert report.decoded[0] == expected.decoded
        assert report.end_states[0] == expected.state
        assert report.bytes_left[0] == expected.left
        assert report.initial_states[0] == int.from_bytes(stream[:4], "little")
        assert report.checksums[0] == 0
        np.testing.assert_array_equal(found[0, :count], expected.symbols)
        first = expected.symbols[:8]
        np.testing.assert_array_equal(report.first_symbols[0, : len(first)], first)


@given(damaged(), st.integers(0, 2100), st.integers(0, 2100))
@settings(max_examples=100)
def test_traces_are_the_references(case, first, last):
    stream, count, table, coder, interleaving = case
    expected = Outcome(*case)
    job = lookup(
        np.frombuffer(stream, np.uint8), lane_table(table), lane_shape(coder, interleaving)
    )
    if expected.status is FastStatus.STATE_OUT_OF_RANGE:
        with pytest.raises(ValueError, match="STATE_OUT_OF_RANGE"):
            trace_lanes(job, count, (first, last))
        return
    found = trace_lanes(job, count, (first, last), 5000)
    rows = expected.rows[first:last]
    for i, (name, kind) in enumerate(STEP_COLUMNS.items()):
        values = np.array([row[i] for row in rows], dtype=kind)
        values = values + np.uint64(5000) if name == "position" else values
        np.testing.assert_array_equal(found.columns[name], values, err_msg=name)
        assert found.columns[name].dtype == np.dtype(kind)
    stopped = min(max(last, 0), count) > expected.decoded
    assert found.status is (expected.status if stopped else FastStatus.OK)
    assert found.decoded == min(last, count, expected.decoded)


def test_a_trace_of_no_stream_is_refused():
    job = lookup(np.zeros(127, np.uint8), lane_table(table_for(RARE, 12)), lane_shape(*DEFAULT))
    with pytest.raises(ValueError, match="BAD_FRAME"):
        trace_lanes(job, 5, (0, 5))
    with pytest.raises(ValueError, match="no step"):
        trace_lanes(job, 5, (-1, 5))


@BOTH
def test_noise_is_survived(vectors):
    """What no caller hands over: spans, codings and predictors of noise; tables that are no tables."""
    rng = np.random.default_rng(8)
    for _ in range(200):
        data = rng.integers(0, 256, rng.integers(0, 900)).astype(np.uint8)
        count = int(rng.integers(1, 6))
        matrix = np.zeros((rng.integers(1, 40), rng.integers(1, 40)), np.int8)
        sides = rng.integers(0, np.array(matrix.shape) + 1, (count, 2))
        corners = rng.integers(0, np.array(matrix.shape) - sides + 1, (count, 2))
        spans = np.sort(rng.integers(-3, 910, (count, 2)), axis=1)
        codings, predictors = rng.integers(0, 4, (2, count)).astype(np.uint8)
        constants = rng.integers(-9, 9, count).astype(np.int8)
        tiles = np.hstack([corners, sides])
        stored = StoredTiles(spans, tiles, codings, predictors, constants)
        coder = (
            Coder(1 << 16, 16, 12),
            Interleaving(int(rng.choice([1, 8])), int(rng.choice([1, 4]))),
        )
        noise = replace(
            lane_table(table_for(RARE, 12)),
            steps=rng.integers(0, rng.choice([2, 4096, 65536]), 8192).astype(np.uint16),
            packed=rng.integers(0, 1 << 32, 4096).astype(np.uint32),
        )
        job = lookup(data, noise, lane_shape(*coder), vectors=vectors)
        report = decode_tiles(job, stored, matrix, checksums=True)
        assert (report.decoded <= sides.prod(axis=1)).all()
        assert (report.bytes_left >= 0).all()


def test_what_does_not_go_together_is_refused():
    table, shape = lane_table(table_for(RARE, 12)), lane_shape(*DEFAULT)
    job, matrix = lookup(np.zeros(9, np.uint8), table, shape), np.zeros((3, 3), np.int8)
    sealed = matrix.copy()
    sealed.flags.writeable = False
    spans, tiles, bytes_ = (
        np.zeros((1, 2), np.int64),
        np.array([(0, 0, 3, 3)]),
        np.zeros(1, np.uint8),
    )
    good = StoredTiles(spans, tiles, bytes_, bytes_, np.zeros(1, np.int8))
    wrong: list[Any] = [
        (good._replace(spans=np.zeros((2, 2), np.int64)), matrix),
        (good._replace(tiles=tiles.astype(np.int32)), matrix),
        (good._replace(codings=np.zeros(2, np.uint8)), matrix),
        *((good._replace(tiles=np.array([tile])), matrix) for tile in OUTSIDE),
        (good, sealed),
        (good, np.zeros((6, 6), np.int8)[::2, ::2]),
    ]
    for stored, target in wrong:
        with pytest.raises(ValueError, match=r"int64|length|outside|C-contiguous|read-only"):
            decode_tiles(job, stored, target, checksums=False)
    for tile in OUTSIDE:
        with pytest.raises(ValueError, match="outside"):
            tile_checksums(matrix, np.array([tile]))
    with pytest.raises(ValueError, match="predictor"):
        encode_tiles(matrix, tiles, np.zeros(2, np.uint8), table_for(RARE, 12), shape)
    with pytest.raises(ValueError, match="slots"):
        lookup(np.zeros(9, np.uint8), lane_table(table_for(RARE, 11)), shape)
    with pytest.raises(ValueError, match="slots"):
        lane_coding.coding_table(table_for(RARE, 11), shape)


OUTSIDE = [
    (-1, 0, 1, 1),
    (0, 1, 1, 3),
    (3, 0, 1, 1),
    (0, 0, -1, -1),
    (0, 0, 1 << 62, 1),
    (1 << 62, 0, 1 << 62, 1),
]


@pytest.mark.parametrize(
    ("coder", "interleaving"),
    [
        (Coder(1 << 16, 16, 12), Interleaving(0, 1)),
        (Coder(1 << 16, 16, 12), Interleaving(1025, 1)),
        (Coder(1 << 16, 16, 12), Interleaving(1, 1025)),
        (Coder(1 << 17, 16, 12), Interleaving()),
        (Coder(1 << 11, 16, 12), Interleaving()),
        (Coder(1 << 16, 16, 7), Interleaving()),
        (Coder(1 << 16, 16, 16), Interleaving()),
        (Coder((1 << 16) + 1, 16, 12), Interleaving()),
        (Coder(1 << 16, 32, 12), Interleaving()),
    ],
)
def test_constants_outside_of_the_layout_are_refused(coder, interleaving):
    with pytest.raises(ValueError, match="do not take"):
        lane_shape(coder, interleaving)


@st.composite
def files(draw):
    """A native container, and the matrix in it."""
    matrix, (coder, interleaving) = draw(weights(45)), draw(coders())
    chosen = NativeSettings(
        draw(st.integers(1, 50)), draw(st.integers(1, 50)),
        draw(st.sampled_from(["none", "left", "top", "auto"])), min(interleaving.lanes, 33),
        interleaving.run, coder.scale_bits, coder.word_bits, coder.lower_bound.bit_length() - 1,
    )  # fmt: skip
    data, _ = encode_native([Layer.of_matrix("weights", matrix)], chosen, encoder="reference")
    return parse(BytesSource(data)), matrix


def harmed(container, rng):
    """The container after accidents to its streams and tile records, bounds as a parser leaves them."""
    (tensor,) = container.tensors
    data, tiles = bytearray(container.source.read(0, container.source.size)), tensor.tiles.copy()
    for i in rng.integers(len(tiles), size=rng.integers(1, 4)).tolist():
        offset, size = int(tiles["offset"][i]), int(tiles["size"][i])
        match rng.integers(7):
            case 0 if size:
                data[offset + rng.integers(size)] ^= 1 << rng.integers(8)
            case 1:
                tiles["size"][i] = max(size - rng.integers(1, 9), 0)
            case 2:
                tiles["size"][i] += rng.integers(1, 9)
            case 3:
                tiles["predictor"][i] = rng.integers(5)
            case 4:
                tiles["coding"][i] = rng.integers(4)
            case 5:
                tiles["checksum"][i] ^= 1
            case _:
                tiles["readable"][i] = False
    counts = np.array([tensor.symbol_count(i) for i in range(len(tiles))])
    least = np.choose(tiles["coding"] % 3, [4 * tensor.interleaving.lanes, counts, 0])
    sizes = tiles["size"].astype(np.int64)
    ends = tiles["offset"].astype(np.int64) + np.maximum(sizes, least)
    tiles["readable"] &= (sizes >= np.where(tiles["coding"] == 1, 0, least)) & (ends <= len(data))
    source = BytesSource(bytes(data))
    return replace(container, source=source, tensors=(replace(tensor, tiles=tiles),))


@given(files(), st.integers(0, 1 << 32))
@settings(max_examples=60)
def test_the_decoder_agrees_with_the_reference_on_whole_files(file, seed):
    container, matrix = file
    assert_decoders_agree(container)
    decoded = CpuDecoder().decode(container, container.tensors[0])
    np.testing.assert_array_equal(decoded.weights, matrix)
    assert_decoders_agree(harmed(container, np.random.default_rng(seed)))


def assert_decoders_agree(container):
    (tensor,) = container.tensors
    fast, reference = CpuDecoder(threads=2), ReferenceDecoder()
    found, expected = (d.decode(container, tensor) for d in (fast, reference))
    np.testing.assert_array_equal(found.reads, expected.reads)
    np.testing.assert_array_equal(found.weights, expected.weights)
    tiles = range(len(tensor.tiles))
    pairs = (d.decode_streams(container, tensor, tiles) for d in (fast, reference))
    for one, other in zip(*pairs, strict=True):
        np.testing.assert_array_equal(one.symbols, other.symbols)
        assert replace(one, symbols=other.symbols).__dict__ == other.__dict__
    for tile in tiles[:3]:
        one, other = (traced(d, container, tensor, tile) for d in (fast, reference))
        assert one == other


def traced(decoder, container, tensor, tile):
    try:
        found = decoder.trace(container, tensor, tile, 2, 300)
    except DecodeError as error:
        return str(error)
    frames = [replace(frame, frequencies=None) for frame in found.streams]
    return {name: column.tolist() for name, column in found.columns.items()}, frames, found.stopped


def test_checksums_can_be_left_out():
    matrix = np.arange(64, dtype=np.int8).reshape(8, 8) // 9
    data, _ = encode_native([Layer.of_matrix("a", matrix)], NativeSettings(4, 4))
    container = parse(BytesSource(data))
    (tensor,) = container.tensors
    tensor.tiles["checksum"][1] ^= 1
    decoder = CpuDecoder()
    assert decoder.decode(container, tensor).reads["status"].tolist() == [0, Status.CHECKSUM, 0, 0]
    assert decoder.decode_tiles(container, tensor, [1], {})[1].stream.status is Status.CHECKSUM
    decoder.verify_checksums = False
    assert not decoder.decode(container, tensor).reads["status"].any()
    assert decoder.decode_tiles(container, tensor, [1], {})[1].stream.status is Status.OK


def test_streams_that_vanish_are_told_one_by_one():
    matrix = np.random.default_rng(0).normal(0, 9, (64, 64)).round().astype(np.int8)
    data, _ = encode_native([Layer.of_matrix("a", matrix)], NativeSettings(32, 32, lanes=4))
    container = parse(BytesSource(data))
    last = int(container.tensors[0].tiles["offset"][3])
    container = replace(container, source=BytesSource(data[: last + 5]))
    found, expected = (
        d.decode(container, container.tensors[0]) for d in (CpuDecoder(), ReferenceDecoder())
    )
    assert found.reads["status"].tolist() == [0, 0, 0, Status.UNREADABLE]
    np.testing.assert_array_equal(found.reads, expected.reads)
    np.testing.assert_array_equal(found.weights, expected.weights)


KERNELS: dict[str, Any] = {
    "decode": lane_decode._decode,
    "encode": lane_encode._encode,
    "count": lane_histograms._count,
    "checksums": lane_checksums._checksums,
    "begin": lane_trace.begin_lanes,
    "walk": lane_trace.walk_lanes,
}


def test_warming_compiles_all_that_is_used_later():
    warm()
    before = {name: len(kernel.signatures) for name, kernel in KERNELS.items()}
    assert all(before.values())
    matrix = np.random.default_rng(0).normal(0, 9, (64, 64)).round().astype(np.int8)
    for cpu in (encode_native([Layer.of_matrix("a", m)])[0] for m in (matrix, matrix[:1] * 0)):
        container = parse(BytesSource(cpu))
        CpuDecoder().decode(container, container.tensors[0])
        CpuDecoder().decode_streams(container, container.tensors[0], [0])
    coder = FastLaneCoder()
    tiles, none = tile_rectangles(matrix.shape, 16, 16), np.zeros(16, np.uint8)
    table = table_for(coder.histograms(matrix, tiles, Predictor.NONE).sum(axis=0), 12)
    streams = coder.encode(matrix, tiles, none, table, *DEFAULT)
    coder.checksums(matrix, tiles)
    job = lookup(streams.data[: streams.sizes[0]], lane_table(table), lane_shape(*DEFAULT))
    trace_lanes(job, 256, (3, 9))
    assert {name: len(kernel.signatures) for name, kernel in KERNELS.items()} == before


AT_THE_END_OF_MEMORY = """
import ctypes, mmap, sys
import numpy as np
from codec.fast.lane_decode import StoredTiles, decode_tiles
from codec.fast.lane_steps import lookup
from codec.fast.lane_tables import lane_shape, lane_table
from codec.frequency import FrequencyTable, normalise
from codec.interleaving import Interleaving
from codec.rans import Coder

page = mmap.PAGESIZE
memory = mmap.mmap(-1, 9 * page)
address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
if ctypes.CDLL(None).mprotect(ctypes.c_void_p(address + 8 * page), page, 0):
    sys.exit("the page behind cannot be closed")
room = np.frombuffer(memory, np.uint8)[: 8 * page]
rng = np.random.default_rng(0)
table = FrequencyTable.of_frequencies(normalise(rng.integers(1, 99, 256)))
shape = lane_shape(Coder(1 << 16, 16, 12), Interleaving(32, 16))
found = np.zeros((1, 1 << 14), np.uint8)
none = np.zeros(1, np.uint8)
tiles = np.array([(0, 0, 1, found.size)])
for size in [*range(128, 300), *range(15000, 15100), 8 * page]:
    stream = room[-size:]
    stream[:] = rng.integers(0, 256, size)
    stream[2:128:4] = 1  # states within bounds
    stream[3:128:4] = 0
    for vectors in (True, False):
        job = lookup(stream, lane_table(table), shape, vectors=vectors)
        stored = StoredTiles(np.array([(0, size)]), tiles, none, none, none.view(np.int8))
        report = decode_tiles(job, stored, found, weights=False, checksums=False)
        assert report.status[0] == (0 if size == 8 * page else 1), (size, report)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="closes a page of memory with mprotect")
def test_no_byte_behind_the_data_is_read():
    """Vectors load more than they take, where no bounds check sees it: here that would be a crash."""
    done = subprocess.run(
        [sys.executable, "-c", AT_THE_END_OF_MEMORY], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_vectors_are_used_where_the_processor_has_them():
    assert (
        lookup(np.zeros(9, np.uint8), lane_table(table_for(RARE, 12)), lane_shape(*DEFAULT)).vectors
        is AVX2
    )
