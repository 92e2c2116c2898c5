"""The tiles that a document keeps: apart by decoder and tensor, and bounded."""

from __future__ import annotations

import numpy as np
import pytest

from app import tile_cache
from app.tile_cache import TileCache
from codec.decoders.base import DecodedTile
from codec.decoders.streams import DecodedStream, Status

CPU, CUPY = ("cpu", 0), ("cupy", 0)


def tile(number, symbols=10):
    data = np.zeros(symbols, dtype=np.uint8)
    stream = DecodedStream(number, None, data, symbols, 0, 0, Status.OK)
    return DecodedTile(data.view(np.int8), stream)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(tile_cache, "KEPT_SYMBOLS", 30)


def test_shelves_are_apart():
    cache, ours = TileCache(), tile(5)
    cache.put(CPU, {5: ours})
    assert cache.get(CPU, 5) is ours
    assert cache.get(CUPY, 5) is None
    assert cache.get(("cpu", 1), 5) is None
    assert set(cache.shelf(CPU)) == {5}


def test_what_was_not_looked_at_for_longest_goes_first():
    cache = TileCache()
    for number in range(3):
        cache.put(CPU, {number: tile(number)})
    cache.get(CPU, 0)
    cache.put(CUPY, {0: tile(0)})
    assert set(cache.shelf(CPU)) == {0, 2}
    assert set(cache.shelf(CUPY)) == {0}


def test_a_tile_that_comes_again_counts_once():
    cache = TileCache()
    for _ in range(5):
        cache.put(CPU, {1: tile(1)})
    cache.put(CPU, {2: tile(2), 3: tile(3)})
    assert set(cache.shelf(CPU)) == {1, 2, 3}


def test_what_comes_together_stays_together():
    cache = TileCache()
    cache.put(CPU, {9: tile(9)})
    cache.put(CPU, {number: tile(number) for number in range(5)})
    assert set(cache.shelf(CPU)) == {0, 1, 2, 3, 4}
