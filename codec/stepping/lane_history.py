"""Which step of a stream was a lane's last: what the state of every lane is known by where only steps are kept."""

from __future__ import annotations

from bisect import bisect_left

from codec.interleaving import Interleaving


def last_step_of_lane(interleaving: Interleaving, count: int, lane: int, before: int) -> int | None:
    """The last step of a lane before a step of a stream of `count` symbols; None where it has taken none."""
    if before <= 0:
        return None
    block = (before - 1) // interleaving.block
    first = block * interleaving.block + lane * interleaving.run
    symbols = range(first, max(first, min(first + interleaving.run, count)))
    taken = bisect_left(symbols, before, key=lambda symbol: interleaving.step_of(symbol, count))
    if taken:
        return interleaving.step_of(symbols[taken - 1], count)
    # The lane has its turn later in this block, or has none in it; blocks before the last are whole.
    last_of_block_before = first - interleaving.block + interleaving.run - 1
    return interleaving.step_of(last_of_block_before, count) if block else None
