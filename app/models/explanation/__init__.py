"""What is selected, explained in numbers: from the weight down to the bytes, or from a field up.

It knows no Qt; the Selection view draws what `explain` returns.
"""

from __future__ import annotations

from app.models.explanation.field import explain_field, table_symbol
from app.models.explanation.parts import (
    Explanation,
    Known,
    Line,
    Link,
    Part,
    Section,
    Target,
    ToBytes,
    ToSymbol,
    ToTile,
    ToWeight,
    coded_value,
    known_symbols,
    table_entry,
)
from app.models.explanation.symbol import explain_symbol
from app.models.explanation.tile import explain_tile

__all__ = [
    "Explanation",
    "Known",
    "Line",
    "Link",
    "Part",
    "Section",
    "Target",
    "ToBytes",
    "ToSymbol",
    "ToTile",
    "ToWeight",
    "coded_value",
    "explain",
    "known_symbols",
    "table_entry",
    "table_symbol",
]


def explain(known: Known) -> Explanation | None:
    """Explains what is selected; None where nothing is."""
    tensor, selection = known.tensor, known.selection
    if tensor is not None and selection.tile is not None and selection.tile < len(tensor.tiles):
        if selection.symbol is not None:
            return explain_symbol(known, tensor, selection.tile, selection.symbol)
        return explain_tile(known, tensor, selection.tile)
    return None if selection.span is None else explain_field(known, *selection.span)
