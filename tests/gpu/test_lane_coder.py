"""The CUDA encoder of native streams makes the very bytes that the CPU encoder makes."""

from __future__ import annotations

import numpy as np
import pytest

from codec.decoders.cuda.card import Card
from codec.decoders.cuda.lane_coder import CudaLaneCoder
from codec.errors import InputError
from codec.fast_lane_coder import FastLaneCoder
from codec.frequency import FrequencyTable, normalise_shared
from codec.interleaving import Interleaving
from codec.native_plan import tile_rectangles
from codec.rans import Coder
from tests.codec.files import noise

pytestmark = pytest.mark.gpu


def both(card: Card, shape, tile, lanes, scale_bits, memory_limit=None):
    matrix = noise(shape[0], shape[1], seed=3, sigma=6)
    tiles = tile_rectangles(shape, *tile)
    predictors = (np.arange(len(tiles)) % 3).astype(np.uint8)
    table = FrequencyTable.of_frequencies(
        normalise_shared(np.ones(256, dtype=np.int64), scale_bits), scale_bits
    )
    arguments = (
        matrix, tiles, predictors, table, Coder(1 << 16, 16, scale_bits), Interleaving(lanes, 16)
    )  # fmt: skip
    return CudaLaneCoder(card, memory_limit).encode(*arguments), FastLaneCoder().encode(*arguments)


@pytest.mark.parametrize("scale_bits", [9, 12])
@pytest.mark.parametrize("lanes", [32, 64])
@pytest.mark.parametrize(
    ("shape", "tile"), [((1, 1), (1, 1)), ((300, 200), (64, 48)), ((257, 1030), (100, 512))]
)
@pytest.mark.parametrize("memory_limit", [None, (1 << 20) + 900_000])
def test_the_streams_are_the_cpus(shape, tile, lanes, scale_bits, memory_limit, card):
    found, expected = both(card, shape, tile, lanes, scale_bits, memory_limit)
    np.testing.assert_array_equal(found.offsets, expected.offsets)
    np.testing.assert_array_equal(found.sizes, expected.sizes)
    np.testing.assert_array_equal(found.data, expected.data)


def test_too_little_memory_and_unknown_streams_are_said(card):
    with pytest.raises(InputError, match="does not fit"):
        both(card, (64, 64), (64, 64), 64, 12, memory_limit=1 << 20)
    with pytest.raises(InputError, match="32 or 64 lanes"):
        both(card, (64, 64), (64, 64), 48, 12)
