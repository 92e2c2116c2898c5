"""The per-tile layout: header, one record a tile, frequencies, streams.

The original codec's first layout (magic 0x43444357, the bytes `WCDC`). Edge tiles are coded at their own
shape, and a tile's prediction may reach into the tiles left of it and above it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.formats.findings import (
    require_fits,
)
from codec.frequency import SYMBOLS, FrequencyTable, prefix_sums
from codec.struct_layout import Field, Struct

NAME = "wcdc"
MAGIC = 0x43444357

HEADER = Struct(
    "file header",
    (
        Field("magic", "<u4", "Names the layout: 0x43444357, the bytes W C D C.", "hex"),
        Field("version", "<u2", "Revision of the layout: 1."),
        Field("tile_size", "<u2", "T: a tile is T×T weights, less at the right and lower edge."),
        Field("num_tiles_row", "<u4", "Tiles down: rows / T, rounded up."),
        Field("num_tiles_col", "<u4", "Tiles across: columns / T, rounded up."),
        Field("rows", "<u4", "Rows of the weight matrix."),
        Field("cols", "<u4", "Columns of the weight matrix."),
    ),
)

TILE_RECORD = Struct(
    "tile record",
    (
        Field("predictor", "<u1", "0: LEFT, the weight to the left. 1: TOP, the weight above."),
        Field("padding", "V3", "Aligns the next field; zero.", "bytes"),
        Field("offset", "<u4", "Where the tile's stream begins, from the start of the file."),
        Field("size", "<u4", "Bytes of the tile's stream."),
        Field("unused", "V1024", "Room for 256 u32 that nothing uses.", "bytes"),
    ),
)

TABLE_ENTRY = Struct(
    "frequency table entry",
    (Field("freq", "<u2", "Slots that the symbol owns, of 4,096; the starts are their sums."),),
)

TABLE_SIZE = SYMBOLS * TABLE_ENTRY.size


def head(
    shape: tuple[int, int],
    tile: int,
    table: FrequencyTable,
    sizes: NDArray[np.int64],
    predictors: NDArray[np.uint8],
) -> bytes:
    """All of a file that stands before its streams, which follow in the order of `sizes`.

    Args:
        shape: rows and columns of the matrix.
        tile: T.
        table: the frequency table.
        sizes: int64[n], bytes of each tile's stream, row-major.
        predictors: u8[n], by their number.

    Raises:
        InputError: a number does not fit its field.
    """
    rows, cols = shape
    data_offset = HEADER.size + len(sizes) * TILE_RECORD.size + TABLE_SIZE
    require_fits("tile size", tile, 0xFFFF)
    require_fits("file size", data_offset + int(sizes.sum()), 0xFFFFFFFF)
    header = np.zeros(1, dtype=HEADER.dtype)
    header[0] = (MAGIC, 1, tile, -(-rows // tile), -(-cols // tile), rows, cols)
    records = np.zeros(len(sizes), dtype=TILE_RECORD.dtype)
    records["predictor"] = predictors
    records["offset"], records["size"] = data_offset + prefix_sums(sizes), sizes
    frequencies = np.zeros(SYMBOLS, dtype=TABLE_ENTRY.dtype)
    frequencies["freq"] = table.frequencies
    return header.tobytes() + records.tobytes() + frequencies.tobytes()
