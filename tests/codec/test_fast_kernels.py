"""The compiled kernels against the scalar reference: sound streams, damaged ones, and no kernel that
leaves its arrays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec import fast, prediction, rans
from codec.container import Rectangle
from codec.fast import checkpoints, coding, decode, encode, symbols, trace
from codec.fast import compile as compiling
from codec.formats import open_file
from codec.formats.streams import stream_bytes
from codec.frequency import FrequencyTable, histogram, normalise
from codec.trace import STEP_COLUMNS
from codec.warmup import main, warm

ROOT = Path(__file__).parent.parent.parent
LEGACY = sorted((ROOT / "tests" / "data" / "legacy").glob("*.batched"))
SOUND = [path for path in LEGACY if not path.name.startswith("brokentable")]

COUNTS = [0, 1, 2, 5, 1023, 1024, 1025, 3000, 257]
"""Symbols of streams decoded together: none, fewer than four, and both sides of a segment's end."""

SECTIONS = {
    "one symbol": np.eye(256)[77],
    "two, even": np.bincount([3, 200], minlength=256),
    "two, 4095 to 1": np.bincount([0] * 4095 + [255], minlength=256),
    "uniform": np.ones(256),
    "normal": np.exp(-(((np.arange(256) - 128) / 14) ** 2) / 2) + 1e-4,
    "narrow": np.exp(-np.abs(np.arange(256) - 128.0)) + 1e-9,
}


def table_for(shares):
    return FrequencyTable.of_frequencies(normalise(np.ceil(shares * 1e6).astype(np.int64)))


def drawn(table, count, rng):
    """Symbols as likely as the table says; every symbol that it has occurs if there is room."""
    share = table.frequencies / table.frequencies.sum()
    found = rng.choice(256, size=count, p=share).astype(np.uint8)
    rare = np.flatnonzero(table.frequencies)[:count]
    found[rng.permutation(count)[: len(rare)]] = rare
    return found


def reference_stream(values, table):
    words, state = rans.encode(values.tolist(), table)
    return stream_bytes(len(values), bytes(words), state)


def joined(streams):
    """u8 data and int64[n, 2] spans of streams, with bytes before and behind that are not theirs."""
    spans, data = [], b"\xff" * 3
    for stream in streams:
        spans.append((len(data), len(data) + len(stream)))
        data += stream
    return np.frombuffer(data + b"\xff" * 2, np.uint8), np.array(spans, np.int64).reshape(-1, 2)


def decoded_flat(streams, counts, table):
    data, spans = joined(streams)
    out = np.zeros((1, sum(counts)), np.uint8)
    places = fast.flat_places(np.array(counts, np.int64))
    report = fast.decode_streams(data, spans, places, fast.slot_table(table), out, difference=False)
    return np.split(out[0], np.cumsum(counts)[:-1]), report


@pytest.fixture(params=list(SECTIONS.values()), ids=list(SECTIONS))
def table(request):
    return table_for(request.param)


def assert_sound(report):
    assert not report.status.any()
    assert (report.end_states == rans.LEGACY.lower_bound).all()
    assert not report.bytes_left.any()


def test_streams_are_the_references_and_decode(table):
    rng = np.random.default_rng(1)
    values = [drawn(table, count, rng) for count in COUNTS]
    run = np.concatenate(values).reshape(1, -1)
    places = fast.flat_places(np.array(COUNTS, np.int64))
    encoded = fast.encode_streams(run, places, table, difference=False)
    streams = [reference_stream(part, table) for part in values]
    assert encoded.data.tobytes() == b"".join(streams)
    assert encoded.sizes.tolist() == [len(stream) for stream in streams]
    parts, report = decoded_flat(streams, COUNTS, table)
    for part, expected in zip(parts, values, strict=True):
        np.testing.assert_array_equal(part, expected)
    assert_sound(report)
    assert report.decoded.tolist() == COUNTS


@pytest.mark.parametrize("lanes", range(1, 10))
def test_any_number_of_streams(lanes):
    table = table_for(SECTIONS["normal"])
    rng = np.random.default_rng(lanes)
    values = [drawn(table, 300, rng) for _ in range(lanes)]
    run = np.stack(values).reshape(1, -1)
    places = fast.flat_places(np.full(lanes, 300))
    encoded = fast.encode_streams(run, places, table, difference=False)
    streams = [reference_stream(part, table) for part in values]
    assert encoded.data.tobytes() == b"".join(streams)
    parts, report = decoded_flat(streams, [300] * lanes, table)
    np.testing.assert_array_equal(parts, values)
    assert_sound(report)


