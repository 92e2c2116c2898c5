"""Native streams coded with a table that no decoder can use, which faulty normalisation may make.

It is there so that such a table can be studied in a file; what is sound goes through a `LaneCoder`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.container import NATIVE_PREDICTORS
from codec.errors import InputError
from codec.fast.any_table import encode_any
from codec.frequency import FrequencyTable
from codec.interleaving import Interleaving
from codec.native_coder import LaneStreams, Matrix, Rectangles, joined, stream_bytes, weights_of
from codec.prediction import within_tile_symbols
from codec.rans import Coder


def encode_anyway(
    matrix: Matrix,
    tiles: Rectangles,
    predictors: NDArray[np.uint8],
    table: FrequencyTable,
    coder: Coder,
    interleaving: Interleaving,
) -> LaneStreams:
    """As `LaneCoder.encode`, for any table.

    Raises:
        InputError: a symbol that occurs has frequency 0.
    """
    streams = []
    for tile, number in zip(tiles, predictors.tolist(), strict=True):
        part = np.ascontiguousarray(weights_of(matrix, tile)).view(np.uint8)
        symbols = within_tile_symbols(part, NATIVE_PREDICTORS[number]).reshape(-1)
        coded = encode_any(symbols, table, coder, interleaving)
        if coded is None:
            raise InputError("a symbol that occurs has frequency 0, so it cannot be coded")
        words, states = coded
        streams.append(stream_bytes(words.tolist(), states.tolist(), coder))
    return joined(streams)
