"""The one selection of a document: a weight, its symbol, its step and its bytes are names of one place."""

from __future__ import annotations

from dataclasses import dataclass


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
