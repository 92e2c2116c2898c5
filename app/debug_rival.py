"""Who a run to a divergence is held against: the comparison says, or else the reference is meant."""

from __future__ import annotations

from app.document import Document
from codec.comparison.output import SideKind
from codec.comparison.side import Side


def rival_of(document: Document) -> Side:
    """Who is held against the decoder in use: a side of the comparison that can be stepped, or else the reference.

    Where the other one takes the steps, the decoder in use is held against it.
    """
    used = document.decoder
    if document.debugging.walker is not None:
        return Side(SideKind.DECODER, used)
    for side in (document.comparing.right, document.comparing.left):
        is_file = side is not None and side.kind is SideKind.FILE
        is_other = side is not None and side.kind is SideKind.DECODER and side.name != used
        if side is not None and (is_file or is_other):
            return side
    return Side(SideKind.DECODER, "reference" if used != "reference" else "cpu")
