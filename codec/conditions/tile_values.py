"""The weights of the tile that a walk is in, for conditions that name them: made once a walk, when first wanted."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from codec import decoders
from codec.decoders.base import cache_lookup
from codec.decoders.streams import DecodedStream, Status
from codec.prediction import needs
from codec.stepping.encode_walk import EncodeWalk
from codec.stepping.walk import WINDOW, Walk

_VALUES: WeakKeyDictionary[Walk, NDArray[np.int8]] = WeakKeyDictionary()


def values_of(walk: Walk) -> NDArray[np.int8]:
    """int8[symbols], row-major: what each symbol of a walk's tile stands for, padding included.

    They follow from the walk's own symbols, so that of a decoder that errs they are the wrong weights that it makes.
    Where a decoder stops early, they are 0 from there on, counted in whole blocks of lanes, as for `DecodedStream`.
    """
    values = _VALUES.get(walk)
    if values is None:
        values = _VALUES[walk] = _values(walk)
    return values


def _values(walk: Walk) -> NDArray[np.int8]:
    tensor, tile = walk.tensor, walk.tile
    symbols, known = _symbols(walk)
    stream = DecodedStream(tile, None, symbols, known, 0, 0, Status.OK)
    decoder, wanted = decoders.make("cpu"), needs(tensor, tile)
    around = decoder.decode_tiles(walk.container, tensor, wanted, {}) if wanted else {}
    values = decoder.undo_prediction(tensor, stream, cache_lookup(tensor, around))
    flat = np.array(values).reshape(-1).view(np.int8)
    flat[known:] = 0
    return flat


def _symbols(walk: Walk) -> tuple[NDArray[np.uint8], int]:
    """u8[symbols] by their place in the tile, and how many of them are known without a gap."""
    if isinstance(walk, EncodeWalk):
        return walk.symbols, len(walk.symbols)
    if walk.coder in decoders.DECODERS:  # all of which find the same, but none as fast
        (stream,) = decoders.make("cpu").decode_streams(walk.container, walk.tensor, [walk.tile])
        return stream.symbols, _whole(walk, stream.decoded)
    symbols = np.zeros(walk.tensor.symbol_count(walk.tile), dtype=np.uint8)
    windows = [(first, first + WINDOW) for first in range(0, walk.steps, WINDOW)]
    for trace in walk.traces(windows):
        inside = trace["symbol_index"] < len(symbols)
        symbols[trace["symbol_index"][inside]] = trace["symbol"][inside]
    return symbols, _whole(walk, walk.steps)


def _whole(walk: Walk, steps: int) -> int:
    """Symbols that lie before the first one missing, where so many steps were taken."""
    count = walk.tensor.symbol_count(walk.tile)
    return count if steps >= count else walk.tensor.interleaving.whole(steps)
