"""Who else may take the steps, or be held against them: the comparison says, or else the reference is meant."""

from __future__ import annotations

from app.document import Document
from app.requests import UsedDecoder
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


def step_with_rival(document: Document, other: bool) -> str:
    """Has the other decoder take the steps of decoding, or the one in use again.

    Returns:
        Why the other one cannot, as a remark; "" where it does, or is not to.
    """
    rival = rival_of(document)
    if other and rival.kind is not SideKind.DECODER:
        return f"{rival.title} is a file: open it to step through its streams"
    walker = UsedDecoder(rival.name, rival.isolated) if other else None
    document.debugging.walk_with(walker)
    return ""
