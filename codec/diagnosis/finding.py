"""What a diagnosis says: which mistakes together produce just this output, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Fault(StrEnum):
    """The mistakes that are known, by their stable codes."""

    SYMBOLS_REVERSED = "symbols-reversed"
    """A tile's symbols filled in from last to first."""
    ROW_START_PREDICTOR = "row-start-predictor"
    """Predictor restarted at rows where the layout goes on, not restarted where it restarts, or taken from the
    wrong place there."""
    PREDICTOR_DIRECTION = "predictor-direction"
    """LEFT undone as TOP, or the other way round."""
    PREDICTION_NOT_UNDONE = "prediction-not-undone"
    """Residuals written as weights."""
    BIAS = "bias"
    """The bias of 128 missing, doubled, or of the wrong sign."""
    SATURATION = "saturation"
    """Sums clipped to the int8 range instead of wrapped."""
    TILE_PLACEMENT = "tile-placement"
    """Tiles swapped, shifted by one, row and column exchanged, or a tile transposed."""
    ROW_STRIDE = "row-stride"
    """Rows written with the tile's or a padded width instead of the matrix's."""
    EDGE_CLIP = "edge-clip"
    """Edge tiles cut by the wrong dimension, or not at all."""
    UNWRITTEN = "unwritten"
    """Rows, columns, tiles or tails never written."""
    STREAM_OFFSET = "stream-offset"
    """A tile decoded from another tile's stream, or from an offset that is some bytes off."""
    DESYNC = "desync"
    """Right up to a symbol, then lost: a renormalisation missed, a byte or word skipped, a wrong lower bound."""
    INITIAL_STATE = "initial-state"
    """State read from the wrong end, or in the wrong byte order."""
    FREQUENCY_TABLE = "frequency-table"
    """Table shifted by one, read short, or another tensor's; slot searched off by one."""
    DTYPE = "dtype"
    """Unsigned for signed, wrong byte order or width in the dump."""
    NONDETERMINISTIC = "nondeterministic"
    """Two runs differ."""
    FILE_TABLE = "file-table"
    """The decoder is right: the file's own table cannot be decoded, or does not fit its data."""
    FILE_CORRUPT = "file-corrupt"
    """The decoder is right: the stream itself is damaged."""


@dataclass(frozen=True, eq=False)
class Finding:
    """One explanation of why an output differs.

    Attributes:
        faults: the mistakes that hold together, the weightier first.
        explains: share of the differing weights whose found value it predicts exactly.
        explains_symbols: share of the tested symbols that it predicts exactly.
        detail: where it holds and what to do about it, in sentences for a programmer.
        tiles: int64[any], the tiles in which it was found to hold, in coding order.
        side: 0 where it is about the left output, 1 where about the right one.
    """

    faults: tuple[Fault, ...]
    explains: float
    explains_symbols: float
    detail: str
    tiles: NDArray[np.int64]
    side: int = 1
