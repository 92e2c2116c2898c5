"""A symbol's place and what is known of its values, which all lines about a weight are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.models.explanation.parts import Known, known_symbols, signed
from codec.container import Prediction, Predictor, Tensor
from codec.decoders.base import DecodedTile


@dataclass(frozen=True)
class Place:
    """A symbol's place.

    Attributes:
        tensor, tile, index: the symbol's tensor, tile, and place in the tile, row-major.
    """

    tensor: Tensor
    tile: int
    index: int

    @property
    def cols(self) -> int:
        """Columns of the tile as coded; 1 of an empty one."""
        return max(self.tensor.coded_shape(self.tile)[1], 1)

    @property
    def row(self) -> int:
        """The row in the tile."""
        return self.index // self.cols

    @property
    def col(self) -> int:
        """The column in the tile."""
        return self.index % self.cols

    @property
    def weight(self) -> tuple[int, int] | None:
        """Row and column of the weight in the matrix; None where the symbol is padding."""
        return self.tensor.weight_of(self.tile, self.index)

    @property
    def name(self) -> str:
        """What the weight is called."""
        if self.weight is None:
            return f"padding[{self.row:,}, {self.col:,}] of tile {self.tile:,}"
        return f"W[{self.weight[0]:,}, {self.weight[1]:,}]"

    @property
    def summed(self) -> slice:
        """The symbols of the tile, this one last, that sum up to its value.

        The value is the weight, but a residual where those are differenced.
        """
        native = self.tensor.prediction is Prediction.WITHIN_TILE
        predictor = self.tensor.predictor(self.tile) if native else Predictor.LEFT
        match predictor:
            case Predictor.LEFT:
                return slice(0, self.index + 1)
            case Predictor.TOP:
                return slice(self.col, self.index + 1, self.cols)
            case _:
                return slice(self.index, self.index + 1)


@dataclass(frozen=True)
class Values:
    """The values of a symbol and of the one that it adds to; None where they are not known.

    Attributes:
        symbol: 0…255.
        value: the running sum up to this symbol, as an int8: weight or residual, by the layout.
        before: the running sum without this symbol.
        weight: the decoded weight.
    """

    symbol: int | None = None
    value: int | None = None
    before: int | None = None
    weight: int | None = None


def values_of(known: Known, place: Place, decoded: DecodedTile | None) -> Values:
    """What is known of a symbol of a rANS stream."""
    symbols = known_symbols(decoded, known.trace, place.tensor.interleaving)
    if symbols is None or place.index >= len(symbols):
        row = None if known.trace is None else known.trace.row_of_symbol(place.index)
        if known.trace is None or row is None:
            return Values()
        return Values(symbol=int(known.trace["symbol"][row]))
    summed = symbols[place.summed]
    before, symbol = _sum(summed[:-1]), int(summed[-1])
    value = signed(before + symbol - 128)
    return Values(symbol, value, before, _weight(place, value, decoded))


def _sum(symbols: NDArray[np.uint8]) -> int:
    """The sum of symbols, each less its bias, as an int8."""
    return signed(int(np.sum(symbols, dtype=np.uint8)) - 128 * len(symbols))


def _weight(place: Place, value: int, decoded: DecodedTile | None) -> int | None:
    if place.tensor.prediction is not Prediction.DIFFERENCED or place.weight is None:
        return value
    return None if decoded is None else int(decoded.weights[place.row, place.col])
