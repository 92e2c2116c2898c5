"""What the CUDA decoder does on the host, which needs no card: plans, records, reports, and reasons."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from codec import prediction
from codec.container import Container, Tensor
from codec.decoders.cuda import CudaDecoder, Timing, card, plan, reads
from codec.decoders.cuda.launch import spread_of
from codec.decoders.cuda.records import OUTCOME, is_complete, packed_table
from codec.decoders.reference import ReferenceDecoder
from codec.decoders.streams import TILE_READ, Status
from codec.errors import DecodeError
from codec.formats import batched
from codec.frequency import UNOWNED, FrequencyTable
from kernels import compilation
from kernels.compilation import CompilationError
from tests.codec.files import (
    Weights,
    batched_file,
    noise,
    only_tensor,
    parsed,
    wcdc_file,
    with_field,
)
from tests.codec.strategies import damaged, tables

LAYOUTS: dict[str, Callable[..., bytes]] = {"batched": batched_file, "wcdc": wcdc_file}
PLENTY = 1 << 40
SHAPES = [(7, 6, 4), (33, 64, 16), (64, 64, 16), (20, 300, 100), (1, 50, 3), (50, 1, 64)]


def opened(data: bytes) -> tuple[Container, Tensor]:
    container = parsed(data)
    return container, only_tensor(container)


def every_tile(tensor: Tensor) -> Any:
    return np.arange(len(tensor.tiles))


# ---- windows and trips


@given(data=damaged())
@settings(max_examples=150)
def test_geometry_is_the_tensors(data):
    for tensor in parsed(data).tensors:
        tiles = every_tile(tensor)
        assert plan.rectangles(tensor, tiles).tolist() == [[*tensor.rectangle(t)] for t in tiles]
        assert plan.symbol_counts(tensor, tiles).tolist() == [tensor.symbol_count(t) for t in tiles]


def written(record: np.void, values: Any, output: Any, pitch: int) -> None:
    """Writes a tile's values where the kernel would, in steps of what the window says it can store."""
    width, at_once = int(record["width"]), int(record["store"])
    for first in range(0, len(values), at_once):
        row, col = divmod(first, width)
        if row >= record["rows"] or col >= record["cols"]:
            continue
        begin = int(record["target"]) + row * pitch + col
        part = values[first : first + at_once]
        if len(part) == at_once:
            assert begin % at_once == 0
            assert col + at_once <= record["cols"]
        output[begin : begin + len(part)] = part


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_windows_put_every_weight_in_its_place(shape):
    rows, cols, tile = shape
    weights = noise(rows, cols)
    container, tensor = opened(batched_file(weights, tile))
    (trip,) = plan.matrix_trips(tensor, PLENTY)
    output = np.zeros(trip.output, dtype=np.uint8)
    streams = ReferenceDecoder().decode_streams(container, tensor, trip.tiles.tolist())
    for record, stream in zip(trip.records, streams, strict=True):
        values = prediction.undo_difference(stream.symbols)
        written(record, values, output, trip.pitch)
    np.testing.assert_array_equal(output.view(np.int8).reshape(rows, cols), weights)


def test_aligned_tiles_are_stored_sixteen_at_a_time():
    _, tensor = opened(batched_file(np.zeros((64, 160), np.int8), 32))
    assert set(plan.matrix_records(tensor, every_tile(tensor), 0)["store"].tolist()) == {16}
    _, tensor = opened(batched_file(np.zeros((64, 36), np.int8), 12))
    assert set(plan.matrix_records(tensor, every_tile(tensor), 0)["store"].tolist()) == {4}
    _, tensor = opened(batched_file(np.zeros((64, 35), np.int8), 32))
    assert set(plan.matrix_records(tensor, every_tile(tensor), 0)["store"].tolist()) == {1}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_flat_windows_lie_behind_each_other(layout):
    _, tensor = opened(LAYOUTS[layout](noise(33, 50), 20))
    (trip,) = plan.flat_trips(tensor, [5, 0, 3], PLENTY)
    assert trip.tiles.tolist() == [5, 0, 3]
    ends = trip.records["target"] + trip.records["count"]
    assert (trip.records["target"][1:] >= ends[:-1]).all()
    assert (trip.records["target"] % 16 == 0).all()
    assert trip.output >= ends.max()