def test_no_streams():
    nothing = fast.flat_places(np.zeros(0, np.int64))
    table = table_for(SECTIONS["uniform"])
    encoded = fast.encode_streams(np.zeros((1, 0), np.uint8), nothing, table, difference=False)
    assert (len(encoded.data), len(encoded.sizes)) == (0, 0)
    _, report = decoded_flat([], [], table)
    assert len(report.status) == 0


@given(
    rows=st.integers(1, 40), cols=st.integers(1, 40), tile=st.integers(1, 50), seed=st.integers(0)
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_tiles_are_padded_differenced_and_cut_as_in_the_batched_layout(rows, cols, tile, seed):
    matrix = np.random.default_rng(seed).integers(-9, 9, (rows, cols)).astype(np.int8)
    places = fast.grid_places((rows, cols), tile)
    expected = [padded_symbols(matrix, place, tile) for place in places.tolist()]
    for place, values in zip(places, expected, strict=True):
        found = fast.tile_symbols(matrix, place, difference=True)
        np.testing.assert_array_equal(found, values)
    counts = fast.symbol_histogram(matrix, places, difference=True)
    np.testing.assert_array_equal(counts, histogram(np.concatenate(expected)))
    table = FrequencyTable.of_frequencies(normalise(counts))
    encoded = fast.encode_streams(matrix, places, table, difference=True)
    assert encoded.data.tobytes() == b"".join(reference_stream(part, table) for part in expected)
    ends = np.cumsum(encoded.sizes)
    spans = np.stack([ends - encoded.sizes, ends], axis=1)
    found = np.zeros_like(matrix)
    slots = fast.slot_table(table)
    assert_sound(fast.decode_streams(encoded.data, spans, places, slots, found, difference=True))
    np.testing.assert_array_equal(found, matrix)


def padded_symbols(matrix, place, tile):
    top, left = place[:2]
    seen = Rectangle(top, left, min(tile, matrix.shape[0] - top), min(tile, matrix.shape[1] - left))
    return prediction.difference(prediction.padded_tile(matrix, seen, (tile, tile)))


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_files_of_the_original_decode(path):
    container = open_file(path)
    (tensor,) = container.tensors
    data = np.frombuffer(path.read_bytes(), np.uint8)
    begins = tensor.tiles["offset"].astype(np.int64)
    spans = np.stack([begins, begins + tensor.tiles["size"].astype(np.int64)], axis=1)
    places = fast.grid_places((tensor.rows, tensor.cols), tensor.tile_rows)
    found = np.zeros((tensor.rows, tensor.cols), np.int8)
    slots = fast.slot_table(tensor.table)
    assert_sound(fast.decode_streams(data, spans, places, slots, found, difference=True))
    np.testing.assert_array_equal(found, np.load(path.with_suffix(".npy")))


def test_reciprocals_divide_exactly_for_every_frequency():
    rng = np.random.default_rng(3)
    for frequency in range(1, 4097):
        reciprocal, limit, start, complement = coding.coding_table(two_symbols(frequency))[0]
        # All quotients that a state may have, each at its first and last remainder.
        quotients = rng.integers(1 << 11, 1 << 19, 200)
        quotients[:4] = [1 << 11, (1 << 11) + 1, (1 << 19) - 2, (1 << 19) - 1]
        states = np.concatenate(
            [quotients * frequency, quotients * frequency + frequency - 1]
        ).astype(np.uint64)
        assert int(states.max()) == int(limit) - 1
        found = (states * reciprocal) >> coding.RECIPROCAL_BITS
        np.testing.assert_array_equal(found, states // np.uint64(frequency))
        assert (int(start), int(complement)) == (0, 4096 - frequency)


def two_symbols(frequency):
    frequencies = np.zeros(256, np.int64)
    frequencies[0], frequencies[1] = frequency, 4096 - frequency
    return FrequencyTable.of_frequencies(frequencies)


def test_streams_that_outgrow_their_room_are_encoded_again():
    # 512×512 symbols of padding at 12 bits each, around a single weight.
    frequencies = np.zeros(256, np.int64)
    frequencies[128], frequencies[5] = 1, 4095
    frequencies[127] = 1
    frequencies[5] -= 1
    table = FrequencyTable.of_frequencies(frequencies)
    matrix = np.zeros((1, 1), np.int8)
    places = fast.grid_places((1, 1), 512)
    encoded = fast.encode_streams(matrix, places, table, difference=True)
    expected = reference_stream(np.full(512 * 512, 128, np.uint8), table)
    assert len(encoded.data) > 512 * 512 * 1.49
    assert encoded.data.tobytes() == expected


def test_the_worst_streams_fit_the_room_that_is_promised():
    frequencies = np.full(256, 1, np.int64)
    frequencies[0] = 4096 - 255
    table = FrequencyTable.of_frequencies(frequencies)
    counts = [100_000, 3, 100_000, 99_999, 100_000]
    run = np.random.default_rng(4).integers(1, 256, (1, sum(counts))).astype(np.uint8)
    places = fast.flat_places(np.array(counts, np.int64))
    encoded = fast.encode_streams(run, places, table, difference=False)
    ends = np.cumsum(encoded.sizes)
    streams = [encoded.data[e - s : e].tobytes() for e, s in zip(ends, encoded.sizes, strict=True)]
    parts, report = decoded_flat(streams, counts, table)
    np.testing.assert_array_equal(np.concatenate(parts), run[0])
    assert_sound(report)
    assert int(encoded.sizes[0]) <= encode._worst_size(100_000) - 2 * symbols.SEGMENT


@pytest.mark.parametrize("at", [0, 1500, 2999])
def test_a_symbol_without_a_frequency_is_refused(at):
    table = table_for(SECTIONS["two, even"])
    run = np.full((1, 3000), 200, np.uint8)
    run[0, at] = 9
    for counts in ([3000], [1000, 1000, 1000]):
        places = fast.flat_places(np.array(counts))
        with pytest.raises(ValueError, match="symbol 9 has frequency 0"):
            fast.encode_streams(run, places, table, difference=False)


def test_tables_that_cannot_be_used_are_refused():
    broken = FrequencyTable.of_frequencies(np.full(256, 17, np.int64))
    small = FrequencyTable.of_frequencies(np.full(256, 1, np.int64), scale_bits=8)
    for table in (broken, small):
        with pytest.raises(ValueError, match="slots"):
            fast.slot_table(table)
        with pytest.raises(ValueError, match="slots"):
            coding.coding_table(table)
    with pytest.raises(ValueError, match="slot table"):
        fast.SlotTable(np.zeros(10, np.uint16), np.zeros(4096, np.uint8))


def damaged(rng):
    """Streams with their counts and table, damaged in every way that keeps a frame."""
    names = list(SECTIONS)
    table = table_for(SECTIONS[names[rng.integers(len(names))]])
    counts = rng.integers(0, 1500, rng.integers(1, 7)).tolist()
    streams = []
    for count in counts:
        stream = bytearray(reference_stream(drawn(table, count, rng), table))
        kind = rng.integers(6)
        if kind == 1:
            stream[-4:] = rng.bytes(4)
        elif kind == 2:
            stream[4 : rng.integers(4, len(stream) - 3)] = b""
        elif kind == 3:
            stream[4:4] = rng.bytes(rng.integers(1, 9))
        elif kind == 4:
            stream[-4:] = [b"\0\0\0\0", b"\xff\xff\xff\xff"][rng.integers(2)]
        elif kind == 5:
            stream[rng.integers(4, len(stream))] ^= 1 << rng.integers(8)
        streams.append(bytes(stream))
    if rng.integers(3) == 0:
        table = with_gaps(table, rng)
    wrong = [int(count + rng.integers(-3, 4)) for count in counts]
    return streams, [max(0, count) for count in wrong], table


def with_gaps(table, rng):
    """The table without some of its symbols, the others where they were."""
    frequencies = np.where(rng.random(256) < 0.02, 0, table.frequencies)
    return FrequencyTable(frequencies, table.starts)


def reference_outcome(stream, count, table):
    """Symbols, status, state and bytes left, as the reference has them."""
    words, state, found = stream[4:-4], int.from_bytes(stream[-4:], "little"), []
    left = len(words)
    try:
        for step in rans.steps(words, state, count, table):
            found.append(step.symbol)
            state, left = step.state_after, step.unread - step.words
    except rans.Underrun as stuck:
        return found, fast.Status.UNDERRUN, stuck.state, stuck.unread
    except rans.UnownedSlot as stuck:
        return found, fast.Status.UNOWNED_SLOT, stuck.state, stuck.unread
    return found, fast.Status.OK, state, left


def test_damaged_streams_stop_where_the_reference_stops():
    seen = set()
    for seed in range(150):
        streams, counts, table = damaged(np.random.default_rng(seed))
        parts, report = decoded_flat(streams, counts, table)
        for i, (stream, count) in enumerate(zip(streams, counts, strict=True)):
            found, status, state, left = reference_outcome(stream, count, table)
            seen.add(status)
            assert report.status[i] == status
            assert int(report.end_states[i]) == state
            assert int(report.bytes_left[i]) == left
            assert int(report.decoded[i]) == len(found)
            np.testing.assert_array_equal(parts[i][: len(found)], found)
            assert not parts[i][len(found) :].any()
    assert seen == {fast.Status.OK, fast.Status.UNDERRUN, fast.Status.UNOWNED_SLOT}


def test_noise_with_frames_and_places_of_noise_is_survived():
    """What no caller hands over: nothing but random numbers, small, negative and huge."""
    rng = np.random.default_rng(8)
    for _ in range(300):
        data = rng.integers(0, 256, rng.integers(0, 300)).astype(np.uint8)
        count = rng.integers(1, 9)
        spans = rng.integers(-9, 310, (count, 2))
        places = rng.integers(-2, 60, (count, 4))
        places[rng.random((count, 4)) < 0.03] = rng.choice([-(1 << 62), 1 << 62, 1 << 32])
        places[:, 3] = np.minimum(places[:, 3], 5000)
        steps = rng.integers(0, rng.choice([2, 4097, 65536]), 8192).astype(np.uint16)
        table = fast.SlotTable(steps, rng.integers(0, 256, 4096).astype(np.uint8))
        matrix = np.zeros((rng.integers(0, 40), rng.integers(0, 40)), np.int8)
        report = fast.decode_streams(data, spans, places, table, matrix, difference=True)
        good = (spans[:, 0] >= 0) & (spans[:, 1] <= len(data)) & (spans[:, 1] - spans[:, 0] >= 8)
        good &= (places >= [0, 0, 1, 0]).all(axis=1) & (places < 1 << 32).all(axis=1)
        np.testing.assert_array_equal(report.status != fast.Status.BAD_FRAME, good)
        assert (report.decoded <= np.maximum(places[:, 3], 0)).all()


def test_a_bad_frame_leaves_the_others_alone():
    table = table_for(SECTIONS["normal"])
    values = [drawn(table, 500, np.random.default_rng(i)) for i in range(4)]
    data, spans = joined([reference_stream(part, table) for part in values])
    spans[2] = len(data) - 7, len(data)
    out = np.full((4, 500), 7, np.uint8)
    places = np.array([(i, 0, 500, 500) for i in range(4)])
    report = fast.decode_streams(data, spans, places, fast.slot_table(table), out, difference=False)
    assert report.status.tolist() == [0, 0, fast.Status.BAD_FRAME, 0]
    values[2] = np.full(500, 7, np.uint8)
    np.testing.assert_array_equal(out, values)


def test_what_does_not_go_together_is_refused():
    slots, nothing = fast.slot_table(table_for(SECTIONS["uniform"])), np.zeros(0, np.uint8)
    spans, places = np.zeros((2, 2), np.int64), np.zeros((2, 4), np.int64)
    matrix = np.zeros((3, 3), np.int8)
    sealed = matrix.copy()
    sealed.flags.writeable = False
    wrong: list[Any] = [
        (spans[:1], places, matrix),
        (spans, places[:, :3], matrix),
        (spans.astype(np.int32), places, matrix),
        (spans, places, matrix[:, ::2]),
        (spans, places, sealed),
    ]
    for a, b, c in wrong:
        with pytest.raises(ValueError, match=r"int64|C-contiguous|read-only"):
            fast.decode_streams(nothing, a, b, slots, c, difference=True)
    for place in ([0, 0, 0, 1], [-1, 0, 1, 1], [0, 0, 1, 1 << 32]):
        with pytest.raises(ValueError, match="outside"):
            fast.symbol_histogram(matrix, np.array([place]), difference=True)


def reference_rows(stream, count, table, offset):
    words, state = stream[4:-4], int.from_bytes(stream[-4:], "little")
    rows = []
    try:
        for number, s in enumerate(rans.steps(words, state, count, table)):
            rows.append((
                0, 0, number, 0, number, s.state_before, s.slot, s.symbol, s.freq, s.start,
                s.state_after, offset + 4 + s.unread - 1, s.words,
            ))  # fmt: skip
    except rans.Stuck:
        pass
    return rows


@pytest.mark.parametrize(
    "stretch", [(0, 300), (0, 1), (17, 40), (250, 400), (300, 300), (900, 950)]
)
def test_traces_are_the_references(table, stretch):
    stream = reference_stream(drawn(table, 300, np.random.default_rng(2)), table)
    data, spans = joined([b"12345678", stream])
    found = fast.trace_stream(data, tuple(spans[1].tolist()), fast.slot_table(table), stretch, 5000)
    rows = reference_rows(stream, stretch[1], table, 5000 + 11)
    expected = rows[stretch[0] :]
    for i, (name, kind) in enumerate(STEP_COLUMNS.items()):
        column = np.array([row[i] for row in expected], dtype=kind)
        np.testing.assert_array_equal(found.columns[name], column, err_msg=name)
        assert found.columns[name].dtype == np.dtype(kind)
    assert found.decoded == len(rows)


def test_traces_of_damaged_streams_stop_where_the_reference_stops():
    for seed in range(60):
        streams, counts, table = damaged(np.random.default_rng(seed))
        data, spans = joined(streams)
        for stream, count, span in zip(streams, counts, spans.tolist(), strict=True):
            found = fast.trace_stream(data, tuple(span), fast.slot_table(table), (0, count))
            symbols_found, status, state, left = reference_outcome(stream, count, table)
            assert found.status == status
            assert (found.decoded, found.state, found.bytes_left) == (
                len(symbols_found),
                state,
                left,
            )
            np.testing.assert_array_equal(found.columns["symbol"], symbols_found)


def test_a_trace_of_no_frame_is_refused():
    slots = fast.slot_table(table_for(SECTIONS["uniform"]))
    data = np.zeros(20, np.uint8)
    for span in ((0, 7), (-1, 10), (0, 21), (10, 0)):
        with pytest.raises(ValueError, match="no stream"):
            fast.trace_stream(data, span, slots, (0, 5))
    with pytest.raises(ValueError, match="no step"):
        fast.trace_stream(data, (0, 20), slots, (-1, 5))


KERNELS: dict[str, Any] = {
    "decode": decode._decode,
    "encode": encode._encode,
    "count": symbols._count,
    "read": symbols.read_symbols,
    "survey": trace._survey,
    "record": trace.record,
    "find": checkpoints._find,
}


def test_warming_compiles_all_that_is_used_later(capsys):
    assert main() == 0
    assert "ready" in capsys.readouterr().out
    warm()
    before = {name: len(kernel.signatures) for name, kernel in KERNELS.items()}
    table = table_for(SECTIONS["normal"])
    values = drawn(table, 400, np.random.default_rng(0))
    stream = np.frombuffer(reference_stream(values, table), np.uint8)
    slots = fast.slot_table(table)
    for data in (stream, stream.copy(), np.repeat(stream, 2)[::2]):
        for matrix in (np.zeros((1, 400), np.uint8), np.zeros((20, 20), np.int8)):
            spans, places = np.array([[0, len(data)]]), np.array([[0, 0, matrix.shape[1], 400]])
            fast.decode_streams(data, spans, places, slots, matrix, difference=False)
            np.testing.assert_array_equal(matrix.reshape(-1).view(np.uint8), values)
            fast.encode_streams(matrix, places, table, difference=False)
            fast.symbol_histogram(matrix, places, difference=False)
            fast.tile_symbols(matrix, places[0], difference=False)
        fast.trace_stream(data, (0, len(data)), slots, (3, 9), 70)
        counts = np.array([400])
        checkpoints.find_checkpoints(data, np.array([[0, len(data)]]), counts, slots, 48)
    assert {name: len(kernel.signatures) for name, kernel in KERNELS.items()} == before


def test_importing_compiles_nothing_and_warmup_imports_no_numba():
    code = (
        "import sys, codec.warmup\n"
        "assert 'numba' not in sys.modules\n"
        "from codec.fast import decode, encode, symbols, trace\n"
        "kernels = decode._decode, encode._encode, symbols._count, trace.record\n"
        "assert not any(kernel.signatures for kernel in kernels)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_what_was_cached_before_a_change_is_discarded(tmp_path):
    old, new, other = (tmp_path / name for name in ("a.1.nbc", "a.nbi", "a.txt"))
    for path in (old, new, other):
        path.touch()
    os.utime(old, (1, 1))
    os.utime(other, (1, 1))
    compiling._discard_stale(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.nbi", "a.txt"]


def test_without_a_folder_for_the_cache_kernels_still_compile(monkeypatch):
    def refuse(*_, cache=False, **__):
        if cache:
            raise RuntimeError("no locator available")
        return lambda function: function

    monkeypatch.setattr("numba.njit", refuse)
    assert compiling.kernel(abs) is abs
