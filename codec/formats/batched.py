"""The batched layout: one layer in one file, header, frequency table, tile index, streams.

The original codec's second layout (magic 0xC0DEC111), made so that a whole layer can be brought to the
GPU in one transfer. A tile is T×T; edge tiles are filled up with 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.formats.findings import (
    require_fits,
)
from codec.frequency import SYMBOLS, FrequencyTable, prefix_sums
from codec.struct_layout import Field, Struct

NAME = "batched"
MAGIC = 0xC0DEC111

HEADER = Struct(
    "layer header",
    (
        Field("magic", "<u4", "Names the layout: 0xC0DEC111.", "hex"),
        Field("version", "<u2", "Revision of the layout: 1."),
        Field("tile_size", "<u2", "T: a tile is T×T weights."),
        Field("rows", "<u4", "Rows of the weight matrix."),
        Field("cols", "<u4", "Columns of the weight matrix."),
        Field("num_tiles_row", "<u2", "Tiles down: rows / T, rounded up."),
        Field("num_tiles_col", "<u2", "Tiles across: columns / T, rounded up."),
        Field("num_tiles", "<u4", "Tiles in all, and entries of the tile index."),
        Field("compressed_size", "<u4", "Bytes of the whole file."),
        Field(
            "tile_index_offset", "<u4", "Where the tile index begins, from the start of the file."
        ),
        Field("tile_data_offset", "<u4", "Where the streams begin, from the start of the file."),
        Field(
            "predictor_mode", "<u1", "Predictor of all tiles: 0 is LEFT; no other was ever written."
        ),
        Field("padding", "V3", "Fills the header up to 40 bytes; zero.", "bytes"),
    ),
)

TABLE_ENTRY = Struct(
    "frequency table entry",
    (
        Field("start", "<u2", "First slot of the symbol: the sum of the frequencies before it."),
        Field("freq", "<u2", "Slots that the symbol owns, of 4,096."),
    ),
)

INDEX_ENTRY = Struct(
    "tile index entry",
    (
        Field("offset", "<u4", "Where the tile's stream begins, from tile_data_offset."),
        Field("size", "<u4", "Bytes of the tile's stream."),
        Field("tile_row", "<u2", "Row of the tile in the grid."),
        Field("tile_col", "<u2", "Column of the tile in the grid."),
    ),
)

TABLE_OFFSET = HEADER.size
TABLE_SIZE = SYMBOLS * TABLE_ENTRY.size
INDEX_OFFSET = TABLE_OFFSET + TABLE_SIZE


def head(
    shape: tuple[int, int], tile: int, table: FrequencyTable, sizes: NDArray[np.int64]
) -> bytes:
    """All of a layer's file that stands before its streams, which follow in the order of `sizes`.

    Args:
        shape: rows and columns of the matrix.
        tile: T.
        table: the frequency table.
        sizes: int64[n], bytes of each tile's stream, row-major.

    Raises:
        InputError: a number does not fit its field.
    """
    rows, cols = shape
    down, across = -(-rows // tile), -(-cols // tile)
    data_offset = INDEX_OFFSET + len(sizes) * INDEX_ENTRY.size
    file_size = data_offset + int(sizes.sum())
    require_fits("tile size", tile, 0xFFFF)
    require_fits("number of tile rows", down, 0xFFFF)
    require_fits("number of tile columns", across, 0xFFFF)
    require_fits("file size", file_size, 0xFFFFFFFF)
    header = np.zeros(1, dtype=HEADER.dtype)
    header[0] = (
        MAGIC, 1, tile, rows, cols, down, across, len(sizes), file_size,
        INDEX_OFFSET, data_offset, 0, b"",
    )  # fmt: skip
    entries = np.zeros(SYMBOLS, dtype=TABLE_ENTRY.dtype)
    entries["start"], entries["freq"] = table.starts, table.frequencies
    index = np.zeros(len(sizes), dtype=INDEX_ENTRY.dtype)
    index["offset"], index["size"] = prefix_sums(sizes), sizes
    index["tile_row"], index["tile_col"] = np.divmod(np.arange(len(sizes)), across)
    return header.tobytes() + entries.tobytes() + index.tobytes()
