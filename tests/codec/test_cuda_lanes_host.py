"""The host's side of the CUDA decoder for the native layout, around kernels that NumPy plays: what is planned,
read, uploaded, judged, copied back and reported, on sound files and damaged ones."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from codec.container import Coding
from codec.decoders.cpu import CpuDecoder
from codec.decoders.cuda import CudaDecoder, download, pieces
from codec.decoders.cuda.card import Card
from codec.decoders.cuda.clock import Clock
from codec.decoders.cuda.lane_coder import CudaLaneCoder
from codec.decoders.cuda.lane_plan import lane_flat_trips, lane_matrix_trips
from codec.decoders.cuda.lane_reads import end_of_streams, log_first_values, place_streams
from codec.decoders.cuda.lane_records import (
    LANE_OUTCOME,
    is_narrow,
    packed_lane_table,
    unknown_to_kernels,
)
from codec.decoders.reference import ReferenceDecoder
from codec.decoders.streams import TILE_READ, Status
from codec.errors import DecodeError, InputError, SourceError
from codec.formats.native import TENSOR, TILE_RECORD
from codec.frequency import UNOWNED, FrequencyTable, normalise
from codec.interleaving import Interleaving
from codec.native_coder import ReferenceLaneCoder
from codec.native_plan import tile_rectangles
from codec.rans import Coder
from codec.source import BytesSource, FileSource
from codec.trace import STEP_COLUMNS
from tests.codec.emulated_card import EmulatedCard, OnCard
from tests.codec.files import field_of, noise, parsed, with_field
from tests.codec.native_files import native_bytes, record_at, resealed, smooth
from tests.gpu.lane_damage import flipped_lanes, randomised_lanes, shortened_lanes
from tests.gpu.test_cupy_decoder import assert_same

LANES = pytest.mark.parametrize("lanes", [32, 64])
PLENTY = 1 << 40
TILE = {"tile_rows": 40, "tile_cols": 48}


def every_kind(lanes: int = 32, predictor: str = "auto", **settings: Any) -> bytes:
    """Tiles that are constant, raw, and predicted by nothing, left and top; cut at the right edge."""
    bands = [
        np.full((40, 60), -7, dtype=np.int8),
        np.random.default_rng(2).integers(-128, 128, (40, 60), dtype=np.int8),
        noise(40, 60, 3, sigma=3),
        smooth(40, 60, 4, axis=1),
        smooth(40, 60, 5, axis=0),
        noise(7, 60, 6),
    ]
    given = {"w": np.ascontiguousarray(np.concatenate(bands))}
    return native_bytes(given, "cpu", lanes=lanes, predictor=predictor, **(TILE | settings))


def emulated(**options: Any) -> CudaDecoder:
    return CudaDecoder(card=EmulatedCard(), **options)


def opened(data: bytes) -> tuple[Any, Any]:
    container = parsed(data)
    return container, container.tensors[0]


@LANES
@pytest.mark.parametrize("predictor", ["none", "left", "top", "auto"])
def test_sound_files_are_decoded(predictor, lanes):
    container, tensor = opened(every_kind(lanes, predictor))
    assert set(tensor.tiles["coding"].tolist()) == {*Coding}
    if predictor == "auto":
        assert len(set(tensor.tiles["predictor"].tolist())) == 3
    assert_same(container, tensor, emulated(), ReferenceDecoder())
    assert not len(emulated().decode(container, tensor).failed)


@LANES
@pytest.mark.parametrize("predictor", ["none", "left", "top"])
@pytest.mark.parametrize("damage", [flipped_lanes, randomised_lanes, shortened_lanes])
def test_damaged_streams_end_as_the_references(damage, predictor, lanes):
    container, tensor = opened(damage(every_kind(lanes, predictor), 4))
    assert_same(container, tensor, emulated(), ReferenceDecoder())
    assert len(emulated().decode(container, tensor).failed)


@pytest.mark.parametrize(
    ("field", "status"),
    [
        ("coding", Status.UNREADABLE),
        ("predictor", Status.TENSOR_REFUSED),
        ("checksum", Status.CHECKSUM),
    ],
)
def test_what_the_index_says_wrongly_is_judged_alike(field, status):
    data = every_kind()
    index = int(field_of(data, TENSOR, "index_offset", record_at(data)))
    for tile in (0, 2, 4, 6, 8):
        data = with_field(data, TILE_RECORD, field, 9, index + tile * TILE_RECORD.size)
    container, tensor = opened(resealed(data))
    assert_same(container, tensor, emulated(), ReferenceDecoder())
    assert status in emulated().decode(container, tensor).reads["status"]


def test_a_coding_that_does_not_exist_is_not_decoded():
    container, tensor = opened(every_kind())
    tensor.tiles["coding"][[1, 4]] = 3, 200
    assert_same(container, tensor, emulated(), ReferenceDecoder())
    stream = emulated().decode_streams(container, tensor, [4])[0]
    assert (stream.status, stream.detail) == (Status.TENSOR_REFUSED, "its coding does not exist")


@pytest.mark.parametrize(
    "unowned", [False, True], ids=["high frequencies", "slots without an owner"]
)
def test_wide_tables_go_there_as_well(unowned):
    data = native_bytes({"w": noise(40, 60, 3, sigma=0.4)}, "cpu", lanes=32, **TILE)
    container, tensor = opened(data)
    assert not is_narrow(tensor.table)
    if unowned:
        frequencies = tensor.table.frequencies.copy()
        frequencies[129] = 0
        table = FrequencyTable(frequencies, tensor.table.starts, tensor.table.scale_bits)
        tensor = replace(tensor, table=table)
        assert Status.UNOWNED_SLOT in emulated().decode(container, tensor).reads["status"]
    assert_same(container, tensor, emulated(), ReferenceDecoder())


@LANES
def test_traces_are_the_references(lanes):
    for data in (every_kind(lanes, "left"), shortened_lanes(every_kind(lanes, "left"), 1)):
        container, tensor = opened(data)
        coded = np.flatnonzero(tensor.tiles["coding"] == Coding.RANS)
        for tile, window in zip(coded.tolist(), [(0, None), (3, 9), (900, 9999)], strict=False):
            found = emulated().trace(container, tensor, tile, *window)
            expected = ReferenceDecoder().trace(container, tensor, tile, *window)
            assert found.stopped == expected.stopped
            for name in STEP_COLUMNS:
                np.testing.assert_array_equal(found[name], expected[name], err_msg=name)


def test_checksums_can_be_left_out():
    container, tensor = opened(every_kind())
    tensor.tiles["checksum"][3] ^= 1
    decoder = emulated()
    assert np.flatnonzero(decoder.decode(container, tensor).reads["status"]).tolist() == [3]
    assert decoder.decode(container, tensor).reads["status"][3] == Status.CHECKSUM
    decoder.verify_checksums = False
    assert not decoder.decode(container, tensor).reads["status"].any()


# ---- trips


def test_in_as_many_trips_as_the_memory_asks_for():
    container, tensor = opened(every_kind())
    expected = ReferenceDecoder().decode(container, tensor)
    small = emulated(memory_limit=(1 << 20) + 9000)
    budget = (1 << 20) + 9000
    assert len(list(lane_matrix_trips(tensor, budget))) > 2
    assert len(list(lane_flat_trips(tensor, range(len(tensor.tiles)), budget))) > 2
    decoded = small.decode(container, tensor)
    np.testing.assert_array_equal(decoded.weights, expected.weights)
    np.testing.assert_array_equal(decoded.reads, expected.reads)
    order = [9, 2, 5, 0, 11]
    streams = small.decode_streams(container, tensor, order)
    assert [stream.tile for stream in streams] == order
    for stream, other in zip(
        streams, ReferenceDecoder().decode_streams(container, tensor, order), strict=True
    ):
        np.testing.assert_array_equal(stream.symbols, other.symbols)
    with pytest.raises(DecodeError, match="does not fit"):
        emulated(memory_limit=1 << 20).decode(container, tensor)
    assert small.decode_streams(container, tensor, []) == []


def test_a_tile_of_too_many_weights_is_refused():
    _, tensor = opened(every_kind())
    side = 1 << 15
    vast = replace(tensor, rows=side, cols=side, tile_rows=side, tile_cols=side)
    for trips in (lane_matrix_trips(vast, PLENTY), lane_flat_trips(vast, [0], PLENTY)):
        with pytest.raises(DecodeError, match="1,073,741,824 weights or more"):
            list(trips)


# ---- reads


def test_streams_that_are_not_aligned_are_moved():
    """The layout aligns them; a file that does not is decoded all the same, for kernels must not trap."""
    container, tensor = opened(every_kind())
    data = container.source.read(0, container.source.size)
    tiles, aligned = tensor.tiles.copy(), {0, 1, 4}
    for tile in range(len(tiles)):
        offset, size = int(tiles["offset"][tile]), int(tiles["size"][tile])
        if tile not in aligned and size:
            data += bytes(1 + tile - len(data) % 16 % 2)
            tiles["offset"][tile] = len(data)
            data += data[offset : offset + size]
    tensor = replace(tensor, tiles=tiles)
    container = replace(container, source=BytesSource(data), tensors=(tensor,))
    (trip,) = lane_matrix_trips(tensor, PLENTY)
    placed = place_streams(tensor, trip)
    assert len(placed.moved) > 3
    assert not (placed.streams % 16).any()
    assert_same(container, tensor, emulated(), ReferenceDecoder())


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_file_that_shrank_loses_the_tiles_that_are_gone(keep):
    container, tensor = opened(every_kind())
    first = int(tensor.tiles["offset"][tensor.tiles["size"] > 0].min())
    left = first + int((container.source.size - first) * keep)
    source = BytesSource(container.source.read(0, left))
    container = replace(container, source=source)
    found, expected = (d.decode(container, tensor) for d in (emulated(), ReferenceDecoder()))
    np.testing.assert_array_equal(found.weights, expected.weights)
    np.testing.assert_array_equal(found.reads, expected.reads)
    assert set(found.reads["status"].tolist()) == {Status.OK, Status.UNREADABLE}
    streams = emulated().decode_streams(container, tensor, range(len(tensor.tiles)))
    gone = [stream for stream in streams if stream.status is Status.UNREADABLE]
    assert all("wanted" in stream.detail and stream.frame is None for stream in gone)


def test_first_values_are_those_of_the_other_decoders():
    for data in (every_kind(), flipped_lanes(every_kind(64), 2), shortened_lanes(every_kind(), 5)):
        container, tensor = opened(data)
        judged = CpuDecoder().decode(container, tensor)
        found = judged.reads.copy()
        found["first_weights"], found["first_symbols"] = 99, 99
        log_first_values(tensor, judged.weights, found)
        np.testing.assert_array_equal(found, judged.reads)


ENDS = {
    "sound": ({}, Status.OK),
    "stopped": ({"status": Status.UNDERRUN, "state": 7, "left": 3}, Status.UNDERRUN),
    "wrong state before bytes left": ({"state": 7, "left": 2}, Status.FINAL_STATE),
    "bytes left before the checksum": ({"left": 2, "checksum": 1}, Status.BYTES_LEFT),
    "checksum": ({"checksum": 1}, Status.CHECKSUM),
}


@pytest.mark.parametrize("name", ENDS)
def test_how_a_stream_ended(name):
    changes, status = ENDS[name]
    outcomes = np.zeros(1, dtype=LANE_OUTCOME)
    for field, value in ({"decoded": 9, "state": 1 << 16, "checksum": 5} | changes).items():
        outcomes[field] = value
    stored = np.array([5], dtype=np.uint32)
    reads = np.zeros(1, dtype=TILE_READ)
    (done,) = end_of_streams(reads, outcomes, 1 << 16, stored)
    assert done["status"] == status
    assert (done["decoded"], done["final_state"], done["bytes_left"]) == tuple(
        int(outcomes[field][0]) for field in ("decoded", "state", "left")
    )
    (done,) = end_of_streams(reads, outcomes, 1 << 16, None)
    assert done["status"] == (Status.OK if name == "checksum" else status)
    assert not reads["status"][0]


# ---- tables


def unpacked(packed: Any, narrow: bool) -> tuple[Any, Any, Any]:
    """Bias, value and frequency of each slot, as lanes.cuh takes them apart."""
    wide = packed.astype(np.int64)
    value, bias = (16, 24) if narrow else (12, 20)
    return wide >> bias, wide >> value & 0xFF, wide & ((1 << value) - 1)


@pytest.mark.parametrize("scale_bits", [8, 11, 12])
@pytest.mark.parametrize("narrow", [False, True])
def test_a_packed_table_holds_what_the_table_says(narrow, scale_bits):
    counts = np.random.default_rng(1).integers(0, 9, 256)
    table = FrequencyTable.of_frequencies(normalise(counts, scale_bits), scale_bits)
    assert is_narrow(table)
    bias, value, frequency = unpacked(packed_lane_table(table, narrow=narrow), narrow)
    owners = table.slots.astype(np.int64)
    np.testing.assert_array_equal(value, (owners - 128) & 0xFF)
    np.testing.assert_array_equal(frequency, table.frequencies[owners])
    np.testing.assert_array_equal(bias, np.arange(1 << scale_bits) - table.starts[owners])


def test_the_widest_entries_fit():
    """256 is the highest frequency of a narrow table; 4,095 of any."""
    even = FrequencyTable.of_frequencies(np.eye(256, dtype=np.int64)[:16].sum(axis=0) * 256)
    bias, _, frequency = unpacked(packed_lane_table(even, narrow=True), True)
    assert (bias.max(), frequency.max()) == (255, 256)
    counts = np.zeros(256, dtype=np.int64)
    counts[[0, 255]] = 4095, 1
    table = FrequencyTable.of_frequencies(counts)
    assert not is_narrow(table)
    bias, value, frequency = unpacked(packed_lane_table(table), False)
    assert (bias.max(), frequency.max(), value[-1]) == (4094, 4095, 127)


@pytest.mark.parametrize("narrow", [False, True])
def test_slots_without_an_owner_have_no_frequency(narrow):
    table = FrequencyTable.of_frequencies(np.eye(256, dtype=np.int64)[[3, 9]].sum(axis=0) * 100)
    packed = packed_lane_table(table, narrow=narrow)
    np.testing.assert_array_equal(packed == 0, table.slots == UNOWNED)


def test_a_symbol_that_owns_all_slots_has_no_room():
    with pytest.raises(ValueError, match="no room"):
        packed_lane_table(FrequencyTable.of_frequencies(np.eye(256, dtype=np.int64)[5] * 4096))


UNKNOWN = [
    ({"interleaving": Interleaving(48, 16)}, "with 32 or 64 lanes, not with 48 lanes"),
    ({"interleaving": Interleaving(32, 8)}, "with runs of 16, not with runs of 8"),
    ({"coder": Coder(1 << 16, 8, 12)}, "with words of 16 bits, not with words of 8 bits"),
    ({"coder": Coder(1 << 15, 16, 12)}, "with L = 65,536, not with L = 32,768"),
    ({"coder": Coder(1 << 16, 16, 13)}, "with tables of up to 2^12 slots, not with tables of 2^13"),
]


@pytest.mark.parametrize(("changes", "why"), UNKNOWN, ids=lambda value: str(value)[:40])
def test_what_the_kernels_do_not_know_is_said(changes, why):
    container, tensor = opened(every_kind())
    assert unknown_to_kernels(tensor) == ""
    other = replace(tensor, **changes)
    assert why in unknown_to_kernels(other)
    for work in (
        lambda: emulated().decode(container, other),
        lambda: emulated().decode_streams(container, other, [0]),
    ):
        with pytest.raises(DecodeError, match="the decoder cupy cannot decode w: the kernels know"):
            work()


# ---- encoding


@LANES
@pytest.mark.parametrize("memory_limit", [None, (1 << 20) + 60_000])
@pytest.mark.parametrize("scale_bits", [9, 12])
def test_the_encoder_makes_the_references_streams(scale_bits, memory_limit, lanes):
    matrix = noise(70, 90, seed=3, sigma=6)
    tiles = tile_rectangles((70, 90), 40, 48)
    predictors = np.array([0, 1, 2, 1], dtype=np.uint8)
    table = FrequencyTable.of_frequencies(
        normalise(np.ones(256, dtype=np.int64), scale_bits), scale_bits
    )
    given = matrix, tiles, predictors, table, Coder(1 << 16, 16, scale_bits)
    found, expected = (
        coder.encode(*given, Interleaving(lanes, 16))
        for coder in (CudaLaneCoder(EmulatedCard(), memory_limit), ReferenceLaneCoder())
    )
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_the_encoder_cannot_do_is_said():
    table = FrequencyTable.of_frequencies(np.full(256, 16, dtype=np.int64))
    matrix, tiles, none = noise(40, 40), np.array([(0, 0, 40, 40)]), np.zeros(1, dtype=np.uint8)
    given = matrix, tiles, none, table, Coder(1 << 16, 16, 12)
    with pytest.raises(InputError, match="a tile does not fit: it takes"):
        CudaLaneCoder(EmulatedCard(), 1 << 20).encode(*given, Interleaving(32, 16))
    with pytest.raises(InputError, match="cannot make these streams: the kernels know"):
        CudaLaneCoder(EmulatedCard()).encode(*given, Interleaving(48, 16))
    coder = CudaLaneCoder(EmulatedCard())
    nothing = coder.encode(matrix, tiles[:0], none[:0], *given[3:], Interleaving(32, 16))
    assert [len(part) for part in nothing] == [0, 0, 0]


# ---- copies and the clock


def test_large_parts_of_a_file_are_read_in_pieces(monkeypatch, tmp_path):
    monkeypatch.setattr(pieces, "PIECE", 1000)
    data = np.random.default_rng(3).integers(0, 256, 9999, dtype=np.uint8)
    path = tmp_path / "file"
    path.write_bytes(data.tobytes())
    source = FileSource(path)
    for offset, size in [(0, 9999), (5, 1000), (7, 1001), (9999, 0), (3, 4000)]:
        target = np.zeros(size, dtype=np.uint8)
        pieces.read_in_pieces(source, offset, target)
        np.testing.assert_array_equal(target, data[offset : offset + size])
    path.write_bytes(data[:5500].tobytes())
    target = np.zeros(9999, dtype=np.uint8)
    with pytest.raises(SourceError, match="has shrunk"):
        pieces.read_in_pieces(source, 0, target)
    with pytest.raises(SourceError, match="wanted"):
        pieces.read_in_pieces(source, 1, target)
    source.close()


@pytest.mark.parametrize("size", [0, 1, 999, 1000, 1001, 5000, 7777])
def test_copies_come_back_whole(size, monkeypatch):
    monkeypatch.setattr(download, "PIECE", 1000)
    monkeypatch.setattr(download, "PIECES", 2)
    data = np.random.default_rng(size).integers(0, 256, size, dtype=np.uint8)
    target: Any = np.zeros((1, size), dtype=np.int8)
    download.download(EmulatedCard(), OnCard(data), target)
    np.testing.assert_array_equal(target[0].view(np.uint8), data)


def test_pinned_memory_is_kept_for_the_next_copy():
    card = EmulatedCard()
    large = card.staging(500)
    assert card.staging(100).ctypes.data == large.ctypes.data
    assert len(card.staging(100)) == 100


def test_the_clock_tells_the_card_from_the_host(monkeypatch):
    monkeypatch.setattr(
        "codec.decoders.cuda.clock.perf_counter", iter([1.0, 3.0, 10.0, 14.0]).__next__
    )
    clock = Clock(EmulatedCard())
    with clock.timed("transfer"):
        pass
    for _ in range(2):
        with clock.timed("kernel"):
            pass
    with clock.reading():
        pass
    with clock.copying_back():
        pass
    timing = clock.timing
    assert (timing.read, timing.copy_back) == (2.0, 4.0)
    assert (timing.transfer, timing.kernel) == pytest.approx((0.001, 0.002))


def test_a_block_has_as_many_warps_as_share_a_table():
    for shared, processors, tiles, warps in [
        (227 << 10, 132, 1, 1),
        (227 << 10, 132, 132, 1),
        (227 << 10, 132, 133, 2),
        (227 << 10, 132, 10_000, 32),
        (48 << 10, 4, 10_000, 8),
    ]:
        card: Any = SimpleNamespace(_shared_bytes=shared, processors=processors)
        assert Card.lane_warps(card, tiles, 16 << 10, 3072) == warps
