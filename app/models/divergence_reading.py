"""What the first difference of two traces means, in words: where it is, in what, and which part of a decoder does that.

Columns are looked at in the order in which a step computes them, so the first that differs names the part: what came
before it was equal. This reads one step; it does not search for mistakes, which is the diagnosis's business.
"""

from __future__ import annotations

import numpy as np

from app.models.divergence_frames import FIELDS, frame_of
from app.models.divergence_marks import listed
from app.models.divergence_pairs import SIDE_NAMES
from app.models.divergence_steps import COLUMNS
from codec.comparison.divergence import Divergence
from codec.rans import Coder
from codec.trace import Trace

_FRAME_MEANINGS = {
    "offset": "they decode different bytes: the tile's entry in the index is read in another way",
    "size": "they see another end of the stream: its size is read in another way",
    "symbol_count": "they expect another number of symbols: the stream's count is read in another way",
    "forward": "they take the stream's words in opposite directions",
    "initial_state": "they start from another state: it is read from another place, or in another byte order",
    "lane_states": "the lanes start from other states: they are read from another place, or in another order",
    "frequencies": "they use different frequency tables: the table is read in another way",
}
"""What it means that a field of the frame differs, the earlier fields being equal."""


_OTHER_FILE = "the files hold other streams for this tile: see in Files where their encoders part"
"""What it means where the sides decode two files."""


def sentence(divergence: Divergence, coder: Coder, two_files: bool = False) -> str:
    """Where two traces part, in which columns, and what that means; one sentence.

    Args:
        divergence: where they part.
        coder: the constants of the stream's coder.
        two_files: whether the sides decode two files, not one in two ways.
    """
    if divergence.step < 0:
        return _frame_sentence(divergence, two_files)
    where = f"Tile {divergence.tile:,}, step {divergence.step:,}"
    left, right = divergence.left_row, divergence.right_row
    if left is None or right is None:
        return f"{where}: {_end_sentence(divergence)}"
    columns = [name for name in COLUMNS if name in divergence.columns]
    names = listed([COLUMNS[name].title for name in columns])
    differ = "differs" if len(columns) == 1 else "differ"
    return f"{where}: {names} {differ}; {_meaning(divergence, coder, left, right)}."


def _frame_sentence(divergence: Divergence, two_files: bool) -> str:
    fields = [name for name in _FRAME_MEANINGS if name in divergence.columns]
    if "initial_state" in fields and _lanes(divergence) == 1:
        fields = [name for name in fields if name != "lane_states"]
    names = listed([FIELDS[name].title for name in fields])
    differ = "differs" if len(fields) == 1 else "differ"
    meaning = _FRAME_MEANINGS[fields[0]] if fields else "they start in different ways"
    where = f"Tile {divergence.tile:,}, before the first step"
    return f"{where}: {names or 'the frame'} {differ}: {_OTHER_FILE if two_files else meaning}."


def _lanes(divergence: Divergence) -> int:
    """How many lanes the streams have, at most."""
    frames = [frame_of(trace, divergence.stream) for trace in (divergence.left, divergence.right)]
    return max(len(frame.lane_states) if frame else 1 for frame in frames)


def _end_sentence(divergence: Divergence) -> str:
    """One side has no such step."""
    side = 0 if divergence.left_row is None else 1
    trace = (divergence.left, divergence.right)[side]
    why = f": {trace.stopped}" if trace.stopped else ""
    return (
        f"only the {SIDE_NAMES[1 - side]} side goes on; the {SIDE_NAMES[side]} side ends here{why}."
    )


def _meaning(divergence: Divergence, coder: Coder, left: int, right: int) -> str:
    """What the first column that differs says, all that is computed before it being equal."""
    columns = set(divergence.columns)
    if "state_before" in columns:
        return _state_before(divergence, left)
    if "slot" in columns:
        return (
            "the state was equal before: the slot is not taken from its lowest "
            f"{coder.scale_bits} bits on both sides"
        )
    if columns & {"symbol", "freq", "start"}:
        return _table_or_search(divergence, columns)
    if "position" in columns:
        return "symbol and table entry were equal: they take their bytes from another place"
    if columns & {"bytes_read", "state_after"}:
        return _next_state(divergence, coder, left, right)
    return "what is decoded is equal: the symbols, or the lanes, are taken in another order"


