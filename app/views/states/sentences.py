"""What the States panel says in words: of a step, and why there are none to see."""

from __future__ import annotations

from math import log2

from app.document import Document
from app.trace_window import why_no_steps
from codec.container import Tensor
from codec.interleaving import SINGLE
from codec.trace import Trace

NO_TILE = "Select a tile to see the states of its stream."


def why_empty(document: Document) -> str:
    """Why there is no trace to show, as a sentence."""
    tensor, tile = document.tensor, document.selection.tile
    if tensor is None:
        return "No tensor was found in the file, so there are no states."
    if tensor.refusal:
        return f"There are no states to show: {tensor.refusal}."
    if tile is None:
        return NO_TILE
    if reason := why_no_steps(tensor, tile):
        return f"{reason[:1].upper()}{reason[1:]}."
    if document.trace_note:
        return f"There is no trace: {document.trace_note}."
    if document.trace is not None:
        return f"Tile {tile:,} has no steps."
    return f"The trace of tile {tile:,} is being computed."


def is_computed(document: Document) -> bool:
    """Whether the trace of the selected tile is not there yet, but will come by itself."""
    tensor, tile = document.tensor, document.selection.tile
    if tensor is None or tile is None or document.trace is not None or document.trace_note:
        return False
    return not why_no_steps(tensor, tile)


def window_note(trace: Trace, count: int) -> str:
    """Where a trace holds less than the whole stream of `count` steps; "" where it holds all."""
    parts = []
    if len(trace) < count and not (trace.stopped and not trace.first_step):
        last = trace.first_step + len(trace) - 1
        parts.append(f"Steps {trace.first_step:,} to {last:,} of {count:,}")
    if trace.stopped:
        parts.append(f"The stream ends early: {trace.stopped}")
    return ". ".join(parts)


def step_sentence(trace: Trace, row: int, tensor: Tensor | None) -> str:
    """The step in one sentence: which it is, what it decoded, and what it took."""
    step, before, after, symbol, freq, size, position = (
        int(trace[name][row])
        for name in (
            "step", "state_before", "state_after", "symbol", "freq", "bytes_read", "position",
        )
    )  # fmt: skip
    bits = "∞"
    if freq and tensor is not None:
        bits = f"{tensor.coder.scale_bits - log2(freq):.3f}"
    return (
        f"Step {step:,}{_place(trace, row, tensor)}: state {before:,} → {after:,}, symbol {symbol} "
        f"(frequency {freq:,}, {bits} bits), {_taken(size, position, tensor)}"
    )


def _place(trace: Trace, row: int, tensor: Tensor | None) -> str:
    """Where the step is in a stream of several lanes."""
    if tensor is None or tensor.interleaving == SINGLE:
        return ""
    index = int(trace["symbol_index"][row])
    block, turn, lane = tensor.interleaving.place_of(index)
    lanes, run = tensor.interleaving
    return f" = block {block:,}, turn {turn:,} of {run:,}, lane {lane:,} of {lanes:,}: symbol at {index:,}"


def _taken(size: int, position: int, tensor: Tensor | None) -> str:
    width = 1 if tensor is None else tensor.coder.word_bytes
    unit = "byte" if width == 1 else "word"
    if not size:
        return f"no {unit} taken"
    count = size // width
    return f"{count} {unit}{'s' if count > 1 else ''} taken from {position:,}"