def test_what_covers_another_tile_is_the_later_one():
    data = batched_file(noise(12, 12), 4)
    for tile, col in ((1, 0), (4, 0), (7, 2)):
        base = batched.INDEX_OFFSET + tile * batched.INDEX_ENTRY.size
        data = with_field(data, batched.INDEX_ENTRY, "tile_col", col, base)
    _, tensor = opened(data)
    spots = [(int(t["row"]), int(t["col"])) for t in tensor.tiles]
    hidden = [spot in spots[number + 1 :] for number, spot in enumerate(spots)]
    assert sum(hidden) == 3
    assert plan.shadowed(tensor).tolist() == hidden


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("room", [0, 3000, 20000, 10**7])
def test_trips_take_every_tile_once_and_keep_to_the_budget(layout, room):
    _, tensor = opened(LAYOUTS[layout](noise(100, 120), 16))
    largest = 120 * 16 * 2 + 120 + 8 * plan.BYTES_PER_TILE + 16 * 120 * 2 + 512
    budget = plan.FIXED_BYTES + largest + room
    trips = list(plan.matrix_trips(tensor, budget))
    assert np.concatenate([trip.tiles for trip in trips]).tolist() == list(range(56))
    assert sum(trip.rows for trip in trips) == 100
    assert [trip.first_row for trip in trips] == np.cumsum(
        [0, *(trip.rows for trip in trips[:-1])]
    ).tolist()
    assert (len(trips) == 1) == (room == 10**7)
    for trip in trips:
        taken = trip.size + trip.output + len(trip.tiles) * plan.BYTES_PER_TILE
        assert taken <= budget
        inside = tensor.tiles[trip.tiles]
        assert trip.begin == inside["offset"].min()
        assert trip.begin + trip.size == (inside["offset"] + inside["size"]).max()


def test_trips_of_streams_keep_to_the_budget():
    _, tensor = opened(batched_file(noise(100, 120), 16))
    budget = plan.FIXED_BYTES + 4000
    trips = list(plan.flat_trips(tensor, range(50, 3, -1), budget))
    assert np.concatenate([trip.tiles for trip in trips]).tolist() == list(range(50, 3, -1))
    assert len(trips) > 5


def test_no_tiles_make_no_trip():
    _, tensor = opened(batched_file(noise(10, 12), 16))
    assert list(plan.flat_trips(tensor, [], PLENTY)) == []


def test_what_cannot_be_divided_is_refused():
    _, tensor = opened(batched_file(noise(100, 120), 16))
    with pytest.raises(
        DecodeError, match=r"takes 1,[\d,]+ bytes of the card's memory, and 1,048,676 can"
    ):
        list(plan.matrix_trips(tensor, plan.FIXED_BYTES + 100))


@pytest.mark.parametrize("shape", [(40, 90, 16), (90, 41, 40), (33, 33, 8)], ids=str)
def test_tiles_are_undone_after_those_that_they_need(shape):
    rows, cols, tile = shape
    _, tensor = opened(wcdc_file(noise(rows, cols), tile))
    tiles = every_tile(tensor)
    records, _ = plan.flat_records(tensor, tiles)
    found, begins = plan.places(tensor, tiles, records)
    assert (begins[0], begins[-1]) == (0, len(tiles))
    when = {}
    for wave, (first, last) in enumerate(itertools.pairwise(begins)):
        when.update({int(place["outcome"]): wave for place in found[first:last]})
    assert sorted(when) == tiles.tolist()
    for number in tiles:
        assert all(when[other] < when[number] for other in prediction.needs(tensor, int(number)))


# ---- tables


