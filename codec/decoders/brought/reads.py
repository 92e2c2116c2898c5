"""What is known of each tile after a run of code that was brought: what it told, and else what the file says.

Symbols are those that its weights stand for: such code gives weights alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Container, Framing, Prediction, Predictor, StreamFrame, Tensor
from codec.decoders.brought.layer import PREDICTOR_NUMBERS, READ, Layer
from codec.decoders.streams import FIRST_VALUES, TILE_READ, DecodedStream, Status
from codec.errors import SourceError
from codec.prediction import (
    BIAS,
    difference,
    padded_tile,
    residuals,
    within_tile_predictor,
    within_tile_symbols,
)
from codec.trace import StreamRead

LEFT, TOP = PREDICTOR_NUMBERS[Predictor.LEFT], PREDICTOR_NUMBERS[Predictor.TOP]


def reads_table(
    tensor: Tensor, layer: Layer, weights: NDArray[np.int8], told: NDArray[Any] | None
) -> NDArray[Any]:
    """TILE_READ[tiles] of a run.

    Args:
        tensor: the tensor.
        layer: the same, as the code got it.
        weights: int8[rows, cols], what came out.
        told: `layer.READ`[tiles], what the code told; None where it told nothing.
    """
    reads = np.zeros(len(layer.tiles), dtype=TILE_READ)
    reads["tile"] = np.arange(len(reads))
    source = read_by_the_book(tensor, layer) if told is None else told
    for name in READ.names or ():
        reads[name] = source[name]
    reads["first_weights"], reads["first_symbols"] = _first_values(tensor, layer, weights)
    taken = np.arange(FIRST_VALUES) < reads["decoded"][:, None]
    reads["first_symbols"] *= taken
    return reads


def read_by_the_book(tensor: Tensor, layer: Layer) -> NDArray[Any]:
    """`layer.READ`[tiles]: what a decoder that believes the file reads of sound streams."""
    tiles = layer.tiles
    reads = np.zeros(len(tiles), dtype=READ)
    reads["offset"], reads["size"] = tiles["offset"], tiles["size"]
    reads["symbol_count"] = reads["decoded"] = tiles["symbol_count"]
    reads["final_state"] = layer.lower_bound
    reads["status"] = np.where(tiles["readable"], Status.OK, Status.UNREADABLE)
    coded = np.flatnonzero((tiles["coding"] == Coding.RANS) & (tiles["readable"] != 0))
    begin = tiles["offset"][coded].astype(np.int64)
    if tensor.framing is Framing.LEADING_STATES:
        reads["initial_state"][coded] = _numbers_at(layer.file, begin)
    else:
        end = begin + tiles["size"][coded].astype(np.int64)
        reads["symbol_count"][coded] = _numbers_at(layer.file, begin)
        reads["initial_state"][coded] = _numbers_at(layer.file, end - 4)
    return reads


def _numbers_at(file: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.uint32]:
    """u32[n] at these offsets."""
    found: NDArray[np.uint32] = file[offsets[:, None] + np.arange(4)].reshape(-1).view("<u4")
    return found


def _first_values(
    tensor: Tensor, layer: Layer, weights: NDArray[np.int8]
) -> tuple[NDArray[np.int8], NDArray[np.uint8]]:
    """The first weights of each tile, int8[tiles, 8], and their symbols, u8[tiles, 8]; 0 where it has fewer."""
    tiles = layer.tiles
    row, col = tiles["row"].astype(np.int64)[:, None], tiles["col"].astype(np.int64)[:, None]
    inside = np.arange(FIRST_VALUES) < tiles["cols"][:, None]
    inside &= tiles["rows"][:, None] > 0
    flat = np.where(inside, row * tensor.cols + col + np.arange(FIRST_VALUES), 0)
    values = weights.reshape(-1).view(np.uint8)
    first = np.where(inside, values[flat], np.uint8(0))
    before = np.zeros_like(first)
    before[:, 1:] = first[:, :-1]
    predictor = tiles["predictor"][:, None]
    if tensor.prediction is Prediction.DIFFERENCED:
        edge = np.where((flat > 0) & (col > 0), values[np.maximum(flat - 1, 0)], np.uint8(0))
        before[:, :1] = edge[:, :1]
        above = np.where(row > 0, values[np.maximum(flat - tensor.cols, 0)], np.uint8(0))
        residual = first - np.where(predictor == TOP, above, before)
        symbols = residual + BIAS
        symbols[:, 1:] -= residual[:, :-1]
    else:
        left = tensor.prediction is Prediction.FLAT_LEFT or predictor == LEFT
        left = left & (tiles["coding"][:, None] == Coding.RANS)
        symbols = first - np.where(left, before, np.uint8(0)) + BIAS
    return first.view(np.int8), np.where(inside, symbols, np.uint8(0))


def stream_of(
    container: Container,
    tensor: Tensor,
    tile: int,
    weights: NDArray[np.int8],
    told: NDArray[Any] | None,
) -> DecodedStream:
    """A tile's stream, as `reads_table` has it."""
    symbols = symbols_of(tensor, tile, weights)
    bound = tensor.coder.lower_bound
    if told is None:
        frame = _frame(container, tensor, tile)
        status = Status.OK if frame is not None else Status.UNREADABLE
        return DecodedStream(tile, frame, symbols, len(symbols), bound, 0, status)
    values = {name: int(told[tile][name]) for name in READ.names or ()}
    states = (values["initial_state"],)
    frame = StreamFrame(
        values["offset"], values["size"], values["symbol_count"], states, tensor.framing
    )
    decoded, status = min(values["decoded"], len(symbols)), Status(values["status"])
    return DecodedStream(
        tile, frame, symbols, decoded, values["final_state"], values["bytes_left"], status
    )


def _frame(container: Container, tensor: Tensor, tile: int) -> StreamFrame | None:
    """What the file has for a tile's frame; None where it cannot be read."""
    record = tensor.tiles[tile]
    offset, size = int(record["offset"]), int(record["size"])
    if not record["readable"]:
        return None
    if tensor.coding(tile) is not Coding.RANS:
        return StreamFrame(offset, size, tensor.symbol_count(tile), (), tensor.framing)
    try:
        return container.frame(tensor, tile)
    except SourceError:
        return None


def symbols_of(tensor: Tensor, tile: int, weights: NDArray[np.int8]) -> NDArray[np.uint8]:
    """u8[n]: the symbols that a tile of a matrix of weights is coded as, padding included.

    Args:
        tensor: the tensor.
        tile: the tile.
        weights: int8[rows, cols], the whole matrix.
    """
    place, shape = tensor.rectangle(tile), tensor.coded_shape(tile)
    if not place.size:
        return np.full(shape[0] * shape[1], BIAS, dtype=np.uint8)
    cut = padded_tile(weights, place, shape)
    predictor = tensor.predictor(tile)
    if tensor.prediction is Prediction.WITHIN_TILE:
        return within_tile_symbols(cut, within_tile_predictor(tensor, tile)).reshape(-1)
    if tensor.prediction is Prediction.FLAT_LEFT or predictor is None:
        return difference(cut)
    return difference(residuals(weights, place, predictor))


def told_frame(read: StreamRead, told: np.void) -> StreamRead:
    """The frame of a stream as the code told of it."""
    return StreamRead(
        read.tile, int(told["offset"]), int(told["size"]), int(told["symbol_count"]),
        int(told["initial_state"]), read.frequencies, read.lane_states, read.forward,
    )  # fmt: skip
