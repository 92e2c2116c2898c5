"""The one selection of a document: a weight, its symbol, its step and its bytes are names of one place."""

from __future__ import annotations

from dataclasses import dataclass, replace

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


def completed(selection: Selection, trace: Trace | None) -> Selection:
    """The selection with what the trace of its tile adds: the bytes of its symbol, or the reverse."""
    if trace is None or selection.tile is None:
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
