"""What the views show of the debugger's cursor: what is done by now, and what comes next.

Both coders go through the same places, in opposite orders. So here everything is told by the decoder's steps: the
cursor lies before decode step `boundary`; a decoder has done what lies before it, an encoder what lies behind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.document import Document
from codec.container import Tensor
from codec.interleaving import Interleaving
from codec.stepping.walk import Direction

Runs = list[tuple[int, int]]
"""(first, behind the last) of symbols that lie side by side in the tile, ascending."""


@dataclass(frozen=True)
class NextStep:
    """The step that comes next.

    Attributes:
        symbol_index: the symbol's place in the tile.
        slot: the one that the decoder finds, or will find.
        symbol: its owner.
        freq, start: the slots that the owner has.
    """

    symbol_index: int
    slot: int
    symbol: int
    freq: int
    start: int


@dataclass(frozen=True)
class Stepped:
    """Where the cursor stands.

    Attributes:
        tensor: index of the tensor.
        tile: index of its tile.
        encodes: whether the encoder is followed.
        boundary: number of the decode step that it lies before, 0…symbols.
        taken: (offset, size) of the bytes taken by now; of an encoder, moved out.
        frontier: offset of the byte before which the next one, in either direction, is taken or moved out.
        next: the step that comes next; None at the end.
    """

    tensor: int
    tile: int
    encodes: bool
    boundary: int
    taken: tuple[int, int]
    frontier: int
    next: NextStep | None

    @property
    def decode_step(self) -> int:
        """The decode step that comes next, or that the encoder undoes next; -1 or all where there is none."""
        return self.boundary - 1 if self.encodes else self.boundary


def stepped_here(document: Document | None) -> Stepped | None:
    """As `stepped`, but only where it is the selected tile that is debugged."""
    here = document is not None and document.debugging.on_selected_tile
    return stepped(document) if here else None


def stepped(document: Document | None) -> Stepped | None:
    """The cursor of a document's debugger; None where nothing is debugged."""
    debugging = None if document is None else document.debugging
    if document is None or debugging is None or debugging.step is None:
        return None
    index, tile, taken, window = (
        debugging.tensor, debugging.tile, debugging.consumed, debugging.window,
    )  # fmt: skip
    if index is None or tile is None or taken is None or window is None:
        return None
    encodes = debugging.direction is Direction.ENCODE
    count = document.container.tensors[index].symbol_count(tile)
    boundary = count - debugging.step if encodes else debugging.step
    frontier = taken[0] + taken[1] if window.forward else taken[0]
    row = debugging.step - window.first_step
    coming = None
    if 0 <= row < len(window):
        names = ("symbol_index", "slot", "symbol", "freq", "start")
        coming = NextStep(*(int(window[name][row]) for name in names))
    return Stepped(index, tile, encodes, boundary, taken, frontier, coming)


def open_runs(tensor: Tensor, cursor: Stepped) -> Runs:
    """The symbols of the cursor's tile that are not decoded, or not encoded, yet."""
    count = tensor.symbol_count(cursor.tile)
    before = runs_before(tensor.interleaving, count, cursor.boundary)
    return before if cursor.encodes else others(before, count)


def runs_before(interleaving: Interleaving, count: int, boundary: int) -> Runs:
    """The symbols that the first decode steps of a stream decode.

    Args:
        interleaving: which lane codes which symbol.
        count: symbols of the stream.
        boundary: how many steps, 0…count.
    """
    whole = interleaving.whole(boundary)
    inside = min(interleaving.block, count - whole)
    done = np.zeros(inside + 2, dtype=np.int8)
    done[1 + interleaving.order(inside)[: boundary - whole]] = 1
    edges = np.diff(done)
    begins, ends = np.flatnonzero(edges == 1) + whole, np.flatnonzero(edges == -1) + whole
    runs = list(zip(begins.tolist(), ends.tolist(), strict=True))
    if not whole:
        return runs
    if runs and runs[0][0] == whole:
        return [(0, runs[0][1]), *runs[1:]]
    return [(0, whole), *runs]


def others(runs: Runs, count: int) -> Runs:
    """The symbols of `count` that are in no run."""
    edges = [0, *(edge for run in runs for edge in run), count]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [(begin, end) for begin, end in pairs if begin < end]


def rectangles(runs: Runs, cols: int) -> list[tuple[int, int, int, int]]:
    """The same symbols as rectangles of a tile: (row, column, rows, columns), at most three a run."""
    found = []
    for begin, end in runs:
        row, col = divmod(begin, cols)
        if col:
            found.append((row, col, 1, min(end - begin, cols - col)))
            begin += found[-1][3]
            row += 1
        whole, rest = divmod(max(end - begin, 0), cols)
        if whole:
            found.append((row, 0, whole, cols))
        if rest:
            found.append((row + whole, 0, 1, rest))
    return found
