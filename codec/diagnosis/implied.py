"""The symbols that an output implies, where errors do not smear: prediction done once more on what was found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Prediction, Predictor
from codec.diagnosis.evidence import Evidence
from codec.diagnosis.pipeline import Direction, Inner, Layout, Order, Pipeline, Start
from codec.diagnosis.trial import direction_of
from codec.diagnosis.undoing import LEFT, TOP
from codec.prediction import edge_positions

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def implied_symbols(
    evidence: Evidence, tile: int, pipeline: Pipeline, skipped: Mask
) -> tuple[Bytes, Mask]:
    """The symbols that a tile's weights come from, if a pipeline made them.

    Args:
        evidence: the output and the truth.
        tile: the tile.
        pipeline: what the decoder did with the symbols; of its layouts only those that keep places are understood.
        skipped: bool[rows, cols], weights that tell nothing; bool[0, 0] for none.

    Returns:
        u8[n], by their places in the tile's stream, and bool[n], where they are known.
    """
    tensor, place = evidence.tensor, evidence.tensor.rectangle(tile)
    shape = tensor.coded_shape(tile)
    weights, known = np.zeros(shape, dtype=np.uint8), np.zeros(shape, dtype=np.bool_)
    weights[: place.rows, : place.cols] = evidence.found_tile(tile)
    known[: place.rows, : place.cols] = True
    if len(skipped):
        inside = slice(place.row, place.row + place.rows), slice(place.col, place.col + place.cols)
        known[: place.rows, : place.cols] &= ~skipped[inside]
    if pipeline.layout is Layout.TRANSPOSED and shape[0] == shape[1]:
        weights, known = weights.T.copy(), known.T.copy()
    symbols, known = _residuals(evidence, tile, pipeline, weights, known)
    if tensor.prediction is Prediction.DIFFERENCED and pipeline.inner is not Inner.NOT_UNDONE:
        symbols, known = _before(symbols, known, symbols.reshape(-1)[:-1], known.reshape(-1)[:-1])
    flat = (symbols + np.uint8(pipeline.bias & 255)).reshape(-1)
    if pipeline.order is Order.REVERSED:
        return flat[::-1].copy(), known.reshape(-1)[::-1].copy()
    return flat, known.reshape(-1)


def _before(values: Bytes, known: Mask, others: Bytes, others_known: Mask) -> tuple[Bytes, Mask]:
    """Values less those before them in the tile's order; the first stays."""
    flat, sure = values.reshape(-1).copy(), known.reshape(-1).copy()
    flat[1:] -= others
    sure[1:] &= others_known
    return flat.reshape(values.shape), sure.reshape(known.shape)


def _residuals(
    evidence: Evidence, tile: int, pipeline: Pipeline, weights: Bytes, known: Mask
) -> tuple[Bytes, Mask]:
    """Weights less what predicts them, and where that is known."""
    tensor = evidence.tensor
    if tensor.coding(tile) is not Coding.RANS or pipeline.direction is Direction.NOT_UNDONE:
        return weights, known
    predictor = tensor.predictor(tile) or Predictor.NONE
    direction = direction_of(predictor, pipeline.direction)
    if tensor.prediction is Prediction.DIFFERENCED:
        return _two_dimensional(evidence, tile, direction, pipeline, weights, known)
    if direction == LEFT:
        residual, sure = _before(weights, known, weights.reshape(-1)[:-1], known.reshape(-1)[:-1])
        if pipeline.start is not Start.AS_CODED:
            sure[:, 0] = False
        return residual, sure
    if direction == TOP:
        residual, sure = weights.copy(), known.copy()
        residual[1:] -= weights[:-1]
        sure[1:] &= known[:-1]
        if pipeline.start is not Start.AS_CODED:
            sure[0] = False
        return residual, sure
    return weights, known


def _two_dimensional(
    evidence: Evidence, tile: int, direction: int, pipeline: Pipeline, weights: Bytes, known: Mask
) -> tuple[Bytes, Mask]:
    """As `_residuals`, for DIFFERENCED, whose first column or row is predicted from the matrix."""
    predictor = Predictor.LEFT if direction == LEFT else Predictor.TOP
    edge = edge_positions(evidence.tensor.rectangle(tile), predictor, evidence.tensor.cols)
    flat = evidence.found.reshape(-1).view(np.uint8)
    line = (slice(None), 0) if direction == LEFT else (0, slice(None))
    residual, sure = weights.copy(), known.copy()
    if direction == LEFT:
        residual[:, 1:] -= weights[:, :-1]
        sure[:, 1:] &= known[:, :-1]
    else:
        residual[1:] -= weights[:-1]
        sure[1:] &= known[:-1]
    if edge is not None:
        residual[line] -= flat[np.clip(edge, 0, len(flat) - 1)]
    if pipeline.start is not Start.AS_CODED:
        sure[line] = False
    return residual, sure
