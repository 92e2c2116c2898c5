"""The chain of one symbol in numbers: weight ← prediction + residual ← symbol ← slot ← state ← bytes.

Every line is computed from what lies above or below it, not copied from the decoder, so that a
trace that does not follow from the file's table and bytes is told apart from one that does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.models.explanation.parts import (
    Explanation,
    Known,
    Line,
    Link,
    Part,
    Section,
    ToSymbol,
    ToTile,
    ToWeight,
    known_symbols,
    signed,
    table_entry,
    wrapped_sum,
)
from app.models.explanation.step import byte_parts, step_sections
from codec.container import Prediction, Predictor, Tensor
from codec.decoders.base import DecodedTile
from codec.decoders.streams import Status
from codec.prediction import edge_positions


@dataclass(frozen=True)
class _Place:
    """A symbol's place.

    Attributes:
        tensor, tile, index: the symbol's tensor, tile, and place in the tile, row-major.
        row, col: the same place in two dimensions.
        weight: row and column of its weight in the matrix; None where it is padding.
    """

    tensor: Tensor
    tile: int
    index: int

    @property
    def row(self) -> int:
        return self.index // max(self.tensor.coded_shape(self.tile)[1], 1)

    @property
    def col(self) -> int:
        return self.index % max(self.tensor.coded_shape(self.tile)[1], 1)

    @property
    def weight(self) -> tuple[int, int] | None:
        return self.tensor.weight_of(self.tile, self.index)

    @property
    def name(self) -> str:
        """What the weight is called."""
        if self.weight is None:
            return f"padding[{self.row:,}, {self.col:,}] of tile {self.tile:,}"
        return f"W[{self.weight[0]:,}, {self.weight[1]:,}]"


@dataclass(frozen=True)
class _Values:
    """The values of a symbol and of the one before it; None where they are not known.

    Attributes:
        symbol: 0…255.
        value: the running sum up to this symbol, as an int8: weight or residual, by the layout.
        before: the running sum up to the symbol before.
        weight: the decoded weight.
    """

    symbol: int | None = None
    value: int | None = None
    before: int | None = None
    weight: int | None = None


def explain_symbol(known: Known, tensor: Tensor, tile: int, index: int) -> Explanation:
    """Explains the symbol at place `index` of a tile."""
    place = _Place(tensor, tile, index)
    if not 0 <= index < tensor.symbol_count(tile):
        return Explanation(f"Tile {tile:,} has no symbol {index:,}", ())
    decoded = known.decoded(tile)
    values = _values(known, place, decoded)
    weight = _flat_left(known, place, values)
    if tensor.prediction is Prediction.DIFFERENCED:
        weight = _differenced(known, place, values)
    title = place.name if values.weight is None else f"{place.name} = {values.weight}"
    sections = (
        Section("Weight", (_where(place), *weight, *_warnings(place, decoded, values))),
        *step_sections(known, tensor, tile, index, values.symbol),
    )
    return Explanation(title, sections, _chain(known, place, values))


def _values(known: Known, place: _Place, decoded: DecodedTile | None) -> _Values:
    symbols = known_symbols(decoded, known.trace)
    if symbols is None or place.index >= len(symbols):
        row = None if known.trace is None else known.trace.row_of_symbol(place.index)
        if known.trace is None or row is None:
            return _Values()
        return _Values(symbol=int(known.trace["symbol"][row]))
    before = _running_sum(symbols, place.index)
    symbol = int(symbols[place.index])
    value = signed(before + symbol - 128)
    return _Values(symbol, value, before, _weight(place, value, decoded))


def _running_sum(symbols: np.ndarray, count: int) -> int:
    """The sum of the first `count` symbols, each less its bias, as an int8."""
    total = int(np.sum(symbols[:count], dtype=np.uint8)) - 128 * count
    return signed(total)


def _weight(place: _Place, value: int, decoded: DecodedTile | None) -> int | None:
    if place.tensor.prediction is Prediction.FLAT_LEFT or place.weight is None:
        return value
    return None if decoded is None else int(decoded.weights[place.row, place.col])


def _where(place: _Place) -> Line:
    record = place.tensor.tiles[place.tile]
    tile = Link(f"tile {place.tile:,}", ToTile(place.tile))
    count = place.tensor.symbol_count(place.tile)
    parts: tuple[Part, ...] = (f"symbol {place.index:,} of {count:,} in ", tile)
    note = (
        f"row {place.row:,}, column {place.col:,} of the tile at row {record['row']:,}, "
        f"column {record['col']:,} of the grid"
    )
    return Line("place", parts, note)


def _unknown(known: Known, place: _Place) -> Line:
    """Why the weight is not known."""
    note = place.tensor.refusal or known.trace_note
    return Line("weight", ("?",), note or "not known until the tile is decoded")


def _flat_left(known: Known, place: _Place, values: _Values) -> tuple[Line, ...]:
    """From weight to symbol, where the tile is one sequence."""
    if values.symbol is None:
        return (_unknown(known, place),)
    residual = values.symbol - 128
    source, note = _flat_left_source(place)
    lines = [_symbol_line("residual", residual, values.symbol)]
    if values.before is None or values.value is None:
        return (_unknown(known, place), *lines)
    prediction = Line("prediction", (f"{values.before} = ", *source), note)
    return _weight_line(values.before, residual), prediction, *lines


def _weight_line(prediction: int, residual: int) -> Line:
    words = "prediction + residual, as an int8"
    return Line("weight", (wrapped_sum(prediction, residual),), words)


def _flat_left_source(place: _Place) -> tuple[tuple[Part, ...], str]:
    """Where the prediction comes from, and why from there."""
    if place.index == 0:
        return ("0",), "the first weight of a tile has none before it"
    before = _Place(place.tensor, place.tile, place.index - 1)
    target = (
        ToSymbol(place.tile, before.index) if before.weight is None else ToWeight(*before.weight)
    )
    note = "the weight before it in the tile"
    if place.col == 0:
        note += ": the last of the row above, for the sequence does not restart at a row"
    return (Link(before.name, target),), note


def _symbol_line(label: str, difference: int, symbol: int) -> Line:
    return Line(label, (f"{difference} = {symbol} - 128",), f"symbol {symbol} without its bias")


def _differenced(known: Known, place: _Place, values: _Values) -> tuple[Line, ...]:
    """From weight to symbol, where the residuals are differenced once more."""
    if values.symbol is None:
        return (_unknown(known, place),)
    difference = values.symbol - 128
    lines = [_symbol_line("difference", difference, values.symbol)]
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


def _residual_line(place: _Place, before: int, difference: int) -> Line:
    words = "residual before it + difference, as an int8"
    if place.index == 0:
        words = "the first residual of a tile: before it stands 0"
    return Line("residual", (wrapped_sum(before, difference),), words)


def _source(place: _Place) -> tuple[tuple[Part, ...], str]:
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


def _edge_source(place: _Place, predictor: Predictor) -> tuple[tuple[Part, ...], str]:
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


def _warnings(place: _Place, decoded: DecodedTile | None, values: _Values) -> tuple[Line, ...]:
    """What makes this value no weight, or not to be trusted."""
    lines = []
    if place.weight is None:
        sound = "as it must be" if values.value in (0, None) else "but it is not"
        note = f"right of or below the matrix; a sound encoder puts 0 there, {sound}"
        lines.append(Line("padding", ("no weight",), note))
    if decoded is not None and decoded.stream.status is not Status.OK:
        note = decoded.stream.detail or "weights of this tile are not to be trusted"
        if values.symbol is None:
            note = f"only {decoded.stream.decoded:,} symbols of this tile could be decoded"
        lines.append(Line("tile", (decoded.stream.status.word,), note))
    return tuple(lines)


def _chain(known: Known, place: _Place, values: _Values) -> tuple[Part, ...]:
    """The whole chain in one line, as far as it is known."""
    if values.symbol is None:
        return ()
    parts: list[Part] = [place.name]
    if values.weight is not None and values.value is not None and values.before is not None:
        flat = place.tensor.prediction is Prediction.FLAT_LEFT
        source, _ = _flat_left_source(place) if flat else _source(place)
        added = values.symbol - 128 if flat else values.value
        parts += [f" = {values.weight} ← prediction {signed(values.weight - added)} ("]
        parts += [*source, f") + residual {added}"]
        if not flat:
            parts.append(f" ← residual before {values.before} + difference {values.symbol - 128}")
    parts += [" ← ", Link(f"symbol {values.symbol}", table_entry(place.tensor, values.symbol))]
    row = None if known.trace is None else known.trace.row_of_symbol(place.index)
    if known.trace is not None and row is not None:
        slot, state = int(known.trace["slot"][row]), int(known.trace["state_before"][row])
        parts += [f" ← slot {slot:,} ← state {state:,} ← ", *byte_parts(known, row)]
    return tuple(parts)
