"""What each mistake is and what to change, in sentences for a programmer."""

from __future__ import annotations

from codec.container import Prediction, Tensor
from codec.diagnosis.pipeline import (
    Arithmetic,
    Direction,
    Inner,
    Layout,
    Order,
    Pipeline,
    Start,
)


def sentences(pipeline: Pipeline, tensor: Tensor) -> str:
    """All mistakes of a pipeline, in the order of its stages."""
    said = [_STAGES[stage](pipeline, tensor) for stage in pipeline.mistakes]
    return " ".join(said)


def _order(pipeline: Pipeline, _tensor: Tensor) -> str:
    if pipeline.order is Order.BY_COLUMNS:
        return (
            "The symbols of a tile are filled in column by column before the prediction is undone: symbol i "
            "stands in row i mod rows; it belongs in row i // cols, column i mod cols."
        )
    return (
        "The symbols of a tile stand in reverse order: symbol i of the stream was written to place n-1-i. Decoding "
        "yields them first to last; fill the tile from its first place on."
    )


def _bias(pipeline: Pipeline, _tensor: Tensor) -> str:
    bias = pipeline.bias
    if pipeline.arithmetic is Arithmetic.WRAPPED and bias == 0:
        return (
            "The bias of 128 was not taken off the symbols, or twice (modulo 256 that is the same): a residual "
            "is symbol - 128."
        )
    mistake = {
        0: "The bias of 128 was not taken off the symbols",
        256: "The bias of 128 was taken off the symbols twice",
        -128: "The bias of 128 was added to the symbols instead of taken off",
    }.get(bias, f"A bias of {bias} was taken off the symbols")
    return f"{mistake}: a residual is symbol - 128."


def _inner(pipeline: Pipeline, _tensor: Tensor) -> str:
    if pipeline.inner is Inner.NOT_UNDONE:
        return (
            "The difference of consecutive residuals was not undone: residual[i] is residual[i-1] + symbol[i] - 128, "
            "along the whole tile."
        )
    return (
        "The running sum of the residuals starts anew in each row: it goes on from the last residual of the "
        "row above, along the whole tile."
    )


def _direction(pipeline: Pipeline, tensor: Tensor) -> str:
    direction = pipeline.direction
    if direction is Direction.NOT_UNDONE:
        return (
            "Residuals were written as weights: the prediction was not undone. Add the neighbour that each tile's "
            "predictor names."
        )
    if direction is Direction.SWAPPED:
        return "LEFT was undone as TOP and TOP as LEFT: look how the predictor's number is read."
    used = "left" if direction is Direction.LEFT else "top"
    return f"Every tile's prediction was undone as {used.upper()}: " + (
        "this layout predicts from the left throughout."
        if tensor.prediction is Prediction.FLAT_LEFT
        else "take the predictor from the tile's own record."
    )


_STARTS = {
    Start.ZERO: "0",
    Start.CONTINUED: "the weight before it in the tile's order: the last of the row above, or the left one",
    Start.ROW_ABOVE: "the first weight of the row above in the tile",
    Start.LAST_VISIBLE: "the last weight of the row above that lies in the matrix, and padding is passed over",
    Start.FLAT_BEFORE: "the flat position before it in the whole matrix, a weight of another tile",
    Start.MATRIX_LEFT: "its neighbour in the matrix, a weight of another tile, and by 0 at the matrix's edge",
    Start.MATRIX_LEFT_OR_CONTINUED: "the weight to its left in the matrix where there is one, another tile's",
    Start.ABOVE_LEFT: "the weight above and to the left of it in the matrix, a weight of another tile",
    Start.FIRST_ROW: "weight r-1 of the tile's first row, r being its row",
    Start.TILE_FLAT_BEFORE: "the flat position before it in the whole matrix, a weight of another tile",
    Start.TILE_CARRIED: "the last weight of the tile decoded before",
    Start.TILE_UNKNOWN: "a value that follows no known rule",
    Start.UNKNOWN: "a value that follows no known rule, as where another tile's weight is read while that tile is "
    "still being decoded",
}  # fmt: skip
"""What predicts the first weight, where that is not what should."""


def _start(pipeline: Pipeline, tensor: Tensor) -> str:
    start = pipeline.start
    tile_alone = start in {Start.TILE_FLAT_BEFORE, Start.TILE_CARRIED, Start.TILE_UNKNOWN}
    top = pipeline.direction is Direction.TOP
    first = "The first weight of " + (
        "a tile" if tile_alone else "each column" if top else "each row"
    )
    return f"{first} is predicted by {_STARTS[start]}. {_right_start(tensor)}"


def _right_start(tensor: Tensor) -> str:
    if tensor.prediction is Prediction.DIFFERENCED:
        return (
            "In LEFT's first column the layout takes the matrix's flat position row0 * cols + col0 - 1 + r (0 where "
            "col0 is 0), in TOP's first row the weight above (0 in the matrix's first row)."
        )
    if tensor.prediction is Prediction.FLAT_LEFT:
        return (
            "The layout goes on from the last weight of the row above in the same tile, padding included, and only "
            "a tile's first weight is predicted by 0."
        )
    return (
        "The layout predicts from the tile alone: LEFT goes on from the last weight of the row above in the same "
        "tile, and what lies before the tile is 0."
    )


def _arithmetic(pipeline: Pipeline, _tensor: Tensor) -> str:
    if pipeline.arithmetic is Arithmetic.CLIPPED:
        return "Each sum is clipped to -128 … 127: let it wrap modulo 256 (add as unsigned bytes)."
    return "Sums are kept wide and clipped to -128 … 127 at the end: take them modulo 256 (add as unsigned bytes)."


_LAYOUTS = {
    Layout.TRANSPOSED: "Each tile is transposed in its place: row and column within the tile are exchanged.",
    Layout.BACKWARDS: "The weights of a tile stand in reverse order: weight i was written to place n-1-i, after "
    "the prediction was undone.",
    Layout.UPSIDE_DOWN: "The rows of each tile stand in reverse order.",
    Layout.MIRRORED: "The columns of each tile stand in reverse order.",
}


def _layout(pipeline: Pipeline, _tensor: Tensor) -> str:
    return _LAYOUTS[pipeline.layout]


_STAGES = {
    "order": _order,
    "bias": _bias,
    "inner": _inner,
    "direction": _direction,
    "start": _start,
    "arithmetic": _arithmetic,
    "layout": _layout,
}
