"""A layer as decoders and encoders that were brought get it: plain arrays and numbers, no class of ours to learn.

Python code gets a `Layer`, C and CUDA the struct `ranscope_layer` of assets/templates/ranscope.h, which the dtypes
here state again. docs/own-decoder.md explains every field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import Container, Framing, Prediction, Predictor, Tensor
from codec.errors import SourceError

STRUCT_VERSION = 1
"""Of `ranscope_layer`; raised when a member changes its meaning or its place."""

READ_AHEAD = 64
"""Zero bytes behind the last byte of the file, so that whole words may be loaded past the end of any stream."""

TILE = np.dtype(
    [
        ("offset", "<u8"),
        ("size", "<u8"),
        ("grid_row", "<u4"),
        ("grid_col", "<u4"),
        ("row", "<u4"),
        ("col", "<u4"),
        ("rows", "<u4"),
        ("cols", "<u4"),
        ("symbol_count", "<u4"),
        ("checksum", "<u4"),
        ("predictor", "u1"),
        ("coding", "u1"),
        ("constant", "i1"),
        ("readable", "u1"),
        ("reserved", "<u4"),
    ],
    align=True,
)
"""One tile; `ranscope_tile` in C."""

LAYER = np.dtype(
    [
        ("struct_version", "<u4"),
        ("struct_size", "<u4"),
        ("file", "<u8"),
        ("file_size", "<u8"),
        ("tiles", "<u8"),
        ("tile_count", "<u8"),
        ("frequencies", "<u8"),
        ("starts", "<u8"),
        ("rows", "<u8"),
        ("cols", "<u8"),
        ("tile_rows", "<u4"),
        ("tile_cols", "<u4"),
        ("grid_rows", "<u4"),
        ("grid_cols", "<u4"),
        ("scale_bits", "<u4"),
        ("lower_bound", "<u4"),
        ("word_bits", "<u4"),
        ("lanes", "<u4"),
        ("run", "<u4"),
        ("framing", "<u4"),
        ("prediction", "<u4"),
        ("padded", "<u4"),
    ],
    align=True,
)
"""The struct that C and CUDA get; `ranscope_layer` in C."""

READ = np.dtype(
    [
        ("offset", "<u8"),
        ("size", "<u8"),
        ("bytes_left", "<u8"),
        ("decoded", "<u8"),
        ("symbol_count", "<u4"),
        ("initial_state", "<u4"),
        ("final_state", "<u4"),
        ("status", "<u4"),
    ],
    align=True,
)
"""What a decoder read of one tile; `ranscope_read` in C."""

STEP = np.dtype(
    [
        ("position", "<u8"),
        ("lane", "<u4"),
        ("symbol_index", "<u4"),
        ("state_before", "<u4"),
        ("slot", "<u4"),
        ("symbol", "<u4"),
        ("freq", "<u4"),
        ("start", "<u4"),
        ("state_after", "<u4"),
        ("bytes_read", "<u4"),
        ("reserved", "<u4"),
    ],
    align=True,
)
"""One step of a trace; `ranscope_step` in C."""

PREDICTIONS: dict[Prediction, str] = {
    Prediction.FLAT_LEFT: "flat_left",
    Prediction.DIFFERENCED: "differenced",
    Prediction.WITHIN_TILE: "within_tile",
}
"""As Python code gets them; C gets their place in this order."""

FRAMINGS: dict[Framing, str] = {
    Framing.TRAILING_STATE: "trailing_state",
    Framing.LEADING_STATES: "leading_states",
}
"""As `PREDICTIONS`."""

PREDICTOR_NUMBERS: dict[Predictor | None, int] = {
    Predictor.NONE: 0,
    Predictor.LEFT: 1,
    Predictor.TOP: 2,
    None: 255,
}
"""The same numbers for every layout; 255 for one that does not exist."""


@dataclass(frozen=True, eq=False)
class Layer:
    """One tensor of a file, and all that it takes to decode it; only to be read.

    Attributes:
        name: the tensor's.
        format: the layout: "batched", "wcdc" or "native".
        file: u8[n], every byte of the file.
        rows, cols: shape of the matrix.
        tile_rows, tile_cols: shape of a whole tile.
        grid_rows, grid_cols: tiles down and across.
        tiles: `TILE`[n], in coding order: byte range of the stream (`offset`, `size`), place in the grid
            (`grid_row`, `grid_col`), the rectangle of the matrix that it fills (`row`, `col`, `rows`, `cols`),
            `symbol_count` (padding included), `predictor` (0 none, 1 left, 2 top), `coding` (0 rANS, 1 raw,
            2 constant), `constant`, `checksum`, `readable`.
        frequencies: int64[256].
        starts: int64[256], the first slot of each symbol.
        scale_bits: log2 of the slots of the table.
        lower_bound: L, the least state.
        word_bits: bits that renormalisation moves: 8 or 16.
        lanes: rANS states of a stream.
        run: symbols side by side that a lane codes.
        framing: "trailing_state" (count, words, state; words from the end) or "leading_states" (state of each
            lane, words; words from the start).
        prediction: "flat_left", "differenced" or "within_tile".
        padded: whether edge tiles are coded at their full shape.
    """

    name: str
    format: str
    file: NDArray[np.uint8]
    rows: int
    cols: int
    tile_rows: int
    tile_cols: int
    grid_rows: int
    grid_cols: int
    tiles: NDArray[np.void]
    frequencies: NDArray[np.int64]
    starts: NDArray[np.int64]
    scale_bits: int
    lower_bound: int
    word_bits: int
    lanes: int
    run: int
    framing: str
    prediction: str
    padded: bool

    def stream(self, tile: int) -> bytes:
        """The bytes of a tile's stream, as far as the file has them."""
        begin = int(self.tiles["offset"][tile])
        return self.file[begin : begin + int(self.tiles["size"][tile])].tobytes()


