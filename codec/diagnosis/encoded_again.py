"""Encoding weights again, as a file says that they were: what its streams and its table should be.

A stream that cannot be decoded says nothing of what it was made of. But weights that are thought to be the ones
encoded give a stream, byte for byte, that can be held against it. The coder here takes any table, also one that no
decoder can use, for an encoder does not look.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Framing, Prediction, Predictor, Tensor
from codec.fast.compile import kernel, sealed
from codec.formats.streams import stream_bytes
from codec.frequency import SYMBOLS, FrequencyTable, histogram
from codec.native_coder import stream_bytes as lane_stream_bytes
from codec.original import SAMPLE_SYMBOLS
from codec.prediction import difference, padded_tile, residuals, within_tile_symbols

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Matrix = NDArray[np.int8]

MASK_32 = np.uint64(0xFFFFFFFF)
ONE = np.uint64(1)


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
    words, states, done = _encode(
        sealed(symbols),
        sealed(tensor.interleaving.order(len(symbols))),
        tensor.interleaving.lanes,
        tensor.interleaving.run,
        sealed(table.frequencies.astype(np.uint64)),
        sealed(table.starts.astype(np.uint64)),
        np.uint64(tensor.coder.lower_bound),
        np.uint64(tensor.coder.word_bits),
        np.uint64(table.scale_bits),
    )
    if not done:
        return None
    if tensor.framing is Framing.LEADING_STATES:
        return lane_stream_bytes(words.tolist(), states.tolist(), tensor.coder)
    return stream_bytes(len(symbols), words.astype(np.uint8).tobytes(), int(states[0]))


@kernel
def _encode(
    symbols: Bytes,
    order: Numbers,
    lanes: int,
    run: int,
    freqs: NDArray[np.uint64],
    starts: NDArray[np.uint64],
    lower_bound: np.uint64,
    word_bits: np.uint64,
    scale_bits: np.uint64,
) -> tuple[NDArray[np.uint16], NDArray[np.uint64], bool]:
    """The words in the order in which they are moved out, the states, and whether all symbols could be coded.

    As `codec.rans.encode_lanes`, in numbers of 32 bits. A step makes the state at most 2^16 times larger, so no
    more than two bytes a step are moved out; there is room for four.
    """
    words = np.zeros(4 * len(symbols) + 8, dtype=np.uint16)
    states = np.full(lanes, lower_bound, dtype=np.uint64)
    mask, count = (ONE << word_bits) - ONE, 0
    for step in range(len(order) - 1, -1, -1):
        place = order[step]
        lane = place % (lanes * run) // run
        freq, state = freqs[symbols[place]], states[lane]
        if freq == 0:
            return words[:count], states, False
        limit = ((lower_bound >> scale_bits) << word_bits) * freq
        while state >= limit and count < len(words):
            words[count] = state & mask
            count += 1
            state = state >> word_bits
        state = ((state // freq) << scale_bits) + state % freq + starts[symbols[place]]
        states[lane] = state & MASK_32
    return words[:count], states, True