@given(table=tables())
def test_a_packed_table_holds_what_the_table_says(table):
    packed = packed_table(table).astype(np.int64)
    assert is_complete(packed_table(table))
    owners = table.slots.astype(np.int64)
    np.testing.assert_array_equal(packed >> 12 & 0xFF, owners)
    np.testing.assert_array_equal((packed & 0xFFF) + 1, table.frequencies[owners])
    np.testing.assert_array_equal(np.arange(4096) - (packed >> 20), table.starts[owners])


def test_slots_without_an_owner_are_told():
    frequencies = np.zeros(256, dtype=np.int64)
    frequencies[[3, 9]] = 1, 4094
    table = FrequencyTable.of_frequencies(frequencies)
    packed = packed_table(table)
    assert not is_complete(packed)
    unowned = (packed >> 20) > (packed & 0xFFF)
    np.testing.assert_array_equal(unowned, table.slots == UNOWNED)


# ---- reports


@given(data=damaged())
@settings(max_examples=100)
def test_first_rows_and_neighbours_are_the_references(data):
    container = parsed(data)
    for tensor in container.tensors:
        if tensor.refusal or tensor.weights > 1 << 12 or plan.shadowed(tensor).any():
            continue
        judged = ReferenceDecoder().decode(container, tensor)
        found = judged.reads.copy()
        found["first_weights"] = 99
        reads.log_first_rows(tensor, judged.weights, found)
        np.testing.assert_array_equal(found, judged.reads)
        if not tensor.padded and not tensor.checksums:  # which are looked at after neighbours
            log = np.zeros(len(tensor.tiles), dtype=TILE_READ)
            streams = ReferenceDecoder().decode_streams(container, tensor, every_tile(tensor))
            log["status"] = [stream.status for stream in streams]
            reads.mark_neighbours(tensor, log)
            np.testing.assert_array_equal(log["status"], judged.reads["status"])