def layer_of(container: Container, tensor: Tensor) -> Layer:
    """The layer that stands for a tensor of a file; the file is read whole.

    Raises:
        SourceError: it cannot be read any more.
    """
    arrays = (tensor.table.frequencies.astype(np.int64), tensor.table.starts.astype(np.int64))
    frequencies, starts = (_read_only(array) for array in arrays)
    return Layer(
        name=tensor.name,
        format=container.format,
        file=_file_bytes(container),
        rows=tensor.rows,
        cols=tensor.cols,
        tile_rows=tensor.tile_rows,
        tile_cols=tensor.tile_cols,
        grid_rows=tensor.grid_rows,
        grid_cols=tensor.grid_cols,
        tiles=_read_only(tiles_of(tensor)),
        frequencies=frequencies,
        starts=starts,
        scale_bits=tensor.table.scale_bits,
        lower_bound=tensor.coder.lower_bound,
        word_bits=tensor.coder.word_bits,
        lanes=tensor.interleaving.lanes,
        run=tensor.interleaving.run,
        framing=FRAMINGS[tensor.framing],
        prediction=PREDICTIONS[tensor.prediction],
        padded=tensor.padded,
    )


def tiles_of(tensor: Tensor) -> NDArray[np.void]:
    """`TILE`[n] of a tensor that can be decoded."""
    given = tensor.tiles
    tiles = np.zeros(len(given), dtype=TILE)
    for name in ("offset", "size", "coding", "constant", "checksum", "readable"):
        tiles[name] = given[name]
    tiles["grid_row"], tiles["grid_col"] = given["row"], given["col"]
    row = given["row"].astype(np.int64) * tensor.tile_rows
    col = given["col"].astype(np.int64) * tensor.tile_cols
    rows = np.clip(tensor.rows - row, 0, tensor.tile_rows)
    cols = np.clip(tensor.cols - col, 0, tensor.tile_cols)
    tiles["rows"], tiles["cols"] = rows, cols
    # A place outside the grid has no weights; its row would not fit 32 bits.
    tiles["row"], tiles["col"] = np.minimum(row, tensor.rows), np.minimum(col, tensor.cols)
    whole = tensor.tile_rows * tensor.tile_cols
    tiles["symbol_count"] = whole if tensor.padded else rows * cols
    numbers = np.full(256, PREDICTOR_NUMBERS[None], dtype=np.uint8)
    for number, predictor in enumerate(tensor.predictors):
        numbers[number] = PREDICTOR_NUMBERS[predictor]
    tiles["predictor"] = numbers[given["predictor"]]
    return tiles


def struct_of(
    layer: Layer, *, file: int, tiles: int, frequencies: int, starts: int
) -> NDArray[np.void]:
    """`LAYER`[1]: what C and CUDA get.

    Args:
        layer: the layer.
        file, tiles, frequencies, starts: addresses of these arrays, in the memory of whoever reads them;
            frequencies and starts are uint32[256] there.
    """
    struct = np.zeros(1, dtype=LAYER)
    values = {name: getattr(layer, name) for name in LAYER.names or () if hasattr(layer, name)}
    values |= {
        "struct_version": STRUCT_VERSION,
        "struct_size": LAYER.itemsize,
        "file": file,
        "file_size": len(layer.file),
        "tiles": tiles,
        "tile_count": len(layer.tiles),
        "frequencies": frequencies,
        "starts": starts,
        "framing": list(FRAMINGS.values()).index(layer.framing),
        "prediction": list(PREDICTIONS.values()).index(layer.prediction),
    }
    for name, value in values.items():
        struct[name] = value
    return struct


def _file_bytes(container: Container) -> NDArray[np.uint8]:
    """u8[n] of the file, `READ_AHEAD` zero bytes behind it in memory."""
    source = container.source
    try:
        memory = np.zeros(source.size + READ_AHEAD, dtype=np.uint8)
    except MemoryError:
        raise SourceError(
            f"{source.name} does not fit the memory: it has {source.size:,} bytes"
        ) from None
    source.read_into(0, memory[: source.size])
    return _read_only(memory[: source.size])


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array
