"""What an encoder codes: the symbols of a tile, from its stream or made of weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.container import Container, Prediction, Predictor, Tensor
from codec.decoders.availability import choose
from codec.decoders.base import cache_lookup
from codec.decoders.opening import require_decodable
from codec.decoders.streams import DecodedStream
from codec.errors import DecodeError, InputError
from codec.prediction import (
    Bytes,
    difference,
    edge_positions,
    needs,
    within_tile_predictor,
    within_tile_symbols,
)


def decoded_symbols(container: Container, tensor: Tensor, tile: int) -> Bytes:
    """u8[n]: all symbols that a tile's stream holds, by their place.

    A stream that ends otherwise than it should, but has them all, is no obstacle.

    Raises:
        DecodeError: it does not give all of them.
    """
    require_decodable(tensor)
    (stream,) = choose().decode_streams(container, tensor, [tile])
    if stream.decoded < tensor.symbol_count(tile):
        raise DecodeError(
            f"tile {tile:,} cannot be encoded again, since not all of its symbols are known: "
            f"{_how_it_ended(stream)}"
        )
    return stream.symbols


def _how_it_ended(stream: DecodedStream) -> str:
    reason = stream.detail or stream.status.word
    return f"{reason} at step {stream.decoded:,}" if stream.decoded else reason


def symbols_of_weights(
    container: Container, tensor: Tensor, tile: int, weights: NDArray[np.int8]
) -> Bytes:
    """u8[n]: the symbols that the tile's predictor makes of other weights, by their place.

    Weights of other tiles that it is predicted from are those of the file.

    Args:
        container: the file.
        tensor: the tensor in it.
        tile: the tile.
        weights: int8[rows, cols], of the tile's shape without padding.

    Raises:
        InputError: they are of another shape or type.
        DecodeError: the tensor cannot be decoded, or the tile's predictor does not exist.
    """
    require_decodable(tensor)
    place, predictor = tensor.rectangle(tile), tensor.predictor(tile)
    if weights.dtype != np.int8 or weights.shape != (place.rows, place.cols):
        raise InputError(
            f"tile {tile:,} has int8 weights, {place.rows:,} × {place.cols:,}; these are "
            f"{weights.dtype}, {' × '.join(f'{n:,}' for n in weights.shape)}"
        )
    if predictor is None:
        raise DecodeError(f"tile {tile:,}: its predictor does not exist")
    inside = np.ascontiguousarray(weights).view(np.uint8)
    if tensor.prediction is Prediction.WITHIN_TILE:
        within = within_tile_predictor(tensor, tile)
        return within_tile_symbols(inside, within).reshape(-1)
    if tensor.prediction is Prediction.FLAT_LEFT:
        padded = np.zeros(tensor.coded_shape(tile), dtype=np.uint8)
        padded[: place.rows, : place.cols] = inside
        return difference(padded)
    return difference(_residuals(container, tensor, tile, inside, predictor))


def _residuals(
    container: Container, tensor: Tensor, tile: int, inside: Bytes, predictor: Predictor
) -> Bytes:
    """u8[rows, cols]: weight - prediction, for DIFFERENCED; see `prediction.residuals`."""
    place = tensor.rectangle(tile)
    residual = inside.copy()
    edge = edge_positions(place, predictor, tensor.cols)
    known = 0 if edge is None else _known(container, tensor, tile, inside, edge)
    if predictor is Predictor.LEFT:
        residual[:, 1:] -= inside[:, :-1]
        residual[:, 0] -= known
    else:
        residual[1:] -= inside[:-1]
        residual[0] -= known
    return residual


def _known(
    container: Container, tensor: Tensor, tile: int, inside: Bytes, edge: NDArray[np.int64]
) -> Bytes:
    """The weights at flat positions of the matrix, most of which may lie in the tile itself."""
    place = tensor.rectangle(tile)
    rows, cols = np.divmod(edge, tensor.cols)
    rows, cols = rows - place.row, cols - place.col
    own = (rows >= 0) & (rows < place.rows) & (cols >= 0) & (cols < place.cols)
    found = np.zeros(len(edge), dtype=np.uint8)
    found[own] = inside[rows[own], cols[own]]
    tiles = choose().decode_tiles(container, tensor, needs(tensor, tile), {})
    found[~own] = cache_lookup(tensor, tiles)(edge[~own])
    return found