OUTCOMES = {
    "sound": ({}, {}, Status.OK),
    "underrun": ({"status": 1, "decoded": 3}, {}, Status.UNDERRUN),
    "unowned slot": ({"status": 2, "decoded": 0}, {}, Status.UNOWNED_SLOT),
    "wrong count": ({}, {"symbol_count": 8}, Status.SYMBOL_COUNT),
    "wrong state": ({"state": 5}, {}, Status.FINAL_STATE),
    "bytes left": ({"unread": 6}, {}, Status.BYTES_LEFT),
    "count before state": ({"state": 5}, {"symbol_count": 8}, Status.SYMBOL_COUNT),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_how_a_stream_ended(name):
    outcome, read, status = OUTCOMES[name]
    outcomes, log = np.zeros(1, dtype=OUTCOME), np.zeros(1, dtype=TILE_READ)
    for field, value in ({"decoded": 9, "state": 1 << 23, "unread": 4} | outcome).items():
        outcomes[field] = value
    for field, value in ({"symbol_count": 9} | read).items():
        log[field] = value
    outcomes["first"] = [1, 3, 2, 2, 2, 2, 2, 2]
    (done,) = reads.finished(log, outcomes, np.array([9]), 1 << 23, sums=True)
    assert done["status"] == status
    decoded = int(outcomes["decoded"][0])
    assert (done["decoded"], done["bytes_left"]) == (decoded, outcomes["unread"][0] - 4)
    symbols = [129, 130, 127, 128, 128, 128, 128, 128]
    wanted = symbols[: min(decoded, 8)] + [0] * (8 - min(decoded, 8))
    assert done["first_symbols"].tolist() == wanted


def test_a_missed_checkpoint_is_an_error():
    outcomes, log = np.zeros(2, dtype=OUTCOME), np.zeros(2, dtype=TILE_READ)
    log["tile"], outcomes["mismatch"] = [6, 7], [0, 3]
    with pytest.raises(DecodeError, match="tile 7 does not pass them"):
        reads.finished(log, outcomes, np.array([9, 9]), 1 << 23, sums=False)


def test_few_segments_get_warps_of_their_own():
    assert spread_of(64, 132) == 32
    assert spread_of(896, 132) == 16
    assert spread_of(7744, 132) == 2
    assert spread_of(108_416, 132) == 1
    assert spread_of(1, 1) == 32


def test_a_timing_adds_up():
    assert Timing(1.0, 2.0, 3.0, 4.0).total == 10.0


# ---- why there is no card


def fake_cupy(**changes: Any) -> ModuleType:
    """A cupy that finds a driver and a card, but for what is changed."""

    class CUDARuntimeError(RuntimeError):
        pass

    def no_device() -> int:
        raise CUDARuntimeError("cudaErrorNoDevice: no CUDA-capable device is detected")

    runtime = SimpleNamespace(
        CUDARuntimeError=CUDARuntimeError,
        driverGetVersion=lambda: changes.get("driver", 13000),
        runtimeGetVersion=lambda: 12090,
        getDeviceCount=no_device if changes.get("no_device") else lambda: changes.get("devices", 1),
        getDeviceProperties=lambda number: {"name": b"a card", "multiProcessorCount": 4},
    )
    module = ModuleType("cupy")
    module.cuda = SimpleNamespace(  # type: ignore[attr-defined]
        runtime=runtime, Device=lambda: SimpleNamespace(id=0)
    )
    return module


@pytest.fixture
def reason(monkeypatch):
    """Why a decoder is not available, asked anew each time."""

    def ask(cupy: ModuleType | None) -> str:
        monkeypatch.setitem(sys.modules, "cupy", cupy)
        monkeypatch.setattr(card, "_found", card._found.__wrapped__)
        return CudaDecoder().unavailable()

    return ask


def test_no_cupy(reason):
    why = reason(None)
    assert why.startswith("cupy is not installed: pip install")
    assert "cupy-cuda12x" in why
    assert "cupy-cuda13x" in why


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"driver": 0}, "there is no NVIDIA driver on this machine"),
        ({"devices": 0}, "there is a driver but no NVIDIA card that CUDA can use"),
        ({"no_device": True}, "no NVIDIA card that CUDA can use: cudaErrorNoDevice"),
        (
            {"no_device": True, "driver": 11040},
            "the NVIDIA driver is for CUDA 11.4 but cupy for CUDA 12.9",
        ),
    ],
    ids=["no driver", "no card", "no card that works", "an old driver"],
)
def test_no_card(changes, why, reason):
    assert why in reason(fake_cupy(**changes))


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (
            CompilationError("decode.cu(3): error: x\n\n1 error"),
            "do not compile on this machine: decode.cu(3): error: x; 1 error",
        ),
        (
            RuntimeError("CuPy failed to load libnvrtc.so.12"),
            "does not find CUDA's run-time compiler: CuPy failed",
        ),
        (ValueError("something else"), "the card cannot be used: ValueError: something else"),
    ],
    ids=["does not compile", "no compiler", "anything"],
)
def test_no_kernels(error, why, reason, monkeypatch):
    def fail(name: str, defines: Any) -> Any:
        raise error

    monkeypatch.setattr(compilation, "load", fail)
    found = reason(fake_cupy())
    assert why in found
    assert "\n" not in found


def test_decoding_without_a_card_says_why(reason):
    reason(None)
    weights: Weights = noise(5, 5)
    container, tensor = opened(batched_file(weights, 4))
    for work in (
        lambda: CudaDecoder().decode(container, tensor),
        lambda: CudaDecoder().decode_streams(container, tensor, [0]),
        lambda: CudaDecoder().trace(container, tensor, 0),
    ):
        with pytest.raises(
            DecodeError, match="the decoder cupy is not available: cupy is not installed"
        ):
            work()


def test_a_table_of_other_size_is_refused(monkeypatch):
    container, tensor = opened(batched_file(noise(5, 5), 4))
    wide = FrequencyTable.of_frequencies(np.full(256, 64), scale_bits=14)
    monkeypatch.setattr(CudaDecoder, "_card", lambda self: None)
    monkeypatch.setattr("codec.decoders.cuda.decoder.reported", lambda card: nullcontext())
    with pytest.raises(DecodeError, match="tables of 4,096 slots, not of 16,384"):
        CudaDecoder().decode(container, replace(tensor, table=wide))