def _state_before(divergence: Divergence, left: int) -> str:
    if "lane" in divergence.columns:
        return "the steps before were equal: the lanes are taken in another order"
    trace = divergence.left
    lane = trace["lane"][left]
    if (trace["lane"][:left] == lane).any():
        return (
            "the steps before were equal: the state is changed between two steps on one side, "
            "as by a renormalisation at another moment"
        )
    if trace.first_step:
        return "the traces begin here: an earlier step parted, or the initial state"
    return "it is the first step: the initial state is read from another place, or in another byte order"


def _table_or_search(divergence: Divergence, columns: set[str]) -> str:
    """The slot was equal, its owner was not."""
    frames = [frame_of(trace, divergence.stream) for trace in (divergence.left, divergence.right)]
    left, right = frames
    known = left is not None and right is not None
    same = known and np.array_equal(left.frequencies, right.frequencies)  # type: ignore[union-attr]
    before = "state and slot were equal before" if "symbol" in columns else "the symbol was equal"
    if not known:
        return f"{before}: the table or the search for the slot's owner differs"
    if not same:
        return f"{before}: the frequency tables differ"
    if "symbol" in columns:
        return f"{before}, and so are the tables: the search for the slot's owner differs"
    return f"{before}, and so are the tables: the symbol's entry, or its first slot, is not looked up alike"


def _next_state(divergence: Divergence, coder: Coder, left: int, right: int) -> str:
    """Which half of the step is at fault: the arithmetic, how many bytes came in, or which."""
    expected = _reduced(divergence.left, left, coder)
    sides = zip(SIDE_NAMES, (divergence.left, divergence.right), (left, right), strict=True)
    wrong = [name for name, trace, row in sides if _kept(trace, row) != expected]
    before = "symbol and table entry were equal"
    if wrong:
        whose = "both sides" if len(wrong) == len(SIDE_NAMES) else f"the {wrong[0]} side"
        return (
            f"{before}: {whose} did not compute freq · (state >> {coder.scale_bits}) + slot - start"
        )
    if "bytes_read" in divergence.columns:
        return (
            f"{before}, the arithmetic too: the renormalisation differs, in its lower bound (here "
            f"{coder.lower_bound:,}), in < for ≤, or in how often it repeats"
        )
    return f"{before}, the arithmetic too: other bytes came in, or the same in another order"


def _kept(trace: Trace, row: int) -> int:
    """What is left of the state after a step, without the bytes that came in."""
    return int(trace["state_after"][row]) >> (8 * int(trace["bytes_read"][row]))


def _reduced(trace: Trace, row: int, coder: Coder) -> int:
    """The state once the symbol is taken off, before words come in."""
    freq, state, slot, start = (
        int(trace[name][row]) for name in ("freq", "state_before", "slot", "start")
    )
    return freq * (state >> coder.scale_bits) + slot - start


def agreement(left: Trace, right: Trace, tile: int, steps: int, differing: int | None) -> str:
    """What it means that two traces agree.

    Args:
        left, right: the traces.
        tile: whose stream it is.
        steps: how many steps both hold.
        differing: weights of the tile that differ; None where that is not known.
    """
    if not steps:
        return f"The traces of tile {tile:,} have no step in common."
    told = f"Tile {tile:,}: both sides agree in {_counted(steps, len(left), len(right))}"
    if not differing:
        return f"{told}."
    if steps < max(len(left), len(right)):
        return f"{told}, but {differing:,} of its weights differ: see the steps that only one side has."
    return (
        f"{told}, but {differing:,} of its weights differ: the mistake comes after the symbols, in the order "
        "in which they fill the tile, in undoing the prediction, or in placing the tile."
    )


def _counted(steps: int, left: int, right: int) -> str:
    return (
        f"all {steps:,} steps" if steps == left == right else f"the {steps:,} steps that both have"
    )
