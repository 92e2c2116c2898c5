"""Going from one weight that differs to the next, from whatever is selected."""

from __future__ import annotations

from enum import Enum

from app.selection import Selection
from codec.comparison.comparison import Comparison, Difference
from codec.container import Tensor


class Order(Enum):
    """In which order differences follow each other."""

    CODING = "in coding order"
    """Tile by tile, and symbol by symbol within each: what comes first was decoded first."""
    MATRIX = "in matrix order"
    """Along the rows of the matrix."""


def next_difference(
    comparison: Comparison, selection: Selection, order: Order, *, forward: bool
) -> Difference | None:
    """The next weight that differs behind the selected one, or before it; None where none does.

    Where no weight is selected, all of the selected tile lies ahead; without a tile, all of the matrix.
    """
    if order is Order.CODING:
        tile, symbol = _coding_place(comparison.tensor, selection, forward=forward)
        return comparison.next_in_coding_order(tile, symbol, forward=forward)
    row, col = _matrix_place(comparison.tensor, selection, forward=forward)
    return comparison.next_in_matrix(row, col, forward=forward)


def _coding_place(tensor: Tensor, selection: Selection, *, forward: bool) -> tuple[int, int]:
    """Tile and symbol to go on from."""
    if selection.tile is None:
        return (0, -1) if forward else (len(tensor.tiles), 0)
    if selection.symbol is None:
        return selection.tile, -1 if forward else 0
    return selection.tile, selection.symbol


def _matrix_place(tensor: Tensor, selection: Selection, *, forward: bool) -> tuple[int, int]:
    """Row and column to go on from."""
    if selection.tile is not None and selection.symbol is not None:
        weight = tensor.weight_of(selection.tile, selection.symbol)
        if weight is not None:
            return weight
    if selection.tile is None:
        return (0, -1) if forward else (tensor.rows, 0)
    place = tensor.rectangle(selection.tile)
    return place.row, place.col - 1 if forward else place.col
