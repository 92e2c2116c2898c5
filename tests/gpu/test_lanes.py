"""The CUDA decoder on native files: what the reference and the CPU decoder say, on sound and damaged streams."""

from __future__ import annotations

import numpy as np
import pytest

from codec.decoders.cpu import CpuDecoder
from codec.decoders.cuda import CudaDecoder
from codec.decoders.cuda.card import Card
from codec.decoders.reference import ReferenceDecoder
from codec.decoders.streams import Status
from codec.errors import DecodeError
from codec.trace import STEP_COLUMNS
from tests.codec.files import noise, parsed
from tests.codec.native_files import mixed, native_bytes, smooth
from tests.gpu.lane_damage import flipped_lanes, randomised_lanes, shortened_lanes
from tests.gpu.test_cupy_decoder import assert_same

pytestmark = pytest.mark.gpu

LANES = (32, 64)
SHAPES = [
    (1, 1, 1, 1),
    (1, 300, 7, 300),
    (300, 1, 64, 1),
    (129, 257, 128, 128),
    (200, 333, 100, 48),
]
SHAPES += [(512, 512, 256, 256), (70, 1000, 16, 512), (64, 2048, 32, 1024), (255, 255, 255, 255)]


@pytest.fixture
def decoder(card: Card) -> CudaDecoder:
    return CudaDecoder(card=card)


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_any_shape(shape, lanes, decoder):
    rows, cols, tile_rows, tile_cols = shape
    weights = noise(rows, cols, seed=rows + cols)
    data = native_bytes(
        {"w": weights}, "cpu", tile_rows=tile_rows, tile_cols=tile_cols, lanes=lanes
    )
    container = parsed(data)
    decoded = decoder.decode(container, container.tensors[0])
    np.testing.assert_array_equal(decoded.weights, weights)
    assert not len(decoded.failed)
    assert_same(container, container.tensors[0], decoder, CpuDecoder())


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("predictor", ["none", "left", "top", "auto"])
@pytest.mark.parametrize("tile", [(64, 128), (50, 44), (256, 16)], ids=str)
def test_every_kind_of_tile(tile, predictor, lanes, decoder):
    data = native_bytes(
        mixed(), "cpu", tile_rows=tile[0], tile_cols=tile[1], lanes=lanes, predictor=predictor
    )
    container = parsed(data)
    for tensor, expected in zip(container.tensors, mixed().values(), strict=True):
        decoded = decoder.decode(container, tensor)
        np.testing.assert_array_equal(decoded.weights, expected)
        assert_same(container, tensor, decoder, ReferenceDecoder())


@pytest.mark.parametrize("sigma", [0.4, 3, 10, 36])
@pytest.mark.parametrize("scale_bits", [8, 10, 11, 12])
def test_tables_with_and_without_high_frequencies(scale_bits, sigma, decoder):
    weights = noise(200, 300, seed=5, sigma=sigma)
    data = native_bytes({"w": weights}, "cpu", tile_rows=128, scale_bits=scale_bits)
    container = parsed(data)
    np.testing.assert_array_equal(decoder.decode(container, container.tensors[0]).weights, weights)
    assert_same(container, container.tensors[0], decoder, CpuDecoder())


@pytest.mark.parametrize("damage", [flipped_lanes, randomised_lanes, shortened_lanes])
@pytest.mark.parametrize("predictor", ["none", "left", "top"])
@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("seed", range(3))
def test_damaged_streams_end_as_the_references(seed, lanes, predictor, damage, decoder):
    weights = smooth(150, 200, seed)
    data = native_bytes(
        {"w": weights}, "cpu", tile_rows=64, tile_cols=48, lanes=lanes, predictor=predictor
    )
    container = parsed(damage(data, seed))
    tensor = container.tensors[0]
    assert_same(container, tensor, decoder, ReferenceDecoder())
    assert len(decoder.decode(container, tensor).failed)


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("window", [(0, None), (0, 1), (100, 5000), (3000, 3001), (9000, 99999)])
def test_traces_are_the_references(window, lanes, decoder):
    data = native_bytes({"w": noise(100, 130, 3)}, "cpu", tile_rows=77, lanes=lanes)
    for changed in (data, shortened_lanes(data, 1)):
        container = parsed(changed)
        tensor = container.tensors[0]
        for tile in range(len(tensor.tiles)):
            found = decoder.trace(container, tensor, tile, *window)
            expected = ReferenceDecoder().trace(container, tensor, tile, *window)
            assert found.stopped == expected.stopped
            assert found.streams[0].lane_states == expected.streams[0].lane_states
            for name in STEP_COLUMNS:
                np.testing.assert_array_equal(found[name], expected[name], err_msg=name)


def test_in_as_many_trips_as_the_memory_asks_for(card):
    weights = noise(600, 400, 8)
    container = parsed(native_bytes({"w": weights}, "cpu", tile_rows=50, tile_cols=100))
    tensor = container.tensors[0]
    small = CudaDecoder(card=card, memory_limit=(1 << 20) + 200_000)
    np.testing.assert_array_equal(small.decode(container, tensor).weights, weights)
    with pytest.raises(DecodeError, match="does not fit"):
        CudaDecoder(card=card, memory_limit=1 << 20).decode(container, tensor)


def test_checksums_are_held_against_the_weights_unless_they_are_not_wanted(decoder):
    data = native_bytes({"w": noise(64, 64, 1)}, "cpu")
    container = parsed(data)
    tensor = container.tensors[0]
    tensor.tiles["checksum"][0] ^= 1
    assert decoder.decode(container, tensor).reads["status"][0] == Status.CHECKSUM
    decoder.verify_checksums = False
    assert decoder.decode(container, tensor).reads["status"][0] == Status.OK


def test_what_the_kernels_do_not_know_is_said(decoder):
    container = parsed(native_bytes({"w": noise(9, 9, 1)}, lanes=4, run=2))
    with pytest.raises(DecodeError, match="32 or 64 lanes, not with 4 lanes"):
        decoder.decode(container, container.tensors[0])
