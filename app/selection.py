"""The one selection of a document: a weight, its symbol, its step and its bytes are names of one place."""

from __future__ import annotations

from dataclasses import dataclass, replace

from codec.container import Coding, Tensor
from codec.trace import Trace


@dataclass(frozen=True, slots=True)
class Selection:
    """What is selected; every view shows it and any view can change it.

    Attributes:
        tensor: index of the tensor.
        tile: index of the tile in coding order, or None.
        symbol: the symbol's place in the tile, row-major, or None.
        span: (offset, size) of the selected bytes in the file, or None where they are not known (yet);
            size 0 marks the place between two bytes: a step that took none.
    """

    tensor: int = 0
    tile: int | None = None
    symbol: int | None = None
    span: tuple[int, int] | None = None


def whole_tile(tensor: Tensor, tile: int) -> Selection:
    """A tile with its stream, where that can be read."""
    record = tensor.tiles[tile]
    span = (int(record["offset"]), int(record["size"])) if record["readable"] else None
    return Selection(tensor.index, tile, None, span)


def first_tile(tensor: Tensor) -> Selection:
    """The first tile of a tensor; the tensor alone where it has none."""
    return whole_tile(tensor, 0) if len(tensor.tiles) else Selection(tensor.index)


def completed(selection: Selection, trace: Trace | None, tensor: Tensor | None = None) -> Selection:
    """The selection with what follows from it: the bytes of its symbol, or the reverse.

    Args:
        selection: what is selected.
        trace: of its tile, or None; which bytes a step took, it alone knows.
        tensor: the selected one; the bytes of its raw tiles need no trace.
    """
    tile = selection.tile
    if tile is None:
        return selection
    listed = tensor is not None and tile < len(tensor.tiles)
    if tensor is not None and listed and tensor.coding(tile) is Coding.RAW:
        return _completed_raw(selection, tensor, tile)
    if trace is None:
        return selection
    if selection.symbol is not None and selection.span is None:
        row = trace.row_of_symbol(selection.symbol)
    elif selection.symbol is None and selection.span is not None and selection.span[1] == 1:
        row = trace.row_of_byte(selection.span[0])
    else:
        return selection
    if row is None:
        return selection
    symbol = int(trace["symbol_index"][row])
    return replace(selection, symbol=symbol, span=trace.bytes_of_row(row))


def _completed_raw(selection: Selection, tensor: Tensor, tile: int) -> Selection:
    """The same in a raw tile, where symbol k is byte k."""
    offset, size = int(tensor.tiles["offset"][tile]), int(tensor.tiles["size"][tile])
    if not tensor.tiles["readable"][tile]:
        return selection
    if selection.symbol is not None and selection.span is None:
        return replace(selection, span=(offset + selection.symbol, 1))
    if selection.symbol is None and selection.span is not None and selection.span[1] == 1:
        symbol = selection.span[0] - offset
        if 0 <= symbol < min(size, tensor.symbol_count(tile)):
            return replace(selection, symbol=symbol)
    return selection
