"""Native files for tests of views: every coding and predictor, several tensors, lanes, words and scales."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import Container
from codec.formats import parse
from codec.native_encoder import encode_native
from codec.native_layer import Layer, NativeSettings, Weights
from codec.source import BytesSource
from tests.codec.native_files import mixed, native_bytes

MIXED = mixed()
"""The matrices of `mixed_file`, by their names."""

CONSTANT_TILE, RAW_TILE, PLAIN_TILE, LEFT_TILE, TOP_TILE = range(5)
"""The tiles of its first tensor."""

SMALL: dict[str, Any] = {
    "lanes": 4,
    "run": 2,
    "word_bits": 8,
    "scale_bits": 14,
    "lower_bound_bits": 23,
}
"""Settings far from the defaults."""


@cache
def mixed_file() -> bytes:
    """Four tensors, 64×128 tiles, with the default lanes and words."""
    return native_bytes(MIXED, tile_rows=64, tile_cols=128, predictor="auto")


@cache
def small_lanes() -> bytes:
    """The same with 4 lanes, runs of 2, bytes for words and 2^14 slots."""
    return native_bytes(MIXED, tile_rows=64, tile_cols=128, predictor="auto", **SMALL)


@cache
def scaled() -> tuple[bytes, NDArray[np.int8], NDArray[np.float32]]:
    """A tensor of three axes with a scale a row, and another with one scale: (file, weights, scales)."""
    random = np.random.default_rng(8)
    weights = random.normal(0, 9, (24, 40)).round().astype(np.int8)
    scales = (random.random(24) + 0.5).astype(np.float32)
    one = np.array([0.25], dtype=np.float32)
    layers = [
        Layer("a.rows", (4, 6, 40), "bfloat16", "row", lambda: Weights(weights, scales)),
        Layer("b.whole", (24, 40), "float32", "tensor", lambda: Weights(weights, one)),
    ]
    settings = NativeSettings(tile_rows=16, tile_cols=32)
    return encode_native(layers, settings, encoder="reference")[0], weights, scales


@cache
def opened(data: bytes) -> Container:
    """The file, parsed."""
    return parse(BytesSource(data, "some.rsc"))
