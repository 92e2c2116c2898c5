"""The CUDA decoder where it differs from the others: checkpoints, trips, launches, memory, and damage to
streams long enough for all of it.

That it decodes what the reference decodes, on whatever small file, is tested with all decoders in
tests/codec.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from codec import checkpoints
from codec.checkpoints import Checkpoints
from codec.container import Container, Tensor
from codec.decoders.base import Decoder
from codec.decoders.cpu import CpuDecoder
from codec.decoders.cuda import CudaDecoder, launch, trace
from codec.decoders.cuda.card import Card
from codec.decoders.cuda.plan import Trip
from codec.decoders.reference import ReferenceDecoder
from codec.decoders.streams import Status
from codec.encoder import EncodeSettings, encode
from codec.errors import DecodeError
from codec.formats import batched, open_file
from codec.frequency import FrequencyTable
from codec.source import Source
from tests.codec.files import (
    DECODABLE,
    Weights,
    batched_file,
    expected_weights,
    noise,
    only_tensor,
    parsed,
    with_field,
)
from tests.gpu.damage import flipped, randomised, shortened

pytestmark = pytest.mark.gpu

LAYOUTS = ["batched", "wcdc"]
GROUP = 16


@pytest.fixture
def decoder(card: Card) -> CudaDecoder:
    return CudaDecoder(card=card)


def file_of(weights: Weights, layout: str, tile: int, predictor: str = "auto") -> bytes:
    return b"".join(encode(weights, EncodeSettings(layout, tile, predictor)).pieces())


def opened(data: bytes) -> tuple[Container, Tensor]:
    container = parsed(data)
    return container, only_tensor(container)


def assert_same(container: Container, tensor: Tensor, decoder: Decoder, judge: Decoder) -> None:
    """Weights and logs of the whole, and symbols of every stream."""
    decoded, expected = decoder.decode(container, tensor), judge.decode(container, tensor)
    np.testing.assert_array_equal(decoded.weights, expected.weights)
    for name in expected.reads.dtype.names:
        np.testing.assert_array_equal(decoded.reads[name], expected.reads[name], err_msg=name)
    tiles = range(len(tensor.tiles))
    pairs = zip(
        decoder.decode_streams(container, tensor, tiles),
        judge.decode_streams(container, tensor, tiles),
        strict=True,
    )
    for stream, other in pairs:
        np.testing.assert_array_equal(stream.symbols, other.symbols)
        for name in ("tile", "frame", "decoded", "final_state", "bytes_left", "status", "detail"):
            assert getattr(stream, name) == getattr(other, name), name


# ---- whole files


@pytest.mark.parametrize("interval", [None, 16, 592, 1 << 20])
@pytest.mark.parametrize("path", DECODABLE, ids=lambda path: path.name)
def test_files_of_the_original(path, interval, card):
    container = open_file(path)
    tensor = only_tensor(container)
    found = None if interval is None else checkpoints.find(container, tensor, interval)
    decoded = CudaDecoder(found, card=card).decode(container, tensor)
    np.testing.assert_array_equal(decoded.weights, expected_weights(path))
    assert len(decoded.failed) == 0
    cpu = CpuDecoder().decode(container, tensor)
    np.testing.assert_array_equal(decoded.reads, cpu.reads)


SHAPES = [(1, 1, 1), (1, 300, 7), (300, 1, 64), (129, 257, 128), (200, 333, 100), (512, 512, 256)]
SHAPES += [(70, 1000, 16), (1000, 70, 33), (255, 255, 255), (256, 4096, 255)]


@pytest.mark.parametrize("with_checkpoints", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_any_shape(shape, layout, with_checkpoints, card):
    rows, cols, tile = shape
    weights = noise(rows, cols, seed=rows + cols)
    container, tensor = opened(file_of(weights, layout, tile))
    found = checkpoints.find(container, tensor, 64) if with_checkpoints else None
    decoder = CudaDecoder(found, card=card)
    np.testing.assert_array_equal(decoder.decode(container, tensor).weights, weights)
    assert_same(container, tensor, decoder, CpuDecoder())


@pytest.mark.parametrize("predictor", ["left", "top"])
@pytest.mark.parametrize(
    "shape", [(90, 130, 40), (130, 90, 40), (80, 41, 40), (41, 80, 40)], ids=str
)
def test_prediction_across_tiles(shape, predictor, decoder):
    """Narrow tiles at the right edge make LEFT run on past the first row of the tile."""
    rows, cols, tile = shape
    weights = noise(rows, cols, seed=3, sigma=40)
    container, tensor = opened(file_of(weights, "wcdc", tile, predictor))
    np.testing.assert_array_equal(decoder.decode(container, tensor).weights, weights)


@pytest.mark.parametrize("sigma", [0, 0.3, 3, 60])
def test_streams_of_any_density(sigma, card):
    """From no bytes at all to more than a byte a symbol."""
    weights = noise(200, 300, sigma=sigma)
    container, tensor = opened(file_of(weights, "batched", 100))
    for found in (None, checkpoints.find(container, tensor, 160)):
        decoded = CudaDecoder(found, card=card).decode(container, tensor)
        np.testing.assert_array_equal(decoded.weights, weights)
        assert len(decoded.failed) == 0


def test_steps_of_two_bytes_one_behind_the_other(decoder):
    """The ring is emptied as fast as it can be: every symbol costs twelve bits."""
    frequencies = np.zeros(256, dtype=np.int64)
    frequencies[[0, 128, 255]] = 1, 4094, 1
    weights = np.tile(np.array([127, -1], dtype=np.int8), (64, 32))
    data = batched_file(weights, 64, FrequencyTable.of_frequencies(frequencies))
    container, tensor = opened(data)
    assert len(data) - batched.INDEX_OFFSET > 64 * 64 * 1.45
    np.testing.assert_array_equal(decoder.decode(container, tensor).weights, weights)


@pytest.mark.parametrize("spread", [1, 2, 8, 64])
def test_any_spread_of_the_segments(spread, card, monkeypatch):
    monkeypatch.setattr(launch, "spread_of", lambda segments, processors: spread)
    weights = noise(256, 320)
    container, tensor = opened(file_of(weights, "batched", 64))
    for found in (None, checkpoints.find(container, tensor, 48)):
        decoded = CudaDecoder(found, card=card).decode(container, tensor)
        np.testing.assert_array_equal(decoded.weights, weights)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("most", [GROUP, 160, 4096])
def test_long_streams_take_several_launches(most, layout, card, monkeypatch):
    monkeypatch.setattr(launch, "SYMBOLS_PER_LAUNCH", most)
    weights = noise(100, 90)
    container, tensor = opened(file_of(weights, layout, 64))
    assert_same(container, tensor, CudaDecoder(card=card), CpuDecoder())
    damaged, tensor = opened(flipped(file_of(weights, layout, 64), 5))
    found = checkpoints.find(damaged, tensor, GROUP)
    assert_same(damaged, tensor, CudaDecoder(found, card=card), CpuDecoder())


# ---- damage


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("damage", [flipped, randomised])
def test_damaged_streams_end_as_the_reference_says(damage, layout, seed, card):
    data = damage(file_of(noise(150, 200, seed=seed), layout, 64), seed)
    container, tensor = opened(data)
    assert_same(container, tensor, CudaDecoder(card=card), CpuDecoder())
    for interval in (GROUP, 272):
        found = checkpoints.find(container, tensor, interval)
        assert_same(container, tensor, CudaDecoder(found, card=card), CpuDecoder())


@pytest.mark.parametrize("seed", range(6))
def test_streams_that_run_out_name_the_step(seed, card):
    container, tensor = opened(shortened(file_of(noise(150, 200), "batched", 64), seed))
    reads = CudaDecoder(card=card).decode(container, tensor).reads
    assert Status.UNDERRUN in reads["status"]
    assert_same(container, tensor, CudaDecoder(card=card), CpuDecoder())
    found = checkpoints.find(container, tensor, 144)
    assert_same(container, tensor, CudaDecoder(found, card=card), CpuDecoder())


def test_the_judge_agrees_on_damage(decoder):
    data = flipped(file_of(noise(60, 70), "batched", 32), 1)
    container, tensor = opened(data)
    assert_same(container, tensor, decoder, ReferenceDecoder())


def test_a_table_with_slots_that_nobody_owns(card):
    frequencies = np.zeros(256, dtype=np.int64)
    frequencies[100:160] = 60
    table = FrequencyTable.of_frequencies(frequencies)
    weights = np.clip(noise(64, 64, sigma=6), -12, 12)
    for data in (batched_file(weights, 32, table), randomised(batched_file(weights, 32, table), 1)):
        container, tensor = opened(data)
        found = checkpoints.find(container, tensor, 32)
        for decoder in (CudaDecoder(card=card), CudaDecoder(found, card=card)):
            assert_same(container, tensor, decoder, ReferenceDecoder())
    assert Status.UNOWNED_SLOT in decoder.decode(container, tensor).reads["status"]


def test_two_tiles_in_one_place(decoder):
    """The later one shows, as if they were decoded one after the other."""
    data = batched_file(noise(40, 40), 16)
    data = with_field(data, batched.INDEX_ENTRY, "tile_col", 0, batched.INDEX_OFFSET + 12)
    container, tensor = opened(data)
    assert_same(container, tensor, decoder, ReferenceDecoder())


class Shrunk(Source):
    """A source that has lost its end since it was opened."""

    def __init__(self, data: bytes, left: int) -> None:
        self.name, self.size = "a file of the tests", len(data)
        self._data = data[:left]

    def _pread(self, size: int, offset: int) -> bytes:
        return self._data[offset : offset + size]


def test_a_file_that_shrinks_loses_the_tiles_at_its_end(decoder):
    weights = noise(64, 64)
    data = batched_file(weights, 32)
    whole, tensor = opened(data)
    container = replace(whole, source=Shrunk(data, int(tensor.tiles["offset"][2])))
    decoded = decoder.decode(container, tensor)
    assert decoded.reads["status"].tolist() == [0, 0, Status.UNREADABLE, Status.UNREADABLE]
    np.testing.assert_array_equal(decoded.weights[:32], weights[:32])
    assert not decoded.weights[32:].any()


# ---- memory


class Guarded:
    """cupy, with a fence on both sides of all that is allocated to be filled."""

    FENCE, MARK = 512, 0xA5

    def __init__(self, cupy: Any) -> None:
        self._cupy = cupy
        self.allocated: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cupy, name)

    def zeros(self, shape: Any, dtype: Any) -> Any:
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        room = np.full(size + 2 * self.FENCE, self.MARK, dtype=np.uint8)
        room[self.FENCE : self.FENCE + size] = 0
        whole = self._cupy.asarray(room)
        self.allocated.append((whole, size))
        return whole[self.FENCE : self.FENCE + size].view(dtype).reshape(shape)

    def assert_untouched(self) -> None:
        for whole, size in self.allocated:
            room = whole.get()
            assert (room[: self.FENCE] == self.MARK).all()
            assert (room[self.FENCE + size :] == self.MARK).all()


@pytest.mark.parametrize("interval", [None, 16, 400])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "shape", [(100, 100, 64), (96, 128, 32), (97, 43, 40), (5, 5, 16)], ids=str
)
def test_nothing_is_written_outside(shape, layout, interval, card, monkeypatch):
    guarded = Guarded(card.cupy)
    monkeypatch.setattr(card, "cupy", guarded)
    rows, cols, tile = shape
    sound = file_of(noise(rows, cols), layout, tile)
    for data in (sound, flipped(sound, 1), randomised(sound, 2)):
        container, tensor = opened(data)
        found = None if interval is None else checkpoints.find(container, tensor, interval)
        decoder = CudaDecoder(found, card=card)
        decoder.decode(container, tensor)
        decoder.decode_streams(container, tensor, range(len(tensor.tiles)))
    assert len(guarded.allocated) >= 12
    guarded.assert_untouched()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_does_not_fit_goes_in_trips(layout, card, monkeypatch):
    launched = []
    decode = launch.Launcher.decode

    def counted(self: launch.Launcher, trip: Trip, *, sums: bool) -> launch.Decoded:
        launched.append(trip)
        return decode(self, trip, sums=sums)

    monkeypatch.setattr(launch.Launcher, "decode", counted)
    container, tensor = opened(file_of(noise(2048, 4096), layout, 256))
    decoder = CudaDecoder(card=card, memory_limit=6 << 20)
    judge = CpuDecoder().decode(container, tensor)
    decoded = decoder.decode(container, tensor)
    np.testing.assert_array_equal(decoded.weights, judge.weights)
    np.testing.assert_array_equal(decoded.reads, judge.reads)
    assert len(launched) > 3
    streams = decoder.decode_streams(container, tensor, range(len(tensor.tiles)))
    assert [stream.tile for stream in streams] == list(range(len(tensor.tiles)))
    assert {stream.status for stream in streams} == {Status.OK}


def test_what_cannot_be_divided_is_refused_with_the_sizes(card):
    container, tensor = opened(batched_file(noise(64, 64), 64))
    decoder = CudaDecoder(card=card, memory_limit=1 << 20)
    with pytest.raises(
        DecodeError, match=r"takes [\d,]+ bytes of the card's memory, and 1,048,576 can"
    ):
        decoder.decode(container, tensor)


# ---- checkpoints, timing, traces


def test_checkpoints_of_other_streams_are_noticed(card):
    weights = noise(128, 128)
    container, tensor = opened(file_of(weights, "batched", 64))
    other, same_shape = opened(file_of(weights.T.copy(), "batched", 64))
    wrong = checkpoints.find(other, same_shape, 128)
    with pytest.raises(DecodeError, match="the checkpoints are not those of this file: tile 0"):
        CudaDecoder(wrong, card=card).decode(container, tensor)


@pytest.mark.parametrize("bits", [0x1, 0x80000000, 0xFF << 40, 0xFFFFFF << 40, 1 << 32])
def test_a_damaged_checkpoint_is_noticed(bits, card):
    container, tensor = opened(file_of(noise(128, 128), "batched", 64))
    sound = checkpoints.find(container, tensor, 128)
    records = sound.records.copy()
    records[2, 7] ^= np.uint64(bits)
    wrong = Checkpoints(sound.interval, records, sound.digest)
    with pytest.raises(DecodeError, match="tile 2 does not pass them"):
        CudaDecoder(wrong, card=card).decode(container, tensor)


def test_the_time_of_the_last_run_is_split(decoder):
    assert CudaDecoder().timing is None
    container, tensor = opened(file_of(noise(256, 256), "batched", 64))
    decoder.decode(container, tensor)
    timing = decoder.timing
    assert timing is not None
    parts = (timing.read, timing.transfer, timing.kernel, timing.copy_back)
    assert all(part > 0 for part in parts)
    assert timing.total == pytest.approx(sum(parts))


@pytest.mark.parametrize("interval", [None, 48])
@pytest.mark.parametrize(
    "steps", [(0, None), (0, 1), (1000, 1200), (47, 49), (48, 96), (5, 5), (9, 3), (5000, None)]
)
def test_traces_are_the_references(steps, interval, card, monkeypatch):
    monkeypatch.setattr(trace, "ROWS_PER_LAUNCH", 500)
    monkeypatch.setattr(trace, "STEPS_PER_LAUNCH", 700)
    sound = file_of(noise(100, 80), "wcdc", 64)
    for data in (sound, flipped(sound, 3, bits=40)):
        container, tensor = opened(data)
        found = None if interval is None else checkpoints.find(container, tensor, interval)
        decoder = CudaDecoder(found, card=card)
        for tile in range(len(tensor.tiles)):
            made = decoder.trace(container, tensor, tile, *steps)
            expected = ReferenceDecoder().trace(container, tensor, tile, *steps)
            assert made.stopped == expected.stopped
            for name, column in expected.columns.items():
                np.testing.assert_array_equal(made[name], column, err_msg=name)
                assert made[name].dtype == column.dtype
