"""Encoding weights again, as a file says that they were: what its streams and its table should be.

A stream that cannot be decoded says nothing of what it was made of. But weights that are thought to be the ones
encoded give a stream, byte for byte, that can be held against it. The coder here takes any table, also one that no
decoder can use, for an encoder does not look.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Framing, Prediction, Predictor, Tensor
from codec.fast.any_table import encode_any
from codec.formats.streams import stream_bytes
from codec.frequency import SYMBOLS, FrequencyTable, histogram
from codec.native_coder import stream_bytes as lane_stream_bytes
from codec.original import SAMPLE_SYMBOLS
from codec.prediction import difference, padded_tile, residuals, within_tile_symbols

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Matrix = NDArray[np.int8]


def symbols_of(tensor: Tensor, weights: Matrix, tile: int) -> Bytes:
    """u8[n]: the symbols that a tile of a matrix is coded as, padding included."""
    place, predictor = tensor.rectangle(tile), tensor.predictor(tile) or Predictor.NONE
    if tensor.prediction is Prediction.FLAT_LEFT:
        return difference(padded_tile(weights, place, tensor.coded_shape(tile)))
    if tensor.prediction is Prediction.DIFFERENCED:
        return difference(residuals(weights, place, predictor))
    part = padded_tile(weights, place, (place.rows, place.cols))
    return within_tile_symbols(part, predictor).reshape(-1)


def symbol_counts(tensor: Tensor, weights: Matrix) -> tuple[Numbers, Numbers]:
    """How often each symbol occurs in the tiles that are coded by rANS.

    Returns:
        int64[256] of all, and of the first that the original builds its table from.
    """
    counts, sample = np.zeros(SYMBOLS, dtype=np.int64), np.zeros(SYMBOLS, dtype=np.int64)
    left = SAMPLE_SYMBOLS
    for tile in range(len(tensor.tiles)):
        if tensor.coding(tile) is not Coding.RANS or not tensor.rectangle(tile).size:
            continue
        symbols = symbols_of(tensor, weights, tile)
        counts += histogram(symbols)
        if left:
            sample += histogram(symbols[:left])
            left = max(0, left - len(symbols))
    return counts, sample


def encoded(tensor: Tensor, symbols: Bytes, table: FrequencyTable) -> bytes | None:
    """A tile's stream as an encoder with this table writes it; None where a symbol has no frequency."""
    coded = encode_any(symbols, table, tensor.coder, tensor.interleaving)
    if coded is None:
        return None
    words, states = coded
    if tensor.framing is Framing.LEADING_STATES:
        return lane_stream_bytes(words.tolist(), states.tolist(), tensor.coder)
    return stream_bytes(len(symbols), words.astype(np.uint8).tobytes(), int(states[0]))
