"""Which steps of a stream are traced around a symbol, and why a tile may have none at all.

Steps are counted in coding order, which in a stream of several lanes is not the order of the symbols.
"""

from __future__ import annotations

from codec.container import Coding, Tensor
from codec.trace import Trace

TRACE_STEPS = 1 << 20
"""Steps that a trace holds at most; of longer streams it holds a window around the selection."""

WINDOW_STEPS = 1 << 16
"""Steps of such a window: as many as are laid out while one holds down a key."""


def why_no_steps(tensor: Tensor, tile: int) -> str:
    """Why a tile has no steps to trace, as a sentence without its full stop; "" where it may have some."""
    if tensor.refusal:
        return tensor.refusal
    match tensor.coding(tile):
        case Coding.RANS:
            return ""
        case Coding.RAW:
            return "this tile is stored raw: it has no rANS states"
        case Coding.CONSTANT:
            return "this tile is constant: it has no stream, and so no rANS states"
        case None:
            return "the coding of this tile does not exist: nothing of it can be decoded"


def steps_around(tensor: Tensor, tile: int, symbol: int | None) -> range:
    """The steps to trace, so that the symbol's is among them: all of a stream that is not too long."""
    count = tensor.symbol_count(tile)
    if count <= TRACE_STEPS:
        return range(count)
    step = 0 if symbol is None else tensor.interleaving.step_of(symbol, count)
    first = min(max(0, step - WINDOW_STEPS // 2), count - WINDOW_STEPS)
    return range(first, first + WINDOW_STEPS)


def has_step(trace: Trace, tensor: Tensor, tile: int, symbol: int | None) -> bool:
    """Whether a trace of the tile holds the symbol's step; of no symbol in particular, any will do."""
    if symbol is None:
        return True
    step = tensor.interleaving.step_of(symbol, tensor.symbol_count(tile))
    return trace.first_step <= step < trace.first_step + max(len(trace), 1)


def is_coming(
    shown: Trace | None, tensor: Tensor | None, tile: int | None, symbol: int | None
) -> bool:
    """Whether a symbol's step lies outside what is shown of its stream: its window comes, until then all may stay."""
    if shown is None or tensor is None or tile is None or has_step(shown, tensor, tile, symbol):
        return False
    return steps_around(tensor, tile, symbol).start != shown.first_step
