"""nvCOMP's coders through its batched C functions: they time more cleanly than its Python classes.

The library comes as a wheel, `nvidia-libnvcomp-cu12` or `-cu13`. Everything is on the card: chunks of one length, a
pointer and a size for each. `formats` has the structures of its headers, `library` finds and calls it, `batch` is one
array on the card compressed and decompressed, `contender` measures that.
"""

from __future__ import annotations

from codec.bench.contender import Contender
from codec.bench.peers.nvcomp.formats import FORMATS, Format
from codec.bench.peers.nvcomp.library import NoLibrary, open_library
from codec.bench.peers.options import Value


def missing() -> str:
    """Why none of it can run here, as one sentence; "" where it can."""
    from codec.decoders.cuda.card import NoCard, open_card

    try:
        open_library()
        open_card()
    except (NoLibrary, NoCard) as reason:
        return str(reason)
    return ""


def make(layout: Format, values: dict[str, Value]) -> Contender:
    """One of its formats with all its options, on the current card, both of which are there."""
    from codec.bench.peers.nvcomp.contender import CardPeer
    from codec.decoders.cuda.card import open_card

    return CardPeer(open_library(), open_card(), layout, values)


__all__ = ["FORMATS", "Format", "make", "missing"]
