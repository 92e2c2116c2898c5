"""From a symbol to its weight, by the rules of each layout: the prediction, and where it comes from."""

from __future__ import annotations

from app.models.explanation.parts import (
    Known,
    Line,
    Link,
    Part,
    ToSymbol,
    ToWeight,
    signed,
    wrapped_sum,
)
from app.models.explanation.place import Place, Values
from codec.container import Prediction, Predictor
from codec.prediction import edge_positions

Source = tuple[tuple[Part, ...], str]
"""Where a prediction comes from, as parts and in words."""


def weight_lines(known: Known, place: Place, values: Values) -> tuple[Line, ...]:
    """The weight, its prediction and its residual, as far as they are known."""
    if values.symbol is None:
        return (_unknown(known, place),)
    if place.tensor.prediction is Prediction.DIFFERENCED:
        return _differenced(known, place, values, values.symbol)
    return _summed(known, place, values, values.symbol)


def source_of(place: Place) -> Source:
    """Where the prediction of a weight comes from."""
    match place.tensor.prediction:
        case Prediction.FLAT_LEFT:
            return _flat_left_source(place)
        case Prediction.WITHIN_TILE:
            return _within_tile_source(place)
        case Prediction.DIFFERENCED:
            return _source(place)


def _unknown(known: Known, place: Place) -> Line:
    """Why the weight is not known."""
    note = place.tensor.refusal or known.trace_note
    return Line("weight", ("?",), note or "not known until the tile is decoded")


def _summed(known: Known, place: Place, values: Values, symbol: int) -> tuple[Line, ...]:
    """Where a residual is added to the weight that predicts this one."""
    residual = symbol - 128
    line = _symbol_line("residual", residual, symbol)
    if values.before is None or values.value is None:
        return _unknown(known, place), line
    source, note = source_of(place)
    prediction = Line("prediction", (f"{values.before} = ", *source), note)
    return _weight_line(values.before, residual), prediction, line


def _weight_line(prediction: int, residual: int) -> Line:
    words = "prediction + residual, as an int8"
    return Line("weight", (wrapped_sum(prediction, residual),), words)


def _flat_left_source(place: Place) -> Source:
    """Where the prediction comes from, and why from there."""
    if place.index == 0:
        return ("0",), "the first weight of a tile has none before it"
    note = "the weight before it in the tile"
    if place.col == 0:
        note += ": the last of the row above, for the sequence does not restart at a row"
    return (_place_link(place, place.index - 1),), note


def _within_tile_source(place: Place) -> Source:
    """The same of a native tile, which is predicted from nothing outside it."""
    match place.tensor.predictor(place.tile):
        case Predictor.LEFT:
            return _flat_left_source(place)
        case Predictor.TOP if place.row:
            return (_place_link(place, place.index - place.cols),), "TOP: the weight above"
        case Predictor.TOP:
            return ("0",), "TOP: the first row of a tile has none above it in the tile"
        case Predictor.NONE:
            return ("0",), "NONE: weights of this tile are coded as they are"
        case _:
            return ("?",), "the tile's predictor does not exist"


def _place_link(place: Place, index: int) -> Link:
    before = Place(place.tensor, place.tile, index)
    if before.weight is None:
        return Link(before.name, ToSymbol(place.tile, index))
    return Link(before.name, ToWeight(*before.weight))


def _symbol_line(label: str, difference: int, symbol: int) -> Line:
    return Line(label, (f"{difference} = {symbol} - 128",), f"symbol {symbol} without its bias")


def _differenced(known: Known, place: Place, values: Values, symbol: int) -> tuple[Line, ...]:
    """Where the residuals are differenced once more."""
    difference = symbol - 128
    lines = [_symbol_line("difference", difference, symbol)]
    if values.before is not None and values.value is not None:
        lines.insert(0, _residual_line(place, values.before, difference))
    if values.weight is None or values.value is None:
        return (_unknown(known, place), *lines)
    # What must have been added; the decoder looked it up, and _source says where.
    prediction = signed(values.weight - values.value)
    source, note = _source(place)
    return (
        _weight_line(prediction, values.value),
        Line("prediction", (f"{prediction} = ", *source), note),
        *lines,
    )


def _residual_line(place: Place, before: int, difference: int) -> Line:
    words = "residual before it + difference, as an int8"
    if place.index == 0:
        words = "the first residual of a tile: before it stands 0"
    return Line("residual", (wrapped_sum(before, difference),), words)


def _source(place: Place) -> Source:
    """Which weight predicts this one in the per-tile layout, and by which rule."""
    predictor = place.tensor.predictor(place.tile)
    if predictor is None or place.weight is None:
        return ("?",), "the tile's predictor does not exist"
    row, col = place.weight
    if predictor is Predictor.TOP and place.row:
        return (_weight_link(row - 1, col),), "TOP: the weight above"
    if predictor is Predictor.LEFT and place.col:
        return (_weight_link(row, col - 1),), "LEFT: the weight to the left"
    return _edge_source(place, predictor)


def _edge_source(place: Place, predictor: Predictor) -> Source:
    """Which weight predicts one in LEFT's first column or in TOP's first row."""
    tensor, rectangle = place.tensor, place.tensor.rectangle(place.tile)
    positions = edge_positions(rectangle, predictor, tensor.cols)
    if positions is None:
        edge = "left" if predictor is Predictor.LEFT else "upper"
        return ("0",), f"{predictor.name}: 0 at the {edge} edge of the matrix"
    along = place.row if predictor is Predictor.LEFT else place.col
    position = int(positions[along])
    link = _weight_link(*divmod(position, tensor.cols))
    if predictor is Predictor.TOP:
        return (link,), "TOP, in the tile's first row: the weight above, in the tile above"
    if along == 0:
        return (link,), "LEFT, in the tile's first column: the weight to the left, in another tile"
    return (link,), (
        f"LEFT, in the tile's first column: flat position {rectangle.row:,}·{tensor.cols:,} + "
        f"{rectangle.col:,} - 1 + {along:,} = {position:,} of the matrix, for the encoder forgot the "
        f"row stride; without this slip it would be W[{rectangle.row + along:,}, "
        f"{rectangle.col - 1:,}]"
    )


def _weight_link(row: int, col: int) -> Link:
    return Link(f"W[{row:,}, {col:,}]", ToWeight(row, col))
